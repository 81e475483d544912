# SPDX-License-Identifier: Apache-2.0
"""Who opens, reads, writes, renames and removes which files."""
from corpus import *


@case(r"""
#include <uapi/linux/ptrace.h>
#include <uapi/linux/limits.h>
#include <linux/sched.h>

struct val_t {
    u64 id;
    char comm[TASK_COMM_LEN];
    const char *fname;
    int flags; // EXTENDED_STRUCT_MEMBER
};

struct data_t {
    u64 id;
    u64 ts;
    u32 uid;
    int ret;
    char comm[TASK_COMM_LEN];
    char fname[NAME_MAX];
    int flags; // EXTENDED_STRUCT_MEMBER
};

BPF_HASH(infotmp, u64, struct val_t);
BPF_PERF_OUTPUT(events);

TRACEPOINT_PROBE(syscalls, sys_enter_openat) {
    struct val_t val = {};
    u64 id = bpf_get_current_pid_tgid();
    u32 pid = id >> 32;

    PID_FILTER
    if (bpf_get_current_comm(&val.comm, sizeof(val.comm)) == 0) {
        val.id = id;
        val.fname = args->filename;
        val.flags = args->flags;
        infotmp.update(&id, &val);
    }
    return 0;
};

TRACEPOINT_PROBE(syscalls, sys_exit_openat) {
    u64 id = bpf_get_current_pid_tgid();
    struct val_t *valp;
    struct data_t data = {};
    u64 tsp = bpf_ktime_get_ns();

    valp = infotmp.lookup(&id);
    if (valp == 0) {
        // missed entry
        return 0;
    }
    bpf_probe_read_kernel(&data.comm, sizeof(data.comm), valp->comm);
    bpf_probe_read_user_str(&data.fname, sizeof(data.fname), (void *)valp->fname);
    data.id = valp->id;
    data.ts = tsp / 1000;
    data.uid = bpf_get_current_uid_gid();
    data.flags = valp->flags;
    data.ret = args->ret;
    events.perf_submit(args, &data, sizeof(data));
    infotmp.delete(&id);
    return 0;
}
""", replace={"PID_FILTER": "if (pid != PID) { return 0; }"})
def open_snoop(b):
    events = b.listen()
    with scratch() as path:
        fd = os.open(path, os.O_RDWR | os.O_APPEND)
    try:
        os.open("/nonexistent/file", os.O_RDONLY)
    except OSError:
        pass
    b.poll()
    seen = {e.fname: e for e in events}
    equal(seen[path.encode()].ret, fd)
    equal(seen[path.encode()].flags & (os.O_RDWR | os.O_APPEND), os.O_RDWR | os.O_APPEND)
    equal(seen[b"/nonexistent/file"].ret, -2)


@case(r"""
#include <linux/fs.h>
struct key { u32 pid; unsigned long inode; dev_t dev; };
struct sums { u64 reads, read_bytes, writes, write_bytes; };
BPF_HASH(counts, struct key, struct sums);

static int do_entry(struct pt_regs *ctx, struct file *file, size_t count, int is_read)
{
    u32 tgid = bpf_get_current_pid_tgid() >> 32;
    if (TGID_FILTER)
        return 0;
    struct dentry *de = file->f_path.dentry;
    int mode = file->f_inode->i_mode;
    struct qstr d_name = de->d_name;
    if (d_name.len == 0 || TYPE_FILTER)
        return 0;
    struct key info = {
        .pid = tgid,
        .inode = file->f_inode->i_ino,
        .dev = file->f_inode->i_rdev,
    };
    struct sums *valp, zero = {};
    valp = counts.lookup_or_try_init(&info, &zero);
    if (valp) {
        if (is_read) {
            valp->reads++;
            valp->read_bytes += count;
        } else {
            valp->writes++;
            valp->write_bytes += count;
        }
    }
    return 0;
}

int trace_read_entry(struct pt_regs *ctx, struct file *file, char __user *buf, size_t count)
{
    return do_entry(ctx, file, count, 1);
}

int trace_write_entry(struct pt_regs *ctx, struct file *file, char __user *buf, size_t count)
{
    return do_entry(ctx, file, count, 0);
}
""", replace={"TGID_FILTER": "tgid != PID", "TYPE_FILTER": "!S_ISREG(mode)"})
def file_top(b):
    b.attach_kprobe(event="vfs_read", fn_name="trace_read_entry")
    b.attach_kprobe(event="vfs_write", fn_name="trace_write_entry")
    with scratch() as path:
        fd = os.open(path, os.O_RDWR)
        for n in (10, 20, 30):
            os.write(fd, b"x" * n)
        os.pread(fd, 500, 0)
        inode = os.fstat(fd).st_ino
    # pread() goes another way than read() in some kernels, and overlayfs writes to a file of the same number
    for sums in [v for k, v in b["counts"].items() if k.inode == inode]:
        equal((sums.writes, sums.write_bytes), (3, 60))
    true(len(b["counts"]) > 0)


