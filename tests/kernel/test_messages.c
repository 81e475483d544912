/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about wrong texts (tests/messages) and wrong calls. */
#include "own_events.h"

#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "tests/messages/catalog.h"

static char *logged;

static void keep_log(void *ctx, enum bcc_log_level level, const char *text)
{
	char *joined;

	if (level != BCC_LOG_WARN)
		return;
	assert_true(asprintf(&joined, "%s%s", logged ? logged : "", text) >= 0);
	free(logged);
	logged = joined;
}

static int load_type(const char *how)
{
	if (strstr(how, "socket"))
		return BPF_PROG_TYPE_SOCKET_FILTER;
	return strstr(how, "auto") ? BCC_PROG_TYPE_AUTO : BPF_PROG_TYPE_KPROBE;
}

static int open_and_check(const struct wrong_text *w)
{
	struct bcc *b;
	int ret = bcc_open_text(w->text, &BCC_OPTS(struct bcc_open_opts, .log = keep_log), &b), wrong = 0;
	bool opens = strcmp(w->how, "open") != 0;

	if (opens != !ret && strcmp(w->how, "either") != 0) {
		print_error("%s: %s\n%s\n", w->name, ret ? "it does not open" : "it opens", bcc_error(b));
		wrong++;
	} else if (ret) {
		wrong = catalog_check(w, bcc_error(b));
	} else if (!strcmp(w->how, "warn") || !strcmp(w->how, "either")) {
		wrong = catalog_check(w, bcc_warnings(b));
		/* the same goes to the log */
		if (!logged || strcmp(logged, bcc_warnings(b)) != 0) {
			print_error("%s: logged is\n%s\nand not\n%s\n", w->name, logged ? logged : "",
				bcc_warnings(b));
			wrong++;
		}
	} else {
		ret = strstr(w->how, "attach")
			      ? bcc_attach_all(b)
			      : bcc_program_load(bcc_program_at(b, 0), load_type(w->how), NULL);
		if (ret > 0) {
			print_error("%s: it is accepted\n", w->name);
			wrong++;
		} else {
			wrong = catalog_check(w, bcc_error(b));
		}
	}
	bcc_close(b);
	free(logged);
	logged = NULL;
	return wrong;
}

static void check_file(const char *name, bool errors_of_opening, int at_least)
{
	char *file = catalog_read(name), *at = file;
	struct wrong_text w;
	int count = 0, wrong = 0;

	while (catalog_next(&at, &w)) {
		if (!errors_of_opening && !strcmp(w.how, "open"))
			continue;
		wrong += open_and_check(&w);
		count++;
	}
	free(file);
	assert_true(count >= at_least);
	assert_int_equal(wrong, 0);
}

/* The errors are unit_compile_messages' */
static void warnings_of_the_compiler(void **state)
{
	check_file("compile.txt", false, 20);
}

static void messages_of_tracepoints(void **state)
{
	check_file("tracepoints.txt", true, 8);
}

static void messages_of_the_verifier(void **state)
{
	check_file("load.txt", true, 25);
}

static void messages_of_attaching(void **state)
{
	check_file("attach.txt", true, 10);
}

/* A warning is part of the error when the kernel refuses the program, also with a text from the cache. */
static void warnings_are_kept(void **state)
{
	static const char text[] = "BPF_HASH(h, u32, u64);\n"
				   "int f(void *ctx)\n"
				   "{\n"
				   "	u64 v = 1;\n"
				   "	h.update(1, &v);\n"
				   "	return 0;\n"
				   "}\n";
	char folder[] = "/tmp/bcc-messages.XXXXXX", command[128];
	struct bcc *b;

	assert_non_null(mkdtemp(folder));
	setenv("BCC_CACHE_DIR", folder, 1);
	unsetenv("BCC_CACHE");
	for (int i = 0; i < 2; i++) {
		expect_return(b, bcc_open_text(text, NULL, &b), 0);
		assert_non_null(strstr(bcc_warnings(b), "text.c:5:11: warning:"));
		assert_non_null(strstr(bcc_warnings(b), "pass that one's address with &"));
		expect_return(b, bcc_program_load(bcc_program_at(b, 0), BPF_PROG_TYPE_KPROBE, NULL), -EACCES);
		expect_sentence(b, "text.c:5 \"h.update(1, &v);\"");
		expect_sentence(b, "The compiler had warned:\ntext.c:5:11: warning:");
		bcc_close(b);
	}
	setenv("BCC_CACHE", "0", 1);
	unsetenv("BCC_CACHE_DIR");
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
	assert_string_equal(bcc_warnings(NULL), "");
}

