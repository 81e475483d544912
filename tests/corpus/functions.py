# SPDX-License-Identifier: Apache-2.0
"""Functions of programs and libraries: allocations, strings, locks, what TLS libraries are given."""
from corpus import *

libz = ct.CDLL("libz.so.1")


def checksum(data):
    """crc32(crc, buffer, length) has the arguments that SSL_write() has: something, a buffer, its length."""
    libz.crc32.argtypes = [ct.c_ulong, ct.c_char_p, ct.c_uint]
    return libz.crc32(0, data, len(data))


def here(b, symbol, entry=None, leave=None, library="c"):
    if entry:
        b.attach_uprobe(name=library, sym=symbol, fn_name=entry, pid=os.getpid())
    if leave:
        b.attach_uretprobe(name=library, sym=symbol, fn_name=leave, pid=os.getpid())


@case(r"""
#include <uapi/linux/ptrace.h>

struct key_t {
    char c[80];
};
BPF_HASH(counts, struct key_t);

int count(struct pt_regs *ctx) {
    if (!PT_REGS_PARM1(ctx))
        return 0;

    struct key_t key = {};
    u64 zero = 0, *val;

    bpf_probe_read_user(&key.c, sizeof(key.c), (void *)PT_REGS_PARM1(ctx));
    // could also use `counts.increment(key)`
    val = counts.lookup_or_try_init(&key, &zero);
    if (val) {
      (*val)++;
    }
    return 0;
};
""", replace={"bpf_probe_read_user(": "bpf_probe_read_user_str("})
def string_counts(b):
    here(b, "atoi", "count")
    for text in (b"12", b"12", b"-7"):
        libc.atoi(text)
    equal({k.c: v.value for k, v in b["counts"].items()}, {b"12": 2, b"-7": 1})


@case(r"""
struct event { u32 pid; u64 size; u64 address; };
BPF_HASH(sizes, u64);
BPF_PERF_OUTPUT(events);

int alloc_enter(struct pt_regs *ctx, size_t size)
{
    u64 id = bpf_get_current_pid_tgid();
    u64 size64 = size;
    sizes.update(&id, &size64);
    return 0;
}

int alloc_exit(struct pt_regs *ctx)
{
    u64 id = bpf_get_current_pid_tgid();
    u64 *size64 = sizes.lookup(&id);
    struct event e = {.pid = id >> 32, .address = PT_REGS_RC(ctx)};
    if (size64 == 0)
        return 0; // missed alloc entry
    e.size = *size64;
    sizes.delete(&id);
    if (e.size == 123456)
        events.perf_submit(ctx, &e, sizeof(e));
    return 0;
}
""")
def malloc_trace(b):
    events = b.listen()
    here(b, "malloc", "alloc_enter", "alloc_exit")
    libc.malloc.restype = ct.c_void_p
    address = libc.malloc(ct.c_size_t(123456))
    b.poll()
    equal([(e.size, e.address) for e in mine(events)], [(123456, address)])


@case(r"""
#include <linux/ptrace.h>
#include <linux/sched.h>        /* For TASK_COMM_LEN */
#define MAX_BUF_SIZE 400
struct probe_SSL_data_t {
    u64 timestamp_ns;
    u32 pid;
    u32 tid;
    u32 uid;
    u32 len;
    u32 buf_filled;
    char comm[TASK_COMM_LEN];
    u8 buf[MAX_BUF_SIZE];
};
#define BASE_EVENT_SIZE ((size_t)(&((struct probe_SSL_data_t*)0)->buf))
#define EVENT_SIZE(X) (BASE_EVENT_SIZE + ((size_t)(X)))
BPF_PERCPU_ARRAY(ssl_data, struct probe_SSL_data_t, 1);
BPF_PERF_OUTPUT(perf_SSL_write);

int probe_SSL_write(struct pt_regs *ctx, void *ssl, void *buf, int num) {
    int ret = 0;
    u32 zero = 0;
    u64 pid_tgid = bpf_get_current_pid_tgid();

    struct probe_SSL_data_t *data = ssl_data.lookup(&zero);
    if (!data)
        return 0;

    data->timestamp_ns = bpf_ktime_get_ns();
    data->pid = pid_tgid >> 32;
    data->tid = pid_tgid;
    data->uid = bpf_get_current_uid_gid();
    data->len = num;
    data->buf_filled = 0;
    bpf_get_current_comm(&data->comm, sizeof(data->comm));
    u32 buf_copy_size = min((size_t)MAX_BUF_SIZE, (size_t)num);

    if (buf != 0)
        ret = bpf_probe_read_user(data->buf, buf_copy_size, buf);

    if (!ret)
        data->buf_filled = 1;
    else
        buf_copy_size = 0;

    perf_SSL_write.perf_submit(ctx, data, EVENT_SIZE(buf_copy_size));
    return 0;
}
""")
def ssl_write(b):
    seen = []
    b["perf_SSL_write"].open_perf_buffer(lambda cpu, data, size: seen.append(ct.string_at(data, size)))
    here(b, "crc32", "probe_SSL_write", library="z")
    checksum(b"GET / HTTP/1.1")
    checksum(b"y" * 1000)
    b.perf_buffer_poll(timeout=0)
    equal([event[44:58] for event in seen], [b"GET / HTTP/1.1", b"y" * 14])
    equal([struct.unpack_from("II", event, 20) for event in seen], [(14, 1), (1000, 1)])


