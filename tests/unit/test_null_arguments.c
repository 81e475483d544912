/* SPDX-License-Identifier: Apache-2.0 */
/* Every public call, with NULL for all that can be NULL: -EINVAL, or NULL or 0 where that is what it
 * returns. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/bcc.h>
#include <bcc/cache.h>
#include <bcc/kernel_features.h>
#include <bcc/loaded.h>
#include <bcc/symbols.h>
#include <bcc/usdt.h>

static int on_event(void *ctx, int cpu, const void *data, size_t size)
{
	(void)ctx;
	(void)cpu;
	(void)data;
	(void)size;
	return 0;
}

static int on_function(void *ctx, const struct bcc_kernel_function *function)
{
	(void)ctx;
	(void)function;
	return 0;
}

#define INVALID(call) assert_int_equal(call, -EINVAL)

static void test_handles(void **state)
{
	const char *none = NULL;
	struct bcc_open_opts opts = {.size = sizeof(opts), .cflags = &none, .cflags_count = 1};
	char buf[64];
	struct bcc *b;

	(void)state;
	INVALID(bcc_open_text("int x;", NULL, NULL));
	INVALID(bcc_open_text(NULL, NULL, NULL));
	INVALID(bcc_open_file("/etc/hostname", NULL, NULL));
	assert_null(bcc_object(NULL, NULL));
	INVALID(bcc_open_object("x", 1, NULL, NULL));
	INVALID(bcc_open_object(NULL, 1, NULL, &b));
	assert_string_equal(bcc_error(b), "object.bpf.o: the object is NULL");
	bcc_close(b);
	INVALID(bcc_open_object("x", 0, NULL, &b));
	assert_string_not_equal(bcc_error(b), "");
	bcc_close(b);
	INVALID(bcc_open_file(NULL, NULL, NULL));
	INVALID(bcc_open_text(NULL, NULL, &b));
	assert_string_not_equal(bcc_error(b), "");
	bcc_close(b);
	INVALID(bcc_open_file(NULL, NULL, &b));
	assert_string_not_equal(bcc_error(b), "");
	bcc_close(b);
	INVALID(bcc_open_text("int x;", &opts, &b));
	assert_string_equal(bcc_error(b), "flag 1 of 1 is NULL");
	bcc_close(b);
	opts.cflags = NULL;
	INVALID(bcc_open_text("int x;", &opts, &b));
	bcc_close(b);
	bcc_close(NULL);
	assert_non_null(bcc_error(NULL));
	assert_non_null(bcc_version());
	assert_int_equal(bcc_program_count(NULL), 0);
	assert_null(bcc_program_at(NULL, 0));
	assert_null(bcc_program_find(NULL, "f"));
	assert_null(bcc_program_find(NULL, NULL));
	assert_null(bcc_program_name(NULL));
	assert_string_equal(bcc_program_section(NULL), "");
	INVALID(bcc_program_load(NULL, BCC_PROG_TYPE_AUTO, NULL));
	INVALID(bcc_program_fd(NULL));
	INVALID(bcc_program_pin(NULL, "/sys/fs/bpf/x"));
	INVALID(bcc_open_program(NULL, "/sys/fs/bpf/x", NULL));
	INVALID(bcc_create(NULL));
	INVALID(bcc_syscall_function(NULL, "clone", buf, sizeof(buf)));
	INVALID(bcc_syscall_function(NULL, NULL, NULL, 0));
}

static void test_attachments(void **state)
{
	struct bcc_perf_event_opts perf = {.size = sizeof(perf)};
	struct bcc_link *link;

	(void)state;
	INVALID(bcc_attach_kprobe(NULL, NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_kprobe(NULL, "f", "f", NULL, &link));
	INVALID(bcc_attach_tracepoint(NULL, NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_tracepoint(NULL, "f", "a", "b", &link));
	INVALID(bcc_attach_raw_tracepoint(NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_raw_tracepoint(NULL, "f", "a", &link));
	INVALID(bcc_attach_perf_event(NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_perf_event(NULL, "f", &perf, &link));
	INVALID(bcc_attach_uprobe(NULL, NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_uprobe(NULL, "f", "c", NULL, &link));
	INVALID(bcc_attach_kprobes(NULL, NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_kprobes(NULL, "f", "x", NULL, &link));
	INVALID(bcc_attach_uprobes(NULL, NULL, NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_uprobes(NULL, "f", "c", "x", NULL, &link));
	INVALID(bcc_attach_fentry(NULL, NULL, NULL, false, NULL));
	INVALID(bcc_attach_fentry(NULL, "f", "x", true, &link));
	INVALID(bcc_attach_lsm(NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_lsm(NULL, "f", "file_open", &link));
	INVALID(bcc_attach_usdt(NULL, NULL, NULL, NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_usdt(NULL, "f", "c", "libc", "setjmp", NULL, &link));
	INVALID(bcc_event_losses(NULL, NULL, NULL));
	INVALID(bcc_event_losses(NULL, "t", &(struct bcc_event_losses){.size = sizeof(size_t)}));
	INVALID(bcc_open_iter(NULL, NULL, NULL));
	INVALID(bcc_open_iter(NULL, "f", NULL));
	INVALID(bcc_attach_all(NULL));
	INVALID(bcc_attach_target(NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_target(NULL, "f", "kprobe:f", &link));
	assert_int_equal(bcc_link_count(NULL), 0);
	assert_null(bcc_link_at(NULL, 0));
	assert_null(bcc_link_program(NULL));
	assert_int_equal(bcc_detach(NULL), 0);
}

static int on_attached(void *ctx, const struct bcc_attached *attached)
{
	(void)ctx;
	(void)attached;
	return 0;
}

static void test_network(void **state)
{
	struct bcc_link_info info = {.size = sizeof(info)};
	struct bcc_test_run run = {.size = sizeof(run)};
	struct bcc_link *link;

	(void)state;
	INVALID(bcc_attach_xdp(NULL, NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_xdp(NULL, "f", "lo", NULL, &link));
	INVALID(bcc_attach_cgroup(NULL, NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_cgroup(NULL, "f", "/sys/fs/cgroup", NULL, &link));
	INVALID(bcc_query_cgroup(NULL, NULL, NULL, NULL, NULL));
	INVALID(bcc_query_cgroup(NULL, "/sys/fs/cgroup", NULL, on_attached, NULL));
	INVALID(bcc_attach_tc(NULL, NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_tc(NULL, "f", "lo", NULL, &link));
	INVALID(bcc_query_tc(NULL, NULL, false, NULL, NULL));
	INVALID(bcc_query_netns(NULL, NULL, on_attached, NULL));
	INVALID(bcc_query_netfilter(NULL, NULL, on_attached, NULL));
	INVALID(bcc_query_netkit(NULL, "lo", false, on_attached, NULL));
	INVALID(bcc_query_tc(NULL, "lo", true, on_attached, NULL));
	INVALID(bcc_attach_socket(NULL, NULL, -1, NULL, NULL));
	INVALID(bcc_attach_socket(NULL, "f", 0, NULL, &link));
	INVALID(bcc_attach_sockmap(NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_sockmap(NULL, "f", "t", &link));
	INVALID(bcc_attach_netns(NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_netns(NULL, "f", "/proc/self/ns/net", &link));
	INVALID(bcc_attach_freplace(NULL, NULL, -1, NULL, NULL));
	INVALID(bcc_attach_freplace(NULL, "f", 0, "g", &link));
	INVALID(bcc_attach_struct_ops(NULL, NULL, NULL));
	INVALID(bcc_attach_struct_ops(NULL, "own", &link));
	INVALID(bcc_attach_netfilter(NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_netfilter(NULL, "f", NULL, &link));
	INVALID(bcc_attach_netkit(NULL, NULL, NULL, NULL, NULL));
	INVALID(bcc_attach_netkit(NULL, "f", "lo", NULL, &link));
	INVALID(bcc_query_xdp(NULL, NULL, NULL, NULL));
	INVALID(bcc_query_xdp(NULL, "lo", on_attached, NULL));
	INVALID(bcc_detach_attached(NULL, NULL));
	INVALID(bcc_link_replace(NULL, NULL));
	INVALID(bcc_link_fd(NULL));
	INVALID(bcc_link_pin(NULL, NULL));
	INVALID(bcc_link_pin(NULL, "/sys/fs/bpf/x"));
	INVALID(bcc_open_link(NULL, NULL, NULL));
	INVALID(bcc_table_open_pinned(NULL, NULL, NULL));
	INVALID(bcc_table_open_pinned(NULL, "/sys/fs/bpf/x", NULL));
	INVALID(bcc_program_set_cookie(NULL, 1));
	INVALID(bcc_open_link(NULL, "/sys/fs/bpf/x", &link));
	INVALID(bcc_link_info(NULL, NULL));
	INVALID(bcc_link_info(NULL, &info));
	INVALID(bcc_missed(NULL, NULL));
	INVALID(bcc_program_test_run(NULL, NULL));
	INVALID(bcc_program_test_run(NULL, &run));
	INVALID(bcc_table_pin(NULL, NULL));
	INVALID(bcc_table_pin(NULL, "/sys/fs/bpf/x"));
	INVALID(bcc_table_freeze(NULL));
}

static int no_feature(void *ctx, const struct bcc_feature *feature)
{
	return 1;
}

static int no_tracepoint(void *ctx, const char *category, const char *name)
{
	return 1;
}

static int no_traceable(void *ctx, const struct bcc_traceable *function)
{
	return 1;
}

static void test_loaded(void **state)
{
	INVALID(bcc_open_empty(NULL));
	INVALID(bcc_table_open_id(NULL, 1, NULL));
	INVALID(bcc_loaded_open(NULL, NULL));
	bcc_loaded_close(NULL);
	assert_non_null(bcc_loaded_error(NULL));
	assert_int_equal(bcc_loaded_count(NULL), 0);
	assert_null(bcc_loaded_at(NULL, 0));
	assert_null(bcc_loaded_find(NULL, BCC_LOADED_PROGRAM, 1));
}

static void test_features(void **state)
{
	const struct bcc_tracepoint_field *fields;
	struct bcc_features *f;

	(void)state;
	INVALID(bcc_features_open(NULL));
	bcc_features_close(NULL);
	assert_non_null(bcc_features_error(NULL));
	INVALID(bcc_features_each(NULL, BCC_FEATURE_HELPER, NULL, no_feature, NULL));
	INVALID(bcc_features_helper(NULL, "bpf_trace_printk", 2));
	INVALID(bcc_tracepoints_each(NULL, NULL, no_tracepoint, NULL));
	INVALID(bcc_tracepoint_fields(NULL, "a", "b", &fields));
	INVALID(bcc_features_functions(NULL, NULL, no_traceable, NULL));
	assert_int_equal(bcc_features_open(&f), 0);
	assert_string_equal(bcc_features_error(f), "");
	INVALID(bcc_features_each(f, BCC_FEATURE_HELPER, NULL, NULL, NULL));
	INVALID(bcc_features_each(f, -1, NULL, no_feature, NULL));
	INVALID(bcc_features_each(f, BCC_FEATURE_ATTACH_TYPE + 1, NULL, no_feature, NULL));
	INVALID(bcc_features_helper(f, NULL, 2));
	INVALID(bcc_tracepoints_each(f, NULL, NULL, NULL));
	INVALID(bcc_tracepoint_fields(f, NULL, "b", &fields));
	INVALID(bcc_tracepoint_fields(f, "a", NULL, &fields));
	INVALID(bcc_tracepoint_fields(f, "a", "b", NULL));
	INVALID(bcc_features_functions(f, NULL, NULL, NULL));
	bcc_features_close(f);
}

static void test_tables(void **state)
{
	const struct bcc_field *fields;
	struct bcc_table_info info = {.size = sizeof(info)};
	uint64_t key = 0, value = 0, addresses[4];
	struct bcc_build_id_frame frames[4];
	uint32_t count = 1;
	char buf[64];

	(void)state;
	assert_int_equal(bcc_table_count(NULL), 0);
	assert_null(bcc_table_at(NULL, 0));
	assert_null(bcc_table_find(NULL, "t"));
	assert_null(bcc_table_find(NULL, NULL));
	INVALID(bcc_table_info(NULL, NULL));
	INVALID(bcc_table_info(NULL, &info));
	assert_string_equal(bcc_table_key_type(NULL), "");
	assert_string_equal(bcc_table_value_type(NULL), "");
	INVALID(bcc_table_key_fields(NULL, NULL));
	INVALID(bcc_table_key_fields(NULL, &fields));
	INVALID(bcc_table_value_fields(NULL, NULL));
	INVALID(bcc_table_value_fields(NULL, &fields));
	assert_int_equal(bcc_table_value_bytes(NULL), 0);
	INVALID(bcc_table_get(NULL, NULL, 0, NULL, 0));
	INVALID(bcc_table_get(NULL, &key, 8, &value, 8));
	INVALID(bcc_table_set(NULL, NULL, 0, NULL, 0, 0));
	INVALID(bcc_table_set(NULL, &key, 8, &value, 8, 0));
	INVALID(bcc_table_delete(NULL, NULL, 0));
	INVALID(bcc_table_delete(NULL, &key, 8));
	INVALID(bcc_table_next(NULL, NULL, NULL));
	INVALID(bcc_table_next(NULL, &key, &value));
	INVALID(bcc_table_each(NULL, NULL, NULL));
	INVALID(bcc_table_clear(NULL));
	INVALID(bcc_table_set_max_entries(NULL, 1));
	INVALID(bcc_table_read(NULL, NULL, NULL, NULL));
	INVALID(bcc_table_read(NULL, &key, &value, &count));
	INVALID(bcc_table_take(NULL, NULL, NULL, NULL));
	INVALID(bcc_table_take(NULL, &key, &value, &count));
	INVALID(bcc_table_set_many(NULL, NULL, NULL, NULL, 0));
	INVALID(bcc_table_set_many(NULL, &key, &value, &count, 0));
	INVALID(bcc_table_delete_many(NULL, NULL, NULL));
	INVALID(bcc_table_delete_many(NULL, &key, &count));
	INVALID(bcc_print_log2_hist(NULL, NULL, NULL));
	INVALID(bcc_print_log2_hist(NULL, stderr, NULL));
	INVALID(bcc_print_linear_hist(NULL, NULL, NULL));
	INVALID(bcc_print_linear_hist(NULL, stderr, NULL));
	INVALID(bcc_stack_read(NULL, 0, NULL, 0));
	INVALID(bcc_stack_read(NULL, 0, addresses, 4));
	INVALID(bcc_stack_read_build_ids(NULL, 0, NULL, 0));
	INVALID(bcc_stack_read_build_ids(NULL, 0, frames, 4));
	INVALID(bcc_stack_fold(NULL, NULL, NULL, 0));
	INVALID(bcc_stack_fold(NULL, NULL, buf, sizeof(buf)));
}

static void test_variables(void **state)
{
	struct bcc_variable_info info = {.size = sizeof(info)};
	const struct bcc_field *fields;
	int value = 0;

	(void)state;
	assert_int_equal(bcc_variable_count(NULL), 0);
	assert_null(bcc_variable_at(NULL, 0));
	assert_null(bcc_variable_find(NULL, "v"));
	assert_null(bcc_variable_find(NULL, NULL));
	INVALID(bcc_variable_info(NULL, NULL));
	INVALID(bcc_variable_info(NULL, &info));
	assert_string_equal(bcc_variable_type(NULL), "");
	INVALID(bcc_variable_fields(NULL, NULL));
	INVALID(bcc_variable_fields(NULL, &fields));
	INVALID(bcc_variable_set(NULL, NULL, 0));
	INVALID(bcc_variable_set(NULL, &value, sizeof(value)));
	INVALID(bcc_variable_set_text(NULL, NULL));
	INVALID(bcc_variable_set_text(NULL, "1"));
	INVALID(bcc_variable_get(NULL, NULL, 0));
	INVALID(bcc_variable_get(NULL, &value, sizeof(value)));
	assert_null(bcc_variable_memory(NULL));
}

static void test_streams(void **state)
{
	struct bcc_trace_fields fields = {.size = sizeof(fields)};
	const struct bcc_field *members;
	char buf[64];

	(void)state;
	INVALID(bcc_open_perf(NULL, NULL, NULL, NULL, NULL));
	INVALID(bcc_open_perf(NULL, "t", on_event, NULL, NULL));
	INVALID(bcc_open_ring(NULL, NULL, NULL, NULL));
	INVALID(bcc_open_ring(NULL, "t", on_event, NULL));
	assert_int_equal(bcc_event_type_count(NULL, NULL), 0);
	assert_int_equal(bcc_event_type_count(NULL, "t"), 0);
	assert_string_equal(bcc_event_type(NULL, NULL, 0, NULL), "");
	INVALID(bcc_event_fields(NULL, NULL, 0, NULL));
	INVALID(bcc_event_fields(NULL, "t", 0, &members));
	INVALID(bcc_field_members(NULL, NULL, NULL));
	INVALID(bcc_field_members(NULL, NULL, &members));
	assert_null(bcc_field_enumerator(NULL, NULL, 0));
	INVALID(bcc_poll(NULL, 0));
	INVALID(bcc_consume(NULL));
	INVALID(bcc_epoll_fd(NULL));
	INVALID(bcc_trace_line(NULL, NULL, 0, 0));
	INVALID(bcc_trace_line(NULL, buf, sizeof(buf), 0));
	INVALID(bcc_trace_fields(NULL, NULL, 0));
	INVALID(bcc_trace_fields(NULL, &fields, 0));
}

static void test_symbols(void **state)
{
	const uint8_t id[20] = {1};
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	uint64_t address;
	char buf[64];

	(void)state;
	INVALID(bcc_symbols_open_kernel(NULL, NULL));
	INVALID(bcc_symbols_open_process(1, NULL, NULL));
	INVALID(bcc_symbols_open_build_ids(NULL, NULL));
	INVALID(bcc_symbols_add_file(NULL, NULL));
	INVALID(bcc_symbols_add_file(NULL, "/bin/true"));
	bcc_symbols_close(NULL);
	assert_non_null(bcc_symbols_error(NULL));
	INVALID(bcc_symbols_resolve(NULL, 0, NULL));
	INVALID(bcc_symbols_resolve(NULL, 0, &info));
	INVALID(bcc_symbols_resolve_build_id(NULL, NULL, 0, NULL));
	INVALID(bcc_symbols_resolve_build_id(NULL, id, 0, &info));
	assert_null(bcc_symbols_text(NULL, 0, 0, NULL, 10));
	assert_string_equal(bcc_symbols_text(NULL, 0, 0, buf, sizeof(buf)), "[unknown]");
	INVALID(bcc_symbols_find(NULL, NULL, NULL, NULL));
	INVALID(bcc_symbols_find(NULL, NULL, "x", &address));
	INVALID(bcc_symbols_refresh(NULL));
	INVALID(bcc_kernel_functions_each(NULL, NULL, 0, NULL, NULL));
	INVALID(bcc_kernel_functions_each(NULL, "x", 0, on_function, NULL));

	assert_int_equal(bcc_symbols_open_build_ids(NULL, &s), 0);
	INVALID(bcc_symbols_add_file(s, NULL));
	assert_string_not_equal(bcc_symbols_error(s), "");
	INVALID(bcc_symbols_resolve_build_id(s, NULL, 0, &info));
	INVALID(bcc_symbols_resolve_build_id(s, id, 0, NULL));
	INVALID(bcc_symbols_resolve(s, 0, NULL));
	INVALID(bcc_symbols_find(s, NULL, NULL, NULL));
	bcc_symbols_close(s);
	assert_int_equal(bcc_symbols_open_process(getpid(), NULL, &s), 0);
	INVALID(bcc_symbols_find(s, NULL, NULL, &address));
	INVALID(bcc_symbols_find(s, NULL, "getpid", NULL));
	INVALID(bcc_symbols_resolve(s, 0, NULL));
	INVALID(bcc_kernel_functions_each(s, NULL, 0, NULL, NULL));
	bcc_symbols_close(s);
}

static void test_lists_and_cache(void **state)
{
	struct bcc_usdt_list *list;

	(void)state;
	INVALID(bcc_usdt_list_open(NULL, 0, NULL));
	INVALID(bcc_usdt_list_open("/bin/true", 0, NULL));
	INVALID(bcc_usdt_list_open(NULL, 0, &list));
	assert_string_not_equal(bcc_usdt_list_error(list), "");
	bcc_usdt_list_close(list);
	bcc_usdt_list_close(NULL);
	assert_non_null(bcc_usdt_list_error(NULL));
	assert_int_equal(bcc_usdt_list_count(NULL), 0);
	assert_null(bcc_usdt_list_at(NULL, 0));
	INVALID(bcc_cache_info(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handles),
		cmocka_unit_test(test_attachments),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_features),
		cmocka_unit_test(test_loaded),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_lists_and_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
