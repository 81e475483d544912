/* SPDX-License-Identifier: Apache-2.0 */
/* XDP programs on a device of the test's own, in each mode: attached, refused, replaced, found and removed by
 * others, gone after SIGKILL. */
#include "network.h"

#include <linux/bpf.h>
#include <signal.h>
#include <sys/prctl.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define FRAMES 7

/* Counts the test's frames, and drops those with an even number. */
static const char text[] =
	"BPF_ARRAY(seen, u64, 3);\n"
	"static inline int frame(struct xdp_md *ctx, int slot) {\n"
	"	u8 *at = (u8 *)(long)ctx->data, *end = (u8 *)(long)ctx->data_end;\n"
	"	if (at + 15 > end || at[12] != 0x88 || at[13] != 0xb5) return -1;\n"
	"	seen.increment(slot);\n"
	"	return at[14];\n"
	"}\n"
	"int drop_even_frames_of_the_test(struct xdp_md *ctx) {\n"
	"	return frame(ctx, 0) % 2 ? XDP_PASS : XDP_DROP;\n"
	"}\n"
	"int pass_all(struct xdp_md *ctx) { frame(ctx, 1); return XDP_PASS; }\n"
	"SEC(\"xdp.frags\") int with_frags(struct xdp_md *ctx) { frame(ctx, 2); return XDP_PASS; }\n"
	"int xdp__by_prefix(struct xdp_md *ctx) { return XDP_PASS; }\n"
	"SEC(\"xdp/devmap\") int in_a_map(struct xdp_md *ctx) { return XDP_PASS; }\n";

static struct bcc_link *attach(struct bcc *b, const char *prog, int mode)
{
	struct bcc_link *link;

	expect_ok(b, bcc_attach_xdp(b, prog, "right", &BCC_OPTS(struct bcc_xdp_opts, .mode = mode), &link));
	return link;
}

/* The last frame has type LAST_TYPE, which is no frame of the test's: -1 % 2 passes. */
static void test_counts(void **state)
{
	static const int modes[] = {BCC_XDP_DEFAULT, BCC_XDP_GENERIC, BCC_XDP_DRIVER};
	struct network network = enter_network();

	for (size_t i = 0; i < 3; i++) {
		struct bcc *b = open_test_text(text, NULL);
		struct bcc_link *link = attach(b, "drop_even_frames_of_the_test", modes[i]);

		assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES / 2);
		assert_int_equal(table_u64(b, "seen", 0), FRAMES);
		assert_int_equal(bcc_detach(link), 0);
		assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES);
		assert_int_equal(table_u64(b, "seen", 0), FRAMES);
		attach(b, "pass_all", modes[i]);
		assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES);
		assert_int_equal(table_u64(b, "seen", 1), FRAMES);
		bcc_close(b);
		assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES);
	}
	leave_network(&network);
}

/* veth refuses programs without the flag once its MTU is larger than a page. */
static void test_frags(void **state)
{
	struct network network = enter_network();
	const struct bcc_xdp_opts driver = BCC_OPTS(struct bcc_xdp_opts, .mode = BCC_XDP_DRIVER);
	const struct bcc_xdp_opts frags =
		BCC_OPTS(struct bcc_xdp_opts, .mode = BCC_XDP_DRIVER, .frags = true);
	struct bcc *b = open_test_text(text, NULL);
	struct bcc_link *link;

	network_command("ip link set left mtu 9000 && ip link set right mtu 9000");
	expect_return(b, bcc_attach_xdp(b, "pass_all", "right", &driver, NULL), -EOPNOTSUPP);
	expect_sentence(b, "device right cannot run XDP programs in driver mode, or not with its MTU");
	expect_ok(b, bcc_attach_xdp(b, "with_frags", "right", &driver, &link));
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES);
	assert_int_equal(table_u64(b, "seen", 2), FRAMES);
	bcc_detach(link);
	bcc_close(b);

	b = open_test_text(text, NULL);
	expect_ok(b, bcc_attach_xdp(b, "pass_all", "right", &frags, &link));
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES);
	assert_int_equal(table_u64(b, "seen", 1), FRAMES);
	bcc_close(b);
	leave_network(&network);
}

/* ---- one program a device ---- */

struct found {
	int count;
	struct bcc_attached last;
	char program[64];
	struct bcc *detach; /* NULL: only look */
	int detached;
};

static int find(void *ctx, const struct bcc_attached *attached)
{
	struct found *found = ctx;

	found->count++;
	found->last = *attached;
	snprintf(found->program, sizeof(found->program), "%s", attached->program);
	if (found->detach)
		found->detached = bcc_detach_attached(found->detach, attached);
	return 0;
}

static struct found query(struct bcc *b)
{
	struct found found = {0};

	expect_ok(b, bcc_query_xdp(b, "right", find, &found));
	return found;
}

