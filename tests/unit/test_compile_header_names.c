/* SPDX-License-Identifier: Apache-2.0 */
/* Names of kernel headers in texts, with no headers installed: each is known by itself, and in the place
 * that C gives it. */
#include "kernel_table.h"

#include <string.h>

#include "common/compile_request.h"

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

/* The error, or NULL. */
static char *compile(const char *text)
{
	struct bcc_compile_request request = {
		.abi = BCC_COMPILER_ABI, .text = text, .name = "text.c", .tracefs_fd = -1};
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

/* Lines of the file: "ARGUMENT\tEXPRESSION" */
static void test_names(void **state)
{
	FILE *file = fopen(TEST_DATA "/header_names.txt", "re");
	char *line = NULL, text[1024];
	int count = 0, failed = 0;
	size_t room = 0;

	need_kernel_table();
	assert_non_null(file);
	while (getline(&line, &room, file) > 0) {
		char *expression = strchr(line, '\t'), *error;

		assert_non_null(expression);
		*expression++ = '\0';
		expression[strcspn(expression, "\n")] = '\0';
		snprintf(text, sizeof(text), "int f(struct pt_regs *ctx%s%s) { return (long)(%s); }",
			*line ? ", " : "", line, expression);
		error = compile(text);
		if (error) {
			print_error("%s: %s\n", expression, error);
			failed++;
		}
		free(error);
		count++;
	}
	free(line);
	fclose(file);
	assert_true(count >= 150);
	assert_int_equal(failed, 0);
}

#define IS(condition) "_Static_assert(" condition ", \"\");\n"

static void test_values(void **state)
{
	need_kernel_table();
	accept(IS("ETH_P_IPV6 == 0x86dd") IS("EV_KEY == 1") IS("SECCOMP_RET_ALLOW == 0x7fff0000u") IS(
		"FUSE_WRITE == 16") IS("IORING_OP_READV == 1") IS("sizeof(struct input_event) == 24")
			IS("O_TMPFILE == 020200000") IS("INT_MAX == 2147483647") IS("BIT(5) == 32")
				IS("GENMASK(7, 4) == 0xf0") IS("DIV_ROUND_UP(7, 4) == 2")
					IS("CAP_SYS_ADMIN == 21") IS("MS_BIND == 4096")
						IS("PERF_EVENT_IOC_ENABLE == 0x2400"));
}

static void test_predefined_macros(void **state)
{
	accept("#if !defined(__linux__) || !defined(__KERNEL__) || BITS_PER_LONG != 64\n#error\n#endif\n"
	       "#ifndef bpf_target_defined\n#error\n#endif\n"
#ifdef __x86_64__
	       "#if !defined(__x86_64__) || defined(__aarch64__) || !defined(bpf_target_x86)\n#error\n#endif\n"
#endif
	       "static const char name[] = KBUILD_MODNAME;\n");
	/* a text may define them */
	accept("#define KBUILD_MODNAME \"mine\"\n#define __KERNEL__\nint f(void *ctx) { return sizeof(KBUILD_MODNAME); }");
}

static void test_conditions(void **state)
{
	need_kernel_table();
	accept("#include <linux/skbuff.h>\n#ifndef MAX_SKB_FRAGS\n#error\n#endif\n#if ETH_ALEN != 6\n#error\n#endif\n");
	/* of a header that the text does not include, and of none */
	accept("#ifdef SNDRV_CARDS\n#error\n#endif\n#ifdef NO_SUCH_NAME\n#error\n#endif\n");
	/* what the text defines itself */
	accept("#define MAX_SKB_FRAGS 3\n#include <linux/skbuff.h>\n#if MAX_SKB_FRAGS != 3\n#error\n#endif\n");
}

static void test_headers(void **state)
{
	accept("#include <bcc/helpers.h>\n#include <bcc/bpf.h>\n#include <stdarg.h>\n");
	need_kernel_table();
	accept("#include <linux/nsproxy.h>\n#include <uapi/linux/input.h>\n#include <rdma/rdma_cm.h>\n"
	       "#include <asm/pgtable.h>\n#include <linux/genhd.h>\n");
	refuse("#include <linux/skbuf.h>\n", "did you mean linux/skbuff.h");
}

/* The text's own names are the ones that are meant. */
static void test_own_names(void **state)
{
	accept("BPF_HASH(config, u32);\nBPF_HASH(code, u32);\n"
	       "int f(struct pt_regs *ctx, struct perf_event_attr *attr) {\n"
	       "  config.increment(attr->config); code.increment(1); return 0; }");
	accept("enum { NONE, OTHER };\nint uch = 3;\nint f(void *ctx) { return NONE + uch; }");
	accept("static int skb_headlen(int x) { return x; }\nint f(void *ctx) { return skb_headlen(3); }");
	accept("#define task_nice(x) ((x) + 1)\nint f(void *ctx) { return task_nice(3); }");
	accept("int f(void *ctx) { int jiffies = 3, current = 4; return jiffies + current; }");
}

static void test_enumerators(void **state)
{
	accept("enum op { ONE, TWO };\nstatic int note(enum op op) { return op == ONE ? BPF_ANY : BPF_EXIST; }\n"
	       "int f(void *ctx) { return note(TWO); }");
	accept("static int note(enum bpf_cmd) ;\nint f(void *ctx) { return BPF_NOEXIST; }");
	accept("int f(void *ctx) { return perf_sw_context; }");
}

/* Of modules that are not there; structs are only as this kernel has them. */
static void test_libbpfs_dialect(void **state)
{
	need_kernel_table();
	accept("#include \"../vmlinuxcifs.h\"\n#include <bpf/bpf_helpers.h>\n" IS(
		"NF_FLOW_SNAT == 0 && NF_FLOW_DNAT == 1") "SEC(\"raw_tp/sys_enter\") int f(void *ctx) { return 0; }");
#ifdef __x86_64__
	/* registers, of which the text names no struct, have the names that user space gives them */
	accept("#include <linux/bpf_perf_event.h>\n#include <bpf/bpf_helpers.h>\n" IS(
		"__builtin_offsetof(struct bpf_perf_event_data, regs.rip) == 128") "SEC(\"perf_event\") int f(struct bpf_perf_event_data *ctx) { return ctx->regs.rip == ctx->regs.rsp; }");
#endif
	refuse("#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n"
	       "SEC(\"raw_tp/sys_enter\") int f(void *ctx) { return sizeof(struct kvm_vcpu_hv_tlb_flush_fifo); }",
		"kvm_vcpu_hv_tlb_flush_fifo");
}

static void test_helpers_of_bcc(void **state)
{
	accept("int f(struct __sk_buff *skb) {\n"
	       "  bpf_store_byte(skb, 1, 2); bpf_store_half(skb, 2, 3); bpf_store_word(skb, 4, 5); bpf_store_dword(skb, 8, 9);\n"
	       "  bpf_dins_pkt(skb, 3, 2, 5, 1);\n"
	       "  return load_dword(skb, 3) + bpf_dext_pkt(skb, 3, 2, 5) + bpf_num_cpus(); }");
	accept("BPF_PERF_OUTPUT(events);\nint f(struct pt_regs *ctx) { u64 x = bpf_ntoh128(ctx->ip);\n"
	       "  return (bpf_perf_event_output)(ctx, 0, CUR_CPU_IDENTIFIER, &x, sizeof(x)); }");
}

static void test_messages(void **state)
{
	need_kernel_table();
	refuse("int f(void *ctx, struct inode *i) { return from_kuid(0, i->i_uid); }",
		"from_kuid is declared in include/linux/uidgid.h");
	refuse("int f(void *ctx) { return NO_SUCH_NAME; }", "undeclared identifier 'NO_SUCH_NAME'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_predefined_macros),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_own_names),
		cmocka_unit_test(test_enumerators),
		cmocka_unit_test(test_libbpfs_dialect),
		cmocka_unit_test(test_helpers_of_bcc),
		cmocka_unit_test(test_messages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
