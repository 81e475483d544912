/* SPDX-License-Identifier: Apache-2.0 */
/* <bcc/kernel_features.h>: what it says of this kernel is what happens when one tries. */
#include <bcc/kernel_features.h>

#include <linux/bpf.h>

#include <bpf/bpf.h>

#include "common/kernel_bpf.h"
#include "own_events.h"

static struct bcc_features *open_features(void)
{
	struct bcc_features *f;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	assert_int_equal(bcc_features_open(&f), 0);
	return f;
}

static struct bcc_features *open_typed_features(void)
{
	if (access("/sys/kernel/btf/vmlinux", F_OK))
		test_missing("the kernel does not describe its types: no /sys/kernel/btf/vmlinux");
	return open_features();
}

#define expect_features(f, call, value)                                                                      \
	do {                                                                                                 \
		int returned_ = (call);                                                                      \
                                                                                                             \
		if (returned_ != (value))                                                                    \
			fail_msg("%s is %d instead of %d: %s", #call, returned_, (int)(value),               \
				bcc_features_error(f));                                                      \
	} while (0)

static int keep_state(void *ctx, const struct bcc_feature *feature)
{
	*(struct bcc_feature *)ctx = *feature;
	return 1;
}

/* ---- types ---- */

static void test_map_types(void **state)
{
	static const struct {
		const char *regex;
		enum bpf_map_type type;
		unsigned key, value, entries;
	} cases[] = {
		{"^hash$", BPF_MAP_TYPE_HASH, 4, 8, 1},
		{"^array$", BPF_MAP_TYPE_ARRAY, 4, 8, 1},
		{"^lru_percpu_hash$", BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 8, 1},
		{"^queue$", BPF_MAP_TYPE_QUEUE, 0, 8, 1},
		{"^ringbuf$", BPF_MAP_TYPE_RINGBUF, 0, 0, 4096},
		{"^bloom_filter$", BPF_MAP_TYPE_BLOOM_FILTER, 0, 8, 1},
		{"^xskmap$", BPF_MAP_TYPE_XSKMAP, 4, 4, 1},
		{"^cpumap$", BPF_MAP_TYPE_CPUMAP, 4, 4, 1},
		{"^sockmap$", BPF_MAP_TYPE_SOCKMAP, 4, 4, 1},
	};
	struct bcc_features *f = open_features();

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bcc_feature feature = {.state = BCC_FEATURE_NO};
		int fd = bpf_map_create(
			cases[i].type, NULL, cases[i].key, cases[i].value, cases[i].entries, NULL);
		int ret = bcc_features_each(f, BCC_FEATURE_MAP_TYPE, cases[i].regex, keep_state, &feature);

		assert_in_range(ret, 0, 1);
		if (feature.state != (fd >= 0 ? BCC_FEATURE_YES : BCC_FEATURE_NO))
			fail_msg("%s: state %d, and creating one returns %d", cases[i].regex, feature.state,
				fd);
		if (ret)
			assert_int_equal(feature.number, cases[i].type);
		if (fd >= 0)
			close(fd);
	}
	bcc_features_close(f);
}

/* Types that are newer than libbpf 1.1 are tried too. */
static void test_newer_types(void **state)
{
	LIBBPF_OPTS(bpf_map_create_opts, mapped, .map_flags = BPF_F_MMAPABLE);
	LIBBPF_OPTS(bpf_prog_load_opts, hook, .expected_attach_type = KERNEL_BPF_NETFILTER);
	const struct bpf_insn zero[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};
	const int fds[] = {bpf_map_create(KERNEL_BPF_MAP_TYPE_ARENA, NULL, 0, 0, 1, &mapped),
		bpf_prog_load(KERNEL_BPF_PROG_TYPE_NETFILTER, NULL, "GPL", zero, 2, &hook)};
	struct bcc_feature features[2] = {{.state = BCC_FEATURE_NO}, {.state = BCC_FEATURE_NO}};
	struct bcc_features *f = open_features();

	assert_in_range(
		bcc_features_each(f, BCC_FEATURE_MAP_TYPE, "^arena$", keep_state, &features[0]), 0, 1);
	assert_in_range(
		bcc_features_each(f, BCC_FEATURE_PROGRAM_TYPE, "^netfilter$", keep_state, &features[1]), 0,
		1);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(features[i].state, fds[i] >= 0 ? BCC_FEATURE_YES : BCC_FEATURE_NO);
		if (fds[i] >= 0)
			close(fds[i]);
	}
	bcc_features_close(f);
}

