/* SPDX-License-Identifier: Apache-2.0 */
/* The guide's "Events & Arguments", by its numbers: what programs at each kind of event get is compared with
 * what the test did. More about static probes (6) is in test_usdt.c. */
#include <bcc/usdt.h>

#include "own_events.h"
#include "static_probe.h"

#include <fcntl.h>
#include <sys/stat.h>

#define COUNTS                                                                                               \
	"#include <uapi/linux/ptrace.h>\n#include <linux/sched.h>\n#include <linux/fs.h>\n"                  \
	"BPF_ARRAY(out, u64, 16);\n"                                                                         \
	"static inline void put(int slot, u64 value)\n"                                                      \
	"{ u64 *v = out.lookup(&slot); if (v && bpf_get_current_pid_tgid() >> 32 == PID) *v = value; }\n"    \
	"static inline void add(int slot, u64 value)\n"                                                      \
	"{ u64 *v = out.lookup(&slot); if (v && bpf_get_current_pid_tgid() >> 32 == PID) __sync_fetch_and_add(v, value); }\n"

/* Numbers that no other call here has. */
enum { A = 0x1111, B = 0x2222, C = 0x3333, D = 0x4444, E = 0x5555, F = 0x6666 };

static uint64_t out(struct bcc *b, int slot)
{
	return table_u64(b, "out", slot);
}

static struct bcc *open_with_kprobes(const char *text)
{
	if (!have_kprobes())
		test_missing("this kernel has no kprobes");
	return open_test_text(text, NULL);
}

/* Opens and attaches programs that need BPF trampolines, which a kernel may not allow. */
static struct bcc *open_with_trampolines(const char *text)
{
	struct bcc *b = open_test_text(text, NULL);
	int n = bcc_attach_all(b);

	if (n == -EPERM || n == -EOPNOTSUPP) {
		printf("%s\n", bcc_error(b));
		bcc_close(b);
		test_missing("this kernel refuses trampolines, or has no active BPF LSM");
	}
	expect_return(b, n, 1);
	return b;
}

/* No other read here is this large. */
enum { SIZE = 54321 };

static void read_nothing(void)
{
	static char buf[SIZE];
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_int_equal(read(fd, buf, sizeof(buf)), 0);
	close(fd);
}

static void events_1_kprobes(void **state)
{
	struct bcc *b = open_with_kprobes(COUNTS
		"int kprobe__vfs_read(struct pt_regs *ctx, struct file *file, char __user *buf, size_t count)\n"
		"{ if (count != 54321) return 0; add(0, 1); put(1, count); put(2, PT_REGS_PARM3(ctx)); put(3, S_ISCHR(file->f_inode->i_mode)); return 0; }\n"
		"int by_call(struct pt_regs *ctx) { if (PT_REGS_PARM3(ctx) == 54321) add(5, 1); return 0; }\n");

	expect_return(b, bcc_attach_all(b), 1);
	expect_ok(b, bcc_attach_kprobe(b, "by_call", "vfs_read", NULL, NULL));
	read_nothing();
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 1), SIZE);
	assert_int_equal(out(b, 2), SIZE);
	assert_int_equal(out(b, 3), 1);
	assert_int_equal(out(b, 5), 1);
	bcc_close(b);
}

static void events_2_kretprobes(void **state)
{
	struct bcc *b = open_with_kprobes(COUNTS
		"int kretprobe__ksys_read(struct pt_regs *ctx) { add(0, 1); put(1, PT_REGS_RC(ctx)); return 0; }\n");
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	char buf[777];

	expect_return(b, bcc_attach_all(b), 1);
	assert_int_equal(read(fd, buf, sizeof(buf)), sizeof(buf));
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 1), sizeof(buf));
	close(fd);
	bcc_close(b);
}

