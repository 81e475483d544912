/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's symbols, compared with /proc/kallsyms and the lists of tracefs, read line by line. */
#include "testlib.h"

#include <bcc/symbols.h>

struct line {
	uint64_t address;
	char type, name[512], module[128];
};

static bool read_line(FILE *f, struct line *l)
{
	char text[1024];
	unsigned long long address;

	if (!fgets(text, sizeof(text), f))
		return false;
	l->module[0] = '\0';
	if (sscanf(text, "%llx %c %511s [%127[^]]", &address, &l->type, l->name, l->module) < 3)
		fail_msg("/proc/kallsyms says: %s", text);
	l->address = address;
	return true;
}

/* Without BPF programs and trampolines, which come and go with the processes that have them. */
static bool is_code(const struct line *l)
{
	return strchr("tTwW", l->type) && strcmp(l->module, "bpf") != 0 &&
	       strncmp(l->module, "__builtin__", 11) != 0;
}

static FILE *open_kallsyms(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");

	if (!f)
		test_missing("no /proc/kallsyms");
	return f;
}

static struct bcc_symbols *open_kernel(void)
{
	struct bcc_symbols *s;

	assert_int_equal(bcc_symbols_open_kernel(NULL, &s), 0);
	return s;
}

static void close_and_skip(struct bcc_symbols *s)
{
	char why[512];

	snprintf(why, sizeof(why), "%s", bcc_symbols_error(s));
	bcc_symbols_close(s);
	test_missing("%s", why);
}

static void need_addresses(struct bcc_symbols *s)
{
	uint64_t address;

	if (bcc_symbols_find(s, NULL, "_stext", &address) == -EPERM)
		close_and_skip(s);
}

/* At the address of each function is that function, or one that starts there too. */
static void test_every_function(void **state)
{
	struct bcc_symbols *s = open_kernel();
	struct bcc_symbol_info info;
	FILE *f = open_kallsyms();
	struct line l;
	size_t functions = 0, same = 0;

	need_addresses(s);
	while (read_line(f, &l)) {
		if (!is_code(&l))
			continue;
		functions++;
		if (bcc_symbols_resolve(s, l.address, &info))
			fail_msg("%s at %#llx has no name", l.name, (unsigned long long)l.address);
		assert_int_equal(info.address, l.address);
		assert_int_equal(info.offset, 0);
		assert_string_equal(info.module, *l.module ? l.module : "kernel");
		same += !strcmp(info.raw_name, l.name);
		/* and inside it, unless the next one starts there */
		if (info.symbol_size > 1) {
			assert_int_equal(bcc_symbols_resolve(s, l.address + 1, &info), 0);
			assert_int_equal(info.address, l.address);
			assert_int_equal(info.offset, 1);
		}
	}
	fclose(f);
	assert_true(functions > 10000);
	/* the kernel has some thousands of functions that share their address with another */
	assert_true(same > functions / 2);
	bcc_symbols_close(s);
}

static void test_names(void **state)
{
	struct bcc_symbols *s = open_kernel();
	FILE *f = open_kallsyms();
	uint64_t address;
	struct line l;
	size_t i = 0, found = 0;

	need_addresses(s);
	/* a name that several functions share yields any of them, so only unique names are checked */
	while (read_line(f, &l)) {
		if (i++ % 16 || !is_code(&l))
			continue;
		if (bcc_symbols_find(s, *l.module ? l.module : "kernel", l.name, &address))
			fail_msg("%s: %s", l.name, bcc_symbols_error(s));
		found += address == l.address;
	}
	fclose(f);
	assert_true(found > i / 16 / 4);
	assert_int_equal(bcc_symbols_find(s, "kernel", "vfs_read", &address), 0);
	assert_int_equal(bcc_symbols_find(s, "no_such_module", "vfs_read", &address), -ENOENT);
	assert_int_equal(bcc_symbols_find(s, NULL, "no_such_function", &address), -ENOENT);
	assert_non_null(strstr(bcc_symbols_error(s), "no_such_function"));
	bcc_symbols_close(s);
}