@case(r"""
#include <uapi/linux/ptrace.h>
#include <linux/fs.h>
#include <linux/dcache.h>

struct data_t { u32 pid; u32 name_len; char type; char name[DNAME_INLINE_LEN]; };
BPF_PERF_OUTPUT(events);

KFUNC_PROBE(security_file_open, struct file *file)
{
    struct data_t data = {};
    struct inode *inode = file->f_inode;
    struct qstr name = file->f_path.dentry->d_name;
    umode_t mode = inode->i_mode;
    data.pid = bpf_get_current_pid_tgid() >> 32;
    if (data.pid != PID) return 0;
    data.type = S_ISREG(mode) ? 'f' : S_ISDIR(mode) ? 'd' : S_ISCHR(mode) ? 'c' : '?';
    data.name_len = name.len;
    bpf_probe_read_kernel_str(&data.name, sizeof(data.name), name.name);
    events.perf_submit(ctx, &data, sizeof(data));
    return 0;
}
""")
def kfunc_open(b):
    events = b.listen()
    os.open("/dev/null", os.O_RDONLY)
    os.open("/proc", os.O_RDONLY)
    b.poll()
    true((b"null", 4, b"c") in [(e.name, e.name_len, e.type) for e in events])


@case(r"""
struct data_t { u32 pid; char from[64]; char to[64]; int ret; };
BPF_HASH(entries, u64, struct data_t);
BPF_PERF_OUTPUT(events);

static void begin(const char *from, const char *to)
{
    u64 id = bpf_get_current_pid_tgid();
    struct data_t data = {.pid = id >> 32};
    bpf_probe_read_user_str(data.from, sizeof(data.from), from);
    bpf_probe_read_user_str(data.to, sizeof(data.to), to);
    entries.update(&id, &data);
}

static int end(void *ctx, int ret)
{
    u64 id = bpf_get_current_pid_tgid();
    struct data_t *data = entries.lookup(&id);
    if (!data) return 0;
    data->ret = ret;
    if (data->pid == PID)
        events.perf_submit(ctx, data, sizeof(*data));
    entries.delete(&id);
    return 0;
}

TRACEPOINT_PROBE(syscalls, sys_enter_rename) { begin(args->oldname, args->newname); return 0; }
TRACEPOINT_PROBE(syscalls, sys_enter_link) { begin(args->oldname, args->newname); return 0; }
TRACEPOINT_PROBE(syscalls, sys_exit_rename) { return end(args, args->ret); }
TRACEPOINT_PROBE(syscalls, sys_exit_link) { return end(args, args->ret); }
""")
def rename_and_link(b):
    events = b.listen()
    with tempfile.TemporaryDirectory() as folder:
        open(folder + "/a", "w").close()
        os.rename(folder + "/a", folder + "/b")
        libc.link((folder + "/none").encode(), (folder + "/c").encode())
    b.poll()
    equal([(e.from_ if hasattr(e, "from_") else getattr(e, "from"), e.to, e.ret) for e in events],
          [((folder + "/a").encode(), (folder + "/b").encode(), 0), ((folder + "/none").encode(), (folder + "/c").encode(), -2)])


