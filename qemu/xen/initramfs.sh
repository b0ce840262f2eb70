# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Kernel and initramfs of the Linux dom0
#
# Both are stored uncompressed: Xen takes three seconds to unpack a kernel under
# an emulator, which is two thirds of the whole boot.

modules=(virtio_console virtio_pci xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs)
programs=(xl xenstored xenconsoled xen-init-dom0)
applets=(sh mount mkdir ln insmod tar sleep dd printf cat)

# make_vmlinux TREE FILE: the ELF file inside the compressed kernel.
make_vmlinux() {
	local kernel offset
	kernel=$(echo "$1"/boot/vmlinuz-*)
	while read -r offset; do
		tail -c "+$((offset + 1))" "$kernel" | xz -dc --single-stream
	done < <(magic_offsets '\xfd7zXZ\x00' "$kernel") >"$2.new" 2>/dev/null
	[[ -s $2.new ]] || while read -r offset; do
		tail -c "+$((offset + 1))" "$kernel" | zstd -dc
	done < <(magic_offsets '\x28\xb5\x2f\xfd' "$kernel") >"$2.new" 2>/dev/null
	[[ $(head -c 4 "$2.new") == $'\x7fELF' ]] ||
		fail "${kernel##*/} is compressed in an unknown way"
	mv "$2.new" "$2"
}

magic_offsets() {
	grep -obUaP "$1" "$2" | sed 's/:.*//'
}

# make_initramfs TREE FILE
make_initramfs() {
	local root=$1/initramfs name
	mkdir -p "$root"/{bin,dev,etc/xen,job,lib,modules,proc,sys,run/xen} \
		"$root"/lib/x86_64-linux-gnu "$root"/lib64 \
		"$root"/var/{lib/xen,lock,log/xen,run/xen}
	: >"$root/etc/xen/xl.conf"	# xl warns without it
	cp qemu/xen/init "$root/init"
	chmod +x "$root/init"
	cp "$(find_one "$1" busybox)" "$root/bin/busybox"
	for name in "${applets[@]}"; do
		ln -s busybox "$root/bin/$name"
	done
	for name in "${programs[@]}"; do
		add_program "$1" "$name" "$root"
	done
	# xl looks for this one only when a thread is cancelled, and aborts.
	add_library "$(find_one "$1" libgcc_s.so.1)" "$root"
	add_modules "$1" "$root"
	(cd "$root" && find . | cpio -o -H newc --quiet -R 0:0) >"$2.new" ||
		fail "the initramfs cannot be packed"
	mv "$2.new" "$2"
}

# find_one TREE NAME: a program or library in the packages.
find_one() {
	local path
	path=$(find "$1" -path "$1/initramfs" -prune -o \
		\( -path '*bin/*' -o -path '*lib*/*' \) -name "$2" ! -path '*/share/*' -print -quit)
	[[ $path ]] || fail "none of the packages has $2"
	echo "$path"
}

# add_program TREE NAME ROOT: with the libraries that the loader asks for.
add_program() {
	local program loader path line
	program=$(find_one "$1" "$2") || exit 4
	loader=$(find_one "$1" 'ld-linux-x86-64.so.2') || exit 4
	cp -L "$program" "$3/bin/"
	cp -Ln "$loader" "$3/lib64/" 2>/dev/null
	path=$(find "$PWD/$1" -path '*/initramfs' -prune -o -name '*.so.*' -printf '%h\n' |
		sort -u | paste -sd:)
	while read -r line; do
		[[ $line == lib*" => "* ]] || continue
		# The loader falls back to the host's libraries.
		[[ $line == *" => $PWD/$1/"* ]] || fail "$2 from the packages: $line"
		line=${line#* => }
		add_library "${line% (*}" "$3"
	done < <("$loader" --library-path "$path" --list "$program")
}

add_library() {
	cp -Ln "$1" "$2/lib/x86_64-linux-gnu/"
}

# add_modules TREE ROOT: numbered in the order in which they can be inserted.
add_modules() {
	local directory name
	local -A added=()
	for directory in "$1"/lib/modules/* "$1"/usr/lib/modules/*; do
		[[ ! -d $directory/kernel ]] || break
	done
	for name in "${modules[@]}"; do
		add_module "$directory" "$name" "$2/modules"
	done
}

# add_module DIRECTORY NAME TO: what a module needs is written in the module
# itself; the packages carry no modules.dep. One that is not there is built in.
add_module() {
	local name=${2//-/_} file needs need
	[[ ! ${added[$name]:-} ]] || return 0
	added[$name]=1
	file=$(find "$1/kernel" -name "${name//_/[-_]}.ko*" -print -quit)
	[[ $file ]] || return 0
	decompress "$file" >"$3/$name" || fail "$file cannot be decompressed"
	needs=$(grep -aoP '(^|\x00)depends=\K[^\x00]*' "$3/$name" | tr ',\0' '  ')
	for need in $needs; do
		add_module "$1" "$need" "$3"
	done
	mv "$3/$name" "$3/$(printf %02d "$(find "$3" -name '*.ko' | wc -l)")-$name.ko"
}

decompress() {
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -dcq "$1" ;;
	*) cat "$1" ;;
	esac
}