@case(r"""
BPF_HASH(bufs, u32, u64);
struct read_event { u32 pid; int len; char text[32]; };
BPF_PERF_OUTPUT(events);

int probe_SSL_read_enter(struct pt_regs *ctx, void *ssl, void *buf, int num) {
    u32 tid = (u32)bpf_get_current_pid_tgid();
    bufs.update(&tid, (u64 *)&buf);
    return 0;
}

int probe_SSL_read_exit(struct pt_regs *ctx) {
    u32 tid = (u32)bpf_get_current_pid_tgid();
    u64 *bufp = bufs.lookup(&tid);
    struct read_event e = {.pid = bpf_get_current_pid_tgid() >> 32, .len = 5};
    if (bufp == 0)
        return 0;
    bpf_probe_read_user(&e.text, sizeof(e.text) - 1, (char *)*bufp);
    bufs.delete(&tid);
    events.perf_submit(ctx, &e, sizeof(e));
    return 0;
}
""")
def ssl_read(b):
    events = b.listen()
    here(b, "crc32", "probe_SSL_read_enter", "probe_SSL_read_exit", library="z")
    checksum(ct.create_string_buffer(b"decrypted text", 64).raw)
    b.poll()
    equal([(e.text, e.len) for e in mine(events)], [(b"decrypted text", 5)])


@case(r"""
struct str_t { u32 pid; char str[80]; };
BPF_PERF_OUTPUT(events);
int printret(struct pt_regs *ctx) {
    struct str_t data  = {};
    char comm[TASK_COMM_LEN] = {};
    if (!PT_REGS_RC(ctx))
        return 0;
    data.pid = bpf_get_current_pid_tgid() >> 32;
    bpf_probe_read_user_str(&data.str, sizeof(data.str), (void *)PT_REGS_RC(ctx));
    bpf_get_current_comm(&comm, sizeof(comm));
    if (comm[0] == 'p' && comm[1] == 'y')
        events.perf_submit(ctx, &data, sizeof(data));
    return 0;
};
""", replace={"comm[0] == 'p' && comm[1] == 'y'": "comm[0]"})
def returned_string(b):
    events = b.listen()
    here(b, "getenv", None, "printret")
    libc.getenv(b"LD_LIBRARY_PATH")
    libc.getenv(b"NO_SUCH_VARIABLE")
    b.poll()
    equal([e.str for e in mine(events)], [os.environ["LD_LIBRARY_PATH"].encode()[:79]] if "LD_LIBRARY_PATH" in os.environ else [])


@case(r"""
struct lookup { u32 pid; u64 calls; char host[64]; };
BPF_HASH(start, u32, struct lookup);
BPF_HASH(results, u32, struct lookup);
int do_entry(struct pt_regs *ctx) {
    if (!PT_REGS_PARM1(ctx))
        return 0;
    struct lookup val = {.pid = bpf_get_current_pid_tgid() >> 32};
    u32 tid = (u32)bpf_get_current_pid_tgid();
    bpf_probe_read_user(&val.host, sizeof(val.host), (void *)PT_REGS_PARM1(ctx));
    start.update(&tid, &val);
    return 0;
}
int do_return(struct pt_regs *ctx) {
    u32 tid = (u32)bpf_get_current_pid_tgid();
    struct lookup *valp = start.lookup(&tid);
    if (valp == 0) return 0;
    valp->calls++;
    results.update(&tid, valp);
    start.delete(&tid);
    return 0;
}
""", replace={"bpf_probe_read_user(&": "bpf_probe_read_user_str(&"})
def host_lookup(b):
    here(b, "getaddrinfo", "do_entry", "do_return")
    socket.getaddrinfo("127.0.0.1", 80)
    r = b["results"][u32(os.getpid())]
    equal((r.host, r.calls, len(b["start"])), (b"127.0.0.1", 1, 0))


