#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What profile takes at 999 Hz while as many processes as there are CPUs are busy, and whether all samples are
there.

usage: sudo tests/bench/profile.py BUILD [SECONDS]
"""
import os
import re
import signal
import subprocess
import sys
import time

HERTZ = 999


def cpu_seconds(pid):
    """Of a process, and of its threads."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    build, seconds = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 60
    busy = [subprocess.Popen([sys.executable, "-c", "import os\nos.nice(19)\nwhile True: pass"])
            for _ in range(os.cpu_count())]
    pids = ",".join(str(process.pid) for process in busy)
    tool = subprocess.Popen([f"{build}/tools/profile", "-F", str(HERTZ), "-p", pids], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not tool.stdout.readline().startswith("Sampling"):
        pass
    began = [cpu_seconds(process.pid) for process in busy]
    own = cpu_seconds(tool.pid)
    time.sleep(seconds)
    spent = sum(cpu_seconds(process.pid) - before for process, before in zip(busy, began))
    own = cpu_seconds(tool.pid) - own
    end = time.monotonic()
    tool.send_signal(signal.SIGINT)
    output, errors = tool.communicate()
    report = time.monotonic() - end
    for process in busy:
        process.kill()
        process.wait()
    samples = sum(int(count) for count in re.findall(r"^        (\d+)$", output, re.MULTILINE))
    print(f"busy: {spent:.1f} s of CPU time in {seconds:.0f} s, which is {spent * HERTZ:.0f} samples")
    print(f"shown: {samples}, {samples / (spent * HERTZ):.4f} of them; said to be lost: {errors.strip() or 'none'}")
    print(f"profile's own CPU time meanwhile: {own:.2f} s, {100 * own / seconds:.2f} % of one CPU")
    print(f"from its end to its report, with names: {report:.2f} s")


main()
