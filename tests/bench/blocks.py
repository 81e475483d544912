#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether a loop device loses a request under biosnoop while it does as many as it can: fio reads a block at
a time, many at once, without a tracer and beside each one in turn.

usage: sudo tests/bench/blocks.py BUILD [ROUNDS [SECONDS [TRACER...]]]

Rows of the device are compared with the requests that the kernel counts in the device's own statistics, from
when the tracer has attached until it has written all. The device is in memory and disappears with this
process. fio is installed by scripts/setup --bench.
"""
import contextlib
import json
import mmap
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from tracer import Tracer, lost_in, rows_in, said_in

BLOCK, MEGABYTES = 512, 64
# of what was tried (psync, libaio and io_uring; 16 and 128 at once; 512 and 4096 bytes) the most requests
FIO = ["fio", "--name=blocks", "--direct=1", "--readonly", "--rw=randread", "--norandommap", "--bs=%d" % BLOCK,
       "--ioengine=libaio", "--iodepth=128", "--numjobs=2", "--time_based", "--group_reporting", "--output-format=json"]


def tracers(build):
    """{name: command of a disk's tracer}."""
    biosnoop = os.path.join(build, "tools/biosnoop")
    return {
        "nothing": None,
        "biosnoop": lambda disk: [biosnoop, "-d", disk],
        "biosnoop --json": lambda disk: [biosnoop, "-d", disk, "--json"],
        "… 8192 pages": lambda disk: [biosnoop, "-d", disk, "--json", "--buffer-pages", "8192"],
        "BCC's biosnoop": lambda disk: ["/usr/sbin/biosnoop-bpfcc", "-d", disk],
    }


class Disk:
    """A loop device that is removed with its last descriptor, however this process ends."""

    def __init__(self, stack):
        image = os.memfd_create("blocks", 0)
        for _ in range(MEGABYTES):
            os.write(image, bytes(1 << 20))
        self.path = subprocess.run(["losetup", "--find", "--show", "/proc/self/fd/%d" % image], pass_fds=[image],
                                   check=True, capture_output=True, text=True).stdout.strip()
        try:
            self.fd = os.open(self.path, os.O_RDONLY | os.O_DIRECT)
            stack.callback(os.close, self.fd)
        finally:
            # not before the descriptor is closed
            subprocess.run(["losetup", "--detach", self.path], check=True)
            os.close(image)
        self.name = os.path.basename(self.path)

    def requests(self):
        """How many it has done: reads, writes, discards and flushes."""
        with open("/sys/block/%s/stat" % self.name, encoding="ascii") as f:
            fields = [int(field) for field in f.read().split()]
        return fields[0] + fields[4] + (fields[11] if len(fields) > 11 else 0) + (fields[15] if len(fields) > 15 else 0)

    def read(self):
        """As many requests as make those appear that write their rows when they have some."""
        buffer = mmap.mmap(-1, mmap.PAGESIZE)
        for block in range(200):
            os.preadv(self.fd, [memoryview(buffer)[:BLOCK]], block * BLOCK)


def load(disk, seconds):
    """fio's requests in a second."""
    output = subprocess.run(FIO + ["--filename=" + disk.path, "--runtime=%g" % seconds], check=True,
                            capture_output=True, text=True, cwd="/").stdout
    return json.loads(output)["jobs"][0]["read"]["iops"]


def measure(disk, command, seconds):
    """One round: requests in a second; all that there were; rows; CPU time of the tracer for each request."""
    if not command:
        return {"a_second": load(disk, seconds)}
    sign = disk.name.encode()
    with tempfile.TemporaryDirectory() as folder:
        tracer = Tracer(command(disk.name), folder)
        try:
            tracer.wait_until_attached(sign, disk.read)
            before = tracer.wait_until_quiet()
            requests, rows = disk.requests(), rows_in(tracer.path, sign)
            result = {"a_second": load(disk, seconds)}
            # of requests whose ends were missed, the kernel uses the memory again
            load(disk, 0.2)
            used = tracer.wait_until_quiet() - before
            requests = disk.requests() - requests
            tracer.stop()
            result.update(requests=requests, rows=rows_in(tracer.path, sign) - rows, no_room=lost_in(tracer.errors),
                          not_run=said_in(tracer.errors, r"(\d+) requests are not shown: their ends were missed"),
                          tracer_us=used / requests * 1e6)
            return result
        finally:
            tracer.stop()


def show(results):
    """Medians, and the requests of all rounds: all, rows, and those of which the tracer says that the buffer had
    no room, or that the kernel did not run its program at their end."""
    print("  %-16s %11s %10s %10s %10s %10s %10s" % ("", "requests/s", "us/event", "requests", "rows", "no room",
                                                      "missed"))
    for name, values in results.items():
        if not values:
            continue

        def of_all(key):
            return sum(r[key] for r in values)
        line = "  %-16s %11.0f" % (name, statistics.median(r["a_second"] for r in values))
        if "rows" in values[0]:
            line += " %10.2f %10d %10d %10d %10d" % (
                statistics.median(r["tracer_us"] for r in values), of_all("requests"), of_all("rows"),
                of_all("no_room"), of_all("not_run"))
        print(line, flush=True)


def main(build, rounds, seconds, only):
    """Prints a table. Returns whether ours say of each request that is not shown that it is not."""
    if not shutil.which("fio"):
        sys.exit("blocks.py: fio is missing: scripts/setup --bench installs it")
    chosen = {name: command for name, command in tracers(build).items() if not only or name in only}
    results, failed = {name: [] for name in chosen}, {}
    with contextlib.ExitStack() as stack:
        disk = Disk(stack)
        for _ in range(rounds):
            for name, command in chosen.items():
                try:
                    results[name].append(measure(disk, command, seconds))
                except (RuntimeError, FileNotFoundError) as error:
                    failed[name] = error
    print("A loop device in memory, blocks of %d bytes, load %.1f, %d rounds of %g s" % (
        BLOCK, os.getloadavg()[0], rounds, seconds))
    show(results)
    for name, error in failed.items():
        print("  %-16s cannot run here: %s" % (name, error), flush=True)
    return all(r["requests"] <= r["rows"] + r["no_room"] + r["not_run"] for name, values in results.items() if name[0] in "b…"
               for r in values)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(not main(os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3,
                      float(sys.argv[3]) if len(sys.argv) > 3 else 3, sys.argv[4:]))
