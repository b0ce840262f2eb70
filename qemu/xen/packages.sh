# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Packages for the test machine, unpacked only
#
# Names carry versions that differ from one release to the next, so they are
# found by following dependencies from names that do not.

kernel_or_library='^(z?lib.*|linux-(image|modules|modules-extra|binary)-[0-9].*'
kernel_or_library+='|xen-(hypervisor|utils)-[0-9].*)$'

# follow_dependencies PATTERN NAME...: the packages that the named ones depend
# on, directly or not, whose names match.
follow_dependencies() {
	local pattern=$1 name new=("${@:2}")
	local -A seen=()
	while ((${#new[@]})); do
		mapfile -t new < <(apt-cache depends --important "${new[@]}" 2>/dev/null |
			sed -n 's/^ *|\?\(Pre\)\?Depends: \([^<:]*\)$/\2/p' |
			grep -E "$pattern" | sort -u)
		for name in "${!new[@]}"; do
			[[ ! ${seen[${new[name]}]:-} ]] || unset "new[name]"
		done
		for name in "${new[@]}"; do
			seen[$name]=1
			printf '%s\n' "$name"
		done
	done
}

packages_of_hypervisor() {
	follow_dependencies '^xen-hypervisor-[0-9]' xen-system-amd64
}

packages_of_dom0() {
	local kernel=linux-image-amd64
	apt-cache show "$kernel" >/dev/null 2>&1 || kernel=linux-image-generic
	printf '%s\n' busybox-static xenstore-utils
	follow_dependencies "$kernel_or_library" xen-system-amd64 xenstore-utils "$kernel"
}

# know_packages: a machine without package lists gets them first.
know_packages() {
	apt-cache show xen-system-amd64 >/dev/null 2>&1 || qemu/setup lists || exit 4
}

# get_packages NAMES: into build/xen/debs, where they stay for the next time.
# Sets debs to the files' names.
get_packages() {
	local names apt=(apt-get -qq)
	mapfile -t names <<<"$1"
	[[ ${names[0]} ]] || fail "the package lists know no xen-system-amd64"
	# Root's apt downloads as another user, who may not write here.
	((EUID)) || apt+=(-o APT::Sandbox::User=root)
	mkdir -p "$out/debs"
	(cd "$out/debs" && "${apt[@]}" download "${names[@]}" >/dev/null) ||
		fail "packages could not be downloaded: ${names[*]}"
	mapfile -t debs < <("${apt[@]}" --print-uris download "${names[@]}" |
		sed "s/^'[^']*' \([^ ]*\) .*/\1/")
}

# unpack DIRECTORY: what get_packages found, less what a dom0 without hardware
# does not need of 400 MB.
unpack() {
	local deb
	for deb in "${debs[@]}"; do
		dpkg-deb --fsys-tarfile "$out/debs/$deb" | tar -x -C "$1" --exclude=./usr/share \
			--exclude='./*lib/modules/*/kernel/[!dl]*' \
			--exclude='./*lib/modules/*/kernel/drivers/[!bcvx]*' ||
			fail "$deb cannot be unpacked"
	done
}

# forget_old_packages: those of an earlier version of the lists.
forget_old_packages() {
	local file
	for file in "$out"/debs/*; do
		[[ " ${debs[*]} " == *" ${file##*/} "* ]] || rm -f "$file"
	done
}
