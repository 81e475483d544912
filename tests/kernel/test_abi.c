/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's C functions from text to events: this process makes calls that it can count, and reads them back. */
#include <linux/bpf.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "libbcc/abi/abi.h"
#include "libbcc/abi/symbols.h"
#include "stderr_said.h"
#include "testlib.h"

#define CALLS 7

static const char text[] = "struct event { u32 pid; u64 number; char comm[16]; };\n"
			   "BPF_HASH(counts, u32, u64);\n"
			   "BPF_PERF_OUTPUT(events);\n"
			   "BPF_RINGBUF_OUTPUT(ring, 4);\n"
			   "RAW_TRACEPOINT_PROBE(sys_enter)\n"
			   "{\n"
			   "	struct event e = {};\n"
			   "	e.pid = bpf_get_current_pid_tgid() >> 32;\n"
			   "	if (e.pid != PID || ctx->args[1] != NUMBER)\n"
			   "		return 0;\n"
			   "	e.number = ctx->args[1];\n"
			   "	counts.increment(e.pid);\n"
			   "	events.perf_submit(ctx, &e, sizeof(e));\n"
			   "	ring.ringbuf_output(&e, sizeof(e), 0);\n"
			   "	return 0;\n"
			   "}\n";

struct event {
	uint32_t pid;
	uint64_t number;
	char comm[16];
};

struct seen {
	int good, bad;
};

static void look_at(struct seen *seen, const void *data, size_t size)
{
	const struct event *e = data;

	if (size >= sizeof(*e) && e->pid == (uint32_t)getpid() && e->number == SYS_getppid)
		seen->good++;
	else
		seen->bad++;
}

static void on_perf(void *cookie, void *raw, int size)
{
	look_at(cookie, raw, size);
}

static int on_ring(void *ctx, void *data, size_t size)
{
	look_at(ctx, data, size);
	return 0;
}

static void *open_module(void)
{
	char pid[32], number[32];
	const char *cflags[] = {pid, number};
	void *m;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	snprintf(pid, sizeof(pid), "-DPID=%d", getpid());
	snprintf(number, sizeof(number), "-DNUMBER=%d", SYS_getppid);
	m = bpf_module_create_c_from_string(text, 0, cflags, 2, true, NULL);
	assert_non_null(m);
	return m;
}

static void test_module(void **state)
{
	void *m = open_module();
	const char *name = bpf_function_name(m, 0);

	assert_int_equal(bpf_num_functions(m), 1);
	assert_string_equal(name, "raw_tracepoint__sys_enter");
	assert_ptr_equal(bpf_function_start(m, name), bpf_function_start_id(m, 0));
	assert_true(bpf_function_size(m, name) > 0 && bpf_function_size(m, name) % 8 == 0);
	assert_null(bpf_function_start(m, "none"));
	assert_string_equal(bpf_module_license(m), "GPL");
	assert_int_equal(bpf_num_tables(m), 3);
	assert_int_equal(bpf_table_type(m, "counts"), BPF_MAP_TYPE_HASH);
	assert_int_equal(bpf_table_key_size(m, "counts"), 4);
	assert_int_equal(bpf_table_leaf_size(m, "counts"), 8);
	assert_string_equal(bpf_table_key_desc(m, "counts"), "\"unsigned int\"");
	assert_string_equal(bpf_table_leaf_desc(m, "counts"), "\"unsigned long long\"");
	assert_int_equal(bpf_table_fd(m, "none"), -1);
	assert_null(bpf_table_key_desc(m, "none"));
	assert_int_equal(bpf_perf_event_fields(m, "events"), 3);
	assert_string_equal(bpf_perf_event_field(m, "events", 0), "pid#u32");
	assert_string_equal(bpf_perf_event_field(m, "events", 2), "comm#char[16]");
	assert_int_equal(bpf_perf_event_fields(m, "ring"), 3);
	assert_null(bpf_perf_event_field(m, "ring", 3));
	assert_int_equal(bpf_perf_event_fields(m, "counts"), 0);
	bpf_module_destroy(m);
}

static int load(void *m)
{
	const char *name = bpf_function_name(m, 0);

	return bcc_func_load(m, BPF_PROG_TYPE_RAW_TRACEPOINT, name, bpf_function_start(m, name),
		bpf_function_size(m, name), bpf_module_license(m), bpf_module_kern_version(m), 0, NULL, 0,
		NULL, -1);
}

