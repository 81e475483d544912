/* SPDX-License-Identifier: Apache-2.0 */
/* What users ask of trace and argdist: every form is accepted and compiles, and what is wrong is said at its
 * column. */
#include "tool_description.h"
#include "tool_expr_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "common/array.h"
#include "common/compile_request.h"
#include "tools/lib/buffer.h"
#include "tools/lib/expr/program.h"

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

/* What a tool's text has around the programs. */
static const char prelude[] =
	"#include <linux/sched.h>\n"
	"#include <linux/fs.h>\n"
	"#include <net/sock.h>\n"
	"#define EXPR_WANTED(number) (bpf_get_current_pid_tgid() != (number))\n"
	"#define EXPR_VALUES(number, type) ({ u32 zero = 0; (type *)rooms.lookup(&zero); })\n"
	"#define EXPR_SEND(ctx, number, values) sent.perf_submit(ctx, values, sizeof(*(values)))\n"
	"#define EXPR_ENTER(ctx, number, kernel, call) ({ u64 id = bpf_get_current_pid_tgid(); \\\n"
	"	(call)->begin = bpf_ktime_get_ns(); calls.update(&id, call); })\n"
	"#define EXPR_LEAVE(ctx, number, kernel, call) ({ u64 id = bpf_get_current_pid_tgid(); \\\n"
	"	struct expr_call *found = calls.lookup(&id); if (found) *(call) = *found; found != NULL; })\n"
	"struct room { u64 words[64]; };\n"
	"BPF_PERF_OUTPUT(sent);\n"
	"BPF_PERCPU_ARRAY(rooms, struct room, 1);\n"
	"";

static void add_file(struct buffer *to, const char *path)
{
	FILE *f = fopen(path, "r");
	size_t got;

	assert_non_null(f);
	do {
		got = fread(buffer_reserve(to, 4096), 1, 4096, f);
		to->size += got;
	} while (got);
	fclose(f);
}

/* ---- tracepoints ---- */

static char tracefs[] = "/tmp/tool_expr.XXXXXX";

static const struct {
	const char *category, *name, *fields;
} tracepoints[] = {
	{"block", "block_rq_complete",
		"\tfield:dev_t dev;\toffset:8;\tsize:4;\tsigned:0;\n"
		"\tfield:unsigned int nr_sector;\toffset:12;\tsize:4;\tsigned:0;\n"},
	{"irq", "irq_handler_entry",
		"\tfield:int irq;\toffset:8;\tsize:4;\tsigned:1;\n"
		"\tfield:__data_loc char[] name;\toffset:12;\tsize:4;\tsigned:0;\n"},
	{"net", "net_dev_start_xmit", "\tfield:u16 protocol;\toffset:8;\tsize:2;\tsigned:0;\n"},
	{"sched", "sched_switch",
		"\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
		"\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n"
		"\tfield:char next_comm[16];\toffset:28;\tsize:16;\tsigned:0;\n"
		"\tfield:long prev_state;\toffset:48;\tsize:8;\tsigned:1;\n"},
	{"sched", "sched_process_exec",
		"\tfield:__data_loc char[] filename;\toffset:8;\tsize:4;\tsigned:0;\n"
		"\tfield:pid_t pid;\toffset:12;\tsize:4;\tsigned:1;\n"},
};

static void put_path(char *path, size_t room, size_t i, int parts)
{
	snprintf(path, room, "%s/events", tracefs);
	if (parts > 1)
		snprintf(path + strlen(path), room - strlen(path), "/%s", tracepoints[i].category);
	if (parts > 2)
		snprintf(path + strlen(path), room - strlen(path), "/%s", tracepoints[i].name);
}

static int make_tracefs(void **state)
{
	char path[256];
	FILE *f;

	assert_non_null(mkdtemp(tracefs));
	for (size_t i = 0; i < ARRAY_SIZE(tracepoints); i++) {
		for (int parts = 1; parts <= 3; parts++) {
			put_path(path, sizeof(path), i, parts);
			assert_true(!mkdir(path, 0700) || errno == EEXIST);
		}
		strcat(path, "/format");
		f = fopen(path, "w");
		assert_non_null(f);
		fprintf(f,
			"name: %s\nID: %zu\nformat:\n"
			"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
			"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n%s\nprint fmt: \"\"\n",
			tracepoints[i].name, i + 1, tracepoints[i].fields);
		assert_int_equal(fclose(f), 0);
	}
	return 0;
}

static int remove_tracefs(void **state)
{
	char path[256];

	for (size_t i = 0; i < ARRAY_SIZE(tracepoints); i++) {
		put_path(path, sizeof(path), i, 3);
		strcat(path, "/format");
		unlink(path);
		for (int parts = 3; parts; parts--) {
			put_path(path, sizeof(path), i, parts);
			rmdir(path);
		}
	}
	return rmdir(tracefs);
}