@case(r"""
#define PATH_MAX_SHORT 80
struct file_event {
    u32 pid;
    u32 uid;
    char operation[8];
    char path[PATH_MAX_SHORT];
};
BPF_RINGBUF_OUTPUT(events, 16);

static __always_inline void report(const char *operation, const char __user *path)
{
    struct file_event *e = events.ringbuf_reserve(sizeof(*e));
    if (!e) return;
    e->pid = bpf_get_current_pid_tgid() >> 32;
    e->uid = bpf_get_current_uid_gid();
    __builtin_memcpy(e->operation, operation, 8);
    if (e->pid != PID || bpf_probe_read_user_str(e->path, sizeof(e->path), path) < 0) {
        events.ringbuf_discard(e, BPF_RB_NO_WAKEUP);
        return;
    }
    events.ringbuf_submit(e, 0);
}

TRACEPOINT_PROBE(syscalls, sys_enter_mkdir)  { report("mkdir\0\0", args->pathname); return 0; }
TRACEPOINT_PROBE(syscalls, sys_enter_rmdir)  { report("rmdir\0\0", args->pathname); return 0; }
TRACEPOINT_PROBE(syscalls, sys_enter_unlink) { report("unlink\0", args->pathname); return 0; }
TRACEPOINT_PROBE(syscalls, sys_enter_chmod)  { report("chmod\0\0", args->filename); return 0; }
""")
def file_operations(b):
    events = b.listen()
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/x"
        os.mkdir(path)
        os.chmod(path, 0o700)
        os.rmdir(path)
        open(path, "w").close()
        os.unlink(path)
        b.poll()
    equal([e.operation for e in events if e.path == path.encode()], [b"mkdir", b"chmod", b"rmdir", b"unlink"])


@case(r"""
BPF_HASH(sizes, u64, u64);
int syscall__write(struct pt_regs *ctx, unsigned int fd, const char __user *buf, size_t count)
{
    char secret[6] = {};
    u64 key = count;

    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    bpf_probe_read_user(secret, sizeof(secret) - 1, buf);
    if (secret[0] == 't' && secret[1] == 'o' && secret[2] == 'k' && secret[3] == 'e' && secret[4] == 'n')
        sizes.increment(key);
    return 0;
}
""")
def write_content(b):
    b.attach_syscall("write", "syscall__write")
    with scratch() as path:
        fd = os.open(path, os.O_WRONLY)
        os.write(fd, b"token=1")
        os.write(fd, b"other=1")
        os.write(fd, b"token=22")
    equal({k.value: v.value for k, v in b["sizes"].items()}, {7: 1, 8: 1})


@case(r"""
#include <linux/fs.h>
struct info { u64 ino; u32 nlink; u64 size; u32 uid; umode_t mode; };
BPF_HASH(infos, u64, struct info);

int kprobe__vfs_fstat(struct pt_regs *ctx, int fd) { return 0; }
int on_fsync(struct pt_regs *ctx, struct file *file)
{
    u64 ino = file->f_inode->i_ino;
    struct inode *inode = file_inode(file);
    struct info i = {
        .ino = inode->i_ino,
        .nlink = inode->i_nlink,
        .size = i_size_read(inode),
        .uid = inode->i_uid.val,
        .mode = inode->i_mode,
    };
    if (bpf_get_current_pid_tgid() >> 32 == PID)
        infos.update(&ino, &i);
    return 0;
}
""", replace={"int kprobe__vfs_fstat(struct pt_regs *ctx, int fd) { return 0; }\n": ""})
def inode_fields(b):
    b.attach_kprobe(event="vfs_fsync_range", fn_name="on_fsync")
    with scratch(b"12345678901") as path:
        fd = os.open(path, os.O_WRONLY)
        os.fsync(fd)
        st = os.fstat(fd)
    i = b["infos"][u64(st.st_ino)]
    equal((i.ino, i.nlink, i.size, i.uid, i.mode), (st.st_ino, 1, 11, st.st_uid, st.st_mode))


