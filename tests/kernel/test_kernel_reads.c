/* SPDX-License-Identifier: Apache-2.0 */
/* What programs read through kernel pointers, in every form that C has for it, compared with what this
 * process knows about itself. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/bcc.h>

#define SLOTS 32

/* Precedes each text: runs once for each getpgid() of this process, reports through out[]. */
static const char head[] =
	"#include <uapi/linux/ptrace.h>\n#include <linux/sched.h>\n#include <linux/fs.h>\n#include <net/sock.h>\n"
	"BPF_ARRAY(out, u64, 32);\n"
	"static inline void put(int slot, u64 value) { out.update(&slot, &value); }\n";
static const char body[] = "RAW_TRACEPOINT_PROBE(sys_enter) {\n"
			   "  if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != NR) return 0;\n"
			   "  struct task_struct *t = (struct task_struct *)bpf_get_current_task();\n";

static uint64_t out[SLOTS];

/* Runs `statements` (with `t`, the current task) once in this process and fills out[]. `before` is at file
 * scope. */
static void run(const char *before, const char *statements)
{
	char pid[32], nr[32], *text;
	const char *flags[] = {pid, nr};
	struct bcc_table *table;
	struct bcc *b;

	snprintf(pid, sizeof(pid), "-DPID=%d", getpid());
	snprintf(nr, sizeof(nr), "-DNR=%d", SYS_getpgid);
	assert_true(asprintf(&text, "%s%s%s%s\n  return 0;\n}\n", head, before, body, statements) > 0);
	if (bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .cflags = flags, .cflags_count = 2), &b))
		fail_msg("%s\n%s", bcc_error(b), text);
	if (bcc_attach_all(b) != 1)
		fail_msg("%s\n%s", bcc_error(b), text);
	syscall(SYS_getpgid, 0);
	table = bcc_table_find(b, "out");
	assert_non_null(table);
	for (int i = 0; i < SLOTS; i++)
		assert_int_equal(bcc_table_get(table, &i, sizeof(i), &out[i], sizeof(out[i])), 0);
	bcc_close(b);
	free(text);
}

static void test_chains(void **state)
{
	run("", "put(0, t->pid); put(1, t->tgid); put(2, t->real_parent->tgid); put(3, t->real_parent->real_parent->tgid);\n"
		"put(4, t->group_leader->real_parent->group_leader->tgid); put(5, t->mm->owner->tgid);");
	assert_int_equal(out[0], syscall(SYS_gettid));
	assert_int_equal(out[1], getpid());
	assert_int_equal(out[2], getppid());
	assert_int_not_equal(out[3], 0xffffffff);
	assert_int_equal(out[4], getppid());
	assert_int_equal(out[5], getpid());
}

static void test_null_and_bad_pointers_read_as_zero(void **state)
{
	run("", "struct task_struct *none = 0, *bad = (void *)0x1234567890abcdefUL;\n"
		"put(0, none->pid); put(1, bad->pid); put(2, bad->real_parent->pid); put(3, 7);");
	assert_int_equal(out[0], 0);
	assert_int_equal(out[1], 0);
	assert_int_equal(out[2], 0);
	assert_int_equal(out[3], 7);
}

static void test_arrays(void **state)
{
	char name[16] = "";

	prctl(PR_SET_NAME, "reads-arrays", 0, 0, 0);
	prctl(PR_GET_NAME, name, 0, 0, 0);
	run("", "u64 sum = 0; for (int i = 0; i < 16; i++) sum = sum * 3 + t->comm[i];\n"
		"put(0, sum); put(1, t->comm[2]); put(2, t->thread_pid->numbers[0].nr);\n"
		"u32 slot = bpf_ktime_get_ns() & 1; put(3, t->comm[slot]); put(4, slot);");
	uint64_t sum = 0;
	for (int i = 0; i < 16; i++)
		sum = sum * 3 + name[i];
	assert_int_equal(out[0], sum);
	assert_int_equal(out[1], name[2]);
	assert_int_not_equal(out[2], 0);
	assert_in_range(out[4], 0, 1);
	assert_int_equal(out[3], name[out[4]]);
}