static void events_3_tracepoints(void **state)
{
	struct bcc *b = open_test_text(COUNTS
		"TRACEPOINT_PROBE(raw_syscalls, sys_enter)\n"
		"{ if (args->id == " OWN_CALL
		") { add(0, 1); put(1, args->args[0]); put(2, args->args[5]); } return 0; }\n"
		"TRACEPOINT_PROBE(raw_syscalls, sys_exit)\n"
		"{ if (args->id == " OWN_CALL ") put(3, args->ret); return 0; }\n",
		NULL);
	int n = bcc_attach_all(b);

	expect_return(b, n, 2);
	syscall(SYS_getpgid, 0x7ffffff1, 2, 3, 4, 5, F);
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 1), 0x7ffffff1);
	assert_int_equal(out(b, 2), F);
	assert_int_equal((int64_t)out(b, 3), -ESRCH);
	bcc_close(b);
}

long traced_by_language_test(const char *text, long number);

__attribute__((noinline)) long traced_by_language_test(const char *text, long number)
{
	__asm__ volatile("");
	return text[0] + 3 * number;
}

static struct bcc *open_with_uprobe(const char *text, bool retprobe)
{
	struct bcc *b = open_test_text(text, NULL);
	int err = bcc_attach_uprobe(b, "program", "/proc/self/exe",
		&BCC_OPTS(struct bcc_uprobe_opts, .symbol = "traced_by_language_test", .pid = getpid(),
			.retprobe = retprobe),
		NULL);

	if (err == -EOPNOTSUPP)
		test_missing("this kernel has no uprobes");
	expect_ok(b, err);
	return b;
}

static void events_4_uprobes(void **state)
{
	struct bcc *b = open_with_uprobe(COUNTS
		"int program(struct pt_regs *ctx) {\n"
		"  char buf[8] = {}; bpf_probe_read_user(&buf, sizeof(buf), (void *)PT_REGS_PARM1(ctx));\n"
		"  add(0, 1); put(1, *(u64 *)buf); put(2, PT_REGS_PARM2(ctx)); return 0; }\n",
		false);
	char text[8] = "uprobes";
	uint64_t expected;

	memcpy(&expected, text, sizeof(expected));
	traced_by_language_test(text, 4321);
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 1), expected);
	assert_int_equal(out(b, 2), 4321);
	bcc_close(b);
}

static void events_5_uretprobes(void **state)
{
	struct bcc *b = open_with_uprobe(
		"#include <uapi/linux/ptrace.h>\nBPF_HISTOGRAM(dist);\n"
		"int program(struct pt_regs *ctx) { dist.increment(PT_REGS_RC(ctx)); return 0; }\n",
		true);
	long n = traced_by_language_test("", 20);

	assert_int_equal(n, 60);
	traced_by_language_test("", 20);
	traced_by_language_test("", 7);
	assert_int_equal(table_u64(b, "dist", 60), 2);
	assert_int_equal(table_u64(b, "dist", 21), 1);
	assert_int_equal(table_u64(b, "dist", 20), 0);
	bcc_close(b);
}

#define ONE_TO_FIVE                                                                                          \
	"4@" STATIC_PROBE_NUMBER(1) " 4@" STATIC_PROBE_NUMBER(2) " 4@" STATIC_PROBE_NUMBER(                  \
		3) " 4@" STATIC_PROBE_NUMBER(4) " -4@" STATIC_PROBE_NUMBER(-5)

/* As in the guide: the sixth argument points to a string. */
static __attribute__((noinline)) void fire_static_probe(const char *path)
{
	register const char *sixth __asm__(STATIC_PROBE_ONE) = path;

	__asm__ volatile(STATIC_PROBE("language", "six", "0", ONE_TO_FIVE " 8@" STATIC_PROBE_ONE_64)
		:
		: "r"(sixth)
		: "memory");
}

