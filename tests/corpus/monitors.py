# SPDX-License-Identifier: Apache-2.0
"""Security monitors and container monitors: what is watched, matched and reported."""
from corpus import *


@case(r"""
#define RULE_LEN 16
struct rule { char prefix[RULE_LEN]; };
struct alert { u32 pid; u32 uid; u32 rule; char path[64]; char comm[TASK_COMM_LEN]; };
BPF_ARRAY(rules, struct rule, 4);
BPF_PERF_OUTPUT(alerts);

static __always_inline int matches(const char *path, const struct rule *r)
{
    #pragma unroll
    for (int i = 0; i < RULE_LEN; i++) {
        if (r->prefix[i] == 0)
            return i > 0;
        if (r->prefix[i] != path[i])
            return 0;
    }
    return 1;
}

TRACEPOINT_PROBE(syscalls, sys_enter_openat) {
    struct alert a = {};
    a.pid = bpf_get_current_pid_tgid() >> 32;
    if (a.pid != PID) return 0;
    a.uid = bpf_get_current_uid_gid();
    bpf_get_current_comm(&a.comm, sizeof(a.comm));
    if (bpf_probe_read_user_str(&a.path, sizeof(a.path), args->filename) <= 0) return 0;
    for (int i = 0; i < 4; i++) {
        int index = i;
        struct rule *r = rules.lookup(&index);
        if (r && matches(a.path, r)) {
            a.rule = i;
            alerts.perf_submit(args, &a, sizeof(a));
            break;
        }
    }
    return 0;
}
""")
def sensitive_files(b):
    rules = b["rules"]
    for index, prefix in ((1, b"/etc/shadow"), (3, b"/proc/self/")):
        rules[ct.c_int(index)] = rules.Leaf(prefix)
    events = b.listen("alerts")
    for path in ("/etc/shadow", "/etc/hostname", "/proc/self/status"):
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_RDONLY))
    b.poll()
    equal([(e.rule, e.path) for e in events], [(1, b"/etc/shadow"), (3, b"/proc/self/status")])


@case(r"""
enum { EV_PTRACE = 1, EV_MEMFD, EV_SETNS, EV_UNSHARE };
struct event { u32 pid; u32 type; u64 a; u64 b; };
BPF_RINGBUF_OUTPUT(events, 16);
static __always_inline int emit(u32 type, u64 a, u64 b) {
    struct event e = {.pid = bpf_get_current_pid_tgid() >> 32, .type = type, .a = a, .b = b};
    if (e.pid == PID)
        events.ringbuf_output(&e, sizeof(e), 0);
    return 0;
}
TRACEPOINT_PROBE(syscalls, sys_enter_ptrace) { return emit(EV_PTRACE, args->request, args->pid); }
TRACEPOINT_PROBE(syscalls, sys_enter_memfd_create) { return emit(EV_MEMFD, args->flags, 0); }
TRACEPOINT_PROBE(syscalls, sys_enter_setns) { return emit(EV_SETNS, args->fd, args->flags); }
TRACEPOINT_PROBE(syscalls, sys_enter_unshare) { return emit(EV_UNSHARE, args->unshare_flags, 0); }
""")
def suspicious_calls(b):
    events = b.listen()
    libc.ptrace(16, 0x3FFFFFF, 0, 0)
    os.close(os.memfd_create("x", 1))
    libc.setns(0, 0x40000000)
    libc.unshare(0)
    b.poll()
    equal([(e.type, e.a) for e in events], [(1, 16), (2, 1), (3, 0), (4, 0)])


