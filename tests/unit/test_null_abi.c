/* SPDX-License-Identifier: Apache-2.0 */
/* Every call of BCC's C libraries, with NULL for all that can be NULL: whatever it returns, the process
 * survives. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/bcc_common.h>
#include <bcc/bcc_elf.h>
#include <bcc/bcc_proc.h>
#include <bcc/bcc_syms.h>
#include <bcc/bcc_usdt.h>
#include <bcc/libbpf.h>
#include <bcc/perf_reader.h>

static long number; /* for sizes, counts and indexes */

#define NUMBER number
#define TRY(call)                                                                                            \
	case __COUNTER__ - FIRST:                                                                            \
		if (only_name)                                                                               \
			return #call;                                                                        \
		(void)(call);                                                                                \
		return #call

/* Makes the call with this index; NULL: there are no more. */
static const char *make_call(int index, bool only_name)
{
	enum { FIRST = __COUNTER__ + 1 };

	switch (index) {
		TRY(bpf_module_create_c(NULL, NUMBER, NULL, NUMBER, false, NULL));
		TRY(bpf_module_create_c_from_string(NULL, NUMBER, NULL, NUMBER, false, NULL));
		TRY(bpf_module_destroy(NULL));
		TRY(bpf_module_license(NULL));
		TRY(bpf_num_functions(NULL));
		TRY(bpf_function_name(NULL, NUMBER));
		TRY(bpf_function_start_id(NULL, NUMBER));
		TRY(bpf_function_start(NULL, NULL));
		TRY(bpf_function_size_id(NULL, NUMBER));
		TRY(bpf_function_size(NULL, NULL));
		TRY(bcc_func_load(
			NULL, NUMBER, NULL, NULL, NUMBER, NULL, NUMBER, NUMBER, NULL, NUMBER, NULL, NUMBER));
		TRY(bpf_num_tables(NULL));
		TRY(bpf_table_id(NULL, NULL));
		TRY(bpf_table_fd(NULL, NULL));
		TRY(bpf_table_fd_id(NULL, NUMBER));
		TRY(bpf_table_type(NULL, NULL));
		TRY(bpf_table_type_id(NULL, NUMBER));
		TRY(bpf_table_max_entries(NULL, NULL));
		TRY(bpf_table_max_entries_id(NULL, NUMBER));
		TRY(bpf_table_flags(NULL, NULL));
		TRY(bpf_table_flags_id(NULL, NUMBER));
		TRY(bpf_table_name(NULL, NUMBER));
		TRY(bpf_table_key_size(NULL, NULL));
		TRY(bpf_table_key_size_id(NULL, NUMBER));
		TRY(bpf_table_leaf_size(NULL, NULL));
		TRY(bpf_table_leaf_size_id(NULL, NUMBER));
		TRY(bpf_table_key_desc(NULL, NULL));
		TRY(bpf_table_key_desc_id(NULL, NUMBER));
		TRY(bpf_table_leaf_desc(NULL, NULL));
		TRY(bpf_table_leaf_desc_id(NULL, NUMBER));
		TRY(bpf_table_key_snprintf(NULL, NUMBER, NULL, NUMBER, NULL));
		TRY(bpf_table_leaf_snprintf(NULL, NUMBER, NULL, NUMBER, NULL));
		TRY(bpf_table_key_sscanf(NULL, NUMBER, NULL, NULL));
		TRY(bpf_table_leaf_sscanf(NULL, NUMBER, NULL, NULL));
		TRY(bpf_perf_event_fields(NULL, NULL));
		TRY(bpf_perf_event_field(NULL, NULL, NUMBER));
		TRY(bcc_elf_foreach_usdt(NULL, NULL, NULL));
		TRY(bcc_elf_foreach_load_section(NULL, NULL, NULL));
		TRY(bcc_elf_foreach_sym(NULL, NULL, NULL, NULL));
		TRY(bcc_elf_foreach_sym_lazy(NULL, NULL, NULL, NULL));
		TRY(bcc_elf_foreach_vdso_sym(NULL, NULL));
		TRY(bcc_elf_get_text_scn_info(NULL, NULL, NULL));
		TRY(bcc_elf_get_type(NULL));
		TRY(bcc_elf_is_shared_obj(NULL));
		TRY(bcc_elf_is_exe(NULL));
		TRY(bcc_elf_is_vdso(NULL));
		TRY(bcc_elf_get_buildid(NULL, NULL));
		TRY(bcc_elf_symbol_str(NULL, NUMBER, NUMBER, NULL, NUMBER, NUMBER));
		TRY(bcc_procutils_which_so(NULL, getpid()));
		TRY(bcc_procutils_which_so_in_process(NULL, getpid()));
		TRY(bcc_procutils_which(NULL));
		TRY(bcc_procutils_free(NULL));
		TRY(bcc_procutils_language(getpid()));
		TRY(bcc_mapping_is_file_backed(NULL));
		TRY(bcc_procutils_each_module(getpid(), NULL, NULL));
		TRY(_procfs_maps_each_module(NULL, getpid(), NULL, NULL));
		TRY(bcc_procutils_each_ksym(NULL, NULL));
		TRY(bcc_symcache_new(getpid(), NULL));
		TRY(bcc_free_symcache(NULL, getpid()));
		TRY(bcc_symbol_free_demangle_name(NULL));
		TRY(bcc_symcache_resolve(NULL, NUMBER, NULL));
		TRY(bcc_symcache_resolve_no_demangle(NULL, NUMBER, NULL));
		TRY(bcc_symcache_resolve_name(NULL, NULL, NULL, NULL));
		TRY(bcc_symcache_refresh(NULL));
		TRY(bcc_free_buildsymcache(NULL));
		TRY(bcc_buildsymcache_add_module(NULL, NULL));
		TRY(bcc_buildsymcache_resolve(NULL, NULL, NULL));
		TRY(bcc_resolve_symname(NULL, NULL, NUMBER, getpid(), NULL, NULL));
		TRY(bcc_resolve_global_addr(getpid(), NULL, NUMBER, NUMBER, NULL));
		TRY(bcc_foreach_function_symbol(NULL, NULL));
		TRY(_bcc_syms_find_module(NULL, NUMBER, NULL));
		TRY(bcc_usdt_new_frompid(getpid(), NULL));
		TRY(bcc_usdt_new_frompath(NULL));
		TRY(bcc_usdt_close(NULL));
		TRY(bcc_usdt_foreach(NULL, NULL));
		TRY(bcc_usdt_get_location(NULL, NULL, NULL, NUMBER, NULL));
		TRY(bcc_usdt_get_argument(NULL, NULL, NULL, NUMBER, NUMBER, NULL));
		TRY(bcc_usdt_enable_probe(NULL, NULL, NULL));
		TRY(bcc_usdt_enable_fully_specified_probe(NULL, NULL, NULL, NULL));
		TRY(bcc_usdt_addsem_probe(NULL, NULL, NULL, NUMBER));
		TRY(bcc_usdt_addsem_fully_specified_probe(NULL, NULL, NULL, NULL, NUMBER));
		TRY(bcc_usdt_genargs(NULL, NUMBER));
		TRY(bcc_usdt_get_probe_argctype(NULL, NULL, NUMBER));
		TRY(bcc_usdt_get_fully_specified_probe_argctype(NULL, NULL, NULL, NUMBER));
		TRY(bcc_usdt_foreach_uprobe(NULL, NULL));
		TRY(bcc_create_map(0, NULL, NUMBER, NUMBER, NUMBER, NUMBER));
		TRY(bcc_create_map_xattr(NULL, false));
		TRY(bpf_update_elem(-1, NULL, NULL, NUMBER));
		TRY(bpf_lookup_elem(-1, NULL, NULL));
		TRY(bpf_delete_elem(-1, NULL));
		TRY(bpf_get_first_key(-1, NULL, NUMBER));
		TRY(bpf_get_next_key(-1, NULL, NULL));
		TRY(bpf_lookup_and_delete(-1, NULL, NULL));
		TRY(bpf_lookup_batch(-1, NULL, NULL, NULL, NULL, NULL));
		TRY(bpf_delete_batch(-1, NULL, NULL));
		TRY(bpf_update_batch(-1, NULL, NULL, NULL));
		TRY(bpf_lookup_and_delete_batch(-1, NULL, NULL, NULL, NULL, NULL));
		TRY(bcc_prog_load(0, NULL, NULL, NUMBER, NULL, NUMBER, NUMBER, NULL, NUMBER));
		TRY(bcc_prog_load_xattr(0, NULL, NULL, NULL, NULL, NUMBER, NULL, NUMBER, false));
		TRY(bpf_prog_compute_tag(NULL, NUMBER, NULL));
		TRY(bpf_prog_get_tag(-1, NULL));
		TRY(bcc_iter_attach(-1, NULL, NUMBER));
		TRY(bcc_iter_create(-1));
		TRY(bpf_obj_get_info(-1, NULL, NULL));
		TRY(bcc_make_parent_dir(NULL));
		TRY(bcc_check_bpffs_path(NULL));
		TRY(bpf_attach_kprobe(-1, 0, NULL, NULL, NUMBER, NUMBER));
		TRY(bpf_detach_kprobe(NULL));
		TRY(bpf_attach_uprobe(-1, 0, NULL, NULL, NUMBER, getpid(), NUMBER));
		TRY(bpf_detach_uprobe(NULL));
		TRY(bpf_attach_tracepoint(-1, NULL, NULL));
		TRY(bpf_detach_tracepoint(NULL, NULL));
		TRY(bpf_attach_raw_tracepoint(-1, NULL));
		TRY(bpf_attach_kfunc(-1));
		TRY(bpf_attach_lsm(-1));
		TRY(bpf_attach_perf_event_raw(-1, NULL, getpid(), NUMBER, -1, NUMBER));
		TRY(bpf_attach_perf_event(-1, NUMBER, NUMBER, NUMBER, NUMBER, getpid(), NUMBER, -1));
		TRY(bpf_open_perf_event(NUMBER, NUMBER, getpid(), NUMBER));
		TRY(bpf_close_perf_event_fd(-1));
		TRY(bpf_attach_socket(-1, -1));
		TRY(bpf_open_raw_sock(NULL));
		TRY(bpf_attach_xdp(NULL, -1, NUMBER));
		TRY(kernel_struct_has_field(NULL, NULL));
		TRY(kernel_enum_has_val(NULL, NULL));
		TRY(bpf_open_perf_buffer(NULL, NULL, NULL, getpid(), NUMBER, NUMBER));
		TRY(bpf_open_perf_buffer_opts(NULL, NULL, NULL, NUMBER, NULL));
		TRY(bpf_new_ringbuf(-1, NULL, NULL));
		TRY(bpf_free_ringbuf(NULL));
		TRY(bpf_add_ringbuf(NULL, -1, NULL, NULL));
		TRY(bpf_poll_ringbuf(NULL, NUMBER));
		TRY(bpf_consume_ringbuf(NULL));
		TRY(perf_reader_new(NULL, NULL, NULL, NUMBER));
		TRY(perf_reader_free(NULL));
		TRY(perf_reader_mmap(NULL));
		TRY(perf_reader_event_read(NULL));
		TRY(perf_reader_poll(NUMBER, NULL, NUMBER));
		TRY(perf_reader_consume(NUMBER, NULL));
		TRY(perf_reader_fd(NULL));
		TRY(perf_reader_set_fd(NULL, -1));
	default:
		return NULL;
	}
}

static void test_every_call(void **state)
{
	static const long numbers[] = {0, 1, -1};
	int failures = 0, status;
	const char *call;

	(void)state;
	for (size_t n = 0; n < sizeof(numbers) / sizeof(*numbers); n++) {
		for (int i = 0; (call = make_call(i, true)); i++) {
			pid_t child;

			fflush(NULL);
			child = fork();
			if (child == 0) {
				for (int s = 1; s < 32; s++)
					signal(s, SIG_DFL);
				/* it says on stderr what is wrong, as BCC's library does */
				if (!freopen("/dev/null", "w", stderr))
					_exit(1);
				number = numbers[n];
				alarm(30);
				make_call(i, false);
				_exit(0);
			}
			assert_int_equal(waitpid(child, &status, 0), child);
			if (status == 0)
				continue;
			printf("%s with %ld: status %#x\n", call, numbers[n], status);
			failures++;
		}
	}
	assert_int_equal(failures, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
