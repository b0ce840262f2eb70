# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Refusals, sizes, files and the image
#
# Whatever makes a boot impossible is found here, before a machine is started,
# so that it is reported as status 4 in words and never as a silent guest.

scratch=
log_at_end=

say() {
	printf 'qemu/run: %s\n' "$*" >&2
}

refuse() {
	say "$*"
	exit 4
}

# refuse_emulator REASON: the same, for what the emulator cannot do and another
# version of it can. tests/boot takes such a boot for skipped.
refuse_emulator() {
	refuse "not on this emulator: $*"
}

# measure_memory: sets mem_bytes. Without a suffix MEM is MiB, as QEMU and xl
# have it; a fraction is taken, as by QEMU.
measure_memory() {
	local suffixes=_KMGT before unit whole part
	[[ $MEM =~ ^([0-9]{1,15})([.][0-9]{1,5})?([KMGTkmgt]?)$ ]] ||
		refuse "MEM=$MEM is not a size such as 256M or 1.5G"
	before=${suffixes%%"${BASH_REMATCH[3]^^}"*}
	[[ ${BASH_REMATCH[3]} ]] || before=_K
	unit=$((1 << 10 * ${#before}))
	whole=$((10#${BASH_REMATCH[1]}))
	part=${BASH_REMATCH[2]#.}
	((whole < (1 << 52) / unit)) ||
		refuse "MEM=$MEM is more than 52 address bits can name (4096T)"
	mem_bytes=$((whole * unit + 10#0$part * unit / 10 ** ${#part}))
}

# must_be_file NAME: is what the variable names there, a file, and readable?
must_be_file() {
	[[ -e ${!1} ]] || refuse "$1=${!1}: there is no such file"
	[[ -f ${!1} ]] || refuse "$1=${!1} is not a file"
	[[ -r ${!1} ]] || refuse "$1=${!1} cannot be read"
}

# has_no_use NAME...: a variable that the platform does not look at, nor anything
# it calls.
has_no_use() {
	local name
	for name; do
		[[ ! ${!name} ]] || say "$name has no effect on the platform $PLATFORM"
		printf -v "$name" ''
	done
}

find_qemu() {
	if [[ $QEMU == qemu-system-x86_64 ]] && ! command -v "$QEMU" >/dev/null; then
		qemu/setup native || exit 4
	fi
	command -v "$QEMU" >/dev/null || refuse "QEMU=$QEMU is no program that can be run"
}

# know_qemu_version: sets qemu_major and qemu_minor, the first numbers of QEMU's
# version, which decide what must be worked round.
know_qemu_version() {
	local words
	words=$("$QEMU" --version 2>/dev/null)
	[[ $words =~ version\ ([0-9]+)\.([0-9]+) ]] ||
		refuse "QEMU=$QEMU does not tell its version"
	qemu_major=${BASH_REMATCH[1]}
	qemu_minor=${BASH_REMATCH[2]}
}

# A scratch folder for each run, locked while the run lives: whoever comes later
# removes those that nobody holds, because a killed runner cannot. Process
# numbers would not do: two containers may share the tree and not the processes.
make_scratch() {
	local old all held
	mkdir -p build/run 2>/dev/null || refuse "build/ cannot be written"
	exec {all}<build/run
	flock "$all"
	for old in build/run/*; do
		[[ -d $old ]] || continue
		{ exec {held}<"$old"; } 2>/dev/null || continue
		! flock -n "$held" || rm -rf "$old"
		exec {held}<&-
	done
	trap 'end_run' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	scratch=$(mktemp -d build/run/XXXXXX 2>/dev/null) || refuse "build/run/ cannot be written"
	exec {scratch_lock}<"$scratch"
	flock "$scratch_lock"
	exec {all}<&-
}

# end_run: a second signal may end it early. What it leaves then, the next run
# removes. (To ignore signals here makes bash 5.2 crash if one is on its way.)
end_run() {
	end_machine
	[[ ! $log_at_end ]] || cat "$scratch/log" >"$log_at_end"
	[[ ! $scratch ]] || env --ignore-signal=INT,TERM,HUP rm -rf "$scratch"
}

# A fresh file instead of an emptied one: a second run on the same platform
# would otherwise write into this log. So that it is not quoted either, this
# run reads its own by the descriptor. What is no file (/dev/null) cannot be read
# back, and is not ours to replace: it gets everything at the end.
open_log() {
	local file=$LOG
	[[ ! -d $LOG ]] || refuse "LOG=$LOG is a folder"
	[[ $LOG != */* ]] || mkdir -p "${LOG%/*}" 2>/dev/null
	if [[ -e $LOG && ! -f $LOG ]]; then
		file=$scratch/log
		log_at_end=$LOG
	else
		rm -f -- "$LOG" 2>/dev/null
	fi
	{ exec {log}>"$file"; } 2>/dev/null || refuse "LOG=$LOG cannot be written"
	own_log=/proc/$$/fd/$log
}

# words OFFSET COUNT: sets word to 8-byte numbers of the image. Reading headers
# with od keeps binutils out of what a run needs.
words() {
	read -r -a word < <(od -An -v -tu8 -w8192 -j "$1" -N $((8 * $2)) "$IMAGE")
	((${#word[@]} == $2)) ||
		refuse "IMAGE=$IMAGE is truncated: its headers end after its $size bytes"
}

# check_image: what would otherwise show as a guest that says nothing.
check_image() {
	local size
	must_be_file IMAGE
	[[ -z $MODULE ]] || must_be_file MODULE
	[[ -z $XEN ]] || must_be_file XEN
	size=$(stat -Lc %s "$IMAGE")
	check_format
}

# check_format: a platform that boots other files than the kernel's has its own.
check_format() {
	local word=() count
	((size >= 64)) || refuse "IMAGE=$IMAGE is not an ELF file: $size bytes"
	words 0 8
	(((word[0] & 0xffffffff) == 0x464c457f)) || refuse "IMAGE=$IMAGE is not an ELF file"
	(((word[0] >> 32 & 0xff) == 2 && (word[2] >> 16 & 0xffff) == 62)) ||
		refuse "IMAGE=$IMAGE is not a 64-bit ELF file for x86"
	count=$((word[7] & 0xffff))
	((count >= 1 && count <= 64)) || refuse "IMAGE=$IMAGE has $count program headers"
	words "${word[4]}" $((7 * count))
	check_segments
}

# check_segments: is every segment in the file, and in MEM?
check_segments() {
	local i end=0
	for ((i = 0; i < ${#word[@]}; i += 7)); do
		(((word[i] & 0xffffffff) == 1)) || continue
		((word[i + 1] + word[i + 4] <= size)) ||
			refuse "IMAGE=$IMAGE is truncated: a segment ends after its $size bytes"
		((word[i + 3] + word[i + 5] <= end)) || end=$((word[i + 3] + word[i + 5]))
	done
	((end)) || refuse "IMAGE=$IMAGE has nothing to load"
	((end <= mem_bytes)) ||
		refuse "MEM=$MEM is too small: the image alone ends at $(((end + 1023) >> 10)) KiB"
}
