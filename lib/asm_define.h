/* SPDX-License-Identifier: MIT */
/*
 * Constants on their way from C to nasm.
 *
 * The asm-offsets.c files are compiled to assembly only; the build makes a
 * %define of every string there that begins with "->". So nasm never has a
 * number of its own that could drift away from the header it came from.
 */
#ifndef LIB_ASM_DEFINE_H
#define LIB_ASM_DEFINE_H

#define ASM_DEFINE_AS(name, value) \
	__asm__ volatile("\n.ascii \"->" #name " %0\"" : : "i"(value))

/* Not by the other macro: it would be handed the number instead of the name. */
#define ASM_DEFINE(name) \
	__asm__ volatile("\n.ascii \"->" #name " %0\"" : : "i"(name))

#endif