static void events_6_usdt_probes(void **state)
{
	struct bcc *b = open_test_text(COUNTS
		"int do_trace(struct pt_regs *ctx) {\n"
		"  u64 addr = 0; s64 fifth = 0; char path[8] = {};\n"
		"  bpf_usdt_readarg(6, ctx, &addr); bpf_probe_read_user(&path, sizeof(path), (void *)addr);\n"
		"  bpf_usdt_readarg(5, ctx, &fifth); add(0, 1); put(1, *(u64 *)path); put(2, fifth); return 0; }\n",
		NULL);
	char path[8] = "a/path";
	uint64_t expected;
	int err = bcc_attach_usdt(b, "do_trace", "/proc/self/exe", "language", "six", NULL, NULL);

	if (err == -EOPNOTSUPP)
		test_missing("this kernel has no uprobes");
	expect_ok(b, err);
	memcpy(&expected, path, sizeof(expected));
	fire_static_probe(path);
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 1), expected);
	assert_int_equal((int64_t)out(b, 2), -5);
	bcc_close(b);
}

static void events_7_raw_tracepoints(void **state)
{
	struct bcc *b = open_test_text(COUNTS
		"RAW_TRACEPOINT_PROBE(sched_process_fork)\n"
		"{ struct task_struct *parent = (struct task_struct *)ctx->args[0], *child = (struct task_struct *)ctx->args[1];\n"
		"  s32 tgid = 0; bpf_probe_read_kernel(&tgid, sizeof(tgid), &child->tgid);\n"
		"  add(0, 1); put(1, parent->tgid); put(2, tgid); put(3, child->tgid); return 0; }\n",
		NULL);
	pid_t child;

	expect_return(b, bcc_attach_all(b), 1);
	child = fork();
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 1), getpid());
	assert_int_equal(out(b, 2), child);
	assert_int_equal(out(b, 3), child);
	bcc_close(b);
}

/* The fourth argument of a system call is in a different register than that of a function. */
static void events_8_system_call_tracepoints(void **state)
{
	static const char text[] = COUNTS
		"int syscall__prctl(struct pt_regs *ctx, int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)\n"
		"{ if (option != 0x1111) return 0; add(0, 1); put(1, a); put(2, b); put(3, c); put(4, d); return 0; }\n"
		"int syscall__memfd_create(struct pt_regs *ctx, const char __user *name, unsigned int flags)\n"
		"{ char copy[8] = {}; bpf_probe_read_user_str(copy, sizeof(copy), name);\n"
		"  put(5, *(u64 *)copy); put(6, flags); put(7, name[1]); return 0; }\n"
		"int kprobe__sys_getpgid(struct pt_regs *ctx, int pid) { put(8, pid); return 0; }\n";
	struct bcc *b = open_with_kprobes(text);
	char function[128], name[8] = "memory";
	uint64_t expected;

	expect_return(b, bcc_attach_all(b), 1);
	expect_ok(b, bcc_syscall_function(b, "prctl", function, sizeof(function)));
	expect_ok(b, bcc_attach_kprobe(b, "syscall__prctl", function, NULL, NULL));
	expect_ok(b, bcc_syscall_function(b, "memfd_create", function, sizeof(function)));
	expect_ok(b, bcc_attach_kprobe(b, "syscall__memfd_create", function, NULL, NULL));
	syscall(SYS_prctl, A, B, C, D, E);
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 1), B);
	assert_int_equal(out(b, 2), C);
	assert_int_equal(out(b, 3), D);
	assert_int_equal(out(b, 4), E);
	memcpy(&expected, name, sizeof(expected));
	close(syscall(SYS_memfd_create, name, 1));
	assert_int_equal(out(b, 5), expected);
	assert_int_equal(out(b, 6), 1);
	assert_int_equal(out(b, 7), 'e');
	syscall(SYS_getpgid, F);
	assert_int_equal(out(b, 8), F);
	bcc_close(b);
}

static void events_9_kfuncs(void **state)
{
	struct bcc *b = open_with_trampolines(COUNTS
		"KFUNC_PROBE(vfs_read, struct file *file, char *buf, size_t count, loff_t *pos)\n"
		"{ if (count != 54321) return 0; add(0, 1); put(1, count); put(2, S_ISCHR(file->f_inode->i_mode)); return 0; }\n");

	read_nothing();
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 1), SIZE);
	assert_int_equal(out(b, 2), 1);
	bcc_close(b);
}

