/* SPDX-License-Identifier: Apache-2.0 */
/* tc programs on a device of the test's own: by tcx links where the kernel has them, and by filters of clsact
 * on every kernel. */
#include "network.h"

#include <linux/bpf.h>
#include <signal.h>
#include <sys/prctl.h>

#include <bpf/bpf.h>

#define FRAMES 7

/* Each program counts the test's frames; drop_even drops those with an even number, the others ask on. */
static const char text[] =
	"#include <linux/pkt_cls.h>\n"
	"BPF_ARRAY(seen, u64, 4);\nBPF_ARRAY(digits, u64, 1);\n"
	"static inline int frame(struct __sk_buff *skb, int slot) {\n"
	"	int zero = 0;\n"
	"	if (load_half(skb, 12) != 0x88b5) return -1;\n"
	"	u64 *v = digits.lookup(&zero);\n"
	"	if (v) *v = *v * 10 + slot;\n"
	"	seen.increment(slot);\n"
	"	return load_byte(skb, 14);\n"
	"}\n"
	"int drop_even(struct __sk_buff *skb) { return frame(skb, 1) % 2 ? TC_ACT_UNSPEC : TC_ACT_SHOT; }\n"
	"SEC(\"tc\") int ask_on(struct __sk_buff *skb) { frame(skb, 2); return TC_ACT_UNSPEC; }\n"
	"SEC(\"tcx/ingress\") int on_receiving(struct __sk_buff *skb) { frame(skb, 3); return TC_ACT_UNSPEC; }\n"
	"int tc__by_prefix(struct __sk_buff *skb) { return TC_ACT_UNSPEC; }\n";

static bool have_tcx(void)
{
	struct bcc *b = open_test_text("int f(struct __sk_buff *skb) { return -1; }\n", NULL);
	struct bcc_link *link;
	bool have;

	/* only tcx has an order */
	have = !bcc_attach_tc(b, "f", "right",
		&BCC_OPTS(struct bcc_tc_opts, .order = &BCC_OPTS(struct bcc_order_opts, .first = true)),
		&link);
	bcc_close(b);
	return have;
}

/* How many filters tc(8) shows on a device that are programs. */
static int filters(const char *device, const char *direction)
{
	char command[200], line[512];
	int count = 0;
	FILE *tc;

	snprintf(command, sizeof(command), "tc filter show dev %s %s", device, direction);
	tc = popen(command, "re");
	assert_non_null(tc);
	while (fgets(line, sizeof(line), tc))
		count += !!strstr(line, " id ");
	assert_int_equal(pclose(tc), 0);
	return count;
}

struct found {
	int count, links;
	char order[256];
	uint32_t link; /* the last */
	struct bcc *detach;
};

static int find(void *ctx, const struct bcc_attached *attached)
{
	struct found *found = ctx;

	found->count++;
	found->links += !!attached->link_id;
	found->link = attached->link_id;
	snprintf(found->order + strlen(found->order), sizeof(found->order) - strlen(found->order), "%s ",
		attached->program);
	if (found->detach)
		expect_ok(found->detach, bcc_detach_attached(found->detach, attached));
	return 0;
}

static struct found query(struct bcc *b, bool egress)
{
	struct found found = {0};

	expect_ok(b, bcc_query_tc(b, egress ? "left" : "right", egress, find, &found));
	return found;
}

/* What is sent by left and received by right passes the egress of left and the ingress of right. */
static void count_frames(const struct bcc_tc_opts *opts)
{
	bool filter = opts->clsact || !have_tcx();
	struct bcc *b = open_test_text(text, NULL);
	const char *device = opts->egress ? "left" : "right";
	struct bcc_link *link;

	expect_ok(b, bcc_attach_tc(b, "drop_even", device, opts, &link));
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES / 2);
	assert_int_equal(table_u64(b, "seen", 1), FRAMES);
	/* not in the other direction */
	assert_int_equal(pass_frames("right", "left", FRAMES), FRAMES);
	assert_int_equal(table_u64(b, "seen", 1), FRAMES);
	expect_ok(b, bcc_link_replace(link, bcc_program_find(b, "ask_on")));
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES);
	assert_int_equal(table_u64(b, "seen", 1), FRAMES);
	assert_int_equal(table_u64(b, "seen", 2), FRAMES);
	/* twice: the same program is refused, another is not */
	if (filter)
		expect_return(b, bcc_attach_tc(b, "drop_even", device, opts, NULL), -EEXIST);
	assert_int_equal(bcc_detach(link), 0);
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES);
	assert_int_equal(table_u64(b, "seen", 2), FRAMES);
	expect_ok(b, bcc_attach_tc(b, "on_receiving", device, opts, NULL));
	expect_return(b, bcc_attach_tc(b, "on_receiving", device, opts, NULL), -EEXIST);
	expect_sentence(b, "\"on_receiving\"");
	expect_ok(b, bcc_attach_tc(b, "drop_even", device, opts, NULL));
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES / 2);
	/* the last filter of a priority is the first */
	assert_int_equal(table_u64(b, "seen", 3), filter ? FRAMES / 2 : FRAMES);
	bcc_close(b);
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES);
	assert_int_equal(filters(device, opts->egress ? "egress" : "ingress"), 0);
}

