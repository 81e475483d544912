#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What it takes to start tools whose texts were compiled before: CPU time and memory.

usage: sudo tests/bench/starts.py [--rounds N] [--over MS] BUILD ["NAME [OPTION...]"...]

Each tool runs for a tenth of a second, with options, which filter as a rule, that its first run did not have; so its
end is measured too. Of CPU time it prints the least of all rounds (9), because other programs can only add to it; of
memory the most of the kernel's VmHWM. Without names it takes all tools. Those that the running kernel cannot attach are
counted, and said with the reason if they were named. --over leaves out those that take less, and at most 10 MB.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

# what tools cannot start without; {self} is a process that they can look at
ARGUMENTS = {
    "argdist": "-C t:syscalls:sys_enter_sync()",
    "bpflist": None,        # lists
    "deadlock": "{self}",
    "funccount": "c:getaddrinfo",
    "funcinterval": "c:getaddrinfo",
    "funclatency": "c:getaddrinfo",
    "funcslower": "c:getaddrinfo",
    "inject": None,         # changes what other programs see
    "ksnoop": None,         # has verbs
    "memleak": "-p {self}",
    "mptcpify": None,       # changes what other programs do
    "netqtop": "-n lo",
    "reset-trace": None,    # is no tracer
    "stackcount": "t:syscalls:sys_enter_sync",
    "tplist": None,
    "trace": "t:syscalls:sys_enter_sync",
    "ttysnoop": None,       # needs a terminal
    "vfscount": "",
}
LANGUAGES = ("java", "node", "perl", "php", "python", "ruby", "tcl")  # their tools need programs with static probes
RUNTIMES = ("ucalls", "uflow", "ugc", "uobjnew", "ustat", "uthreads")
FILTERS = (["-p", "{self}"], [])


def arguments(name):
    """What a tool is started with, in the order of trying."""
    own = ARGUMENTS.get(name, "").split()
    return [own + f for f in FILTERS] if name not in ("deadlock", "memleak") else [own]


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
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        most = 0
        while True:
            most = max(most, peak(process.pid))
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            time.sleep(0.01)
        process.returncode = status  # it is waited for
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip().replace("\n", " ")
    return 1000 * (usage.ru_utime + usage.ru_stime), most, (said or "status %d" % status) if status else None


def measure(build, words, rounds, environment):
    """(milliseconds, MB, why there are none) of a tool."""
    name, *given = words
    why = "it is not measured"
    choices = [given] if given or ARGUMENTS.get(name, "") is None else arguments(name)
    if ARGUMENTS.get(name, "") is None and not given:
        return 0, 0, why
    for options in choices:
        command = [os.path.join(build, "tools", name), *(o.format(self=os.getpid()) for o in options), "-d", "0.1"]
        first = [c for c in command if c not in ("-p", str(os.getpid()))] if name not in ("deadlock", "memleak") else command
        _, _, why = start(first, environment)
        results = [start(command, environment) for _ in range(rounds)]
        if not results[0][2]:
            return min(r[0] for r in results), max(r[1] for r in results), None
        why = results[0][2]
    return 0, 0, why


def main():
    """Prints a line for each tool."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--over", type=float, default=0)
    parser.add_argument("build")
    parser.add_argument("tools", nargs="*")
    options = parser.parse_args()
    tools = options.tools
    if not tools:
        tools = sorted(f[:-len(".text.c")] for f in os.listdir(os.path.join(options.build, "tools"))
                       if f.endswith(".text.c"))
        tools = [t for t in tools if not t.startswith(LANGUAGES) and t not in RUNTIMES]
    shown, refused = 0, 0
    with tempfile.TemporaryDirectory() as cache:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("BCC_")}
        environment["BCC_CACHE_DIR"] = cache
        for tool in tools:
            ms, mb, why = measure(options.build, tool.split(), options.rounds, environment)
            if why:
                refused += 1
                if options.tools:
                    print("%-24s %s" % (tool, why))
            elif ms >= options.over or mb > 10:
                print("%-24s %5.1f ms %5.1f MB" % (tool, ms, mb), flush=True)
            shown += not why
    print("%d measured, %d not: this kernel cannot attach them, or they need something else" % (shown, refused))
    return 0 if shown else 1


if __name__ == "__main__":
    sys.exit(main())
