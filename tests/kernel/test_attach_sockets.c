/* SPDX-License-Identifier: Apache-2.0 */
/* Programs on sockets, on the sockets of a table and of a network namespace, with traffic over loopback. */
#include "network.h"

#include <linux/bpf.h>
#include <netinet/in.h>
#include <signal.h>

#include <bpf/bpf.h>

#define PORT 5098

static const char text[] =
	"BPF_ARRAY(calls, u64, 4);\n"
	"BPF_SOCKHASH(sockets, u32, 4);\n"
	"BPF_TABLE(\"sockmap\", u32, u32, lookup_sockets, 2);\n"
	"int keep_nothing(struct __sk_buff *skb) { calls.increment(0); return 0; }\n"
	"SEC(\"socket\") int keep_all(struct __sk_buff *skb) { calls.increment(1); return -1; }\n"
	"SEC(\"sk_reuseport\") int none_of_them(struct sk_reuseport_md *ctx) { calls.increment(0); return SK_DROP; }\n"
	"SEC(\"sk_reuseport\") int any_of_them(struct sk_reuseport_md *ctx) { calls.increment(1); return SK_PASS; }\n"
	"SEC(\"sk_msg\") int forbid_sending(struct sk_msg_md *msg) { calls.increment(0); return SK_DROP; }\n"
	"SEC(\"sk_msg\") int allow_sending(struct sk_msg_md *msg) { calls.increment(1); return SK_PASS; }\n"
	"SEC(\"sk_skb/stream_parser\") int whole(struct __sk_buff *skb) { calls.increment(2); return skb->len; }\n"
	"SEC(\"sk_skb/stream_verdict\") int take(struct __sk_buff *skb) { calls.increment(3); return SK_PASS; }\n";

static const char netns_text[] =
	"BPF_ARRAY(calls, u64, 2);\n"
	"SEC(\"sk_lookup\") int refuse(struct bpf_sk_lookup *ctx) {\n"
	"	if (ctx->local_port != 5098) return SK_PASS;\n"
	"	calls.increment(0);\n"
	"	return SK_DROP;\n"
	"}\n"
	"SEC(\"sk_lookup\") int find(struct bpf_sk_lookup *ctx) {\n"
	"	if (ctx->local_port == 5098) calls.increment(1);\n"
	"	return SK_PASS;\n"
	"}\n"
	"SEC(\"flow_dissector\") int dissect(struct __sk_buff *skb) { return BPF_OK; }\n"
	"int plain(struct __sk_buff *skb) { return 0; }\n";

static struct sockaddr_in local_port(void)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int bound_socket(int type)
{
	struct sockaddr_in address = local_port();
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) ||
		bind(fd, (struct sockaddr *)&address, sizeof(address)))
		fail_msg("a socket of the test: %s", strerror(errno));
	return fd;
}

/* How long to wait for what must arrive, and for what must not. */
#define PATIENCE_MS 60000
#define MOMENT_MS 200

/* Whether a datagram to the port arrives at the socket. */
static bool arrives(int receiver, int ms)
{
	struct sockaddr_in address = local_port();
	int sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct pollfd ready = {.fd = receiver, .events = POLLIN};
	char byte;
	bool arrived;

	if (sender < 0 || sendto(sender, "x", 1, 0, (struct sockaddr *)&address, sizeof(address)) != 1)
		fail_msg("a datagram of the test: %s", strerror(errno));
	arrived = poll(&ready, 1, ms) == 1 && recv(receiver, &byte, 1, MSG_DONTWAIT) == 1;
	close(sender);
	return arrived;
}

/* The kernel may take longer than a moment to let a program see what it drops. */
static void expect_calls(struct bcc *b, uint64_t zero, uint64_t one)
{
	for (int i = 0; i < 1200 && (table_u64(b, "calls", 0) != zero || table_u64(b, "calls", 1) != one);
		i++)
		usleep(50000);
	assert_int_equal(table_u64(b, "calls", 0), zero);
	assert_int_equal(table_u64(b, "calls", 1), one);
}

static void test_filter(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(text, NULL);
	struct bcc_link *link;
	int fd = bound_socket(SOCK_DGRAM), other;

	assert_true(arrives(fd, PATIENCE_MS));
	expect_ok(b, bcc_attach_socket(b, "keep_nothing", fd, NULL, &link));
	assert_false(arrives(fd, MOMENT_MS));
	expect_calls(b, 1, 0);
	expect_ok(b, bcc_link_replace(link, bcc_program_find(b, "keep_all")));
	assert_true(arrives(fd, PATIENCE_MS));
	expect_calls(b, 1, 1);
	assert_int_equal(bcc_detach(link), 0);
	assert_true(arrives(fd, PATIENCE_MS));
	expect_calls(b, 1, 1);

	/* the number is another socket's by then */
	expect_ok(b, bcc_attach_socket(b, "keep_nothing", fd, NULL, &link));
	other = bound_socket(SOCK_DGRAM);
	expect_ok(b, bcc_attach_socket(b, "keep_all", other, NULL, NULL));
	assert_int_equal(dup2(other, fd), fd);
	expect_return(b, bcc_link_replace(link, bcc_program_find(b, "keep_all")), -ENOLINK);
	assert_int_equal(bcc_detach(link), 0);
	assert_true(arrives(other, PATIENCE_MS));
	expect_calls(b, 1, 2);
	close(fd);

	expect_return(b, bcc_attach_socket(b, "keep_all", -1, NULL, NULL), -EBADF);
	expect_return(b, bcc_attach_socket(b, "keep_all", network.home, NULL, NULL), -ENOTSOCK);
	expect_return(b, bcc_attach_socket(b, "absent", other, NULL, NULL), -ENOENT);
	bcc_close(b);
	assert_true(arrives(other, PATIENCE_MS));
	close(other);
	leave_network(&network);
}