static int load(enum bpf_prog_type type, int helper)
{
	const struct bpf_insn call[] = {
		{.code = BPF_JMP | BPF_CALL, .imm = helper}, {.code = BPF_JMP | BPF_EXIT}};
	const struct bpf_insn zero[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};
	int fd = bpf_prog_load(type, NULL, "GPL", helper ? call : zero, 2, NULL);

	if (fd >= 0)
		close(fd);
	return fd;
}

static void test_program_types(void **state)
{
	static const struct {
		const char *regex;
		enum bpf_prog_type type;
	} cases[] = {
		{"^socket_filter$", BPF_PROG_TYPE_SOCKET_FILTER},
		{"^kprobe$", BPF_PROG_TYPE_KPROBE},
		{"^tracepoint$", BPF_PROG_TYPE_TRACEPOINT},
		{"^raw_tracepoint$", BPF_PROG_TYPE_RAW_TRACEPOINT},
		{"^perf_event$", BPF_PROG_TYPE_PERF_EVENT},
		{"^xdp$", BPF_PROG_TYPE_XDP},
		{"^lirc_mode2$", BPF_PROG_TYPE_LIRC_MODE2},
		{"^lwt_xmit$", BPF_PROG_TYPE_LWT_XMIT},
	};
	struct bcc_features *f = open_features();

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bcc_feature feature = {.state = BCC_FEATURE_NO};
		int fd = load(cases[i].type, 0);

		assert_in_range(
			bcc_features_each(f, BCC_FEATURE_PROGRAM_TYPE, cases[i].regex, keep_state, &feature),
			0, 1);
		if (feature.state != (fd >= 0 ? BCC_FEATURE_YES : BCC_FEATURE_NO))
			fail_msg("%s: state %d, and loading one returns %d", cases[i].regex, feature.state,
				fd);
	}
	bcc_features_close(f);
}

struct list {
	unsigned count, last;
	bool disorder, strange;
};

