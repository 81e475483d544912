/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that define names which the prelude has too, as texts do that are older than these: the text's are
 * used. Each name is one whose type tells it from the prelude's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <bcc/bcc.h>

#include "common/array.h"
#include "common/compile_request.h"
#include "frontends/prelude.h"

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

static void accept_as(const char *text, enum bcc_dialect dialect)
{
	struct bcc_compile_request request = {.abi = BCC_COMPILER_ABI,
		.text = text,
		.name = "text.c",
		.dialect = dialect,
		.tracefs_fd = -1,
		.btf_fd = -1};
	struct bcc_compile_result result;

	if (bcc_compile_1(&request, &result))
		fail_msg("%s\n%.3000s", text, result.error);
	bcc_compile_free_1(&result);
}

/* ---- helpers ---- */

/* What stands before and after the name in its definition. */
static const struct {
	const char *before, *after;
} forms[] = {
	{"static struct own *(*", ")(int) = (void *)189;"},
	{"static struct own *(*const ", ")(int) = (void *)189;"},
	{"static inline __attribute__((always_inline)) struct own *", "(int i) { return 0; }"},
	{"static __attribute__((noinline)) struct own *", "(int i) { return 0; }"},
	{"extern struct own *", "(int i) __attribute__((section(\".ksyms\"), weak));"},
	{"#define ", "(i) ((struct own *)(i))"},
};

static const char libbpf_start[] = "#include <bpf/bpf_helpers.h>\n";

#define PROGRAM "__attribute__((section(\"xdp\"), used)) int program(void *ctx) { return 2; }\n"

/* All names of helpers in this form. */
static size_t write_helpers(FILE *out, size_t form)
{
	size_t count = 0;

	fputs("struct own { int i; };\n", out);
	for (unsigned i = 0; i < bcc_prelude_piece_count; i++) {
		const struct bcc_prelude_piece *piece = &bcc_prelude_pieces[i];

		if (piece->file != BCC_HELPERS || strncmp(piece->text, "static ", 7))
			continue;
		fprintf(out, "%s%s%s\n", forms[form].before, *piece->defines, forms[form].after);
		fprintf(out,
			"_Static_assert(__builtin_types_compatible_p(typeof(%s(1)), struct own *), \"%s\");\n",
			*piece->defines, *piece->defines);
		count++;
	}
	fputs(PROGRAM, out);
	return count;
}

static void test_helpers(void **state)
{
	for (size_t form = 0; form < ARRAY_SIZE(forms); form++)
		for (int is_libbpf = 0; is_libbpf < 2; is_libbpf++) {
			char *text = NULL;
			size_t size;
			FILE *out = open_memstream(&text, &size);

			assert_non_null(out);
			if (is_libbpf)
				fputs(libbpf_start, out);
			assert_true(write_helpers(out, form) > 200);
			assert_int_equal(fclose(out), 0);
			accept_as(text, is_libbpf ? BCC_DIALECT_LIBBPF : BCC_DIALECT_BCC);
			free(text);
		}
}

/* ---- other names of BCC's dialect ---- */

/* Macros in lower case, and functions that are no helpers. */
static void test_functions(void **state)
{
	static const char *const names[] = {"bpf_htonl", "bpf_htons", "bpf_ntohl", "bpf_ntohs",
		"container_of", "cursor_advance", "htonl", "htons", "incr_cksum_l3", "likely", "lock_xadd",
		"ntohl", "ntohs", "unlikely", "bpf_log2", "bpf_log2l", "load_byte", "load_half", "load_word",
		"bpf_l3_csum_replace_", "bpf_trace_printk"};
	char *text = NULL;
	size_t size;

	for (int form = 2; form < 4; form++) {
		FILE *out = open_memstream(&text, &size);

		assert_non_null(out);
		fputs("struct own { int i; };\n", out);
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			fprintf(out,
				"%s%s%s\n"
				"_Static_assert(__builtin_types_compatible_p(typeof(%s(1)), struct own *), \"%s\");\n",
				forms[form].before, names[i], forms[form].after, names[i], names[i]);
		fputs(PROGRAM, out);
		assert_int_equal(fclose(out), 0);
		accept_as(text, BCC_DIALECT_BCC);
		free(text);
	}
}

/* Macros that begin functions stay what they are, although a type stands before them. */
static void test_macros_of_functions(void **state)
{
	accept_as("static RAW_TRACEPOINT_PROBE(sys_enter) { return ctx != 0; }\n", BCC_DIALECT_BCC);
}

/* Functions of the prelude go on with the helpers that they know. */
static void test_used_by_prelude(void **state)
{
	accept_as("struct own { int i; };\n"
		  "static struct own *(*bpf_l3_csum_replace)(int i) = (void *)10;\n"
		  "int f(struct __sk_buff *skb) { return incr_cksum_l3((void *)(u64)skb->len, 1, 2); }\n",
		BCC_DIALECT_BCC);
}

/* A condition on one of its names takes the whole prelude. */
static void test_whole_prelude(void **state)
{
	accept_as("#ifdef bpf_htons\n#endif\n"
		  "static long (*bpf_xdp_load_bytes)(int i) = (void *)189;\n"
		  "int f(void *ctx) { return bpf_xdp_load_bytes(1); }\n",
		BCC_DIALECT_BCC);
	accept_as("#include <bpf/bpf_helpers.h>\n"
		  "#ifdef bpf_xdp_load_bytes\n#endif\n"
		  "static long (*bpf_xdp_load_bytes)(int i) = (void *)189;\n"
		  "SEC(\"xdp\") int f(void *ctx) { return bpf_xdp_load_bytes(1); }\n",
		BCC_DIALECT_LIBBPF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_helpers), cmocka_unit_test(test_functions),
		cmocka_unit_test(test_macros_of_functions), cmocka_unit_test(test_used_by_prelude),
		cmocka_unit_test(test_whole_prelude)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
