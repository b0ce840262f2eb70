/* SPDX-License-Identifier: MIT */
/*
 * 16550 serial console on COM1.
 */
#ifndef ARCH_X86_UART_H
#define ARCH_X86_UART_H

#include "lib/types.h"

/*
 * A newline goes out as CR LF. The first call sets the UART to 115200 baud, 8
 * data bits, no parity, one stop bit, no interrupts; if there is none, this
 * and later calls do nothing. Waits for the transmitter, until that was once in
 * vain: a UART that hangs loses text and not the kernel.
 */
void uart_write(const char *text, size_t length);

/* Waits until the last byte is on the line. */
void uart_drain(void);

#endif
