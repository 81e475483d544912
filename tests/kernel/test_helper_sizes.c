/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes that programs compute: whichever way a text bounds them, the verifier must see the bound. */
#include "testlib.h"

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

static int load(const char *bound, const char *call)
{
	struct bcc *b;
	char *text;
	int ret;

	assert_true(asprintf(&text,
			    "BPF_PERF_OUTPUT(events);\nBPF_ARRAY(sizes, u64, 1);\n"
			    "int raw_tracepoint__sys_enter(struct bpf_raw_tracepoint_args *ctx) {\n"
			    "  char buffer[64] = {}; const void *from = (void *)ctx->args[0];\n"
			    "  int zero = 0; u64 *size = sizes.lookup(&zero), in;\n"
			    "  if (!size) return 0;\n  in = *size;\n"
			    "  %s\n  %s;\n  return 0;\n}",
			    bound, call) >= 0);
	ret = bcc_open_text(text, NULL, &b);
	free(text);
	if (!ret)
		ret = bcc_program_load(bcc_program_at(b, 0), BCC_PROG_TYPE_AUTO, NULL);
	if (ret < 0)
		print_error("%s\n%s\n%.*s\n", bound, call, 300, bcc_error(b));
	bcc_close(b);
	return ret;
}

static void sizes_are_bounded(void **state)
{
	int refused = 0;

	if (geteuid())
		test_missing("BPF needs root here");
	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++)
		for (size_t j = 0; j < ARRAY_SIZE(calls); j++)
			refused += load(bounds[i], calls[j]) < 0;
	assert_int_equal(refused, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
