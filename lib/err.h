/* SPDX-License-Identifier: MIT */
/*
 * Error codes.
 *
 * What a function that can fail at run time returns; never ignored.
 */
#ifndef LIB_ERR_H
#define LIB_ERR_H

enum err {
	OK = 0,
	ERR_RANGE,   /* The request is outside what the callee covers. */
	ERR_NOMEM,   /* No page is to be had. */
	ERR_REFUSED, /* The platform does not allow it. */
	ERR_DENIED,  /* A rule of this kernel forbids it. */
	ERR_FULL,    /* A fixed table has no room left. */
	ERR_CONFLICT /* Others have it in a way that excludes this one. */
};

#endif
