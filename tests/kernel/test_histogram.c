/* SPDX-License-Identifier: Apache-2.0 */
/* Histograms, letter by letter as BCC prints them. */
#include "own_events.h"

#include "expected_histograms.h"

typedef int (*print_fn)(struct bcc_table *t, FILE *out, const struct bcc_hist_opts *opts);

static void check(struct bcc *b, print_fn print, const struct bcc_hist_opts *opts, const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	expect_ok(b, print(table_of(b, "dist"), out, opts));
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void set(struct bcc *b, const void *key, size_t key_size, uint64_t value)
{
	expect_ok(b, bcc_table_set(table_of(b, "dist"), key, key_size, &value, sizeof(value), 0));
}

static void set_slot(struct bcc *b, uint32_t slot, uint64_t value)
{
	set(b, &slot, sizeof(slot), value);
}

#define OPTS(...) &BCC_OPTS(struct bcc_hist_opts, __VA_ARGS__)

static void test_log2(void **state)
{
	struct bcc *b = open_test_text("BPF_HISTOGRAM(dist, int, 65);", NULL);
	struct bcc_table *t = table_of(b, "dist");

	check(b, bcc_print_log2_hist, NULL, "");
	set_slot(b, 0, 7);
	check(b, bcc_print_log2_hist, NULL, "");
	expect_ok(b, bcc_table_clear(t));
	set_slot(b, 1, 3);
	set_slot(b, 3, 5);
	set_slot(b, 4, 1);
	set_slot(b, 7, 211);
	set_slot(b, 9, 800);
	set_slot(b, 10, 799);
	check(b, bcc_print_log2_hist, OPTS(.value_type = "kbytes"), log2_short);
	/* printing changes nothing */
	check(b, bcc_print_log2_hist, OPTS(.value_type = "kbytes", .section = "unused"), log2_short);
	expect_ok(b, bcc_table_clear(t));
	set_slot(b, 3, 5);
	set_slot(b, 5, 7);
	check(b, bcc_print_log2_hist, OPTS(.strip_leading_zero = true), log2_stripped);
	expect_ok(b, bcc_table_clear(t));
	set_slot(b, 30, 3);
	set_slot(b, 32, 1);
	set_slot(b, 33, 12345678901);
	check(b, bcc_print_log2_hist, OPTS(.value_type = "nsecs"), log2_long);
	expect_ok(b, bcc_table_clear(t));
	set_slot(b, 62, UINT64_MAX);
	set_slot(b, 64, 3);
	check(b, bcc_print_log2_hist, OPTS(.value_type = "nsecs", .strip_leading_zero = true), log2_last);
	bcc_close(b);
}

static void test_linear(void **state)
{
	struct bcc *b = open_test_text("BPF_HISTOGRAM(dist);", NULL);

	check(b, bcc_print_linear_hist, NULL, "");
	set_slot(b, 0, 3);
	set_slot(b, 4, 19);
	set_slot(b, 8, 4);
	set_slot(b, 12, 1);
	check(b, bcc_print_linear_hist, OPTS(.value_type = "kbytes"), linear);
	expect_ok(b, bcc_table_clear(table_of(b, "dist")));
	set_slot(b, 4, 19);
	set_slot(b, 8, 123456789);
	check(b, bcc_print_linear_hist,
		OPTS(.value_type = "a heading that is long", .strip_leading_zero = true), linear_stripped);
	expect_ok(b, bcc_table_clear(table_of(b, "dist")));
	set_slot(b, 1, 2);
	check(b, bcc_print_linear_hist, OPTS(.base = 1000, .step = 50),
		"     value         : count     distribution\n"
		"        1000       : 0        |                                        |\n"
		"        1050       : 2        |****************************************|\n");
	bcc_close(b);
}

static void print_pid(void *ctx, const void *bucket, char *buf, size_t size)
{
	uint32_t pid;

	memcpy(&pid, bucket, sizeof(pid));
	snprintf(buf, size, "%s%u", (const char *)ctx, pid);
}

static void test_sections(void **state)
{
	struct bcc *b =
		open_test_text("struct key { u32 id; u64 slot; };\nBPF_HISTOGRAM(dist, struct key);", NULL);
	struct {
		uint32_t id;
		uint64_t slot;
	} keys[] = {{300, 2}, {7, 3}, {7, 1}};

	for (int i = 0; i < 3; i++)
		set(b, &keys[i], sizeof(keys[i]), 1 << i);
	/* in the order of the buckets' numbers, whatever their order in the table */
	check(b, bcc_print_log2_hist, OPTS(.value_type = "usecs"), sections);
	check(b, bcc_print_linear_hist,
		OPTS(.value_type = "usecs", .section = "pid", .print_bucket = print_pid, .ctx = "P"),
		sections_named);
	bcc_close(b);
}

static void test_buckets_with_text(void **state)
{
	struct bcc *b = open_test_text(
		"struct key { char disk[8]; int slot; };\nBPF_HISTOGRAM(dist, struct key);", NULL);
	struct {
		char disk[8];
		uint32_t slot;
	} keys[] = {{"sdb", 1}, {"nvme0n1p", 1}};

	for (int i = 0; i < 2; i++)
		set(b, &keys[i], sizeof(keys[i]), 1);
	check(b, bcc_print_log2_hist, OPTS(.section = "disk"),
		"\ndisk = nvme0n1p\n     value               : count     distribution\n"
		"         0 -> 1          : 1        |****************************************|\n"
		"\ndisk = sdb\n     value               : count     distribution\n"
		"         0 -> 1          : 1        |****************************************|\n");
	bcc_close(b);
}

static void test_counted_by_a_program(void **state)
{
	static const char *const tables[] = {"BPF_HISTOGRAM(dist);", "BPF_HISTOGRAM(dist, u64);",
		"BPF_TABLE(\"percpu_array\", int, u64, dist, 65);", "BPF_ARRAY(dist, u32, 65);"};

	for (int i = 0; i < 4; i++) {
		struct bcc *b = open_own_events(tables[i], "dist.increment(bpf_log2l(n));");

		for (uint64_t n = 0; n < 16; n++)
			own_event(n);
		check(b, bcc_print_log2_hist, NULL,
			"     value               : count     distribution\n"
			"         0 -> 1          : 2        |**********                              |\n"
			"         2 -> 3          : 2        |**********                              |\n"
			"         4 -> 7          : 4        |********************                    |\n"
			"         8 -> 15         : 8        |****************************************|\n");
		bcc_close(b);
	}
}

static void test_what_is_no_histogram(void **state)
{
	struct bcc *b =
		open_test_text("struct two { u32 a; u64 b; };\nstruct name { u32 a; char name[16]; };\n"
			       "BPF_HASH(dist, u64, struct two);\nBPF_HASH(names, struct name, u64);\n"
			       "BPF_HASH(wild, u64, u64);\nBPF_RINGBUF_OUTPUT(ring, 1);",
			NULL);
	struct bcc_table *wild = table_of(b, "wild");
	uint64_t key = 65536, value = 1;
	FILE *full = fopen("/dev/full", "we");

	expect_fails(b, bcc_print_log2_hist(table_of(b, "dist"), stdout, NULL), -EINVAL, "its value");
	expect_fails(b, bcc_print_log2_hist(table_of(b, "names"), stdout, NULL), -EINVAL, "its key");
	expect_return(b, bcc_print_log2_hist(table_of(b, "ring"), stdout, NULL), -EINVAL);
	expect_fails(b, bcc_print_linear_hist(wild, NULL, NULL), -EINVAL, "the file to print");
	assert_int_equal(bcc_print_log2_hist(NULL, stdout, NULL), -EINVAL);
	expect_ok(b, bcc_table_set(wild, &key, 8, &value, 8, 0));
	expect_fails(b, bcc_print_linear_hist(wild, stdout, NULL), -ERANGE, "slot 65536");
	expect_fails(b, bcc_print_log2_hist(wild, stdout, NULL), -ERANGE, "slot 65536");
	expect_ok(b, bcc_table_clear(wild));
	key = 5;
	expect_ok(b, bcc_table_set(wild, &key, 8, &value, 8, 0));
	assert_non_null(full);
	expect_fails(b, bcc_print_log2_hist(wild, full, NULL), -EIO, "cannot be written");
	fclose(full);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log2),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_buckets_with_text),
		cmocka_unit_test(test_counted_by_a_program),
		cmocka_unit_test(test_what_is_no_histogram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
