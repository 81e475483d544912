# SPDX-License-Identifier: Apache-2.0
"""Time: on and off the processor, in queues, in interrupts; samples, stacks and histograms."""
import threading
import time

from corpus import *


def sleep_a_little():
    time.sleep(0.02)


@case(r"""
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>

BPF_HASH(start, u32);
BPF_ARRAY(woken, u64, 2);

struct rq;

static int trace_enqueue(u32 tgid, u32 pid)
{
    if (FILTER || pid == 0)
        return 0;
    u64 ts = bpf_ktime_get_ns();
    start.update(&pid, &ts);
    return 0;
}

static __always_inline unsigned int pid_namespace(struct task_struct *task)
{
    return task->nsproxy->pid_ns_for_children->ns.inum;
}

RAW_TRACEPOINT_PROBE(sched_wakeup)
{
    // TP_PROTO(struct task_struct *p)
    struct task_struct *p = (struct task_struct *)ctx->args[0];
    return trace_enqueue(p->tgid, p->pid);
}

RAW_TRACEPOINT_PROBE(sched_wakeup_new)
{
    struct task_struct *p = (struct task_struct *)ctx->args[0];
    return trace_enqueue(p->tgid, p->pid);
}

RAW_TRACEPOINT_PROBE(sched_switch)
{
    // TP_PROTO(bool preempt, struct task_struct *prev, struct task_struct *next)
    struct task_struct *prev = (struct task_struct *)ctx->args[1];
    struct task_struct *next = (struct task_struct *)ctx->args[2];
    u32 pid, tgid;

    // ivcsw: treat like an enqueue event and store timestamp
    if (prev->STATE_FIELD == TASK_RUNNING) {
        tgid = prev->tgid;
        pid = prev->pid;
        if (!(FILTER || pid == 0)) {
            u64 ts = bpf_ktime_get_ns();
            start.update(&pid, &ts);
        }
    }

    tgid = next->tgid;
    pid = next->pid;
    if (FILTER || pid == 0)
        return 0;
    u64 *tsp, delta;

    // fetch timestamp and calculate delta
    tsp = start.lookup(&pid);
    if (tsp == 0) {
        return 0;   // missed enqueue
    }
    delta = bpf_ktime_get_ns() - *tsp;
    woken.atomic_increment(0);
    woken.atomic_increment(1, pid_namespace(next) == NAMESPACE);
    start.delete(&pid);
    return 0;
}
""", replace={"FILTER": "tgid != PID", "STATE_FIELD": "__state", "NAMESPACE": lambda: os.stat("/proc/self/ns/pid").st_ino})
def run_queue_latency(b):
    for _ in range(3):
        sleep_a_little()
    before, own, after = slot(b, "woken", 0), slot(b, "woken", 1), slot(b, "woken", 0)
    true(3 <= before <= own <= after, (before, own, after))


@case(r"""
struct key_t { u32 pid; u32 tgid; int user_stack_id; int kernel_stack_id; char name[TASK_COMM_LEN]; };
BPF_HASH(counts, struct key_t);
BPF_HASH(start, u32);
BPF_STACK_TRACE(stack_traces, STACK_STORAGE_SIZE);

TRACEPOINT_PROBE(sched, sched_switch) {
    u32 pid = args->prev_pid;
    u32 tgid = bpf_get_current_pid_tgid() >> 32;
    u64 ts;
    // record previous thread sleep time
    if (tgid == PID && (STATE_FILTER)) {
        ts = bpf_ktime_get_ns();
        start.update(&pid, &ts);
        struct key_t key = {};
        key.pid = pid;
        key.tgid = tgid;
        key.user_stack_id = stack_traces.get_stackid(args, BPF_F_USER_STACK);
        key.kernel_stack_id = stack_traces.get_stackid(args, 0);
        bpf_get_current_comm(&key.name, sizeof(key.name));
        counts.increment(key);
    }
    return 0;
}
""", replace={"STACK_STORAGE_SIZE": "1024", "STATE_FILTER": "args->prev_state & TASK_INTERRUPTIBLE"})
def off_cpu_stacks(b):
    for _ in range(2):
        sleep_a_little()
    true(total(b, "counts") >= 2)
    (key,) = [k for k in b["counts"].keys() if k.pid == os.getpid()][:1]
    true(any(b"schedule" in b.ksym(a) or b"nanosleep" in b.ksym(a) for a in b["stack_traces"].walk(key.kernel_stack_id)))


