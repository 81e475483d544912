/* SPDX-License-Identifier: Apache-2.0 */
/* rdmaucma: a process connects to itself over an RDMA device in software, once with IPv4, where the
 * connection is rejected, and once with IPv6. It asks the kernel for that in librdmacm's place. */
#include <arpa/inet.h>
#include <rdma/rdma_user_cm.h>

#include "own_file_system.h"
#include "testlib.h"

#define RDMAUCMA "tools/rdmaucma"
#define HEADINGS "Timestamp Event            Family Local                                         Remote"

#define V4 "10.109.7.1"
#define V6 "fd00:109:7::1"

enum { SERVER = 7471, CLIENT = 7472, RC = 2, TIMEOUT_MS = 60000, TIME_WIDTH = 10 };

/* as the kernel numbers them */
enum {
	ADDRESS_RESOLVED = 0,
	ROUTE_RESOLVED = 2,
	CONNECT_REQUEST = 4,
	CONNECT_RESPONSE = 5,
	REJECTED = 8,
	ESTABLISHED = 9,
	DISCONNECTED = 10
};

/* ---- the kernel's connection manager ---- */

static void command(int fd, unsigned number, const void *in, unsigned in_size, unsigned out_size, int line)
{
	struct {
		struct rdma_ucm_cmd_hdr head;
		char body[512];
	} message = {.head = {.cmd = number, .in = in_size, .out = out_size}};
	ssize_t size = sizeof(message.head) + in_size;

	memcpy(message.body, in, in_size);
	if (write(fd, &message, size) != size) {
		fprintf(stderr, "command %u of line %d: %s\n", number, line, strerror(errno));
		_exit(1);
	}
}
#define COMMAND(fd, number, in, out_size) command(fd, number, &(in), sizeof(in), out_size, __LINE__)

/* With a number of the program's own: the kernel keeps the events of an id from a program until it has given
 * one. */
static int new_id(int fd)
{
	struct rdma_ucm_create_id_resp response = {0};
	struct rdma_ucm_create_id create = {
		.response = (uintptr_t)&response, .uid = 1, .ps = RDMA_PS_TCP, .qp_type = RC};

	COMMAND(fd, RDMA_USER_CM_CMD_CREATE_ID, create, sizeof(response));
	return response.id;
}

/* Waits for this event. Returns the id that it is about. */
static int next_event(int fd, unsigned expected)
{
	struct rdma_ucm_event_resp response = {0};
	struct rdma_ucm_get_event get = {.response = (uintptr_t)&response};

	COMMAND(fd, RDMA_USER_CM_CMD_GET_EVENT, get, sizeof(response));
	if (response.event != expected) {
		fprintf(stderr, "event %u instead of %u\n", response.event, expected);
		_exit(1);
	}
	return response.id;
}

static unsigned make_address(void *to, const char *text, unsigned port)
{
	struct sockaddr_in6 *v6 = to;
	struct sockaddr_in *v4 = to;

	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	return inet_pton(AF_INET6, text, &v6->sin6_addr) == 1 ? sizeof(*v6) : 0;
}

/* Of no queue pair that there is, but of another one each time: the connection manager refuses a number that
 * it has seen in a connection. */
static struct rdma_ucm_conn_param parameters(unsigned *queue_pair)
{
	return (struct rdma_ucm_conn_param){.qp_num = (*queue_pair)++,
		.responder_resources = 1,
		.initiator_depth = 1,
		.retry_count = 7,
		.valid = 1};
}

static void connect_to_self(const char *address, bool accepted, unsigned *queue_pair)
{
	int server = open("/dev/infiniband/rdma_cm", O_RDWR | O_CLOEXEC);
	int client = open("/dev/infiniband/rdma_cm", O_RDWR | O_CLOEXEC);
	struct rdma_ucm_bind bind = {.id = new_id(server)};
	struct rdma_ucm_listen listen = {.id = bind.id, .backlog = 1};
	struct rdma_ucm_resolve_addr resolve = {.id = new_id(client), .timeout_ms = TIMEOUT_MS};
	struct rdma_ucm_resolve_route route = {.id = resolve.id, .timeout_ms = TIMEOUT_MS};
	struct rdma_ucm_connect connect = {.id = resolve.id, .conn_param = parameters(queue_pair)};
	struct rdma_ucm_accept accept = {.uid = 1, .conn_param = parameters(queue_pair)};
	struct rdma_ucm_accept established = {.id = resolve.id};
	struct rdma_ucm_disconnect ends[] = {{.id = resolve.id}, {0}};
	struct rdma_ucm_reject reject = {.reason = 28 /* by the program */};

	bind.addr_size = make_address(&bind.addr, address, SERVER);
	COMMAND(server, RDMA_USER_CM_CMD_BIND, bind, 0);
	COMMAND(server, RDMA_USER_CM_CMD_LISTEN, listen, 0);
	resolve.src_size = make_address(&resolve.src_addr, address, CLIENT);
	resolve.dst_size = make_address(&resolve.dst_addr, address, SERVER);
	COMMAND(client, RDMA_USER_CM_CMD_RESOLVE_ADDR, resolve, 0);
	next_event(client, ADDRESS_RESOLVED);
	COMMAND(client, RDMA_USER_CM_CMD_RESOLVE_ROUTE, route, 0);
	next_event(client, ROUTE_RESOLVED);
	COMMAND(client, RDMA_USER_CM_CMD_CONNECT, connect, 0);
	ends[1].id = accept.id = reject.id = next_event(server, CONNECT_REQUEST);
	if (accepted) {
		COMMAND(server, RDMA_USER_CM_CMD_ACCEPT, accept, 0);
		next_event(client, CONNECT_RESPONSE);
		COMMAND(client, RDMA_USER_CM_CMD_ACCEPT, established, 0);
		next_event(server, ESTABLISHED);
		COMMAND(client, RDMA_USER_CM_CMD_DISCONNECT, ends[0], 0);
		next_event(server, DISCONNECTED);
		COMMAND(server, RDMA_USER_CM_CMD_DISCONNECT, ends[1], 0);
		next_event(client, DISCONNECTED);
	} else {
		COMMAND(server, RDMA_USER_CM_CMD_REJECT, reject, 0);
		next_event(client, REJECTED);
	}
	close(client);
	close(server);
}