static int add_to_list(void *ctx, const struct bcc_feature *feature)
{
	struct list *list = ctx;

	list->count++;
	list->disorder |= feature->number < list->last;
	list->last = feature->number;
	list->strange |= !*feature->name || strpbrk(feature->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ") ||
			 strstr(feature->name, "unspec") || strstr(feature->name, "max_");
	return 0;
}

static void test_lists(void **state)
{
	struct bcc_features *f = open_typed_features();
	struct bcc_feature feature;

	for (int kind = BCC_FEATURE_HELPER; kind <= BCC_FEATURE_ATTACH_TYPE; kind++) {
		struct list list = {};

		expect_features(f, bcc_features_each(f, kind, NULL, add_to_list, &list), 0);
		/* of Linux 5.4, the fewest: 115 helpers, 26 types of programs and maps, 24 of attachments */
		assert_in_range(list.count, kind == BCC_FEATURE_HELPER ? 115 : 24, 1000);
		assert_false(list.disorder);
		assert_false(list.strange);
	}
	expect_features(f,
		bcc_features_each(f, BCC_FEATURE_HELPER, "^bpf_map_lookup_elem$", keep_state, &feature), 1);
	assert_int_equal(feature.number, 1);
	assert_int_equal(feature.state, BCC_FEATURE_UNTRIED);
	expect_features(f,
		bcc_features_each(f, BCC_FEATURE_ATTACH_TYPE, "^cgroup_inet_egress$", keep_state, &feature),
		1);
	assert_int_equal(feature.number, BPF_CGROUP_INET_EGRESS);
	expect_features(
		f, bcc_features_each(f, BCC_FEATURE_HELPER, "nothing_of_the_kind", keep_state, &feature), 0);
	expect_features(f, bcc_features_each(f, BCC_FEATURE_HELPER, "bpf_(", keep_state, &feature), -EINVAL);
	assert_non_null(strstr(bcc_features_error(f), "regular expression"));
	bcc_features_close(f);
}

static void test_helpers(void **state)
{
	/* without arguments, so that a program that calls them is accepted */
	static const struct {
		const char *name;
		int number;
	} plain[] = {{"bpf_ktime_get_ns", BPF_FUNC_ktime_get_ns},
		{"bpf_get_current_pid_tgid", BPF_FUNC_get_current_pid_tgid},
		{"bpf_get_current_task", BPF_FUNC_get_current_task},
		{"bpf_get_numa_node_id", BPF_FUNC_get_numa_node_id}};
	static const enum bpf_prog_type types[] = {BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_XDP,
		BPF_PROG_TYPE_SOCKET_FILTER, BPF_PROG_TYPE_CGROUP_SOCK_ADDR};
	struct bcc_features *f = open_typed_features();

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		for (int t = 0; t < 3; t++)
			expect_features(f, bcc_features_helper(f, plain[i].name, types[t]),
				load(types[t], plain[i].number) >= 0);
	/* with arguments, which the verifier refuses only after it has accepted the helper */
	expect_features(f, bcc_features_helper(f, "bpf_get_stackid", BPF_PROG_TYPE_KPROBE), 1);
	expect_features(f, bcc_features_helper(f, "bpf_get_stackid", BPF_PROG_TYPE_XDP), 0);
	expect_features(f, bcc_features_helper(f, "bpf_xdp_adjust_head", BPF_PROG_TYPE_XDP), 1);
	expect_features(f, bcc_features_helper(f, "bpf_xdp_adjust_head", BPF_PROG_TYPE_KPROBE), 0);
	expect_features(f, bcc_features_helper(f, "bpf_bind", BPF_PROG_TYPE_CGROUP_SOCK_ADDR), 1);
	expect_features(f, bcc_features_helper(f, "bpf_no_such", BPF_PROG_TYPE_XDP), -ENOENT);
	expect_features(f, bcc_features_helper(f, "bpf_.*", BPF_PROG_TYPE_XDP), -ENOENT);
	expect_features(f, bcc_features_helper(f, "bpf_get_stackid", BPF_PROG_TYPE_TRACING), -EOPNOTSUPP);
	expect_features(f, bcc_features_helper(f, "bpf_get_stackid", 9999), -EOPNOTSUPP);
	bcc_features_close(f);
}

/* What a user without rights cannot try out is not called missing. */
static void test_without_rights(void **state)
{
	struct bcc_features *f = open_features();
	struct bcc_feature feature;
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		_exit(bcc_features_each(f, BCC_FEATURE_MAP_TYPE, NULL, keep_state, &feature) != -EPERM ||
			!*bcc_features_error(f));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	bcc_features_close(f);
}

/* ---- tracepoints ---- */

struct tracepoints {
	char names[400][2][64];
	int count;
};

static int add_tracepoint(void *ctx, const char *category, const char *name)
{
	struct tracepoints *t = ctx;

	assert_true(t->count < 400);
	snprintf(t->names[t->count][0], sizeof(t->names[0][0]), "%s", category);
	snprintf(t->names[t->count][1], sizeof(t->names[0][1]), "%s", name);
	t->count++;
	return 0;
}

static const struct bcc_tracepoint_field *field_named(
	const struct bcc_tracepoint_field *fields, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(fields[i].name, name))
			return &fields[i];
	fail_msg("there is no field %s", name);
	return NULL;
}