@case(r"""
BPF_STACK_TRACE(stacks, 4096);
struct thread_mutex_key_t { u32 tid; u64 mtx; int lock_stack_id; };
struct thread_mutex_val_t { u64 wait_time_ns; u64 enter_count; };
BPF_HASH(locks, struct thread_mutex_key_t, struct thread_mutex_val_t);
struct mutex_timestamp_t { u64 mtx; u64 timestamp; };
BPF_HASH(lock_start, u32, struct mutex_timestamp_t);

int probe_mutex_lock(struct pt_regs *ctx)
{
    u64 now = bpf_ktime_get_ns();
    u32 pid = bpf_get_current_pid_tgid();
    struct mutex_timestamp_t val = {};
    val.mtx = PT_REGS_PARM1(ctx);
    val.timestamp = now;
    lock_start.update(&pid, &val);
    return 0;
}

int probe_mutex_lock_return(struct pt_regs *ctx)
{
    u64 now = bpf_ktime_get_ns();
    u32 pid = bpf_get_current_pid_tgid();
    struct mutex_timestamp_t *entry = lock_start.lookup(&pid);
    if (entry == 0)
        return 0;   // Missed the entry

    struct thread_mutex_key_t key = {};
    key.tid = pid;
    key.mtx = entry->mtx;
    key.lock_stack_id = stacks.get_stackid(ctx, BPF_F_USER_STACK);

    struct thread_mutex_val_t *existing, new_val = {};
    existing = locks.lookup_or_try_init(&key, &new_val);
    if (existing) {
        existing->wait_time_ns += now - entry->timestamp;
        existing->enter_count += 1;
    }
    lock_start.delete(&pid);
    return 0;
}
""")
def lock_contention(b):
    here(b, "pthread_mutex_trylock", "probe_mutex_lock", "probe_mutex_lock_return")
    mutex = (ct.c_long * 8)()
    for _ in range(4):
        libc.pthread_mutex_trylock(ct.byref(mutex))
    own = [(k, v) for k, v in b["locks"].items() if k.mtx == ct.addressof(mutex)]
    equal(sum(v.enter_count for k, v in own), 4)


@case(r"""
BPF_ARRAY(ratio, u64, 2);
int trace_div(struct pt_regs *ctx, int a, int b) {
    int zero = 0;
    u64 q = b ? (u64)a / (u64)b : 0;
    ratio.update(&zero, &q);
    zero = 1;
    q = b ? (u64)a % (u64)b : 0;
    ratio.update(&zero, &q);
    return 0;
}
""")
def two_arguments(b):
    here(b, "div", "trace_div")
    libc.div(100, 7)
    equal((slot(b, "ratio", 0), slot(b, "ratio", 1)), (14, 2))


@case(r"""
struct call { u64 a[6]; };
BPF_HASH(calls, u32, struct call);
int all_arguments(struct pt_regs *ctx) {
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    struct call c = {};
    if (PT_REGS_PARM2(ctx) != 11) return 0;
    c.a[0] = PT_REGS_PARM1(ctx);
    c.a[1] = PT_REGS_PARM2(ctx);
    c.a[2] = PT_REGS_PARM3(ctx);
    c.a[3] = PT_REGS_PARM4(ctx);
    c.a[4] = PT_REGS_PARM5(ctx);
    c.a[5] = PT_REGS_PARM6(ctx);
    calls.update(&pid, &c);
    return 0;
}
""")
def six_arguments(b):
    here(b, "syscall", "all_arguments")
    libc.syscall(ct.c_long(-1), ct.c_long(11), ct.c_long(12), ct.c_long(13), ct.c_long(14), ct.c_long(15))
    equal(list(b["calls"][u32(os.getpid())].a), [2**64 - 1, 11, 12, 13, 14, 15])


