/* SPDX-License-Identifier: Apache-2.0 */
/* argdist counts the values of a known number of calls of our function, its returns, and a system call. */
#include <sys/syscall.h>

#include "tool_run.h"

#define ARGDIST "tools/argdist"
#define FUNCTION "@:bcc_counted_call(long n, char *text)"

static char self[PATH_MAX];

__attribute__((noinline, used)) static long bcc_counted_call(long n, const char *text)
{
	__asm__ volatile("" : "+r"(n) : "r"(text));
	return n - 3;
}

struct bcc_counted_point {
	int x;
	short y;
	char name[6];
};

__attribute__((noinline, used)) static void bcc_counted_record(const struct bcc_counted_point *point)
{
	__asm__ volatile("" ::"r"(point) : "memory");
}

/* Three points that are equal, at addresses that are not; another one; and none, twice. */
static void call_points(void *ctx)
{
	static volatile struct bcc_counted_point points[4];

	for (int i = 0; i < 4; i++)
		points[i] = i == 2 ? (struct bcc_counted_point){-3, 4, "b"}
				   : (struct bcc_counted_point){1, 2, "a"};
	for (int i = 0; i < 4; i++)
		bcc_counted_record((const struct bcc_counted_point *)&points[i]);
	bcc_counted_record(NULL);
	bcc_counted_record(NULL);
}

static void call_all(void *ctx)
{
	static const long numbers[] = {-1, 2, 2, 300, 2, 300};
	static volatile char texts[2][8] = {"one", "a\tb"};

	for (int i = 0; i < 2; i++)
		texts[i][7] = 0; /* BPF cannot read pages that have never been touched */
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		bcc_counted_call(numbers[i], (const char *)texts[numbers[i] == 300]);
		syscall(SYS_getpriority, 0, 100);
	}
}

/* "SPEC" with the program's path for @. */
static char *spec(const char *text)
{
	char *made = malloc(PATH_MAX + strlen(text)), *to = made;

	assert_non_null(made);
	for (; *text; text++)
		if (*text == '@')
			to = stpcpy(to, self);
		else
			*to++ = *text;
	*to = '\0';
	return made;
}

#define BARS "|****************************************|\n"
static const char expected_table[] =
	"one\n"
	"\tCOUNT      EVENT\n"
	"\t1          n = -1, text = one\n"
	"\t2          n = 300, text = a\\tb\n"
	"\t3          n = 2, text = one\n"
	"large\n"
	"\tCOUNT      EVENT\n"
	"\t2          n = 300\n"
	"calls\n"
	"\tCOUNT      EVENT\n"
	"\t6          total calls\n"
	"results\n"
	"\tCOUNT      EVENT\n"
	"\t1          retval = -4\n"
	"\t2          retval = 297\n"
	"\t3          retval = -1\n"
	"priorities\n"
	"\tCOUNT      EVENT\n"
	"\t6          args->who = 100\n"
	"     n * 2               : count     distribution\n"
	"         0 -> 1          : 0        |                                        |\n"
	"         2 -> 3          : 0        |                                        |\n"
	"         4 -> 7          : 3        " BARS
	"         8 -> 15         : 0        |                                        |\n"
	"        16 -> 31         : 0        |                                        |\n"
	"        32 -> 63         : 0        |                                        |\n"
	"        64 -> 127        : 0        |                                        |\n"
	"       128 -> 255        : 0        |                                        |\n"
	"       256 -> 511        : 0        |                                        |\n"
	"       512 -> 1023       : 2        |**************************              |\n"
	"     slow                : count     distribution\n"
	"         0 -> 1          : 6        " BARS;

static const char expected_json[][128] = {
	"\"probe\":\"top\",\"from\":null,\"to\":null,\"count\":2,\"event\":\"n = 300\"}\n",
	"\"probe\":\"top\",\"from\":null,\"to\":null,\"count\":3,\"event\":\"n = 2\"}\n",
	"\"probe\":\"slots\",\"from\":2,\"to\":3,\"count\":3,\"event\":null}\n",
	"\"probe\":\"slots\",\"from\":256,\"to\":511,\"count\":2,\"event\":null}\n",
};

static void check_json(const char *text)
{
	const char *at = text;

	for (size_t i = 0; i < sizeof(expected_json) / sizeof(*expected_json); i++) {
		at = strstr(at, expected_json[i]);
		if (!at) {
			fail_msg("%s is not in\n%s", expected_json[i], text);
			return;
		}
	}
}