/* Opens a buffer for each CPU, stored in the table by the CPU's number. */
static int open_readers(void *m, struct seen *seen, struct perf_reader **readers, int room, int pages)
{
	int count = sysconf(_SC_NPROCESSORS_ONLN), table = bpf_table_fd(m, "events");

	assert_true(count > 0 && count <= room);
	for (int cpu = 0; cpu < count; cpu++) {
		int fd;

		readers[cpu] = bpf_open_perf_buffer(on_perf, NULL, seen, -1, cpu, pages);
		assert_non_null(readers[cpu]);
		fd = perf_reader_fd(readers[cpu]);
		assert_int_equal(bpf_update_elem(table, &cpu, &fd, BPF_ANY), 0);
	}
	return count;
}

static void test_events(void **state)
{
	struct perf_reader *readers[256];
	struct seen perf = {0}, ring = {0};
	uint32_t pid = getpid(), first = 0;
	void *m = open_module(), *rings;
	int count = open_readers(m, &perf, readers, 256, 8), prog, link;
	uint64_t calls = 0;

	rings = bpf_new_ringbuf(bpf_table_fd(m, "ring"), on_ring, &ring);
	assert_non_null(rings);
	prog = load(m);
	assert_true(prog >= 0);
	link = bpf_attach_raw_tracepoint(prog, "sys_enter");
	assert_true(link >= 0);
	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
	assert_int_equal(bpf_close_perf_event_fd(link), 0);
	syscall(SYS_getppid); /* detached: not seen */
	assert_int_equal(perf_reader_poll(count, readers, 1000), 0);
	assert_true(bpf_poll_ringbuf(rings, 1000) >= 0);
	assert_int_equal(perf.good, CALLS);
	assert_int_equal(perf.bad, 0);
	assert_int_equal(ring.good, CALLS);
	assert_int_equal(ring.bad, 0);
	assert_int_equal(bpf_lookup_elem(bpf_table_fd(m, "counts"), &pid, &calls), 0);
	assert_int_equal(calls, CALLS);
	assert_int_equal(bpf_get_first_key(bpf_table_fd(m, "counts"), &first, sizeof(first)), 0);
	assert_int_equal(first, pid);
	errno = 0;
	assert_int_equal(bpf_get_next_key(bpf_table_fd(m, "counts"), &first, &first), -1);
	assert_int_equal(errno, ENOENT);
	for (int i = 0; i < count; i++)
		perf_reader_free(readers[i]);
	bpf_free_ringbuf(rings);
	close(prog);
	bpf_module_destroy(m);
}

static struct readers {
	struct perf_reader *all[256];
	int count;
} readers;

static void poll_readers(void)
{
	assert_int_equal(perf_reader_poll(readers.count, readers.all, 1000), 0);
}

/* Clients that give no callback for losses are not left without a word of them. */
static void test_losses(void **state)
{
	enum { SENT = 1000 };
	struct seen perf = {0};
	void *m = open_module();
	unsigned long long lost;
	cpu_set_t before, one;
	char *words;
	int prog, link;

	readers.count = open_readers(m, &perf, readers.all, 256, 1);
	prog = load(m);
	assert_true(prog >= 0);
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	link = bpf_attach_raw_tracepoint(prog, "sys_enter");
	assert_true(link >= 0);
	for (int i = 0; i < SENT; i++)
		syscall(SYS_getppid);
	words = said(poll_readers);
	assert_string_equal(words, "");
	free(words);
	/* with the next event, the kernel writes how many found no room */
	syscall(SYS_getppid);
	words = said(poll_readers);
	assert_int_equal(sscanf(words, "Possibly lost %llu samples\n", &lost), 1);
	assert_true(lost > 0);
	assert_int_equal(perf.good + lost, SENT + 1);
	free(words);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	assert_int_equal(bpf_close_perf_event_fd(link), 0);
	for (int i = 0; i < readers.count; i++)
		perf_reader_free(readers.all[i]);
	close(prog);
	bpf_module_destroy(m);
}

/* By the address that a name resolves to, with what an old client leaves in the argument that it does not
 * know. */
