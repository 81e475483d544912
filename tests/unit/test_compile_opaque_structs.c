/* SPDX-License-Identifier: Apache-2.0 */
/* Structs for programs that a kernel does not have, and whether they are as in the kernels that do. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/bcc.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "common/array.h"
#include "common/compile_request.h"
#include "frontends/opaque_structs.h"

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

static const char *const tags[] = {"bpf_spin_lock", "bpf_timer", "bpf_dynptr", "bpf_list_head",
	"bpf_list_node", "bpf_rb_root", "bpf_rb_node", "bpf_refcount", "bpf_iter_num", "bpf_iter_task_vma",
	"bpf_iter_task", "bpf_iter_css", "bpf_iter_css_task", "bpf_wq", "bpf_iter_bits", "bpf_iter_scx_dsq",
	"bpf_iter_kmem_cache", "bpf_res_spin_lock", "bpf_task_work"};

/* Linux 6.1 to 6.4 have smaller nodes. */
static bool was_smaller(const char *tag)
{
	return !strcmp(tag, "bpf_list_node") || !strcmp(tag, "bpf_rb_node");
}

static void test_sizes(void **state)
{
	struct btf *kernel = btf__load_vmlinux_btf();

	if (libbpf_get_error(kernel)) {
		printf("SKIP: this kernel has no BTF (/sys/kernel/btf/vmlinux)\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		int id = btf__find_by_name_kind(kernel, tags[i], BTF_KIND_STRUCT);

		assert_true(bcc_opaque_struct_size(tags[i]) > 0);
		if (id <= 0 || was_smaller(tags[i]))
			continue;
		if (btf__resolve_size(kernel, id) != bcc_opaque_struct_size(tags[i]))
			fail_msg("%s has %lld bytes here", tags[i], (long long)btf__resolve_size(kernel, id));
	}
	assert_int_equal(bcc_opaque_struct_size("bpf_never"), 0);
	btf__free(kernel);
}

/* A folder with the BTF of a kernel that has one struct. */
static int kernel_new(char *folder)
{
	struct btf *btf = btf__new_empty();
	uint32_t size;
	const void *data;
	char path[64];
	FILE *f;
	int id;

	assert_non_null(btf);
	id = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	assert_true(btf__add_struct(btf, "bpf_timer", 40) > 0);
	assert_int_equal(btf__add_field(btf, "own", id, 0, 0), 0);
	data = btf__raw_data(btf, &size);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/vmlinux", folder);
	f = fopen(path, "we");
	assert_true(f && fwrite(data, 1, size, f) == size && !fclose(f));
	btf__free(btf);
	return open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static char *compile(const char *text)
{
	char folder[] = "/tmp/bcc-opaque-XXXXXX", path[64];
	struct bcc_compile_request request = {.abi = BCC_COMPILER_ABI,
		.name = "text.c",
		.text = text,
		.dialect = BCC_DIALECT_LIBBPF,
		.tracefs_fd = -1,
		.btf_fd = kernel_new(folder)};
	struct bcc_compile_result result;
	char *error = NULL;

	if (bcc_compile_1(&request, &result))
		error = strdup(result.error);
	bcc_compile_free_1(&result);
	close(request.btf_fd);
	snprintf(path, sizeof(path), "%s/vmlinux", folder);
	unlink(path);
	rmdir(folder);
	return error;
}

static void test_compiled(void **state)
{
	char *error =
		compile("#include \"vmlinux.h\"\n"
			"#include <bpf/bpf_helpers.h>\n"
			"struct element { long long n; struct bpf_wq work; struct bpf_refcount count; };\n"
			"_Static_assert(sizeof(struct element) == 32, \"as the kernels that have it\");\n"
			"_Static_assert(sizeof(struct bpf_timer) == 40, \"this kernel's\");\n"
			"struct bpf_rb_node { char own[3]; };\n"
			"_Static_assert(sizeof(struct bpf_rb_node) == 3, \"the text's\");\n"
			"struct element element;\n"
			"SEC(\"syscall\") int run(void *ctx) { return element.n; }\n");

	if (error)
		fail_msg("%s", error);
	error = compile("#include \"vmlinux.h\"\n"
			"#include <bpf/bpf_helpers.h>\n"
			"struct bpf_never element;\n"
			"SEC(\"syscall\") int run(void *ctx) { return 0; }\n");
	assert_non_null(error);
	assert_non_null(strstr(error, "bpf_never is not a type of this kernel"));
	free(error);
}

/* Of a kernel that has no schedulers in BPF, nor any other struct of functions. */
static void test_structs_of_functions(void **state)
{
	char *error = compile(
		"#include <scx/common.bpf.h>\n"
		"char LICENSE[] SEC(\"license\") = \"GPL\";\n"
		"UEI_DEFINE(uei);\n"
		"_Static_assert(SCX_DSQ_LOCAL == 0x8000000000000002ull && SCX_SLICE_DFL == 20000000, \"\");\n"
		"u32 RESIZABLE_ARRAY(data, started);\n"
		"void BPF_STRUCT_OPS(own_enqueue, struct task_struct *p, u64 flags)\n"
		"{\n"
		"	u32 *first = ARRAY_ELEM_PTR(started, scx_bpf_task_cpu(p), 1);\n"
		"	if (first)\n"
		"		*first = 1;\n"
		"	if (p->scx.weight < 2)\n"
		"		scx_bpf_error(\"weight %d of %s\", p->scx.weight, p->comm);\n"
		"	scx_bpf_dsq_insert(p, SCX_DSQ_LOCAL, SCX_SLICE_DFL, flags | SCX_ENQ_PREEMPT);\n"
		"}\n"
		"void BPF_STRUCT_OPS(own_dispatch, s32 cpu, struct task_struct *prev)\n"
		"{\n"
		"	struct task_struct *p;\n"
		"	bpf_for_each(scx_dsq, p, 0, SCX_DSQ_ITER_REV)\n"
		"		scx_bpf_dsq_move(BPF_FOR_EACH_ITER, p, SCX_DSQ_LOCAL_ON | cpu, 0);\n"
		"}\n"
		"void BPF_STRUCT_OPS(own_exit, struct scx_exit_info *info) { UEI_RECORD(uei, info); }\n"
		"SCX_OPS_DEFINE(own, .enqueue = (void *)own_enqueue, .dispatch = (void *)own_dispatch,\n"
		"	.exit = (void *)own_exit, .timeout_ms = 5000, .name = \"own\");\n"
		"SEC(\".struct_ops\") struct own_driver_ops driver = {.probe = own_exit, .name = \"x\"};\n");

	if (error)
		fail_msg("%s", error);
	error = compile("#include \"vmlinux.h\"\n"
			"#include <bpf/bpf_helpers.h>\n"
			"struct own_driver_ops driver = {.name = \"x\"};\n"
			"SEC(\"syscall\") int run(void *ctx) { return 0; }\n");
	assert_non_null(error);
	assert_non_null(strstr(error, "own_driver_ops is not a type of this kernel"));
	free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_sizes), cmocka_unit_test(test_compiled),
		cmocka_unit_test(test_structs_of_functions)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
