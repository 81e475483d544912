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
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

BPFTRACE = """tracepoint:syscalls:sys_enter_openat /pid == %d/ { @name[tid] = args->filename; }
tracepoint:syscalls:sys_exit_openat /@name[tid]/
{ printf("%%-6d %%-16s %%4d %%3d %%s\\n", pid, comm, args->ret >= 0 ? args->ret : -1, args->ret < 0 ? -args->ret : 0,
  str(@name[tid])); delete(@name[tid]); }
END { clear(@name); }"""
PATH, MISSING = b"/etc/hostname", b"/opens-begin"


def environment():
    """Without the library's settings."""
    return {k: v for k, v in os.environ.items() if not k.startswith("BCC_")}


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


def cpu_of(pid):
    """Seconds that a process has run, of all its threads, as the scheduler counts them."""
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, task), encoding="ascii") as f:
            total += int(f.read().split()[0])
    return total / 1e9


def rows_in(path):
    """How many lines of a file are of the process's opens."""
    with open(path, "rb") as f:
        return sum(PATH in line for line in f)


def lost_in(path):
    """How many events a tracer says that it lost."""
    with open(path, encoding="utf-8", errors="replace") as f:
        return sum(int(number) for number in re.findall(r"lost (\d+)", f.read(), re.I))


class Tracer:
    """One that has attached and writes to a file."""

    def __init__(self, command, folder):
        self.path, self.errors = os.path.join(folder, "rows"), os.path.join(folder, "errors")
        with open(self.path, "wb") as out, open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=errors,
                                            env=environment(), cwd=folder)

    def wait_until_attached(self, maker, empty):
        """Until it has said that it is ready, or shown an open that was made for that."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            with open(self.path, "rb") as f:
                text = f.read()
            if (b"ready" if empty else MISSING) in text:
                return
            maker.stdin.write("b")
            maker.stdin.flush()
            time.sleep(0.1)
        with open(self.errors, encoding="utf-8", errors="replace") as f:
            raise RuntimeError((f.read().strip() or "it did not begin").splitlines()[0])

    def wait_until_quiet(self):
        """Until it has taken all that is there and hardly runs any more. Returns its CPU time."""
        deadline, last, quiet = time.monotonic() + 30, cpu_of(self.process.pid), 0
        while quiet < 3 and time.monotonic() < deadline:
            time.sleep(0.2)
            now = cpu_of(self.process.pid)
            # some wake up now and then
            quiet, last = quiet + 1 if now - last < 0.005 else 0, now
        return last

    def stop(self):
        self.process.stdin.close()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


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
                tracer.wait_until_attached(maker, command[-1] == "empty")
            if busy:
                spinning = [subprocess.Popen([program, "spin", cpu]) for cpu in cpus]
            before = cpu_of(tracer.process.pid) if tracer else 0
            done = dict(word.split("=") for word in maker.communicate("g")[0].split())
            opens = int(done["opens"])
            result = {"a_second": opens / seconds, "a_cpu_second": opens / float(done["cpu"]), "opens": opens}
            if tracer:
                result["tracer_us"] = (tracer.wait_until_quiet() - before) / opens * 1e6
                tracer.stop()
                result["rows"] = rows_in(tracer.path)
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
