# SPDX-License-Identifier: Apache-2.0
"""Processes: who starts whom, in which container, with which rights, and how they end."""
from corpus import *


@case(r"""
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>
#include <linux/fs.h>

#define ARGSIZE  128

enum event_type {
    EVENT_ARG,
    EVENT_RET,
};

struct data_t {
    u32 pid;  // PID as in the userspace term (i.e. task->tgid in kernel)
    u32 ppid; // Parent PID as in the userspace term (i.e task->real_parent->tgid in kernel)
    u32 uid;
    char comm[TASK_COMM_LEN];
    enum event_type type;
    char argv[ARGSIZE];
    int retval;
};

BPF_PERF_OUTPUT(events);

static int __submit_arg(struct pt_regs *ctx, void *ptr, struct data_t *data)
{
    bpf_probe_read_user(data->argv, sizeof(data->argv), ptr);
    events.perf_submit(ctx, data, sizeof(struct data_t));
    return 1;
}

static int submit_arg(struct pt_regs *ctx, void *ptr, struct data_t *data)
{
    const char *argp = NULL;
    bpf_probe_read_user(&argp, sizeof(argp), ptr);
    if (argp) {
        return __submit_arg(ctx, (void *)(argp), data);
    }
    return 0;
}

int syscall__execve(struct pt_regs *ctx,
    const char __user *filename,
    const char __user *const __user *__argv,
    const char __user *const __user *__envp)
{
    struct data_t data = {};
    struct task_struct *task;

    data.pid = bpf_get_current_pid_tgid() >> 32;
    task = (struct task_struct *)bpf_get_current_task();
    data.ppid = task->real_parent->tgid;
    bpf_get_current_comm(&data.comm, sizeof(data.comm));
    data.type = EVENT_ARG;

    __submit_arg(ctx, (void *)filename, &data);

    // skip first arg, as we submitted filename
    #pragma unroll
    for (int i = 1; i < MAXARG; i++) {
        if (submit_arg(ctx, (void *)&__argv[i], &data) == 0)
             goto out;
    }

    // handle truncated argument list
    char ellipsis[] = "...";
    __submit_arg(ctx, (void *)ellipsis, &data);
out:
    return 0;
}

int do_ret_sys_execve(struct pt_regs *ctx)
{
    struct data_t data = {};
    struct task_struct *task;

    data.pid = bpf_get_current_pid_tgid() >> 32;
    task = (struct task_struct *)bpf_get_current_task();
    data.ppid = task->real_parent->tgid;
    bpf_get_current_comm(&data.comm, sizeof(data.comm));
    data.type = EVENT_RET;
    data.retval = PT_REGS_RC(ctx);
    events.perf_submit(ctx, &data, sizeof(data));
    return 0;
}
""", replace={"MAXARG": "20"})
def exec_snoop(b):
    events = b.listen()
    b.attach_syscall("execve", "syscall__execve", "do_ret_sys_execve")
    child = spawn("/bin/true", "first", "second one")
    b.poll()
    own = [e for e in events if e.pid == child]
    equal([e.argv for e in own if e.type == 0], [b"/bin/true", b"first", b"second one"])
    equal([(e.ppid, e.retval) for e in own if e.type == 1], [(os.getpid(), 0)])


@case(r"""
struct data_t {
    u32 pid;
    u32 ppid;
    char comm[TASK_COMM_LEN];
    char filename[64];
};
BPF_PERF_OUTPUT(events);

TRACEPOINT_PROBE(sched, sched_process_exec) {
    struct data_t data = {};
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    data.pid = bpf_get_current_pid_tgid() >> 32;
    data.ppid = task->real_parent->tgid;
    bpf_get_current_comm(&data.comm, sizeof(data.comm));
    TP_DATA_LOC_READ_STR(&data.filename, filename, sizeof(data.filename));
    events.perf_submit(args, &data, sizeof(data));
    return 0;
}
""")
def exec_tracepoint(b):
    events = b.listen()
    child = spawn("/bin/true")
    b.poll()
    equal([(e.ppid, e.comm, e.filename) for e in events if e.pid == child], [(os.getpid(), b"true", b"/bin/true")])


@case(r"""
BPF_HASH(children, u32, u32);
TRACEPOINT_PROBE(sched, sched_process_fork) {
    u32 parent = args->parent_pid, child = args->child_pid;
    if (parent == PID)
        children.update(&child, &parent);
    return 0;
}
BPF_HASH(ended, u32, u64);
TRACEPOINT_PROBE(sched, sched_process_exit) {
    u32 tid = (u32)bpf_get_current_pid_tgid();
    u64 now = bpf_ktime_get_ns();
    if (children.lookup(&tid))
        ended.update(&tid, &now);
    children.delete(&tid);
    return 0;
}
""")
def fork_and_exit(b):
    numbers = {fork() for _ in range(3)}
    equal({k.value for k in b["ended"].keys()}, numbers)
    equal(len(b["children"]), 0)


