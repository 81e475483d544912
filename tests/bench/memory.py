#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What memleak costs a program that does nothing but allocate and free, beside programs that do nothing at
the same probes, and beside BCC's memleak, in turn.

usage: sudo tests/bench/memory.py BUILD [ROUNDS]
"""
import os
import shutil
import signal
import statistics
import subprocess
import sys

ALLOCATIONS = 100000
BEGUN = b"Attaching to pid"


class Worker:
    def __init__(self, build):
        self.process = subprocess.Popen([f"{build}/tests/bench/bench_memory", "work"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.run()  # its pages are there then

    def run(self):
        self.process.stdin.write(b"%d\n" % ALLOCATIONS)
        self.process.stdin.flush()
        return int(self.process.stdout.readline()) / ALLOCATIONS

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def is_attached(tool):
    """Reads until a line says so; False: it ends instead, such as BCC's tools without the kernel's headers."""
    line = tool.stdout.readline()
    while line and BEGUN not in line and line != b"ready\n":
        line = tool.stdout.readline()
    return bool(line)


def measure(build, command):
    """Nanoseconds for each allocation; of a process of its own, so that nothing is left of other tools. None:
    the tool does not run here."""
    worker = Worker(build)
    pid = str(worker.process.pid)
    tool = None
    if command:
        tool = subprocess.Popen([word.replace("PID", pid) for word in command], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    took = worker.run() if not tool or is_attached(tool) else None
    if tool:
        tool.stdin.close()
        tool.send_signal(signal.SIGINT)
        tool.stdout.read()
        tool.wait()
    worker.end()
    return took


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    build, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7
    os.environ["PYTHONUNBUFFERED"] = "1"
    ways = {
        "alone": None,
        "empty programs": [f"{build}/tests/bench/bench_memory", "empty", "PID"],
        "memleak": [f"{build}/tools/memleak", "-p", "PID", "1000"],
        "memleak -s 100": [f"{build}/tools/memleak", "-s", "100", "-p", "PID", "1000"],
    }
    if shutil.which("memleak-bpfcc"):
        ways["BCC's"] = ["memleak-bpfcc", "-p", "PID", "1000"]
        ways["BCC's -s 100"] = ["memleak-bpfcc", "-s", "100", "-p", "PID", "1000"]
    took = {way: [] for way in ways}
    for _ in range(rounds):
        for way, command in ways.items():
            if took[way] is not None:
                value = measure(build, command)
                took[way] = None if value is None else took[way] + [value]
    nothing = statistics.median(took["empty programs"])
    for way, values in took.items():
        if values is None:
            print(f"{way:16} does not run here")
            continue
        median = statistics.median(values)
        print(f"{way:16} {median:8.0f} ns {median / nothing:6.2f}  (least {min(values):.0f})")


main()
