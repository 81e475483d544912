/* SPDX-License-Identifier: Apache-2.0 */
/* Tracepoint format files → structs. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/array.h"
#include "frontends/renames/tracepoints.h"
#include "frontends/tracefs/format.h"

#define COMMON                                                                                               \
	"name: x\nID: 1\nformat:\n"                                                                          \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                               \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                               \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

static char *tags;

static int collect_tag(void *ctx, const char *tag)
{
	char *joined;

	(void)ctx;
	assert_true(asprintf(&joined, "%s%s ", tags ? tags : "", tag) > 0);
	free(tags);
	tags = joined;
	return 0;
}

static char *convert_event(const char *category, const char *name, const char *format, int expected)
{
	struct bcc_err err = {0};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	free(tags);
	tags = NULL;
	assert_int_equal(
		bcc_tracepoint_struct(format, category, name, out, collect_tag, NULL, NULL, &err), expected);
	fclose(out);
	if (expected)
		assert_non_null(err.text);
	bcc_err_clear(&err);
	return text;
}

static char *convert(const char *format, int expected)
{
	return convert_event("c", "n", format, expected);
}

static void check(const char *fields, const char *expected)
{
	char *format, *text, *whole;

	assert_true(asprintf(&format, COMMON "%s\nprint fmt: \"%%s\", REC->x\n", fields) > 0);
	assert_true(
		asprintf(&whole, "struct tracepoint__c__n {\n\tu64 __do_not_use__;\n%s;\n", expected) > 0);
	text = convert(format, 0);
	assert_string_equal(text, whole);
	free(text);
	free(whole);
	free(format);
}

static void test_integers(void **state)
{
	check("\tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;\n"
	      "\tfield:unsigned long addr;\toffset:16;\tsize:8;\tsigned:0;\n"
	      "\tfield:pid_t pid;\toffset:24;\tsize:4;\tsigned:1;\n"
	      "\tfield:bool on;\toffset:28;\tsize:1;\tsigned:0;\n"
	      "\tfield:umode_t mode;\toffset:30;\tsize:2;\tsigned:0;\n",
		"\ts32 __syscall_nr;\n\tchar __gap_0[4];\n\tu64 addr;\n\ts32 pid;\n\tbool on;\n\tchar __gap_1[1];\n\tu16 mode;\n}");
}

/* Arguments of system calls are widened to 8 bytes, and said to be unsigned whatever they are. */
static void test_signs_of_arguments(void **state)
{
	check("\tfield:int fd;\toffset:8;\tsize:8;\tsigned:0;\n"
	      "\tfield:pid_t pid;\toffset:16;\tsize:8;\tsigned:0;\n"
	      "\tfield:off_t offset;\toffset:24;\tsize:8;\tsigned:0;\n"
	      "\tfield:const clockid_t which_clock;\toffset:32;\tsize:8;\tsigned:0;\n"
	      "\tfield:size_t count;\toffset:40;\tsize:8;\tsigned:0;\n"
	      "\tfield:unsigned int flags;\toffset:48;\tsize:8;\tsigned:0;\n"
	      "\tfield:uid_t uid;\toffset:56;\tsize:8;\tsigned:0;\n",
		"\ts64 fd;\n\ts64 pid;\n\ts64 offset;\n\ts64 which_clock;\n\tu64 count;\n\tu64 flags;\n\tu64 uid;\n}");
}

static void test_arrays(void **state)
{
	check("\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
	      "\tfield:__u8 saddr[4];\toffset:24;\tsize:4;\tsigned:0;\n"
	      "\tfield:unsigned long args[6];\toffset:32;\tsize:48;\tsigned:0;\n"
	      "\tfield:u16 odd[(4 + 4)];\toffset:80;\tsize:16;\tsigned:0;\n",
		"\tchar comm[16];\n\tu8 saddr[4];\n\tchar __gap_0[4];\n\tu64 args[6];\n\tu8 odd[16];\n}");
}

static void test_pointers(void **state)
{
	check("\tfield:const char * filename;\toffset:8;\tsize:8;\tsigned:0;\n"
	      "\tfield:const void * skaddr;\toffset:16;\tsize:8;\tsigned:0;\n"
	      "\tfield:struct sk_buff * skb;\toffset:24;\tsize:8;\tsigned:0;\n"
	      "\tfield:const char *const * argv;\toffset:32;\tsize:8;\tsigned:0;\n",
		"\tconst char *filename;\n\tvoid *skaddr;\n\tstruct sk_buff *skb;\n\tconst char **argv;\n}");
	assert_string_equal(tags, "sk_buff ");
}

