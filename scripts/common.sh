# SPDX-License-Identifier: Apache-2.0
# What demo and check share. Sourced from the top of the tree.

jobs=$(nproc)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/bcc-scripts.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT

# Runs a command silently; if it fails, shows the end of its output.
quietly()
{
	local log status
	log=$(mktemp "$scratch/log.XXXXXX") || return 1
	"$@" >"$log" 2>&1 </dev/null
	status=$?
	if ((status)); then
		echo "failed: $*"
		grep -vE '^\[[0-9]+/[0-9]+\] ' "$log" | tail -n 60 # without ninja's progress
	fi
	rm -f "$log"
	return $status
}

# build [--target NAME] DIRECTORY PRESET [CMAKE_OPTION...]: builds all, or one target.
build()
{
	local dir preset
	local -a target=()
	[[ $1 == --target ]] && { target=("$1" "$2"); shift 2; }
	dir=$1 preset=$2
	shift 2
	if type -P ccache >/dev/null; then
		set -- "$@" -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
	fi
	quietly cmake --preset "$preset" -B "$dir" "$@" && quietly nice cmake --build "$dir" -j "$jobs" "${target[@]}"
}

# Prints why this user cannot use BPF on this machine's kernel; prints nothing if it is possible.
why_no_bpf()
{
	((EUID == 0)) || { echo "loading BPF programs needs root, and this user is $(id -un)"; return; }
	python3 - <<'END'
# the smallest thing that needs the right to use BPF: an array of one element, closed at once
import ctypes, os
fd = ctypes.CDLL("libbpf.so.1").bpf_map_create(2, None, 4, 4, 1, None)
if fd < 0:
    print("the kernel refuses to create a BPF map:", os.strerror(-fd))
END
}
