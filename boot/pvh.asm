; SPDX-License-Identifier: MIT
;
; PVH entry (Xen, docs/misc/pvh.pandoc): ebx = start_info.
;
; QEMU's -kernel comes in here, and a PVH domain of Xen's.

%include "boot/enter.inc"

ENTER32 pvh_entry, start_pvh, "pvh"
