/* SPDX-License-Identifier: MIT */
/*
 * Text inside of TAP and YAML.
 *
 * The sentences and messages of tests hold anything; what reads the log must
 * not take any of it for a directive, or for the end of a line.
 */
#ifndef KERNEL_ESCAPE_H
#define KERNEL_ESCAPE_H

#include "lib/types.h"

/*
 * Make text safe behind "ok 1 - ", where '#' begins a directive, and between
 * the double quotes of YAML. What does not fit is left off, never half of an
 * escape. size must not be 0.
 */
void escape_tap(char *to, size_t size, const char *text);
void escape_yaml(char *to, size_t size, const char *text);

/* Puts a blank in the place of each control character, for a comment, in which
 * nothing else has a meaning. */
void escape_controls(char *text);

#endif