static void test_tracepoints(void **state)
{
	struct bcc_features *f = open_features();
	const struct bcc_tracepoint_field *fields, *args;
	struct tracepoints all = {}, one = {};
	int ret = bcc_tracepoints_each(f, "^(sched|raw_syscalls|signal|task|skb):", add_tracepoint, &all),
	    count;

	if (ret == -EOPNOTSUPP)
		test_missing("%s", bcc_features_error(f));
	expect_features(f, ret, 0);
	assert_in_range(all.count, 20, 400);
	for (int i = 1; i < all.count; i++)
		assert_true(strcmp(all.names[i - 1][0], all.names[i][0]) < 0 ||
			    (!strcmp(all.names[i - 1][0], all.names[i][0]) &&
				    strcmp(all.names[i - 1][1], all.names[i][1]) < 0));
	for (int i = 0; i < all.count; i++) {
		count = bcc_tracepoint_fields(f, all.names[i][0], all.names[i][1], &fields);
		assert_true(count >= 0);
		for (int k = 0; k < count; k++) {
			assert_true(*fields[k].name && *fields[k].type);
			/* after those that all have, one after the other */
			assert_true(fields[k].offset >= 8);
			assert_true(!k || fields[k].offset >= fields[k - 1].offset + fields[k - 1].bytes);
		}
	}
	expect_features(f, bcc_tracepoints_each(f, "^raw_syscalls:sys_enter$", add_tracepoint, &one), 0);
	assert_int_equal(one.count, 1);
	count = bcc_tracepoint_fields(f, "raw_syscalls", "sys_enter", &fields);
	assert_int_equal(count, 2);
	args = field_named(fields, count, "args");
	assert_string_equal(args->type, "unsigned long");
	assert_int_equal(args->array_elements, 6);
	assert_int_equal(args->bytes, 6 * sizeof(long));
	assert_string_equal(field_named(fields, count, "id")->type, "long");
	count = bcc_tracepoint_fields(f, "sched", "sched_process_exec", &fields);
	assert_true(field_named(fields, count, "filename")->is_dynamic);
	expect_features(f, bcc_tracepoint_fields(f, "sched", "no_such", &fields), -ENOENT);
	expect_features(f, bcc_tracepoint_fields(f, "..", "sched", &fields), -ENOENT);
	expect_features(f, bcc_tracepoint_fields(f, "", "", &fields), -ENOENT);
	expect_features(f, bcc_tracepoint_fields(f, "sched/sched_switch", "..", &fields), -ENOENT);
	bcc_features_close(f);
}

/* An offset is where a program finds the value. */
static void test_offsets(void **state)
{
	struct bcc_features *f = open_features();
	const struct bcc_tracepoint_field *fields;
	int count = bcc_tracepoint_fields(f, "raw_syscalls", "sys_enter", &fields);
	char text[512];
	struct bcc *b;

	if (count == -EOPNOTSUPP)
		test_missing("%s", bcc_features_error(f));
	assert_true(count > 0);
	snprintf(text, sizeof(text),
		"BPF_ARRAY(seen, u64, 1);\nint probe(void *ctx) {\n"
		"  if (bpf_get_current_pid_tgid() >> 32 != PID || *(u64 *)(ctx + %u) != %d) return 0;\n"
		"  u64 first = *(u64 *)(ctx + %u); if (first == 4711) seen.increment(0);\n  return 0;\n}\n",
		field_named(fields, count, "id")->offset, SYS_getpgid,
		field_named(fields, count, "args")->offset);
	b = open_test_text(text, NULL);
	expect_ok(b, bcc_attach_tracepoint(b, "probe", "raw_syscalls", "sys_enter", NULL));
	own_event(4711);
	own_event(4712);
	own_event(4711);
	assert_int_equal(table_u64(b, "seen", 0), 2);
	bcc_close(b);
	bcc_features_close(f);
}

/* ---- functions ---- */

struct seen {
	struct bcc_traceable last;
	char declaration[512];
	unsigned count;
};

static int see_function(void *ctx, const struct bcc_traceable *function)
{
	struct seen *seen = ctx;
	size_t n;

	seen->count++;
	seen->last = *function;
	n = snprintf(seen->declaration, sizeof(seen->declaration), "%s;", function->result);
	for (size_t i = 0; i < function->argument_count && n < sizeof(seen->declaration); i++)
		n += snprintf(seen->declaration + n, sizeof(seen->declaration) - n, "%s %s;",
			function->arguments[i].type, function->arguments[i].name);
	return 0;
}