@case(r"""
#include <linux/fdtable.h>
BPF_HASH(inodes, int, u64);

TRACEPOINT_PROBE(syscalls, sys_enter_fsync) {
    struct task_struct *t = (struct task_struct *)bpf_get_current_task();
    struct files_struct *files = NULL;
    struct fdtable *fdt = NULL;
    struct file **table = NULL;
    struct file *f = NULL;
    struct inode *inode = NULL;
    u64 ino = 0;
    int fd = args->fd;

    if (t->tgid != PID) return 0;
    bpf_probe_read_kernel(&files, sizeof(files), &t->files);
    bpf_probe_read_kernel(&fdt, sizeof(fdt), &files->fdt);
    bpf_probe_read_kernel(&table, sizeof(table), &fdt->fd);
    bpf_probe_read_kernel(&f, sizeof(f), &table[fd]);
    bpf_probe_read_kernel(&inode, sizeof(inode), &f->f_inode);
    bpf_probe_read_kernel(&ino, sizeof(ino), &inode->i_ino);
    inodes.update(&fd, &ino);
    return 0;
}
""")
def descriptor_to_inode(b):
    with scratch() as path:
        fd = os.open(path, os.O_WRONLY)
        os.fsync(fd)
        equal(b["inodes"][ct.c_int(fd)].value, os.fstat(fd).st_ino)


@case(r"""
BPF_HASH(names, u64, u64);
TRACEPOINT_PROBE(syscalls, sys_enter_fsync) {
    struct task_struct *t = (void *)bpf_get_current_task();
    struct file *f = t->files->fdt->fd[args->fd];
    struct dentry *d = f->f_path.dentry;
    u64 hash = 5381;
    char name[32] = {};
    int depth = 0;

    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    #pragma unroll
    for (int i = 0; i < 3; i++) {
        struct dentry *parent = d->d_parent;
        if (parent == d) break;
        depth++;
        bpf_probe_read_kernel_str(name, sizeof(name), d->d_name.name);
        if (i == 1) hash = name[0];
        d = parent;
    }
    u64 key = depth;
    names.update(&key, &hash);
    return 0;
}
""")
def dentry_walk(b):
    with tempfile.TemporaryDirectory(prefix="Zcorpus") as folder:
        fd = os.open(folder + "/file", os.O_CREAT | os.O_WRONLY)
        os.fsync(fd)
    (depth, hash_), = [(k.value, v.value) for k, v in b["names"].items()]
    true(2 <= depth <= 3, depth)
    equal(hash_, ord("Z"))


