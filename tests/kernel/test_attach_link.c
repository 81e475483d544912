/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's links: descriptor, description, pinned and opened again; runs of programs on data; pinned and
 * frozen tables. Pins are in a bpf file system of the test's own. */
#include "network.h"

#include <linux/bpf.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <bpf/bpf.h>

#include "packet_run.h"

static const char text[] =
	"BPF_ARRAY(seen, u64, 2);\n"
	"BPF_ARRAY(settings, u32, 1);\n"
	"SEC(\"xdp\") int drop(struct xdp_md *ctx) { seen.increment(0); return XDP_DROP; }\n"
	"SEC(\"xdp\") int pass(struct xdp_md *ctx) { seen.increment(1); return XDP_PASS; }\n"
	"SEC(\"tc\") int mark(struct __sk_buff *skb) {\n"
	"	skb->mark += 5;\n"
	"	bpf_skb_store_bytes(skb, 20, \"abcd\", 4, 0);\n"
	"	return skb->len;\n"
	"}\n"
	"SEC(\"socket\") int filter(struct __sk_buff *skb) { return -1; }\n";

static char folder[64], path[100];

static void make_folder(void)
{
	if (geteuid())
		test_missing("BPF needs root here");
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		test_missing("a mount namespace of one's own: %s", strerror(errno));
	strcpy(folder, "/tmp/bcc-pins-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(mount("bpf", folder, "bpf", 0, NULL), 0);
	snprintf(path, sizeof(path), "%s/pin", folder);
}

static void remove_folder(void)
{
	assert_int_equal(umount(folder), 0);
	assert_int_equal(rmdir(folder), 0);
}

static int count_one(void *ctx, const struct bcc_attached *attached)
{
	(void)attached;
	++*(int *)ctx;
	return 0;
}

static int programs_of(struct bcc *b, const char *device)
{
	int count = 0;

	expect_ok(b, bcc_query_xdp(b, device, count_one, &count));
	return count;
}

static void test_describe(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(text, NULL);
	struct bcc_link_info info = {.size = sizeof(info)};
	struct bcc_link *link, *socket_link;
	struct bpf_link_info kernel = {0};
	uint32_t size = sizeof(kernel);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	expect_ok(b, bcc_attach_xdp(b, "drop", "right", NULL, &link));
	assert_int_equal(bpf_obj_get_info_by_fd(bcc_link_fd(link), &kernel, &size), 0);
	expect_ok(b, bcc_link_info(link, &info));
	assert_int_equal(info.id, kernel.id);
	assert_int_equal(info.program_id, kernel.prog_id);
	assert_int_equal(info.type, BPF_LINK_TYPE_XDP);
	assert_int_equal(info.attach_type, BPF_XDP);
	assert_int_equal(info.ifindex, if_nametoindex("right"));
	network_command("ip link del right");
	expect_ok(b, bcc_link_info(link, &info));
	assert_int_equal(info.ifindex, 0);
	info.size = 0;
	expect_return(b, bcc_link_info(link, &info), -EINVAL);
	/* a socket has no link */
	expect_ok(b, bcc_attach_socket(b, "filter", fd, NULL, &socket_link));
	expect_return(b, bcc_link_fd(socket_link), -EOPNOTSUPP);
	info.size = sizeof(info);
	expect_return(b, bcc_link_info(socket_link, &info), -EOPNOTSUPP);
	bcc_close(b);
	close(fd);
	leave_network(&network);
}

static void test_pin_and_adopt(void **state)
{
	struct network network;
	struct bcc *b, *other;
	struct bcc_link *link;

	make_folder();
	network = enter_network();
	b = open_test_text(text, NULL);
	other = open_test_text(text, NULL);
	expect_ok(b, bcc_attach_xdp(b, "drop", "right", NULL, &link));
	expect_return(b, bcc_link_pin(link, "/tmp/bcc-no-bpf-file-system"), -EPERM);
	expect_sentence(b, "bpf file system");
	expect_ok(b, bcc_link_pin(link, path));
	expect_return(b, bcc_link_pin(link, path), -EEXIST);
	bcc_close(b);
	assert_int_equal(programs_of(other, "right"), 1);
	/* adopted: replaced, and still there after detaching */
	expect_ok(other, bcc_open_link(other, path, &link));
	expect_ok(other, bcc_link_replace(link, bcc_program_find(other, "pass")));
	assert_int_equal(pass_frames("left", "right", 3), 3);
	assert_true(table_u64(other, "seen", 1) >= 3);
	assert_int_equal(bcc_detach(link), 0);
	assert_int_equal(programs_of(other, "right"), 1);
	/* its file and nobody else holds it */
	assert_int_equal(unlink(path), 0);
	for (int i = 0; i < 1200 && programs_of(other, "right"); i++)
		usleep(50000);
	assert_int_equal(programs_of(other, "right"), 0);
	expect_return(other, bcc_open_link(other, path, &link), -ENOENT);
	/* a table is no link */
	expect_ok(other, bcc_table_pin(bcc_table_find(other, "seen"), path));
	expect_return(other, bcc_open_link(other, path, &link), -EINVAL);
	expect_sentence(other, "not a link");
	bcc_close(other);
	unlink(path);
	leave_network(&network);
	remove_folder();
}

static void test_run(void **state)
{
	struct bcc *b = open_test_text(text, NULL);
	struct packet packet = random_packet(60, 1), expected = packet, out = {.size = 0};
	struct __sk_buff context = {.mark = 7}, context_out = {0};
	struct bcc_test_run run = BCC_OPTS(struct bcc_test_run, .data = packet.bytes,
		.data_size = packet.size, .data_out = out.bytes, .data_out_size = sizeof(out.bytes),
		.context = &context, .context_size = sizeof(context), .context_out = &context_out,
		.context_out_size = sizeof(context_out), .repeat = 1);
	struct bcc_test_run many =
		BCC_OPTS(struct bcc_test_run, .data = packet.bytes, .data_size = packet.size, .repeat = 1000);

	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "mark"), &run));
	assert_int_equal(run.result, 60);
	assert_int_equal(context_out.mark, 12);
	assert_int_equal(run.context_out_size, sizeof(context_out));
	memcpy(expected.bytes + 20, "abcd", 4);
	out.size = run.data_out_size;
	expect_packet(&out, &expected, "the packet after the program");
	/* too little room */
	run.data_out_size = 10;
	expect_return(b, bcc_program_test_run(bcc_program_find(b, "mark"), &run), -ENOSPC);
	assert_int_equal(run.data_out_size, 60);
	/* often */
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "drop"), &many));
	assert_int_equal(many.result, 1); /* XDP_DROP */
	assert_int_equal(table_u64(b, "seen", 0), 1000);
	many.data_size = 3;
	expect_return(b, bcc_program_test_run(bcc_program_find(b, "drop"), &many), -EINVAL);
	expect_return(b, bcc_program_test_run(bcc_program_find(b, "drop"), NULL), -EINVAL);
	bcc_close(b);
}

