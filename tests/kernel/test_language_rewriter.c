/* SPDX-License-Identifier: Apache-2.0 */
/* The guide's "Rewriter": memory of the kernel and of the traced process that a text reads in plain C is read
 * safely; what programs see is compared with what the test knows. */
#include "put_numbers.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define HEAD "#include <linux/sched.h>\n#include <linux/fs.h>\n#include <linux/fdtable.h>\n"

static struct bcc *run_with(const char *before, const char *statements)
{
	return run_put(HEAD, before, statements);
}

static const char *tasks_of_child(void)
{
	static char said[256];
	struct bcc *b = run_with("",
		"struct task_struct *t = (struct task_struct *)bpf_get_current_task();\n"
		"put(0, t->tgid); put(1, t->real_parent->tgid); put(2, t->real_parent->real_parent->tgid);\n"
		"put(3, t->nsproxy->pid_ns_for_children->level); put(4, t->real_cred->uid.val); put(5, t->mm != NULL);\n"
		"put(6, t->parent == t->real_parent); put(7, t->comm[3]);");

	snprintf(said, sizeof(said), "of %d, child of %d: %lu %lu, the name's letter %lu", getpid(),
		getppid(), (long)out(b, 0), (long)out(b, 1), (long)out(b, 7));
	if (out(b, 0) != (uint64_t)getpid() || out(b, 1) != (uint64_t)getppid() || out(b, 7) != 'l')
		return said;
	if (!out(b, 2) || out(b, 4) != getuid() || out(b, 5) != 1 || out(b, 6) != 1)
		return "what follows from the task's pointers is wrong";
	bcc_close(b);
	return NULL;
}

static const char *named_child(void)
{
	prctl(PR_SET_NAME, "child");
	return tasks_of_child();
}

static void rewriter_kernel_memory(void **state)
{
	in_child(named_child);
}

/* As deep as texts go: a file of this process, by its number, through tables of pointers. */
static void rewriter_pointers_to_pointers(void **state)
{
	char path[] = "/tmp/language-XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);
	struct stat status;
	struct bcc *b;
	char *statements;

	assert_int_equal(write(fd, "twelve bytes", 12), 12);
	assert_int_equal(fstat(fd, &status), 0);
	assert_true(
		asprintf(&statements,
			"struct task_struct *t = (struct task_struct *)bpf_get_current_task();\n"
			"struct file *f = t->files->fdt->fd[%d]; struct inode *i = f->f_path.dentry->d_inode;\n"
			"put(0, i->i_ino); put(1, i->i_size); put(2, f->f_pos); put(3, i->i_sb->s_dev);\n"
			"put(4, f->f_path.dentry->d_name.len); put(5, f->f_path.dentry->d_name.name[5]);\n"
			"put(6, S_ISREG(i->i_mode)); struct qstr name = f->f_path.dentry->d_name; put(7, name.len);",
			fd) > 0);
	b = run_with("", statements);
	free(statements);
	assert_int_equal(out(b, 0), status.st_ino);
	assert_int_equal(out(b, 1), 12);
	assert_int_equal(out(b, 2), 12);
	assert_int_not_equal(out(b, 3), 0);
	assert_int_equal(out(b, 4), strlen(path) - 5);
	assert_int_equal(out(b, 5), path[10]);
	assert_int_equal(out(b, 6), 1);
	assert_int_equal(out(b, 7), strlen(path) - 5);
	close(fd);
	unlink(path);
	bcc_close(b);
}

/* The same pointer taken from a table, and passed to a function. */
static void rewriter_pointers_on_their_way(void **state)
{
	struct bcc *b = run_with(
		"BPF_HASH(kept, u32, struct task_struct *);\n"
		"static inline int inlined(struct task_struct *t) { return t->tgid; }\n"
		"static __noinline int called(struct task_struct *t) { return t ? t->tgid : -1; }\n",
		"struct task_struct *t = (struct task_struct *)bpf_get_current_task(), **k; u32 one = 1;\n"
		"kept.update(&one, &t); k = kept.lookup(&one); if (k) { put(0, (*k)->tgid); put(1, inlined(*k)); }\n"
		"put(2, called(t)); struct task_struct *either = n & 1 ? t->real_parent : t; put(3, either->tgid);\n"
		"u64 number = (u64)t; put(4, ((struct task_struct *)number)->tgid);");

	for (int slot = 0; slot < 5; slot++)
		assert_int_equal(out(b, slot), getpid());
	bcc_close(b);
}

/* A read that fails yields 0, and the program goes on. */
static void rewriter_bad_addresses(void **state)
{
	struct bcc *b = run_with("",
		"struct task_struct *bad = (struct task_struct *)(n & 8); put(0, 5); put(0, bad->tgid); put(1, bad->mm->start_code);\n"
		"char copy[8] = \"unread\"; __builtin_memcpy(copy, (void *)(n & 8), sizeof(copy)); put(2, *(u64 *)copy); put(3, 3);");

	assert_int_equal(out(b, 0), 0);
	assert_int_equal(out(b, 1), 0);
	assert_int_equal(out(b, 2), 0);
	assert_int_equal(out(b, 3), 3);
	bcc_close(b);
}

long read_by_language_test(const char *text, const uint64_t *numbers);

__attribute__((noinline)) long read_by_language_test(const char *text, const uint64_t *numbers)
{
	__asm__ volatile("");
	return text[0] + numbers[0];
}

