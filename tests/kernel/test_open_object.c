/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of other compilers: what they read is where this kernel has it, which the test asks libbpf. */
#include "testlib.h"

#include <bpf/btf.h>
#include <elf.h>
#include <sys/syscall.h>

static struct btf *types;

static int open_types(void **state)
{
	types = btf__load_vmlinux_btf();
	return 0;
}

static int close_types(void **state)
{
	btf__free(types);
	return 0;
}

static const struct btf_type *task_struct(void)
{
	int id = btf__find_by_name_kind(types, "task_struct", BTF_KIND_STRUCT);

	assert_true(id > 0);
	return btf__type_by_id(types, id);
}

static uint64_t offset_of_tgid(void)
{
	const struct btf_type *t = task_struct();

	for (int i = 0; i < btf_vlen(t); i++)
		if (!strcmp(btf__str_by_offset(types, btf_members(t)[i].name_off), "tgid"))
			return btf_member_bit_offset(t, i) / 8;
	fail_msg("task_struct has no tgid");
	return 0;
}

static uint64_t value_of_pidtype_sid(void)
{
	int id = btf__find_by_name_kind(types, "pid_type", BTF_KIND_ENUM);
	const struct btf_type *t;

	assert_true(id > 0);
	t = btf__type_by_id(types, id);
	for (int i = 0; i < btf_vlen(t); i++)
		if (!strcmp(btf__str_by_offset(types, btf_enum(t)[i].name_off), "PIDTYPE_SID"))
			return btf_enum(t)[i].val;
	fail_msg("enum pid_type has no PIDTYPE_SID");
	return 0;
}

static void check_values(struct bcc *b)
{
	struct bcc_test_run run = {.size = sizeof(run)};

	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "ask"), &run));
	assert_int_equal(table_u64(b, "out", 0), getpid());
	assert_int_equal(table_u64(b, "out", 1), 0);
	assert_int_equal(table_u64(b, "out", 2), 16);
	assert_int_equal(table_u64(b, "out", 3), task_struct()->size);
	assert_int_equal(table_u64(b, "out", 4), value_of_pidtype_sid());
	assert_int_equal(table_u64(b, "out", 5), offset_of_tgid());
}

/* Attached by its section, with a variable that was set before. */
static void check_events(struct bcc *b)
{
	struct bcc_variable *events = bcc_variable_find(b, "events");
	uint64_t before, after;

	expect_return(b, bcc_attach_all(b), 1);
	expect_ok(b, bcc_variable_get(events, &before, sizeof(before)));
	for (int i = 0; i < 100; i++)
		syscall(SYS_getpgid, 0);
	expect_ok(b, bcc_variable_get(events, &after, sizeof(after)));
	assert_in_range(after - before, 100, 200);
}

static void check_object(const char *path)
{
	const struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts, .deferred = true);
	int pid = getpid();
	struct bcc *b;

	expect_ok(b, bcc_open_file(path, &opts, &b));
	assert_int_equal(bcc_program_count(b), 2);
	assert_int_equal(bcc_table_count(b), 1);
	expect_ok(b, bcc_variable_set(bcc_variable_find(b, "wanted"), &pid, sizeof(pid)));
	expect_ok(b, bcc_create(b));
	check_values(b);
	check_events(b);
	bcc_close(b);
}

static void test_objects_of_clang(void **state)
{
	if (geteuid() != 0)
		test_missing("BPF needs root here");
	if (!types)
		test_missing("this kernel has no BTF");
	check_object(OBJECTS "/core-16.bpf.o");
	check_object(OBJECTS "/core-19.bpf.o");
	check_object(OBJECTS "/core-22.bpf.o");
}

/* Makes a function of an object's hidden from other objects. */
static void hide_function(uint8_t *object, size_t size, const char *name)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)object;
	const Elf64_Shdr *sections = (const Elf64_Shdr *)(object + header->e_shoff);
	int hidden = 0;

	assert_true(header->e_shoff + header->e_shnum * sizeof(*sections) <= size);
	for (int i = 0; i < header->e_shnum; i++) {
		Elf64_Sym *symbols = (Elf64_Sym *)(object + sections[i].sh_offset);

		for (size_t j = 0;
			sections[i].sh_type == SHT_SYMTAB && j < sections[i].sh_size / sizeof(*symbols); j++)
			if (!strcmp((char *)object + sections[sections[i].sh_link].sh_offset +
					    symbols[j].st_name,
				    name)) {
				symbols[j].st_other = STV_HIDDEN;
				hidden++;
			}
	}
	assert_int_equal(hidden, 1);
}

/* As in libbpf's usdt.bpf.h: the kernel verifies a function that is global by itself, where its pointer can
 * be NULL, and a hidden one with its callers. */