static int ignore_event(void *ctx, int cpu, const void *data, size_t size)
{
	return 0;
}

static void names_of_calls(void **state)
{
	struct bcc *b = open_test_text("BPF_PERF_OUTPUT(events);\nBPF_RINGBUF_OUTPUT(ring, 1);\n"
				       "int on_switch(void *ctx) { return 0; }\n",
		NULL);

	expect_fails(b, bcc_attach_raw_tracepoint(b, "on_swich", "sched_switch", NULL), -ENOENT,
		"did you mean on_switch?");
	expect_fails(b, bcc_attach_raw_tracepoint(b, "entirely_else", "sched_switch", NULL), -ENOENT,
		"it has on_switch");
	expect_fails(b, bcc_attach_raw_tracepoint(b, "on_switch", "sched_swich", NULL), -ENOENT,
		"did you mean sched_switch");
	expect_fails(b, bcc_open_perf(b, "event", ignore_event, NULL, NULL), -EINVAL, "did you mean events?");
	expect_fails(b, bcc_open_perf(b, "x", ignore_event, NULL, NULL), -EINVAL, "it has events");
	expect_fails(b, bcc_open_perf(b, "ring", ignore_event, NULL, NULL), -EINVAL, "bcc_open_ring()");
	expect_fails(b, bcc_open_ring(b, "events", ignore_event, NULL), -EINVAL, "bcc_open_perf()");
	expect_fails(b, bcc_open_ring(b, "rings", ignore_event, NULL), -EINVAL, "did you mean ring?");
	bcc_close(b);
}

static void causes_of_perf_events(void **state)
{
	struct bcc *b = open_test_text("int sample(void *ctx) { return 0; }\n", NULL);
	struct bcc_perf_event_opts opts = {
		.size = sizeof(opts), .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK};

	opts.cpu = 100000;
	opts.sample_freq = 9;
	assert_true(bcc_attach_perf_event(b, "sample", &opts, NULL) < 0);
	expect_sentence(b, "no such CPU: 100000");
	opts.cpu = -1;
	opts.sample_freq = 1000000000;
	assert_true(bcc_attach_perf_event(b, "sample", &opts, NULL) < 0);
	expect_sentence(b, "1000000000 samples a second are more than the kernel allows");
	opts.sample_freq = 9;
	opts.config = 9999;
	assert_true(bcc_attach_perf_event(b, "sample", &opts, NULL) < 0);
	bcc_close(b);
}

/* Opens a text where something is missing: the error must have `part` in it, and not speak of headers. */
static const char *open_without(const char *part)
{
	static char message[4096];
	struct bcc *b;
	int ret = bcc_open_text(
		"int kprobe__vfs_read(struct pt_regs *ctx, struct file *f) { return f->f_flags; }\n", NULL,
		&b);

	if (ret && strstr(bcc_error(b), part) && !strstr(bcc_error(b), "linux-headers"))
		return NULL;
	snprintf(message, sizeof(message), "%d: %s", ret, bcc_error(b));
	return message;
}

static const char *without_descriptors(void)
{
	struct rlimit limit = {3, 3};

	setrlimit(RLIMIT_NOFILE, &limit);
	return open_without("ulimit -n");
}

static const char *with_damaged_btf(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("/dev/null", "/sys/kernel/btf/vmlinux", NULL, MS_BIND, NULL))
		return "the test cannot lay a file over the kernel's BTF";
	/* headers would be taken instead */
	if (!access("/lib/modules", F_OK) && mount("tmpfs", "/lib/modules", "tmpfs", 0, NULL))
		return "the test cannot hide the kernel's headers";
	return open_without("/sys/kernel/btf/vmlinux");
}

static void limits_are_named(void **state)
{
	in_child(without_descriptors);
}

static void damaged_btf_is_named(void **state)
{
	in_child(with_damaged_btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(warnings_of_the_compiler),
		cmocka_unit_test(messages_of_tracepoints),
		cmocka_unit_test(messages_of_the_verifier),
		cmocka_unit_test(messages_of_attaching),
		cmocka_unit_test(warnings_are_kept),
		cmocka_unit_test(names_of_calls),
		cmocka_unit_test(causes_of_perf_events),
		cmocka_unit_test(limits_are_named),
		cmocka_unit_test(damaged_btf_is_named),
	};

	unsetenv("BCC_KERNEL_SOURCE");
	if (geteuid()) {
		printf("SKIP: loading BPF programs needs root\n");
		return getenv("BCC_TEST_NO_SKIP") ? 1 : 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