static void test_counts(void **state)
{
	struct network network = enter_network();

	for (int clsact = 0; clsact < 2; clsact++)
		for (int egress = 0; egress < 2; egress++)
			count_frames(&BCC_OPTS(struct bcc_tc_opts, .clsact = clsact, .egress = egress));
	leave_network(&network);
}

static void expect_digits(struct bcc *b, uint64_t digits)
{
	set_table_u64(b, "digits", 0, 0);
	assert_int_equal(pass_frames("left", "right", 1), 1);
	assert_int_equal(table_u64(b, "digits", 0), digits);
}

static struct bcc_link *attach_in_order(struct bcc *b, const char *prog, struct bcc_order_opts order)
{
	struct bcc_tc_opts opts = BCC_OPTS(struct bcc_tc_opts, .order = &order);
	struct bcc_link *link;

	order.size = sizeof(order);
	expect_ok(b, bcc_attach_tc(b, prog, "right", &opts, &link));
	return link;
}

/* drop_even lets pass the frame with an odd number; here the only one has number 0, so it is left out. */
static void test_order(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(text, NULL), *other;
	struct bcc_link *two, *three;
	struct bcc_tc_opts opts = BCC_OPTS(struct bcc_tc_opts);
	struct bcc_order_opts order = BCC_OPTS(struct bcc_order_opts, .first = true);

	if (!have_tcx()) {
		opts.order = &order;
		expect_return(b, bcc_attach_tc(b, "ask_on", "right", &opts, NULL), -EOPNOTSUPP);
		expect_sentence(b, "6.6");
		expect_return(b, bcc_query_tc(b, "right", false, find, NULL), -EOPNOTSUPP);
		expect_sentence(b, "6.6");
		bcc_close(b);
		leave_network(&network);
		test_too_old("this kernel has no tcx (Linux 6.6)");
	}
	two = attach_in_order(b, "ask_on", (struct bcc_order_opts){.first = true});
	three = attach_in_order(b, "on_receiving", (struct bcc_order_opts){.first = true});
	expect_digits(b, 32);
	assert_string_equal(query(b, false).order, "on_receiving ask_on ");
	assert_int_equal(query(b, false).links, 2);
	assert_int_equal(query(b, true).count, 0);
	bcc_detach(three);
	three = attach_in_order(b, "on_receiving", (struct bcc_order_opts){.after = two});
	expect_digits(b, 23);
	bcc_detach(three);
	three = attach_in_order(b, "on_receiving", (struct bcc_order_opts){.before = two});
	expect_digits(b, 32);
	bcc_detach(three);
	three = attach_in_order(
		b, "on_receiving", (struct bcc_order_opts){.before_id = query(b, false).link});
	expect_digits(b, 32);
	bcc_detach(three);
	three = attach_in_order(b, "on_receiving", (struct bcc_order_opts){.after_id = query(b, false).link});
	expect_digits(b, 23);
	bcc_detach(three);
	/* relative to one that is not there */
	opts.order = &order;
	order = BCC_OPTS(struct bcc_order_opts, .before_id = 0x7fffffff);
	expect_return(b, bcc_attach_tc(b, "on_receiving", "right", &opts, NULL), -ENOENT);
	order = BCC_OPTS(struct bcc_order_opts, .before = two);
	opts.egress = true;
	expect_return(b, bcc_attach_tc(b, "on_receiving", "left", &opts, NULL), -ENOENT);
	/* another process detaches it */
	other = open_test_text(text, NULL);
	expect_ok(other, bcc_query_tc(other, "right", false, find, &(struct found){.detach = other}));
	assert_int_equal(query(other, false).count, 0);
	expect_digits(b, 0);
	expect_return(b, bcc_link_replace(two, bcc_program_find(b, "on_receiving")), -ENOLINK);
	bcc_close(other);
	bcc_close(b);
	leave_network(&network);
}