static void test_reuseport(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(text, NULL);
	struct bcc_link *link;
	int fd = bound_socket(SOCK_DGRAM);
	int unbound = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	expect_ok(b, bcc_attach_socket(b, "none_of_them", fd, NULL, &link));
	assert_false(arrives(fd, MOMENT_MS));
	expect_calls(b, 1, 0);
	expect_ok(b, bcc_link_replace(link, bcc_program_find(b, "any_of_them")));
	assert_true(arrives(fd, PATIENCE_MS));
	expect_calls(b, 1, 1);
	assert_int_equal(bcc_detach(link), 0);
	assert_true(arrives(fd, PATIENCE_MS));
	expect_calls(b, 1, 1);
	expect_return(b, bcc_attach_socket(b, "any_of_them", unbound, NULL, NULL), -EINVAL);
	expect_sentence(b, "SO_REUSEPORT");
	bcc_close(b);
	close(unbound);
	close(fd);
	leave_network(&network);
}

/* A TCP connection whose one end is in the table. */
struct connection {
	int listening, client, server;
};

static struct connection make_connection(struct bcc *b)
{
	struct connection c = {.listening = bound_socket(SOCK_STREAM),
		.client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	struct sockaddr_in address = local_port();
	uint32_t key = 1;
	uint64_t value;