@case(r"""
BPF_HASH(forks, u32, u32);
RAW_TRACEPOINT_PROBE(sched_process_fork)
{
    struct task_struct *p = (struct task_struct *)ctx->args[0];
    struct task_struct *c = (struct task_struct *)ctx->args[1];
    u32 ppid = p->pid;
    u32 cpid = c->pid;
    if (p->tgid == PID)
        forks.update(&cpid, &ppid);
    return 0;
}
""")
def raw_fork(b):
    child = fork()
    equal({k.value: v.value for k, v in b["forks"].items()}, {child: os.getpid()})


@case(r"""
#include <linux/sched.h>
struct data_t {
    u64 start_time;
    u64 exit_time;
    u32 pid;
    u32 tid;
    u32 ppid;
    int exit_code;
    u32 sig_info;
    char task[TASK_COMM_LEN];
} __attribute__((packed));

BPF_PERF_OUTPUT(events);

TRACEPOINT_PROBE(sched, sched_process_exit)
{
    struct task_struct *task = (typeof(task))bpf_get_current_task();
    if (task->pid != task->tgid || task->real_parent->tgid != PID) { return 0; }

    struct data_t data = {};
    data.start_time = task->start_time;
    data.exit_time = bpf_ktime_get_ns();
    data.pid = task->tgid;
    data.tid = task->pid;
    data.ppid = task->real_parent->tgid;
    data.exit_code = task->exit_code >> 8;
    data.sig_info = task->exit_code & 0xFF;
    bpf_get_current_comm(&data.task, sizeof(data.task));
    events.perf_submit(args, &data, sizeof(data));
    return 0;
}
""")
def exit_codes(b):
    events = b.listen()
    first = fork(42)
    second = os.fork()
    if not second:
        os.kill(os.getpid(), 9)
    os.waitpid(second, 0)
    b.poll()
    equal([(e.pid, e.exit_code, e.sig_info) for e in events], [(first, 42, 0), (second, 0, 9)])
    true(all(e.start_time < e.exit_time for e in events))


@case(r"""
struct val_t { u64 pid; int sig; int tpid; char comm[TASK_COMM_LEN]; };
struct data_t { u64 pid; int tpid; int sig; int ret; char comm[TASK_COMM_LEN]; };
BPF_HASH(infotmp, u32, struct val_t);
BPF_PERF_OUTPUT(events);

int syscall__kill(struct pt_regs *ctx, int tpid, int sig)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    u32 pid = pid_tgid >> 32;
    u32 tid = (u32)pid_tgid;
    TPID_FILTER
    PID_FILTER
    SIGNAL_FILTER
    struct val_t val = {.pid = pid};
    if (bpf_get_current_comm(&val.comm, sizeof(val.comm)) == 0) {
        val.tpid = tpid;
        val.sig = sig;
        infotmp.update(&tid, &val);
    }
    return 0;
};

int do_ret_sys_kill(struct pt_regs *ctx)
{
    struct data_t data = {};
    struct val_t *valp;
    u32 tid = (u32)bpf_get_current_pid_tgid();
    valp = infotmp.lookup(&tid);
    if (valp == 0) {
        return 0;
    }
    bpf_probe_read_kernel(&data.comm, sizeof(data.comm), valp->comm);
    data.pid = valp->pid;
    data.tpid = valp->tpid;
    data.ret = PT_REGS_RC(ctx);
    data.sig = valp->sig;
    events.perf_submit(ctx, &data, sizeof(data));
    infotmp.delete(&tid);
    return 0;
}
""", replace={"TPID_FILTER": "", "PID_FILTER": "if (pid != PID) { return 0; }", "SIGNAL_FILTER": "if (sig == 11) { return 0; }"})
def kill_snoop(b):
    events = b.listen()
    b.attach_syscall("kill", "syscall__kill", "do_ret_sys_kill")
    os.kill(os.getpid(), 0)
    libc.kill(0x3FFFFFF, 15)
    b.poll()
    equal([(e.tpid, e.sig, e.ret) for e in mine(events)], [(os.getpid(), 0, 0), (0x3FFFFFF, 15, -3)])