static void test_what_is_no_address(void **state)
{
	struct bcc_symbols *s = open_kernel();
	struct bcc_symbol_info info;
	char text[64];

	need_addresses(s);
	assert_int_equal(bcc_symbols_resolve(s, 0, &info), -ENOENT);
	assert_null(info.name);
	assert_int_equal(bcc_symbols_resolve(s, 4096, &info), -ENOENT);
	assert_int_equal(bcc_symbols_resolve(s, UINT64_MAX, &info), -ENOENT);
	assert_string_equal(
		bcc_symbols_text(s, 4096, BCC_SYMBOL_OFFSET | BCC_SYMBOL_MODULE, text, sizeof(text)),
		"[unknown]");
	bcc_symbols_close(s);
}

/* As a user from whom the kernel hides its addresses. */
static const char *ask_as_nobody(void)
{
	static char message[256];
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	uint64_t address;
	int err;

	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return "cannot become nobody";
	if (bcc_symbols_open_kernel(NULL, &s))
		return "open failed";
	err = bcc_symbols_find(s, NULL, "vfs_read", &address);
	if (err == 0) {
		bcc_symbols_close(s);
		return NULL; /* addresses are visible to everybody here */
	}
	if (err != -EPERM || !strstr(bcc_symbols_error(s), "kptr_restrict")) {
		snprintf(message, sizeof(message), "%d: %s", err, bcc_symbols_error(s));
		return message;
	}
	if (bcc_symbols_resolve(s, 0xffffffff81000000, &info) != -EPERM || info.name)
		return "an address has a name";
	bcc_symbols_close(s);
	return NULL;
}

static void test_hidden_addresses(void **state)
{
	if (geteuid() != 0)
		test_missing("becoming another user takes root");
	in_child(ask_as_nobody);
}

/* ---- what can be probed ---- */

struct seen {
	size_t count, can_ftrace, can_btf;
	uint64_t last;
	bool wrong_order, has_vfs_read, has_padding;
	const char *prefix;
	size_t other_prefix;
};

static int see(void *ctx, const struct bcc_kernel_function *function)
{
	struct seen *seen = ctx;

	seen->count++;
	seen->can_ftrace += !!(function->can & BCC_FUNCTION_FTRACE);
	seen->can_btf += !!(function->can & BCC_FUNCTION_BTF);
	seen->wrong_order = seen->wrong_order || function->address < seen->last;
	seen->last = function->address;
	seen->has_padding = seen->has_padding || !strncmp(function->name, "__pfx_", 6);
	if (!strcmp(function->name, "vfs_read"))
		seen->has_vfs_read = !function->same_name && !*function->module;
	if (seen->prefix && strncmp(function->name, seen->prefix, strlen(seen->prefix)) != 0)
		seen->other_prefix++;
	return 0;
}

static int stop_at_first(void *ctx, const struct bcc_kernel_function *function)
{
	++*(int *)ctx;
	return 7;
}

static void test_functions_by_pattern(void **state)
{
	struct bcc_symbols *s = open_kernel();
	struct seen some = {.prefix = "vfs_"}, all = {0}, alternative = {0}, none = {0};
	int calls = 0;

	assert_int_equal(bcc_kernel_functions_each(s, "^vfs_", 0, see, &some), 0);
	assert_true(some.count > 20 && some.count < 1000);
	assert_int_equal(some.other_prefix, 0);
	assert_true(some.has_vfs_read);
	assert_int_equal(bcc_kernel_functions_each(s, NULL, 0, see, &all), 0);
	assert_true(all.count > 10000);
	assert_true(all.has_vfs_read);
	assert_false(all.has_padding);
	assert_false(all.wrong_order);
	/* looks like a fixed prefix, but is not one */
	assert_int_equal(bcc_kernel_functions_each(s, "^(vfs_read|vfs_write)$", 0, see, &alternative), 0);
	assert_int_equal(alternative.count, 2);
	alternative.count = 0;
	assert_int_equal(bcc_kernel_functions_each(s, "^vfs_readx*$", 0, see, &alternative), 0);
	assert_int_equal(alternative.count, 1);
	alternative.count = 0;
	assert_int_equal(bcc_kernel_functions_each(s, "^vfs_read$|^vfs_write$", 0, see, &alternative), 0);
	assert_int_equal(alternative.count, 2);
	assert_int_equal(bcc_kernel_functions_each(s, "no_such_function", 0, see, &none), 0);
	assert_int_equal(none.count, 0);
	assert_int_equal(bcc_kernel_functions_each(s, "^vfs_", 0, stop_at_first, &calls), 7);
	assert_int_equal(calls, 1);
	assert_int_equal(bcc_kernel_functions_each(s, "vfs_(", 0, see, &none), -EINVAL);
	assert_non_null(strstr(bcc_symbols_error(s), "vfs_("));
	assert_int_equal(bcc_kernel_functions_each(s, "vfs_", 1 << 30, see, &none), -EINVAL);
	bcc_symbols_close(s);
}