static void test_tables(void **state)
{
	struct bcc *b, *other;
	struct bcc_table_info info = {.size = sizeof(info)};
	const struct bcc_field *fields;
	struct bcc_table *table, *again;
	uint32_t key = 0, value = 42;
	int fd;

	make_folder();
	b = open_test_text(text, NULL);
	expect_ok(b, bcc_table_set(bcc_table_find(b, "settings"), &key, 4, &value, 4, 0));
	expect_ok(b, bcc_table_freeze(bcc_table_find(b, "settings")));
	value = 43;
	expect_return(b, bcc_table_set(bcc_table_find(b, "settings"), &key, 4, &value, 4, 0), -EPERM);
	expect_return(b, bcc_table_freeze(bcc_table_find(b, "settings")), -EBUSY);
	expect_ok(b, bcc_table_pin(bcc_table_find(b, "settings"), path));
	expect_return(b, bcc_table_pin(bcc_table_find(b, "settings"), path), -EEXIST);
	expect_return(b, bcc_table_pin(bcc_table_find(b, "settings"), "/tmp/bcc-no-bpf-file-system"), -EPERM);
	bcc_close(b);
	/* by a handle whose text knows nothing of it */
	b = open_test_text("int nothing;", NULL);
	expect_ok(b, bcc_table_open_pinned(b, path, &table));
	expect_ok(b, bcc_table_get(table, &key, 4, &value, 4));
	assert_int_equal(value, 42);
	expect_ok(b, bcc_table_info(table, &info));
	assert_string_equal(info.name, "settings");
	assert_int_equal(info.type, BPF_MAP_TYPE_ARRAY);
	assert_int_equal(info.max_entries, bcc_table_value_bytes(table) / 4);
	assert_string_equal(bcc_table_value_type(table), "u32");
	assert_int_equal(bcc_table_value_fields(table, &fields), 1);
	assert_string_equal(fields[0].type, "u32");
	assert_null(bcc_table_find(b, "settings"));
	assert_int_equal(unlink(path), 0);
	/* opened again it remains, and other things are no tables */
	expect_ok(b, bcc_table_pin(table, path));
	expect_ok(b, bcc_table_open_pinned(b, path, &again));
	assert_ptr_not_equal(table, again);
	expect_ok(b, bcc_table_get(again, &key, 4, &value, 4));
	assert_int_equal(unlink(path), 0);
	expect_return(b, bcc_table_open_pinned(b, path, &again), -ENOENT);
	expect_return(b, bcc_table_open_pinned(b, path, NULL), -EINVAL);
	other = open_test_text(text, NULL);
	fd = bcc_program_load(bcc_program_find(other, "drop"), BCC_PROG_TYPE_AUTO, NULL);
	assert_true(fd >= 0);
	assert_int_equal(bpf_obj_pin(fd, path), 0);
	expect_return(b, bcc_table_open_pinned(b, path, &again), -EINVAL);
	expect_sentence(b, "not a table");
	assert_int_equal(unlink(path), 0);
	bcc_close(other);
	bcc_close(b);
	remove_folder();
}