static void test_uprobe(void **state)
{
	static const char calls_text[] = "BPF_ARRAY(calls, u64, 1);\n"
					 "int on_call(struct pt_regs *ctx)\n"
					 "{\n"
					 "	calls.increment(0);\n"
					 "	return 0;\n"
					 "}\n";
	uint64_t calls = 0;
	struct bcc_symbol place;
	uint32_t zero = 0;
	int prog, link;
	void *m;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	assert_int_equal(bcc_resolve_symname("c", "getppid", 0, 0, NULL, &place), 0);
	assert_non_null(strstr(place.module, "libc.so.6"));
	m = bpf_module_create_c_from_string(calls_text, 0, NULL, 0, true, NULL);
	assert_non_null(m);
	prog = bcc_func_load(m, BPF_PROG_TYPE_KPROBE, "on_call", bpf_function_start(m, "on_call"),
		bpf_function_size(m, "on_call"), "GPL", 0, 0, NULL, 0, NULL, -1);
	assert_true(prog >= 0);
	link = bpf_attach_uprobe(
		prog, BPF_PROBE_ENTRY, "p_getppid", place.module, place.offset, getpid(), 0x12345678);
	assert_true(link >= 0);
	for (int i = 0; i < CALLS; i++)
		getppid();
	assert_int_equal(bpf_close_perf_event_fd(link), 0);
	assert_int_equal(bpf_detach_uprobe("p_getppid"), 0);
	getppid();
	assert_int_equal(bpf_lookup_elem(bpf_table_fd(m, "calls"), &zero, &calls), 0);
	assert_int_equal(calls, CALLS);
	bcc_procutils_free(place.module);
	close(prog);
	bpf_module_destroy(m);
	assert_int_equal(bcc_resolve_symname("c", "no_such_function", 0, 0, NULL, &place), -1);
	assert_null(place.module);
}

static void test_errors(void **state)
{
	const char *broken = "int f(void *ctx)\n{\n\treturn x;\n}\n";
	void *m = open_module();
	int twice[2];

	assert_null(bpf_module_create_c_from_string(broken, 0, NULL, 0, true, NULL));
	assert_int_equal(errno, EINVAL);
	/* each load has a descriptor of its own */
	twice[0] = load(m);
	twice[1] = load(m);
	assert_true(twice[0] >= 0 && twice[1] >= 0 && twice[0] != twice[1]);
	close(twice[0]);
	close(twice[1]);
	errno = 0;
	assert_int_equal(bpf_attach_raw_tracepoint(-1, "sys_enter"), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(bpf_table_key_snprintf(m, 0, NULL, 0, NULL), -1);
	assert_int_equal(errno, EINVAL);
	bpf_module_destroy(m);
}

static void compile_broken(void)
{
	assert_null(bpf_module_create_c_from_string(
		"int f(void *ctx)\n{\n\treturn missing_name;\n}\n", 0, NULL, 0, true, NULL));
}

static void compile_unknown_field(void)
{
	assert_null(bpf_module_create_c_from_string(
		"int f(void *ctx)\n"
		"{\n"
		"	struct task_struct *t = (void *)bpf_get_current_task();\n"
		"	return t->missing_field;\n"
		"}\n",
		0, NULL, 0, true, NULL));
}

static const char refused_text[] = "BPF_HASH(pids, u32, u64);\n"
				   "int unchecked(struct pt_regs *ctx)\n"
				   "{\n"
				   "	u32 key = 0;\n"
				   "	u64 *value = pids.lookup(&key);\n"
				   "	return *value;\n"
				   "}\n"
				   "int fine(struct pt_regs *ctx)\n"
				   "{\n"
				   "	return 0;\n"
				   "}\n";

static int load_into(unsigned flags, const char *name, int log_level, char *log, unsigned log_size)
{
	void *m = bpf_module_create_c_from_string(refused_text, flags, NULL, 0, true, NULL);
	int prog;

	assert_non_null(m);
	prog = bcc_func_load(m, BPF_PROG_TYPE_KPROBE, name, bpf_function_start(m, name),
		bpf_function_size(m, name), "GPL", 0, log_level, log, log_size, NULL, -1);
	bpf_module_destroy(m);
	return prog;
}

static int load_of(unsigned flags, const char *name, int log_level)
{
	return load_into(flags, name, log_level, NULL, 0);
}

static void load_unchecked(void)
{
	assert_int_equal(load_of(0, "unchecked", 0), -1);
}

static void load_silently(void)
{
	int prog = load_of(0, "fine", 0);

	assert_true(prog >= 0);
	close(prog);
}

/* With the flag that clients call DEBUG_BPF, and with a log level. */
static void load_with_flag(void)
{
	int prog = load_of(0x2, "fine", 0);

	assert_true(prog >= 0);
	close(prog);
}

static void load_with_level(void)
{
	int prog = load_of(0, "fine", 1);

	assert_true(prog >= 0);
	close(prog);
}

/* Into the caller's buffer, whole or what fits, and nowhere else. */
static void load_with_buffer(void)
{
	static const unsigned sizes[] = {64 << 10, 16};
	char log[64 << 10];

	for (int i = 0; i < 2; i++) {
		int prog;

		memset(log, 'x', sizeof(log));
		prog = load_into(0, "fine", 1, log, sizes[i]);
		assert_true(prog >= 0);
		close(prog);
		assert_int_equal(strncmp(log, "processed 2 insns", i ? 15 : 17), 0);
		assert_int_equal(strlen(log) == sizes[i] - 1, i);
	}
}

static void attach_to_nothing(void)
{
	assert_int_equal(bpf_attach_tracepoint(-1, "sched", "no_such_event"), -1);
	assert_int_equal(bpf_attach_tracepoint(-1, "..", "events/sched/sched_switch"), -1);
	assert_int_equal(bpf_attach_raw_tracepoint(-1, "no_such_event"), -1);
}

/* Reads an uninitialised register. */
static void load_refused(void)
{
	static const struct bpf_insn insns[] = {BPF_MOV64_REG(BPF_REG_0, BPF_REG_5), BPF_EXIT_INSN()};

	assert_int_equal(bcc_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "refused", insns, sizeof(insns), "GPL", 0,
				 0, NULL, 0),
		-1);
}