static void test_functions_with_types(void **state)
{
	struct bcc_symbols *s = open_kernel();
	struct seen all = {0}, typed = {0};
	int err = bcc_kernel_functions_each(s, NULL, BCC_FUNCTION_BTF, see, &typed);

	if (err == -EOPNOTSUPP)
		close_and_skip(s);
	assert_int_equal(err, 0);
	assert_int_equal(bcc_kernel_functions_each(s, NULL, 0, see, &all), 0);
	assert_true(typed.count > 10000 && typed.count < all.count);
	assert_int_equal(typed.can_btf, typed.count);
	assert_true(typed.has_vfs_read);
	bcc_symbols_close(s);
}

/* As many functions of the kernel itself as ftrace lists for that pattern, counting unique names. */
static void test_functions_of_ftrace(void **state)
{
	struct bcc_symbols *s = open_kernel();
	struct seen traced = {0};
	char line[1024];
	size_t listed = 0;
	int err = bcc_kernel_functions_each(s, "^vfs_[a-z_]*$", BCC_FUNCTION_FTRACE, see, &traced);
	FILE *f;

	if (err == -EOPNOTSUPP)
		close_and_skip(s);
	assert_int_equal(err, 0);
	assert_int_equal(traced.can_ftrace, traced.count);
	assert_true(traced.has_vfs_read);
	f = fopen("/sys/kernel/tracing/available_filter_functions", "re");
	if (!f)
		f = fopen("/sys/kernel/debug/tracing/available_filter_functions", "re");
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		listed += !strncmp(line, "vfs_", 4) &&
			  strspn(line, "abcdefghijklmnopqrstuvwxyz_") == strlen(line);
	}
	if (f) {
		fclose(f);
		assert_int_equal(traced.count, listed);
	}
	bcc_symbols_close(s);
}

static void test_not_the_kernel(void **state)
{
	struct bcc_symbols *s;
	struct seen seen = {0};

	assert_int_equal(bcc_symbols_open_process(getpid(), NULL, &s), 0);
	assert_int_equal(bcc_kernel_functions_each(s, NULL, 0, see, &seen), -EINVAL);
	assert_int_equal(seen.count, 0);
	bcc_symbols_close(s);
}

/* ---- modules come and go ---- */

static void test_modules(void **state)
{
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	uint64_t address;
	char name[64];

	if (access("/proc/modules", F_OK) || access("/sys/module/dummy", F_OK) == 0)
		test_too_old("the kernel takes no modules, or \"dummy\" is there already");
	s = open_kernel();
	need_addresses(s);
	assert_int_equal(bcc_symbols_find(s, "dummy", "dummy_setup", &address), -ENOENT);
	if (system("modprobe dummy 2>/dev/null") != 0) {
		bcc_symbols_close(s);
		test_too_old("there is no module \"dummy\"");
	}
	assert_int_equal(bcc_symbols_refresh(s), 0);
	assert_int_equal(bcc_symbols_find(s, "dummy", "dummy_setup", &address), 0);
	assert_int_equal(bcc_symbols_resolve(s, address + 1, &info), 0);
	assert_string_equal(info.name, "dummy_setup");
	assert_string_equal(info.module, "dummy");
	assert_string_equal(
		bcc_symbols_text(s, address, BCC_SYMBOL_MODULE, name, sizeof(name)), "dummy_setup [dummy]");
	assert_int_equal(system("rmmod dummy"), 0);
	assert_int_equal(bcc_symbols_refresh(s), 0);
	assert_int_equal(bcc_symbols_find(s, "dummy", "dummy_setup", &address), -ENOENT);
	bcc_symbols_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_function),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_what_is_no_address),
		cmocka_unit_test(test_hidden_addresses),
		cmocka_unit_test(test_functions_by_pattern),
		cmocka_unit_test(test_functions_with_types),
		cmocka_unit_test(test_functions_of_ftrace),
		cmocka_unit_test(test_not_the_kernel),
		cmocka_unit_test(test_modules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
