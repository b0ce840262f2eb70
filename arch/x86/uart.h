/* SPDX-License-Identifier: MIT */
/*
 * 16550 serial console on COM1.
 */
#ifndef ARCH_X86_UART_H
#define ARCH_X86_UART_H

#include "lib/types.h"

/* 115200 baud, 8 data bits, no parity, one stop bit, no interrupts. Looks
 * whether a UART is there at all; without one, writing does nothing. */
void uart_init(void);

/* A newline goes out as CR LF. Waits for the transmitter, within bounds: a
 * UART that hangs loses text and not the kernel. */
void uart_write(const char *text, size_t length);

#endif
