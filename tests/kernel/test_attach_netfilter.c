/* SPDX-License-Identifier: Apache-2.0 */
/* Programs at hooks of netfilter and of netkit devices. */
#include "network.h"

#include <limits.h>
#include <linux/bpf.h>
#include <linux/netfilter.h>
#include <netinet/in.h>
#include <signal.h>

#define PORT 5097

static const char text[] =
	"BPF_ARRAY(calls, u64, 2);\n"
	"SEC(\"netfilter\") int refuse(struct bpf_nf_ctx *ctx) { calls.increment(0); return 0; }\n"
	"SEC(\"netfilter\") int accept(struct bpf_nf_ctx *ctx) { calls.increment(1); return 1; }\n";

/* Datagrams say in their first byte what becomes of them. */
static const char netkit_text[] =
	"enum { PASS = 0, DROP = 2 }; /* of enum tcx_action_base, which older kernels do not have */\n"
	"BPF_ARRAY(calls, u64, 2);\n"
	"static inline u8 first_byte(struct __sk_buff *skb) {\n"
	"	u8 byte = 0;\n"
	"	bpf_skb_load_bytes_relative(skb, 28, &byte, 1, BPF_HDR_START_NET);\n"
	"	return byte;\n"
	"}\n"
	"SEC(\"netkit/primary\") int drop(struct __sk_buff *skb) {\n"
	"	if (first_byte(skb) != 'd') return PASS;\n"
	"	calls.increment(0);\n"
	"	return DROP;\n"
	"}\n"
	"SEC(\"netkit/peer\") int count(struct __sk_buff *skb) {\n"
	"	if (first_byte(skb) == 'p') calls.increment(1);\n"
	"	return PASS;\n"
	"}\n";

struct found {
	int count;
	struct bcc_attached last;
	char name[64];
	struct bcc *detach;
};

static int find(void *ctx, const struct bcc_attached *attached)
{
	struct found *found = ctx;

	found->count++;
	found->last = *attached;
	snprintf(found->name, sizeof(found->name), "%s", attached->program);
	if (found->detach)
		expect_ok(found->detach, bcc_detach_attached(found->detach, attached));
	return 0;
}

/* A datagram over loopback; it has arrived when it is sent. */
static int send_datagram(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), code = 0;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		fail_msg("a socket of the test: %s", strerror(errno));
	if (sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof(address)) != 1)
		code = -errno;
	close(fd);
	return code;
}

static void test_netfilter(void **state)
{
	struct network network = enter_network();
	struct bcc_netfilter_opts opts = BCC_OPTS(
		struct bcc_netfilter_opts, .family = NFPROTO_IPV4, .hook = NF_INET_LOCAL_OUT, .priority = 10);
	struct bcc_link *link = NULL;
	struct found found = {0};
	struct bcc *b = open_test_text(text, NULL), *other;
	int ret = bcc_attach_netfilter(b, "refuse", &opts, &link);

	if (ret == -EOPNOTSUPP || ret == -EINVAL) {
		bcc_close(b);
		leave_network(&network);
		test_too_old("this kernel has no programs of netfilter (Linux 6.4)");
	}
	expect_ok(b, ret);
	assert_int_equal(send_datagram(), -EPERM);
	assert_int_equal(table_u64(b, "calls", 0), 1);
	expect_return(b, bcc_attach_netfilter(b, "accept", &opts, NULL), -EBUSY);
	expect_sentence(b, "priority 10");
	assert_int_equal(bcc_detach(link), 0);
	expect_ok(b, bcc_attach_netfilter(b, "accept", &opts, NULL));
	assert_int_equal(send_datagram(), 0);
	assert_int_equal(table_u64(b, "calls", 0), 1);
	assert_int_equal(table_u64(b, "calls", 1), 1);
	/* found, by others too, and detached */
	other = open_test_text(text, NULL);
	expect_ok(other, bcc_query_netfilter(other, &opts, find, &found));
	assert_int_equal(found.count, 1);
	assert_string_equal(found.name, "accept");
	assert_int_equal(found.last.netfilter_family, NFPROTO_IPV4);
	assert_int_equal(found.last.netfilter_hook, NF_INET_LOCAL_OUT);
	assert_int_equal(found.last.netfilter_priority, 10);
	found = (struct found){.detach = other};
	expect_ok(other, bcc_query_netfilter(other, &opts, find, &found));
	assert_int_equal(found.count, 1);
	assert_int_equal(send_datagram(), 0);
	assert_int_equal(table_u64(b, "calls", 1), 1);
	opts.hook = 5;
	expect_return(b, bcc_query_netfilter(b, &opts, find, &found), -EINVAL);
	expect_return(b, bcc_attach_netfilter(b, "accept", &opts, NULL), -EINVAL);
	opts.hook = 0;
	opts.priority = INT_MIN;
	expect_return(b, bcc_attach_netfilter(b, "accept", &opts, NULL), -EINVAL);
	opts.family = 1;
	expect_return(b, bcc_attach_netfilter(b, "accept", &opts, NULL), -EINVAL);
	expect_return(b, bcc_attach_netfilter(b, "accept", NULL, NULL), -EINVAL);
	bcc_close(b);
	assert_int_equal(send_datagram(), 0);
	found = (struct found){0};
	expect_ok(other, bcc_query_netfilter(other, NULL, find, &found));
	assert_int_equal(found.count, 0);
	bcc_close(other);
	leave_network(&network);
}

