/* SPDX-License-Identifier: Apache-2.0 */
/* Iterators over each kind of object that a process can create for itself: the one made by the test appears
 * once. */
#include "own_events.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/utsname.h>

struct record {
	uint64_t a, b, c;
};

#define TEXT                                                                                                 \
	"#include <linux/sched.h>\n#include <linux/fs.h>\n#include <net/sock.h>\n#include <linux/bpf.h>\n"   \
	"struct record { u64 a, b, c; };\n"                                                                  \
                                                                                                             \
	"static inline int tell(struct seq_file *seq, u64 a, u64 b, u64 c)\n"                                \
	"{ struct record r = {a, b, c}; bpf_seq_write(seq, &r, sizeof(r)); return 0; }\n"

static const char tasks_text[] = TEXT
	"BPF_ITER(task)\n"
	"{ struct task_struct *t = ctx->task; if (!t) return 0;\n"
	"  return tell(ctx->meta->seq, t->tgid, t->pid, ctx->meta->seq_num); }\n"
	"BPF_ITER(task_file)\n"
	"{ struct task_struct *t = ctx->task; struct file *f = ctx->file; if (!t || !f) return 0;\n"
	"  return tell(ctx->meta->seq, t->tgid, ctx->fd, f->f_inode->i_ino); }\n"
	"BPF_ITER(task_vma)\n"
	"{ struct task_struct *t = ctx->task; struct vm_area_struct *v = ctx->vma; if (!t || !v) return 0;\n"
	"  return tell(ctx->meta->seq, t->tgid, v->vm_start, v->vm_end); }\n";

static const char sockets_text[] =
	TEXT "BPF_ITER(tcp)\n"
	     "{ struct sock_common *s = ctx->sk_common; if (!s) return 0;\n"
	     "  return tell(ctx->meta->seq, s->skc_num, s->skc_state, s->skc_rcv_saddr); }\n"
	     "BPF_ITER(udp)\n"
	     "{ struct sock *s = (struct sock *)ctx->udp_sk; if (!s) return 0;\n"
	     "  return tell(ctx->meta->seq, s->__sk_common.skc_num, ctx->bucket >= 0, s->sk_protocol); }\n"
	     "BPF_ITER(unix)\n"
	     "{ struct unix_sock *u = ctx->unix_sk; if (!u || !u->addr) return 0;\n"
	     "  u64 name = 0; bpf_probe_read_kernel(&name, sizeof(name), &u->addr->name[0].sun_path[1]);\n"
	     "  return tell(ctx->meta->seq, name, u->addr->len, u->sk.sk_type); }\n";

static const char kernel_text[] = TEXT
	"BPF_ITER(bpf_map)\n"
	"{ struct bpf_map *m = ctx->map; if (!m) return 0;\n"
	"  return tell(ctx->meta->seq, m->id, m->max_entries, m->value_size); }\n"
	"BPF_ITER(ksym)\n"
	"{ struct kallsym_iter *k = ctx->ksym; if (!k) return 0;\n"
	"  u64 name = 0; bpf_probe_read_kernel(&name, sizeof(name), k->name);\n"
	"  return name == *(u64 *)\"vfs_read\" ? tell(ctx->meta->seq, k->value, k->name[8], k->type) : 0; }\n";

enum { MAX_RECORDS = 1 << 16 };
static struct record records[MAX_RECORDS];

/* The records of one pass. */
static size_t pass(struct bcc *b, const char *program, const struct bcc_iter_opts *opts)
{
	int fd = bcc_open_iter(b, program, opts);
	size_t size = 0;
	ssize_t n;

	if (fd == -EPERM)
		test_missing("this kernel refuses iterators");
	if (fd < 0)
		fail_msg("%s cannot be opened: %s", program, bcc_error(b));
	while ((n = read(fd, (char *)records + size, sizeof(records) - size)) > 0)
		size += n;
	assert_int_equal(n, 0);
	assert_int_equal(size % sizeof(struct record), 0);
	close(fd);
	return size / sizeof(struct record);
}

static size_t count_of(size_t count, uint64_t a, uint64_t b, uint64_t c)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += records[i].a == a && records[i].b == b && records[i].c == c;
	return found;
}

static size_t count_a(size_t count, uint64_t a)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += records[i].a == a;
	return found;
}

static void need(int major, int minor, const char *what)
{
	struct utsname name;
	int have_major = 0, have_minor = 0;

	uname(&name);
	sscanf(name.release, "%d.%d", &have_major, &have_minor);
	if (have_major < major || (have_major == major && have_minor < minor))
		test_too_old("%s came with Linux %d.%d", what, major, minor);
}

