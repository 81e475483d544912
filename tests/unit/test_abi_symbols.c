/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's C functions for symbols, against programs that know where their functions are. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/bcc_usdt.h>

#include "libbcc/abi/symbols.h"

#include "tests/targets/traced_symbols.h"

static const char pie[] = TARGETS "/target_pie";

static void test_symcache(void **state)
{
	struct bcc_symbol_option plain = {.lazy_symbolize = 1, .use_symbol_type = 1 << STT_FUNC};
	struct bcc_symbol sym;
	struct traced t;
	void *cache;
	uint64_t address;

	traced_start(&t, TARGETS "/target_cpp");
	cache = bcc_symcache_new(t.pid, NULL);
	assert_non_null(cache);
	assert_int_equal(bcc_symcache_resolve(cache, t.functions[0].address + 1, &sym), 0);
	assert_string_equal(sym.name, "_ZNK6target5shape4areaEi");
	assert_string_equal(sym.demangle_name, "target::shape::area(int) const");
	assert_string_equal(sym.module, TARGETS "/target_cpp");
	assert_int_equal(sym.offset, 1);
	bcc_symbol_free_demangle_name(&sym);
	assert_int_equal(bcc_symcache_resolve_no_demangle(cache, t.functions[0].address, &sym), 0);
	assert_string_equal(sym.name, "_ZNK6target5shape4areaEi");
	assert_null(sym.demangle_name);
	assert_int_equal(
		bcc_symcache_resolve_name(cache, sym.module, "_ZNK6target5shape4areaEi", &address), 0);
	assert_int_equal(address, t.functions[0].address);
	assert_int_equal(bcc_symcache_resolve_name(cache, NULL, "no_such_function", &address), -1);
	assert_int_equal(bcc_symcache_resolve(cache, 16, &sym), -1);
	assert_null(sym.module);
	bcc_free_symcache(cache, t.pid);
	traced_end(&t);

	/* the file without its debug file: known only by module and offset */
	traced_start(&t, TARGETS "/target_debuglink");
	cache = bcc_symcache_new(t.pid, &plain);
	assert_int_equal(bcc_symcache_resolve(cache, t.functions[0].address, &sym), -1);
	assert_string_equal(sym.module, TARGETS "/target_debuglink");
	assert_true(sym.offset > 0);
	bcc_free_symcache(cache, t.pid);
	plain.use_debug_file = plain.check_debug_file_crc = 1;
	cache = bcc_symcache_new(t.pid, &plain);
	assert_int_equal(bcc_symcache_resolve(cache, t.functions[0].address, &sym), 0);
	assert_string_equal(sym.name, "target_before");
	bcc_free_symcache(cache, t.pid);
	traced_end(&t);
}

static void test_symcache_of_nobody(void **state)
{
	struct bcc_symbol sym;
	uint64_t address;
	void *cache = bcc_symcache_new(1 << 30, NULL);

	assert_non_null(cache);
	assert_int_equal(bcc_symcache_resolve(cache, 4096, &sym), -1);
	bcc_symcache_refresh(cache);
	bcc_free_symcache(cache, 1 << 30);
	assert_int_equal(bcc_symcache_resolve(NULL, 4096, &sym), -1);
	assert_int_equal(bcc_symcache_resolve_name(NULL, NULL, "x", &address), -1);
	bcc_symcache_refresh(NULL);
	bcc_free_symcache(NULL, -1);
}

static void from_hex(const char *hex, unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &bytes[i]), 1);
}

static void test_build_ids(void **state)
{
	struct bpf_stack_build_id trace = {.status = BPF_STACK_BUILD_ID_VALID};
	char id[41], stripped[41], other[41];
	struct bcc_symbol sym = {0};
	void *cache = bcc_buildsymcache_new();

	assert_int_equal(bcc_elf_get_buildid(pie, id), 0);
	assert_int_equal(strlen(id), 40);
	assert_int_equal(bcc_elf_get_buildid(TARGETS "/target_stripped", stripped), 0);
	assert_string_equal(id, stripped);
	assert_int_equal(bcc_elf_get_buildid(TARGETS "/target_no_pie", other), 0);
	assert_string_not_equal(id, other);
	assert_int_equal(bcc_elf_get_buildid(TARGETS "/target_debuglink", other), -1);

	from_hex(id, trace.build_id, sizeof(trace.build_id));
	assert_int_equal(bcc_resolve_symname(pie, "target_leaf", 0, 0, NULL, &sym), 0);
	trace.offset = sym.offset + 1;
	free((char *)sym.module);
	assert_int_equal(bcc_buildsymcache_resolve(cache, &trace, &sym), -1);
	assert_int_equal(bcc_buildsymcache_add_module(cache, pie), 0);
	assert_int_equal(bcc_buildsymcache_resolve(cache, &trace, &sym), 0);
	assert_string_equal(sym.name, "target_leaf");
	assert_string_equal(sym.module, pie);
	assert_int_equal(sym.offset, 1);
	trace.status = BPF_STACK_BUILD_ID_IP;
	assert_int_equal(bcc_buildsymcache_resolve(cache, &trace, &sym), -1);
	assert_int_equal(bcc_buildsymcache_add_module(cache, "/no/such/file"), -1);
	bcc_free_buildsymcache(cache);
}