/* ---- netkit: a pair, one device here, the other in a namespace of a process that waits ---- */

#define DATAGRAMS 9

struct pair {
	pid_t there;
	int near, far; /* sockets, each connected to the other */
};

static int far_socket(int netns, const char *commands)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(0x0a090002)};
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), fd;

	assert_int_equal(setns(netns, CLONE_NEWNET), 0);
	network_command(commands);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	address.sin_addr.s_addr = htonl(0x0a090001);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(setns(home, CLONE_NEWNET), 0);
	close(home);
	return fd;
}

static struct pair connect_pair(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(0x0a090001)};
	struct pair pair;
	char command[256];
	int ready[2], netns;

	assert_int_equal(pipe(ready), 0);
	pair.there = fork();
	if (!pair.there) {
		if (unshare(CLONE_NEWNET) || write(ready[1], "", 1) != 1)
			_exit(1);
		pause();
	}
	assert_int_equal(read(ready[0], command, 1), 1);
	close(ready[0]);
	close(ready[1]);
	snprintf(command, sizeof(command),
		"ip link set far netns %d && ip address add 10.9.0.1/24 dev near && ip link set near up",
		pair.there);
	network_command(command);
	snprintf(command, sizeof(command), "/proc/%d/ns/net", pair.there);
	netns = open(command, O_RDONLY | O_CLOEXEC);
	pair.far = far_socket(netns, "ip address add 10.9.0.2/24 dev far && ip link set far up");
	close(netns);
	pair.near = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(pair.near, (struct sockaddr *)&address, sizeof(address)), 0);
	address.sin_addr.s_addr = htonl(0x0a090002);
	assert_int_equal(connect(pair.near, (struct sockaddr *)&address, sizeof(address)), 0);
	return pair;
}

/* Sends datagrams, of which each third is to be dropped, and one at the end. Returns how many arrived. */
static int pass_datagrams(int from, int to)
{
	struct pollfd ready = {.fd = to, .events = POLLIN};
	char byte = 0;
	int arrived = 0;

	for (int i = 0; i < DATAGRAMS; i++)
		if (send(from, i % 3 ? "p" : "d", 1, 0) != 1 && errno != ENOBUFS)
			fail_msg("a datagram cannot be sent: %s", strerror(errno));
	assert_int_equal(send(from, "e", 1, 0), 1);
	while (byte != 'e') {
		if (poll(&ready, 1, 60000) != 1)
			fail_msg("the last datagram has not arrived");
		assert_int_equal(recv(to, &byte, 1, 0), 1);
		arrived += byte != 'e';
	}
	return arrived;
}

static void test_netkit(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(netkit_text, NULL);
	struct found found = {0};
	struct bcc_link *link;
	struct pair pair;

	expect_return(b, bcc_attach_netkit(b, "drop", "absent", NULL, NULL), -ENODEV);
	expect_return(b, bcc_attach_netkit(b, "drop", "left", NULL, NULL), -EOPNOTSUPP);
	expect_sentence(b, "netkit");
	expect_return(b, bcc_query_netkit(b, "left", false, find, &found), -EOPNOTSUPP);
	/* without a peer's name, ip(8) lets the kernel choose it */
	if (system("ip link add near type netkit >/dev/null 2>&1")) {
		bcc_close(b);
		leave_network(&network);
		test_too_old("this kernel has no netkit devices (Linux 6.7)");
	}
	network_command("ip link show nk0 >/dev/null 2>&1 && ip link set nk0 name far; true");
	expect_return(b, bcc_attach_netkit(b, "count", "far", NULL, NULL), -EINVAL);
	expect_return(b, bcc_query_netkit(b, "far", false, find, &found), -EINVAL);
	pair = connect_pair();
	assert_int_equal(pass_datagrams(pair.near, pair.far), DATAGRAMS);
	expect_ok(b, bcc_attach_netkit(b, "drop", "near", NULL, &link));
	expect_ok(b, bcc_attach_netkit(b, "count", "near", NULL, NULL));
	assert_int_equal(pass_datagrams(pair.near, pair.far), DATAGRAMS - DATAGRAMS / 3);
	assert_int_equal(table_u64(b, "calls", 0), DATAGRAMS / 3);
	assert_int_equal(table_u64(b, "calls", 1), 0);
	assert_int_equal(pass_datagrams(pair.far, pair.near), DATAGRAMS);
	assert_int_equal(table_u64(b, "calls", 0), DATAGRAMS / 3);
	assert_int_equal(table_u64(b, "calls", 1), DATAGRAMS - DATAGRAMS / 3);
	expect_ok(b, bcc_query_netkit(b, "near", true, find, &found));
	assert_int_equal(found.count, 1);
	assert_string_equal(found.name, "count");
	bcc_detach(link);
	assert_int_equal(pass_datagrams(pair.near, pair.far), DATAGRAMS);
	bcc_close(b);
	assert_int_equal(pass_datagrams(pair.far, pair.near), DATAGRAMS);
	close(pair.near);
	close(pair.far);
	kill(pair.there, SIGKILL);
	waitpid(pair.there, NULL, 0);
	leave_network(&network);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_netfilter),
		cmocka_unit_test(test_netkit),
	};

	return cmocka_run_group_tests_name("netfilter and netkit", tests, NULL, NULL);
}
