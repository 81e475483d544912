# SPDX-License-Identifier: Apache-2.0
"""Learning material: first programs, one table, one kind of event, one method each."""
from corpus import *


@case(r"""
int hello(void *ctx) {
    bpf_trace_printk("Hello World %d\n", PID);
    return 0;
}
""")
def hello_world(b):
    b.attach_syscall("getpgid", "hello")
    getpgid()
    while True:
        task, pid, cpu, flags, ts, msg = b.trace_fields()
        if pid == os.getpid():
            equal(msg, b"Hello World %d" % os.getpid())
            return


@case(r"""
BPF_HASH(counter_table);

int hello(void *ctx) {
    u64 uid;
    u64 counter = 0;
    u64 *p;

    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    uid = bpf_get_current_uid_gid() & 0xFFFFFFFF;
    p = counter_table.lookup(&uid);
    if (p != 0) {
        counter = *p;
    }
    counter++;
    counter_table.update(&uid, &counter);
    return 0;
}
""")
def hello_map(b):
    b.attach_syscall("getpgid", "hello")
    getpgid(7)
    equal({k.value: v.value for k, v in b["counter_table"].items()}, {os.getuid(): 7})


@case(r"""
BPF_PERF_OUTPUT(output);

struct data_t {
    int pid;
    int uid;
    char command[16];
    char message[12];
};

RAW_TRACEPOINT_PROBE(sys_enter) {
    struct data_t data = {};
    char message[12] = "Hello World";

    if (ctx->args[1] != __NR_getpgid) return 0;
    data.pid = bpf_get_current_pid_tgid() >> 32;
    data.uid = bpf_get_current_uid_gid() & 0xFFFFFFFF;
    bpf_get_current_comm(&data.command, sizeof(data.command));
    bpf_probe_read_kernel(&data.message, sizeof(data.message), message);
    output.perf_submit(ctx, &data, sizeof(data));
    return 0;
}
""")
def hello_buffer(b):
    events = b.listen("output")
    getpgid(3)
    b.poll()
    equal([(e.uid, e.message) for e in mine(events)], [(os.getuid(), b"Hello World")] * 3)


@case(r"""
BPF_RINGBUF_OUTPUT(events, 8);

enum kind { KIND_A = 3, KIND_B };
struct event {
    u32 pid;
    enum kind kind;
    char name[TASK_COMM_LEN];
};

TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {
    struct event *e = events.ringbuf_reserve(sizeof(struct event));
    if (!e)
        return 1;
    e->pid = bpf_get_current_pid_tgid() >> 32;
    e->kind = args->pid == 0 ? KIND_B : KIND_A;
    bpf_get_current_comm(e->name, sizeof(e->name));
    if (e->pid != PID)
        events.ringbuf_discard(e, 0);
    else
        events.ringbuf_submit(e, 0);
    return 0;
}
""")
def ring_buffer_reserve(b):
    events = b.listen()
    getpgid(4)
    b.poll()
    equal([(e.pid, e.kind) for e in events], [(os.getpid(), 4)] * 4)


@case(r"""
BPF_RINGBUF_OUTPUT(buffer, 1 << 4);
struct event { u64 at; int number; };

int on_call(struct pt_regs *ctx) {
    struct event event = {};
    event.at = bpf_ktime_get_ns();
    event.number = PT_REGS_PARM1(ctx);
    buffer.ringbuf_output(&event, sizeof(event), 0);
    return 0;
}
""")
def ring_buffer_output(b):
    events = b.listen("buffer")
    b.attach_uprobe(name="c", sym="abs", fn_name="on_call", pid=os.getpid())
    for n in (-4, 17, 0):
        libc.abs(n)
    b.poll()
    equal([e.number for e in events], [-4, 17, 0])
    true(events[0].at < events[1].at < events[2].at)


