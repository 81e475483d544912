/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's C functions used together: by hundreds of modules one after another, beside bcc.h, after fork(), from
 * several threads. */
#include <dirent.h>
#include <linux/bpf.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include <bcc/cache.h>
#include <bpf/bpf.h>

#include "common/array.h"
#include "libbcc/abi/abi.h"
#include "testlib.h"

#define CALLS 7

/* TAG is this process's, so that nothing else on the machine has these names; LANES outputs, each for calls
 * with its own argument. */
static const char text[] =
	"#define NAME2(tag, rest) m##tag##rest\n"
	"#define NAME1(tag, rest) NAME2(tag, rest)\n"
	"#define NAME(rest) NAME1(TAG, rest)\n"
	"struct event { u64 lane, number; };\n"
	"BPF_HASH(counts, u64, u64);\n"
	"BPF_ARRAY(NAME(_values), u64, 16);\n"
	"BPF_PERF_OUTPUT(out0);\nBPF_PERF_OUTPUT(out1);\nBPF_PERF_OUTPUT(out2);\nBPF_PERF_OUTPUT(out3);\n"
	"int NAME(_call)(struct bpf_raw_tracepoint_args *ctx)\n"
	"{\n"
	"	struct pt_regs *regs = (struct pt_regs *)ctx->args[0];\n"
	"	struct event e = {};\n"
	"	u32 zero = 0;\n"
	"	if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != NUMBER)\n"
	"		return 0;\n"
	"	u64 *value = NAME(_values).lookup(&zero);\n"
	"	if (value)\n"
	"		lock_xadd(value, 1);\n"
	"	e.lane = PT_REGS_PARM1(regs);\n"
	"	e.number = PT_REGS_PARM2(regs);\n"
	"	counts.increment(e.lane);\n"
	"	if (e.lane == 0) out0.perf_submit(ctx, &e, sizeof(e));\n"
	"	if (e.lane == 1) out1.perf_submit(ctx, &e, sizeof(e));\n"
	"	if (e.lane == 2) out2.perf_submit(ctx, &e, sizeof(e));\n"
	"	if (e.lane == 3) out3.perf_submit(ctx, &e, sizeof(e));\n"
	"	return 0;\n"
	"}\n";

#define LANES 4

struct event {
	uint64_t lane, number;
};

static char tag[16];

/* The function's name with the process's tag, as the kernel has it too. */
static const char *program_name(void)
{
	static char name[32];

	snprintf(name, sizeof(name), "m%s_call", tag);
	return name;
}

static void *open_module_for(pid_t pid)
{
	char flags[3][32];
	const char *cflags[] = {flags[0], flags[1], flags[2]};
	void *m;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	snprintf(flags[0], sizeof(flags[0]), "-DPID=%d", pid);
	snprintf(flags[1], sizeof(flags[1]), "-DNUMBER=%d", SYS_getpgid);
	snprintf(flags[2], sizeof(flags[2]), "-DTAG=%s", tag);
	m = bpf_module_create_c_from_string(text, 0, cflags, 3, true, NULL);
	assert_non_null(m);
	return m;
}

static void *open_module(void)
{
	return open_module_for(getpid());
}

static int load(void *m)
{
	const char *name = bpf_function_name(m, 0);

	return bcc_func_load(m, BPF_PROG_TYPE_RAW_TRACEPOINT, name, bpf_function_start(m, name),
		bpf_function_size(m, name), bpf_module_license(m), bpf_module_kern_version(m), 0, NULL, 0,
		NULL, -1);
}

/* What the program counts: getpgid() of a nonexistent process, with a second argument that only the program
 * looks at. */
static void call(uint64_t lane, uint64_t number)
{
	syscall(SYS_getpgid, lane, number);
}

static uint64_t count_of(void *m, uint64_t lane)
{
	uint64_t count = 0;

	return bpf_lookup_elem(bpf_table_fd(m, "counts"), &lane, &count) ? 0 : count;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* ---- what the process has ---- */

struct census {
	int fds, mappings, threads;
	size_t heap;
};

static int entries_of(const char *path)
{
	DIR *dir = opendir(path);
	int count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* The sanitizer's allocator maps memory as it goes, and finds leaks itself. */
static int mappings(void)
{
	int count = 0;
#ifndef __SANITIZE_ADDRESS__
	FILE *file = fopen("/proc/self/maps", "r");
	int c;

	assert_non_null(file);
	while ((c = fgetc(file)) != EOF)
		count += c == '\n';
	fclose(file);
#endif
	return count;
}

static struct census take_census(void)
{
	return (struct census){.fds = entries_of("/proc/self/fd"),
		.mappings = mappings(),
		.threads = entries_of("/proc/self/task"),
		.heap = mallinfo2().uordblks + mallinfo2().hblkhd};
}

/* ---- what the kernel has: identified by name, because objects have no owner ---- */

static bool has_tag(const void *data, size_t size)
{
	char wanted[32];

	snprintf(wanted, sizeof(wanted), "m%s_", tag);
	return memmem(data, size, wanted, strlen(wanted)) != NULL;
}

static bool is_our_program(int fd)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	return !bpf_obj_get_info_by_fd(fd, &info, &size) && has_tag(info.name, sizeof(info.name));
}

static bool is_our_map(int fd)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	return !bpf_obj_get_info_by_fd(fd, &info, &size) && has_tag(info.name, sizeof(info.name));
}

