/* SPDX-License-Identifier: Apache-2.0 */
/* What objects can contain besides functions and plain tables: maps of maps, callbacks, kernel functions,
 * pinned tables. */
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "testlib.h"

static uint32_t load_and_run(struct bcc *b, const char *name)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));
	int fd = bcc_program_load(bcc_program_find(b, name), BPF_PROG_TYPE_SOCKET_FILTER, NULL);

	if (fd < 0)
		fail_msg("%s", bcc_error(b));
	assert_int_equal(bpf_prog_test_run_opts(fd, &opts), 0);
	return opts.retval;
}

static void set(struct bcc *b, const char *table, uint32_t key, uint64_t value)
{
	expect_ok(b, bcc_table_set(bcc_table_find(b, table), &key, sizeof(key), &value, sizeof(value), 0));
}

static const char nested_text[] =
	"struct inner { int (*type)[BPF_MAP_TYPE_ARRAY]; int (*max_entries)[3]; u32 *key; u64 *value; };\n"
	"struct inner first SEC(\".maps\"), second SEC(\".maps\");\n"
	"struct { int (*type)[BPF_MAP_TYPE_ARRAY_OF_MAPS]; int (*max_entries)[4]; u32 *key; struct inner *values[]; } outer SEC(\".maps\") =\n"
	"	{.values = {[1] = &first, [3] = &second}};\n"
	"int filter(struct __sk_buff *skb)\n"
	"{\n"
	"	u32 sum = 0;\n"
	"	for (u32 i = 0; i < 4; i++) {\n"
	"		u32 key = i, cell = 2;\n"
	"		void *inner = bpf_map_lookup_elem(&outer, &key);\n"
	"		u64 *value = inner ? bpf_map_lookup_elem(inner, &cell) : 0;\n"
	"		sum = sum * 10 + (value ? *value : 0);\n"
	"	}\n"
	"	return sum;\n"
	"}\n";

static void test_tables_of_tables(void **state)
{
	struct bcc *b = open_test_text(nested_text, NULL);

	assert_int_equal(load_and_run(b, "filter"), 0);
	set(b, "first", 2, 7);
	set(b, "second", 2, 5);
	assert_int_equal(load_and_run(b, "filter"), 705);
	bcc_close(b);
}

static void test_callback(void **state)
{
	static const char text[] =
		"struct { int (*type)[BPF_MAP_TYPE_HASH]; int (*max_entries)[16]; u32 *key; u64 *value; } numbers SEC(\".maps\");\n"
		"struct sum { u64 total; };\n"
		"static long add(void *map, u32 *key, u64 *value, struct sum *s)\n"
		"{ s->total += *key * *value; return 0; }\n"
		"int filter(struct __sk_buff *skb)\n"
		"{\n"
		"	struct sum s = {};\n"
		"	bpf_for_each_map_elem(&numbers, add, &s, 0);\n"
		"	return s.total;\n"
		"}\n";
	struct bcc *b = open_test_text(text, NULL);

	for (uint32_t i = 1; i <= 10; i++)
		set(b, "numbers", i, 100 + i);
	/* 100 * 55 + the squares' sum */
	assert_int_equal(load_and_run(b, "filter"), 5500 + 385);
	bcc_close(b);
}

static void test_kernel_functions(void **state)
{
	static const char weak[] =
		"extern int bpf_no_such_kfunc(int x) __attribute__((section(\".ksyms\"), weak));\n"
		"int filter(struct __sk_buff *skb)\n"
		"{ return &bpf_no_such_kfunc ? bpf_no_such_kfunc(1) : 77; }\n";
	struct bcc *b = open_test_text(weak, NULL);

	assert_int_equal(load_and_run(b, "filter"), 77);
	bcc_close(b);
	b = open_test_text("extern int bpf_no_such_kfunc(int x) __attribute__((section(\".ksyms\")));\n"
			   "int filter(struct __sk_buff *skb) { return bpf_no_such_kfunc(1); }\n",
		NULL);
	assert_int_equal(
		bcc_program_load(bcc_program_find(b, "filter"), BPF_PROG_TYPE_SOCKET_FILTER, NULL), -EINVAL);
	expect_sentence(b, "this kernel has no bpf_no_such_kfunc");
	bcc_close(b);

	b = open_test_text(
		"extern void bpf_rcu_read_lock(void) __attribute__((section(\".ksyms\"), weak));\n"
		"extern void bpf_rcu_read_unlock(void) __attribute__((section(\".ksyms\"), weak));\n"
		"int bpf_iter__task(void *ctx)\n"
		"{ if (&bpf_rcu_read_lock) { bpf_rcu_read_lock(); bpf_rcu_read_unlock(); } return 0; }\n",
		NULL);
	if (bcc_program_load(bcc_program_at(b, 0), BCC_PROG_TYPE_AUTO, NULL) < 0)
		fail_msg("%s", bcc_error(b));
	bcc_close(b);
}

