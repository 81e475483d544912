/* SPDX-License-Identifier: Apache-2.0 */
/* bpfcc dump prints what this test has put into tables: by the types of a text, in hexadecimal digits without
 * types, a value for each CPU, prefixes, tables in tables; and the calls below it open what it made. */
#include <bcc/bcc.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sched.h>
#include <sys/mount.h>

#include "tool_run.h"

#define BPFCC "command/bpfcc"

static const char text[] =
	"struct bcc_dump_key { u32 pid; char comm[8]; };\n"
	"enum bcc_dump_color { RED = 3, BLUE = -5 };\n"
	"struct bcc_dump_value { s16 little; bool yes; struct { u64 a; int b[2]; } in; u8 low : 3, high : 5; enum bcc_dump_color colors[3]; };\n"
	"BPF_HASH(bcc_dump_typed, struct bcc_dump_key, struct bcc_dump_value, 8);\n"
	"BPF_PERCPU_ARRAY(bcc_dump_cpus, u64, 1);\n";

struct key {
	uint32_t pid;
	char comm[8];
};

struct value {
	int16_t little;
	bool yes;
	struct {
		uint64_t a;
		int b[2];
	} in;
	uint8_t bits;
	int colors[3];
};

static struct bcc *b;

static int set_up(void **state)
{
	const struct key key = {7, "a\"b"};
	const struct value value = {-3, true, {1ULL << 40, {-1, 2}}, 5 | 9 << 3, {3, -5, 4}};

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL))
		return -1;
	if (bcc_open_text(text, NULL, &b)) {
		fprintf(stderr, "%s\n", bcc_error(b));
		return -1;
	}
	return bcc_table_set(
		       bcc_table_find(b, "bcc_dump_typed"), &key, sizeof(key), &value, sizeof(value), 0) ||
	       bcc_table_pin(bcc_table_find(b, "bcc_dump_typed"), "/sys/fs/bpf/typed");
}

static int tear_down(void **state)
{
	bcc_close(b);
	return 0;
}

static void check(int status, const char *a, const char *c, const char *output, const char *errors)
{
	struct tool_run run;

	tool_start(&run, BPFCC, "dump", a, c);
	tool_end(&run, 60);
	if (run.status != status || strcmp(run.text, output) || !strstr(run.errors, errors) ||
		!*run.errors != !*errors)
		fail_msg("dump %s %s: status %d, \"%s\", \"%s\"; expected %d, \"%s\", \"%s\"", a, c ? c : "",
			run.status, run.text, run.errors, status, output, errors);
	tool_free(&run);
}

static void id_of(int fd, char *id)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &size), 0);
	sprintf(id, "%u", info.id);
}

static void test_typed(void **state)
{
	check(0, "/sys/fs/bpf/typed", NULL,
		"{pid = 7, comm = \"a\"b\"}: {little = -3, yes = true, in = {a = 1099511627776, b = [-1, 2]}, low = "
		"5, high = 9, colors = [RED, BLUE, 4]}\n",
		"");
	check(0, "-j", "bcc_dump_typed",
		"{\"key\":{\"pid\":7,\"comm\":\"a\\\"b\"},\"value\":{\"little\":-3,\"yes\":true,\"in\":{\"a\":1099511627776,"
		"\"b\":[-1,2]},\"low\":5,\"high\":9,\"colors\":[\"RED\",\"BLUE\",4]}}\n",
		"");
}

static void test_cpus(void **state)
{
	struct bcc_table *table = bcc_table_find(b, "bcc_dump_cpus");
	struct bcc_table_info info = {.size = sizeof(info)};
	int cpus = libbpf_num_possible_cpus(), zero = 0;
	uint64_t *values = calloc(cpus, sizeof(*values));
	char *expected = calloc(cpus + 1, 32), id[16];

	for (int i = 0; i < cpus; i++)
		values[i] = 100 + i;
	assert_int_equal(bcc_table_set(table, &zero, sizeof(zero), values, cpus * sizeof(*values), 0), 0);
	for (int i = 0; i < cpus; i++)
		sprintf(expected + strlen(expected), "%s cpu%d %d", !i ? "0:" : " ", i, 100 + i);
	strcat(expected, "\n");
	assert_int_equal(bcc_table_info(table, &info), 0);
	id_of(info.fd, id);
	check(0, id, NULL, expected, "");
	free(values);
	free(expected);
}

