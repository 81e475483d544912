/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of sockets and cgroups: entries 32 to 34 of the language's maps and similar ones. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "map_run.h"
#include "own_events.h"

/* Two ends of a TCP connection through lo. */
struct connection {
	int client, server;
	uint16_t client_port, server_port;
};

static uint16_t port_of(int fd)
{
	struct sockaddr_in address;
	socklen_t size = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &size))
		return 0;
	return ntohs(address.sin_port);
}

static bool connect_ends(struct connection *c)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	c->client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1) ||
		getsockname(listener, (struct sockaddr *)&address, &size) ||
		connect(c->client, (struct sockaddr *)&address, size))
		return false;
	c->server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	close(listener);
	c->client_port = port_of(c->client);
	c->server_port = port_of(c->server);
	return c->server >= 0;
}

static void disconnect(struct connection *c)
{
	close(c->client);
	close(c->server);
}

/* What arrives within a minute. */
static void expect_received(int fd, const char *text)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	char buffer[100] = "";

	if (poll(&wait, 1, 60000) != 1)
		fail_msg("nothing arrives instead of \"%s\"", text);
	assert_int_equal(recv(fd, buffer, sizeof(buffer) - 1, MSG_DONTWAIT), strlen(text));
	assert_string_equal(buffer, text);
}

static void expect_silence(int fd)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};

	assert_int_equal(poll(&wait, 1, 100), 0);
}

static void send_text(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
}

static void attach_to_table(struct bcc *b, const char *program, const char *table, int type, int attach_type)
{
	int err = bpf_prog_attach(load_program(b, program, type), table_fd(b, table), attach_type, 0);

	if (err)
		fail_msg("%s cannot be attached to table %s: %s", program, table, strerror(-err));
}

/* What one connection's client sends arrives at the other's, and not at its own server. */
static void check_messages(const char *table, const char *redirect, bool by_key)
{
	struct connection from, to;
	uint32_t source = by_key ? 1000 : 0, target = by_key ? 2000 : 1;
	struct bcc *b;
	char *text;

	assert_true(
		asprintf(&text,
			"%s\nBPF_ARRAY(sizes, u64, 1);\n"
			"int message(struct sk_msg_md *msg) {\n"
			"  u32 key = %u; int zero = 0; u64 size = msg->size; sizes.update(&zero, &size);\n"
			"  return %s;\n}\n",
			table, target, redirect) > 0);
	b = open_test_text(text, NULL);
	free(text);
	assert_true(connect_ends(&from) && connect_ends(&to));
	attach_to_table(b, "message", "socks", BPF_PROG_TYPE_SK_MSG, BPF_SK_MSG_VERDICT);
	set_u32(b, "socks", source, from.client);
	set_u32(b, "socks", target, to.client);
	send_text(from.client, "by way of a table");
	expect_received(to.client, "by way of a table");
	expect_silence(from.server);
	assert_int_equal(table_u64(b, "sizes", 0), strlen("by way of a table"));
	disconnect(&from);
	disconnect(&to);
	bcc_close(b);
}

/* What arrives at one connection's server is redirected to the other's client. */
static void check_packets(const char *table, const char *redirect, bool by_key)
{
	struct connection from, to;
	uint32_t source = by_key ? 1000 : 0, target = by_key ? 2000 : 1;
	struct bcc *b;
	char *text;

	assert_true(asprintf(&text, "%s\nint packet(struct __sk_buff *skb) { u32 key = %u; return %s; }\n",
			    table, target, redirect) > 0);
	b = open_test_text(text, NULL);
	free(text);
	assert_true(connect_ends(&from) && connect_ends(&to));
	attach_to_table(b, "packet", "socks", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_VERDICT);
	set_u32(b, "socks", source, from.server);
	set_u32(b, "socks", target, to.client);
	send_text(from.client, "handed over");
	expect_received(to.client, "handed over");
	expect_silence(from.server);
	disconnect(&from);
	disconnect(&to);
	bcc_close(b);
}

static void test_maps_33_msg_redirect_hash(void **state)
{
	check_messages(
		"BPF_SOCKHASH(socks, u32, 16);", "socks.msg_redirect_hash(msg, &key, BPF_F_INGRESS)", true);
}

