/* SPDX-License-Identifier: MIT */
/*
 * Compiler attributes.
 *
 * The one place that knows how the compiler spells things.
 */
#ifndef LIB_COMPILER_H
#define LIB_COMPILER_H

#define NORETURN	  __attribute__((noreturn))
#define MUST_CHECK	  __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define SECTION(name)	  __attribute__((section(name), used))
#define ALIGNED(bytes)	  __attribute__((aligned(bytes)))
#define NOINLINE	  __attribute__((noinline))
#define UNUSED		  __attribute__((unused))

/*
 * A single, whole access that the compiler neither repeats nor drops: for
 * memory that a device, the hypervisor or a trap handler shares with us.
 */
#define READ_ONCE(x)	 (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

/* Orders the compiler only. */
#define barrier() __asm__ volatile("" ::: "memory")

#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
