/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers marked __user, compared with what this process has at the addresses that it passes. */
#include "own_events.h"

#define TEXT                                                                                                 \
	"struct node { int number; char letters[8]; struct node __user *next; };\n"                          \
	"BPF_ARRAY(out, u64, 16);\n"                                                                         \
	"static inline void put(int slot, u64 value) { out.update(&slot, &value); }\n"                       \
	"static int number_of(struct node __user *node) { return node->number; }\n"

struct node {
	int number;
	char letters[8];
	struct node *next;
};

static struct node second = {.number = 1234567, .letters = "second"};
static struct node first = {.number = 7654321, .letters = "first", .next = &second};

static void test_fields_and_copies(void **state)
{
	struct bcc *b = open_own_events(TEXT,
		"struct node __user *node = (void *)n;\n"
		"put(0, node->number); put(1, node->next->number); put(2, number_of(node->next));\n"
		"struct node copy = *node->next; put(3, copy.number); put(4, copy.letters[2]);\n"
		"put(5, node->next->letters[bpf_get_smp_processor_id() & 0]);\n"
		"put(6, *(u32 __user *)n); put(7, ((const char __user *)node->next)[5]);\n"
		"put(8, memcmp((char __user *)&node->letters, \"first\", 5) == 0);\n"
		"put(9, node->next->next == 0);\n");

	own_event((uintptr_t)&first);
	assert_int_equal(table_u64(b, "out", 0), first.number);
	assert_int_equal(table_u64(b, "out", 1), second.number);
	assert_int_equal(table_u64(b, "out", 2), second.number);
	assert_int_equal(table_u64(b, "out", 3), second.number);
	assert_int_equal(table_u64(b, "out", 4), 'c');
	assert_int_equal(table_u64(b, "out", 5), 's');
	assert_int_equal(table_u64(b, "out", 6), first.number);
	assert_int_equal(table_u64(b, "out", 7), ((const char *)&second)[5]);
	assert_int_equal(table_u64(b, "out", 8), 1);
	assert_int_equal(table_u64(b, "out", 9), 1);
	bcc_close(b);
}

/* A type with pointers to user memory in keys and values. */
static void test_in_tables(void **state)
{
	struct bcc *b = open_own_events(TEXT "BPF_HASH(kept, u32, struct node __user *);\n",
		"u32 key = 3; struct node __user *node = (void *)n, **found;\n"
		"kept.update(&key, &node); found = kept.lookup(&key);\n"
		"if (found) put(0, (*found)->next->number);\n");

	own_event((uintptr_t)&first);
	assert_int_equal(table_u64(b, "out", 0), second.number);
	assert_string_equal(bcc_table_value_type(table_of(b, "kept")), "struct node *");
	bcc_close(b);
}

/* An address of kernel code. */
static uint64_t code(void)
{
	FILE *symbols = fopen("/proc/kallsyms", "r");
	char name[128];
	unsigned long long address, found = 0;

	assert_non_null(symbols);
	while (!found && fscanf(symbols, "%llx %*c %127s%*[^\n]", &address, name) == 2)
		if (!strcmp(name, "vfs_read"))
			found = address;
	fclose(symbols);
	return found;
}

/* A process that passes a kernel address as that of a buffer must not be believed. */
static void test_kernel_memory_is_not_read(void **state)
{
	uint64_t address = code();
	struct bcc *b;

	if (!address)
		test_missing("/proc/kallsyms shows no addresses");
	b = open_own_events(TEXT, "const char __user *marked = (void *)n; const char *unmarked = (void *)n;\n"
				  "put(0, marked[0]); put(1, unmarked[0]); put(2, 1);\n");
	own_event(address);
	assert_int_equal(table_u64(b, "out", 2), 1);
	/* no instruction at the start of a function begins with 0 */
	assert_int_not_equal(table_u64(b, "out", 1), 0);
	assert_int_equal(table_u64(b, "out", 0), 0);
	bcc_close(b);
}

static void test_writing(void **state)
{
	struct bcc *b;

	assert_int_equal(
		bcc_open_text(
			"int kprobe__f(struct pt_regs *ctx, int __user *p) { *p = 1; return 0; }", NULL, &b),
		-EINVAL);
	expect_sentence(b, "cannot write to user memory");
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_and_copies),
		cmocka_unit_test(test_in_tables),
		cmocka_unit_test(test_kernel_memory_is_not_read),
		cmocka_unit_test(test_writing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
