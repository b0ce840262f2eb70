// SPDX-License-Identifier: MIT
/*
 * 16550 serial console on COM1.
 *
 * Register layout: National Semiconductor PC16550D data sheet, table II.
 */
#include "arch/x86/uart.h"

#include "arch/x86/cpu.h"
#include "arch/x86/regs.h"

#define UART_DATA	 (PORT_COM1 + 0)
#define UART_DIVISOR_LOW (PORT_COM1 + 0) /* While the latch bit is set. */
#define UART_INTERRUPTS	 (PORT_COM1 + 1)
#define UART_DIVISOR_TOP (PORT_COM1 + 1)
#define UART_FIFO	 (PORT_COM1 + 2) /* Written. */
#define UART_IDENTITY	 (PORT_COM1 + 2) /* Read. */
#define UART_LINE	 (PORT_COM1 + 3)
#define UART_MODEM	 (PORT_COM1 + 4)
#define UART_LINE_STATUS (PORT_COM1 + 5)
#define UART_SCRATCH	 (PORT_COM1 + 7)

#define LINE_8N1	   0x03
#define LINE_DIVISOR_LATCH 0x80
#define FIFO_ENABLE_CLEAR  0x07
#define IDENTITY_FIFO	   0xc0
#define FIFO_BYTES	   16
#define MODEM_DTR_RTS	   0x03
#define STATUS_SEND_EMPTY  0x20

/* One byte takes 87 us at 115200 baud and an access to the port about 1 us on
 * a real bus; this is a thousand bytes' worth. */
#define UART_SPINS_MAX 100000

static enum { UNKNOWN, ABSENT, PRESENT } uart;
/* Bytes the transmitter takes when it is empty, and those left of them. */
static unsigned int uart_depth = 1;
static unsigned int uart_room;

static void init(void)
{
	/* A port with nothing behind it reads as all ones. */
	cpu_out8(UART_SCRATCH, 0x5a);
	if (cpu_in8(UART_SCRATCH) != 0x5a) {
		uart = ABSENT;
		return;
	}
	uart = PRESENT;
	cpu_out8(UART_INTERRUPTS, 0);
	cpu_out8(UART_LINE, LINE_DIVISOR_LATCH);
	cpu_out8(UART_DIVISOR_LOW, 1);
	cpu_out8(UART_DIVISOR_TOP, 0);
	cpu_out8(UART_LINE, LINE_8N1);
	cpu_out8(UART_FIFO, FIFO_ENABLE_CLEAR);
	cpu_out8(UART_MODEM, MODEM_DTR_RTS);
	if ((cpu_in8(UART_IDENTITY) & IDENTITY_FIFO) == IDENTITY_FIFO) {
		uart_depth = FIFO_BYTES;
	}
}

static void wait_until_empty(void)
{
	for (unsigned int i = 0; i < UART_SPINS_MAX; i++) {
		if ((cpu_in8(UART_LINE_STATUS) & STATUS_SEND_EMPTY) != 0) {
			break;
		}
	}
}

static void put(char c)
{
	if (uart_room == 0) {
		wait_until_empty();
		uart_room = uart_depth;
	}
	uart_room--;
	cpu_out8(UART_DATA, (uint8_t)c);
}

void uart_write(const char *text, size_t length)
{
	if (uart == UNKNOWN) {
		init();
	}
	if (uart == ABSENT) {
		return;
	}
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\n') {
			put('\r');
		}
		put(text[i]);
	}
}
