# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Refusals, sizes, files and the image
#
# Whatever makes a boot impossible is found here, before a machine is started,
# so that it is reported as status 4 in words and never as a silent guest.

say() {
	printf 'qemu/run: %s\n' "$*" >&2
}

refuse() {
	say "$*"
	exit 4
}

# measure_memory: sets mem_bytes. Without a suffix MEM is MiB, as QEMU and xl
# have it.
measure_memory() {
	local suffixes=_KMGT before
	[[ $MEM =~ ^([1-9][0-9]{0,9})([KMGTkmgt]?)$ ]] ||
		refuse "MEM=$MEM is not a size such as 256M or 2G"
	before=${suffixes%%"${BASH_REMATCH[2]^^}"*}
	[[ ${BASH_REMATCH[2]} ]] || before=_K
	mem_bytes=$((BASH_REMATCH[1] << 10 * ${#before}))
}

find_qemu() {
	if [[ $QEMU == qemu-system-x86_64 ]] && ! command -v "$QEMU" >/dev/null; then
		qemu/setup native || exit 4
	fi
	command -v "$QEMU" >/dev/null || refuse "QEMU=$QEMU: there is no such program"
}

# qemu_major: the first number of QEMU's version, which decides what must be
# worked round.
qemu_major() {
	local words
	words=$("$QEMU" --version 2>/dev/null)
	[[ $words =~ version\ ([0-9]+)\. ]] ||
		refuse "QEMU=$QEMU does not tell its version"
	echo "${BASH_REMATCH[1]}"
}

# A scratch folder for each run, named by its process: whoever comes later
# removes those whose process is gone, because a killed runner cannot.
make_scratch() {
	local old
	mkdir -p build/run || refuse "build/ cannot be written"
	for old in build/run/*; do
		[[ ! -e $old || -d /proc/${old##*/} ]] || rm -rf "$old"
	done
	scratch=build/run/$$
	rm -rf "$scratch"
	mkdir "$scratch" || refuse "build/run/ cannot be written"
	trap 'end_run' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

end_run() {
	end_machine
	rm -rf "$scratch"
}

# A fresh file instead of an emptied one: a second run on the same platform
# would otherwise write into this log. So that it is not quoted either, this
# run reads its own by the descriptor.
open_log() {
	[[ $LOG != */* ]] || mkdir -p "${LOG%/*}"
	rm -f "$LOG"
	exec {log}>"$LOG" || refuse "LOG=$LOG cannot be written"
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
	local size word=() count
	[[ -f $IMAGE ]] || refuse "IMAGE=$IMAGE: there is no such file"
	[[ -r $IMAGE ]] || refuse "IMAGE=$IMAGE cannot be read"
	[[ -z $MODULE || -r $MODULE ]] || refuse "MODULE=$MODULE: there is no such file"
	[[ -z $XEN || -r $XEN ]] || refuse "XEN=$XEN: there is no such file"
	size=$(stat -Lc %s "$IMAGE")
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