/* ---- in children: what they change ends with them ---- */

static char complaint[2000];

static const char *complain(const struct bcc *b, const char *what)
{
	snprintf(complaint, sizeof(complaint), "%s: %s", what, bcc_error(b));
	return complaint;
}

#define PINNED(max)                                                                                          \
	"struct { int (*type)[BPF_MAP_TYPE_HASH]; int (*max_entries)[" max                                   \
	"]; u32 *key; u64 *value; int (*pinning)[1]; }\n"                                                    \
	"	bcc_test_pinned SEC(\".maps\");\n"                                                                 \
	"int filter(struct __sk_buff *skb)\n"                                                                \
	"{ u32 key = 5; u64 *value = bpf_map_lookup_elem(&bcc_test_pinned, &key); return value ? *value : 0; }\n"

static const char *share_pinned(void)
{
	struct bcc *first, *second, *other;
	uint32_t key = 5;
	uint64_t value = 1234;

	if (bcc_open_text(PINNED("10"), NULL, &first))
		return complain(first, "first");
	if (access("/sys/fs/bpf/bcc_test_pinned", F_OK))
		return "nothing is pinned";
	if (bcc_table_set(bcc_table_find(first, "bcc_test_pinned"), &key, 4, &value, 8, 0))
		return complain(first, "set");
	bcc_close(first);
	if (bcc_open_text(PINNED("10"), NULL, &second))
		return complain(second, "second");
	value = 0;
	if (bcc_table_get(bcc_table_find(second, "bcc_test_pinned"), &key, 4, &value, 8) || value != 1234)
		return complain(second, "the second does not see what the first has set");
	if (bcc_open_text(PINNED("20"), NULL, &other) != -EINVAL || !strstr(bcc_error(other), "10 entries"))
		return complain(other, "a pinned table of another size");
	return NULL;
}

static const char *with_bpf_file_system(void)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL))
		return "no bpf file system";
	return share_pinned();
}

static const char *without_bpf_file_system(void)
{
	struct bcc *b;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("tmpfs", "/sys/fs/bpf", "tmpfs", 0, NULL))
		return "/sys/fs/bpf cannot be hidden";
	if (bcc_open_text(PINNED("10"), NULL, &b) == 0 || !strstr(bcc_error(b), "not in a bpf file system"))
		return complain(b, "pinned outside of a bpf file system");
	return NULL;
}

static void test_pinned_tables(void **state)
{
	bcc_close(open_test_text("int filter(struct __sk_buff *skb) { return 0; }\n", NULL));
	in_child(with_bpf_file_system);
	in_child(without_bpf_file_system);
}

static const char *with_no_locked_memory(void)
{
	const struct rlimit none = {0, 0};
	struct bcc *b;

	if (setrlimit(RLIMIT_MEMLOCK, &none))
		return "the limit cannot be set";
	if (bcc_open_text("BPF_ARRAY(cells, u64, 100000);\nint filter(struct __sk_buff *skb) { return 0; }\n",
		    NULL, &b))
		return complain(b, "open");
	if (bcc_program_load(bcc_program_at(b, 0), BPF_PROG_TYPE_SOCKET_FILTER, NULL) < 0)
		return complain(b, "load");
	return NULL;
}

static void test_locked_memory_limit(void **state)
{
	bcc_close(open_test_text("int filter(struct __sk_buff *skb) { return 0; }\n", NULL));
	in_child(with_no_locked_memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables_of_tables),
		cmocka_unit_test(test_callback),
		cmocka_unit_test(test_kernel_functions),
		cmocka_unit_test(test_pinned_tables),
		cmocka_unit_test(test_locked_memory_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
