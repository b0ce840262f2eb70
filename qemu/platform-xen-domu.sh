# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Platform xen-domu: a PV domain created by xl
#
# The image runs where the users of Xen run theirs: beside a Linux dom0 with
# Xen's own tools. Booting that dom0 takes four seconds, so it is done once; each
# run starts from a snapshot of it that waits for a job.

domain_type=pv
platform_place="platform=xen boot=xen-domu"

. qemu/xen/domain.sh