static void test_second_is_refused_by_name(void **state)
{
	static const int modes[] = {BCC_XDP_GENERIC, BCC_XDP_DRIVER};
	struct network network = enter_network();

	for (size_t first = 0; first < 2; first++) {
		struct bcc *b = open_test_text(text, NULL), *other = open_test_text(text, NULL);

		attach(b, "drop_even_frames_of_the_test", modes[first]);
		for (size_t second = 0; second < 2; second++) {
			expect_return(other,
				bcc_attach_xdp(other, "pass_all", "right",
					&BCC_OPTS(struct bcc_xdp_opts, .mode = modes[second]), NULL),
				-EBUSY);
			expect_sentence(other, first ? "\"drop_even_frames_of_the_test\"" : "generic mode");
			expect_sentence(other, first ? "driver mode" : "\"drop_even_frames_of_the_test\"");
		}
		/* the refusal changed nothing */
		assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES / 2);
		assert_int_equal(query(other).count, 1);
		bcc_close(b);
		assert_int_equal(query(other).count, 0);
		attach(other, "pass_all", modes[first]);
		bcc_close(other);
	}
	leave_network(&network);
}

static void test_replace(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(text, NULL), *other = open_test_text(text, NULL);
	struct bcc_link *link = attach(b, "drop_even_frames_of_the_test", BCC_XDP_DRIVER);

	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES / 2);
	expect_ok(b, bcc_link_replace(link, bcc_program_find(b, "pass_all")));
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES);
	assert_int_equal(table_u64(b, "seen", 0), FRAMES);
	assert_int_equal(table_u64(b, "seen", 1), FRAMES);
	/* by a program of another text, which is closed: the attachment holds its program */
	expect_ok(b, bcc_link_replace(link, bcc_program_find(other, "drop_even_frames_of_the_test")));
	bcc_close(other);
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES / 2);
	assert_string_equal(query(b).program, "drop_even_frames_of_the_test");
	expect_return(b, bcc_link_replace(link, NULL), -EINVAL);
	/* with nothing to replace in */
	network_command("ip link del right");
	expect_return(b, bcc_link_replace(link, bcc_program_find(b, "pass_all")), -ENOLINK);
	bcc_close(b);
	leave_network(&network);
}

static void test_query_and_detach_others(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(text, NULL), *other = open_test_text(text, NULL);
	struct bcc_link *link = attach(b, "drop_even_frames_of_the_test", BCC_XDP_GENERIC);
	struct found found = query(other);

	assert_int_equal(found.count, 1);
	assert_string_equal(found.program, "drop_even_frames_of_the_test");
	assert_int_equal(found.last.mode, BCC_XDP_GENERIC);
	assert_int_equal(found.last.attach_type, BPF_XDP);
	assert_int_equal(found.last.ifindex, if_nametoindex("right"));
	assert_true(found.last.link_id);
	found = (struct found){.detach = other};
	expect_ok(other, bcc_query_xdp(other, "right", find, &found));
	assert_int_equal(found.detached, 0);
	assert_int_equal(query(other).count, 0);
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES);
	expect_return(b, bcc_link_replace(link, bcc_program_find(b, "pass_all")), -ENOLINK);
	bcc_detach(link);

	/* as ip(8) attaches: without a link */
	expect_ok(b, bpf_xdp_attach(if_nametoindex("right"), bcc_program_fd(bcc_program_find(b, "pass_all")),
			     0, NULL));
	found = query(other);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.last.link_id, 0);
	assert_int_equal(found.last.mode, BCC_XDP_DRIVER);
	expect_return(other, bcc_attach_xdp(other, "pass_all", "right", NULL, NULL), -EBUSY);
	expect_sentence(other, "\"pass_all\"");
	found = (struct found){.detach = other};
	expect_ok(other, bcc_query_xdp(other, "right", find, &found));
	assert_int_equal(found.detached, 0);
	assert_int_equal(query(other).count, 0);
	/* it is gone */
	expect_return(other, bcc_detach_attached(other, &found.last), -ENOENT);
	attach(other, "pass_all", BCC_XDP_DRIVER);
	bcc_close(b);
	bcc_close(other);
	leave_network(&network);
}

static void test_mistakes(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(text, NULL);

	expect_return(b, bcc_attach_xdp(b, "pass_all", "rihgt", NULL, NULL), -ENODEV);
	expect_sentence(b, "\"rihgt\"");
	expect_return(b, bcc_attach_xdp(b, "pass_all", NULL, NULL, NULL), -EINVAL);
	expect_return(b, bcc_attach_xdp(b, "absent", "right", NULL, NULL), -ENOENT);
	expect_return(b, bcc_attach_xdp(b, "in_a_map", "right", NULL, NULL), -EINVAL);
	expect_sentence(b, "entry of a map");
	expect_return(b,
		bcc_attach_xdp(b, "pass_all", "right", &BCC_OPTS(struct bcc_xdp_opts, .mode = 4), NULL),
		-EINVAL);
	expect_return(b, bcc_query_xdp(b, "rihgt", find, NULL), -ENODEV);
	expect_return(b, bcc_query_xdp(b, "right", NULL, NULL), -EINVAL);
	expect_return(b, bcc_detach_attached(b, NULL), -EINVAL);
	/* veth has no offload */
	expect_return(b,
		bcc_attach_xdp(b, "pass_all", "right",
			&BCC_OPTS(struct bcc_xdp_opts, .mode = BCC_XDP_OFFLOAD), NULL) < 0,
		true);
	/* a name says what a program is, but not where it goes */
	assert_true(bcc_program_load(bcc_program_find(b, "xdp__by_prefix"), BCC_PROG_TYPE_AUTO, NULL) >= 0);
	assert_int_equal(bcc_attach_all(b), 0);
	assert_int_equal(query(b).count, 0);
	bcc_close(b);
	leave_network(&network);
}