/* ---- compiling ---- */

/* Kernel types come from BTF; these tests cannot run without it. */
static bool no_btf(void)
{
	if (!access("/sys/kernel/btf/vmlinux", R_OK))
		return false;
	printf("SKIP: the kernel has no BTF that can be read\n");
	return true;
}

/* Returns the error, which the caller frees; NULL: there is none. */
static char *compile(const struct buffer *programs)
{
	struct buffer text = {0};
	struct bcc_compile_request request = {.abi = BCC_COMPILER_ABI,
		.name = "text.c",
		.tracefs_fd = open(tracefs, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.btf_fd = -1};
	struct bcc_compile_result result;
	char *error = NULL;

	buffer_text(&text, prelude);
	add_file(&text, TEST_DATA "/../../../tools/lib/expr.bpf.h");
	/* which declares struct expr_call */
	buffer_text(&text, "BPF_HASH(calls, u64, struct expr_call);\n");
	buffer_add(&text, programs->data, programs->size);
	buffer_char(&text, '\0');
	request.text = text.data;
	if (bcc_compile_1(&request, &result))
		assert_non_null(error = strdup(result.error));
	bcc_compile_free_1(&result);
	buffer_free(&text);
	close(request.tracefs_fd);
	return error;
}

static unsigned failures;

static void check_program(const struct spec *s, const char *asked)
{
	struct buffer programs = {0};
	struct probe_error error;
	struct program p;
	char *wrong;

	if (program_write(&programs, s, "p1", 1, &(struct program_options){0}, &p, &error))
		fail_msg("%s: column %u: %s", asked, error.column, error.why);
	assert_int_equal(p.count, s->count);
	wrong = compile(&programs);
	if (wrong)
		print_error("%s\n%s\n%.*s", asked, wrong, (int)programs.size, programs.data);
	failures += wrong != NULL;
	free(wrong);
	program_free(&p);
	buffer_free(&programs);
}

static void test_traces(void **state)
{
	if (no_btf())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(traces); i++) {
		struct probe_error error;
		struct spec s;

		if (spec_read_trace(&s, traces[i], &error))
			fail_msg("%s: column %u: %s", traces[i], error.column, error.why);
		assert_int_equal(s.count, s.format.count);
		check_program(&s, traces[i]);
		spec_free(&s);
	}
	assert_int_equal(failures, 0);
	failures = 0;
}

static void test_distributions(void **state)
{
	if (no_btf())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(distributions); i++) {
		struct probe_error error;
		struct spec s;

		if (spec_read_argdist(&s, distributions[i].text, distributions[i].is_histogram, &error))
			fail_msg("%s: column %u: %s", distributions[i].text, error.column, error.why);
		assert_int_equal(s.count, distributions[i].values);
		assert_int_equal(!s.label, !distributions[i].label);
		if (s.label)
			assert_string_equal(s.label, distributions[i].label);
		check_program(&s, distributions[i].text);
		spec_free(&s);
	}
	assert_int_equal(failures, 0);
	failures = 0;
}

/* What only the compiler knows is wrong: it says at which column of what the user typed. */
static void test_compiler_errors(void **state)
{
	static const struct {
		const char *text;
		unsigned column;
		const char *says;
	} cases[] = {
		{"c:f (arg1 == SOME_THING)", 14, "SOME_THING"},
		{"t:irq:irq_handler_entry \"%d\", args->irk", 37, "irk"},
		{"vfs_read \"%d\",   file->f_pos_x", 24, "f_pos_x"},
		{"c:f(struct timespec *ts) (ts->tv_sec == 0) \"%d\", ts->tv_nsecs", 54, "tv_nsecs"},
		{"c:f \"%d\", ((struct timespec *)arg1)->tv_nsecs", 38, "tv_nsecs"},
		{"c:f (some_function(arg1))", 6, "some_function"},
	};

	if (no_btf())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buffer programs = {0};
		struct probe_error error;
		char *wrong, place[32];
		struct program p;
		struct spec s;

		assert_int_equal(spec_read_trace(&s, cases[i].text, &error), 0);
		assert_int_equal(
			program_write(&programs, &s, "p1", 1, &(struct program_options){0}, &p, &error), 0);
		wrong = compile(&programs);
		snprintf(place, sizeof(place), "column:%u:", cases[i].column);
		if (!wrong || !strstr(wrong, place) || !strstr(wrong, cases[i].says))
			fail_msg("%s\n%s", cases[i].text, wrong ? wrong : "compiles");
		free(wrong);
		program_free(&p);
		spec_free(&s);
		buffer_free(&programs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_traces),
		cmocka_unit_test(test_distributions), cmocka_unit_test(test_compiler_errors)};

	return cmocka_run_group_tests(tests, make_tracefs, remove_tracefs);
}