static void test_data_locations(void **state)
{
	check("\tfield:__data_loc char[] name;\toffset:8;\tsize:4;\tsigned:0;\n"
	      "\tfield:__rel_loc char[] other;\toffset:12;\tsize:4;\tsigned:0;\n"
	      "\tfield:__data_loc unsigned long[] longs;\toffset:16;\tsize:4;\tsigned:0;\n",
		"\tint data_loc_name;\n\tint rel_loc_other;\n\tint data_loc_longs;\n}");
}

static void test_structs_and_odd_places(void **state)
{
	check("\tfield:struct in6_addr addr;\toffset:8;\tsize:16;\tsigned:0;\n"
	      "\tfield:int late;\toffset:25;\tsize:4;\tsigned:1;\n",
		"\tu8 addr[16];\n\tchar __gap_0[1];\n\ts32 late;\n} __attribute__((packed))");
}

/* Eight bytes do not become a u64 just because they are eight. */
static void test_structs_of_integer_size(void **state)
{
	check("\tfield:struct pair one;\toffset:8;\tsize:8;\tsigned:0;\n"
	      "\tfield:const union small two;\toffset:16;\tsize:4;\tsigned:0;\n"
	      "\tfield:struct pair three[2];\toffset:24;\tsize:16;\tsigned:0;\n"
	      "\tfield:enum zone_type four;\toffset:40;\tsize:4;\tsigned:0;\n",
		"\tu8 one[8];\n\tu8 two[4];\n\tchar __gap_0[4];\n\tu8 three[16];\n\tu32 four;\n}");
}

static void test_words_of_c(void **state)
{
	check("\tfield:int default;\toffset:8;\tsize:4;\tsigned:1;\n"
	      "\tfield:char register[4];\toffset:12;\tsize:4;\tsigned:0;\n"
	      "\tfield:struct sock * struct;\toffset:16;\tsize:8;\tsigned:0;\n"
	      "\tfield:__data_loc char[] switch;\toffset:24;\tsize:4;\tsigned:0;\n"
	      "\tfield:bool true;\toffset:28;\tsize:1;\tsigned:0;\n"
	      "\tfield:u8 new;\toffset:29;\tsize:1;\tsigned:0;\n"
	      "\tfield:u8 defaults;\toffset:30;\tsize:1;\tsigned:0;\n",
		"\ts32 default_;\n\tchar register_[4];\n\tstruct sock *struct_;\n\tint data_loc_switch;\n\tbool true_;\n"
		"\tu8 new;\n\tu8 defaults;\n}");
	assert_string_equal(tags, "sock ");
}

static void test_bit_widths(void **state)
{
	check("\tfield:s8 a;\toffset:8;\tsize:1;\tsigned:1;\n"
	      "\tfield:const u16 b;\toffset:10;\tsize:2;\tsigned:0;\n"
	      "\tfield:s16 c[3];\toffset:12;\tsize:6;\tsigned:1;\n"
	      "\tfield:bool d[2];\toffset:18;\tsize:2;\tsigned:0;\n"
	      "\tfield:unsigned __int128 e;\toffset:32;\tsize:16;\tsigned:0;\n"
	      "\tfield:enum xfs_group_type f;\toffset:48;\tsize:1;\tsigned:0;\n"
	      "\tfield:char buf[];\toffset:49;\tsize:0;\tsigned:0;\n",
		"\ts8 a;\n\tchar __gap_0[1];\n\tu16 b;\n\ts16 c[3];\n\tbool d[2];\n\tchar __gap_1[12];\n\tu8 e[16];\n"
		"\tu8 f;\n}");
}

#define ERROR "\tfield:int error;\toffset:8;\tsize:4;\tsigned:1;\n"
#define ERRORS "\tfield:int errors;\toffset:8;\tsize:4;\tsigned:1;\n"
#define REPLACED(was, is)                                                                                    \
	"\tunion {\n\ts32 " is ";\n\t__attribute__((deprecated(\"this kernel's tracepoint has no field " was \
	"; " is " is used in its place\")))\n\ts32 " was ";\n\t};\n"

/* A field is known by the name that it has in other kernels too, whichever is older. */
static void test_renamed_fields(void **state)
{
	static const struct {
		const char *category, *event, *fields, *expected;
	} cases[] = {
		{"block", "block_rq_complete", ERROR, REPLACED("errors", "error")},
		{"block", "block_rq_complete", ERRORS, REPLACED("error", "errors")},
		{"block", "block_rq_complete",
			"\tfield:int error;\toffset:8;\tsize:4;\tsigned:1;\n"
			"\tfield:int errors;\toffset:12;\tsize:4;\tsigned:1;\n",
			"\ts32 error;\n\ts32 errors;\n"},
		{"block", "block_rq_issue", ERROR, "\ts32 error;\n"},
		{"net", "block_rq_complete", ERROR, "\ts32 error;\n"},
		{"filelock", "any_event", "\tfield:int type;\toffset:8;\tsize:4;\tsigned:1;\n",
			REPLACED("fl_type", "type")},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *format, *whole, *text;

		assert_true(asprintf(&format, COMMON "%s\n", cases[i].fields) > 0);
		assert_true(asprintf(&whole, "struct tracepoint__%s__%s {\n\tu64 __do_not_use__;\n%s};\n",
				    cases[i].category, cases[i].event, cases[i].expected) > 0);
		text = convert_event(cases[i].category, cases[i].event, format, 0);
		assert_string_equal(text, whole);
		free(text);
		free(whole);
		free(format);
	}
}

