# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Platform xen-pvh: a PVH domain created by xl
#
# The image on page tables of its own, in a domain: the platform is bare metal's, and
# Xen has the console and the end. The emulated processor must have SVM, as QEMU's
# model max does, for Xen to have such domains at all.

domain_type=pvh
platform_place="platform=native boot=xen-pvh"

. qemu/xen/domain.sh

# choose_domain_cpu: from 9.1 on QEMU takes every read of a control register in a
# guest of SVM for one of CR0, which Xen intercepts; of CR2 it reads what Xen last put
# there itself (decode-new.c.inc, "intercept += op->n" of an intercept that is 0). So
# no page fault has its address.
choose_domain_cpu() {
	choose_xen_cpu
	[[ ! $CPU ]] || return 0
	((qemu_major < 9 || (qemu_major == 9 && qemu_minor < 1))) ||
		refuse_emulator "QEMU 9.1 and later hide CR2 from a PVH domain;" \
			"CPU=max tries it nonetheless"
}