/* A process's own memory: marked __user or, as in old texts, not. */
static void rewriter_user_memory(void **state)
{
	static const uint64_t numbers[] = {11, 22, 33};
	struct bcc *b = open_test_text(
		"#include <uapi/linux/ptrace.h>\n" HEAD PUT
		"int marked(struct pt_regs *ctx, const char __user *text, const u64 __user *numbers)\n"
		"{ if (bpf_get_current_pid_tgid() >> 32 == PID) { put(0, text[1]); put(1, numbers[2]); } return 0; }\n"
		"int plain(struct pt_regs *ctx, const char *text, const u64 *numbers)\n"
		"{ if (bpf_get_current_pid_tgid() >> 32 == PID) { put(2, text[1]); put(3, numbers[2]); } return 0; }\n"
		"int by_hand(struct pt_regs *ctx) { u64 number = 0;\n"
		"  if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;\n"
		"  bpf_probe_read_user(&number, sizeof(number), (u64 *)PT_REGS_PARM2(ctx) + 2); put(4, number); return 0; }\n",
		NULL);
	static const char *const programs[] = {"marked", "plain", "by_hand"};

	for (size_t i = 0; i < 3; i++) {
		int err = bcc_attach_uprobe(b, programs[i], "/proc/self/exe",
			&BCC_OPTS(struct bcc_uprobe_opts, .symbol = "read_by_language_test", .pid = getpid()),
			NULL);

		if (err == -EOPNOTSUPP)
			test_missing("this kernel has no uprobes");
		expect_ok(b, err);
	}
	read_by_language_test("text", numbers);
	assert_int_equal(out(b, 0), 'e');
	assert_int_equal(out(b, 1), 33);
	assert_int_equal(out(b, 2), 'e');
	assert_int_equal(out(b, 3), 33);
	assert_int_equal(out(b, 4), 33);
	bcc_close(b);
}

/* The program's own memory is left alone, and so are explicit reads, even by old helpers. */
static void rewriter_leaves_alone(void **state)
{
	struct bcc *b = run_with("struct pair { u32 a, b; }; BPF_HASH(pairs, u32, struct pair);\n",
		"struct pair p = {3, 4}, *q = &p, *r; u32 key = 7; pairs.update(&key, &p); r = pairs.lookup(&key);\n"
		"put(0, q->a); if (r) { put(1, r->b); r->a = 9; put(2, r->a); }\n"
		"struct task_struct *t = (struct task_struct *)bpf_get_current_task(); u32 tgid = 0;\n"
		"put(3, bpf_probe_read(&tgid, sizeof(tgid), &t->tgid)); put(4, tgid);");
	uint32_t key = 7, pair[2];

	assert_int_equal(out(b, 0), 3);
	assert_int_equal(out(b, 1), 4);
	assert_int_equal(out(b, 2), 9);
	assert_int_equal(out(b, 3), 0);
	assert_int_equal(out(b, 4), getpid());
	expect_ok(b, bcc_table_get(table_of(b, "pairs"), &key, sizeof(key), pair, sizeof(pair)));
	assert_int_equal(pair[0], 9);
	bcc_close(b);
}

/* Numbers whose addresses are passed on, which the verifier has to know: counters, an index, a size. */
static void rewriter_numbers_on_the_stack(void **state)
{
	struct bcc *b = run_with("struct ring { u32 count; u64 at[16]; };\n"
				 "BPF_HASH(rings, u32, struct ring);\n"
				 "BPF_ARRAY(sums, u64, 64);\n"
				 "BPF_HASH(words, u16, u64);\n",
		"struct task_struct *t = (struct task_struct *)bpf_get_current_task(); struct ring empty = {}, *ring;\n"
		"u32 key = 1, index = bpf_get_prandom_u32() & 15, size = (bpf_get_prandom_u32() & 7) + 8; int down = 9; char buf[16];\n"
		"for (int i = 0; i < 20; i++) { u64 *sum = sums.lookup(&i); if (sum) *sum += i; }\n"
		"for (u16 i = 0; i < 12; i += 3) { u64 v = i; words.update(&i, &v); }\n"
		"while (down-- > 0) sums.increment(down);\n"
		"ring = rings.lookup_or_try_init(&key, &empty); if (!ring) return 0;\n"
		"sums.increment(index); ring->at[index] = 7; put(0, ring->at[index]);\n"
		"sums.increment(size, 0); put(1, bpf_probe_read_kernel(buf, size, t->comm));");
	uint16_t word = 9;
	uint64_t value;

	assert_int_equal(out(b, 0), 7);
	assert_int_equal(out(b, 1), 0);
	assert_int_equal(table_u64(b, "sums", 8) - (table_u64(b, "sums", 8) == 10), 9); /* or the index */
	expect_ok(b, bcc_table_get(table_of(b, "words"), &word, sizeof(word), &value, sizeof(value)));
	assert_int_equal(value, 9);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rewriter_kernel_memory),
		cmocka_unit_test(rewriter_pointers_to_pointers),
		cmocka_unit_test(rewriter_pointers_on_their_way),
		cmocka_unit_test(rewriter_bad_addresses),
		cmocka_unit_test(rewriter_user_memory),
		cmocka_unit_test(rewriter_leaves_alone),
		cmocka_unit_test(rewriter_numbers_on_the_stack),
	};

	if (geteuid()) {
		printf("SKIP: loading BPF programs needs root\n");
		return getenv("BCC_TEST_NO_SKIP") ? 1 : 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