@case(r"""
#include <uapi/linux/bpf_perf_event.h>
struct key_t { u32 pid; u64 kernel_ip; int user_stack_id; int kernel_stack_id; char name[TASK_COMM_LEN]; };
BPF_HASH(counts, struct key_t);
BPF_STACK_TRACE(stack_traces, 16384);

int do_perf_event(struct bpf_perf_event_data *ctx) {
    u64 id = bpf_get_current_pid_tgid();
    u32 tgid = id >> 32;
    u32 pid = id;
    if (IDLE_FILTER)
        return 0;
    if (!(THREAD_FILTER))
        return 0;
    // create map key
    struct key_t key = {.pid = tgid};
    bpf_get_current_comm(&key.name, sizeof(key.name));
    // get stacks
    key.user_stack_id = stack_traces.get_stackid(&ctx->regs, BPF_F_USER_STACK);
    key.kernel_stack_id = stack_traces.get_stackid(&ctx->regs, 0);
    if (key.kernel_stack_id >= 0) {
        // populate extras to fix the kernel stack
        u64 ip = PT_REGS_IP(&ctx->regs);
        u64 page_offset;
        // if ip isn't sane, leave key ips as zero for later checking
        page_offset = __PAGE_OFFSET_BASE_L4;
        if (ip > page_offset) {
            key.kernel_ip = ip;
        }
    }
    counts.increment(key);
    return 0;
}
""", replace={"IDLE_FILTER": "pid == 0", "THREAD_FILTER": "tgid == PID", "__PAGE_OFFSET_BASE_L4": "0xffff880000000000"})
def profile_stacks(b):
    b.attach_perf_event(ev_type=PerfType.SOFTWARE, ev_config=PerfSWConfig.CPU_CLOCK, fn_name="do_perf_event", sample_freq=997, pid=os.getpid())
    while total(b, "counts") < 3:
        getpgid(2000)
    true(all(k.pid == os.getpid() for k in b["counts"].keys()))


@case(r"""
#include <linux/interrupt.h>
typedef struct irq_key { u32 vec; u64 slot; } irq_key_t;
typedef struct account_val { u64 ts; u32 vec; } account_val_t;
BPF_HASH(start, u32, account_val_t);
BPF_HISTOGRAM(dist, irq_key_t);
BPF_ARRAY(rx, u64, 1);

TRACEPOINT_PROBE(irq, softirq_entry)
{
    account_val_t val = {};
    u32 cpu = bpf_get_smp_processor_id();
    val.ts = bpf_ktime_get_ns();
    val.vec = args->vec;
    start.update(&cpu, &val);
    return 0;
}

TRACEPOINT_PROBE(irq, softirq_exit)
{
    u64 delta;
    u32 cpu = bpf_get_smp_processor_id();
    account_val_t *valp;
    irq_key_t key = {0};

    // fetch timestamp and calculate delta
    valp = start.lookup(&cpu);
    if (valp == 0) {
        return 0;   // missed start
    }
    delta = bpf_ktime_get_ns() - valp->ts;
    key.vec = valp->vec;
    key.slot = bpf_log2l(delta);
    dist.atomic_increment(key);
    if (key.vec == NET_RX_SOFTIRQ)
        rx.atomic_increment(0);
    start.delete(&cpu);
    return 0;
}
""")
def soft_interrupts(b):
    with datagrams() as (sender, receiver, _):
        for _ in range(5):
            sender.send(b"x")
            receiver.recv(10)
    seen = slot(b, "rx")
    true(seen >= 1)
    # others go on
    true(sum(v.value for k, v in b["dist"].items() if k.vec == 3) >= seen)