@case(r"""
BPF_HASH(config_root_targets, u32, u8);
BPF_HASH(config_spawned_targets, u32, u8);
struct event_t { u32 pid; char name[TASK_COMM_LEN]; };
BPF_PERF_OUTPUT(events);

TRACEPOINT_PROBE(sched, sched_process_fork)
{
    u32 parent = args->parent_pid;
    u32 child = args->child_pid;
    u8 one = 1;

    u8 *enabled_root = config_root_targets.lookup(&parent);
    if (enabled_root && *enabled_root == 1) {
        config_spawned_targets.update(&child, &one);
        return 0;
    }
    u8 *enabled_spawned = config_spawned_targets.lookup(&parent);
    if (enabled_spawned && *enabled_spawned == 1) {
        config_spawned_targets.update(&child, &one);
    }
    return 0;
}

TRACEPOINT_PROBE(sched, sched_process_exit)
{
    u32 tid = (u32)bpf_get_current_pid_tgid();
    u8 *known = config_spawned_targets.lookup(&tid);
    struct event_t e = {.pid = tid};
    if (!known) return 0;
    bpf_get_current_comm(&e.name, sizeof(e.name));
    events.perf_submit(args, &e, sizeof(e));
    config_spawned_targets.delete(&tid);
    return 0;
}
""")
def process_family(b):
    b["config_root_targets"][u32(os.getpid())] = ct.c_ubyte(1)
    events = b.listen()
    child = spawn("/bin/sh", "-c", "/bin/true; /bin/true")
    b.poll()
    equal([e.name for e in events][-1], b"sh")
    equal(events[-1].pid, child)
    true(len(events) >= 2 and all(e.name == b"true" for e in events[:-1]))


@case(r"""
#include <linux/sched.h>
struct data_t { u32 pid; char comm[TASK_COMM_LEN]; char target[128]; int blocked; int syscall_type; };
BPF_PERCPU_ARRAY(heap, struct data_t, 1);
BPF_PERF_OUTPUT(events);

TRACEPOINT_PROBE(syscalls, sys_enter_execve) {
    int zero = 0;
    struct data_t *data = heap.lookup(&zero);
    if (!data) return 0;
    data->syscall_type = 1;
    data->pid = bpf_get_current_pid_tgid() >> 32;
    bpf_get_current_comm(&data->comm, sizeof(data->comm));
    bpf_probe_read_user_str(&data->target, sizeof(data->target), args->filename);

    int blocked = 0;
    char *t = data->target;
    if (t[0] == '/' && t[1] == 'b' && t[2] == 'i' && t[3] == 'n' && t[4] == '/' && t[5] == 't' && t[6] == 'r' && t[7] == 'u' && t[8] == 'e') blocked = 1;
    else if (t[0] == '/' && t[1] == 'u' && t[2] == 's' && t[3] == 'r' && t[4] == '/' && t[5] == 'b' && t[6] == 'i' && t[7] == 'n' && t[8] == '/' && t[9] == 'r' && t[10] == 'm') blocked = 1;
    data->blocked = blocked;
    // of the test's own children, that is
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    if (blocked && task->real_parent->tgid == PARENT)
        bpf_send_signal(9);
    events.perf_submit(args, data, sizeof(*data));
    return 0;
}
""", replace={"PARENT": "PID"})
def blocked_commands(b):
    events = b.listen()
    children = []
    for program in ("/bin/true", "/bin/false"):
        child = os.fork()
        if not child:
            os.execv(program, [program])
        children.append((child, os.waitpid(child, 0)[1]))
    b.poll()
    seen = {e.pid: e for e in events}
    equal([seen[child].blocked for child, _ in children], [1, 0])
    equal([status for _, status in children], [9, 256])


@case(r"""
BPF_CGROUP_ARRAY(cgroup_array, 1);
BPF_ARRAY(results, u64, 3);
TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {
    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    int r = cgroup_array.check_current_task(0);
    results.increment(r < 0 ? 2 : r);
    return 0;
}
""")
def cgroup_filter(b):
    getpgid()
    equal([slot(b, "results", i) for i in range(3)], [0, 0, 1])
    with tempfile.TemporaryDirectory() as folder:
        if libc.mount(b"none", folder.encode(), b"cgroup2", 0, None):
            raise Missing("cgroup2")
        fd = os.open(folder, os.O_RDONLY)
        libc.umount2(folder.encode(), 2)
    b["cgroup_array"][ct.c_int(0)] = fd
    getpgid(2)
    equal([slot(b, "results", i) for i in range(3)], [0, 2, 1])