@case(r"""
struct event { u32 pid; u32 target; int sig; int result; };
BPF_PERF_OUTPUT(events);
TRACEPOINT_PROBE(signal, signal_generate) {
    struct event e = {bpf_get_current_pid_tgid() >> 32, args->pid, args->sig, args->result};
    if (e.pid == PID)
        events.perf_submit(args, &e, sizeof(e));
    return 0;
}
""")
def signal_generate(b):
    import signal

    events = b.listen()
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    os.kill(os.getpid(), signal.SIGUSR1)
    b.poll()
    equal([(e.target, e.sig, e.result) for e in events], [(os.getpid(), 10, 1)])


@case(r"""
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/utsname.h>
#include <linux/ns_common.h>
#include <net/net_namespace.h>

struct mnt_namespace {
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
    atomic_t count;
#endif
    struct ns_common ns;
};

#define READ_KERN(ptr)                                                  \
    ({                                                                  \
        typeof(ptr) _val;                                               \
        __builtin_memset((void *)&_val, 0, sizeof(_val));               \
        bpf_probe_read_kernel((void *)&_val, sizeof(_val), &ptr);       \
        _val;                                                           \
    })

struct ids { u32 mnt, pid, uts, ipc, net, cgroup; char node[16]; };
BPF_HASH(found, u32, struct ids);

static __always_inline u32 get_pid_ns_id(struct nsproxy *ns)
{
    struct pid_namespace *pidns = READ_KERN(ns->pid_ns_for_children);
    return READ_KERN(pidns->ns.inum);
}

static __always_inline u32 get_uts_ns_id(struct nsproxy *ns)
{
    struct uts_namespace *uts_ns = READ_KERN(ns->uts_ns);
    return READ_KERN(uts_ns->ns.inum);
}

TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    struct nsproxy *ns = READ_KERN(task->nsproxy);
    struct ids ids = {};
    u32 pid = PID;

    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    ids.pid = get_pid_ns_id(ns);
    ids.uts = get_uts_ns_id(ns);
    ids.ipc = ns->ipc_ns->ns.inum;
    ids.net = task->nsproxy->net_ns->ns.inum;
    ids.cgroup = ns->cgroup_ns->ns.inum;
    char *name = READ_KERN(task->nsproxy)->uts_ns->name.nodename;
    bpf_probe_read_kernel_str(&ids.node, sizeof(ids.node), name);
    found.update(&pid, &ids);
    return 0;
}
""")
def namespaces(b):
    getpgid()
    i = b["found"][u32(os.getpid())]
    number = lambda name: os.stat("/proc/self/ns/" + name).st_ino
    equal((i.pid, i.uts, i.ipc, i.net, i.cgroup), tuple(number(n) for n in ("pid", "uts", "ipc", "net", "cgroup")))
    equal(i.node, os.uname().nodename.encode()[:15])


@case(r"""
static inline int _mntns_filter(unsigned int mntnsid) {
    struct task_struct *current_task;
    struct nsproxy *nsproxy;
    struct mnt_namespace *mnt_ns;
    unsigned int inum;

    current_task = (struct task_struct *)bpf_get_current_task();
    if (bpf_probe_read_kernel(&nsproxy, sizeof(nsproxy), &current_task->nsproxy))
        return 0;
    if (bpf_probe_read_kernel(&mnt_ns, sizeof(mnt_ns), &nsproxy->mnt_ns))
        return 0;
    if (bpf_probe_read_kernel(&inum, sizeof(inum), &mnt_ns->ns.inum))
        return 0;
    return inum == mntnsid;
}
BPF_ARRAY(calls, u64, 2);
RAW_TRACEPOINT_PROBE(sys_enter) {
    if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != __NR_getpgid) return 0;
    calls.increment(_mntns_filter(MNTNS));
    return 0;
}
""", replace={"MNTNS": lambda: os.stat("/proc/self/ns/mnt").st_ino})
def mount_namespace_filter(b):
    getpgid(2)
    equal((slot(b, "calls", 0), slot(b, "calls", 1)), (0, 2))


@case(r"""
struct chain { u32 pids[8]; u32 depth; };
BPF_HASH(chains, u32, struct chain);
TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {
    struct task_struct *t = (struct task_struct *)bpf_get_current_task();
    struct chain c = {};
    u32 pid = t->tgid;
    if (pid != PID) return 0;
    #pragma unroll
    for (int i = 0; i < 8; i++) {
        c.pids[i] = t->tgid;
        c.depth++;
        if (t->tgid <= 1) break;
        t = t->real_parent;
    }
    chains.update(&pid, &c);
    return 0;
}
""")
def process_tree(b):
    getpgid()
    c = b["chains"][u32(os.getpid())]
    equal(list(c.pids)[:2], [os.getpid(), os.getppid()])
    true(c.depth >= 3)