/* Programs of a map's entries see what is redirected there: on its way to a CPU, which goes on to the stack,
 * and on its way out of a device. */
static void test_programs_of_maps(void **state)
{
	static const char redirects[] =
		"struct { int (*type)[BPF_MAP_TYPE_CPUMAP]; int (*max_entries)[1]; u32 *key; struct bpf_cpumap_val *value; }\n"
		"  cpus SEC(\".maps\");\n"
		"struct { int (*type)[BPF_MAP_TYPE_DEVMAP]; int (*max_entries)[1]; u32 *key; struct bpf_devmap_val *value; }\n"
		"  devices SEC(\".maps\");\n"
		"BPF_ARRAY(seen, u64, 3);\n"
		"static inline int frame(struct xdp_md *ctx, int slot) {\n"
		"  u8 *at = (u8 *)(long)ctx->data, *end = (u8 *)(long)ctx->data_end;\n"
		"  if (at + 15 > end || at[12] != 0x88 || at[13] != 0xb5) return -1;\n"
		"  seen.increment(slot);\n"
		"  return at[14];\n"
		"}\n"
		"SEC(\"xdp/cpumap\") int on_cpu(struct xdp_md *ctx) { return frame(ctx, 0) % 2 ? XDP_PASS : XDP_DROP; }\n"
		"SEC(\"xdp/devmap\") int on_device(struct xdp_md *ctx) { frame(ctx, 1); return XDP_DROP; }\n"
		"int to_cpu(struct xdp_md *ctx) { return bpf_redirect_map(&cpus, 0, 0); }\n"
		"int to_device(struct xdp_md *ctx) {\n"
		"  return frame(ctx, 2) < 0 ? XDP_PASS : bpf_redirect_map(&devices, 0, 0);\n"
		"}\n";
	struct network network = enter_network();
	struct bcc *b = open_test_text(redirects, NULL);
	struct {
		uint32_t size_or_device;
		int program;
	} entry = {.size_or_device = 192};
	struct bcc_link *link;
	uint32_t zero = 0;

	entry.program = bcc_program_load(bcc_program_find(b, "on_cpu"), BCC_PROG_TYPE_AUTO, NULL);
	expect_ok(b, bcc_table_set(
			     bcc_table_find(b, "cpus"), &zero, sizeof(zero), &entry, sizeof(entry), BPF_ANY));
	entry.program = bcc_program_load(bcc_program_find(b, "on_device"), BCC_PROG_TYPE_AUTO, NULL);
	entry.size_or_device = if_nametoindex("right");
	expect_ok(b, bcc_table_set(bcc_table_find(b, "devices"), &zero, sizeof(zero), &entry, sizeof(entry),
			     BPF_ANY));

	expect_ok(b, bcc_attach_xdp(b, "to_cpu", "right",
			     &BCC_OPTS(struct bcc_xdp_opts, .mode = BCC_XDP_DRIVER), &link));
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES / 2);
	assert_int_equal(table_u64(b, "seen", 0), FRAMES);
	bcc_detach(link);
	attach(b, "to_device", BCC_XDP_GENERIC);
	assert_int_equal(pass_frames("left", "right", FRAMES), 0);
	assert_int_equal(table_u64(b, "seen", 2), FRAMES);
	assert_int_equal(table_u64(b, "seen", 1), FRAMES);
	bcc_close(b);
	leave_network(&network);
}

static void test_killed(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(text, NULL);
	int ready[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (!child) {
		struct bcc *own = open_test_text(text, NULL);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		attach(own, "drop_even_frames_of_the_test", BCC_XDP_DRIVER);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(query(b).count, 1);
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES / 2);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	/* the kernel ends the link asynchronously */
	for (int i = 0; i < 1200 && query(b).count; i++)
		usleep(50000);
	assert_int_equal(query(b).count, 0);
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES);
	bcc_close(b);
	close(ready[0]);
	close(ready[1]);
	leave_network(&network);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_frags),
		cmocka_unit_test(test_second_is_refused_by_name),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_query_and_detach_others),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_programs_of_maps),
		cmocka_unit_test(test_killed),
	};

	return cmocka_run_group_tests_name("XDP", tests, NULL, NULL);
}
