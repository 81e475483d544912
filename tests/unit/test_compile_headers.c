/* SPDX-License-Identifier: Apache-2.0 */
/* Trees of kernel headers in the layouts that distributions use, texts compiled against a small one whose
 * types are all known, and against Debian's packages if they are installed. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
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
#include "common/compile_request.h"
#include "frontends/headers.h"
#include "small_tree.h"

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

static void expect(const char *path, const char *source, const char *build)
{
	struct bcc_headers headers;
	struct bcc_err err = {0};

	if (bcc_headers_at(path, &headers, &err))
		fail_msg("%s", err.text);
	assert_string_equal(headers.source, in_root(source));
	assert_string_equal(headers.build, in_root(build));
	bcc_headers_free(&headers);
}

static void expect_none(const char *path, const char *sentence)
{
	struct bcc_headers headers;
	struct bcc_err err = {0};

	assert_int_equal(bcc_headers_at(path, &headers, &err), -ENOENT);
	assert_null(headers.source);
	assert_null(headers.build);
	if (!strstr(err.text, sentence))
		fail_msg("\"%s\" is not in: %s", sentence, err.text);
	bcc_err_clear(&err);
}

static void test_whole_tree(void **state)
{
	put_source("whole");
	put_build("whole");
	expect(in_root("whole"), "whole", "whole");
	expect(in_root("whole/../whole/"), "whole", "whole");
}

static void test_makefile_names_the_other_half(void **state)
{
	char line[PATH_MAX + 64];

	put_source("common");
	put_build("absolute");
	snprintf(line, sizeof(line), "# comment\nKBUILD_OUTPUT = here\ninclude %s/common/Makefile\n", root);
	put("absolute", "Makefile", line);
	expect(in_root("absolute"), "common", "absolute");
	put_build("relative");
	put("relative", "Makefile", "include other/scripts.mk\ninclude ../common/Makefile");
	expect(in_root("relative"), "common", "relative");
}

static void test_link_names_the_other_half(void **state)
{
	put_source("linked-source");
	put_build("linked");
	assert_int_equal(symlink("../linked-source", in_root("linked/source")), 0);
	expect(in_root("linked"), "linked-source", "linked");
}

/* As in /lib/modules. */
static void test_folder_of_both_links(void **state)
{
	struct bcc_headers headers;
	struct bcc_err err = {0};

	put_source("m-common");
	put_build("m-build");
	put("modules/1.2.3", "modules.dep", "");
	assert_int_equal(symlink("../../m-build", in_root("modules/1.2.3/build")), 0);
	assert_int_equal(symlink("../../m-common", in_root("modules/1.2.3/source")), 0);
	expect(in_root("modules/1.2.3"), "m-common", "m-build");
	expect(in_root("modules/1.2.3/build"), "m-common", "m-build");
	assert_int_equal(bcc_headers_of_kernel(in_root("modules"), "1.2.3", &headers, &err), 0);
	assert_string_equal(headers.source, in_root("m-common"));
	bcc_headers_free(&headers);

	/* only the second link, to a complete tree */
	put_source("m-whole");
	put_build("m-whole");
	put("modules/4.5.6", "modules.dep", "");
	assert_int_equal(symlink("../../m-whole", in_root("modules/4.5.6/source")), 0);
	assert_int_equal(bcc_headers_of_kernel(in_root("modules"), "4.5.6", &headers, &err), 0);
	assert_string_equal(headers.build, in_root("m-whole"));
	bcc_headers_free(&headers);

	assert_int_equal(bcc_headers_of_kernel(in_root("modules"), "7.8.9", &headers, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/modules/7.8.9/build"));
	assert_non_null(strstr(err.text, "include/generated/autoconf.h"));
	bcc_err_clear(&err);
}

static void test_no_trees(void **state)
{
	char wanted[128];

	expect_none(in_root("nowhere"), "nowhere: No such file or directory");
	put("empty", "README", "");
	expect_none(in_root("empty"),
		"empty is not a tree of kernel headers: it contains neither include/generated/autoconf.h");
	put_source("only-source");
	expect_none(in_root("only-source"),
		"has a kernel's source but no configuration: there is no include/generated/autoconf.h");
	put_build("only-build");
	expect_none(in_root("only-build"), "only-build are one half of a tree: include/linux/kconfig.h");
	put("only-build", "Makefile", "include /no/such/folder/Makefile\n");
	expect_none(in_root("only-build"), "include/linux/kconfig.h");
	put("other-arch", "include/linux/kconfig.h", "");
	put("other-arch", "arch/vax/include/asm/ptrace.h", "");
	put_build("other-arch");
	snprintf(wanted, sizeof(wanted), "no %s", ptrace_header());
	expect_none(in_root("other-arch"), wanted);
}

static char *said;

static void keep(void *ctx, int level, const char *text)
{
	char *joined;

	assert_true(asprintf(&joined, "%s%s", said ? said : "", text) >= 0);
	free(said);
	said = joined;
}

/* The error of compiling a text, or ""; `said` has the dumps. */
static char *compile(const char *tree, const char *text)
{
	struct bcc_compile_request request = {.abi = BCC_COMPILER_ABI,
		.text = text,
		.name = "text.c",
		.debug = 2,
		.kernel_source = tree,
		.tracefs_fd = -1,
		.btf_fd = -1,
		.tracefs_why = "tracepoint structs are asked for",
		.log = keep};
	struct bcc_compile_result result;
	char *error;
	int r;

	free(said);
	said = NULL;
	r = bcc_compile_1(&request, &result);
	assert_true(r <= 0 && !r == !result.error);
	error = strdup(result.error ? result.error : "");
	assert_non_null(error);
	bcc_compile_free_1(&result);
	return error;
}

static void accept(const char *tree, const char *text)
{
	char *error = compile(tree, text);

	if (*error)
		fail_msg("%s", error);
	free(error);
}

static void refuse(const char *tree, const char *text, const char *sentence)
{
	char *error = compile(tree, text);

	if (!strstr(error, sentence))
		fail_msg("\"%s\" is not said of %s but: %s", sentence, text, error);
	free(error);
}

static void test_types_are_the_tree_s(void **state)
{
	put_small_tree("small");
	accept(in_root("small"),
		"#include <linux/sched.h>\n#include <asm/ptrace.h>\nBPF_HASH(counts, u32);\n"
		"_Static_assert(__builtin_offsetof(struct task_struct, pid) == 1234, \"\");\n"
		"_Static_assert(LINUX_VERSION_CODE == KERNEL_VERSION(5, 6, 7), \"\");\n"
		"_Static_assert(CONFIG_ANSWER == 42, \"\");\n"
		"int kprobe__f(struct pt_regs *ctx, struct task_struct *t) {\n"
		"  counts.increment(t->pid); barrier(); return 0; }\n");
	assert_non_null(strstr(said, "target triple = \"bpf"));
	assert_null(strstr(said, "target-features"));
	refuse(in_root("small"), "int f(void *ctx) { return ((struct task_struct *)ctx)->pid; }\n",
		"text.c:1:54: error: incomplete definition of type 'struct task_struct'");
	refuse(in_root("small"), "#include <linux/no_such_header.h>\n",
		"text.c:1:10: fatal error: 'linux/no_such_header.h' file not found");
}

/* Conditions that a text tests with #if before it names a tracepoint: the tree decides. */
static void test_macros_before_tracepoints(void **state)
{
	put_small_tree("asked");
	refuse(in_root("asked"),
		"#if defined(CONFIG_SMALL) && LINUX_VERSION_CODE == KERNEL_VERSION(5, 6, 7)\n"
		"TRACEPOINT_PROBE(sched, no_such) { return 0; }\n#endif\n",
		"tracepoint structs are asked for");
	accept(in_root("asked"),
		"#if !defined(CONFIG_SMALL) || LINUX_VERSION_CODE != KERNEL_VERSION(5, 6, 7)\n"
		"TRACEPOINT_PROBE(sched, no_such) { return 0; }\n#endif\n");
}

static void test_machine_code(void **state)
{
	put_small_tree("machine");
	refuse(in_root("machine"), "#include <linux/sched.h>\nint f(void *ctx) {\n  return machine(); }\n",
		"text.c:3:10: error: machine() has assembly for this machine");
	refuse(in_root("machine"), "#include <linux/sched.h>\nint f(void *ctx) {\n  return jump(3); }\n",
		"text.c:3:10: error: jump() has assembly for this machine");
	/* never reached, so removed */
	accept(in_root("machine"),
		"#include <linux/sched.h>\nint f(void *ctx) {\n  return sizeof(int) == 8 ? machine() : 1; }\n");
	/* the text's own assembly is BPF's */
	accept(in_root("machine"),
		"int f(void *ctx) { int x; asm volatile(\"%0 = 5\" : \"=r\"(x)); return x; }\n");
}

/* Headers that do not fit together: the error output stays readable. */
static void test_number_of_errors(void **state)
{
	char *error, header[4096] = "";
	unsigned count = 0;

	put_small_tree("broken");
	for (int i = 0; i < 100; i++)
		sprintf(header + strlen(header), "no_such_type_%d a%d;\n", i, i);
	put("broken", "include/linux/broken.h", header);
	error = compile(in_root("broken"), "#include <linux/broken.h>\n");
	for (char *at = error; (at = strstr(at, "error: unknown type name")); at++)
		count++;
	assert_int_equal(count, 20);
	assert_non_null(strstr(error, "too many errors"));
	free(error);
}

/* Names that the kernel's headers have too: if the text does not include those headers, they are the text's
 * own. */
static void test_names_of_the_headers(void **state)
{
	put_small_tree("names");
	put("names", "include/linux/other.h",
		"struct other { long theirs; }; enum { OTHER_A = 1 }; typedef long other_t; static inline int other(void) { return 1; }\n");
	accept(in_root("names"),
		"struct task_struct { char mine; }; struct other { char mine; }; enum { OTHER_A = 9 }; typedef char other_t;\n"
		"#define HZ 77\nstatic inline int other(void) { return OTHER_A; }\n"
		"_Static_assert(sizeof(struct task_struct) + sizeof(struct other) + sizeof(other_t) + OTHER_A == 12, \"\");\n"
		"int f(void *ctx) { struct task_struct t = {1}; return t.mine + other() + HZ; }\n");
	/* only declared: what is included defines it */
	accept(in_root("names"),
		"struct task_struct; struct other;\n#include <linux/sched.h>\n#include <linux/other.h>\n"
		"_Static_assert(sizeof(struct task_struct) == 1238 && sizeof(struct other) == 8, \"\");\n"
		"int f(void *ctx, struct task_struct *t) { return t->pid; }\n");
	refuse(in_root("names"),
		"#include <linux/sched.h>\nstruct task_struct { char mine; };\nint f(void *ctx) { return 0; }\n",
		"redefinition of 'task_struct'");
}

static void put_bodies(const char *tree)
{
	put_small_tree(tree);
	put(tree, "include/linux/bodies.h",
		"static inline int never(void) { this is no C; }\n"
		"static inline int nor_this(void) {\n#ifdef CONFIG_SMALL\n if (no_such) {\n#else\n if (0) {\n#endif\n }\n"
		" return no_such; }\n"
		"static inline int leaf(int a) { char b[] = \"}\\\"{\"; /* } */ return a + (b[0] == '}'); }\n"
		"static inline int middle(int a) { return leaf(a) + 10; }\n"
		"#define INDIRECT(a) behind_macro(a)\n"
		"static inline int behind_macro(int a) { return middle(a) + 100; }\n"
		"static inline int top(int a) { return INDIRECT(a) + 1000; }\n"
		"#define MADE(name, n) static inline int name(int a) { return a + n; }\n"
		"MADE(made, 7)\n"
		"static inline int calls_made(int a) { return made(a) + 70; }\n"
		"struct behind { int a; };\n");
	put(tree, "include/linux/odd.h",
		"#define BEGIN {\n#define END }\n"
		"static inline int odd(int a) { if (a) BEGIN return 5; } return 6; }\n"
		"static inline int odder(int a) { if (a) { return 7; END return 8; }\n"
		"struct behind { int a; };\nstatic inline int last(int a) { return odd(a) + odder(a); }\n");
}

/* The functions of the headers that a text calls, in whatever way, are parsed, and no others. */
static void test_functions_of_the_headers(void **state)
{
	static const struct {
		const char *call, *result;
	} calls[] = {{"leaf(1)", "ret i32 2, !dbg"}, {"middle(1)", "ret i32 12, !dbg"},
		{"behind_macro(1)", "ret i32 112, !dbg"}, {"INDIRECT(1)", "ret i32 112, !dbg"},
		{"top(1)", "ret i32 1112, !dbg"}, {"made(1)", "ret i32 8, !dbg"},
		{"calls_made(1)", "ret i32 78, !dbg"}, {"sizeof(struct behind)", "ret i32 4, !dbg"}};
	char text[256];

	put_bodies("bodies");
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		snprintf(text, sizeof(text), "#include <linux/bodies.h>\nint f(void *ctx) { return %s; }\n",
			calls[i].call);
		accept(in_root("bodies"), text);
		if (!strstr(said, calls[i].result))
			fail_msg("%s is not in: %s", calls[i].result, said);
	}
	refuse(in_root("bodies"), "#include <linux/bodies.h>\nint f(void *ctx) { return never(); }\n",
		"linux/bodies.h:1:33: error: use of undeclared identifier 'this'");
	refuse(in_root("bodies"), "#include <linux/bodies.h>\nint f(void *ctx) { return nor_this(); }\n",
		"error: use of undeclared identifier 'no_such'");
}

/* If a macro contains a body's brace, the body does not end where it seems to. */
static void test_braces_in_macros(void **state)
{
	put_bodies("braces");
	accept(in_root("braces"),
		"#include <linux/odd.h>\nint f(void *ctx) { return sizeof(struct behind) + last(1); }\n");
	assert_non_null(strstr(said, "ret i32 16, !dbg"));
	accept(in_root("braces"),
		"#include <linux/odd.h>\nint f(void *ctx) { return sizeof(struct behind); }\n");
	assert_non_null(strstr(said, "ret i32 4, !dbg"));
	/* and errors are reported once */
	refuse(in_root("braces"), "#include <linux/odd.h>\nint f(void *ctx) { return odd(1) + no_such; }\n",
		"text.c:2:36: error: use of undeclared identifier 'no_such'");
}

static void test_environment(void **state)
{
	put_small_tree("named");
	setenv("BCC_KERNEL_SOURCE", in_root("named"), 1);
	accept(NULL,
		"_Static_assert(LINUX_VERSION_CODE == KERNEL_VERSION(5, 6, 7), \"\");\nint f(void *ctx) { return 0; }\n");
	accept("",
		"_Static_assert(LINUX_VERSION_CODE == KERNEL_VERSION(5, 6, 7), \"\");\nint f(void *ctx) { return 0; }\n");
	setenv("BCC_KERNEL_SOURCE", in_root("no-tree"), 1);
	refuse(NULL, "int f(void *ctx) { return 0; }\n", "no-tree: No such file or directory");
	/* the caller's option has priority over the environment */
	accept(in_root("named"), "int f(void *ctx) { return 0; }\n");
	unsetenv("BCC_KERNEL_SOURCE");
}

static const char real_text[] =
	"#define KBUILD_MODNAME \"mine\"\n#include <uapi/linux/ptrace.h>\n#include <linux/sched.h>\n#include <linux/fs.h>\n#include <linux/fdtable.h>\n"
	"#include <linux/cred.h>\n#include <linux/ip.h>\n#include <linux/blk-mq.h>\n#include <net/sock.h>\n#include <net/inet_sock.h>\n"
	"#include <net/tcp.h>\n#include <bcc/proto.h>\n#include <stdint.h>\n#include <stdbool.h>\n"
	"struct reading { u32 pid; char comm[TASK_COMM_LEN]; bool yes; uint64_t more; };\n"
	"BPF_HASH(counts, struct reading); BPF_ARRAY(out, u64, 8); BPF_PERF_OUTPUT(events);\n"
	"static inline void put(int slot, u64 value) { out.update(&slot, &value); }\n"
	"int kprobe__tcp_sendmsg(struct pt_regs *ctx, struct sock *sk, struct sk_buff *skb, struct request *rq) {\n"
	"  struct reading k = {.pid = current->real_parent->tgid, .yes = true}; struct task_struct *child; int n = 0;\n"
	"  bpf_get_current_comm(&k.comm, sizeof(k.comm)); counts.increment(k); events.perf_submit(ctx, &k, sizeof(k));\n"
	"  put(0, sock_net(sk)->ns.inum + ntohs(inet_sk(sk)->inet_dport) + tcp_sk(sk)->snd_nxt + sk->sk_family);\n"
	"  put(1, refcount_read(&sk->sk_refcnt) + ip_hdr(skb)->saddr + tcp_hdr(skb)->source + req_op(rq));\n"
	"  put(2, __kuid_val(current->cred->uid) + HZ + PAGE_SIZE + min_t(u64, current->pid, 5) + PT_REGS_PARM1(ctx));\n"
	"  list_for_each_entry(child, &current->children, sibling) { put(3, child->pid); if (n++ > 3) break; }\n"
	"  put(4, file_inode(current->files->fdt->fd[0])->i_ino + READ_ONCE(current->flags) + IS_ENABLED(CONFIG_NUMA));\n"
	"  put(5, S_ISREG(file_inode(current->files->fdt->fd[0])->i_mode) + container_of(sk, struct inet_sock, sk)->mc_index);\n"
	"  char a[16], b[16]; memset(a, 0, sizeof(a)); memcpy(b, a, sizeof(b)); put(6, a[3] + b[4] + NULL == 0);\n"
	"  return 0; }\n";

static void test_installed_trees(void **state)
{
	glob_t found;

	if (glob("/lib/modules/*/build/include/generated/autoconf.h", 0, NULL, &found)) {
		printf("SKIP: no kernel headers are installed (Debian: linux-headers-amd64)\n");
		skip();
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		*strstr(found.gl_pathv[i], "/include/generated") = '\0';
		accept(found.gl_pathv[i], real_text);
		/* nothing to warn about */
		if (strstr(said, "warning:"))
			fail_msg("%.2000s", strstr(said, "warning:") - 100);
	}
	globfree(&found);
}

static int remove_root(void **state)
{
	char command[PATH_MAX + 16];

	free(said);
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_tree),
		cmocka_unit_test(test_makefile_names_the_other_half),
		cmocka_unit_test(test_link_names_the_other_half),
		cmocka_unit_test(test_folder_of_both_links),
		cmocka_unit_test(test_no_trees),
		cmocka_unit_test(test_types_are_the_tree_s),
		cmocka_unit_test(test_macros_before_tracepoints),
		cmocka_unit_test(test_machine_code),
		cmocka_unit_test(test_number_of_errors),
		cmocka_unit_test(test_names_of_the_headers),
		cmocka_unit_test(test_functions_of_the_headers),
		cmocka_unit_test(test_braces_in_macros),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_installed_trees),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
