/* SPDX-License-Identifier: Apache-2.0 */
/* bpfcc features, and bcc_features_facts() below it: what they say is what /proc and /sys have, and what
 * happens when one tries. */
#include <bcc/kernel_features.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "tool_run.h"

struct seen {
	char line[64]; /* of the fact's value */
	const char *name;
	int state, count, all;
};

static int see_fact(void *ctx, const struct bcc_fact *fact)
{
	struct seen *seen = ctx;

	seen->all++;
	if (strcmp(seen->name, fact->name))
		return 0;
	seen->count++;
	seen->state = fact->state;
	snprintf(seen->line, sizeof(seen->line), "%s", fact->value);
	return 0;
}

static struct seen fact(const char *name)
{
	struct seen seen = {.name = name};
	struct bcc_features *f;

	assert_int_equal(bcc_features_open(&f), 0);
	assert_int_equal(bcc_features_facts(f, see_fact, &seen), 0);
	assert_int_equal(seen.count, 1);
	assert_true(seen.all > 30);
	bcc_features_close(f);
	return seen;
}

static void test_facts(void **state)
{
	int ring = bpf_map_create(BPF_MAP_TYPE_RINGBUF, NULL, 0, 0, 4096, NULL);
	char line[64] = "";
	FILE *file = fopen("/proc/sys/kernel/unprivileged_bpf_disabled", "r");

	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	assert_string_equal(fact("unprivileged").line, line);
	assert_int_equal(fact("unprivileged").state, strcmp(line, "0") ? BCC_FEATURE_NO : BCC_FEATURE_YES);
	assert_int_equal(fact("ring_buffer").state, ring < 0 ? BCC_FEATURE_NO : BCC_FEATURE_YES);
	assert_int_equal(fact("btf").state,
		access("/sys/kernel/btf/vmlinux", R_OK) ? BCC_FEATURE_NO : BCC_FEATURE_YES);
	assert_int_equal(fact("kprobe").state,
		access("/sys/bus/event_source/devices/kprobe", F_OK) ? BCC_FEATURE_NO : BCC_FEATURE_YES);
	if (ring >= 0)
		close(ring);
}

static int stop_at_first(void *ctx, const struct bcc_fact *seen)
{
	++*(int *)ctx;
	return 7;
}

static void test_arguments(void **state)
{
	struct bcc_features *f;
	int count = 0;

	assert_int_equal(bcc_features_open(&f), 0);
	assert_int_equal(bcc_features_facts(f, stop_at_first, &count), 7);
	assert_int_equal(count, 1);
	assert_int_equal(bcc_features_facts(f, NULL, NULL), -EINVAL);
	assert_int_equal(bcc_features_facts(NULL, stop_at_first, &count), -EINVAL);
	bcc_features_close(f);
}

static void test_command(void **state)
{
	struct tool_run run;

	tool_start(&run, "command/bpfcc", "features", "-j");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_true(!strncmp(run.text, "{\"kernel\":{\"release\":{\"has\":true,\"value\":\"", 41));
	assert_non_null(strstr(run.text, "},\"attach\":{\"kprobe\":{\"has\":"));
	assert_non_null(strstr(run.text, "\"map_types\":{\"hash\":true,\"array\":true,"));
	assert_string_equal(run.text + run.size - 3, "}}\n");
	tool_free(&run);
	tool_start(&run, "command/bpfcc", "features");
	tool_end(&run, 60);
	assert_true(tool_has_line(&run, "types of tables:"));
	assert_true(tool_has_line(&run, "  hash                             yes"));
	tool_free(&run);
	tool_start_as(&run, 65534, "command/bpfcc", "features", NULL);
	tool_end(&run, 60);
	assert_int_equal(run.status, 1);
	assert_non_null(strstr(run.errors, "permit"));
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_command),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
