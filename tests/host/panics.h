/* SPDX-License-Identifier: MIT */
/*
 * Code that must panic.
 */
#ifndef TESTS_HOST_PANICS_H
#define TESTS_HOST_PANICS_H

/* Runs the action in a child process and checks that it panics, and that these
 * words are in what it prints. */
void check_panics(void (*action)(void), const char *words);

#endif