/* The table counts from the beginning on: the last output has all. JSON has one output, at the end. */
static void test_counts(void **state)
{
	char *specs[] = {spec("p:" FUNCTION ":long,char*:n,text#one"),
		/* names of debug information */
		spec("r:@:bcc_counted_call():long:$entry(n):STRCMP(\"a\\tb\", $entry(text))#large"),
		spec("p:" FUNCTION "#calls"), spec("r:" FUNCTION "#results"),
		spec("p:" FUNCTION ":u64:n * 2:n > 0"),
		/* an hour */
		spec("r:" FUNCTION ":u64:$latency / 3600000000000#slow"), spec("p:" FUNCTION ":long:n#top"),
		spec("p:" FUNCTION ":long:n:n > 0#slots")};
	struct tool_run table, json;
	struct workload w;
	char pid[16], *last, *block = NULL;

	workload_new(&w, "counted", call_all, NULL);
	tool_start(&table, ARGDIST, "-p", number_text(pid, w.pid), "-c", "-i", "1", "-C", specs[0], "-H",
		specs[4], "-C", specs[1], "-C", specs[2], "-C", specs[3], "-H", specs[5], "-C",
		"t:syscalls:sys_enter_getpriority():int:args->who#priorities");
	tool_start(
		&json, ARGDIST, "-p", pid, "--json", "-i", "3600", "-T", "2", "-C", specs[6], "-H", specs[7]);
	while (!strchr(table.text, '\n'))
		assert_true(tool_read(&table, 60000));
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	workload_go(&w);
	tool_stop(&table, SIGINT);
	tool_stop(&json, SIGINT);
	for (last = table.text; (last = strchr(last, '[')); last++)
		if ((last == table.text || last[-1] == '\n') && last[9] == ']')
			block = last;
	assert_string_equal(table.errors, "");
	assert_string_equal(block ? block + strcspn(block, "\n") + 1 : "", expected_table);
	assert_string_equal(json.errors, "");
	check_json(json.text);
	assert_int_equal(tool_count_lines(&json), 5);
	tool_free(&table);
	tool_free(&json);
	for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); i++)
		free(specs[i]);
}

static void test_structs(void **state)
{
	char *points = spec("p:@:bcc_counted_record():struct bcc_counted_point:point");
#define FIRST "(struct bcc_counted_point){.x = (int)1,.y = (short)2,.name = (char[6])['a',],}"
#define OTHER "(struct bcc_counted_point){.x = (int)-3,.y = (short)4,.name = (char[6])['b',],}"
	static const char *const expected[] = {"\"count\":3,\"event\":\"point = " FIRST "\"}",
		"\"count\":1,\"event\":\"point = " OTHER "\"}", "\"count\":2,\"event\":\"point = NULL\"}",
		"\"count\":3,\"event\":\"*point = " FIRST ", point != 0 = 1\"}",
		"\"count\":1,\"event\":\"*point = " OTHER ", point != 0 = 1\"}",
		"\"count\":2,\"event\":\"*point = NULL, point != 0 = 0\"}"};
	char *both = spec("p:@:bcc_counted_record():struct bcc_counted_point,int:*point,point != 0#both");
	struct tool_run run;
	struct workload w;
	char pid[16];

	workload_new(&w, "counted", call_points, NULL);
	tool_start(&run, ARGDIST, "-p", number_text(pid, w.pid), "--json", "-i", "3600", "-C", points, "-C",
		both);
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	workload_go(&w);
	tool_stop(&run, SIGINT);
	assert_string_equal(run.errors, "");
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		if (!strstr(run.text, expected[i]))
			fail_msg("%s is not in\n%s", expected[i], run.text);
	/* the first line says what follows */
	assert_int_equal(tool_count_lines(&run), 1 + 6);
	tool_free(&run);
	free(points);
	free(both);
}

static void test_errors(void **state)
{
	tool_expect_end(2, "p:c:f():int, column 12: ", ARGDIST, "-C", "p:c:f():int");
	tool_expect_end(2, "has no histogram", ARGDIST, "-H", "p::vfs_read():struct file:file");
	tool_expect_end(2, "column 33: there is no such member", ARGDIST, "-C",
		"p::vfs_read():struct path:file->no_path");
	tool_expect_end(2, "neither a struct nor", ARGDIST, "-C", "p::vfs_read():struct path:file->f_flags");
	tool_expect_end(2, "there is room for", ARGDIST, "-z600", "-Cp:c:puts(char *s):char*:s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts), cmocka_unit_test(test_structs), cmocka_unit_test(test_errors)};

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
