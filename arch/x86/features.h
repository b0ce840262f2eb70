/* SPDX-License-Identifier: MIT */
/*
 * CPU features.
 *
 * What CPUID offers of the features that page attributes depend on. What may
 * be used is less: a PV guest sees host bits that are not for it, so the
 * platform names those it allows (pv.h).
 */
#ifndef ARCH_X86_FEATURES_H
#define ARCH_X86_FEATURES_H

#include "lib/types.h"

#define FEATURE_NX     0x1
#define FEATURE_GB     0x2 /* Leaves of 1 GiB. */
#define FEATURE_PGE    0x4
#define FEATURE_PAT    0x8
#define FEATURE_SMEP   0x10
#define FEATURE_SMAP   0x20
#define FEATURE_UMIP   0x40
#define FEATURE_PKU    0x80
#define FEATURE_LA57   0x100
#define FEATURE_PCID   0x200
#define FEATURE_MCE    0x400
#define FEATURE_X2APIC 0x800
#define FEATURES_ALL   0xfff

/* A set of FEATURE_ bits. */
uint32_t features_detect(void);

/* How many bits a physical address has, MAXPHYADDR (Intel SDM vol. 3, 4.1.4):
 * what is above them is reserved in an entry. */
unsigned int features_paddr_bits(void);

/* "nx,1g,smep" into the buffer, "none" for an empty set; cut to size. */
void features_format(char *buffer, size_t size, uint32_t set);

/* The brand string without surrounding blanks, or the vendor's name where
 * the CPU has none; what cannot stand between quotes is a question mark. Cut
 * to size. */
void features_cpu_name(char *buffer, size_t size);

#endif
