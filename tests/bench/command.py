#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much CPU time "bpfcc run" takes until it has shown its first event.

usage: sudo tests/bench/command.py BUILD [ROUNDS]
"""
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

BCC = """struct event { u32 pid; u32 uid; char comm[16]; };
BPF_RINGBUF_OUTPUT(events, 8);
BPF_HASH(calls, u32, u64);
const volatile u32 target_pid = 0; // only this process
TRACEPOINT_PROBE(syscalls, sys_enter_exit_group)
{
	struct event e = {};
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	e.pid = bpf_get_current_pid_tgid() >> 32;
	if (target_pid && e.pid != target_pid)
		return 0;
	e.uid = task->real_parent->tgid;
	bpf_get_current_comm(e.comm, sizeof(e.comm));
	calls.increment(e.pid);
	events.ringbuf_output(&e, sizeof(e), 0);
	return 0;
}
"""
LIBBPF = """#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
char LICENSE[] SEC("license") = "GPL";
struct event { u32 pid; u32 parent; char comm[16]; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 65536); } events SEC(".maps");
SEC("tp/syscalls/sys_enter_exit_group")
int enter(struct trace_event_raw_sys_enter *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);

	if (!e)
		return 0;
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->parent = BPF_CORE_READ(task, real_parent, tgid);
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_ringbuf_submit(e, 0);
	return 0;
}
"""
# the event is made when all programs are attached
WORK = ["--", "/bin/true"]


def cpu_ms(command, environment):
    """CPU time of the command and its children, without that of the work."""
    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    def run(arguments):
        before = used()
        subprocess.run(arguments, env=environment, check=True, stdout=subprocess.DEVNULL)
        return used() - before

    return 1000 * (run(command + WORK) - run(WORK[1:]))


def main(build, rounds):
    """Prints medians, cold and compiled before."""
    folder = tempfile.mkdtemp()
    try:
        for name, text in (("text.c", BCC), ("text.bpf.c", LIBBPF)):
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            command = [os.path.join(build, "command/bpfcc"), "run", "-n", "1", path]
            cold, warm = [], []
            for i in range(rounds):
                cache = os.path.join(folder, "cache%d" % i)
                environment = dict(os.environ, BCC_CACHE_DIR=cache)
                cold.append(cpu_ms(command, environment))
                warm.append(cpu_ms(command, environment))
                shutil.rmtree(cache, ignore_errors=True)
            print("%-12s cold %5.1f ms, compiled before %5.1f ms"
                  % (name, statistics.median(cold), statistics.median(warm)))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else 9)
