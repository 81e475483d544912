/* SPDX-License-Identifier: Apache-2.0 */
/* The guide's "Licensing", "BPF Errors" and "Environment Variables": what the kernel is told and what it
 * rejects, and that the message has the reason and the place in the text. */
#include "own_events.h"

#include <bpf/bpf.h>
#include <glob.h>
#include <linux/bpf.h>
#include <sys/utsname.h>

/* Loads the text's first program; returns its descriptor or the error. */
static int load_first(const char *text, int type, struct bcc **b)
{
	*b = open_test_text(text, NULL);
	return bcc_program_load(bcc_program_at(*b, 0), type, NULL);
}

static bool is_gpl(const char *license)
{
	struct bpf_prog_info info = {0};
	__u32 size = sizeof(info);
	struct bcc *b;
	char *text;
	int fd;

	assert_true(asprintf(&text,
			    "// SPDX-License-Identifier: GPL-2.0+\n%s\n"
			    "int program(struct __sk_buff *skb) { return bpf_get_prandom_u32() & 1; }\n",
			    license) > 0);
	fd = load_first(text, BPF_PROG_TYPE_SOCKET_FILTER, &b);
	free(text);
	if (fd < 0)
		fail_msg("%s", bcc_error(b));
	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &size), 0);
	bcc_close(b);
	return info.gpl_compatible;
}

static void licensing_of_the_text(void **state)
{
	assert_true(is_gpl("#define BPF_LICENSE GPL"));
	assert_true(is_gpl("#define BPF_LICENSE Dual BSD/GPL"));
	assert_true(is_gpl("#define BPF_LICENSE GPL v2"));
	assert_false(is_gpl("#define BPF_LICENSE Apache-2.0"));
	assert_false(is_gpl("#define BPF_LICENSE Proprietary"));
}

static void licensing_without_a_word_of_it(void **state)
{
	assert_true(is_gpl(""));
}

/* What once had to be written by hand is accepted: the guide's example. */
static void errors_1_invalid_mem_access_is_no_more(void **state)
{
	static const char text[] =
		"#include <uapi/linux/ptrace.h>\n#include <net/sock.h>\nBPF_ARRAY(out, u64, 4);\n"
		"int kretprobe__inet_csk_accept(struct pt_regs *ctx)\n"
		"{\n"
		"	struct sock *newsk = (struct sock *)PT_REGS_RC(ctx);\n"
		"	int slot = 0;\n"
		"	u64 value = newsk->__sk_common.skc_family + newsk->__sk_common.skc_num;\n"
		"	out.update(&slot, &value);\n"
		"	return 0;\n"
		"}\n";
	struct bcc *b;
	int fd = load_first(text, BPF_PROG_TYPE_KPROBE, &b);

	if (fd < 0)
		fail_msg("%s", bcc_error(b));
	bcc_close(b);
}

/* A lookup that can fail: the message has the line, and what to do. */
static void errors_1_invalid_mem_access(void **state)
{
	static const char missing_check[] = "BPF_HASH(counts, u32, u64);\n"
					    "int program(struct __sk_buff *skb)\n"
					    "{\n"
					    "	u32 key = 1;\n"
					    "	u64 *value = counts.lookup(&key);\n"
					    "	*value += 1;\n"
					    "	return 0;\n"
					    "}\n";
	static const char by_number[] =
		"int program(struct __sk_buff *skb)\n"
		"{\n"
		"	u64 address = bpf_get_prandom_u32(), value;\n"
		"	asm volatile(\"%0 = *(u64 *)(%1 + 0)\" : \"=r\"(value) : \"r\"(address));\n"
		"	return value;\n"
		"}\n";
	struct bcc *b;
	int err;

	err = load_first(missing_check, BPF_PROG_TYPE_SOCKET_FILTER, &b);
	expect_fails(b, err, -EACCES, "invalid mem access 'map_value_or_null'");
	expect_sentence(b, "@ text.c:6");
	expect_sentence(b, "compare its result with NULL");
	bcc_close(b);
	err = load_first(by_number, BPF_PROG_TYPE_SOCKET_FILTER, &b);
	expect_fails(b, err, -EACCES, "invalid mem access '");
	expect_sentence(b, "@ text.c:4");
	expect_sentence(b, "bpf_probe_read_kernel()");
	bcc_close(b);
}