static bool is_our_link(int fd)
{
	struct bpf_link_info info = {0};
	uint32_t size = sizeof(info);
	int program = bpf_obj_get_info_by_fd(fd, &info, &size) ? -1 : bpf_prog_get_fd_by_id(info.prog_id);
	bool ours = program >= 0 && is_our_program(program);

	if (program >= 0)
		close(program);
	return ours;
}

/* Recognised by the names in it. */
static bool is_our_btf(int fd)
{
	static char data[1 << 20];
	struct bpf_btf_info info = {.btf = (uintptr_t)data, .btf_size = sizeof(data)};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &size) || info.kernel_btf)
		return false;
	return has_tag(data, info.btf_size < sizeof(data) ? info.btf_size : sizeof(data));
}

static const struct kind {
	const char *name;
	int (*next)(uint32_t id, uint32_t *next);
	int (*open)(uint32_t id);
	bool (*is_ours)(int fd);
} kinds[] = {
	{"programs", bpf_prog_get_next_id, bpf_prog_get_fd_by_id, is_our_program},
	{"maps", bpf_map_get_next_id, bpf_map_get_fd_by_id, is_our_map},
	{"links", bpf_link_get_next_id, bpf_link_get_fd_by_id, is_our_link},
	{"BTFs", bpf_btf_get_next_id, bpf_btf_get_fd_by_id, is_our_btf},
};

#define KINDS (ARRAY_SIZE(kinds))

static int count_objects(const struct kind *kind)
{
	int count = 0;

	for (uint32_t id = 0; !kind->next(id, &id);) {
		int fd = kind->open(id);

		count += fd >= 0 && kind->is_ours(fd);
		if (fd >= 0)
			close(fd);
	}
	return count;
}

/* The kernel frees asynchronously. */
static void expect_no_objects(void)
{
	for (size_t i = 0; i < KINDS; i++) {
		int64_t deadline = now_ms() + 60000;
		int count;

		while ((count = count_objects(&kinds[i])) > 0 && now_ms() < deadline)
			usleep(50000);
		if (count)
			fail_msg("%d %s are left in the kernel", count, kinds[i].name);
	}
}

/* ---- hundreds of modules ---- */

#define MODULES 300
#define SETTLED 20 /* from here on nothing is loaded or created for the first time */

static void ignore(void *cookie, void *raw, int size)
{
}

static void one_of_many(void)
{
	void *m = open_module(), *reader = bpf_open_perf_buffer(ignore, NULL, NULL, -1, 0, 8);
	int prog = load(m), link = bpf_attach_raw_tracepoint(prog, "sys_enter");
	int zero = 0, fd;

	assert_non_null(reader);
	assert_true(link >= 0);
	fd = perf_reader_fd(reader);
	assert_int_equal(bpf_update_elem(bpf_table_fd(m, "out1"), &zero, &fd, BPF_ANY), 0);
	call(1, 1);
	assert_int_equal(count_of(m, 1), 1);
	assert_non_null(bpf_table_leaf_desc(m, "counts"));
	perf_reader_free(reader);
	close(link);
	close(prog);
	bpf_module_destroy(m);
}

/* Some are compiled; the others come from the cache, or the test would take too long on an emulated
 * machine. */
static void test_many_modules(void **state)
{
	char directory[] = "/tmp/bcc-mixed.XXXXXX";
	struct census before = {0}, after;

	assert_non_null(mkdtemp(directory));
	setenv("BCC_CACHE_DIR", directory, 1);
	for (int i = 0; i < MODULES; i++) {
		if (i % 50)
			unsetenv("BCC_CACHE");
		else
			setenv("BCC_CACHE", "0", 1);
		one_of_many();
		if (i == SETTLED)
			before = take_census();
	}
	after = take_census();
	unsetenv("BCC_CACHE");
	assert_true(bcc_cache_clear() > 0);
	assert_int_equal(rmdir(directory), 0);
	setenv("BCC_CACHE", "0", 1);
	assert_int_equal(after.fds, before.fds);
	assert_int_equal(after.threads, before.threads);
	/* the allocator's own mappings come and go; one for each module would be many more */
	assert_in_range(after.mappings, 0, before.mappings + (MODULES - SETTLED) / 8);
	/* half a kilobyte for each module would be 140 */
	if (after.heap > before.heap + 128 * 1024)
		fail_msg("%zu bytes are kept of %d modules", after.heap - before.heap, MODULES - SETTLED);
	expect_no_objects();
}

