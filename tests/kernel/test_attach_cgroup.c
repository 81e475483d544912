/* SPDX-License-Identifier: Apache-2.0 */
/* Every hook of cgroups: a process in a cgroup of the test's own does one thing, which the program counts and
 * allows or forbids. */
#include "network.h"
#include "own_cgroup.h"

#include <linux/bpf.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/un.h>

#include <bpf/bpf.h>

#include "common/array.h"

#define PORT 5099

/* Counts a call, and returns what the test wants; those whose hooks cannot forbid return 1. */
#define DECIDE                                                                                               \
	"BPF_ARRAY(calls, u64, 1);\nBPF_ARRAY(forbid, u64, 1);\n"                                            \
	"static inline int decide(void) {\n"                                                                 \
	"	int zero = 0;\n"                                                                                   \
	"	u64 *no = forbid.lookup(&zero);\n"                                                                 \
	"	calls.increment(zero);\n"                                                                          \
	"	return no && *no ? 0 : 1;\n"                                                                       \
	"}\n"

static const char text[] =
	DECIDE "#define HOOK(name, section, context) \\\n"
	       "	SEC(section) int name(struct context *ctx) { return decide(); }\n"
	       "#define ALLOWS(name, section, context) \\\n"
	       "	SEC(section) int name(struct context *ctx) { decide(); return 1; }\n"
	       "SEC(\"cgroup_skb/egress\") int egress(struct __sk_buff *skb) { return decide(); }\n"
	       "SEC(\"cgroup_skb/ingress\") int ingress(struct __sk_buff *skb) { return decide(); }\n"
	       "HOOK(sock, \"cgroup/sock\", bpf_sock)\n"
	       "HOOK(sock_create, \"cgroup/sock_create\", bpf_sock)\n"
	       "ALLOWS(sock_release, \"cgroup/sock_release\", bpf_sock)\n"
	       "HOOK(post_bind4, \"cgroup/post_bind4\", bpf_sock)\n"
	       "HOOK(post_bind6, \"cgroup/post_bind6\", bpf_sock)\n"
	       "HOOK(bind4, \"cgroup/bind4\", bpf_sock_addr)\n"
	       "HOOK(bind6, \"cgroup/bind6\", bpf_sock_addr)\n"
	       "HOOK(connect4, \"cgroup/connect4\", bpf_sock_addr)\n"
	       "HOOK(connect6, \"cgroup/connect6\", bpf_sock_addr)\n"
	       "HOOK(sendmsg4, \"cgroup/sendmsg4\", bpf_sock_addr)\n"
	       "HOOK(sendmsg6, \"cgroup/sendmsg6\", bpf_sock_addr)\n"
	       "ALLOWS(recvmsg4, \"cgroup/recvmsg4\", bpf_sock_addr)\n"
	       "ALLOWS(recvmsg6, \"cgroup/recvmsg6\", bpf_sock_addr)\n"
	       "ALLOWS(getpeername4, \"cgroup/getpeername4\", bpf_sock_addr)\n"
	       "ALLOWS(getpeername6, \"cgroup/getpeername6\", bpf_sock_addr)\n"
	       "ALLOWS(getsockname4, \"cgroup/getsockname4\", bpf_sock_addr)\n"
	       "ALLOWS(getsockname6, \"cgroup/getsockname6\", bpf_sock_addr)\n"
	       "HOOK(connect_unix, \"cgroup/connect_unix\", bpf_sock_addr)\n"
	       "HOOK(sendmsg_unix, \"cgroup/sendmsg_unix\", bpf_sock_addr)\n"
	       "ALLOWS(recvmsg_unix, \"cgroup/recvmsg_unix\", bpf_sock_addr)\n"
	       "ALLOWS(getpeername_unix, \"cgroup/getpeername_unix\", bpf_sock_addr)\n"
	       "ALLOWS(getsockname_unix, \"cgroup/getsockname_unix\", bpf_sock_addr)\n"
	       "HOOK(getsockopt, \"cgroup/getsockopt\", bpf_sockopt)\n"
	       "HOOK(setsockopt, \"cgroup/setsockopt\", bpf_sockopt)\n"
	       "HOOK(sysctl, \"cgroup/sysctl\", bpf_sysctl)\n"
	       "HOOK(dev, \"cgroup/dev\", bpf_cgroup_dev_ctx)\n"
	       "SEC(\"sockops\") int tcp(struct bpf_sock_ops *ctx) {\n"
	       "	if (ctx->op == BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB) decide();\n"
	       "	return 1;\n"
	       "}\n";