static void events_10_kretfuncs(void **state)
{
	struct bcc *b = open_with_trampolines(COUNTS
		"KRETFUNC_PROBE(vfs_read, struct file *file, char *buf, size_t count, loff_t *pos, long ret)\n"
		"{ if (count == 7777) { add(0, 1); put(1, ret); } return 0; }\n");
	char path[] = "/tmp/language-XXXXXX", buf[7777];
	int fd = mkostemp(path, O_CLOEXEC);

	assert_int_equal(write(fd, "hello", 5), 5);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(read(fd, buf, sizeof(buf)), 5);
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 1), 5);
	close(fd);
	unlink(path);
	bcc_close(b);
}

static void events_11_lsm_probes(void **state)
{
	struct bcc *b = open_with_trampolines(COUNTS
		"LSM_PROBE(file_open, struct file *file)\n"
		"{ if (bpf_get_current_pid_tgid() >> 32 != PID) return 0; add(0, 1); put(1, file->f_flags & 04000);\n"
		"  return file->f_flags & 04000 ? -17 : 0; }\n");
	int fd = open("/dev/null", O_RDONLY);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(open("/dev/null", O_RDONLY | O_NONBLOCK), -1);
	assert_int_equal(errno, 17);
	assert_int_equal(out(b, 1), O_NONBLOCK);
	bcc_close(b);
	fd = open("/dev/null", O_RDONLY | O_NONBLOCK);
	assert_true(fd >= 0);
	close(fd);
}

/* Reads an iterator's output, words of 32 bits, to its end. */
static size_t read_words(struct bcc *b, int fd, uint32_t *words, size_t count)
{
	size_t size = 0;
	ssize_t n;

	if (fd == -EPERM)
		test_missing("this kernel refuses iterators");
	if (fd < 0)
		fail_msg("the iterator cannot be opened: %s", bcc_error(b));
	while ((n = read(fd, (char *)words + size, count * sizeof(*words) - size)) > 0)
		size += n;
	assert_int_equal(n, 0);
	close(fd);
	return size / sizeof(*words);
}

static void events_12_bpf_iterators(void **state)
{
	static const char text[] =
		"#include <linux/sched.h>\n"
		"BPF_ITER(task)\n"
		"{ struct seq_file *seq = ctx->meta->seq; struct task_struct *task = ctx->task;\n"
		"  if (task == (void *)0) return 0;\n"
		"  u32 ids[2] = {task->tgid, task->pid}; bpf_seq_write(seq, ids, sizeof(ids)); return 0; }\n";
	static uint32_t words[1 << 16];
	struct bcc *b = open_test_text(text, NULL);
	size_t count, own = 0;

	count = read_words(b, bcc_open_iter(b, "bpf_iter__task", NULL), words, 1 << 16);
	for (size_t i = 0; i + 1 < count; i += 2)
		own += words[i] == (uint32_t)getpid() && words[i + 1] == (uint32_t)syscall(SYS_gettid);
	assert_int_equal(own, 1);
	assert_true(count > 2);
	bcc_close(b);
}

static void events_12_bpf_iterators_of_a_table(void **state)
{
	static const char text[] =
		"BPF_HASH(squares, u32, u32, 16);\n"
		"BPF_ITER(bpf_map_elem)\n"
		"{ u32 *key = ctx->key, *value = ctx->value; if (!key || !value) return 0;\n"
		"  u32 entry[2] = {*key, *value}; bpf_seq_write(ctx->meta->seq, entry, sizeof(entry)); return 0; }\n";
	uint32_t words[64];
	struct bcc *b = open_test_text(text, NULL);
	int err = bcc_open_iter(b, "bpf_iter__bpf_map_elem", NULL);
	size_t count, sum = 0;

	if (err == -EPERM) {
		expect_sentence(b, "does not permit");
		bcc_close(b);
		test_missing("this kernel refuses iterators of a table");
	}
	expect_return(b, err, -EINVAL);
	expect_fails(b,
		bcc_open_iter(
			b, "bpf_iter__bpf_map_elem", &BCC_OPTS(struct bcc_iter_opts, .table = "absent")),
		-ENOENT, "absent");
	for (uint32_t i = 1, square; i <= 5; i++) {
		square = i * i;
		expect_ok(b, bcc_table_set(table_of(b, "squares"), &i, 4, &square, 4, 0));
	}
	count = read_words(b,
		bcc_open_iter(
			b, "bpf_iter__bpf_map_elem", &BCC_OPTS(struct bcc_iter_opts, .table = "squares")),
		words, 64);
	assert_int_equal(count, 10);
	for (size_t i = 0; i < count; i += 2) {
		assert_int_equal(words[i + 1], words[i] * words[i]);
		sum += words[i];
	}
	assert_int_equal(sum, 15);
	bcc_close(b);
}