static void test_maps_34_sk_redirect_hash(void **state)
{
	check_packets(
		"BPF_SOCKHASH(socks, u32, 16);", "socks.sk_redirect_hash(skb, &key, BPF_F_INGRESS)", true);
}

static void test_maps_BPF_SOCKMAP(void **state)
{
	check_messages("BPF_SOCKMAP(socks, 16);", "socks.msg_redirect_map(msg, key, BPF_F_INGRESS)", false);
	check_packets("BPF_SOCKMAP(socks, 16);", "socks.sk_redirect_map(skb, key, BPF_F_INGRESS)", false);
}

/* ---- with a cgroup of this process's own, in a child ---- */

static char group_path[64], complaint[1000];

static const char *complain(const char *what, const char *why)
{
	snprintf(complaint, sizeof(complaint), "%s: %s", what, why);
	return complaint;
}

/* Moves this process into it, and back out with `leave`. */
static const char *move_to(const char *group)
{
	char path[200];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		return complain(path, strerror(errno));
	close(fd);
	return NULL;
}

/* A child that is not in any cgroup of the test yet; the cgroup only has this process. */
static const char *make_group(int *fd)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		(mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL) && errno != EBUSY))
		return complain("cgroup2", strerror(errno));
	snprintf(group_path, sizeof(group_path), "/sys/fs/cgroup/bcc_test_maps_%d", getpid());
	if (mkdir(group_path, 0755))
		return complain(group_path, strerror(errno));
	*fd = open(group_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? complain(group_path, strerror(errno)) : NULL;
}

static const char *leave_group(const char *wrong)
{
	const char *left = move_to("/sys/fs/cgroup");

	return wrong ? wrong : left ? left : rmdir(group_path) ? complain("rmdir", strerror(errno)) : NULL;
}

static const char hash_update_text[] = "BPF_SOCKHASH(by_port, u32, 16); BPF_SOCKMAP(by_index, 2);\n"
				       "BPF_ARRAY(results, s64, 4);\n"
				       "static void put(int slot, s64 v) { results.update(&slot, &v); }\n"
				       "int operation(struct bpf_sock_ops *skops) {\n"
				       "  u32 port = skops->local_port, index = 0;\n"
				       "  if (skops->op != BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB) return 0;\n"
				       "  put(0, by_port.sock_hash_update(skops, &port, BPF_NOEXIST));\n"
				       "  put(1, by_port.sock_hash_update(skops, &port, BPF_NOEXIST));\n"
				       "  put(2, by_port.sock_hash_update(skops, &port, BPF_ANY));\n"
				       "  put(3, by_index.sock_map_update(skops, &index, BPF_ANY));\n"
				       "  return 0;\n}\n";

static const char *check_hash_update(int group)
{
	static const int64_t expected[] = {0, -EEXIST, 0, 0};
	struct bcc *b;
	struct connection c;
	uint32_t key;
	int fd, err;

	if (bcc_open_text(hash_update_text, NULL, &b))
		return complain("open", bcc_error(b));
	fd = bcc_program_load(bcc_program_find(b, "operation"), BPF_PROG_TYPE_SOCK_OPS, NULL);
	if (fd < 0)
		return complain("load", bcc_error(b));
	err = bpf_prog_attach(fd, group, BPF_CGROUP_SOCK_OPS, 0);
	if (err)
		return complain("attach", strerror(-err));
	if (!connect_ends(&c))
		return complain("connect", strerror(errno));
	for (uint32_t i = 0; i < 4; i++)
		if ((int64_t)table_u64(b, "results", i) != expected[i]) {
			snprintf(complaint, sizeof(complaint), "update %u returns %lld", i,
				(long long)table_u64(b, "results", i));
			return complaint;
		}
	/* the client's port is a key, the server's is not */
	key = c.server_port;
	if (bcc_table_delete(bcc_table_find(b, "by_port"), &key, sizeof(key)) != -ENOENT)
		return "the server's socket is in the table";
	key = c.client_port;
	if (bcc_table_delete(bcc_table_find(b, "by_port"), &key, sizeof(key)))
		return complain("the client's socket is not in the table", bcc_error(b));
	disconnect(&c);
	bpf_prog_detach2(fd, group, BPF_CGROUP_SOCK_OPS);
	bcc_close(b);
	return NULL;
}