@case(r"""
BPF_PROG_ARRAY(syscall, 600);
BPF_ARRAY(seen, u64, 3);

static inline void count(int what) { seen.increment(what); }

int hello(struct bpf_raw_tracepoint_args *ctx) {
    int opcode = ctx->args[1];
    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    syscall.call(ctx, opcode);
    count(0);
    return 0;
}

int hello_getpgid(void *ctx) {
    count(1);
    return 0;
}

int hello_timer(struct bpf_raw_tracepoint_args *ctx) {
    int opcode = ctx->args[1];
    switch (opcode) {
        case __NR_getsid:
            count(2);
            break;
    }
    return 0;
}
""")
def hello_tail(b):
    function = b.load_func("hello", BPF.RAW_TRACEPOINT)
    for number, name in ((121, "hello_getpgid"), (124, "hello_timer")):
        b["syscall"][ct.c_int(number)] = ct.c_int(b.load_func(name, BPF.RAW_TRACEPOINT).fd)
    b.attach_raw_tracepoint(tp="sys_enter", fn_name="hello")
    getpgid(5)
    for _ in range(3):
        libc.getsid(0)
    equal((slot(b, "seen", 1), slot(b, "seen", 2)), (5, 3))
    true(slot(b, "seen", 0) > 0)


@case(r"""
#include <uapi/linux/ptrace.h>

BPF_HASH(last);
BPF_ARRAY(pairs, u64, 1);

int do_trace(struct pt_regs *ctx) {
    u64 ts, *tsp, delta, key = 0;

    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    // attempt to read stored timestamp
    tsp = last.lookup(&key);
    if (tsp != NULL) {
        delta = bpf_ktime_get_ns() - *tsp;
        if (delta < 60000000000) {
            pairs.increment(0);
        }
        last.delete(&key);
    }

    // update stored timestamp
    ts = bpf_ktime_get_ns();
    last.update(&key, &ts);
    return 0;
}
""")
def sync_timing(b):
    b.attach_syscall("getpgid", "do_trace")
    getpgid(6)
    equal(slot(b, "pairs"), 5)


@case(r"""
#include <linux/sched.h>

BPF_HISTOGRAM(dist);

TRACEPOINT_PROBE(syscalls, sys_enter_write) {
    if (bpf_get_current_pid_tgid() >> 32 == PID && args->fd == FD)
        dist.increment(bpf_log2l(args->count));
    return 0;
}
""", replace={"FD": 200})
def log2_histogram(b):
    os.dup2(os.open("/dev/null", os.O_WRONLY), 200)
    for size in (1, 2, 3, 100, 100, 5000):
        os.write(200, b"x" * size)
    equal({k.value: v.value for k, v in b["dist"].items() if v.value}, {1: 1, 2: 2, 7: 2, 13: 1})


@case(r"""
BPF_HISTOGRAM(dist, u32, 21);

RAW_TRACEPOINT_PROBE(sys_exit) {
    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    struct pt_regs *regs = (struct pt_regs *)ctx->args[0];
    if (PT_REGS_SYSCALL_NR(regs) != __NR_lseek) return 0;
    u32 slot = ctx->args[1] / 100;
    if (slot > 20) slot = 20;
    dist.atomic_increment(slot);
    return 0;
}
""", replace={"PT_REGS_SYSCALL_NR(regs)": "regs->orig_ax"})
def linear_histogram(b):
    fd = os.open("/proc/self/exe", os.O_RDONLY)
    for offset in (5, 120, 130, 1999, 9000):
        os.lseek(fd, offset, os.SEEK_SET)
    equal({k.value: v.value for k, v in b["dist"].items() if v.value}, {0: 1, 1: 2, 19: 1, 20: 1})


@case(r"""
typedef struct disk_key {
    char disk[16];
    u64 slot;
} disk_key_t;
BPF_HISTOGRAM(dist, disk_key_t);

TRACEPOINT_PROBE(syscalls, sys_enter_getpriority) {
    disk_key_t key = {.slot = bpf_log2l(args->who)};
    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    __builtin_memcpy(&key.disk, args->which ? "second" : "first", 7);
    dist.increment(key);
    return 0;
}
""", replace={'args->which ? "second" : "first", 7': '"priority", 9'})
def histogram_by_key(b):
    for who in (4, 5, 1000):
        libc.getpriority(0, who)
    equal({(k.disk, k.slot): v.value for k, v in b["dist"].items()}, {(b"priority", 3): 2, (b"priority", 10): 1})