static void test_hidden_function(void **state)
{
	static const char text[] = "#include \"vmlinux.h\"\n"
				   "#include <bpf/bpf_helpers.h>\n"
				   "__noinline int store(long *result)\n"
				   "{\n	*result = 4660;\n	return 1;\n}\n"
				   "u64 stored = 0;\n"
				   "SEC(\"syscall\") int run(void *ctx)\n"
				   "{\n	long value = 0;\n"
				   "	store(&value);\n	stored = value;\n	return 0;\n}\n"
				   "char LICENSE[] SEC(\"license\") = \"GPL\";\n";
	struct bcc_test_run run = {.size = sizeof(run)};
	uint64_t stored = 0;
	struct bcc *from, *b;
	const void *object;
	uint8_t *copy;
	size_t size;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	expect_ok(from, bcc_open_text(text,
				&BCC_OPTS(struct bcc_open_opts, .portable = true, .deferred = true), &from));
	object = bcc_object(from, &size);
	assert_non_null(object);
	copy = malloc(size);
	assert_non_null(copy);
	memcpy(copy, object, size);
	bcc_close(from);
	expect_ok(b, bcc_open_object(copy, size, NULL, &b));
	assert_int_equal(bcc_program_test_run(bcc_program_find(b, "run"), &run), -EACCES);
	bcc_close(b);
	hide_function(copy, size, "store");
	expect_ok(b, bcc_open_object(copy, size, NULL, &b));
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "run"), &run));
	expect_ok(b, bcc_variable_get(bcc_variable_find(b, "stored"), &stored, sizeof(stored)));
	assert_int_equal(stored, 4660);
	bcc_close(b);
	free(copy);
}

static void write_file(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
}

/* Types that no kernel has. */
static struct btf *types_of_no_kernel(void)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED), letter = btf__add_int(btf, "char", 1, 0);
	int name = btf__add_array(btf, number, letter, 24), leader = btf__add_ptr(btf, 5);

	assert_int_equal(btf__add_struct(btf, "task_struct", 5000), 5);
	assert_int_equal(btf__add_field(btf, "group_leader", leader, 64, 0), 0);
	assert_int_equal(btf__add_field(btf, "comm", name, 1600, 0), 0);
	assert_int_equal(btf__add_field(btf, "tgid", number, 4000 * 8, 0), 0);
	assert_true(btf__add_enum(btf, "pid_type", 4) > 0);
	assert_int_equal(btf__add_enum_value(btf, "PIDTYPE_SID", 7), 0);
	return btf;
}

/* A file that is cut off anywhere is refused; of one with a wrong number, a type may be missing. */
static void check_damaged_types(const char *path, const struct bcc_open_opts *opts)
{
	struct btf *btf = types_of_no_kernel();
	uint32_t size, types;
	const uint8_t *data = btf__raw_data(btf, &size);
	uint8_t *copy = malloc(size);
	struct bcc *b;

	assert_non_null(copy);
	for (uint32_t length = 0; length < size; length++) {
		write_file(path, data, length);
		assert_int_equal(bcc_open_file(OBJECTS "/core-19.bpf.o", opts, &b), -EINVAL);
		expect_sentence(b, "does not hold BTF");
		bcc_close(b);
	}
	types = sizeof(struct btf_header) + ((const struct btf_header *)data)->type_len;
	for (uint32_t at = sizeof(struct btf_header); at < types; at += sizeof(uint32_t)) {
		memcpy(copy, data, size);
		memset(copy + at, 0xff, sizeof(uint32_t));
		write_file(path, copy, size);
		if (bcc_open_file(OBJECTS "/core-19.bpf.o", opts, &b))
			assert_true(*bcc_error(b));
		bcc_close(b);
	}
	free(copy);
	btf__free(btf);
}

/* A file that is named is read, whether or not something is relocated. */
static void check_unused_types(const struct bcc_open_opts *opts)
{
	struct bcc *text, *b;
	const void *object;
	size_t size;

	expect_ok(text, bcc_open_text("int f(void *ctx) { return 0; }",
				&BCC_OPTS(struct bcc_open_opts, .portable = true, .deferred = true), &text));
	object = bcc_object(text, &size);
	assert_non_null(object);
	assert_int_equal(bcc_open_object(object, size, opts, &b), -EINVAL);
	expect_sentence(b, "does not hold BTF");
	bcc_close(b);
	bcc_close(text);
}

static void test_types_of_a_file(void **state)
{
	char path[] = "/tmp/bcc-types-XXXXXX";
	struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts, .btf_path = path);
	struct bcc_test_run run = {.size = sizeof(run)};
	int fd = mkstemp(path);
	const void *data;
	struct btf *btf;
	uint32_t size;
	struct bcc *b;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(bcc_open_file(OBJECTS "/core-19.bpf.o", &opts, &b), -EINVAL);
	expect_sentence(b, "does not hold BTF");
	bcc_close(b);
	check_unused_types(&opts);
	check_damaged_types(path, &opts);
	btf = types_of_no_kernel();
	data = btf__raw_data(btf, &size);
	write_file(path, data, size);
	btf__free(btf);
	expect_ok(b, bcc_open_file(OBJECTS "/core-19.bpf.o", &opts, &b));
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "ask"), &run));
	assert_int_equal(table_u64(b, "out", 2), 24);
	assert_int_equal(table_u64(b, "out", 3), 5000);
	assert_int_equal(table_u64(b, "out", 4), 7);
	assert_int_equal(table_u64(b, "out", 5), 4000);
	bcc_close(b);
	assert_int_equal(bcc_open_text("int f(void *ctx) { return 0; }", &opts, &b), -EINVAL);
	expect_sentence(b, "btf_path");
	bcc_close(b);
	unlink(path);
	assert_int_equal(bcc_open_file(OBJECTS "/core-19.bpf.o", &opts, &b), -ENOENT);
	expect_sentence(b, path);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_objects_of_clang),
		cmocka_unit_test(test_hidden_function),
		cmocka_unit_test(test_types_of_a_file),
	};

	return cmocka_run_group_tests(tests, open_types, close_types);
}