static void test_copies(void **state)
{
	char name[16] = "";

	prctl(PR_SET_NAME, "reads-copies", 0, 0, 0);
	prctl(PR_GET_NAME, name, 0, 0, 0);
	run("struct named { char comm[16]; u64 end; };\n"
	    "BPF_HASH(kept, u32, struct named);\n",
		"struct named n = {.end = 99}; u32 key = 1;\n"
		"__builtin_memcpy(n.comm, t->comm, sizeof(n.comm)); kept.update(&key, &n);\n"
		"struct named *k = kept.lookup(&key); if (k) { put(0, *(u64 *)&k->comm[0]); put(1, *(u64 *)&k->comm[8]); put(2, k->end); }\n"
		"struct upid whole = t->thread_pid->numbers[0]; put(3, whole.nr);\n"
		"put(4, t->thread_pid->numbers[0].nr);\n"
		"if (k) { __builtin_memcpy(k->comm, t->real_parent->comm, 16); put(5, *(u64 *)&k->comm[0]); }\n");
	assert_memory_equal(&out[0], name, 16);
	assert_int_equal(out[2], 99);
	assert_int_equal(out[3], out[4]);
	assert_int_not_equal(out[3], 0);

	char path[64], parent[16] = "";
	snprintf(path, sizeof(path), "/proc/%d/comm", getppid());
	FILE *f = fopen(path, "re");
	if (f && fgets(parent, sizeof(parent),
			 f)) { /* a parent outside our PID namespace has no /proc entry */
		parent[strcspn(parent, "\n")] = '\0';
		assert_int_equal(memcmp(&out[5], parent, strnlen(parent, 8)), 0);
	}
	if (f)
		fclose(f);
}

static void test_pointers_kept_elsewhere(void **state)
{
	run("struct holder { u64 before; struct task_struct *task; };\n"
	    "BPF_HASH(plain, u32, struct task_struct *);\nBPF_HASH(held, u32, struct holder);\n"
	    "static inline int tgid_of(struct task_struct *task) { return task->tgid; }\n"
	    "static __attribute__((noinline)) int far_tgid_of(struct task_struct *task) { return task->real_parent->tgid; }\n"
	    "static inline struct task_struct *up(struct task_struct *task) { return task->real_parent; }\n",
		"u32 key = 5; struct holder h = {.before = 1, .task = t}; plain.update(&key, &t); held.update(&key, &h);\n"
		"struct task_struct **p = plain.lookup(&key); if (p) put(0, (*p)->real_parent->tgid);\n"
		"struct holder *q = held.lookup(&key); if (q) { put(1, q->task->tgid); put(2, q->before); }\n"
		"put(3, h.task->real_parent->tgid); put(4, tgid_of(t)); put(5, tgid_of(up(t)));\n"
		"struct task_struct *either = bpf_ktime_get_ns() ? t : t->real_parent; put(6, either->tgid);\n"
		"put(7, far_tgid_of(t));\n");
	assert_int_equal(out[0], getppid());
	assert_int_equal(out[1], getpid());
	assert_int_equal(out[2], 1);
	assert_int_equal(out[3], getppid());
	assert_int_equal(out[4], getpid());
	assert_int_equal(out[5], getppid());
	assert_int_equal(out[6], getpid());
	assert_int_equal(out[7], getppid());
}