/* ---- ELF ---- */

struct wanted {
	const char *name;
	uint64_t address, size;
	size_t calls;
};

static int look(const char *name, uint64_t start, uint64_t size, void *payload)
{
	struct wanted *wanted = payload;

	wanted->calls++;
	if (strcmp(name, wanted->name) != 0)
		return 0;
	wanted->address = start;
	wanted->size = size;
	return -1;
}

static uint64_t listed_address;

static int look_for_strlen(const char *name, uint64_t address)
{
	if (strcmp(name, "strlen") != 0)
		return 0;
	listed_address = address;
	return -1;
}

/* Clients that attach by pattern take functions' addresses from the list: of an indirect one, that of the
 * code which is called. */
static void test_list_of_indirect_functions(void **state)
{
	struct bcc_symbol symbol;

	assert_int_equal(bcc_foreach_function_symbol("c", look_for_strlen), 0);
	assert_int_equal(bcc_resolve_symname("c", "strlen", listed_address, 0, NULL, &symbol), 0);
	listed_address = symbol.offset;
	free((char *)symbol.module);
	assert_int_equal(bcc_resolve_symname("c", "strlen", 0, 0, NULL, &symbol), 0);
	assert_int_equal(listed_address, symbol.offset);
	free((char *)symbol.module);
}

static uint64_t expect_symbol(const char *path, const char *name)
{
	struct wanted wanted = {.name = name};

	assert_int_equal(bcc_elf_foreach_sym(path, look, NULL, &wanted), 0);
	assert_true(wanted.calls > 0);
	if (!wanted.address)
		fail_msg("%s has no %s", path, name);
	return wanted.address;
}

static int by_reference(size_t section, size_t string, size_t length, uint64_t start, uint64_t size,
	int is_debug_file, void *payload)
{
	struct wanted *wanted = payload;
	char name[256];

	assert_int_equal(bcc_elf_symbol_str(TARGETS "/target_debuglink", section, string, name, sizeof(name),
				 is_debug_file),
		0);
	assert_int_equal(strlen(name), length);
	wanted->calls += is_debug_file;
	if (!strcmp(name, wanted->name))
		wanted->address = start;
	return 0;
}

static void test_elf_symbols(void **state)
{
	struct bcc_symbol_option functions = {.use_symbol_type = 1 << STT_FUNC};
	struct wanted wanted = {.name = "target_leaf"};
	char text[16];

	assert_int_equal(
		expect_symbol(TARGETS "/target_debuglink", "target_leaf"), expect_symbol(pie, "target_leaf"));
	expect_symbol(TARGETS "/target_cpp", "_ZNK6target5shape4areaEi");
	assert_int_equal(
		bcc_elf_foreach_sym_lazy(TARGETS "/target_debuglink", by_reference, NULL, &wanted), 0);
	assert_int_equal(wanted.address, expect_symbol(pie, "target_leaf"));
	assert_true(wanted.calls > 5);
	/* not found without the debug file */
	wanted = (struct wanted){.name = "target_leaf"};
	assert_int_equal(bcc_elf_foreach_sym(TARGETS "/target_debuglink", look, &functions, &wanted), 0);
	assert_int_equal(wanted.address, 0);
	assert_int_equal(bcc_elf_foreach_sym("/etc/passwd", look, NULL, &wanted), -1);
	assert_int_equal(bcc_elf_foreach_sym("/no/such/file", look, NULL, &wanted), -1);
	assert_int_equal(bcc_elf_symbol_str(pie, 1000, 1, text, sizeof(text), 0), -1);
	if (getauxval(AT_SYSINFO_EHDR)) {
		wanted = (struct wanted){.name = "__vdso_gettimeofday"};
		assert_int_equal(bcc_elf_foreach_vdso_sym(look, &wanted), 0);
		assert_true(wanted.address > 0);
	}
}