/* expect_no_objects() does find objects while a module is open. */
static void test_objects_of_one(void **state)
{
	void *m = open_module();
	int prog = load(m), link = bpf_attach_raw_tracepoint(prog, "sys_enter");

	assert_true(link >= 0);
	assert_int_equal(count_objects(&kinds[0]), 1);
	assert_int_equal(count_objects(&kinds[1]), 1);
	assert_int_equal(count_objects(&kinds[2]), 1);
	assert_true(count_objects(&kinds[3]) >= 1);
	close(link);
	close(prog);
	bpf_module_destroy(m);
	expect_no_objects();
}

/* ---- a handle of bcc.h beside it ---- */

static void test_both(void **state)
{
	char flags[3][32];
	const char *cflags[] = {flags[0], flags[1], flags[2]};
	struct bcc_open_opts opts = {.size = sizeof(opts), .cflags = cflags, .cflags_count = 3};
	uint64_t of_handle = 0, lane = 0;
	void *m = open_module();
	int prog = load(m), link = bpf_attach_raw_tracepoint(prog, "sys_enter");
	struct bcc *b;

	assert_true(link >= 0);
	snprintf(flags[0], sizeof(flags[0]), "-DPID=%d", getpid());
	snprintf(flags[1], sizeof(flags[1]), "-DNUMBER=%d", SYS_getpgid);
	snprintf(flags[2], sizeof(flags[2]), "-DTAG=%s", tag);
	assert_int_equal(bcc_open_text(text, &opts, &b), 0);
	expect_ok(b, bcc_attach_raw_tracepoint(b, program_name(), "sys_enter", NULL));
	for (int i = 0; i < CALLS; i++)
		call(0, i);
	close(link);
	for (int i = 0; i < CALLS; i++)
		call(0, i);
	assert_int_equal(count_of(m, 0), CALLS);
	close(prog);
	/* one ends, the other goes on */
	bpf_module_destroy(m);
	for (int i = 0; i < CALLS; i++)
		call(0, i);
	assert_int_equal(bcc_table_get(bcc_table_find(b, "counts"), &lane, sizeof(lane), &of_handle,
				 sizeof(of_handle)),
		0);
	assert_int_equal(of_handle, 3 * CALLS);
	bcc_close(b);
	expect_no_objects();
}

/* ---- reading ---- */

#define MANY 200 /* fits into a buffer, so that none can be lost, however late a thread starts */

/* The buffers of all CPUs for one output, and what was received through them. */
struct lane {
	uint64_t lane;
	struct perf_reader *readers[256];
	int count;
	bool seen[MANY]; /* by number; those of other CPUs may arrive earlier */
	int good, bad;
	pthread_t thread;
};

static void on_event(void *cookie, void *raw, int size)
{
	struct lane *l = cookie;
	const struct event *e = raw;

	bool good =
		(size_t)size >= sizeof(*e) && e->lane == l->lane && e->number < MANY && !l->seen[e->number];

	if (good)
		l->seen[e->number] = true;
	l->good += good;
	l->bad += !good;
}

static void open_lane(struct lane *l, void *m, int lane)
{
	char name[8];
	int table;

	snprintf(name, sizeof(name), "out%d", lane);
	table = bpf_table_fd(m, name);
	*l = (struct lane){.lane = lane, .count = sysconf(_SC_NPROCESSORS_ONLN)};
	assert_in_range(l->count, 1, 256);
	for (int cpu = 0; cpu < l->count; cpu++) {
		int fd;

		l->readers[cpu] = bpf_open_perf_buffer(on_event, NULL, l, -1, cpu, 8);
		assert_non_null(l->readers[cpu]);
		fd = perf_reader_fd(l->readers[cpu]);
		assert_int_equal(bpf_update_elem(table, &cpu, &fd, BPF_ANY), 0);
	}
}

static void close_lane(struct lane *l)
{
	for (int i = 0; i < l->count; i++)
		perf_reader_free(l->readers[i]);
}

static void poll_lane(struct lane *l, int wanted)
{
	int64_t deadline = now_ms() + 60000;

	while (l->good + l->bad < wanted && now_ms() < deadline)
		perf_reader_poll(l->count, l->readers, 100);
}

