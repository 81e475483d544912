/* SPDX-License-Identifier: Apache-2.0 */
/* bpfcc build: what it refuses because it would be wrong on another kernel, and what it does not. */
#include "tests/kernel/tool_run.h"

#define BPFCC "command/bpfcc"

static char path[] = "/tmp/bcc-build-XXXXXX.c", header[] = "/tmp/bcc-build-XXXXXX.h",
	    object[] = "/tmp/bcc-build-XXXXXX";

static int set_up(void **state)
{
	static const char text[] = "\n#if LINUX_VERSION_CODE > 1\n#endif\n";
	int file = mkstemps(header, 2);

	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		puts("skipped: this kernel has no BTF");
		exit(77);
	}
	if (file < 0 || write(file, text, sizeof(text) - 1) != sizeof(text) - 1 || close(file))
		return -1;
	file = mkstemps(path, 2);
	close(file);
	return file < 0 || close(mkstemp(object));
}

static int tear_down(void **state)
{
	return unlink(path) || unlink(header) || unlink(object);
}

static void build(struct tool_run *run, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	tool_start(run, BPFCC, "build", "--package", path, "-o", object);
	tool_end(run, 60);
}

static void expect_unportable(const char *text, const char *place, const char *why)
{
	struct tool_run run;

	build(&run, text);
	if (run.status != 1 || !strstr(run.errors, place) || !strstr(run.errors, why))
		fail_msg("%s: status %d, not \"%s\", \"%s\":\n%s", text, run.status, place, why, run.errors);
	tool_free(&run);
}

static void test_version_and_configuration(void **state)
{
	char text[256];

	snprintf(text, sizeof(text), "#include \"%s\"\nint f(void *ctx) { return 0; }\n", header);
	expect_unportable(text, ".h:2:5: error:", "LINUX_VERSION_CODE is that of this kernel");
	expect_unportable("/* LINUX_VERSION_CODE */\n#if LINUX_VERSION_CODE > 1\n#endif\n",
		".c:2:5: error:", "LINUX_VERSION_CODE is that of this kernel");
	expect_unportable(
		"#ifdef CONFIG_SMP\n#endif\n", ".c:1:8: error:", "CONFIG_SMP is that of this kernel");
	expect_unportable(
		"#if CONFIG_NO_SUCH\n#endif\n", ".c:1:5: error:", "CONFIG_NO_SUCH is that of this kernel");
	expect_unportable(
		"int f(void *ctx) { return HZ; }\n", ".c:1:27: error:", "HZ is that of this kernel");
}

static void test_types(void **state)
{
	expect_unportable(
		"#include <linux/sched.h>\n"
		"int f(struct pt_regs *ctx, struct task_struct *t) { return t->sched_reset_on_fork; }\n",
		".c:2:", "bit field sched_reset_on_fork");
	expect_unportable("int f(void *ctx) { return sizeof(struct task_struct); }\n",
		".c:1:27: error:", "struct task_struct may have another size");
	expect_unportable("int f(struct pt_regs *ctx, struct task_struct *t) { return sizeof(t->comm); }\n",
		".c:1:", "comm may have another size");
	expect_unportable("int f(void *ctx) { return offsetof(struct task_struct, comm); }\n",
		".c:1:", "struct task_struct may have its members elsewhere");
	expect_unportable("int f(struct pt_regs *ctx, struct task_struct *t) { return t[1].tgid; }\n",
		".c:1:", "so that the next is elsewhere");
	expect_unportable("struct own { int a; struct inode inode; };\nint f(void *ctx) { return 0; }\n",
		".c:1:", "struct inode may have another size");
	expect_unportable("int f(void *ctx) { return NR_VM_ZONE_STAT_ITEMS; }\n",
		".c:1:27: error:", "NR_VM_ZONE_STAT_ITEMS may have another value");
}

static void expect_shown(const char *verb, const char *option, const char *shown)
{
	struct tool_run run;

	tool_start(&run, BPFCC, verb, object, option);
	tool_end(&run, 60);
	if (run.status || !strstr(run.text, shown))
		fail_msg("%s %s: status %d, not \"%s\":\n%s%s", verb, option, run.status, shown, run.text,
			run.errors);
	tool_free(&run);
}

/* What is part of the kernel's interface for user space is the same everywhere. The package can be opened. */
static void test_interface(void **state)
{
	struct tool_run run;

	build(&run,
		"#include <linux/in.h>\n"
		"struct event { char comm[16]; struct sockaddr_in address; };\n"
		"BPF_HASH(events, u32, struct event);\nBPF_PERF_OUTPUT(out);\n"
		"int kprobe__tcp_v4_connect(struct pt_regs *ctx, struct sock *sk, struct sockaddr *to)\n{\n"
		"	struct event e = {};\n	u32 key = 1;\n"
		"	bpf_get_current_comm(e.comm, sizeof(e.comm));\n"
		"	bpf_probe_read_kernel(&e.address, sizeof(struct sockaddr_in), to);\n"
		"	if (sk->__sk_common.skc_state == TCP_LISTEN)\n		return 0;\n"
		"	events.update(&key, &e);\n	out.perf_submit(ctx, &e, sizeof(e));\n	return 0;\n}\n");
	if (run.status)
		fail_msg("status %d; stderr:\n%s", run.status, run.errors);
	tool_free(&run);
	expect_shown("inspect", "--", "  kprobe__tcp_v4_connect: kprobe/tcp_v4_connect\n");
}

static void test_command_line(void **state)
{
	tool_expect_end(2, "-o FILE", BPFCC, "build", path);
	tool_expect_end(2, "a file is missing", BPFCC, "build", NULL);
}

/* Breaks the JSON that the package has. */
static void damage_package(void)
{
	static char bytes[1 << 20];
	FILE *file = fopen(object, "r+e");
	size_t size;
	char *json;

	assert_non_null(file);
	size = fread(bytes, 1, sizeof(bytes), file);
	json = memmem(bytes, size, "{\"name\":", 8);
	assert_non_null(json);
	assert_int_equal(fseek(file, json - bytes, SEEK_SET), 0);
	assert_int_equal(fputc('x', file), 'x');
	assert_int_equal(fclose(file), 0);
}

/* What the text says of its variables is in the package, which has no text. */
static void test_comments(void **state)
{
	struct tool_run run;

	build(&run, "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n"
		    "const volatile u32 only = 0; /* only \"this\" */\nu64 plain;\n"
		    "SEC(\"raw_tp/sys_enter\") int f(void *ctx) { if (!only) plain++; return 0; }\n"
		    "char LICENSE[] SEC(\"license\") = \"GPL\";\n");
	if (run.status)
		fail_msg("status %d; stderr:\n%s", run.status, run.errors);
	tool_free(&run);
	expect_shown("inspect", "--", "  only: const u32 /* only \"this\" */\n");
	expect_shown("inspect", "--", "  plain: u64\n");
	expect_shown("inspect", "-j", "\"constant\":true,\"comment\":\"only \\\"this\\\"\"}");
	expect_shown("run", "--help", "  --only=VALUE  (u32, 0)\n          only \"this\"\n");
	damage_package();
	expect_shown("inspect", "--", "  only: const u32\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version_and_configuration),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_interface),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_command_line),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