static const char *update_in_group(void)
{
	int group;
	const char *wrong = make_group(&group);

	if (wrong)
		return wrong;
	wrong = move_to(group_path);
	return leave_group(wrong ? wrong : check_hash_update(group));
}

static void test_maps_32_sock_hash_update(void **state)
{
	bcc_close(open_test_text("int f(void *ctx) { return 0; }", NULL));
	in_child(update_in_group);
}

static const char *check_membership(int group)
{
	struct bcc *b = open_own_events("BPF_CGROUP_ARRAY(groups, 2); BPF_ARRAY(seen, s64, 4);",
		"int slot = n; s64 v = groups.check_current_task(0); if (n < 2) seen.update(&slot, &v);\n"
		"slot = 2; v = groups.check_current_task(1); seen.update(&slot, &v);");
	const char *wrong;

	set_u32(b, "groups", 0, group);
	own_event(0);
	wrong = move_to(group_path);
	if (wrong)
		return wrong;
	own_event(1);
	if (table_u64(b, "seen", 0) != 0 || table_u64(b, "seen", 1) != 1)
		return "in the group before, or not in it after";
	if ((int64_t)table_u64(b, "seen", 2) != -EAGAIN)
		return "an empty slot is a group";
	bcc_close(b);
	return NULL;
}

static const char *membership_in_group(void)
{
	int group;
	const char *wrong = make_group(&group);

	return wrong ? wrong : leave_group(check_membership(group));
}

static void test_maps_BPF_CGROUP_ARRAY(void **state)
{
	bcc_close(open_test_text("int f(void *ctx) { return 0; }", NULL));
	in_child(membership_in_group);
}

/* Two sockets on one port: the program's table decides which gets what. */
static void test_maps_BPF_REUSEPORT_ARRAY(void **state)
{
	struct bcc *b =
		open_test_text("BPF_REUSEPORT_ARRAY(socks, 2); BPF_ARRAY(choice, u32, 1);\n"
			       "int select(struct sk_reuseport_md *ctx) {\n"
			       "  int zero = 0; u32 *at = choice.lookup(&zero); u32 key = at ? *at : 0;\n"
			       "  return socks.select_reuseport(ctx, &key, 0) == 0 ? SK_PASS : SK_DROP;\n}\n",
			NULL);
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = load_program(b, "select", BPF_PROG_TYPE_SK_REUSEPORT), on = 1, receivers[2];
	int sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	for (uint32_t i = 0; i < 2; i++) {
		uint64_t value;

		receivers[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		value = receivers[i];
		assert_int_equal(setsockopt(receivers[i], SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)), 0);
		assert_int_equal(bind(receivers[i], (struct sockaddr *)&address, sizeof(address)), 0);
		address.sin_port = htons(port_of(receivers[i]));
		expect_ok(b, bcc_table_set(bcc_table_find(b, "socks"), &i, 4, &value, 8, 0));
	}
	assert_int_equal(setsockopt(receivers[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, &fd, sizeof(fd)), 0);
	for (uint32_t i = 0; i < 4; i++) {
		set_u32(b, "choice", 0, i % 2);
		assert_int_equal(sendto(sender, "x", 1, 0, (struct sockaddr *)&address, sizeof(address)), 1);
		expect_received(receivers[i % 2], "x");
		expect_silence(receivers[!(i % 2)]);
	}
	for (int i = 0; i < 2; i++)
		close(receivers[i]);
	close(sender);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maps_32_sock_hash_update),
		cmocka_unit_test(test_maps_33_msg_redirect_hash),
		cmocka_unit_test(test_maps_34_sk_redirect_hash),
		cmocka_unit_test(test_maps_BPF_SOCKMAP),
		cmocka_unit_test(test_maps_BPF_CGROUP_ARRAY),
		cmocka_unit_test(test_maps_BPF_REUSEPORT_ARRAY),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
