/* SPDX-License-Identifier: MIT */
/*
 * What tests of changes of page attributes begin with.
 *
 * A machine (machine.h) with a pool of its own in 1 GiB of RAM at 4 GiB, and
 * some pages that are mapped as the image's too; and the bench on it.
 */
#ifndef TESTS_HOST_CPA_SCENE_H
#define TESTS_HOST_CPA_SCENE_H

/* In machine_run: makes the map, uses it, begins a bench. */
void cpa_scene_begin(void);

/* A check: all is as it was. */
void cpa_scene_end(void);

#endif