static const char other_text[] =
	DECIDE "SEC(\"cgroup/skb\") int either(struct __sk_buff *skb) { return decide(); }\n"
	       "SEC(\"cgroup/connect4\") int connect4(struct bpf_sock_addr *ctx) { return decide(); }\n"
	       "int plain(struct bpf_sock_addr *ctx) { return decide(); }\n"
	       "SEC(\"xdp\") int other(struct xdp_md *ctx) { return XDP_PASS; }\n";

static const char lsm_text[] = DECIDE
	"SEC(\"lsm_cgroup/socket_bind\") int BPF_PROG(lsm_bind, struct socket *sock) { return decide(); }\n";

/* ---- what a process does: 0, or a negative errno of the step that a hook decides about ---- */

/* What no hook decides about: if it fails, the process ends, and the test. */
static int must(long returned)
{
	if (returned < 0)
		_exit(2);
	return (int)returned;
}

static int result(long returned)
{
	return returned < 0 ? -errno : 0;
}

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
};

static socklen_t local_address(union address *address, int family, const char *name)
{
	memset(address, 0, sizeof(*address));
	address->any.sa_family = family;
	if (family == AF_INET) {
		address->in.sin_port = htons(PORT);
		address->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(address->in);
	}
	if (family == AF_INET6) {
		address->in6.sin6_port = htons(PORT);
		address->in6.sin6_addr = in6addr_loopback;
		return sizeof(address->in6);
	}
	/* abstract names are those of the network namespace */
	return offsetof(struct sockaddr_un, sun_path) +
	       snprintf(address->un.sun_path, sizeof(address->un.sun_path), "%c%s", 0, name);
}

static int bound(int family, int type, const char *name)
{
	union address address;
	socklen_t length = local_address(&address, family, name);
	int fd = must(socket(family, type | SOCK_CLOEXEC, 0));

	must(bind(fd, &address.any, length));
	return fd;
}

static int do_socket(int family)
{
	return result(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static int do_close(int family)
{
	return result(close(must(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0))));
}

static int do_bind(int family)
{
	union address address;
	socklen_t length = local_address(&address, family, "bound");

	return result(bind(must(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)), &address.any, length));
}

static int do_connect(int family)
{
	union address address;
	socklen_t length = local_address(&address, family, "there");

	bound(family, SOCK_DGRAM, "there");
	return result(connect(must(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)), &address.any, length));
}

static int do_send(int family)
{
	union address address;
	socklen_t length = local_address(&address, family, "there");

	bound(family, SOCK_DGRAM, "there");
	return result(
		sendto(must(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)), "x", 1, 0, &address.any, length));
}

static int do_receive(int family)
{
	/* inet sends to itself; a socket of the file system has its own name, so that it takes two */
	int there = bound(family, SOCK_DGRAM, "there");
	int from = family == AF_UNIX ? bound(family, SOCK_DGRAM, "from") : there;
	union address address;
	socklen_t length = local_address(&address, family, "there");
	char byte;

	must(sendto(from, "x", 1, 0, &address.any, length));
	length = sizeof(address);
	return result(recvfrom(there, &byte, 1, 0, &address.any, &length));
}

static int connected(int family)
{
	union address address;
	socklen_t length = local_address(&address, family, "listening");
	int listening = bound(family, SOCK_STREAM, "listening");
	int fd = must(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));

	must(listen(listening, 1));
	must(connect(fd, &address.any, length));
	return fd;
}

static int do_getpeername(int family)
{
	union address address;
	socklen_t length = sizeof(address);

	return result(getpeername(connected(family), &address.any, &length));
}

static int do_getsockname(int family)
{
	union address address;
	socklen_t length = sizeof(address);

	return result(getsockname(bound(family, SOCK_DGRAM, "there"), &address.any, &length));
}