static void test_without_types(void **state)
{
	LIBBPF_OPTS(bpf_map_create_opts, prefixes, .map_flags = BPF_F_NO_PREALLOC);
	LIBBPF_OPTS(bpf_map_create_opts, outer);
	int plain = bpf_map_create(BPF_MAP_TYPE_HASH, "bcc_dump_plain", 2, 3, 4, NULL), first = 0;
	int lpm = bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, "bcc_dump_lpm", 8, 1, 4, &prefixes), of_maps;
	const struct {
		uint32_t bits;
		uint8_t address[4];
	} prefix = {24, {192, 168, 7, 0}};
	char id[16], expected[128];

	assert_int_equal(bpf_map_update_elem(plain, "\x01\xff", "\x02\x03\x04", 0), 0);
	id_of(plain, id);
	check(0, id, NULL, "01 ff: 02 03 04\n", "");
	check(0, "-j", id, "{\"key\":\"01ff\",\"value\":\"020304\"}\n", "");
	assert_int_equal(bpf_map_update_elem(lpm, &prefix, "\x2a", 0), 0);
	check(0, "bcc_dump_lpm", NULL, "192.168.7.0/24: 2a\n", "");
	outer.inner_map_fd = plain;
	of_maps = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "bcc_dump_outer", 4, 4, 1, &outer);
	assert_int_equal(bpf_map_update_elem(of_maps, &first, &plain, 0), 0);
	sprintf(expected, "0: table %s (bcc_dump_plain)\n", id);
	check(0, "bcc_dump_outer", NULL, expected, "");
	close(of_maps);
	close(lpm);
	close(plain);
}

static void test_errors(void **state)
{
	const struct bpf_insn insns[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};
	int program = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "p", "GPL", insns, 2, NULL);
	int ring = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "bcc_dump_ring", 0, 0, 4096, NULL);
	struct bcc_table *table;
	struct bcc *empty;

	assert_int_equal(bpf_obj_pin(program, "/sys/fs/bpf/program"), 0);
	check(1, "/sys/fs/bpf/program", NULL, "", "what is pinned at /sys/fs/bpf/program is not a table");
	check(1, "/sys/fs/bpf/none", NULL, "", "No such file or directory");
	check(1, "bcc_no_such", NULL, "", "no table has this name");
	check(1, "4294967295", NULL, "", "there is none, or not any more");
	check(1, "99999999999", NULL, "", "IDs have 32 bits");
	check(1, "bcc_dump_ring", NULL, "",
		"\"bcc_dump_ring\" is not possible: the kernel has no such operation for tables of type ringbuf");
	check(1, "/dev/null", NULL, "", "/dev/null is not in a bpf file system");
	check(2, NULL, NULL, "", "which table?");
	assert_int_equal(bcc_open_empty(&empty), 0);
	assert_int_equal(bcc_table_count(empty), 0);
	assert_int_equal(bcc_program_count(empty), 0);
	assert_null(bcc_table_find(empty, "bcc_dump_typed"));
	assert_true(bcc_attach_fentry(empty, "p", "vfs_read", false, NULL) < 0);
	assert_int_equal(bcc_table_open_id(empty, 0, &table), -ENOENT);
	assert_non_null(strstr(bcc_error(empty), "table 0"));
	assert_int_equal(bcc_table_open_id(empty, 0, NULL), -EINVAL);
	bcc_close(empty);
	close(program);
	close(ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_without_types),
		cmocka_unit_test(test_errors),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
