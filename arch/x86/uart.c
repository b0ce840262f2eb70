// SPDX-License-Identifier: MIT
/*
 * 16550 serial console on COM1.
 */
#include "arch/x86/uart.h"

#include "arch/x86/cpu.h"
#include "arch/x86/regs.h"

#define FIFO_BYTES 16

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
	cpu_out8(PORT_COM1 + UART_SCRATCH, 0x5a);
	if (cpu_in8(PORT_COM1 + UART_SCRATCH) != 0x5a) {
		uart = ABSENT;
		return;
	}
	uart = PRESENT;
	cpu_out8(PORT_COM1 + UART_INTERRUPTS, 0);
	cpu_out8(PORT_COM1 + UART_LINE, LINE_DIVISOR_LATCH);
	cpu_out8(PORT_COM1 + UART_DIVISOR_LOW, 1);
	cpu_out8(PORT_COM1 + UART_DIVISOR_TOP, 0);
	cpu_out8(PORT_COM1 + UART_LINE, LINE_8N1);
	cpu_out8(PORT_COM1 + UART_FIFO, FIFO_ENABLE_CLEAR);
	cpu_out8(PORT_COM1 + UART_MODEM, MODEM_DTR_RTS);
	if ((cpu_in8(PORT_COM1 + UART_IDENTITY) & IDENTITY_FIFO) ==
	    IDENTITY_FIFO) {
		uart_depth = FIFO_BYTES;
	}
}

/* Waits for the bit of the line status; once in vain is enough. */
static void wait_for(uint8_t status)
{
	static bool stuck;

	for (unsigned int i = 0; i < UART_SPINS_MAX && !stuck; i++) {
		if ((cpu_in8(PORT_COM1 + UART_STATUS) & status) != 0) {
			return;
		}
	}
	stuck = true;
}

static void put(char c)
{
	if (uart_room == 0) {
		wait_for(STATUS_FIFO_EMPTY);
		uart_room = uart_depth;
	}
	uart_room--;
	cpu_out8(PORT_COM1 + UART_DATA, (uint8_t)c);
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

void uart_drain(void)
{
	if (uart == PRESENT) {
		wait_for(STATUS_ALL_SENT);
	}
}