@case(r"""
#define __LOWER(x) (x & 0xffffffff)
#define __UPPER(x) (x >> 32)
struct data_t { u32 uid, gid, pid; u32 child_tid, child_tgid; u32 parent_tgid; u64 clone_flags; char comm[TASK_COMM_LEN]; };
BPF_PERF_OUTPUT(events);

KFUNC_PROBE(wake_up_new_task, struct task_struct *task)
{
    u64 gid_uid;
    u64 pid_tgid;
    struct data_t data = {};
    gid_uid = bpf_get_current_uid_gid();
    pid_tgid = bpf_get_current_pid_tgid();

    bpf_get_current_comm(&data.comm, sizeof(data.comm));
    data.uid = __LOWER(gid_uid);
    data.gid = __UPPER(gid_uid);
    data.pid = __UPPER(pid_tgid);
    data.child_tid = task->pid;
    data.child_tgid = task->tgid;
    data.parent_tgid = task->real_parent->tgid;
    events.perf_submit(ctx, &data, sizeof(data));
    return 0;
}
""")
def kfunc_new_task(b):
    events = b.listen()
    child = fork()
    b.poll()
    equal([(e.child_tgid, e.parent_tgid, e.uid) for e in mine(events)], [(child, os.getpid(), os.getuid())])


@case(r"""
struct capability { u32 pid; int cap; int audit; };
BPF_HASH(caps, int, u64);
int kprobe__cap_capable(struct pt_regs *ctx, const struct cred *cred,
    struct user_namespace *targ_ns, int cap, int cap_opt)
{
    if (bpf_get_current_pid_tgid() >> 32 == PID)
        caps.increment(cap);
    return 0;
}
""")
def capabilities(b):
    libc.sethostname(b"", ct.c_size_t(1000))
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    equal(b["caps"][ct.c_int(21)].value >= 1, True)


@case(r"""
#include <linux/ptrace.h>
#include <uapi/linux/bpf.h>
struct gen_info { u32 pid; int cmd; u32 prog_type; u32 insn_cnt; u32 first; char name[16]; };
BPF_PERF_OUTPUT(generic_info);
TRACEPOINT_PROBE(syscalls, sys_enter_bpf) {
    struct gen_info g = {.pid = bpf_get_current_pid_tgid() >> 32, .cmd = args->cmd};
    union bpf_attr attr = {};
    struct bpf_insn insn = {};
    if (g.pid != PID || g.cmd != BPF_PROG_LOAD) return 0;
    bpf_probe_read_user(&attr, 64, args->uattr);
    g.prog_type = attr.prog_type;
    g.insn_cnt = attr.insn_cnt;
    bpf_probe_read_user(&insn, sizeof(insn), (void *)attr.insns);
    g.first = insn.code;
    __builtin_memcpy(g.name, attr.prog_name, sizeof(g.name));
    generic_info.perf_submit(args, &g, sizeof(g));
    return 0;
}
""")
def loaded_programs(b):
    events = b.listen("generic_info")
    code = struct.pack("BBhiBBhi", 0xB7, 0, 0, 1, 0x95, 0, 0, 0)
    attribute = ct.create_string_buffer(128)
    insns, license_ = ct.create_string_buffer(code, 16), ct.create_string_buffer(b"GPL")
    struct.pack_into("IIQQIIQII16s", attribute, 0, 1, 2, ct.addressof(insns), ct.addressof(license_), 0, 0, 0, 0, 0, b"mine")
    fd = libc.syscall(321, 5, attribute, 64)
    true(fd >= 0, "the program is not loaded")
    b.poll()
    equal([(e.prog_type, e.insn_cnt, e.first, e.name) for e in events], [(1, 2, 0xB7, b"mine")])


@case(r"""
BPF_HASH(seen_hashes, u32, u64);
static __always_inline u32 fnv(const char *s) {
    u32 h = 2166136261U;
    #pragma unroll
    for (int i = 0; i < 16; i++) {
        if (!s[i]) break;
        h ^= (u8)s[i];
        h *= 16777619;
    }
    return h;
}
TRACEPOINT_PROBE(sched, sched_process_exec) {
    char comm[TASK_COMM_LEN] = {};
    u32 h;
    struct task_struct *t = (void *)bpf_get_current_task();
    if (t->real_parent->tgid != PID) return 0;
    bpf_get_current_comm(comm, sizeof(comm));
    h = fnv(comm);
    seen_hashes.increment(h);
    return 0;
}
""")
def name_hashes(b):
    spawn("/bin/true")
    spawn("/bin/true")

    def fnv(text):
        h = 2166136261
        for byte in text:
            h = (h ^ byte) * 16777619 % 2**32
        return h

    equal({k.value: v.value for k, v in b["seen_hashes"].items()}, {fnv(b"true"): 2})


