// SPDX-License-Identifier: MIT
/*
 * Patterns with stars and question marks.
 *
 * Of several stars only the last one seen is ever widened: what an earlier one
 * could swallow more, the last one can as well. So there is no recursion, and
 * the time is at most the product of the lengths.
 */
#include "lib/glob.h"

bool glob_match(const char *pattern, size_t length, const char *text)
{
	size_t at = 0;
	size_t star = SIZE_MAX;
	const char *swallowed = NULL;

	while (*text != '\0') {
		if (at < length && pattern[at] == '*') {
			star = at++;
			swallowed = text;
		} else if (at < length &&
			   (pattern[at] == '?' || pattern[at] == *text)) {
			at++;
			text++;
		} else if (star != SIZE_MAX) {
			at = star + 1;
			text = ++swallowed;
		} else {
			return false;
		}
	}
	while (at < length && pattern[at] == '*') {
		at++;
	}
	return at == length;
}
