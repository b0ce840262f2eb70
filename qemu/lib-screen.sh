# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# A picture of the machine's screen
#
# With SCREEN=FILE the machine has a graphics card, and what is on its screen at the
# end is written to that file, as PPM. So the machine must stay until then: it has no
# exit device, and one that switches itself off is only halted by QEMU.

monitor_part=
powered_off=

# add_screen: to the command. The file is empty until there is a picture.
add_screen() {
	{ : >"$SCREEN"; } 2>/dev/null || refuse "SCREEN=$SCREEN cannot be written"
	EXIT=acpi
	machine_command+=(-vga std -no-shutdown)
	open_monitor
}

# monitor_heard SECONDS PATTERN: has the monitor said a line like that? One that has
# not come whole waits for the next call.
monitor_heard() {
	local line
	while IFS= read -r -t "$1" -u "$monitor_out" line; do
		line=$monitor_part$line
		monitor_part=
		# shellcheck disable=SC2053 # a pattern is wanted
		[[ $line != $2 ]] || return 0
	done
	monitor_part+=$line
	return 1
}

# picture_of_power_off: of a machine that has switched itself off, which may go then;
# that is one more power-off to QEMU.
picture_of_power_off() {
	[[ ! $powered_off ]] && monitor_heard 0.001 '*"event": "SHUTDOWN"*' || return 0
	powered_off=1
	take_picture
	monitor_says '{"execute": "quit"}'
}

# take_picture: QEMU is not told the user's name for the file, which may have any
# characters.
take_picture() {
	monitor_says '{"execute": "screendump", "id": "picture",
		"arguments": {"filename": "'"$scratch"'/screen.ppm"}}'
	if ! monitor_heard 5 '*"id": "picture"*' || [[ ! -s $scratch/screen.ppm ]]; then
		say "QEMU gives no picture of the screen"
		return
	fi
	cat "$scratch/screen.ppm" >"$SCREEN" || say "the picture cannot be written"
}