@case(r"""
BPF_HASH(by_flags, u32, u64);
int kprobe__do_sys_openat2(struct pt_regs *ctx, int dfd, const char __user *filename, struct open_how *how)
{
    struct open_how h = {};
    u32 key;
    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    bpf_probe_read_kernel(&h, sizeof(h), how);
    key = h.flags & (O_CREAT | O_EXCL | O_TRUNC | O_DIRECTORY);
    by_flags.increment(key);
    return 0;
}
""")
def open_how(b):
    with tempfile.TemporaryDirectory() as folder:
        b["by_flags"].clear()
        os.open(folder + "/x", os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        os.open(folder + "/x", os.O_TRUNC | os.O_WRONLY)
        counts = {k.value: v.value for k, v in b["by_flags"].items()}
    equal((counts[os.O_CREAT | os.O_EXCL], counts[os.O_TRUNC]), (1, 1))


@case(r"""
#include <linux/fs.h>
#include <linux/mount.h>
BPF_HASH(magics, u64, u64);
BPF_ARRAY(block, u64, 2);

int trace_open(struct pt_regs *ctx, struct path *path, struct file *file)
{
    struct super_block *sb = path->dentry->d_sb;
    u64 magic = sb->s_magic;
    int zero = 0;
    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    magics.increment(magic);
    u64 bits = sb->s_blocksize;
    block.update(&zero, &bits);
    return 0;
}
""")
def super_block(b):
    b.attach_kprobe(event="vfs_open", fn_name="trace_open")
    os.open("/proc/self/stat", os.O_RDONLY)
    true(0x9FA0 in [k.value for k in b["magics"].keys()], "no procfs")
    true(slot(b, "block") > 0)


@case(r"""
struct stats { u64 calls; u64 total; s64 min; s64 max; };
BPF_HASH(offsets, u32, struct stats);

TRACEPOINT_PROBE(syscalls, sys_enter_lseek) {
    u32 fd = args->fd;
    s64 offset = args->offset;
    struct stats *s, first = {.min = offset, .max = offset};

    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    s = offsets.lookup_or_try_init(&fd, &first);
    if (!s) return 0;
    s->calls++;
    s->total += offset;
    if (offset < s->min) s->min = offset;
    if (offset > s->max) s->max = offset;
    return 0;
}
""")
def signed_minimum(b):
    with scratch(b"x" * 100) as path:
        fd = os.open(path, os.O_RDONLY)
        os.lseek(fd, 50, os.SEEK_SET)
        os.lseek(fd, -20, os.SEEK_CUR)
        os.lseek(fd, 7, os.SEEK_SET)
    s = b["offsets"][u32(fd)]
    equal((s.calls, s.total, s.min, s.max), (3, 37, -20, 50))


@case(r"""
#include <linux/stat.h>
BPF_HASH(modes, u32, u64);
KRETFUNC_PROBE(do_sys_openat2, int dfd, const char *filename, struct open_how *how, long ret)
{
    u32 error = ret < 0 ? -ret : 0;
    if (bpf_get_current_pid_tgid() >> 32 == PID)
        modes.increment(error);
    return 0;
}
""")
def kretfunc_errors(b):
    for path in ("/nonexistent", "/nonexistent", "/proc/self/exe/x"):
        try:
            os.open(path, os.O_RDONLY)
        except OSError:
            pass
    counts = {k.value: v.value for k, v in b["modes"].items()}
    equal((counts[2], counts[20]), (2, 1))


@case(r"""
BPF_PERF_OUTPUT(events);
struct xattr_event { u32 pid; u64 size; char name[32]; u8 value[8]; };

TRACEPOINT_PROBE(syscalls, sys_enter_setxattr) {
    struct xattr_event e = {};
    e.pid = bpf_get_current_pid_tgid() >> 32;
    e.size = args->size;
    bpf_probe_read_user_str(&e.name, sizeof(e.name), args->name);
    bpf_probe_read_user(&e.value, e.size > 8 ? 8 : e.size, args->value);
    events.perf_submit(args, &e, sizeof(e));
    return 0;
}
""")
def attributes(b):
    events = b.listen()
    libc.setxattr(b"/nonexistent", b"user.a", b"12345", 5, 0)
    b.poll()
    equal([(e.name, e.size, bytes(e.value)) for e in mine(events)], [(b"user.a", 5, b"12345\0\0\0")])


@case(r"""
BPF_HASH(io, u32, u64);
TRACEPOINT_PROBE(syscalls, sys_enter_pread64) {
    u32 kb = args->count >> 10;
    if (bpf_get_current_pid_tgid() >> 32 == PID && args->pos >= 4096)
        io.increment(kb, args->pos / 4096);
    return 0;
}
""")
def pread_positions(b):
    fd = os.open("/dev/zero", os.O_RDONLY)
    for size, at in ((1024, 0), (2048, 8192), (2049, 12288), (1024, 4096)):
        os.pread(fd, size, at)
    equal({k.value: v.value for k, v in b["io"].items()}, {2: 5, 1: 1})


@case(r"""
#include <linux/poll.h>
BPF_HASH(waits, int, u64);
TRACEPOINT_PROBE(syscalls, sys_enter_poll) {
    struct pollfd first = {};
    int fd;
    if (bpf_get_current_pid_tgid() >> 32 != PID || args->nfds < 2) return 0;
    bpf_probe_read_user(&first, sizeof(first), &args->ufds[1]);
    fd = first.fd;
    waits.increment(fd, first.events);
    return 0;
}
""")
def poll_array(b):
    import select

    p = select.poll()
    p.register(0, select.POLLIN)
    p.register(1, select.POLLOUT)
    p.poll(0)
    equal({k.value: v.value for k, v in b["waits"].items()}, {1: select.POLLOUT})


@case(r"""
struct vec { u64 base; u64 len; };
BPF_ARRAY(lengths, u64, 1);
TRACEPOINT_PROBE(syscalls, sys_enter_writev) {
    struct iovec v[4] = {};
    u64 sum = 0;
    int zero = 0;
    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    int n = args->vlen;
    #pragma unroll
    for (int i = 0; i < 4; i++) {
        if (i >= n) break;
        bpf_probe_read_user(&v[i], sizeof(v[i]), args->vec + i);
        sum += v[i].iov_len;
    }
    lengths.update(&zero, &sum);
    return 0;
}
""")
def vectors(b):
    fd = os.open("/dev/null", os.O_WRONLY)
    os.writev(fd, [b"ab", b"cdef", b"g"])
    equal(slot(b, "lengths"), 7)