@case(r"""
BPF_STACK_TRACE(stack_traces, 1024);
BPF_HASH(counts, int, u64, 64);

TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {
    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    int id = stack_traces.get_stackid(args, BPF_F_USER_STACK);
    counts.increment(id);
    return 0;
}
""")
def user_stacks(b):
    getpgid(3)
    (stack, count), = [(k.value, v.value) for k, v in b["counts"].items()]
    equal(count, 3)
    names = [b.sym(address, os.getpid()) for address in b["stack_traces"].walk(stack)]
    true(any(b"getpgid" in name for name in names), names)


@case(r"""
BPF_ARRAY(my_map, u64, 10);
BPF_PERCPU_ARRAY(per_cpu, u64, 1);
BPF_PERCPU_HASH(by_thread, u32, u64);

RAW_TRACEPOINT_PROBE(sys_enter) {
    int zero = 0;
    u32 thread = bpf_get_current_pid_tgid();
    u64 *n, one = 1;

    if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != __NR_getpgid) return 0;
    my_map.increment(3, 2);
    n = per_cpu.lookup(&zero);
    if (n) *n += 1;
    n = by_thread.lookup_or_try_init(&thread, &one);
    if (n) (*n) += 10;
    return 0;
}
""")
def per_cpu_tables(b):
    getpgid(9)
    equal(slot(b, "my_map", 3), 18)
    equal(b["per_cpu"].sum(0).value, 9)
    true(b["by_thread"].sum(u32(os.getpid())).value in (91, 92))


@case(r"""
BPF_TABLE("lru_hash", u32, u64, recent, 4096);

TRACEPOINT_PROBE(syscalls, sys_enter_getpriority) {
    u32 who = args->who;
    if (bpf_get_current_pid_tgid() >> 32 == PID)
        recent.increment(who, 5);
    return 0;
}
""")
def lru_hash(b):
    for who in (11, 12, 11):
        libc.getpriority(0, who)
    equal({k.value: v.value for k, v in b["recent"].items()}, {11: 10, 12: 5})


@case(r"""
struct mem_event {
    u64 ts;
    u64 data_len;
};
BPF_QUEUE(queue, struct mem_event, 10240);
BPF_STACK(stack, u32, 16);

int trace_abs(struct pt_regs *ctx, int size) {
    struct mem_event event = {.ts = bpf_ktime_get_ns(), .data_len = size};
    u32 n = size;
    queue.push(&event, BPF_ANY);
    stack.push(&n, BPF_EXIST);
    return 0;
}
""")
def queue_and_stack(b):
    b.attach_uprobe(name="c", sym="abs", fn_name="trace_abs", pid=os.getpid())
    for n in (1, 2, 3):
        libc.abs(n)
    equal([b["queue"].pop().data_len for _ in range(3)], [1, 2, 3])
    equal([b["stack"].pop().value for _ in range(3)], [3, 2, 1])


@case(r"""
BPF_HASH(start, u32);
BPF_ARRAY(done, u64, 1);

TRACEPOINT_PROBE(raw_syscalls, sys_enter) {
    u32 tid = bpf_get_current_pid_tgid();
    u64 ts = bpf_ktime_get_ns();
    if (args->id == __NR_getpgid && bpf_get_current_pid_tgid() >> 32 == PID)
        start.update(&tid, &ts);
    return 0;
}

TRACEPOINT_PROBE(raw_syscalls, sys_exit) {
    u32 tid = bpf_get_current_pid_tgid();
    u64 *tsp = start.lookup(&tid);
    if (tsp == 0)
        return 0;
    if (bpf_ktime_get_ns() >= *tsp && args->ret > 0)
        lock_xadd(done.lookup(&(int){0}), 1);
    start.delete(&tid);
    return 0;
}
""", replace={"lock_xadd(done.lookup(&(int){0}), 1);": "{ int z = 0; u64 *n = done.lookup(&z); if (n) lock_xadd(n, 1); }"})
def enter_and_exit(b):
    getpgid(4)
    equal((slot(b, "done"), len(b["start"])), (4, 0))