/* The return value of a function that is skipped: for security_ functions even without error injection. */
static void beyond_kmod_ret(void **state)
{
	struct bcc *b = open_with_trampolines(COUNTS
		"KMOD_RET(security_file_open, struct file *file, int ret)\n"
		"{ if (bpf_get_current_pid_tgid() >> 32 != PID || !(file->f_flags & 04000)) return ret;\n"
		"  add(0, 1); put(1, ret); return -19; }\n");

	assert_int_equal(open("/dev/null", O_RDONLY | O_NONBLOCK), -1);
	assert_int_equal(errno, 19);
	close(open("/dev/null", O_RDONLY));
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 1), 0);
	bcc_close(b);
	assert_int_not_equal(open("/dev/null", O_RDONLY | O_NONBLOCK), -1);
}

/* Only functions that allow it can be changed. */
static void beyond_kmod_ret_elsewhere(void **state)
{
	struct bcc *b = open_test_text("KMOD_RET(vfs_read, struct file *file) { return 0; }\n", NULL);
	int err = bcc_attach_all(b);

	if (err == -EPERM) {
		bcc_close(b);
		test_missing("this kernel refuses trampolines");
	}
	expect_fails(b, err, -EINVAL, "vfs_read() is not modifiable");
	bcc_close(b);
}

static void fork_once(pid_t *child)
{
	*child = fork();
	assert_true(*child >= 0);
	if (*child == 0)
		_exit(0);
	assert_int_equal(waitpid(*child, NULL, 0), *child);
}

/* Raw tracepoints with typed arguments, with and without the type that the function returns. */
static void beyond_btf_raw_tracepoints(void **state)
{
	struct bcc *b = open_test_text(COUNTS
		"SEC(\"tp_btf/sched_process_fork\") int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)\n"
		"{ add(0, 1); put(1, parent->tgid); put(2, child->tgid); return 0; }\n"
		"SEC(\"tp_btf/sched_process_fork\") BPF_PROG(without_type, struct task_struct *parent, struct task_struct *child)\n"
		"{ add(3, 1); put(4, child->real_parent->tgid); return 0; }\n"
		"SEC(\"tp_btf/sys_enter\") long BPF_PROG(on_call, struct pt_regs *regs, long id)\n"
		"{ if (id == " OWN_CALL ") { add(5, 1); put(6, PT_REGS_PARM1(regs)); } return 0; }\n"
		"SEC(\"tp_btf/no_such_tracepoint_here\") int BPF_PROG(nowhere) { return 0; }\n",
		NULL);
	struct bcc_link *link = NULL;
	pid_t child;

	expect_fails(b, bcc_attach_all(b), -ESRCH, "no_such_tracepoint_here");
	expect_ok(b, bcc_attach_raw_tracepoint(b, "on_fork", "sched_process_fork", &link));
	expect_ok(b, bcc_attach_raw_tracepoint(b, "without_type", "sched_process_fork", NULL));
	expect_ok(b, bcc_attach_raw_tracepoint(b, "on_call", "sys_enter", NULL));
	syscall(SYS_getpgid, 0x7ffffff3);
	fork_once(&child);
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 1), getpid());
	assert_int_equal(out(b, 2), child);
	assert_int_equal(out(b, 3), 1);
	assert_int_equal(out(b, 4), getpid());
	assert_int_equal(out(b, 5), 1);
	assert_int_equal(out(b, 6), 0x7ffffff3);
	expect_ok(b, bcc_detach(link));
	fork_once(&child);
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 3), 2);
	bcc_close(b);
}

