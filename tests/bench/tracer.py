# SPDX-License-Identifier: Apache-2.0
"""A tracer that is measured: its start, its CPU time, the rows that it writes, and what it says that it lost."""
import os
import re
import signal
import subprocess
import time


def environment():
    """Without the library's settings."""
    return {k: v for k, v in os.environ.items() if not k.startswith("BCC_")}


def cpu_of(pid):
    """Seconds that a process has run, of all its threads, as the scheduler counts them."""
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, task), encoding="ascii") as f:
            total += int(f.read().split()[0])
    return total / 1e9


def rows_in(path, sign):
    """How many lines of a file have a sign."""
    with open(path, "rb") as f:
        return sum(sign in line for line in f)


def lost_in(path):
    """How many events a tracer says that it lost."""
    return said_in(path, r"lost (\d+)")


def said_in(path, pattern):
    """The sum of the numbers that a tracer says in such words."""
    with open(path, encoding="utf-8", errors="replace") as f:
        return sum(int(number) for number in re.findall(pattern, f.read(), re.I))


class Tracer:
    """One that has attached and writes to a file."""

    def __init__(self, command, folder):
        self.path, self.errors = os.path.join(folder, "rows"), os.path.join(folder, "errors")
        with open(self.path, "wb") as out, open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=errors,
                                            env=environment(), cwd=folder)

    def wait_until_attached(self, sign, make):
        """Until it has written a sign, as it does of an event that make() makes."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            if rows_in(self.path, sign):
                return
            make()
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