/* ---- fork ---- */

/* In the child: releases its copy of the parent's module, and uses one of its own. */
static const char *use_own(void *parents, int link, int prog)
{
	struct lane l;
	const char *wrong = NULL;
	void *m;

	close(link);
	close(prog);
	bpf_module_destroy(parents);
	m = open_module();
	prog = load(m);
	link = bpf_attach_raw_tracepoint(prog, "sys_enter");
	if (link < 0)
		return "it cannot attach";
	open_lane(&l, m, 2);
	for (int i = 0; i < CALLS; i++)
		call(2, i);
	poll_lane(&l, CALLS);
	if (l.good != CALLS || l.bad || count_of(m, 2) != CALLS)
		wrong = "it does not see its own calls";
	close_lane(&l);
	close(link);
	close(prog);
	bpf_module_destroy(m);
	return wrong;
}

static void end_of(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Children that close the module, or only exit, or change a table: they share the parent's tables, and the
 * parent goes on. */
static void test_fork(void **state)
{
	void *m = open_module();
	int prog = load(m), link = bpf_attach_raw_tracepoint(prog, "sys_enter");
	uint64_t lane = 9, value = 5;
	struct lane l;
	pid_t child;

	assert_true(link >= 0);
	open_lane(&l, m, 3);
	fflush(stdout);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const char *wrong = use_own(m, link, prog);

		if (wrong)
			fprintf(stderr, "in the child: %s\n", wrong);
		_exit(wrong ? 1 : 0);
	}
	end_of(child);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(bpf_update_elem(bpf_table_fd(m, "counts"), &lane, &value, BPF_ANY) ? 1 : 0);
	end_of(child);
	for (int i = 0; i < CALLS; i++)
		call(3, i);
	poll_lane(&l, CALLS);
	assert_int_equal(l.good, CALLS);
	assert_int_equal(l.bad, 0);
	assert_int_equal(count_of(m, 3), CALLS);
	assert_int_equal(count_of(m, 9), 5);
	assert_int_equal(count_of(m, 2), 0);
	close_lane(&l);
	close(link);
	close(prog);
	bpf_module_destroy(m);
	expect_no_objects();
}

/* ---- threads ---- */

static void *poll_in_thread(void *arg)
{
	poll_lane(arg, MANY);
	return NULL;
}

/* Each thread reads an output of its own, while events for all of them arrive. */
static void test_polling_threads(void **state)
{
	static struct lane lanes[LANES];
	void *m = open_module();
	int prog = load(m), link = bpf_attach_raw_tracepoint(prog, "sys_enter");

	assert_true(link >= 0);
	for (int i = 0; i < LANES; i++)
		open_lane(&lanes[i], m, i);
	for (int i = 0; i < LANES; i++)
		assert_int_equal(pthread_create(&lanes[i].thread, NULL, poll_in_thread, &lanes[i]), 0);
	for (int i = 0; i < MANY; i++)
		for (int lane = 0; lane < LANES; lane++)
			call(lane, i);
	for (int i = 0; i < LANES; i++) {
		pthread_join(lanes[i].thread, NULL);
		assert_int_equal(lanes[i].good, MANY);
		assert_int_equal(lanes[i].bad, 0);
		assert_int_equal(count_of(m, i), MANY);
		close_lane(&lanes[i]);
	}
	close(link);
	close(prog);
	bpf_module_destroy(m);
	expect_no_objects();
}

/* Each thread opens, uses and closes modules of its own. */
static void *modules_in_thread(void *arg)
{
	for (int i = 0; i < 3; i++) {
		void *m = open_module();
		int prog = load(m), link = bpf_attach_raw_tracepoint(prog, "sys_enter");
		uintptr_t lane = (uintptr_t)arg;

		for (int n = 0; n < CALLS; n++)
			call(lane, n);
		if (link < 0 || count_of(m, lane) != CALLS)
			return "a thread does not see its calls";
		close(link);
		close(prog);
		bpf_module_destroy(m);
	}
	return NULL;
}

static void test_opening_threads(void **state)
{
	pthread_t threads[LANES];

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	for (uintptr_t i = 0; i < LANES; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, modules_in_thread, (void *)(100 + i)), 0);
	for (int i = 0; i < LANES; i++) {
		void *wrong;

		pthread_join(threads[i], &wrong);
		if (wrong)
			fail_msg("%s", (const char *)wrong);
	}
	expect_no_objects();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_objects_of_one),
		cmocka_unit_test(test_many_modules),
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_polling_threads),
		cmocka_unit_test(test_opening_threads),
	};

	snprintf(tag, sizeof(tag), "%x", getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
