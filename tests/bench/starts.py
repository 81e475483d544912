#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What it takes to start tools whose texts were compiled before: CPU time and memory.

usage: sudo tests/bench/starts.py [--rounds N] [--over MS] BUILD ["NAME [OPTION...]"...]

Each tool runs for a tenth of a second, with a filter that its first run did not have, if it has filters; its
end is measured too. Of CPU time it prints the least of all rounds (9), because other programs can only add to
it; of memory the most, the kernel's VmHWM. Without names it takes all tools but those of ARGUMENTS that say
None, and counts what the running kernel cannot attach; of tools that are named it says why. --over leaves out
those that take less, and at most 10 MB.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

# what tools cannot start without; {pid} is a process that does nothing
ARGUMENTS = {
    "argdist": "-C t:syscalls:sys_enter_sync()",
    "bpflist": None,  # lists
    "deadlock": "{pid}",
    "dirtop": "-d /tmp",
    "fsdist": "-t ext4",
    "fsslower": "-t ext4",
    "funccount": "c:getaddrinfo",
    "funcinterval": "c:getaddrinfo",
    "funclatency": "c:getaddrinfo",
    "funcslower": "c:getaddrinfo",
    "inject": None,  # changes what other programs see
    "ksnoop": None,  # has verbs
    "mptcpify": None,  # changes what other programs do
    "netqtop": "-n lo",
    "reset-trace": None,  # removes what others trace
    "stackcount": "t:syscalls:sys_enter_sync",
    "tplist": None,
    "trace": "t:syscalls:sys_enter_sync",
    "ttysnoop": None,  # needs a terminal
}
# their tools need programs that have static probes
RUNTIMES = re.compile(r"(java|node|perl|php|python|ruby|tcl)\w+|u(calls|flow|gc|objnew|stat|threads)")
FILTERS = (["-p", "{pid}"], [])


def all_tools(build):
    """Names, by the files that the build has made of their texts."""
    end = ".text.c"
    names = sorted(f[:-len(end)] for f in os.listdir(os.path.join(build, "tools")) if f.endswith(end))
    return [n for n in names if ARGUMENTS.get(n, "") is not None and not RUNTIMES.fullmatch(n)]


def peak(pid):
    """MB that a process has had resident at most; 0: it has ended."""
    try:
        with open("/proc/%d/status" % pid, encoding="ascii") as file:
            found = re.search(r"VmHWM:\s*(\d+) kB", file.read())
    except OSError:
        return 0
    return int(found[1]) / 1024 if found else 0


def start(command, environment):
    """(milliseconds of CPU time, MB, why it failed or None) of a run."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=errors)
        most, pid = 0, 0
        while not pid:
            most = max(most, peak(process.pid))
            time.sleep(0.01)
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        process.returncode = status  # it is waited for
        errors.seek(0)
        said = " ".join(errors.read().decode(errors="replace").split())
    return 1000 * (usage.ru_utime + usage.ru_stime), most, (said or "status %d" % status) if status else None


def measure(build, words, rounds, environment, idle):
    """(milliseconds, MB, why there are none) of a tool."""
    name, *options = words
    own = options or (ARGUMENTS.get(name) or "").split()
    for more in [[]] if options else FILTERS:
        first, command = ([os.path.join(build, "tools", name), *(o.format(pid=idle) for o in all_options),
                           "--duration=0.1"] for all_options in (own, own + more))
        start(first, environment)
        results = [start(command, environment) for _ in range(rounds)]
        why = results[0][2]
        if not why:
            return min(r[0] for r in results), max(r[1] for r in results), None
    return 0, 0, why


def main():
    """Prints a line for each tool."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--over", type=float, default=0)
    parser.add_argument("build")
    parser.add_argument("tools", nargs="*")
    options = parser.parse_args()
    measured, refused = 0, 0
    with tempfile.TemporaryDirectory() as cache, subprocess.Popen(["sleep", "infinity"]) as idle:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("BCC_")}
        environment["BCC_CACHE_DIR"] = cache
        try:
            for tool in options.tools or all_tools(options.build):
                ms, mb, why = measure(options.build, tool.split(), options.rounds, environment, idle.pid)
                measured += not why
                refused += bool(why)
                if why and options.tools:
                    print("%-24s %s" % (tool, why))
                elif not why and (ms >= options.over or mb > 10):
                    print("%-24s %5.1f ms %5.1f MB" % (tool, ms, mb), flush=True)
        finally:
            idle.kill()
    print("%d measured, %d not" % (measured, refused))
    return 0 if measured else 1


if __name__ == "__main__":
    sys.exit(main())