@case(r"""
struct data_t { u64 count; u64 total_ns; };
BPF_HASH(start, u64, u64);
BPF_HASH(data, u32, struct data_t);

TRACEPOINT_PROBE(raw_syscalls, sys_enter) {
    u64 pid_tgid = bpf_get_current_pid_tgid();
    u64 t = bpf_ktime_get_ns();
    if (pid_tgid >> 32 != PID) return 0;
    start.update(&pid_tgid, &t);
    return 0;
}

TRACEPOINT_PROBE(raw_syscalls, sys_exit) {
    u64 pid_tgid = bpf_get_current_pid_tgid();
    u32 key = args->id;
    struct data_t *val, zero = {};
    u64 *start_ns = start.lookup(&pid_tgid);
    if (!start_ns)
        return 0;
    val = data.lookup_or_try_init(&key, &zero);
    if (val) {
        lock_xadd(&val->count, 1);
        lock_xadd(&val->total_ns, bpf_ktime_get_ns() - *start_ns);
    }
    return 0;
}
""")
def syscall_counts(b):
    getpgid(11)
    sleep_a_little()
    counts = {k.value: (v.count, v.total_ns) for k, v in b["data"].items()}
    equal(counts[121][0], 11)
    # clock_nanosleep
    true(counts[230][1] >= 20000000, counts[230])


@case(r"""
BPF_HASH(on_cpu, u32, u64);
BPF_HASH(total, u32, u64);
int on_sched_switch(struct tracepoint__sched__sched_switch *args) {
    u64 now = bpf_ktime_get_ns();
    u32 prev = args->prev_pid, next = args->next_pid;
    u64 *since = on_cpu.lookup(&prev);
    if (since && prev == PID)
        total.increment(prev, now - *since);
    on_cpu.delete(&prev);
    if (next == PID)
        on_cpu.update(&next, &now);
    return 0;
}
""")
def on_cpu_time(b):
    b.attach_tracepoint(tp="sched:sched_switch", fn_name="on_sched_switch")
    sleep_a_little()
    before = time.process_time()
    while time.process_time() - before < 0.03:
        pass
    sleep_a_little()
    true(b["total"][u32(os.getpid())].value >= 25000000)


@case(r"""
#include <linux/sched.h>
BPF_HISTOGRAM(switches, u32);
TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {
    struct task_struct *t = (struct task_struct *)bpf_get_current_task();
    u32 which = 0;
    if (t->tgid != PID) return 0;
    switches.increment(which, t->nvcsw);
    which = 1;
    switches.increment(which, t->min_flt > 0);
    which = 2;
    switches.increment(which, t->prio);
    which = 3;
    switches.increment(which, t->policy);
    return 0;
}
""")
def task_counters(b):
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw
    getpgid()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw
    true(before <= b["switches"][u32(0)].value <= after)
    equal((b["switches"][u32(1)].value, b["switches"][u32(2)].value, b["switches"][u32(3)].value), (1, 120 + os.nice(0), 0))


@case(r"""
BPF_PERF_ARRAY(clock, NUM_CPUS);
BPF_ARRAY(readings, u64, 2);
int read_counter(struct pt_regs *ctx) {
    struct bpf_perf_event_value v = {};
    int zero = 0, cpu = bpf_get_smp_processor_id();
    if (clock.perf_counter_value(cpu, &v, sizeof(v)) < 0) {
        readings.increment(1);
        return 0;
    }
    readings.update(&zero, &v.counter);
    return 0;
}
""", replace={"NUM_CPUS": str(os.cpu_count())})
def counter_value(b):
    b["clock"].open_perf_event(PerfType.SOFTWARE, PerfSWConfig.CPU_CLOCK)
    b.attach_uprobe(name="c", sym="abs", fn_name="read_counter", pid=os.getpid())
    getpgid(1000)
    libc.abs(1)
    first = slot(b, "readings")
    getpgid(1000)
    libc.abs(1)
    true(0 < first < slot(b, "readings"))
    equal(slot(b, "readings", 1), 0)