/* What a client finds for an indirect function: what runs, or, if it asks for that, what chooses it. */
static void test_indirect_function(void **state)
{
	struct bcc_symbol_option functions = {.use_symbol_type = 1 << STT_FUNC};
	struct bcc_symbol_option indirect = {.use_symbol_type = 1 << STT_GNU_IFUNC};
	struct bcc_symbol chosen, resolver;

	assert_int_equal(bcc_resolve_symname("c", "strlen", 0, 0, NULL, &chosen), 0);
	if (bcc_resolve_symname("c", "strlen", 0, 0, &functions, &resolver) == 0) {
		printf("SKIP: strlen() of this C library is not an indirect function\n");
		free((char *)chosen.module);
		free((char *)resolver.module);
		skip();
	}
	assert_null(resolver.module);
	assert_int_equal(bcc_resolve_symname("c", "strlen", 0, 0, &indirect, &resolver), 0);
	assert_string_equal(resolver.module, chosen.module);
	assert_int_not_equal(resolver.offset, chosen.offset);
	assert_true(resolver.offset > 0);
	free((char *)chosen.module);
	free((char *)resolver.module);
	assert_int_equal(bcc_resolve_symname("c", "malloc", 0, 0, &indirect, &resolver), -1);
	assert_int_equal(bcc_resolve_symname("c", "malloc", 0, 0, &functions, &resolver), 0);
	free((char *)resolver.module);
}

static void copy_file(const char *from, const char *to)
{
	char command[1024];

	assert_in_range(
		snprintf(command, sizeof(command), "mkdir -p \"$(dirname %s)\" && cp %s %s", to, from, to), 1,
		sizeof(command) - 1);
	assert_int_equal(system(command), 0);
}

/* A static function of a stripped file is found where the environment says that debug files are. */
static void test_debug_files_elsewhere(void **state)
{
	char root[] = "/tmp/bcc-debug-XXXXXX", id[41], path[512], command[64];
	const char *stripped = TARGETS "/target_stripped";
	struct bcc_symbol sym, expected;

	assert_non_null(mkdtemp(root));
	assert_int_equal(bcc_resolve_symname(pie, "target_leaf", 0, 0, NULL, &expected), 0);
	assert_int_equal(bcc_resolve_symname(stripped, "target_leaf", 0, 0, NULL, &sym), -1);
	assert_int_equal(bcc_elf_get_buildid(pie, id), 0);
	snprintf(path, sizeof(path), "%s/.build-id/%.2s/%s.debug", root, id, id + 2);
	copy_file(pie, path);
	setenv("BCC_DEBUGINFO_ROOT", root, 1);
	assert_int_equal(bcc_resolve_symname(stripped, "target_leaf", 0, 0, NULL, &sym), 0);
	assert_string_equal(sym.module, stripped);
	assert_int_equal(sym.offset, expected.offset);
	free((char *)sym.module);
	unsetenv("BCC_DEBUGINFO_ROOT");

	setenv("BCC_SYMFS", root, 1);
	assert_int_equal(bcc_resolve_symname(stripped, "target_leaf", 0, 0, NULL, &sym), -1);
	snprintf(path, sizeof(path), "%s%s", root, stripped);
	copy_file(TARGETS "/target_no_pie", path); /* of another build */
	assert_int_equal(bcc_resolve_symname(stripped, "target_leaf", 0, 0, NULL, &sym), -1);
	copy_file(pie, path);
	assert_int_equal(bcc_resolve_symname(stripped, "target_leaf", 0, 0, NULL, &sym), 0);
	assert_int_equal(sym.offset, expected.offset);
	free((char *)sym.module);
	unsetenv("BCC_SYMFS");
	free((char *)expected.module);
	snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
}

static int code_of(uint64_t v_addr, uint64_t mem_sz, uint64_t file_offset, void *payload)
{
	struct wanted *wanted = payload;

	wanted->calls++;
	if (wanted->address >= v_addr && wanted->address - v_addr < mem_sz)
		wanted->size = wanted->address - v_addr + file_offset;
	return -1;
}

