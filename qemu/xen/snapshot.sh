# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The dom0 of the test machine, cold or from a snapshot
#
# A snapshot is the device state of a machine whose dom0 waits for its job, and
# the file that was its memory. Each run maps that file privately, so nothing is
# copied and any number of machines can start from it at once. Snapshots are
# kept by everything that shapes the machine, the newest few of them.

snapshots=build/xen/snapshots
snapshots_kept=8
mib=$((1 << 20))
restore_deadline=

# size_machine: sets dom0_mib and machine_mib. The guest's memory counts in
# steps, so that most sizes share a snapshot: of a large machine only Xen's table of
# frames takes room in the file, and all machines start in the same time. dom0 holds
# the job, and xl a list of the guest's frames; where it is short of memory, the
# kernel kills xl. Xen needs that table and some for itself.
size_machine() {
	local class=256 job_mib
	while ((class * mib < mem_bytes)); do
		class=$((class < 8192 ? 8192 : class * 2))
	done
	job_mib=$(($(stat -c %s "$scratch/job.tar") / mib & ~31))
	dom0_mib=$((160 + class / 256 + job_mib * 3))
	machine_mib=$((class + class / 32 + dom0_mib + 112))
}

# dom0_machine SHARE: the memory file is shared while the snapshot is made and
# private to each run; a cold machine has none.
dom0_machine() {
	local arguments="console=com1 com1=115200,8n1 loglvl=all guest_loglvl=all"
	size_machine
	# Scrubbing at boot would write to all of the memory file.
	arguments+=" console_timestamps=boot bootscrub=0 dom0_max_vcpus=1"
	arguments+=" dom0_mem=${dom0_mib}M,max:${dom0_mib}M $XEN_ARGS"
	machine "$((machine_mib * mib))" "$xen_cpu" "$1"
	machine_command+=(-kernel "$hypervisor" -append "$arguments"
		-initrd "build/xen/vmlinux console=hvc0 quiet rodata=off,build/xen/dom0.cpio"
		-serial "file:$scratch/serial" -device virtio-serial)
	# In the order in which the dom0's init knows them.
	add_port guest "file,path=$scratch/guest"
	add_port report "file,path=$scratch/report"
	add_port job stdio,signal=off
}

add_port() {
	machine_command+=(-chardev "$2,id=$1" -device "virtserialport,chardev=$1")
}

follow_dom0() {
	follow_nothing
	follow "$scratch/serial" machine_line
	follow "$scratch/guest" guest_line
	follow "$scratch/report" report_line
}

run_cold() {
	dom0_machine ""
	follow_dom0
	start_machine "$scratch/job.tar"
	watch_machine
}

# run_from_snapshot: a snapshot that does not load is made again, and if that
# does not help either, dom0 is booted as if there were none.
run_from_snapshot() {
	local attempt=0
	while find_snapshot; do
		restore
		[[ -z $job_started ]] || return 0
		say "the snapshot $saved does not load: $(tail -n 1 "$scratch/stderr")"
		rm -rf "$saved"
		((attempt++ == 0)) || break
	done
	say "without a snapshot dom0 takes some seconds to boot"
	run_cold
}

# find_snapshot: sets saved, a folder whose name is the digest of everything
# the machine is made of.
find_snapshot() {
	local binary key
	binary=$(stat -Lc '%n %s %Y' "$(command -v "$QEMU")" ${XEN:+"$XEN"})
	dom0_machine "$snapshots"
	key=$(printf '%s\n' "${machine_command[*]//"$scratch"/}" "$QEMU_ARGS" "$binary" \
		"$(<build/xen/dom0.made)" | sha256sum)
	saved=$snapshots/${key:0:16}
	[[ ! -e $saved/state ]] || return 0
	if ! mkdir -p "$snapshots" 2>/dev/null; then
		say "no snapshot can be kept: $snapshots cannot be written"
		return 1
	fi
	exec {snapshot_lock}>"$snapshots.lock"
	# In the background, so that a signal is obeyed at once.
	setpriv --pdeathsig TERM flock "$snapshot_lock" &
	wait "$!"
	[[ -e $saved/state ]] || save
	exec {snapshot_lock}>&-
	[[ -e $saved/state ]]
}

# save: boots dom0 until it waits for its job, whose end of the pipe is held
# open here, and saves it running.
save() {
	local new=$snapshots/new job
	say "booting dom0 once, for $saved"
	rm -rf "$new"
	if ! mkdir "$new" 2>/dev/null; then
		say "no snapshot can be kept: $snapshots cannot be written"
		return 1
	fi
	dom0_machine "$new/ram,share=on"
	follow_dom0
	open_monitor
	mkfifo "$scratch/no-job"
	exec {job}<>"$scratch/no-job"
	log_limit_kib=unlimited start_machine "$scratch/no-job"
	if ! wait_for_dom0; then
		rm -rf "$new"
		refuse_dom0
	fi
	if save_state "$new/state"; then
		end_machine
		# Most of the file is zeros that someone once wrote.
		fallocate --dig-holes "$new/ram" 2>/dev/null
		rm -rf "$saved"
		mv "$new" "$saved"
		prune
	fi
	end_machine
	exec {job}<&-
	rm "$scratch/no-job"
}

# refuse_dom0: the reason is QEMU's, or on the serial port.
refuse_dom0() {
	end_machine
	drain all
	refuse_if_qemu_did
	refuse_if_xen_did
	quote < <(own_log | tail -n 10)
	refuse "the dom0 did not come up; these are the last lines of $LOG"
}

wait_for_dom0() {
	local deadline=$((${EPOCHREALTIME%[.,]*} + start_limit))
	until [[ $dom0_ready ]]; do
		drain
		read -r -t 0.02 -u "$alive"
		(($? > 128 && ${EPOCHREALTIME%[.,]*} < deadline)) || return 1
		! xen_refuses || return 1
	done
}

prune() {
	local old
	while read -r old; do
		rm -rf "${snapshots:?}/$old"
	done < <(find "$snapshots" -mindepth 1 -maxdepth 1 -printf '%T@ %f\n' |
		sort -rn | sed "1,${snapshots_kept}d; s/.* //")
}

# restore: the machine goes on where it was saved, and the job is already there.
restore() {
	dom0_machine "$saved/ram,share=off"
	machine_command+=(-incoming defer)
	follow_dom0
	open_monitor
	monitor_says "$(skip_memory)"
	monitor_says '{"execute": "migrate-incoming",
		"arguments": {"uri": "exec:cat '"$saved"'/state"}}'
	restore_deadline=$((${EPOCHREALTIME%[.,]*} + 20))
	start_machine "$scratch/job.tar"
	watch_machine
	restore_deadline=
	touch -c "$saved"
}

# restore_hangs: tells whether it is time to give the snapshot up.
restore_hangs() {
	[[ $restore_deadline && ! $job_started ]] &&
		((${EPOCHREALTIME%[.,]*} > restore_deadline))
}
