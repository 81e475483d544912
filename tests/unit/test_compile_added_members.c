/* SPDX-License-Identifier: Apache-2.0 */
/* Members that another kernel's structs have, in each way in which texts of libbpf's dialect use such. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/bcc.h>

#include "common/array.h"
#include "common/compile_request.h"

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

/* The error, or NULL. */
static char *compile_for(bool portable, const char *statement)
{
	struct bcc_compile_request request = {.abi = BCC_COMPILER_ABI,
		.name = "text.c",
		.portable = portable,
		.dialect = BCC_DIALECT_LIBBPF,
		.tracefs_fd = -1,
		.btf_fd = -1};
	struct bcc_compile_result result;
	char *text, *error = NULL;

	assert_true(asprintf(&text,
			    "#include \"vmlinux.h\"\n"
			    "#include <bpf/bpf_helpers.h>\n"
			    "#include <bpf/bpf_core_read.h>\n"
			    "char LICENSE[] SEC(\"license\") = \"GPL\", chars[16];\n"
			    "long out, numbers[4];\n"
			    "unsigned i;\n"
			    "SEC(\"raw_tp/sys_enter\") int program(void *ctx)\n"
			    "{\n"
			    "	struct task_struct *t = (struct task_struct *)bpf_get_current_task_btf();\n"
			    "	if (bpf_core_field_exists(t->added)) {\n"
			    "		%s\n"
			    "	}\n"
			    "	return 0;\n"
			    "}\n",
			    statement) > 0);
	request.text = text;
	if (bcc_compile_1(&request, &result))
		error = strdup(result.error);
	bcc_compile_free_1(&result);
	free(text);
	return error;
}

static char *compile(const char *statement)
{
	return compile_for(false, statement);
}

static void need_types(void)
{
	if (!access("/sys/kernel/btf/vmlinux", R_OK))
		return;
	printf("SKIP: this kernel has no BTF (/sys/kernel/btf/vmlinux)\n");
	skip();
}

static void test_uses(void **state)
{
	static const char *const statements[] = {
		"out = t->added;",
		"out = t->added.inner;",
		"out = t->added->inner;",
		"out = *t->added;",
		"out = t->added[1];",
		"out = t->added [ i & 3 ];",
		"out = t->added[numbers[i & 3]];",
		"out = t->added[1][2];",
		"out = t->added[1].inner;",
		"out = t->added[1]->inner;",
		"out = *t->added[1];",
		"out = t->added.inner[1].next->last[2];",
		"out = BPF_CORE_READ(t, added);",
		"out = BPF_CORE_READ(t, added[1]);",
		"out = BPF_CORE_READ(t, added[1][2]);",
		"out = BPF_CORE_READ(t, added.inner);",
		"out = BPF_CORE_READ(t, added, inner);",
		"out = BPF_CORE_READ(t, added[i & 3].next, last);",
		"out = BPF_CORE_READ(t, mm, another[1]);",
		"out = BPF_CORE_READ_BITFIELD_PROBED(t, added);",
		"out = bpf_core_field_size(t->added);",
		"out = bpf_core_field_offset(t->added[2]);",
		"BPF_CORE_READ_INTO(&out, t, added[1]);",
		"BPF_CORE_READ_INTO(&numbers, t, added);",
		"BPF_CORE_READ_STR_INTO(&chars, t, added);",
		"bpf_core_read(&out, sizeof(out), &t->added);",
		"bpf_core_read(&out, sizeof(out), &t->added[3]);",
		"bpf_probe_read_kernel(&out, sizeof(out), &t->added.inner);",
		"struct timespec64 time = BPF_CORE_READ(t, added); out = time.tv_nsec;",
		"struct timespec64 time; time = t->mm->owner->added; out = time.tv_nsec;",
		"union sigval value = BPF_CORE_READ(t, added); out = value.sival_int;",
		"kernel_cap_t set = BPF_CORE_READ(t, cred, cap_effective); out = set.added[1] + set.added[ 0 ];",
		"struct cred *cred = t->added; out = cred != 0;",
		"struct trace_event_raw_sched_process_fork *fork = ctx; out = fork->parent_comm[0];",
	};

	need_types();
	for (size_t i = 0; i < ARRAY_SIZE(statements); i++) {
		/* LLVM compiles one text with relocations in a process */
		pid_t child = fork();
		char *error;
		int status;

		assert_true(child >= 0);
		if (!child) {
			error = compile(statements[i]);
			if (error)
				fprintf(stderr, "%s\n", error);
			_exit(error != NULL);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		if (status)
			fail_msg("%s", statements[i]);
	}
}

/* What is wrong with any kernel stays so. */
static void test_refused(void **state)
{
	static const struct {
		const char *statement, *sentence;
	} cases[] = {
		{"out = t->pid[1];", "subscripted value is not an array"},
		{"out = *t->pid;", "indirection requires pointer operand"},
		{"out = i[t->pid];", "subscripted value is not an array"},
		{"out = i.inner;", "is not a structure or union"},
		{"struct trace_event_raw_sched_process_exec *exec = ctx; out = exec->filename[0];",
			"'filename' has no fixed size"},
	};

	need_types();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *error = compile(cases[i].statement);

		if (!error || !strstr(error, cases[i].sentence))
			fail_msg("%s\n%s", cases[i].statement, error ? error : "is accepted");
		free(error);
	}
}

/* An object for other kernels cannot have a size that is made up. */
static void test_portable(void **state)
{
	char *error;

	need_types();
	error = compile_for(true, "if (bpf_core_type_exists(struct made_up)) out = sizeof(struct made_up);");
	if (!error || !strstr(error, "incomplete type 'struct made_up'"))
		fail_msg("%s", error ? error : "is accepted");
	free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uses), cmocka_unit_test(test_refused), cmocka_unit_test(test_portable)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
