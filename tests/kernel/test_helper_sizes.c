/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes that programs compute: whichever way a text bounds them, the verifier must see the bound. */
#include "testlib.h"

#include <linux/bpf.h>

#include "common/array.h"

/* `n` is a size that nobody knows, up to 64 where it is read. */
static const char *const bounds[] = {
	"u64 n = in; if (n > 64) n = 64;",
	"u64 n = in; if (n > 64) return 0;",
	"u64 n = in; n &= 63;",
	"u32 n = in; if (n > 64) n = 64;",
	"u32 n = in; n &= 63;",
	"size_t n = in; if (n >= 64) return 0;",
	"u16 n = in; if (n > 64) return 0;",
	"u8 n = in & 63;",
	"int n = in; if (n < 0 || n > 64) return 0;",
	"int n = in; n &= 63;",
	"int n = in; if (n < 0) return 0; if (n > 64) n = 64;",
	"long n = in; if (n < 0 || n > 64) return 0;",
	"long n = in; if (n <= 0) return 0; if (n > 64) n = 64;",
	"u64 n = in; n = n < 64 ? n : 64;",
	"u64 n = min((u64)in, (u64)64);",
	"u32 n = min((size_t)64, (size_t)in);",
	"u64 n = in % 64;",
	"u32 n = (u32)in >> 26;",
};
static const char *const calls[] = {
	"bpf_probe_read_kernel(buffer, n, from)",
	"bpf_probe_read_kernel_str(buffer, n, from)",
	"bpf_probe_read_user(buffer, n, from)",
	"bpf_probe_read_user_str(buffer, n, from)",
	"bpf_probe_read(buffer, n, from)",
	"bpf_probe_read_str(buffer, n, from)",
	"events.perf_submit(ctx, buffer, n)",
};

/* A text with all calls, each in a program of its own: what takes the time here is to compile. */
static char *text_of(const char *bound)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	fputs("BPF_PERF_OUTPUT(events);\nBPF_ARRAY(sizes, u64, 1);\n", f);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		fprintf(f,
			"int f%zu(struct bpf_raw_tracepoint_args *ctx) {\n"
			"  char buffer[64] = {}; const void *from = (void *)ctx->args[0];\n"
			"  int zero = 0; u64 *size = sizes.lookup(&zero), in;\n"
			"  if (!size) return 0;\n  in = *size;\n"
			"  %s\n  %s;\n  return 0;\n}\n",
			i, bound, calls[i]);
	fclose(f);
	return text;
}

static int load_all(const char *bound)
{
	char *text = text_of(bound);
	int refused = 0;
	struct bcc *b;

	if (bcc_open_text(text, NULL, &b))
		fail_msg("%s\n%s", bound, bcc_error(b));
	free(text);
	assert_int_equal(bcc_program_count(b), ARRAY_SIZE(calls));
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		char name[8];

		snprintf(name, sizeof(name), "f%zu", i);
		if (bcc_program_load(bcc_program_find(b, name), BPF_PROG_TYPE_RAW_TRACEPOINT, NULL) >= 0)
			continue;
		refused++;
		print_error("%s\n%s\n%.*s\n", bound, calls[i], 300, bcc_error(b));
	}
	bcc_close(b);
	return refused;
}

static void sizes_are_bounded(void **state)
{
	int refused = 0;

	if (geteuid())
		test_missing("BPF needs root here");
	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++)
		refused += load_all(bounds[i]);
	assert_int_equal(refused, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