@case(r"""
#include <linux/cred.h>
struct creds { u32 uid, gid, euid, fsuid, securebits; u64 effective; };
BPF_HASH(seen, u32, struct creds);
RAW_TRACEPOINT_PROBE(sys_enter) {
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    const struct cred *cred = task->cred;
    u32 pid = PID;
    if (task->tgid != PID || ctx->args[1] != __NR_getpgid) return 0;
    struct creds c = {
        .uid = cred->uid.val,
        .gid = cred->gid.val,
        .euid = task->real_cred->euid.val,
        .fsuid = cred->fsuid.val,
        .securebits = cred->securebits,
    };
    bpf_probe_read_kernel(&c.effective, sizeof(c.effective), &cred->cap_effective);
    seen.update(&pid, &c);
    return 0;
}
""")
def credentials(b):
    getpgid()
    c = b["seen"][u32(os.getpid())]
    equal((c.uid, c.gid, c.euid, c.fsuid), (os.getuid(), os.getgid(), os.geteuid(), os.geteuid()))
    with open("/proc/self/status") as status:
        effective = [int(line.split()[1], 16) for line in status if line.startswith("CapEff")]
    equal([c.effective], effective)


@case(r"""
struct event { u32 pid; u32 uid; int which; };
BPF_PERF_OUTPUT(events);
#define ESCALATION(name, number, field)                                             \
    TRACEPOINT_PROBE(syscalls, sys_enter_##name) {                                  \
        struct event e = {.pid = bpf_get_current_pid_tgid() >> 32, .which = number};\
        e.uid = args->field;                                                        \
        events.perf_submit(args, &e, sizeof(e));                                    \
        return 0;                                                                   \
    }
ESCALATION(setuid, 1, uid)
ESCALATION(setreuid, 2, euid)
ESCALATION(setresuid, 3, suid)
""")
def privilege_escalation(b):
    events = b.listen()
    child = os.fork()
    if not child:
        libc.setuid(0)
        libc.setreuid(0, 0)
        libc.setresuid(0, 0, 77)
        os._exit(0)
    os.waitpid(child, 0)
    b.poll()
    equal([(e.which, e.uid) for e in events if e.pid == child], [(1, 0), (2, 0), (3, 77)])


@case(r"""
BPF_HASH(threads, u32, u32);
int trace_clone_flags(struct pt_regs *ctx) { return 0; }
TRACEPOINT_PROBE(task, task_newtask) {
    u32 child = args->pid;
    u32 is_thread = (args->clone_flags & CLONE_THREAD) != 0;
    if (bpf_get_current_pid_tgid() >> 32 == PID)
        threads.update(&child, &is_thread);
    return 0;
}
""")
def new_tasks(b):
    import threading

    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    child = fork()
    found = {k.value: v.value for k, v in b["threads"].items()}
    equal(found.pop(child), 0)
    equal(list(found.values()), [1])


@case(r"""
struct rename_event { u32 pid; char old[TASK_COMM_LEN]; char new[TASK_COMM_LEN]; };
BPF_PERF_OUTPUT(events);
TRACEPOINT_PROBE(task, task_rename) {
    struct rename_event e = {};
    e.pid = bpf_get_current_pid_tgid() >> 32;
    bpf_probe_read_kernel(e.old, sizeof(e.old), args->oldcomm);
    bpf_probe_read_kernel(e.new, sizeof(e.new), args->newcomm);
    events.perf_submit(args, &e, sizeof(e));
    return 0;
}
""")
def task_rename(b):
    events = b.listen()
    libc.prctl(15, b"corpus-renamed", 0, 0, 0)
    b.poll()
    equal([e.new for e in mine(events)], [b"corpus-renamed"])


@case(r"""
BPF_HASH(ids, u64, u64);
TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {
    u64 id = bpf_get_current_cgroup_id();
    if (bpf_get_current_pid_tgid() >> 32 == PID)
        ids.increment(id);
    return 0;
}
""")
def cgroup_id(b):
    getpgid(3)
    equal([v.value for v in b["ids"].values()], [3])