@case(r"""
BPF_HASH(faults, u64, u64);
int on_fault(struct bpf_perf_event_data *ctx) {
    u64 page = ctx->addr >> 12;
    faults.increment(page);
    return 0;
}
""")
def page_faults(b):
    import mmap

    memory = mmap.mmap(-1, 16 * 4096)
    address = ct.addressof(ct.c_char.from_buffer(memory))
    b.attach_perf_event(ev_type=PerfType.SOFTWARE, ev_config=PerfSWConfig.PAGE_FAULTS, fn_name="on_fault", sample_period=1, pid=os.getpid())
    memory[0:1] = b"x"
    pages = [k.value for k in b["faults"].keys()]
    true(address >> 12 in pages, "the page is not among %d" % len(pages))


@case(r"""
BPF_HASH(wakers, u32, u32);
TRACEPOINT_PROBE(sched, sched_waking) {
    u32 target = args->pid, waker = bpf_get_current_pid_tgid();
    if (bpf_get_current_pid_tgid() >> 32 == PID)
        wakers.update(&target, &waker);
    return 0;
}
""")
def wakers(b):
    receiver, sender = os.pipe()
    child = os.fork()
    if not child:
        os.read(receiver, 1)
        os._exit(0)
    while True:
        with open("/proc/%d/stat" % child) as stat:
            if stat.read().split()[2] == "S":
                break
    os.write(sender, b"x")
    os.waitpid(child, 0)
    equal(b["wakers"][u32(child)].value, os.getpid())


@case(r"""
typedef struct { u64 min, max, sum, n; } summary_t;
BPF_ARRAY(summary, summary_t, 1);
int measure(struct pt_regs *ctx, int value) {
    int zero = 0;
    summary_t *s = summary.lookup(&zero);
    if (!s) return 0;
    if (!s->n || value < s->min) s->min = value;
    s->max = max(s->max, (u64)value);
    s->sum += value;
    s->n++;
    return 0;
}
""")
def summaries(b):
    b.attach_uprobe(name="c", sym="abs", fn_name="measure", pid=os.getpid())
    for n in (5, 3, 9):
        libc.abs(n)
    s = b["summary"][ct.c_int(0)]
    equal((s.min, s.max, s.sum, s.n), (3, 9, 17, 3))


@case(r"""
BPF_HASH(timers, u64, u64);
TRACEPOINT_PROBE(timer, hrtimer_start) {
    u64 function = (u64)args->function;
    if (bpf_get_current_pid_tgid() >> 32 == PID)
        timers.increment(function);
    return 0;
}
""")
def timers(b):
    sleep_a_little()
    true(b"hrtimer_wakeup" in [b.ksym(k.value) for k in b["timers"].keys()])


@case(r"""
BPF_HISTOGRAM(wait, u64, 64);
BPF_HASH(since, u64);
TRACEPOINT_PROBE(syscalls, sys_enter_futex) {
    u64 id = bpf_get_current_pid_tgid(), now = bpf_ktime_get_ns();
    int op = args->op & FUTEX_CMD_MASK;
    if (id >> 32 != PID) return 0;
    if (op == FUTEX_WAIT || op == FUTEX_WAIT_BITSET)
        since.update(&id, &now);
    return 0;
}
TRACEPOINT_PROBE(syscalls, sys_exit_futex) {
    u64 id = bpf_get_current_pid_tgid();
    u64 *begin = since.lookup(&id);
    if (!begin) return 0;
    wait.increment(bpf_log2l((bpf_ktime_get_ns() - *begin) / 1000000));
    since.delete(&id);
    return 0;
}
""", replace={"#": "#"})
def futex_waits(b):
    word = ct.c_int(1)
    limit = (ct.c_long * 2)(0, 20000000)
    libc.syscall(202, ct.byref(word), 0, 1, ct.byref(limit), None, 0)
    equal(sum(v.value for k, v in b["wait"].items() if k.value >= 5), 1)