#define LONG_LOG 60000 /* instructions with a line each: a log of more than a megabyte */

/* The reason is at the end of a log of any length, and errno has it too. */
static void test_long_log(void **state)
{
	struct bpf_insn *insns = calloc(LONG_LOG, sizeof(*insns));
	FILE *log = tmpfile();
	int own = dup(STDERR_FILENO), fd, code;
	char end[256] = "";

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	assert_true(insns && log && own >= 0);
	for (int i = 0; i < LONG_LOG - 2; i++)
		insns[i] = BPF_MOV64_IMM(BPF_REG_0, 0);
	insns[LONG_LOG - 2] = BPF_MOV64_REG(BPF_REG_0, BPF_REG_5);
	insns[LONG_LOG - 1] = BPF_EXIT_INSN();
	fflush(stderr);
	dup2(fileno(log), STDERR_FILENO);
	errno = 0;
	fd = bcc_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "long_log", insns, LONG_LOG * sizeof(*insns), "GPL",
		0, 0, NULL, 0);
	code = errno;
	fflush(stderr);
	dup2(own, STDERR_FILENO);
	close(own);
	assert_int_equal(fd, -1);
	assert_int_equal(code, EACCES);
	assert_true(fseek(log, 0, SEEK_END) == 0 && ftell(log) > 1 << 20);
	assert_true(fseek(log, -200, SEEK_END) == 0 && fread(end, 1, 200, log) == 200);
	assert_non_null(strstr(end, "R5 !read_ok"));
	fclose(log);
	free(insns);
}

