/* SPDX-License-Identifier: MIT */
/*
 * Our names beside those of libc.
 *
 * The build puts this in front of every source of the host program (-include).
 * lib/ defines functions with the names of libc's. On the host they would
 * take the place of libc's for the whole process, sanitizers included, or be
 * replaced by the sanitizers' wrappers without a word; then either the host
 * breaks, or the functions that are tested are not ours.
 *
 * The formatting functions always get another name: ours differ from libc's
 * in what they return and in what they do with an unknown conversion, so our
 * code must have ours.
 *
 * The memory and string functions get another name only in lib/string.c and
 * lib/string_test.c, which are built with -DHOST_TESTS_STRING. All other code
 * calls libc's, as those are the ones in which AddressSanitizer watches what
 * the caller hands over.
 */
#ifndef TESTS_HOST_NAMES_H
#define TESTS_HOST_NAMES_H

#define vsnprintf bimetal_vsnprintf
#define snprintf  bimetal_snprintf

#ifdef HOST_TESTS_STRING
#define memcpy	bimetal_memcpy
#define memmove bimetal_memmove
#define memset	bimetal_memset
#define memcmp	bimetal_memcmp
#define strlen	bimetal_strlen
#define strnlen bimetal_strnlen
#define strcmp	bimetal_strcmp
#define strncmp bimetal_strncmp
#define strchr	bimetal_strchr
#endif

#endif
