/* SPDX-License-Identifier: Apache-2.0 */
/* bpfcc ps, bpflist, and <bcc/loaded.h> below them: they see a program, a table and a link that this test has
 * made, that this process holds them, where they are pinned, and how often the program ran. */
#include <bcc/loaded.h>

#include <bpf/bpf.h>
#include <sched.h>
#include <sys/mount.h>

#include "tool_run.h"

#define BPFCC "command/bpfcc"

static int table, program, tracer, tracer_link;
static char comm[16];

static int load_program(enum bpf_prog_type type, const char *name, int map)
{
	/* r1 = map; r0 = 0 */
	const struct bpf_insn insns[] = {
		{.code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map},
		{0},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K},
		{.code = BPF_JMP | BPF_EXIT},
	};

	return bpf_prog_load(type, name, "GPL", insns, 4, NULL);
}

static int set_up(void **state)
{
	if (geteuid() || unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL))
		return -1;
	table = bpf_map_create(BPF_MAP_TYPE_HASH, "bcc_ps_table", 4, 16, 77, NULL);
	program = load_program(BPF_PROG_TYPE_SOCKET_FILTER, "bcc_ps_program", table);
	tracer = load_program(BPF_PROG_TYPE_RAW_TRACEPOINT, "bcc_ps_tracer", table);
	tracer_link = bpf_raw_tracepoint_open("sched_process_wait", tracer);
	prctl(PR_GET_NAME, comm);
	return table < 0 || program < 0 || tracer < 0 || mkdir("/sys/fs/bpf/a b", 0700) ||
	       bpf_obj_pin(table, "/sys/fs/bpf/a b/table") || bpf_obj_pin(program, "/sys/fs/bpf/program");
}

static uint32_t program_id(int fd, uint32_t *loaded_by)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &size), 0);
	*loaded_by = info.created_by_uid;
	return info.id;
}

static uint32_t table_id(void)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(table, &info, &size), 0);
	return info.id;
}

/* The call sees other processes: this one is left out. */
static void test_call(void **state)
{
	uint32_t uid, id = program_id(program, &uid);
	const struct bcc_loaded_opts counting = {.size = sizeof(counting), .count_runs = true};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = &(char[64]){0}, .data_size_in = 64, .repeat = 1);
	const struct bcc_loaded_object *o, *later;
	struct bcc_loaded *first, *second;

	assert_int_equal(bcc_loaded_open(&counting, &first), 0);
	o = bcc_loaded_find(first, BCC_LOADED_PROGRAM, id);
	assert_non_null(o);
	assert_string_equal(o->name, "bcc_ps_program");
	assert_string_equal(o->type_name, "socket_filter");
	assert_int_equal(o->uid, uid);
	assert_int_equal(o->table_count, 1);
	assert_int_equal(o->tables[0], table_id());
	assert_int_equal(o->holder_count, 0);
	assert_int_equal(o->pin_count, 1);
	assert_string_equal(o->pins[0], "/sys/fs/bpf/program");
	for (int i = 0; i < 7; i++)
		assert_int_equal(bpf_prog_test_run_opts(program, &run), 0);
	assert_int_equal(bcc_loaded_open(NULL, &second), 0);
	later = bcc_loaded_find(second, BCC_LOADED_PROGRAM, id);
	assert_non_null(later);
	assert_int_equal(later->runs - o->runs, 7);
	bcc_loaded_close(first);
	/* nobody has the kernel count any more */
	assert_int_equal(bpf_prog_test_run_opts(program, &run), 0);
	bcc_loaded_close(second);
	assert_int_equal(bcc_loaded_open(NULL, &first), 0);
	o = bcc_loaded_find(first, BCC_LOADED_TABLE, table_id());
	assert_non_null(o);
	assert_string_equal(o->name, "bcc_ps_table");
	assert_int_equal(o->key_size, 4);
	assert_int_equal(o->value_size, 16);
	assert_int_equal(o->max_entries, 77);
	assert_true(o->memory > 0);
	assert_string_equal(o->pins[0], "/sys/fs/bpf/a b/table");
	for (size_t i = 1; i < bcc_loaded_count(first); i++) {
		const struct bcc_loaded_object *a = bcc_loaded_at(first, i - 1), *b = bcc_loaded_at(first, i);

		assert_true(a->kind < b->kind || (a->kind == b->kind && a->id < b->id));
	}
	assert_null(bcc_loaded_at(first, bcc_loaded_count(first)));
	assert_null(bcc_loaded_find(first, BCC_LOADED_LINK + 1, 1));
	bcc_loaded_close(first);
}

static void expect_text(const struct tool_run *run, const char *text)
{
	if (!strstr(run->text, text))
		fail_msg("no %s in:\n%s", text, run->text);
}

static void test_ps(void **state)
{
	struct tool_run run;
	char text[256];
	uint32_t uid;

	tool_start(&run, BPFCC, "ps", "-j");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	sprintf(text,
		"{\"kind\":\"table\",\"id\":%u,\"type\":\"hash\",\"name\":\"bcc_ps_table\",\"memory_bytes\":",
		table_id());
	expect_text(&run, text);
	sprintf(text,
		"\"pins\":[\"/sys/fs/bpf/a b/table\"],\"holders\":[{\"pid\":%d,\"comm\":\"%s\",\"descriptors\":1}],"
		"\"key_bytes\":4,\"value_bytes\":16,\"max_entries\":77,\"flags\":0}\n",
		getpid(), comm);
	expect_text(&run, text);
	sprintf(text, "\"tables\":[%u]}\n", table_id());
	expect_text(&run, text);
	if (tracer_link >= 0) {
		sprintf(text,
			"\"targets\":[\"raw_tracepoint:sched_process_wait\"],\"pins\":[],\"holders\":[{\"pid\":%d,",
			getpid());
		expect_text(&run, text);
		sprintf(text, "\"program\":%u}\n", program_id(tracer, &uid));
		expect_text(&run, text);
	}
	tool_free(&run);
	tool_start(&run, BPFCC, "ps", "-v");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	sprintf(text, "held by %s(%d); pinned at /sys/fs/bpf/program\n", comm, getpid());
	expect_text(&run, text);
	tool_free(&run);
}

static void test_errors(void **state)
{
	struct tool_run run;

	tool_start_as(&run, 65534, BPFCC, "ps", NULL);
	tool_end(&run, 60);
	assert_int_equal(run.status, 1);
	assert_string_equal(run.text, "");
	assert_non_null(strstr(run.errors, "CAP_SYS_ADMIN"));
	tool_free(&run);
	tool_start(&run, BPFCC, "ps", "-i", "0");
	tool_end(&run, 60);
	assert_int_equal(run.status, 2);
	tool_free(&run);
}

static void test_bpflist(void **state)
{
	struct tool_run run;
	char text[128];

	tool_start(&run, "tools/bpflist");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	sprintf(text, "%-6d %-16s %-8s %-6d\n", getpid(), comm, "map", 1);
	expect_text(&run, text);
	sprintf(text, "%-6d %-16s %-8s %-6d\n", getpid(), comm, "prog", 2);
	expect_text(&run, text);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_call),
		cmocka_unit_test(test_ps),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_bpflist),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, NULL);
}
