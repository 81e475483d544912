#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much of a process's opens tracers of open(2) leave, and what they take for each: opensnoop, empty
programs at the same tracepoints, bpftrace and BCC's opensnoop in turn, on idle CPUs and with a busy process
on each.

usage: sudo tests/bench/opens.py BUILD [ROUNDS [SECONDS]]

Opens a second are those of a second of the process's CPU time too, so that other load does not count. Each
tracer writes to a file, whose rows of the process are compared with its opens.
"""
import os
import statistics
import subprocess
import sys
import tempfile

from tracer import Tracer, cpu_of, lost_in, rows_in

BPFTRACE = """tracepoint:syscalls:sys_enter_openat /pid == %d/ { @name[tid] = args->filename; }
tracepoint:syscalls:sys_exit_openat /@name[tid]/
{ printf("%%-6d %%-16s %%4d %%3d %%s\\n", pid, comm, args->ret >= 0 ? args->ret : -1, args->ret < 0 ? -args->ret : 0,
  str(@name[tid])); delete(@name[tid]); }
END { clear(@name); }"""
PATH, MISSING = b"/etc/hostname", b"/opens-begin"


def tracers(build):
    """{name: command of a process's tracer}."""
    opensnoop = os.path.join(build, "tools/opensnoop")
    return {
        "nothing": None,
        "empty programs": lambda pid: [os.path.join(build, "tests/bench/bench_opens"), "empty"],
        "opensnoop": lambda pid: [opensnoop, "-p", str(pid)],
        "opensnoop --json": lambda pid: [opensnoop, "-p", str(pid), "--json"],
        "bpftrace": lambda pid: ["bpftrace", "-e", BPFTRACE % pid],
        "BCC's opensnoop": lambda pid: ["/usr/sbin/opensnoop-bpfcc", "-p", str(pid)],
    }


def poke(maker):
    """Lets the process try to open what is not there."""
    maker.stdin.write("b")
    maker.stdin.flush()


def measure(program, command, seconds, busy):
    """One round: opens in a second, of time and of CPU time; rows; CPU time of the tracer for each open."""
    cpus = [str(cpu) for cpu in sorted(os.sched_getaffinity(0))]
    spinning, tracer = [], None
    with tempfile.TemporaryDirectory() as folder, \
            subprocess.Popen([program, "make", str(seconds), cpus[0]], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             text=True) as maker:
        try:
            if command:
                command = command(maker.pid)
                tracer = Tracer(command, folder)
                tracer.wait_until_attached(b"ready" if command[-1] == "empty" else MISSING, lambda: poke(maker))
            if busy:
                spinning = [subprocess.Popen([program, "spin", cpu]) for cpu in cpus]
            before = cpu_of(tracer.process.pid) if tracer else 0
            done = dict(word.split("=") for word in maker.communicate("g")[0].split())
            opens = int(done["opens"])
            result = {"a_second": opens / seconds, "a_cpu_second": opens / float(done["cpu"]), "opens": opens}
            if tracer:
                result["tracer_us"] = (tracer.wait_until_quiet() - before) / opens * 1e6
                tracer.stop()
                result["rows"] = rows_in(tracer.path, PATH)
                result["said"] = lost_in(tracer.errors)
            return result
        finally:
            for process in spinning:
                process.kill()
                process.wait()
            if tracer:
                tracer.stop()
            maker.kill()


def show(results):
    """Medians, and the rows of all rounds."""
    print("  %-18s %12s %12s %8s %10s %10s %10s" % ("", "opens/s", "opens/CPU s", "of empty", "us/event", "rows lost",
                                                 "said"))
    empties = [r["a_cpu_second"] for r in results.get("empty programs", [])]
    empty = statistics.median(empties) if empties else 0
    for name, values in results.items():
        if not values:
            continue

        def middle(key):
            return statistics.median(r[key] for r in values)
        traces = "opensnoop" in name or name == "bpftrace"
        print("  %-18s %12.0f %12.0f %8.2f %10s %10s %10s" % (
            name, middle("a_second"), middle("a_cpu_second"), middle("a_cpu_second") / empty if empty else 0,
            "%.2f" % middle("tracer_us") if traces else "",
            "%d" % sum(r["opens"] - r["rows"] for r in values) if traces else "",
            "%d" % sum(r["said"] for r in values) if traces else ""), flush=True)


def main(build, rounds, seconds, only):
    """Prints a table for idle CPUs and one for busy ones."""
    program = os.path.join(build, "tests/bench/bench_opens")
    chosen = {name: command for name, command in tracers(build).items() if not only or name in only}
    for busy in (False, True):
        results = {name: [] for name in chosen}
        failed = {}
        for _ in range(rounds):
            for name, command in chosen.items():
                try:
                    results[name].append(measure(program, command, seconds, busy))
                except (RuntimeError, FileNotFoundError) as error:
                    failed[name] = error
        print("%s, load %.1f, medians of %d rounds of %g s" % (
            "A busy process on each CPU" if busy else "Otherwise idle", os.getloadavg()[0], rounds, seconds))
        show(results)
        for name, error in failed.items():
            print("  %-18s cannot run here: %s" % (name, error), flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3,
         float(sys.argv[3]) if len(sys.argv) > 3 else 3, sys.argv[4:])