static void became(const char *event, const char *field, const char *expected)
{
	char text[256];

	bcc_tracepoint_became(event, field, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void test_what_became(void **state)
{
	char other[BCC_RENAMED_FIELD_SIZE];

	became("random__urandom_read", NULL,
		" since Linux 5.18: the kernel's random number generator has no tracepoints any more");
	became("sched__sched_wakeup", "success", ": it was always 1");
	became("sched__sched_wakeup", "comm", "");
	became("sched__sched_wakeup", NULL, "");
	became("sched__sched_wakeup_more", "success", "");
	became("randoms__x", NULL, "");
	became("random", NULL, "");
	became("", NULL, "");
	/* it has another type */
	assert_false(bcc_renamed_field("filelock__x", "fl_blocker", other));
	assert_false(bcc_renamed_field("filelock__x", "-", other));
}

static void test_garbage(void **state)
{
	static const char *const bad[] = {"", "no fields\n", "\tfield:int x;\n",
		"\tfield:int x;\toffset:8;\tsize:;\tsigned:1;\n",
		"\tfield:int x;\toffset:-8;\tsize:4;\tsigned:1;\n",
		"\tfield:;\toffset:8;\tsize:4;\tsigned:1;\n",
		"\tfield:int x;\toffset:8;\tsize:99999999999999999999;\tsigned:1;\n",
		"\tfield:int 9;\toffset:8;\tsize:4;\tsigned:1;\n"};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		free(convert(bad[i], -EINVAL));
}

/* A real file truncated anywhere is parsed or rejected, never overrun (the sanitizers watch). */
static void test_truncated(void **state)
{
	static const char whole[] = COMMON "\tfield:__data_loc char[] name;\toffset:8;\tsize:4;\tsigned:0;\n"
					   "\tfield:struct sk_buff * skb;\toffset:16;\tsize:8;\tsigned:0;\n";
	struct bcc_err err = {0};

	for (size_t i = 0; i < sizeof(whole); i++) {
		char *cut = strndup(whole, i), *text = NULL;
		size_t size;
		FILE *out = open_memstream(&text, &size);
		int r = bcc_tracepoint_struct(cut, "c", "n", out, collect_tag, NULL, NULL, &err);

		assert_true(r == 0 || r == -EINVAL);
		fclose(out);
		free(text);
		free(cut);
	}
	bcc_err_clear(&err);
}

/* What cannot be read is not treated as empty. */
static void test_unreadable(void **state)
{
	char root[] = "/tmp/format-XXXXXX";
	static const char *const parts[] = {"", "/events", "/events/c", "/events/c/n", "/events/c/n/format"};
	struct bcc_err err = {0};
	char path[64];
	int fd;

	assert_non_null(mkdtemp(root));
	for (int i = 1; i < 5; i++) {
		snprintf(path, sizeof(path), "%s%s", root, parts[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(
		bcc_tracepoint_struct_of(fd, "c__n", NULL, stdout, collect_tag, NULL, NULL, &err), -EISDIR);
	assert_non_null(strstr(err.text, "events/c/n/format cannot be read"));
	assert_int_equal(
		bcc_tracepoint_struct_of(fd, "c__other", NULL, stdout, collect_tag, NULL, NULL, &err),
		-ENOENT);
	for (int i = 4; i >= 0; i--) {
		snprintf(path, sizeof(path), "%s%s", root, parts[i]);
		assert_int_equal(rmdir(path), 0);
	}
	close(fd);
	bcc_err_clear(&err);
}

static int free_tags(void **state)
{
	free(tags);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_signs_of_arguments),
		cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_pointers),
		cmocka_unit_test(test_data_locations),
		cmocka_unit_test(test_structs_and_odd_places),
		cmocka_unit_test(test_structs_of_integer_size),
		cmocka_unit_test(test_words_of_c),
		cmocka_unit_test(test_bit_widths),
		cmocka_unit_test(test_renamed_fields),
		cmocka_unit_test(test_what_became),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, free_tags);
}
