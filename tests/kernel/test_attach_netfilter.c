/* SPDX-License-Identifier: Apache-2.0 */
/* Programs at hooks of netfilter and of netkit devices. */
#include "network.h"

#include <limits.h>
#include <linux/bpf.h>
#include <linux/netfilter.h>
#include <netinet/in.h>

#define PORT 5097

static const char text[] =
	"BPF_ARRAY(calls, u64, 2);\n"
	"SEC(\"netfilter\") int refuse(struct bpf_nf_ctx *ctx) { calls.increment(0); return 0; }\n"
	"SEC(\"netfilter\") int accept(struct bpf_nf_ctx *ctx) { calls.increment(1); return 1; }\n";

static const char netkit_text[] =
	"BPF_ARRAY(calls, u64, 2);\n"
	"static inline int frame(struct __sk_buff *skb) { return load_half(skb, 12) == 0x88b5; }\n"
	"SEC(\"netkit/primary\") int drop(struct __sk_buff *skb) {\n"
	"	if (!frame(skb)) return TCX_PASS;\n"
	"	calls.increment(0);\n"
	"	return TCX_DROP;\n"
	"}\n"
	"SEC(\"netkit/peer\") int pass(struct __sk_buff *skb) {\n"
	"	if (frame(skb)) calls.increment(1);\n"
	"	return TCX_PASS;\n"
	"}\n";

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
	struct bcc *b = open_test_text(text, NULL);
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
	opts.hook = 5;
	expect_return(b, bcc_attach_netfilter(b, "accept", &opts, NULL), -EINVAL);
	opts.hook = 0;
	opts.priority = INT_MIN;
	expect_return(b, bcc_attach_netfilter(b, "accept", &opts, NULL), -EINVAL);
	opts.family = 1;
	expect_return(b, bcc_attach_netfilter(b, "accept", &opts, NULL), -EINVAL);
	expect_return(b, bcc_attach_netfilter(b, "accept", NULL, NULL), -EINVAL);
	bcc_close(b);
	assert_int_equal(send_datagram(), 0);
	leave_network(&network);
}

static void test_netkit(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(netkit_text, NULL);
	struct bcc_link *link;

	expect_return(b, bcc_attach_netkit(b, "drop", "absent", NULL, NULL), -ENODEV);
	expect_return(b, bcc_attach_netkit(b, "drop", "left", NULL, NULL), -EOPNOTSUPP);
	expect_sentence(b, "netkit");
	/* without a peer's name, ip(8) lets the kernel choose it */
	if (system("ip link add near type netkit >/dev/null 2>&1")) {
		bcc_close(b);
		leave_network(&network);
		test_too_old("this kernel has no netkit devices (Linux 6.7)");
	}
	network_command("ip link show nk0 >/dev/null 2>&1 && ip link set nk0 name far;"
			"ip link set near up && ip link set far up");
	expect_ok(b, bcc_attach_netkit(b, "drop", "near", NULL, &link));
	expect_ok(b, bcc_attach_netkit(b, "pass", "near", NULL, NULL));
	expect_return(b, bcc_attach_netkit(b, "pass", "far", NULL, NULL), -EINVAL);
	bcc_detach(link);
	bcc_close(b);
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