@case(r"""
BPF_HASH(counts, u64);
int on_function(struct pt_regs *ctx) {
    u64 ip = PT_REGS_IP(ctx);
    counts.increment(ip);
    return 0;
}
""")
def function_counts(b):
    b.attach_uprobe(name="z", sym_re="^(crc32|adler32)$", fn_name="on_function", pid=os.getpid())
    checksum(b"x")
    checksum(b"x")
    libz.adler32(1, b"y", 1)
    names = {b.sym(k.value, os.getpid()): v.value for k, v in b["counts"].items()}
    equal({n: c for n, c in names.items() if n in (b"crc32", b"adler32")}, {b"crc32": 2, b"adler32": 1})


@case(r"""
BPF_HISTOGRAM(latency);
BPF_HASH(start, u64);
int trace_func_entry(struct pt_regs *ctx) {
    u64 pid = bpf_get_current_pid_tgid();
    u64 ts = bpf_ktime_get_ns();
    start.update(&pid, &ts);
    return 0;
}
int trace_func_return(struct pt_regs *ctx) {
    u64 *tsp, delta;
    u64 pid = bpf_get_current_pid_tgid();
    tsp = start.lookup(&pid);
    if (tsp == 0)
        return 0;
    delta = bpf_ktime_get_ns() - *tsp;
    start.delete(&pid);
    FACTOR
    latency.atomic_increment(bpf_log2l(delta));
    return 0;
}
""", replace={"FACTOR": "delta /= 1000000;"})
def function_latency(b):
    here(b, "usleep", "trace_func_entry", "trace_func_return")
    for _ in range(3):
        libc.usleep(20000)
    equal(total(b, "latency"), 3)
    true(all(k.value >= 5 for k, v in b["latency"].items() if v.value), "shorter than 16 ms")


@case(r"""
struct wide { u64 n; };
BPF_HASH(seen, u64, struct wide);
int write_back(struct pt_regs *ctx, char *buf) {
    char text[8] = "changed";
    bpf_probe_write_user(buf, text, sizeof(text));
    return 0;
}
""")
def write_user(b):
    if not os.path.exists("/sys/kernel/security/lockdown"):
        libc.mount(b"none", b"/sys/kernel/security", b"securityfs", 0, None)
    with contextlib.suppress(FileNotFoundError), open("/sys/kernel/security/lockdown") as lockdown:
        if "[none]" not in lockdown.read():
            raise Refused("the kernel is locked down")
    here(b, "atoi", "write_back")
    buffer = ct.create_string_buffer(b"1234567", 16)
    libc.atoi(buffer)
    equal(buffer.value, b"changed")


@case(r"""
#define MATCH_LEN 6
BPF_ARRAY(matches, u64, 2);
static inline bool streq(const char *a, const char *b, int n) {
    #pragma unroll
    for (int i = 0; i < MATCH_LEN; i++) {
        if (a[i] != b[i]) return false;
        if (a[i] == 0) return true;
    }
    return true;
}
int filter(struct pt_regs *ctx, char *name) {
    char wanted[MATCH_LEN] = "12345", got[MATCH_LEN] = {};
    bpf_probe_read_user_str(got, sizeof(got), name);
    matches.increment(streq(got, wanted, MATCH_LEN));
    return 0;
}
""")
def string_filter(b):
    here(b, "atoi", "filter")
    for text in (b"12345", b"1234", b"123456", b"99"):
        libc.atoi(text)
    equal((slot(b, "matches", 0), slot(b, "matches", 1)), (2, 2))


@case(r"""
struct hash_key { u32 pid; int level; };
BPF_HASH(depths, struct hash_key, u64);
BPF_HASH(level, u32, int);
int enter(struct pt_regs *ctx) {
    u32 tid = bpf_get_current_pid_tgid();
    int zero = 0, *l = level.lookup_or_try_init(&tid, &zero);
    if (!l) return 0;
    struct hash_key key = {.pid = tid, .level = *l};
    depths.increment(key);
    *l += 1;
    return 0;
}
int leave(struct pt_regs *ctx) {
    u32 tid = bpf_get_current_pid_tgid();
    int *l = level.lookup(&tid);
    if (l && *l > 0) *l -= 1;
    return 0;
}
""")
def call_depth(b):
    here(b, "qsort", "enter", "leave")
    compare = ct.CFUNCTYPE(ct.c_int, ct.c_void_p, ct.c_void_p)
    inner = compare(lambda x, y: 0)

    def nested(x, y):
        libc.qsort((ct.c_int * 2)(1, 2), 2, 4, inner)
        return 0

    libc.qsort((ct.c_int * 2)(1, 2), 2, 4, compare(nested))
    equal({k.level: v.value for k, v in b["depths"].items()}, {0: 1, 1: 1})