@case(r"""
struct mount_event { u32 pid; int ret; char type[16]; char target[64]; u64 flags; };
BPF_HASH(pending, u64, struct mount_event);
BPF_PERF_OUTPUT(events);
TRACEPOINT_PROBE(syscalls, sys_enter_mount) {
    u64 id = bpf_get_current_pid_tgid();
    struct mount_event e = {.pid = id >> 32, .flags = args->flags};
    bpf_probe_read_user_str(e.type, sizeof(e.type), args->type);
    bpf_probe_read_user_str(e.target, sizeof(e.target), args->dir_name);
    pending.update(&id, &e);
    return 0;
}
TRACEPOINT_PROBE(syscalls, sys_exit_mount) {
    u64 id = bpf_get_current_pid_tgid();
    struct mount_event *e = pending.lookup(&id);
    if (!e) return 0;
    e->ret = args->ret;
    events.perf_submit(args, e, sizeof(*e));
    pending.delete(&id);
    return 0;
}
""")
def mounts(b):
    events = b.listen()
    libc.mount(b"none", b"/nonexistent", b"tmpfs", 1, None)
    b.poll()
    equal([(e.type, e.target, e.flags, e.ret) for e in mine(events)], [(b"tmpfs", b"/nonexistent", 1, -2)])


@case(r"""
BPF_HASH(windows, u32, u64);
BPF_ARRAY(alarms, u64, 1);
#define THRESHOLD 5
TRACEPOINT_PROBE(syscalls, sys_enter_unlink) {
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    u64 zero = 0, *count;
    if (pid != PID) return 0;
    count = windows.lookup_or_try_init(&pid, &zero);
    if (!count) return 0;
    (*count)++;
    if (*count == THRESHOLD)
        alarms.increment(0);
    return 0;
}
""")
def ransomware(b):
    for i in range(9):
        with contextlib.suppress(OSError):
            os.unlink("/nonexistent/%d" % i)
    equal((slot(b, "alarms"), b["windows"][u32(os.getpid())].value), (1, 9))


@case(r"""
struct event_t { u32 pid; u64 addr; u64 len; u64 prot; };
BPF_PERF_OUTPUT(events);
TRACEPOINT_PROBE(syscalls, sys_enter_mprotect) {
    struct event_t e = {bpf_get_current_pid_tgid() >> 32, args->start, args->len, args->prot};
    if (e.pid == PID && (e.prot & (PROT_WRITE | PROT_EXEC)) == (PROT_WRITE | PROT_EXEC))
        events.perf_submit(args, &e, sizeof(e));
    return 0;
}
""")
def writable_code(b):
    import mmap

    events = b.listen()
    memory = mmap.mmap(-1, 8192)
    address = ct.addressof(ct.c_char.from_buffer(memory))
    libc.mprotect(ct.c_void_p(address), ct.c_size_t(4096), 1)
    libc.mprotect(ct.c_void_p(address), ct.c_size_t(8192), 7)
    b.poll()
    equal([(e.addr, e.len, e.prot) for e in events], [(address, 8192, 7)])


@case(r"""
#define AF_ALG 38
BPF_ARRAY(block_count, u64, 1);
KRETFUNC_PROBE(__sys_socket, int family, int type, int protocol, int ret) {
    u32 idx = 0;
    if (family == AF_ALG && bpf_get_current_pid_tgid() >> 32 == PID) {
        u64 *count = block_count.lookup(&idx);
        if (count) {
            __sync_fetch_and_add(count, 1);
        }
    }
    return 0;
}
""", replace={"AF_ALG 38": "AF_ALG 2"})
def counted_sockets(b):
    for _ in range(3):
        socket.socket().close()
    equal(slot(b, "block_count"), 3)