@case(r"""
#include <uapi/linux/ptrace.h>
#include <uapi/linux/limits.h>

struct __attribute__((__packed__)) data_t {
    u64 id;
    int ret;
    char comm[TASK_COMM_LEN];
    char fname[NAME_MAX];
};
BPF_PERF_OUTPUT(events);

int trace_entry(struct pt_regs *ctx, int dfd, const char __user *filename, int flags) {
    struct data_t data = {};
    data.id = bpf_get_current_pid_tgid();
    if (data.id >> 32 != PID) return 0;
    if (bpf_get_current_comm(&data.comm, sizeof(data.comm)) == 0) {
        bpf_probe_read(&data.fname, sizeof(data.fname), (void *)filename);
        data.ret = flags;
        events.perf_submit(ctx, &data, sizeof(data));
    }
    return 0;
};
""", replace={"trace_entry(": "syscall__openat(", "bpf_probe_read(&": "bpf_probe_read_user_str(&"})
def packed_open_event(b):
    events = b.listen()
    b.attach_syscall("openat", "syscall__openat")
    os.close(os.open("/dev/null", os.O_RDONLY))
    b.poll()
    names = [e.fname for e in events if e.id >> 32 == os.getpid()]
    true(b"/dev/null" in names, names)


@case(r"""
int kprobe__do_exit(struct pt_regs *ctx, long code) {
    struct task_struct *task;
    task = (struct task_struct *)bpf_get_current_task();
    if (task->real_parent->tgid == PID)
        bpf_trace_printk("exit %d parent %d code %d\n", task->tgid, task->real_parent->tgid, (code >> 8) & 0xff);
    return 0;
}
""")
def exit_printk(b):
    child = fork(9)
    while True:
        msg = b.trace_fields()[5]
        if msg.startswith(b"exit %d " % child):
            equal(msg, b"exit %d parent %d code 9" % (child, os.getpid()))
            return


@case(r"""
KFUNC_PROBE(vfs_read, struct file *file, char *buf, size_t count) {
    return 0;
}

BPF_ARRAY(stats, u64, 4);
static __always_inline void stats_increment(int key) {
    stats.atomic_increment(key);
}

KRETFUNC_PROBE(vfs_read, struct file *file, char *buf, size_t count, loff_t *pos, ssize_t ret) {
    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    if (count == 4321) {
        stats_increment(0);
        if (ret == 10) stats_increment(1);
        if (ret == 0) stats_increment(2);
    }
    return 0;
}
""")
def kfunc_vfsstat(b):
    with scratch(b"0123456789") as path, open(path, "rb", buffering=0) as file:
        while os.read(file.fileno(), 4321):
            pass
    equal([slot(b, "stats", i) for i in range(3)], [2, 1, 1])


@case(r"""
#include <uapi/linux/bpf_perf_event.h>
#include <uapi/linux/ptrace.h>

BPF_HASH(samples, u32, u64);

int on_sample(struct bpf_perf_event_data *ctx) {
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    samples.increment(pid, ctx->sample_period ? 1 : 0);
    return 0;
}
""")
def sampling(b):
    b.attach_perf_event(ev_type=PerfType.SOFTWARE, ev_config=PerfSWConfig.CPU_CLOCK, fn_name="on_sample", sample_period=1000000, pid=os.getpid())
    while not len(b["samples"]):
        getpgid(1000)
    equal([k.value for k in b["samples"].keys()], [os.getpid()])


@case(r"""
BPF_ITER(task) {
    struct seq_file *seq = ctx->meta->seq;
    struct task_struct *task = ctx->task;
    if (task == (void *)0)
        return 0;
    u32 out[2] = {task->tgid, task->pid};
    if (task->tgid == PID)
        bpf_seq_write(seq, &out, sizeof(out));
    return 0;
}
""")
def task_iterator(b):
    from bcc.libbcc import lib

    fd = b.attach_iter("bpf_iter__task") if hasattr(b, "attach_iter") else -1
    if fd < 0:
        function = b.load_func("bpf_iter__task", 26)
        link = lib.bcc_iter_attach(function.fd, None, 0)
        true(link >= 0, "bcc_iter_attach")
        fd = lib.bcc_iter_create(link)
    true(fd >= 0, "bcc_iter_create")
    equal(os.read(fd, 100), struct.pack("II", os.getpid(), os.getpid()))