static void test_elf_files(void **state)
{
	struct wanted wanted = {.address = expect_symbol(pie, "target_leaf")};
	struct bcc_symbol sym;
	uint64_t address = 0, offset = 0;

	assert_int_equal(bcc_elf_foreach_load_section(pie, code_of, &wanted), 1);
	assert_int_equal(wanted.calls, 1);
	assert_int_equal(bcc_resolve_symname(pie, "target_leaf", 0, 0, NULL, &sym), 0);
	assert_int_equal(wanted.size, sym.offset);
	assert_string_equal(sym.module, pie);
	free((char *)sym.module);
	assert_int_equal(bcc_elf_foreach_load_section("/etc/passwd", code_of, &wanted), -1);
	assert_int_equal(bcc_elf_get_text_scn_info(pie, &address, &offset), 0);
	assert_in_range(wanted.address, address, address + 65536);
	assert_int_equal(wanted.address - address, sym.offset - offset);
	assert_int_equal(bcc_elf_get_type(pie), ET_DYN);
	assert_int_equal(bcc_elf_get_type(TARGETS "/target_no_pie"), ET_EXEC);
	assert_int_equal(bcc_elf_get_type("/etc/passwd"), -1);
	assert_int_equal(bcc_elf_is_shared_obj(pie), 1);
	assert_int_equal(bcc_elf_is_shared_obj(TARGETS "/target_no_pie"), 0);
	assert_int_equal(bcc_elf_is_exe(pie), 1);
	assert_int_equal(bcc_elf_is_exe("/etc/passwd"), 0);
	assert_int_equal(bcc_elf_is_vdso("[vdso]"), 1);
	assert_int_equal(bcc_elf_is_vdso("[stack]"), 0);
}

/* ---- processes ---- */

struct modules {
	const char *path;
	uint64_t address; /* of one of its functions */
	size_t with_address, perf_maps, all;
};

static int see_module(mod_info *module, int enter_ns, void *payload)
{
	struct modules *modules = payload;

	modules->all++;
	if (bcc_is_perf_map(module->name)) {
		modules->perf_maps++;
	} else if (!strcmp(module->name, modules->path) && modules->address >= module->start_addr &&
		   modules->address < module->end_addr) {
		modules->with_address++;
		assert_true(module->inode > 0);
	}
	return 0;
}

static void test_modules(void **state)
{
	struct modules modules = {.path = pie};
	struct bcc_symbol sym;
	struct traced t;
	uint64_t address = 0;

	traced_start(&t, pie);
	modules.address = t.functions[1].address;
	assert_int_equal(bcc_procutils_each_module(t.pid, see_module, &modules), 0);
	assert_int_equal(modules.with_address, 1);
	assert_int_equal(modules.perf_maps, 2);
	assert_true(modules.all > 4); /* the program, libc, the loader, the perf maps */
	assert_int_equal(bcc_procutils_each_module(1 << 30, see_module, &modules), -1);
	/* a function's offset in the file, and its address in the process */
	assert_int_equal(bcc_resolve_symname(pie, t.functions[1].name, 0, t.pid, NULL, &sym), 0);
	assert_int_equal(bcc_resolve_global_addr(t.pid, pie, sym.offset, 0, &address), 0);
	assert_int_equal(address, t.functions[1].address);
	assert_int_equal(bcc_resolve_global_addr(t.pid, pie, sym.offset, 1, &address), 0);
	assert_int_equal(address, t.functions[1].address);
	assert_int_equal(bcc_resolve_global_addr(t.pid, "/no/such/file", sym.offset, 0, &address), -1);
	free((char *)sym.module);
	traced_end(&t);
	assert_int_equal(bcc_mapping_is_file_backed("/usr/lib/libc.so.6"), 1);
	assert_int_equal(bcc_mapping_is_file_backed("[heap]"), 0);
	assert_int_equal(bcc_mapping_is_file_backed(""), 0);
	/* a section with address 0x300 at file offset 4; the file is mapped from offset 0x20 on at 0x1000 */
	assert_int_equal(__so_calc_global_addr(0x1000, 0x20, 0x300, 4, 0x400), 0x400 + 0xfe0 - 0x2fc);
	assert_int_equal(__so_calc_mod_offset(0x1000, 0x20, 0x300, 4, 0x400 + 0xfe0 - 0x2fc), 0x400);
}

static int count_modules(mod_info *module, int enter_ns, void *payload)
{
	struct modules *modules = payload;

	modules->all++;
	return modules->path && !strcmp(module->name, modules->path) ? -1 : 0;
}

static int listed(const char *stop_at, int *count)
{
	static char maps[] = "00400000-00401000 r-xp 00000000 08:01 12   /usr/bin/one\n"
			     "00600000-00601000 rw-p 00000000 08:01 12   /usr/bin/one\n"
			     "00700000-00701000 rwxp 00000000 00:00 0 \n"
			     "00800000-00801000 r-xp 00001000 08:01 13   /usr/lib/lib two.so\n";
	struct modules modules = {.path = stop_at};
	FILE *file = fmemopen(maps, strlen(maps), "r");
	int ret;

	assert_non_null(file);
	ret = _procfs_maps_each_module(file, getpid(), count_modules, &modules);
	fclose(file);
	*count = modules.all;
	return ret;
}