static void load_without_permission(void)
{
	static const struct bpf_insn insns[] = {BPF_MOV64_IMM(BPF_REG_0, 0), BPF_EXIT_INSN()};
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		_exit(bcc_prog_load(BPF_PROG_TYPE_KPROBE, "forbidden", insns, sizeof(insns), "GPL", 0, 0,
			      NULL, 0) < 0 &&
					errno == EPERM
				? 0
				: 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* `act` prints each of the words, up to NULL. */
static void expect_said(void (*act)(void), ...)
{
	char *text_said = said(act);
	const char *word;
	va_list words;

	va_start(words, act);
	while ((word = va_arg(words, const char *)))
		assert_non_null(strstr(text_said, word));
	va_end(words);
	free(text_said);
}

static void test_messages(void **state)
{
	char *text_said;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	expect_said(compile_broken, "/virtual/main.c:3:9: error: ", "missing_name", NULL);
	expect_said(
		compile_unknown_field, "/virtual/main.c:4:12: error: no member named 'missing_field'", NULL);
	expect_said(load_unchecked, "unchecked", "return *value;",
		"R0 invalid mem access 'map_value_or_null'", NULL);
	text_said = said(load_silently);
	assert_string_equal(text_said, "");
	free(text_said);
	expect_said(load_with_flag, "processed 2 insns", NULL);
	expect_said(load_with_level, "processed 2 insns", NULL);
	text_said = said(load_with_buffer);
	assert_string_equal(text_said, "");
	free(text_said);
	expect_said(attach_to_nothing,
		"tracepoint sched:no_such_event cannot be found: No such file or directory",
		"tracepoint ..:events/sched/sched_switch cannot be found: No such file or directory",
		"raw tracepoint no_such_event cannot be attached", NULL);
	expect_said(load_refused, "R5 !read_ok", NULL);
	expect_said(load_without_permission, "forbidden", "CAP_BPF", NULL);
}

/* Values as text, for a table by its number: numbers, structs, and a table without types. */
static void test_values(void **state)
{
	static const char values_text[] = "struct key { u32 a; char comm[4]; };\n"
					  "BPF_HASH(t, struct key, u64);\n"
					  "BPF_PERF_OUTPUT(out);\n"
					  "int f(struct pt_regs *ctx)\n"
					  "{\n"
					  "	struct key k = {};\n"
					  "	t.increment(k);\n"
					  "	return 0;\n"
					  "}\n";
	const struct {
		uint32_t a;
		char comm[4];
	} key = {0x1234, "abc"};
	char text_of[64], back[16] = "";
	uint64_t value = 7;
	void *m = bpf_module_create_c_from_string(values_text, 0, NULL, 0, true, NULL);
	size_t id, out;

	if (!m && geteuid() != 0)
		test_missing("BPF needs root here");
	assert_non_null(m);
	id = bpf_table_id(m, "t");
	out = bpf_table_id(m, "out");
	assert_true(bpf_module_rw_engine_enabled());
	assert_int_equal(bpf_table_key_snprintf(m, id, text_of, sizeof(text_of), &key), 0);
	assert_string_equal(text_of, "{ 0x1234 \"abc\" }");
	assert_int_equal(bpf_table_key_sscanf(m, id, text_of, back), 0);
	assert_memory_equal(back, &key, sizeof(key));
	assert_int_equal(bpf_table_leaf_snprintf(m, id, text_of, sizeof(text_of), &value), 0);
	assert_string_equal(text_of, "0x7");
	assert_int_equal(bpf_table_leaf_sscanf(m, id, "0x10", &value), 0);
	assert_int_equal(value, 16);
	assert_int_equal(bpf_table_leaf_sscanf(m, id, "many", &value), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(bpf_table_key_snprintf(m, id, text_of, 5, &key), -1);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(bpf_table_key_snprintf(m, out, text_of, sizeof(text_of), &(int){3}), 0);
	assert_string_equal(text_of, "0x3");
	bpf_module_destroy(m);
}

/* The tag that this library computes for a program is the kernel's. */
static void test_tags(void **state)
{
	int map = bcc_create_map(BPF_MAP_TYPE_ARRAY, "tagged", 4, 8, 1, 0);
	const struct bpf_insn insns[] = {
		BPF_LD_MAP_FD(BPF_REG_1, map), BPF_MOV64_IMM(BPF_REG_0, 0), BPF_EXIT_INSN()};
	unsigned long long computed = 0, told = 0;
	int prog;

	if (map < 0 && geteuid() != 0)
		test_missing("BPF needs root here");
	assert_true(map >= 0);
	prog = bcc_prog_load(
		BPF_PROG_TYPE_SOCKET_FILTER, "tagged", insns, sizeof(insns), "GPL", 0, 0, NULL, 0);
	assert_true(prog >= 0);
	assert_int_equal(bpf_prog_get_tag(prog, &told), 0);
	assert_int_equal(bpf_prog_compute_tag(insns, sizeof(insns), &computed), 0);
	assert_int_not_equal(told, 0);
	assert_true(computed == told);
	assert_int_equal(bpf_prog_get_tag(-1, &told), -1);
	close(prog);
	close(map);
}

static void test_kernel_types(void **state)
{
	if (!bpf_has_kernel_btf())
		test_missing("this kernel has no BTF");
	assert_int_equal(kernel_struct_has_field("task_struct", "tgid"), 1);
	assert_int_equal(kernel_struct_has_field("task_struct", "no_such_field"), 0);
	assert_int_equal(kernel_struct_has_field("no_such_struct", "x"), -1);
	/* renamed in 6.3, and tools depend on it */
	assert_int_equal(kernel_struct_has_field("renamedata", "old_mnt_userns"), 1);
	assert_int_equal(kernel_struct_has_field("renamedata", "old_mnt_nothing"), 0);
	assert_int_equal(kernel_enum_has_val("bpf_prog_type", "BPF_PROG_TYPE_KPROBE"), 1);
	assert_int_equal(kernel_enum_has_val("bpf_prog_type", "BPF_PROG_TYPE_NONE"), 0);
	assert_int_equal(kernel_enum_has_val("no_such_enum", "X"), -1);
	assert_int_equal(kernel_enum_has_val(NULL, "BPF_ANY"), 1);
	assert_int_equal(kernel_enum_has_val("", "BPF_F_NO_PREALLOC"), 1);
	assert_int_equal(kernel_enum_has_val(NULL, "BPF_PROG_TYPE_KPROBE"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_module),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_losses),
		cmocka_unit_test(test_uprobe),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_long_log),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_kernel_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