static void beyond_btf_raw_tracepoints_attach_themselves(void **state)
{
	struct bcc *b = open_test_text(COUNTS
		"SEC(\"tp_btf/sched_process_fork\") int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)\n"
		"{ add(0, 1); put(1, child->tgid); return 0; }\n"
		"SEC(\"raw_tp/sys_enter\") int on_call(struct bpf_raw_tracepoint_args *ctx)\n"
		"{ if (ctx->args[1] == " OWN_CALL ") { add(5, 1); } return 0; }\n"
		"SEC(\"raw_tp\") int without_target(struct bpf_raw_tracepoint_args *ctx) { return 0; }\n"
		"int of_no_kind(void *ctx) { return 0; }\n",
		NULL);
	pid_t child;

	expect_return(b, bcc_attach_all(b), 2);
	syscall(SYS_getpgid, 0x7ffffff3);
	fork_once(&child);
	assert_int_equal(out(b, 5), 1);
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 1), child);
	bcc_close(b);
}

/* Functions of a module, with the module's own types. The virtual machines' root file system is overlayfs. */
static void beyond_module_kfuncs(void **state)
{
	char path[] = "/tmp/language-XXXXXX";
	struct stat status;
	struct bcc *b;
	int fd;

	if (access("/sys/kernel/btf/overlay", R_OK))
		test_too_old("overlayfs is no module here, or not loaded");
	fd = mkostemp(path, O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &status), 0);
	close(fd);
	b = open_test_text(COUNTS
		"MODULE_KFUNC_PROBE(overlay, ovl_open, struct inode *inode, struct file *file)\n"
		"{ if (file->f_flags & 04000) { add(0, 1); put(1, inode->i_ino); put(2, inode->i_mode); } return 0; }\n"
		"MODULE_KRETFUNC_PROBE(overlay, ovl_open, struct inode *inode, struct file *file, int ret)\n"
		"{ if (file->f_flags & 04000) { add(3, 1); put(4, ret); put(5, inode->i_ino); } return 0; }\n",
		NULL);
	expect_return(b, bcc_attach_all(b), 2);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	close(fd);
	unlink(path);
	assert_int_equal(out(b, 0), 1);
	assert_int_equal(out(b, 1), status.st_ino);
	assert_int_equal(out(b, 2), status.st_mode);
	assert_int_equal(out(b, 3), 1);
	assert_int_equal(out(b, 4), 0);
	assert_int_equal(out(b, 5), status.st_ino);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_1_kprobes),
		cmocka_unit_test(events_2_kretprobes),
		cmocka_unit_test(events_3_tracepoints),
		cmocka_unit_test(events_4_uprobes),
		cmocka_unit_test(events_5_uretprobes),
		cmocka_unit_test(events_6_usdt_probes),
		cmocka_unit_test(events_7_raw_tracepoints),
		cmocka_unit_test(events_8_system_call_tracepoints),
		cmocka_unit_test(events_9_kfuncs),
		cmocka_unit_test(events_10_kretfuncs),
		cmocka_unit_test(events_11_lsm_probes),
		cmocka_unit_test(events_12_bpf_iterators),
		cmocka_unit_test(events_12_bpf_iterators_of_a_table),
		cmocka_unit_test(beyond_kmod_ret),
		cmocka_unit_test(beyond_kmod_ret_elsewhere),
		cmocka_unit_test(beyond_btf_raw_tracepoints),
		cmocka_unit_test(beyond_btf_raw_tracepoints_attach_themselves),
		cmocka_unit_test(beyond_module_kfuncs),
	};

	if (geteuid()) {
		printf("SKIP: loading BPF programs needs root\n");
		return getenv("BCC_TEST_NO_SKIP") ? 1 : 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