/* A second thread, which ends when told to. */
struct other {
	pthread_t thread;
	int tid, wake[2];
	pthread_barrier_t started;
};

static void *run_other(void *ctx)
{
	struct other *other = ctx;
	char byte;

	other->tid = syscall(SYS_gettid);
	pthread_barrier_wait(&other->started);
	return read(other->wake[0], &byte, 1) == 1 ? NULL : other;
}

static void start_other(struct other *other)
{
	assert_int_equal(pipe(other->wake), 0);
	pthread_barrier_init(&other->started, NULL, 2);
	assert_int_equal(pthread_create(&other->thread, NULL, run_other, other), 0);
	pthread_barrier_wait(&other->started);
}

/* A joined thread may still be in the kernel's lists. */
static void end_other(struct other *other)
{
	char path[64];

	assert_int_equal(write(other->wake[1], "x", 1), 1);
	pthread_join(other->thread, NULL);
	snprintf(path, sizeof(path), "/proc/self/task/%d", other->tid);
	while (access(path, F_OK) == 0)
		usleep(1000);
	pthread_barrier_destroy(&other->started);
	close(other->wake[0]);
	close(other->wake[1]);
}

static void test_task_of_process_and_thread(void **state)
{
	struct bcc *b = open_test_text(tasks_text, NULL);
	uint64_t pid = getpid();
	struct other other;
	size_t count;

	need(6, 1, "iterators of one process");
	start_other(&other);
	count = pass(b, "bpf_iter__task", &BCC_OPTS(struct bcc_iter_opts, .pid = pid));
	assert_int_equal(count, 2);
	assert_true(records[0].a == pid && records[1].a == pid);
	assert_int_equal(records[0].b + records[1].b, syscall(SYS_gettid) + other.tid);
	count = pass(b, "bpf_iter__task", &BCC_OPTS(struct bcc_iter_opts, .tid = other.tid));
	assert_int_equal(count, 1);
	assert_true(records[0].a == pid && records[0].b == (uint64_t)other.tid && records[0].c == 0);
	end_other(&other);
	count = pass(b, "bpf_iter__task", NULL);
	assert_int_equal(count_a(count, pid), 1);
	assert_true(count > 1);
	bcc_close(b);
}

static void test_task_file(void **state)
{
	struct bcc *b = open_test_text(tasks_text, NULL);
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), far = dup2(fd, 777);
	uint64_t pid = getpid();
	struct other other;
	struct stat st;
	size_t count;

	need(6, 1, "iterators of one process");
	assert_int_equal(far, 777);
	assert_int_equal(fstat(fd, &st), 0);
	start_other(&other);
	count = pass(b, "bpf_iter__task_file", &BCC_OPTS(struct bcc_iter_opts, .pid = pid));
	/* for a process, older kernels (including 6.1) visit each thread, newer ones only those with files of
	 * their own */
	assert_in_range(count_of(count, pid, 777, st.st_ino), 1, 2);
	assert_int_equal(count_of(count, pid, 777, st.st_ino), count_of(count, pid, fd, st.st_ino));
	assert_int_equal(count_a(count, pid), count);
	/* a thread that shares its files */
	count = pass(b, "bpf_iter__task_file", &BCC_OPTS(struct bcc_iter_opts, .tid = other.tid));
	assert_int_equal(count_of(count, pid, 777, st.st_ino), 1);
	end_other(&other);
	close(far);
	count = pass(b, "bpf_iter__task_file", NULL);
	assert_int_equal(count_of(count, pid, 777, st.st_ino), 0);
	assert_int_equal(count_of(count, pid, fd, st.st_ino), 1);
	assert_true(count_a(count, pid) < count); /* other processes have files too */
	close(fd);
	bcc_close(b);
}

