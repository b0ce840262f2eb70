# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# A job for the dom0 of the test machine
#
# The job is an archive of the image, an optional ramdisk and the domain's
# configuration. What comes back are xl's own lines; those about the domain's
# end are what the platform judges by.

dom0_ready=
job_started=
xl_left=
xl_words=
shutdown_reason=

make_job() {
	local job=$scratch/job
	mkdir "$job"
	ln -s "$(realpath "$IMAGE")" "$job/kernel"
	[[ -z $MODULE ]] || ln -s "$(realpath "$MODULE")" "$job/ramdisk"
	domain_config >"$job/config"
	tar -ch -C "$job" -f "$scratch/job.tar" . || refuse "the job cannot be packed"
}

# domain_config: the one that users have, and what is said of this run. Of two
# values xl takes the later one. The console's log has the name in its own.
domain_config() {
	cat boot/bimetal.cfg
	cat <<-END
		name = "job"
		type = "$domain_type"
		kernel = "/job/kernel"
		cmdline = "$(quote_for_xl "$CMDLINE")"
		memory = $((mem_bytes >> 20))
		vcpus = $CPUS
	END
	[[ -z $MODULE ]] || echo 'ramdisk = "/job/ramdisk"'
	printf '%s\n' "$XL_EXTRA"
}

quote_for_xl() {
	local text=${1//\\/\\\\}
	printf '%s' "${text//\"/\\\"}"
}

# report_line LINE: what the dom0's init and xl say.
report_line() {
	machine_line "(xl) $1"
	case $1 in
	ready) dom0_ready=1 ;;
	"Parsing config"*) ;;
	started) job_started=1 ;;
	# The domain exists and runs. A large one takes xl a while.
	"Waiting for domain"*) guest_begins ;;
	"left "*) xl_left=${1#left } ;;
	"Domain "*" has shut down, reason code "*)
		shutdown_reason=${1##*reason code }
		shutdown_reason=${shutdown_reason%% *}
		;;
	*) xl_words+=${xl_words:+; }$1 ;;
	esac
}