static int do_tcp(int family)
{
	connected(family);
	return 0;
}

static int do_setsockopt(int family)
{
	int fd = must(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)), one = 1;

	return result(setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one)));
}

static int do_getsockopt(int family)
{
	int fd = must(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)), value;
	socklen_t length = sizeof(value);

	return result(getsockopt(fd, SOL_SOCKET, SO_BROADCAST, &value, &length));
}

static int do_sysctl(int family)
{
	char value[64];

	(void)family;
	return result(
		read(must(open("/proc/sys/kernel/ostype", O_RDONLY | O_CLOEXEC)), value, sizeof(value)));
}

static int do_device(int family)
{
	(void)family;
	return result(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

/* ---- the hooks ---- */

static const struct hook {
	const char *program;
	int (*act)(int family);
	int family;
	bool decides;	  /* what it forbids fails with EPERM */
	int major, minor; /* the kernel that has it; 0: all */
} hooks[] = {
	{"egress", do_send, AF_INET, true, 0, 0},
	{"egress", do_send, AF_INET6, true, 0, 0},
	{"ingress", do_receive, AF_INET, false, 0, 0},
	{"sock", do_socket, AF_INET, true, 0, 0},
	{"sock_create", do_socket, AF_INET6, true, 0, 0},
	{"sock_release", do_close, AF_INET, false, 0, 0},
	{"bind4", do_bind, AF_INET, true, 0, 0},
	{"bind6", do_bind, AF_INET6, true, 0, 0},
	{"post_bind4", do_bind, AF_INET, true, 0, 0},
	{"post_bind6", do_bind, AF_INET6, true, 0, 0},
	{"connect4", do_connect, AF_INET, true, 0, 0},
	{"connect6", do_connect, AF_INET6, true, 0, 0},
	{"sendmsg4", do_send, AF_INET, true, 0, 0},
	{"sendmsg6", do_send, AF_INET6, true, 0, 0},
	{"recvmsg4", do_receive, AF_INET, false, 0, 0},
	{"recvmsg6", do_receive, AF_INET6, false, 0, 0},
	{"getpeername4", do_getpeername, AF_INET, false, 0, 0},
	{"getpeername6", do_getpeername, AF_INET6, false, 0, 0},
	{"getsockname4", do_getsockname, AF_INET, false, 0, 0},
	{"getsockname6", do_getsockname, AF_INET6, false, 0, 0},
	{"connect_unix", do_connect, AF_UNIX, true, 6, 7},
	{"sendmsg_unix", do_send, AF_UNIX, true, 6, 7},
	{"recvmsg_unix", do_receive, AF_UNIX, false, 6, 7},
	{"getpeername_unix", do_getpeername, AF_UNIX, false, 6, 7},
	{"getsockname_unix", do_getsockname, AF_UNIX, false, 6, 7},
	{"getsockopt", do_getsockopt, AF_INET, true, 0, 0},
	{"setsockopt", do_setsockopt, AF_INET, true, 0, 0},
	{"sysctl", do_sysctl, 0, true, 0, 0},
	{"dev", do_device, 0, true, 0, 0},
	{"tcp", do_tcp, AF_INET, false, 0, 0},
	{"tcp", do_tcp, AF_INET6, false, 0, 0},
};

/* What the action returns to a process of its own, inside the cgroup or not. */
static int act(const struct hook *hook, bool inside)
{
	int pipes[2], returned;
	pid_t child;

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	child = fork();
	if (!child) {
		must(inside ? enter_cgroup() : 0);
		returned = hook->act(hook->family);
		if (write(pipes[1], &returned, sizeof(returned)) != sizeof(returned))
			_exit(1);
		_exit(0);
	}
	close(pipes[1]);
	if (read(pipes[0], &returned, sizeof(returned)) != sizeof(returned))
		fail_msg("the process has died");
	close(pipes[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	return returned;
}

static void expect_calls(struct bcc *b, const struct hook *hook, int returned, uint64_t calls)
{
	int got = act(hook, true);

	if (got != returned)
		fail_msg("%s: %d instead of %d", hook->program, got, returned);
	if (table_u64(b, "calls", 0) != calls)
		fail_msg("%s: %d calls instead of %d", hook->program, (int)table_u64(b, "calls", 0),
			(int)calls);
}

/* Returns false if the kernel does not allow programs of LSMs. */
static bool test_hook(struct bcc *b, const struct hook *hook)
{
	struct bcc_link *link;
	int ret = bcc_attach_cgroup(b, hook->program, cgroup, NULL, &link);

	if (hook->major && !test_kernel_is_at_least(hook->major, hook->minor)) {
		assert_true(ret < 0);
		return true;
	}
	if (!strcmp(hook->program, "lsm_bind") && (ret == -EPERM || ret == -EOPNOTSUPP))
		return false;
	expect_ok(b, ret);
	set_table_u64(b, "calls", 0, 0);
	expect_calls(b, hook, 0, 1);
	if (hook->decides) {
		set_table_u64(b, "forbid", 0, 1);
		expect_calls(b, hook, -EPERM, 2);
		set_table_u64(b, "forbid", 0, 0);
	}
	assert_int_equal(act(hook, false), 0);
	assert_int_equal(table_u64(b, "calls", 0), 1 + hook->decides);
	bcc_detach(link);
	expect_calls(b, hook, 0, 1 + hook->decides);
	return true;
}

static void test_hooks(void **state)
{
	struct network network;
	struct bcc *b;

	make_cgroup();
	network = enter_network();
	b = open_test_text(text, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++)
		if (hooks[i].family != AF_INET6 || !access("/proc/sys/net/ipv6", F_OK))
			assert_true(test_hook(b, &hooks[i]));
	bcc_close(b);
	leave_network(&network);
	remove_cgroup();
}

static void test_lsm_hook(void **state)
{
	static const struct hook hook = {"lsm_bind", do_bind, AF_INET, true, 6, 0};
	struct network network;
	struct bcc *b;
	bool tested;

	make_cgroup();
	network = enter_network();
	b = open_test_text(lsm_text, NULL);
	tested = test_hook(b, &hook);
	bcc_close(b);
	leave_network(&network);
	remove_cgroup();
	if (!tested)
		test_missing("this kernel does not allow programs of LSMs");
}

static const struct hook sending = {"either", do_send, AF_INET, true, 0, 0};
static const struct hook connecting = {"plain", do_connect, AF_INET, true, 0, 0};

/* For sections that do not say it, and functions without one; by path and by descriptor. */
static void test_named_hooks(void **state)
{
	struct network network;
	struct bcc_cgroup_opts opts = BCC_OPTS(struct bcc_cgroup_opts);
	struct bcc *b;

	make_cgroup();
	network = enter_network();
	b = open_test_text(other_text, NULL);
	expect_return(b, bcc_attach_cgroup(b, "either", cgroup, NULL, NULL), -EINVAL);
	expect_sentence(b, "cgroup_skb/egress");
	expect_return(b, bcc_attach_cgroup(b, "plain", cgroup, NULL, NULL), -EINVAL);
	expect_sentence(b, "SEC(\"cgroup/connect4\")");
	expect_return(b, bcc_attach_cgroup(b, "other", cgroup, NULL, NULL), -EINVAL);
	opts.hook = "cgroup_skb/egress";
	opts.cgroup_fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	expect_ok(b, bcc_attach_cgroup(b, "either", NULL, &opts, NULL));
	close(opts.cgroup_fd);
	expect_calls(b, &sending, 0, 1);
	bcc_close(b);

	b = open_test_text(other_text, NULL);
	opts.hook = "cgroup/connect4";
	expect_ok(b, bcc_attach_cgroup(b, "plain", cgroup, &opts, NULL));
	expect_calls(b, &connecting, 0, 1);
	assert_int_equal(bcc_attach_all(b), 0);
	bcc_close(b);
	leave_network(&network);
	remove_cgroup();
}

static void test_mistakes(void **state)
{
	struct bcc_cgroup_opts opts = BCC_OPTS(struct bcc_cgroup_opts, .hook = "cgroup/conect4");
	struct bcc *b;

	make_cgroup();
	b = open_test_text(other_text, NULL);
	expect_return(b, bcc_attach_cgroup(b, "plain", cgroup, &opts, NULL), -EINVAL);
	expect_sentence(b, "\"cgroup/conect4\"");
	opts.hook = "xdp";
	expect_return(b, bcc_attach_cgroup(b, "plain", cgroup, &opts, NULL), -EINVAL);
	expect_return(b, bcc_attach_cgroup(b, "connect4", NULL, NULL, NULL), -EINVAL);
	expect_return(b, bcc_attach_cgroup(b, "connect4", "/absent", NULL, NULL), -ENOENT);
	expect_sentence(b, "/absent");
	expect_return(b, bcc_attach_cgroup(b, "connect4", "/proc", NULL, NULL), -EINVAL);
	expect_sentence(b, "version 2");
	expect_return(b, bcc_attach_cgroup(b, "connect4", "/proc/self/status", NULL, NULL), -ENOTDIR);
	opts.cgroup_fd = 12345;
	expect_return(b, bcc_attach_cgroup(b, "connect4", NULL, &opts, NULL), -EINVAL);
	opts.hook = NULL;
	expect_return(b, bcc_attach_cgroup(b, "connect4", NULL, &opts, NULL), -EBADF);
	bcc_close(b);
	remove_cgroup();
}

/* ---- several, in order ---- */

/* Each appends its digit. */
static const char order_text[] =
	"BPF_ARRAY(digits, u64, 1);\n"
	"#define DIGIT(n) SEC(\"cgroup/connect4\") int digit_##n(struct bpf_sock_addr *ctx) { \\\n"
	"	int zero = 0; u64 *v = digits.lookup(&zero); if (v) *v = *v * 10 + n; return 1; }\n"
	"DIGIT(1) DIGIT(2) DIGIT(3) DIGIT(4)\n";

struct found {
	int count, links;
	char order[128];
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
	assert_int_equal(attached->attach_type, BPF_CGROUP_INET4_CONNECT);
	if (found->detach)
		expect_ok(found->detach, bcc_detach_attached(found->detach, attached));
	return 0;
}

static const struct bcc_cgroup_opts connect4 = {.size = sizeof(connect4), .hook = "cgroup/connect4"};

static void expect_order(struct bcc *b, uint64_t digits)
{
	struct found found = {0};
	char expected[128] = "";

	for (uint64_t rest = digits; rest; rest /= 10) {
		char more[sizeof(expected) + 16];

		snprintf(more, sizeof(more), "digit_%d %s", (int)(rest % 10), expected);
		memcpy(expected, more, sizeof(expected));
	}
	set_table_u64(b, "digits", 0, 0);
	assert_int_equal(act(&connecting, true), 0);
	assert_int_equal(table_u64(b, "digits", 0), digits);
	expect_ok(b, bcc_query_cgroup(b, cgroup, &connect4, find, &found));
	assert_string_equal(found.order, expected);
	assert_int_equal(found.links, found.count);
}

static int attach_in_order(
	struct bcc *b, const char *prog, struct bcc_order_opts order, struct bcc_link **link)
{
	order.size = sizeof(order);
	return bcc_attach_cgroup(b, prog, cgroup, &BCC_OPTS(struct bcc_cgroup_opts, .order = &order), link);
}

static void test_order_and_replacing(void **state)
{
	struct network network;
	struct bcc_link *one, *two, *three;
	struct bcc_order_opts order;
	struct found found = {0};
	struct bcc *b;
	int ret;

	make_cgroup();
	network = enter_network();
	b = open_test_text(order_text, NULL);
	expect_ok(b, bcc_attach_cgroup(b, "digit_1", cgroup, NULL, &one));
	expect_ok(b, bcc_attach_cgroup(b, "digit_2", cgroup, NULL, &two));
	expect_order(b, 12);
	/* in the place of another */
	expect_ok(b, bcc_link_replace(one, bcc_program_find(b, "digit_4")));
	expect_order(b, 42);
	expect_ok(b, bcc_link_replace(one, bcc_program_find(b, "digit_1")));
	expect_return(b,
		attach_in_order(b, "digit_3", (struct bcc_order_opts){.first = true, .before = two}, NULL),
		-EINVAL);
	order = (struct bcc_order_opts){.size = sizeof(order), .first = true};
	ret = bcc_attach_cgroup(
		b, "digit_3", cgroup, &BCC_OPTS(struct bcc_cgroup_opts, .order = &order), &three);
	if (ret == -EOPNOTSUPP) {
		assert_false(test_kernel_is_at_least(6, 17));
		expect_sentence(b, "6.17");
	} else {
		expect_ok(b, ret);
		expect_order(b, 312);
		bcc_detach(three);
		expect_ok(b, attach_in_order(b, "digit_3", (struct bcc_order_opts){.before = two}, &three));
		expect_order(b, 132);
		bcc_detach(three);
		expect_ok(b, attach_in_order(b, "digit_3", (struct bcc_order_opts){.after = one}, &three));
		expect_order(b, 132);
		bcc_detach(three);
		expect_ok(b, bcc_query_cgroup(b, cgroup, &connect4, find, &found));
		expect_ok(b, attach_in_order(
				     b, "digit_3", (struct bcc_order_opts){.before_id = found.link}, &three));
		expect_order(b, 132);
		bcc_detach(three);
		expect_ok(b, attach_in_order(
				     b, "digit_3", (struct bcc_order_opts){.after_id = found.link}, &three));
		expect_order(b, 123);
		bcc_detach(three);
	}
	expect_order(b, 12);
	bcc_close(b);
	leave_network(&network);
	remove_cgroup();
}

/* By a link of another handle, and by BPF_PROG_ATTACH, which outlives the process. */
static void test_detach_others(void **state)
{
	struct network network;
	struct found found = {0};
	struct bcc *b, *other;
	int fd;

	make_cgroup();
	network = enter_network();
	b = open_test_text(order_text, NULL);
	other = open_test_text(order_text, NULL);
	expect_ok(b, bcc_attach_cgroup(b, "digit_1", cgroup, NULL, NULL));
	fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	expect_ok(
		b, bpf_prog_attach(bcc_program_load(bcc_program_find(b, "digit_2"), BCC_PROG_TYPE_AUTO, NULL),
			   fd, BPF_CGROUP_INET4_CONNECT, BPF_F_ALLOW_MULTI));
	close(fd);
	expect_ok(other, bcc_query_cgroup(other, cgroup, &connect4, find, &found));
	assert_int_equal(found.count, 2);
	assert_int_equal(found.links, 1);
	found = (struct found){.detach = other};
	expect_ok(other, bcc_query_cgroup(other, cgroup, &connect4, find, &found));
	found = (struct found){0};
	expect_ok(other, bcc_query_cgroup(other, cgroup, &connect4, find, &found));
	assert_int_equal(found.count, 0);
	assert_int_equal(act(&connecting, true), 0);
	assert_int_equal(table_u64(b, "digits", 0), 0);
	bcc_close(b);
	bcc_close(other);
	leave_network(&network);
	remove_cgroup();
}

static void test_killed(void **state)
{
	struct found found = {0};
	struct bcc *b;
	int ready[2];
	char byte;
	pid_t child;

	make_cgroup();
	b = open_test_text(order_text, NULL);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	if (!child) {
		struct bcc *own = open_test_text(order_text, NULL);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		expect_ok(own, bcc_attach_cgroup(own, "digit_1", cgroup, NULL, NULL));
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	expect_ok(b, bcc_query_cgroup(b, cgroup, &connect4, find, &found));
	assert_int_equal(found.count, 1);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	for (int i = 0; i < 1200 && found.count; i++) {
		usleep(i ? 50000 : 0);
		found = (struct found){0};
		expect_ok(b, bcc_query_cgroup(b, cgroup, &connect4, find, &found));
	}
	assert_int_equal(found.count, 0);
	bcc_close(b);
	close(ready[0]);
	close(ready[1]);
	remove_cgroup();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hooks),
		cmocka_unit_test(test_lsm_hook),
		cmocka_unit_test(test_named_hooks),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_order_and_replacing),
		cmocka_unit_test(test_detach_others),
		cmocka_unit_test(test_killed),
	};

	return cmocka_run_group_tests_name("programs of cgroups", tests, NULL, clean_up);
}