static void test_lists(void **state)
{
	enum { CHILDREN = 5 };
	uint64_t sum = 0;
	pid_t children[CHILDREN];

	for (int i = 0; i < CHILDREN; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (!children[i]) {
			pause();
			_exit(0);
		}
		sum += children[i];
	}
	run("", "struct list_head *first = &t->children, *at = first->next; u64 count = 0, sum = 0;\n"
		"for (int i = 0; i < 50; i++) { if (at == first) break;\n"
		"  struct task_struct *child = container_of(at, struct task_struct, sibling);\n"
		"  count++; sum += child->tgid; at = at->next; }\n"
		"put(0, count); put(1, sum);\n");
	for (int i = 0; i < CHILDREN; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	assert_int_equal(out[0], CHILDREN);
	assert_int_equal(out[1], sum);
}

/* A socket through the file table: arrays of pointers, a void * cast, unions, network order, bit fields. */
static void test_sockets(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
			   peer = {0};
	int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
	    client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(address);
	char text[2048];

	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(setsockopt(client, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), 0);
	assert_int_equal(setsockopt(client, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
	size = sizeof(peer);
	assert_int_equal(getsockname(client, (struct sockaddr *)&peer, &size), 0);
	snprintf(text, sizeof(text),
		"struct file *f = t->files->fdt->fd[%d]; struct socket *s = f->private_data; struct sock *sk = s->sk;\n"
		"put(0, sk->__sk_common.skc_family); put(1, ntohs(sk->__sk_common.skc_dport)); put(2, sk->sk_num);\n"
		"put(3, sk->__sk_common.skc_daddr); put(4, sk->sk_reuse); put(5, sk->sk_reuseport); put(6, sk->sk_ipv6only);\n"
		"put(7, inet_sk(sk)->inet_daddr); put(8, sk->__sk_common.skc_addrpair >> 32); put(9, s->type);\n"
		"put(10, sk->sk_protocol); put(11, sk->__sk_common.skc_addrpair);\n",
		client);
	run("", text);
	assert_int_equal(out[0], AF_INET);
	assert_int_equal(out[1], ntohs(address.sin_port));
	assert_int_equal(out[2], ntohs(peer.sin_port));
	assert_int_equal(out[3], address.sin_addr.s_addr);
	assert_int_equal(out[4], 1);
	assert_int_equal(out[5], 1);
	assert_int_equal(out[6], 0);
	assert_int_equal(out[7], address.sin_addr.s_addr);
	/* the union of both addresses as one number, the peer's first in memory */
	assert_int_equal(out[11] & 0xffffffff, address.sin_addr.s_addr);
	assert_int_equal(out[8], peer.sin_addr.s_addr);
	assert_int_equal(out[9], SOCK_STREAM);
	assert_int_equal(out[10], IPPROTO_TCP);
	close(client);
	close(listener);
}

static void test_files(void **state)
{
	char path[] = "/tmp/kernel-reads-XXXXXX", text[1024];
	int fd = mkostemp(path, O_CLOEXEC);
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 12345), 0);
	assert_int_equal(fstat(fd, &st), 0);
	snprintf(text, sizeof(text),
		"struct file *f = t->files->fdt->fd[%d]; struct inode *i = f->f_inode;\n"
		"put(0, i->i_ino); put(1, i->i_size); put(2, i->i_mode); put(3, S_ISREG(i->i_mode));\n"
		"put(4, f->f_path.dentry->d_name.len); const unsigned char *name = f->f_path.dentry->d_name.name;\n"
		"put(5, name[0]); put(6, f->f_path.dentry->d_name.name[3]); put(7, i->i_nlink);\n",
		fd);
	run("", text);
	assert_int_equal(out[0], st.st_ino);
	assert_int_equal(out[1], 12345);
	assert_int_equal(out[2], st.st_mode);
	assert_int_equal(out[3], 1);
	assert_int_equal(out[4], strlen(path + 5));
	assert_int_equal(out[5], 'k');
	assert_int_equal(out[6], 'n');
	assert_int_equal(out[7], 1);
	close(fd);
	unlink(path);
}

/* Sixty reads do not need sixty slots of the 512 bytes of stack. */
static void test_many_reads(void **state)
{
	char text[8192] = "u64 sum = 0;\n";
	size_t length = strlen(text);

	for (int i = 0; i < 60; i++)
		length += snprintf(text + length, sizeof(text) - length, "sum += t->real_parent->%s;\n",
			i % 2 ? "tgid" : "flags");
	snprintf(text + length, sizeof(text) - length, "put(0, sum); put(1, 30ULL * t->real_parent->flags);");
	run("", text);
	assert_int_equal(out[0] - out[1], 30ULL * getppid());
}

static struct point {
	long x, y;
	struct point *next;
} far = {30, 40, NULL}, near = {10, 20, &far};

/* A text may follow user pointers without marking them. */
static void test_user_memory(void **state)
{
	char text[512];

	snprintf(text, sizeof(text),
		"struct point *p = (void *)%#lxUL; put(0, p->x); put(1, p->y); put(2, p->next->x); put(3, p->next->next->x);",
		(unsigned long)&near);
	run("struct point { long x, y; struct point *next; };\n", text);
	assert_int_equal(out[0], 10);
	assert_int_equal(out[1], 20);
	assert_int_equal(out[2], 30);
	assert_int_equal(out[3], 0);
}

/* A table's address is its map's, for helpers that no method calls. */
static void test_table_addresses(void **state)
{
	run("BPF_HASH(numbers, u32, u64);\n"
	    "struct sum { u64 keys, values; };\n"
	    "static long add(void *map, u32 *key, u64 *value, struct sum *sum) { sum->keys += *key; sum->values += *value; return 0; }\n",
		"struct sum sum = {}; for (u32 i = 1; i <= 4; i++) { u32 k = i; u64 v = k * 100; numbers.update(&k, &v); }\n"
		"put(2, bpf_for_each_map_elem(&numbers, add, &sum, 0)); put(0, sum.keys); put(1, sum.values);\n"
		"u32 three = 3; u64 *v = bpf_map_lookup_elem(&numbers, &three); if (v) put(3, *v);");
	assert_int_equal(out[0], 10);
	assert_int_equal(out[1], 1000);
	assert_int_equal(out[2], 4);
	assert_int_equal(out[3], 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_null_and_bad_pointers_read_as_zero),
		cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_pointers_kept_elsewhere),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_many_reads),
		cmocka_unit_test(test_user_memory),
		cmocka_unit_test(test_table_addresses),
	};

	if (geteuid()) {
		printf("SKIP: loading BPF programs needs root\n");
		return getenv("BCC_TEST_NO_SKIP") ? 1 : 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