static void test_task_vma(void **state)
{
	struct bcc *b = open_test_text(tasks_text, NULL);
	size_t size = 37 * 4096, count;
	char *area = mmap(NULL, size + 2 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t start = (uintptr_t)area + 4096;

	need(6, 1, "iterators of one process");
	assert_true(area != MAP_FAILED);
	/* with other permissions than its neighbours, so that it is an area of its own */
	assert_int_equal(mprotect(area + 4096, size, PROT_READ), 0);
	count = pass(b, "bpf_iter__task_vma", &BCC_OPTS(struct bcc_iter_opts, .pid = getpid()));
	assert_int_equal(count_of(count, getpid(), start, start + size), 1);
	assert_int_equal(count_a(count, getpid()), count);
	munmap(area, size + 2 * 4096);
	count = pass(b, "bpf_iter__task_vma", &BCC_OPTS(struct bcc_iter_opts, .pid = getpid()));
	assert_int_equal(count_of(count, getpid(), start, start + size), 0);
	bcc_close(b);
}

/* Binds to a port chosen by the kernel. */
static int bound_socket(int type, uint16_t *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static void test_tcp_and_udp(void **state)
{
	struct bcc *b = open_test_text(sockets_text, NULL);
	uint16_t tcp_port, udp_port;
	int tcp = bound_socket(SOCK_STREAM, &tcp_port), udp = bound_socket(SOCK_DGRAM, &udp_port);
	enum { LISTENS = 10 }; /* TCP_LISTEN of <net/tcp_states.h> */
	size_t count;

	assert_int_equal(listen(tcp, 1), 0);
	count = pass(b, "bpf_iter__tcp", NULL);
	assert_int_equal(count_of(count, tcp_port, LISTENS, htonl(INADDR_LOOPBACK)), 1);
	count = pass(b, "bpf_iter__udp", NULL);
	assert_int_equal(count_of(count, udp_port, 1, IPPROTO_UDP), 1);
	close(tcp);
	close(udp);
	count = pass(b, "bpf_iter__tcp", NULL);
	assert_int_equal(count_of(count, tcp_port, LISTENS, htonl(INADDR_LOOPBACK)), 0);
	bcc_close(b);
}

static void test_unix(void **state)
{
	struct bcc *b = open_test_text(sockets_text, NULL);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t size = offsetof(struct sockaddr_un, sun_path) + 1 + 8;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	char text[16];
	uint64_t name;
	size_t count;

	need(5, 15, "iterators of unix sockets");
	/* an abstract name: no file */
	snprintf(text, sizeof(text), "%08x", (unsigned)getpid());
	memcpy(address.sun_path + 1, text, 8);
	memcpy(&name, text, 8);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	count = pass(b, "bpf_iter__unix", NULL);
	assert_int_equal(count_of(count, name, size, SOCK_SEQPACKET), 1);
	close(fd);
	bcc_close(b);
}

static void test_tables(void **state)
{
	struct bcc *b = open_test_text(kernel_text, NULL);
	struct bpf_map_info info = {0};
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "mine", 4, 8, 4321, NULL);
	uint32_t size = sizeof(info);
	size_t count;

	assert_true(fd >= 0);
	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &size), 0);
	count = pass(b, "bpf_iter__bpf_map", NULL);
	assert_int_equal(count_of(count, info.id, 4321, 8), 1);
	assert_int_equal(count_a(count, info.id), 1);
	close(fd);
	bcc_close(b);
}

static void test_symbols(void **state)
{
	struct bcc *b = open_test_text(kernel_text, NULL);
	FILE *symbols = fopen("/proc/kallsyms", "r");
	unsigned long long address, found = 0;
	char name[128], type, found_type = 0;
	size_t count;

	need(6, 0, "the iterator of symbols");
	assert_non_null(symbols);
	while (fscanf(symbols, "%llx %c %127s%*[^\n]", &address, &type, name) == 3) {
		if (strcmp(name, "vfs_read"))
			continue;
		found = address;
		found_type = type;
	}
	fclose(symbols);
	count = pass(b, "bpf_iter__ksym", NULL);
	assert_true(found);
	assert_int_equal(count_of(count, found, 0, found_type), 1);
	bcc_close(b);
}

static void test_refusals(void **state)
{
	struct bcc *b = open_test_text(tasks_text, NULL);

	expect_fails(b,
		bcc_open_iter(b, "bpf_iter__task",
			&BCC_OPTS(struct bcc_iter_opts, .pid = getpid(), .tid = getpid())),
		-EINVAL, "one of a table, a process and a thread");
	expect_fails(b, bcc_open_iter(b, "bpf_iter__task", &BCC_OPTS(struct bcc_iter_opts, .pid = -1)),
		-EINVAL, "one of a table, a process and a thread");
	expect_fails(b, bcc_open_iter(b, "bpf_iter__nothing", NULL), -ENOENT, "bpf_iter__nothing");
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_task_of_process_and_thread),
		cmocka_unit_test(test_task_file),
		cmocka_unit_test(test_task_vma),
		cmocka_unit_test(test_tcp_and_udp),
		cmocka_unit_test(test_unix),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