static void test_programs(void **state)
{
	struct packet packet = random_packet(60, 1);
	struct bcc_test_run run =
		BCC_OPTS(struct bcc_test_run, .data = packet.bytes, .data_size = packet.size, .repeat = 1);
	char outside[] = "/tmp/bcc-no-bpf-file-system", dotted[128], seen_path[128];
	struct bcc *b, *other;
	struct bcc_program *pass, *opened;
	struct bcc_link_info info = {.size = sizeof(info)};
	struct bpf_prog_info kernel = {0};
	uint32_t size = sizeof(kernel);
	struct network network;
	struct bcc_link *link;

	make_folder();
	network = enter_network();
	snprintf(dotted, sizeof(dotted), "%s/a.b", folder);
	snprintf(seen_path, sizeof(seen_path), "%s/seen", folder);
	b = open_test_text(text, NULL);
	pass = bcc_program_find(b, "pass");
	expect_return(b, bcc_program_pin(pass, path), -ENOENT);
	expect_sentence(b, "before bcc_program_load()");
	assert_true(bcc_program_load(pass, BCC_PROG_TYPE_AUTO, NULL) >= 0);
	expect_return(b, bcc_program_pin(pass, outside), -EPERM);
	expect_sentence(b, "bpf file system");
	expect_return(b, bcc_program_pin(pass, dotted), -EPERM);
	expect_sentence(b, "no dots");
	expect_return(b, bcc_program_pin(pass, NULL), -EINVAL);
	expect_ok(b, bcc_program_pin(pass, path));
	expect_return(b, bcc_program_pin(pass, path), -EEXIST);
	expect_ok(b, bcc_table_pin(bcc_table_find(b, "seen"), seen_path));
	bcc_close(b);

	/* by another handle: it runs, and takes the place of an attached one */
	other = open_test_text(text, NULL);
	expect_ok(other, bcc_open_program(other, path, &opened));
	assert_string_equal(bcc_program_name(opened), "pass");
	assert_string_equal(bcc_program_section(opened), "");
	assert_ptr_not_equal(bcc_program_find(other, "pass"), opened);
	expect_ok(other, bcc_program_test_run(opened, &run));
	assert_int_equal(run.result, 2); /* XDP_PASS */
	assert_int_equal(bcc_program_load(opened, BCC_PROG_TYPE_AUTO, NULL), bcc_program_fd(opened));
	expect_return(other, bcc_program_load(opened, BPF_PROG_TYPE_KPROBE, NULL), -EBUSY);
	assert_int_equal(bpf_obj_get_info_by_fd(bcc_program_fd(opened), &kernel, &size), 0);
	assert_int_equal(bcc_link_count(other), 0);
	expect_ok(other, bcc_attach_xdp(other, "drop", "right", NULL, NULL));
	expect_ok(other, bcc_attach_xdp(other, "drop", "left", NULL, &link));
	assert_int_equal(bcc_link_count(other), 2);
	assert_ptr_equal(bcc_link_at(other, 1), link);
	assert_ptr_equal(bcc_link_program(link), bcc_program_find(other, "drop"));
	link = bcc_link_at(other, 0);
	assert_null(bcc_link_at(other, 2));
	expect_ok(other, bcc_link_replace(link, opened));
	expect_ok(other, bcc_link_info(link, &info));
	assert_int_equal(info.program_id, kernel.id);
	assert_ptr_equal(bcc_link_program(link), opened);
	/* a table is no program */
	expect_return(other, bcc_open_program(other, seen_path, &opened), -EINVAL);
	expect_sentence(other, "not a program");
	assert_int_equal(unlink(seen_path), 0);
	assert_int_equal(unlink(path), 0);
	expect_return(other, bcc_open_program(other, path, &opened), -ENOENT);
	expect_return(other, bcc_open_program(other, path, NULL), -EINVAL);
	bcc_close(other);
	leave_network(&network);
	remove_folder();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_describe),
		cmocka_unit_test(test_pin_and_adopt),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_programs),
	};

	return cmocka_run_group_tests_name("links", tests, NULL, NULL);
}