static void test_arguments(void **state)
{
	struct bcc_features *f = open_typed_features();
	struct seen seen = {};

	expect_features(f, bcc_features_functions(f, "^vfs_read$", see_function, &seen), 0);
	assert_int_equal(seen.count, 1);
	assert_true(seen.last.has_type);
	assert_string_equal(
		seen.declaration, "ssize_t;struct file * file;char * buf;size_t count;loff_t * pos;");
	seen.count = 0;
	expect_features(f, bcc_features_functions(f, "^_printk$", see_function, &seen), 0);
	assert_int_equal(seen.count, 1);
	assert_string_equal(seen.declaration, "int;const char * fmt;");
	assert_non_null(seen.last.no_fentry);
	seen.count = 0;
	expect_features(f, bcc_features_functions(f, "^no_such_function$", see_function, &seen), 0);
	assert_int_equal(seen.count, 0);
	expect_features(f, bcc_features_functions(f, "vfs_(", see_function, &seen), -EINVAL);
	bcc_features_close(f);
}

/* A few of each verdict, by name. */
#define SAMPLE 8

struct sample {
	char can[SAMPLE][128], cannot[SAMPLE][128];
	unsigned can_count, cannot_count, seen;
	bool fentry;
};

static int add_to_sample(void *ctx, const struct bcc_traceable *function)
{
	struct sample *s = ctx;
	const char *reason = s->fentry ? function->no_fentry : function->no_kprobe;

	/* of all parts of the kernel; several of one name are attached or not, as the kernel likes */
	if (*function->module || strlen(function->name) > 100 ||
		(reason && strstr(reason, "have its name")) || s->seen++ % 97)
		return 0;
	if (!reason && s->can_count < SAMPLE)
		snprintf(s->can[s->can_count++], 128, "%s", function->name);
	if (reason && s->cannot_count < SAMPLE)
		snprintf(s->cannot[s->cannot_count++], 128, "%s", function->name);
	return s->can_count == SAMPLE && s->cannot_count == SAMPLE;
}

static int attach_kprobe(struct bcc *b, const char *function)
{
	struct bcc_link *link = NULL;
	int ret = bcc_attach_kprobe(b, "probe", function, NULL, &link);

	bcc_detach(link);
	return ret;
}

/* For fentry a text has to be made for each. */
static int attach_fentry(const char *function)
{
	struct bcc *b = NULL;
	int ret = bcc_open_text("int probe(void *ctx) { return 0; }", NULL, &b);

	if (!ret)
		ret = bcc_attach_fentry(b, "probe", function, false, NULL);
	bcc_close(b);
	return ret;
}

static void test_kprobes_as_said(void **state)
{
	struct bcc_features *f;
	struct sample sample = {};
	struct bcc *b;

	if (!have_kprobes())
		test_missing("no kprobes in this kernel");
	f = open_features();
	assert_true(bcc_features_functions(f, "^[a-z]", add_to_sample, &sample) >= 0);
	assert_true(sample.can_count && sample.cannot_count);
	b = open_test_text("int probe(struct pt_regs *ctx) { return 0; }", NULL);
	for (unsigned i = 0; i < sample.can_count; i++)
		if (attach_kprobe(b, sample.can[i]))
			fail_msg("%s can have a kprobe, but: %s", sample.can[i], bcc_error(b));
	for (unsigned i = 0; i < sample.cannot_count; i++)
		if (!attach_kprobe(b, sample.cannot[i]))
			fail_msg("%s cannot have a kprobe, but has one", sample.cannot[i]);
	bcc_close(b);
	bcc_features_close(f);
}

static void test_fentry_as_said(void **state)
{
	struct sample sample = {.fentry = true};
	struct bcc_features *f;

	if (attach_fentry("vfs_read"))
		test_missing("no fentry in this kernel");
	f = open_features();
	assert_true(bcc_features_functions(f, "^[a-z]", add_to_sample, &sample) >= 0);
	assert_true(sample.can_count && sample.cannot_count);
	for (unsigned i = 0; i < sample.can_count; i++)
		if (attach_fentry(sample.can[i]))
			fail_msg("fentry can trace %s, but does not", sample.can[i]);
	for (unsigned i = 0; i < sample.cannot_count; i++)
		if (!attach_fentry(sample.cannot[i]))
			fail_msg("fentry cannot trace %s, but does", sample.cannot[i]);
	bcc_features_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map_types),
		cmocka_unit_test(test_newer_types),
		cmocka_unit_test(test_program_types),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_helpers),
		cmocka_unit_test(test_without_rights),
		cmocka_unit_test(test_tracepoints),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_kprobes_as_said),
		cmocka_unit_test(test_fentry_as_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