static void errors_2_gpl_only_function(void **state)
{
	static const char text[] = "#define BPF_LICENSE Proprietary\n"
				   "BPF_STACK_TRACE(stacks, 16);\n"
				   "int program(struct pt_regs *ctx)\n"
				   "{\n"
				   "	return stacks.get_stackid(ctx, 0);\n"
				   "}\n";
	struct bcc *b;
	int err = load_first(text, BPF_PROG_TYPE_KPROBE, &b);

	expect_fails(b, err, -EINVAL, "cannot call GPL-restricted function from non-GPL compatible program");
	expect_sentence(b, "bpf_get_stackid");
	expect_sentence(b, "the license that the text declares");
	bcc_close(b);
}

/* LINUX_VERSION_CODE without its last number, as seen by programs in this process's environment. */
static uint64_t version_seen(void)
{
	struct bcc *b = open_own_events("#include <linux/version.h>\nBPF_ARRAY(out, u64, 1);\n",
		"int zero = 0; u64 version = LINUX_VERSION_CODE >> 8; out.update(&zero, &version);");
	uint64_t version;

	own_event(1);
	version = table_u64(b, "out", 0);
	bcc_close(b);
	return version;
}

static uint64_t version_of(const char *release)
{
	unsigned major, minor;

	assert_int_equal(sscanf(release, "%u.%u", &major, &minor), 2);
	return major << 8 | minor;
}

/* Any kernel's headers will do for a text that uses no types. */
static void environment_1_kernel_source_directory(void **state)
{
	static const char prefix[] = "/usr/src/linux-headers-";
	glob_t found = {0};
	struct bcc *b;
	uint64_t version;

	setenv("BCC_KERNEL_SOURCE", "/no/such/folder", 1);
	assert_int_equal(bcc_open_text("int f(void *ctx) { return 0; }\n", NULL, &b), -ENOENT);
	expect_sentence(b, "/no/such/folder");
	bcc_close(b);
	unsetenv("BCC_KERNEL_SOURCE");
	if (glob("/usr/src/linux-headers-*/include/generated/autoconf.h", 0, NULL, &found))
		test_missing("no kernel's headers are installed");
	*strstr(found.gl_pathv[0], "/include/generated") = '\0';
	setenv("BCC_KERNEL_SOURCE", found.gl_pathv[0], 1);
	version = version_seen();
	unsetenv("BCC_KERNEL_SOURCE");
	assert_int_equal(version, version_of(found.gl_pathv[0] + strlen(prefix)));
	globfree(&found);
}

/* From 5.0 on the kernel does not check a program's version: nothing has to be overridden, and nothing is. */
static void environment_2_kernel_version_overriding(void **state)
{
	static const char text[] = "int kprobe__vfs_read(struct pt_regs *ctx) { return 0; }\n";
	struct utsname kernel;
	uint64_t version;
	struct bcc *b;
	int fd;

	assert_int_equal(uname(&kernel), 0);
	setenv("BCC_LINUX_VERSION_CODE", "264458", 1);
	fd = load_first(text, BCC_PROG_TYPE_AUTO, &b);
	if (fd < 0)
		fail_msg("%s", bcc_error(b));
	bcc_close(b);
	version = version_seen();
	unsetenv("BCC_LINUX_VERSION_CODE");
	assert_int_equal(version, version_of(kernel.release));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(licensing_of_the_text),
		cmocka_unit_test(licensing_without_a_word_of_it),
		cmocka_unit_test(errors_1_invalid_mem_access_is_no_more),
		cmocka_unit_test(errors_1_invalid_mem_access),
		cmocka_unit_test(errors_2_gpl_only_function),
		cmocka_unit_test(environment_1_kernel_source_directory),
		cmocka_unit_test(environment_2_kernel_version_overriding),
	};

	unsetenv("BCC_KERNEL_SOURCE");
	if (geteuid()) {
		printf("SKIP: loading BPF programs needs root\n");
		return getenv("BCC_TEST_NO_SKIP") ? 1 : 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