/* What BCC's clients check: 0 says that the callback found what it was after. */
static void test_list_of_modules(void **state)
{
	int count;

	assert_int_equal(listed(NULL, &count), -1);
	assert_int_equal(count, 2);
	assert_int_equal(listed("/usr/bin/one", &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(listed("/usr/lib/lib two.so", &count), 0);
	assert_int_equal(count, 2);
}

static void test_paths_and_languages(void **state)
{
	struct traced t;
	char *path, *same;

	path = bcc_procutils_which_so("c", 0);
	same = bcc_procutils_which_so("c.so.6", 0);
	assert_non_null(path);
	assert_string_equal(same, path);
	bcc_procutils_free(path);
	bcc_procutils_free(same);
	assert_null(bcc_procutils_which_so("c.so.5", 0));
	assert_null(bcc_procutils_which_so("", 0));
	/* a path is taken for what it is */
	path = bcc_procutils_which_so("/no/such/file", 0);
	assert_string_equal(path, "/no/such/file");
	bcc_procutils_free(path);
	assert_null(bcc_procutils_which(""));
	assert_null(bcc_procutils_which("/no/such/file"));
	traced_start(&t, pie);
	assert_string_equal(bcc_procutils_language(t.pid), "c");
	traced_end(&t);
	assert_null(bcc_procutils_language(1 << 30));
}

/* A static probe of a program that its process only executes after the context has been made. */
static void test_probe_of_new_process(void **state)
{
	struct bcc_usdt_location location;
	int ends[2]; /* the target runs until its input ends */
	pid_t pid;
	void *usdt;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		usleep(50000);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[0], STDIN_FILENO);
		execl(pie, pie, NULL);
		_exit(1);
	}
	usdt = bcc_usdt_new_frompid(pid, NULL);
	assert_non_null(usdt);
	assert_int_equal(bcc_usdt_enable_probe(usdt, "started", "on_start"), 0);
	assert_int_equal(bcc_usdt_get_location(usdt, "bcc_target", "started", 0, &location), 0);
	assert_string_equal(location.bin_path, pie);
	bcc_usdt_close(usdt);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(ends[0]);
	close(ends[1]);
	/* there is none, and no process to wait for */
	usdt = bcc_usdt_new_frompath(pie);
	assert_non_null(usdt);
	assert_int_equal(bcc_usdt_enable_probe(usdt, "ended", "on_end"), -1);
	bcc_usdt_close(usdt);
}

static int add_sizes(const char *name, uint64_t start, uint64_t size, void *payload)
{
	assert_true(start == 0x1000 ? !strcmp(name, "one") : start == 0x2000 && !strcmp(name, "two words"));
	*(uint64_t *)payload += size;
	return 0;
}

static void test_perf_maps(void **state)
{
	char directory[] = "/tmp/maps-XXXXXX", path[64], expected[64];
	uint64_t sizes = 0;

	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/perf-1.map", directory);
	assert_false(bcc_is_valid_perf_map(path));
	append(path, "1000 20 one\n2000 30 two words\n");
	assert_true(bcc_is_valid_perf_map(path));
	assert_int_equal(bcc_perf_map_foreach_sym(path, add_sizes, &sizes), 0);
	assert_int_equal(sizes, 0x50);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(directory), 0);
	assert_int_equal(bcc_perf_map_foreach_sym(path, add_sizes, &sizes), -1);
	assert_true(bcc_is_perf_map("/tmp/perf-12.map"));
	assert_false(bcc_is_perf_map("/tmp/perf-12.txt"));
	assert_int_equal(bcc_perf_map_nstgid(getpid()), getpid());
	assert_int_equal(bcc_perf_map_nstgid(1 << 30), -1);
	assert_true(bcc_perf_map_path(path, sizeof(path), getpid()));
	snprintf(expected, sizeof(expected), "/tmp/perf-%d.map", getpid());
	assert_string_equal(path, expected);
	assert_false(bcc_perf_map_path(path, sizeof(path), 1 << 30));
	assert_false(bcc_perf_map_path(path, 5, getpid()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_symcache),
		cmocka_unit_test(test_symcache_of_nobody),
		cmocka_unit_test(test_build_ids),
		cmocka_unit_test(test_elf_symbols),
		cmocka_unit_test(test_indirect_function),
		cmocka_unit_test(test_list_of_indirect_functions),
		cmocka_unit_test(test_debug_files_elsewhere),
		cmocka_unit_test(test_elf_files),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_list_of_modules),
		cmocka_unit_test(test_paths_and_languages),
		cmocka_unit_test(test_probe_of_new_process),
		cmocka_unit_test(test_perf_maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