static void connect_both(void *ctx)
{
	/* an event that does not come is a failure, not a hang */
	alarm(2 * TIMEOUT_MS / 1000);
	connect_to_self(V4, false, ctx);
	connect_to_self(V6, true, ctx);
}

/* ---- the test ---- */

static void add_row(char *to, const char *type, const char *address, bool of_server)
{
	char local[64], remote[64];

	sprintf(local, "%s:%d", address, of_server ? SERVER : CLIENT);
	sprintf(remote, "%s:%d", address, of_server ? CLIENT : SERVER);
	add(to, "%-16s %-6s %-45s %s\n", type, strchr(address, '.') ? "IPv4" : "IPv6", local, remote);
}

static void add_rows(char *to)
{
	add_row(to, "address resolved", V4, false);
	add_row(to, "route resolved", V4, false);
	add_row(to, "connect request", V4, true);
	add_row(to, "rejected", V4, false);
	add_row(to, "address resolved", V6, false);
	add_row(to, "route resolved", V6, false);
	add_row(to, "connect request", V6, true);
	add_row(to, "connect response", V6, false);
	add_row(to, "established", V6, true);
	add_row(to, "disconnected", V6, true);
	add_row(to, "disconnected", V6, false);
}

/* Some time after the end of a connection, if it is still there. */
static void take_out_late_rows(struct tool_run *run)
{
	for (char *at; (at = strstr(run->text, "timewait exit"));) {
		char *end = strchr(at, '\n') + 1;

		while (at > run->text && at[-1] != '\n')
			at--;
		memmove(at, end, strlen(end) + 1);
	}
}

static void check_source(const char *source)
{
	static unsigned queue_pair = 17;
	char expected[4096] = "";
	struct tool_run run;
	struct workload w;

	workload_new(&w, "connects", connect_both, &queue_pair);
	tool_start(&run, RDMAUCMA, "--source", source);
	tool_wait_line(&run, HEADINGS);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	take_out_late_rows(&run);
	add(expected, "%s\n", HEADINGS + TIME_WIDTH);
	add_rows(expected);
	memmove(run.text, strstr(run.text, HEADINGS), strlen(strstr(run.text, HEADINGS)) + 1);
	tool_cut_times(&run, TIME_WIDTH);
	tool_assert_output(&run, expected);
	tool_free(&run);
	/* the process counted in a copy */
	queue_pair += 4;
}

static void test_connections(void **state)
{
	if (access("/sys/class/misc/rdma_cm", F_OK))
		tool_expect_end(1, "rdma_ucm is not loaded", RDMAUCMA, "-d", "1");
	if (!have_kprobes())
		test_missing("this kernel's functions cannot be probed");
	/* devices of the whole machine */
	if (!getenv("BCC_TEST_NO_SKIP"))
		test_missing("an RDMA device is made only in virtual machines");
	if (!own_command("modprobe -a rdma_ucm rdma_rxe dummy"))
		test_missing("this kernel has no RDMA devices in software");
	/* of a run before that failed */
	own_command("ip link del bccrdma 2>/dev/null");
	if (!own_command("ip link add bccrdma type dummy && ip addr add " V4 "/24 dev bccrdma && "
			 "ip addr add " V6 "/64 dev bccrdma nodad && ip link set bccrdma up && "
			 "rdma link add bccrxe type rxe netdev bccrdma"))
		fail_msg("no RDMA device can be made");
	check_source("fentry");
	check_source("kprobe");
	check_source("tracepoint");
	assert_true(own_command("rdma link delete bccrxe && ip link del bccrdma"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_connections)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
