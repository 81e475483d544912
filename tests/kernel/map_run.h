/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of tables and one program that the kernel runs once, when the test says so: what it does to the
 * tables is known. */
#ifndef TESTS_KERNEL_MAP_RUN_H
#define TESTS_KERNEL_MAP_RUN_H

#include "packet_run.h"

/* A text of `tables` and a program `filter` with `body`, in which put(slot, value) writes out[slot]. Returns
 * it opened. */
static inline struct bcc *open_maps(const char *tables, const char *body)
{
	char *text;
	struct bcc *b;

	assert_true(asprintf(&text,
			    "BPF_ARRAY(out, u64, 32);\n"
			    "static inline void put(int slot, u64 value) { out.update(&slot, &value); }\n"
			    "%s\n"
			    "int filter(struct __sk_buff *skb) {\n%s\n  return 0;\n}\n",
			    tables, body) > 0);
	b = open_test_text(text, NULL);
	free(text);
	return b;
}

/* Runs `filter` once. */
static inline void run_filter(struct bcc *b)
{
	struct packet packet = random_packet(64, 1);

	run_program(load_program(b, "filter", BPF_PROG_TYPE_SCHED_CLS), &packet);
}

/* The same, opened and run. */
static inline struct bcc *run_maps(const char *tables, const char *body)
{
	struct bcc *b = open_maps(tables, body);

	run_filter(b);
	return b;
}

static inline uint64_t out(struct bcc *b, uint32_t slot)
{
	return table_u64(b, "out", slot);
}

static inline void check_out(struct bcc *b, uint32_t count, const int64_t *expected)
{
	for (uint32_t i = 0; i < count; i++)
		if ((int64_t)out(b, i) != expected[i])
			fail_msg("out[%u] is %lld instead of %lld", i, (long long)out(b, i),
				(long long)expected[i]);
}

/* out[0], out[1], … are these. */
#define expect_out(b, ...)                                                                                   \
	check_out(b, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})

static inline int table_fd(struct bcc *b, const char *name)
{
	struct bcc_table_info info = {.size = sizeof(info)};
	struct bcc_table *t = bcc_table_find(b, name);

	assert_non_null(t);
	expect_ok(b, bcc_table_info(t, &info));
	return info.fd;
}

/* What the table is according to the kernel, not the library. */
static inline void expect_map(struct bcc *b, const char *name, uint32_t type, uint32_t key, uint32_t value,
	uint32_t entries, uint32_t flags)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(table_fd(b, name), &info, &size), 0);
	if (info.type != type || info.key_size != key || info.value_size != value ||
		info.max_entries != entries || info.map_flags != flags)
		fail_msg("%s has type %u, key %u, value %u, entries %u, flags %#x", name, info.type,
			info.key_size, info.value_size, info.max_entries, info.map_flags);
}

static inline void set_u32(struct bcc *b, const char *table, uint32_t key, uint32_t value)
{
	expect_ok(b,
		bcc_table_set(bcc_table_find(b, table), &key, sizeof(key), &value, sizeof(value), BPF_ANY));
}

/* The text is rejected with this in the message. */
static inline void expect_refused(const char *text, int error, const char *part)
{
	struct bcc *b;

	bcc_close(open_test_text("int filter(void *ctx) { return 0; }", NULL));
	expect_return(b, bcc_open_text(text, NULL, &b), error);
	expect_sentence(b, part);
	bcc_close(b);
}

#endif