	if (c.client < 0 || listen(c.listening, 1) ||
		connect(c.client, (struct sockaddr *)&address, sizeof(address)) ||
		(c.server = accept4(c.listening, NULL, NULL, SOCK_CLOEXEC)) < 0)
		fail_msg("a connection of the test: %s", strerror(errno));
	value = c.client;
	assert_int_equal(bpf_map_update_elem(({
		struct bcc_table_info info = {.size = sizeof(info)};
		expect_ok(b, bcc_table_info(bcc_table_find(b, "sockets"), &info));
		info.fd;
	}),
				 &key, &(uint32_t){(uint32_t)value}, 0),
		0);
	return c;
}

static void end_connection(struct connection *c)
{
	close(c->client);
	close(c->server);
	close(c->listening);
}

static void test_sk_msg(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(text, NULL);
	struct bcc_link *link;
	struct connection c;
	char byte;

	expect_ok(b, bcc_attach_sockmap(b, "forbid_sending", "sockets", &link));
	expect_return(b, bcc_attach_sockmap(b, "allow_sending", "sockets", NULL), -EBUSY);
	expect_sentence(b, "\"forbid_sending\"");
	c = make_connection(b);
	assert_int_equal(send(c.client, "x", 1, MSG_NOSIGNAL), -1);
	assert_int_equal(errno, EACCES);
	expect_calls(b, 1, 0);
	expect_ok(b, bcc_link_replace(link, bcc_program_find(b, "allow_sending")));
	end_connection(&c);
	c = make_connection(b);
	assert_int_equal(send(c.client, "x", 1, MSG_NOSIGNAL), 1);
	assert_int_equal(recv(c.server, &byte, 1, 0), 1);
	expect_calls(b, 1, 1);
	end_connection(&c);
	assert_int_equal(bcc_detach(link), 0);
	expect_ok(b, bcc_attach_sockmap(b, "allow_sending", "sockets", NULL));
	bcc_close(b);
	leave_network(&network);
}

static void test_parser_and_verdict(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(text, NULL);
	struct connection c;
	char byte;

	expect_ok(b, bcc_attach_sockmap(b, "whole", "sockets", NULL));
	expect_ok(b, bcc_attach_sockmap(b, "take", "sockets", NULL));
	c = make_connection(b);
	assert_int_equal(send(c.server, "x", 1, MSG_NOSIGNAL), 1);
	assert_int_equal(recv(c.client, &byte, 1, 0), 1);
	assert_true(table_u64(b, "calls", 2) >= 1);
	assert_int_equal(table_u64(b, "calls", 3), 1);
	end_connection(&c);
	bcc_close(b);
	leave_network(&network);
}

struct found {
	int count;
	char names[64];
	struct bcc *detach;
};

static int find(void *ctx, const struct bcc_attached *attached)
{
	struct found *found = ctx;

	found->count++;
	assert_true(attached->link_id);
	strncat(found->names, attached->program, sizeof(found->names) - strlen(found->names) - 1);
	if (found->detach)
		expect_ok(found->detach, bcc_detach_attached(found->detach, attached));
	return 0;
}

static void test_netns_query(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(netns_text, NULL), *other = open_test_text(netns_text, NULL);
	struct found found = {0};
	int fd = bound_socket(SOCK_DGRAM);

	expect_ok(b, bcc_query_netns(b, NULL, find, &found));
	assert_int_equal(found.count, 0);
	expect_ok(b, bcc_attach_netns(b, "find", NULL, NULL));
	expect_ok(b, bcc_attach_netns(b, "refuse", NULL, NULL));
	expect_ok(b, bcc_attach_netns(b, "dissect", NULL, NULL));
	expect_ok(other, bcc_query_netns(other, "/proc/self/ns/net", find, &found));
	assert_int_equal(found.count, 3);
	assert_string_equal(found.names, "dissectfindrefuse");
	assert_false(arrives(fd, MOMENT_MS));
	found = (struct found){.detach = other};
	expect_ok(other, bcc_query_netns(other, NULL, find, &found));
	assert_int_equal(found.count, 3);
	found = (struct found){0};
	expect_ok(other, bcc_query_netns(other, NULL, find, &found));
	assert_int_equal(found.count, 0);
	assert_true(arrives(fd, PATIENCE_MS));
	expect_return(b, bcc_query_netns(b, "/absent", find, &found), -ENOENT);
	expect_return(b, bcc_query_netns(b, "/dev/null", find, &found), -EINVAL);
	expect_return(b, bcc_query_netns(b, NULL, NULL, NULL), -EINVAL);
	bcc_close(other);
	bcc_close(b);
	close(fd);
	leave_network(&network);
}

static void test_sk_lookup(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(netns_text, NULL);
	struct bcc_link *link;
	int fd = bound_socket(SOCK_DGRAM);

	expect_ok(b, bcc_attach_netns(b, "refuse", NULL, &link));
	assert_false(arrives(fd, MOMENT_MS));
	expect_calls(b, 1, 0);
	expect_ok(b, bcc_link_replace(link, bcc_program_find(b, "find")));
	assert_true(arrives(fd, PATIENCE_MS));
	expect_calls(b, 1, 1);
	bcc_detach(link);
	assert_true(arrives(fd, PATIENCE_MS));
	expect_calls(b, 1, 1);
	/* by a path */
	expect_ok(b, bcc_attach_netns(b, "refuse", "/proc/self/ns/net", &link));
	assert_false(arrives(fd, MOMENT_MS));
	bcc_close(b);
	assert_true(arrives(fd, PATIENCE_MS));
	close(fd);
	leave_network(&network);
}

static void test_flow_dissector(void **state)
{
	struct network network = enter_network();
	struct bcc *b = open_test_text(netns_text, NULL);
	struct bcc_link *link;

	expect_ok(b, bcc_attach_netns(b, "dissect", NULL, &link));
	expect_return(b, bcc_attach_netns(b, "dissect", NULL, NULL), -EEXIST);
	expect_sentence(b, "flow dissector");
	bcc_detach(link);
	expect_ok(b, bcc_attach_netns(b, "dissect", NULL, NULL));
	bcc_close(b);
	leave_network(&network);
}

static void test_mistakes(void **state)
{
	struct bcc *b = open_test_text(netns_text, NULL), *other = open_test_text(text, NULL);

	expect_return(b, bcc_attach_netns(b, "plain", NULL, NULL), -EINVAL);
	expect_sentence(b, "SEC(\"sk_lookup\")");
	expect_return(b, bcc_attach_netns(b, "find", "/absent", NULL), -ENOENT);
	expect_return(b, bcc_attach_netns(b, "find", "/dev/null", NULL), -EINVAL);
	expect_return(b, bcc_attach_sockmap(b, "find", "calls", NULL), -EINVAL);
	expect_sentence(b, "SEC(\"sk_msg\")");
	expect_return(other, bcc_attach_sockmap(other, "take", "absent", NULL), -ENOENT);
	expect_return(other, bcc_attach_sockmap(other, "take", NULL, NULL), -EINVAL);
	expect_return(other, bcc_attach_sockmap(other, "take", "calls", NULL), -EINVAL);
	expect_sentence(other, "neither a sockmap nor a sockhash");
	assert_int_equal(bcc_attach_all(b), 0);
	bcc_close(b);
	bcc_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_reuseport),
		cmocka_unit_test(test_sk_msg),
		cmocka_unit_test(test_parser_and_verdict),
		cmocka_unit_test(test_netns_query),
		cmocka_unit_test(test_sk_lookup),
		cmocka_unit_test(test_flow_dissector),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests_name("programs of sockets", tests, NULL, NULL);
}