/* A filter that is not the handle's any more stays. */
static void test_clsact_leaves_others(void **state)
{
	struct network network = enter_network();
	const struct bcc_tc_opts opts = BCC_OPTS(struct bcc_tc_opts, .clsact = true);
	const struct bcc_tc_opts first = BCC_OPTS(struct bcc_tc_opts, .clsact = true, .priority = 1);
	struct bcc *b = open_test_text(text, NULL), *other = open_test_text(text, NULL);
	struct bcc_link *link;

	expect_ok(b, bcc_attach_tc(b, "on_receiving", "right", &opts, &link));
	expect_ok(b, bcc_attach_tc(b, "ask_on", "right", &first, NULL));
	expect_digits(b, 23);
	assert_int_equal(filters("right", "ingress"), 2);
	/* the same program of another handle takes the place */
	expect_ok(other, bcc_attach_tc(other, "on_receiving", "right", &opts, NULL));
	assert_int_equal(filters("right", "ingress"), 2);
	expect_digits(b, 2);
	expect_return(b, bcc_link_replace(link, bcc_program_find(b, "drop_even")), -ENOLINK);
	bcc_close(b);
	assert_int_equal(filters("right", "ingress"), 1);
	bcc_close(other);
	assert_int_equal(filters("right", "ingress"), 0);
	leave_network(&network);
}

static void test_mistakes(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(text, NULL);
	struct bcc_order_opts order = BCC_OPTS(struct bcc_order_opts, .first = true);
	struct bcc_tc_opts opts = BCC_OPTS(struct bcc_tc_opts, .priority = 7);

	expect_return(b, bcc_attach_tc(b, "ask_on", "rihgt", NULL, NULL), -ENODEV);
	expect_return(b, bcc_attach_tc(b, "ask_on", NULL, NULL, NULL), -EINVAL);
	expect_return(b, bcc_attach_tc(b, "absent", "right", NULL, NULL), -ENOENT);
	expect_return(b, bcc_attach_tc(b, "ask_on", "right", &opts, NULL), -EINVAL);
	opts.clsact = true;
	opts.priority = 65536;
	expect_return(b, bcc_attach_tc(b, "ask_on", "right", &opts, NULL), -EINVAL);
	opts.priority = 0;
	opts.order = &order;
	expect_return(b, bcc_attach_tc(b, "ask_on", "right", &opts, NULL), -EINVAL);
	expect_return(b, bcc_query_tc(b, "right", false, NULL, NULL), -EINVAL);
	expect_return(b, bcc_query_tc(b, "rihgt", false, find, NULL), -ENODEV);
	assert_true(bcc_program_load(bcc_program_find(b, "tc__by_prefix"), BCC_PROG_TYPE_AUTO, NULL) >= 0);
	assert_int_equal(bcc_attach_all(b), 0);
	bcc_close(b);
	leave_network(&network);
}

static pid_t start_attached(const struct bcc_tc_opts *opts)
{
	int ready[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	if (!child) {
		struct bcc *own = open_test_text(text, NULL);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		expect_ok(own, bcc_attach_tc(own, "drop_even", "right", opts, NULL));
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return child;
}

static void kill_child(pid_t child)
{
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

/* What the header says: nothing stays of tcx; a filter of clsact does, until the same program is attached
 * again. */
static void test_killed(void **state)
{
	static const struct bcc_tc_opts clsact = {.size = sizeof(clsact), .clsact = true};
	struct network network = enter_network();
	struct bcc *b = open_test_text(text, NULL);
	pid_t child;

	if (have_tcx()) {
		child = start_attached(NULL);
		assert_int_equal(query(b, false).count, 1);
		assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES / 2);
		kill_child(child);
		for (int i = 0; i < 1200 && query(b, false).count; i++)
			usleep(50000);
		assert_int_equal(query(b, false).count, 0);
		assert_int_equal(filters("right", "ingress"), 0);
		assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES);
	}
	child = start_attached(&clsact);
	assert_int_equal(filters("right", "ingress"), 1);
	kill_child(child);
	assert_int_equal(filters("right", "ingress"), 1);
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES / 2);
	expect_ok(b, bcc_attach_tc(b, "drop_even", "right", &clsact, NULL));
	assert_int_equal(filters("right", "ingress"), 1);
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES / 2);
	assert_int_equal(table_u64(b, "seen", 1), FRAMES);
	bcc_close(b);
	assert_int_equal(filters("right", "ingress"), 0);
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES);
	leave_network(&network);
}

/* A child that fork() made closes its copy of the handle, and the filter stays. */
static void test_fork(void **state)
{
	struct network network = enter_network();
	const struct bcc_tc_opts clsact = BCC_OPTS(struct bcc_tc_opts, .clsact = true);
	struct bcc *b = open_test_text(text, NULL);
	pid_t child;

	expect_ok(b, bcc_attach_tc(b, "drop_even", "right", &clsact, NULL));
	child = fork();
	if (!child) {
		bcc_close(b);
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(filters("right", "ingress"), 1);
	assert_int_equal(pass_frames("left", "right", FRAMES), FRAMES / 2);
	bcc_close(b);
	assert_int_equal(filters("right", "ingress"), 0);
	leave_network(&network);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_clsact_leaves_others),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_fork),
	};

	return cmocka_run_group_tests_name("tc programs", tests, NULL, NULL);
}
