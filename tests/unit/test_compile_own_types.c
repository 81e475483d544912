/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that define names which the running kernel has too: the text's are used, and the kernel's types that
 * depend on those names do not change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <bpf/btf.h>

#include "common/compile_request.h"

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

static char size_flag[64]; /* size of the kernel's struct task_struct */

/* The error, or NULL. */
static char *compile(const char *text)
{
	const char *const cflags[] = {size_flag};
	struct bcc_compile_request request = {.abi = BCC_COMPILER_ABI,
		.text = text,
		.name = "text.c",
		.cflags = cflags,
		.cflags_count = 1,
		.tracefs_fd = -1,
		.btf_fd = -1};
	struct bcc_compile_result result;
	char *error;

	bcc_compile_1(&request, &result);
	error = result.error ? strdup(result.error) : NULL;
	bcc_compile_free_1(&result);
	return error;
}

static void accept(const char *text)
{
	char *error = compile(text);

	if (error)
		fail_msg("%s\n%s", text, error);
}

static void refuse(const char *text, const char *sentence)
{
	char *error = compile(text);

	if (!error || !strstr(error, sentence))
		fail_msg("\"%s\" is not said of %s but: %s", sentence, text, error ? error : "nothing");
	free(error);
}

#define IS(condition) "_Static_assert(" condition ", \"\");\n"
/* The kernel's struct task_struct is complete. */
#define KERNEL_TASK                                                                                          \
	IS("sizeof(struct task_struct) == TASK_SIZE_OF_KERNEL")                                              \
	"int f(void *ctx) { struct task_struct *t = (void *)bpf_get_current_task(); return t->real_parent->pid; }\n"

static void test_whole_structs(void **state)
{
	accept("struct task_struct { short mine; };\n" IS(
		"sizeof(struct task_struct) == 2") "int f(void *ctx) { struct task_struct t = {3}; return t.mine; }\n");
	/* one that the kernel's struct task_struct contains many times */
	accept("struct list_head { char mine; };\n" IS("sizeof(struct list_head) == 1") KERNEL_TASK);
	accept("struct sched_entity { char mine; }; struct load_weight { char mine; };\n" KERNEL_TASK);
	/* one that it points to: the pointer then leads to the text's */
	accept("struct mm_struct { int mine; };\n" KERNEL_TASK
	       "int g(void *ctx) { return ((struct task_struct *)bpf_get_current_task())->mm->mine; }\n");
	accept("int g(void *ctx) { struct list_head { char mine; } l = {1}; return l.mine; }\n" KERNEL_TASK);
}

static void test_unions_enums_typedefs(void **state)
{
	accept("union bpf_attr { char mine; };\n" IS(
		"sizeof(union bpf_attr) == 1") "int f(void *ctx) { return 0; }\n");
	accept("enum pid_type { MINE = 5, PIDTYPE_MAX = 77 };\n" IS("PIDTYPE_MAX == 77") KERNEL_TASK);
	accept("enum { TCP_ESTABLISHED = 99, TCP_LISTEN };\n" IS(
		"TCP_LISTEN == 100") "int f(void *ctx, struct sock *sk)\n"
				     "{ return sk->__sk_common.skc_state == TCP_ESTABLISHED; }\n");
	accept("typedef struct { char mine; } atomic_t, spinlock_t;\n" IS("sizeof(atomic_t) == 1")
			KERNEL_TASK);
	accept("typedef struct task_struct task_t;\n" KERNEL_TASK
	       "int g(void *ctx) { return ((task_t *)bpf_get_current_task())->pid; }\n");
	accept("#define TCP_CLOSE 1234\n" IS("TCP_CLOSE == 1234") "int f(void *ctx) { return 0; }\n");
}

static void test_only_declared(void **state)
{
	accept("struct task_struct; struct mm_struct;\n" KERNEL_TASK
	       "int g(void *ctx) { return ((struct task_struct *)bpf_get_current_task())->mm->map_count; }\n");
	accept("struct nowhere; union neither; struct nowhere *n;\nint f(void *ctx) { return n == 0; }\n");
	refuse("struct nowhere;\nint f(void *ctx, struct nowhere *n) { return n->x; }\n",
		"nowhere is not a type of this kernel or of a loaded module");
}

/* Its parts are of several kinds, unnamed, and nested. */
static void test_nests_without_names(void **state)
{
	accept("struct inside { struct { union { int a; struct { char b, c; }; }; enum { D = 4 } d; }; struct list_head l; };\n" IS(
		"__builtin_offsetof(struct inside, c) == 1")
			IS("sizeof(struct list_head) == 16") "int f(void *ctx) { struct inside i = {}; return i.c + D; }\n");
	/* the kernel's own: fields of struct sk_buff are several levels deep */
	accept("int f(void *ctx, struct sk_buff *skb) { return skb->dev->ifindex + skb->len + skb->protocol + skb->mark; }\n");
}

static int measure(void **state)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int id = btf ? btf__find_by_name_kind(btf, "task_struct", BTF_KIND_STRUCT) : -1;

	if (id > 0)
		snprintf(size_flag, sizeof(size_flag), "-DTASK_SIZE_OF_KERNEL=%u",
			btf__type_by_id(btf, id)->size);
	btf__free(btf);
	unsetenv("BCC_KERNEL_SOURCE");
	if (id <= 0)
		printf("SKIP: this kernel has no BTF\n");
	return id > 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_structs),
		cmocka_unit_test(test_unions_enums_typedefs),
		cmocka_unit_test(test_only_declared),
		cmocka_unit_test(test_nests_without_names),
	};

	return cmocka_run_group_tests(tests, measure, NULL);
}