@case(r"""
#include <linux/cgroup.h>
#include <linux/kernfs.h>
struct name { char text[64]; u32 level; };
BPF_HASH(names, u32, struct name);
RAW_TRACEPOINT_PROBE(sys_enter) {
    struct task_struct *t = (struct task_struct *)bpf_get_current_task();
    struct name n = {};
    u32 pid = PID;
    if (t->tgid != PID || ctx->args[1] != __NR_getpgid) return 0;
    struct cgroup *cgrp = t->cgroups->dfl_cgrp;
    struct kernfs_node *kn = cgrp->kn;
    n.level = cgrp->level;
    bpf_probe_read_kernel_str(n.text, sizeof(n.text), kn->name);
    names.update(&pid, &n);
    return 0;
}
""")
def container_name(b):
    getpgid()
    n = b["names"][u32(os.getpid())]
    with open("/proc/self/cgroup") as file:
        path = [line.split(":")[2].strip() for line in file if line.startswith("0::")]
    if path:
        equal(n.text, path[0].rpartition("/")[2].encode()[:63])
        equal(n.level, len([part for part in path[0].split("/") if part]))


@case(r"""
struct numbers { u32 pid, tid, vpid, level, sid, pgid; };
BPF_HASH(out, u32, struct numbers);

static __always_inline u32 get_task_ns_pid(struct task_struct *task)
{
    unsigned int level = task->nsproxy->pid_ns_for_children->level;
    return task->thread_pid->numbers[level].nr;
}

TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    struct numbers n = {task->tgid, task->pid};
    u32 pid = PID;
    if (n.pid != PID) return 0;
    n.vpid = get_task_ns_pid(task);
    n.level = task->thread_pid->level;
    n.sid = task->signal->pids[PIDTYPE_SID]->numbers[0].nr;
    n.pgid = task->signal->pids[PIDTYPE_PGID]->numbers[0].nr;
    out.update(&pid, &n);
    return 0;
}
""")
def process_numbers(b):
    getpgid()
    n = b["out"][u32(os.getpid())]
    equal((n.pid, n.tid, n.vpid, n.level), (os.getpid(), os.getpid(), os.getpid(), 0))
    equal((n.sid, n.pgid), (os.getsid(0), os.getpgid(0)))


@case(r"""
#include <linux/mm_types.h>
struct mem { u64 code, brk, stack, args, env; };
BPF_HASH(maps, u32, struct mem);
TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    struct mm_struct *mm = task->mm;
    struct mem m = {};
    u32 pid = PID;
    if (task->tgid != PID || !mm) return 0;
    m.code = mm->start_code;
    m.brk = mm->start_brk;
    m.stack = mm->start_stack;
    m.args = mm->arg_end - mm->arg_start;
    m.env = mm->env_start;
    maps.update(&pid, &m);
    return 0;
}
""")
def memory_map(b):
    getpgid()
    m = b["maps"][u32(os.getpid())]
    with open("/proc/self/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    equal((m.code, m.stack), (int(fields[23]), int(fields[25])))
    with open("/proc/self/cmdline", "rb") as line:
        equal(m.args, len(line.read()))


@case(r"""
#define MAX_ARG 32
struct args_event { u32 pid; u32 len; char cmdline[160]; };
BPF_PERCPU_ARRAY(heap, struct args_event, 1);
BPF_PERF_OUTPUT(events);

TRACEPOINT_PROBE(syscalls, sys_enter_execve) {
    int zero = 0;
    struct args_event *e = heap.lookup(&zero);
    const char *arg = NULL;
    if (!e) return 0;
    e->pid = bpf_get_current_pid_tgid() >> 32;
    e->len = 0;
    for (int i = 0; i < 4; i++) {
        if (bpf_probe_read_user(&arg, sizeof(arg), &args->argv[i]) || !arg) break;
        if (e->len > sizeof(e->cmdline) - MAX_ARG) break;
        int n = bpf_probe_read_user_str(&e->cmdline[e->len], MAX_ARG, arg);
        if (n < 0) break;
        e->len += n & (MAX_ARG - 1);
    }
    events.perf_submit(args, e, sizeof(*e));
    return 0;
}
""")
def command_line(b):
    from_ = b.listen()
    child = spawn("/bin/true", "a", "bcd")
    b.poll()
    (e,) = [e for e in from_ if e.pid == child]
    equal(e.len, len("/bin/true") + 1 + 2 + 4)


@case(r"""
BPF_HASH(limits, u32, u64);
TRACEPOINT_PROBE(syscalls, sys_enter_prlimit64) {
    struct rlimit64 r = {};
    u32 resource = args->resource;
    if (bpf_get_current_pid_tgid() >> 32 != PID || !args->new_rlim) return 0;
    bpf_probe_read_user(&r, sizeof(r), args->new_rlim);
    limits.update(&resource, &r.rlim_cur);
    return 0;
}
""")
def limits(b):
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (12345, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    equal(b["limits"][u32(resource.RLIMIT_CORE)].value, 12345)
