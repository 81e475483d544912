/* SPDX-License-Identifier: Apache-2.0 */
/* The reference guide's "Events & Arguments" 6: USDT probes. A server in this test with a probe like that of
 * Node.js. */
#include <bcc/usdt.h>
#include <signal.h>
#include <sys/prctl.h>

#include "static_probe.h"
#include "testlib.h"
#include "tool_run.h"

#define ROUNDS 5

/* method, host and port do not matter; the sixth argument is the path */
static __attribute__((noinline)) void http_server_request(
	const char *method, const char *remote, int port, const char *path, int fd)
{
	/* like a server that has just read the request: BPF cannot read pages that a process has never
	 * touched */
	(void)(*(volatile const char *)method + *(volatile const char *)path);
#ifdef __x86_64__
	__asm__ volatile(STATIC_PROBE("node", "http__server__request", "0",
		"8@%%rsp 8@%[method] 8@%[remote] -4@%[port] 8@%[method] 8@%[path] -4@%[fd]")
		:
		:
		[method] "r"(method), [remote] "r"(remote), [port] "r"(port), [path] "r"(path), [fd] "r"(fd));
#else
	__asm__ volatile(STATIC_PROBE("node", "http__server__request", "0",
		"8@sp 8@%[method] 8@%[remote] -4@%w[port] 8@%[method] 8@%[path] -4@%w[fd]")
		:
		:
		[method] "r"(method), [remote] "r"(remote), [port] "r"(port), [path] "r"(path), [fd] "r"(fd));
#endif
}

static const char *const paths[] = {"/index.html", "/images/welcome.png", "/images/favicon.png"};

static void serve_requests(void)
{
	for (int i = 0; i < ROUNDS; i++)
		for (int j = 0; j <= i && j < 3; j++)
			http_server_request("GET", "127.0.0.1", -8080, paths[j], 7);
}

/* A process that serves all requests each time it is told to. */
struct server {
	pid_t pid;
	int tell, done;
};

static struct server start_server(void)
{
	struct server s;
	int tell[2], done[2];
	char byte;

	assert_int_equal(pipe(tell) | pipe(done), 0);
	fflush(stdout);
	s.pid = fork();
	assert_true(s.pid >= 0);
	if (!s.pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!s.pid && read(tell[0], &byte, 1) == 1 && byte == 's') {
		serve_requests();
		if (write(done[1], &byte, 1) != 1)
			break;
	}
	if (!s.pid)
		_exit(0);
	s.tell = tell[1];
	s.done = done[0];
	close(tell[0]);
	close(done[1]);
	return s;
}

static void let_serve(const struct server *s)
{
	char byte = 's';

	assert_int_equal(write(s->tell, &byte, 1), 1);
	assert_int_equal(read(s->done, &byte, 1), 1);
}

static void end_server(const struct server *s)
{
	char byte = 'e';

	assert_int_equal(write(s->tell, &byte, 1), 1);
	assert_int_equal(waitpid(s->pid, NULL, 0), s->pid);
	close(s->tell);
	close(s->done);
}

static struct bcc *open_usdt(const char *text)
{
	if (access("/sys/bus/event_source/devices/uprobe", F_OK))
		test_missing("this kernel has no uprobes");
	return open_test_text(text, NULL);
}

static void attach_to(struct bcc *b, const char *prog, int pid)
{
	struct bcc_usdt_opts opts = BCC_OPTS(struct bcc_usdt_opts, .pid = pid);

	expect_ok(b, bcc_attach_usdt(b, prog, NULL, "node", "http__server__request", &opts, NULL));
}

struct path {
	char text[128];
};

static void expect_requests(struct bcc *b, const char *path, uint64_t count)
{
	struct path key = {0};
	uint64_t value = 0;

	strcpy(key.text, path);
	expect_ok(b, bcc_table_get(bcc_table_find(b, "requests"), &key, sizeof(key), &value, sizeof(value)));
	assert_int_equal(value, count);
}

/* bpf_usdt_readarg(index, ctx, &addr), then the string with bpf_probe_read_user(): for one process only. */
static void test_usdt_probes(void **state)
{
	static const char text[] =
		"#include <uapi/linux/ptrace.h>\n"
		"struct path { char text[128]; };\n"
		"BPF_HASH(requests, struct path, u64);\n"
		"int do_trace(struct pt_regs *ctx) {\n"
		"	uint64_t addr;\n"
		"	struct path path = {0};\n"
		"	bpf_usdt_readarg(6, ctx, &addr);\n"
		"	bpf_probe_read_user_str(&path.text, sizeof(path.text), (void *)addr);\n"
		"	requests.increment(path);\n"
		"	return 0;\n"
		"};\n";
	struct bcc *b = open_usdt(text);
	struct server traced = start_server(), other = start_server();

	attach_to(b, "do_trace", traced.pid);
	let_serve(&traced);
	let_serve(&other);
	serve_requests();
	expect_requests(b, paths[0], ROUNDS);
	expect_requests(b, paths[1], ROUNDS - 1);
	expect_requests(b, paths[2], ROUNDS - 2);
	end_server(&traced);
	end_server(&other);
	bcc_close(b);
}

struct event {
	uint64_t count;
	char method[4];
	int32_t port;
	uint16_t fd;
	uint64_t none;
	int32_t none_returned;
};

/* Into members of structs, of any size; two functions at one probe; bpf_usdt_readarg_p(). */
static void test_usdt_readarg_p(void **state)
{
	static const char text[] =
		"struct event { u64 count; char method[4]; int port; u16 fd; u64 none; int none_returned; };\n"
		"BPF_ARRAY(events, struct event, 1);\n"
		"BPF_ARRAY(seen, u64, 1);\n"
		"int fill(struct pt_regs *ctx) {\n"
		"	int slot = 0;\n"
		"	struct event *e = events.lookup(&slot);\n"
		"	if (!e) return 0;\n"
		"	e->count++;\n"
		"	bpf_usdt_readarg_p(2, ctx, e->method, sizeof(e->method));\n"
		"	bpf_usdt_readarg(4, ctx, &e->port);\n"
		"	bpf_usdt_readarg(7, ctx, &e->fd);\n"
		"	e->none_returned = bpf_usdt_readarg(8, ctx, &e->none);\n"
		"	return 0;\n"
		"}\n"
		"int count(struct pt_regs *ctx) { seen.increment(0); return 0; }\n";
	struct bcc *b = open_usdt(text);
	struct event event = {.none = 4711};
	uint32_t slot = 0;

	attach_to(b, "fill", getpid());
	attach_to(b, "count", getpid());
	expect_ok(
		b, bcc_table_set(bcc_table_find(b, "events"), &slot, sizeof(slot), &event, sizeof(event), 0));
	http_server_request("PUT", "127.0.0.1", -8080, paths[0], 0x10007);
	expect_ok(b, bcc_table_get(bcc_table_find(b, "events"), &slot, sizeof(slot), &event, sizeof(event)));
	assert_int_equal(event.count, 1);
	assert_string_equal(event.method, "PUT");
	assert_int_equal(event.port, -8080);
	assert_int_equal(event.fd, 7);
	assert_int_equal(event.none, 0);
	assert_int_equal(event.none_returned, -1);
	assert_int_equal(table_u64(b, "seen", 0), 1);
	bcc_close(b);
}

/* Attached somewhere else than at a static probe, a program reads no arguments. */
static void test_no_usdt_probe(void **state)
{
	static const char text[] = "BPF_ARRAY(values, u64, 2);\n"
				   "int on_call(struct pt_regs *ctx) {\n"
				   "	u64 value = 1; int slot = 0;\n"
				   "	if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;\n"
				   "	values.increment(slot); slot = 1;\n"
				   "	values.increment(slot, bpf_usdt_readarg(1, ctx, &value) + value);\n"
				   "	return 0;\n"
				   "}\n";
	struct bcc *b = open_usdt(text);
	struct bcc_uprobe_opts opts = BCC_OPTS(struct bcc_uprobe_opts, .symbol = "http_server_request");

	expect_ok(b, bcc_attach_uprobe(b, "on_call", "/proc/self/exe", &opts, NULL));
	http_server_request("GET", "", 0, "", 0);
	assert_int_equal(table_u64(b, "values", 0), 1);
	assert_int_equal(table_u64(b, "values", 1), (uint64_t)-1);
	bcc_close(b);
}

/* The example for it prints what the argument points to. */
static void test_example(void **state)
{
	double limit = tool_now() + 60;
	struct tool_run run;
	char pid[16], line[128];

	bcc_close(open_usdt("int unused(void *ctx) { return 0; }"));
	snprintf(pid, sizeof(pid), "%d", getpid());
	tool_start(&run, "examples/static_probe", pid, "http__server__request", "6");
	snprintf(line, sizeof(line), " %-6d %s\n", getpid(), paths[2]);
	while (!strstr(run.text, line) && tool_now() < limit) {
		serve_requests();
		if (!tool_read(&run, 100))
			break;
	}
	kill(run.pid, SIGINT);
	tool_end(&run, 20);
	if (!strstr(run.text, line) || !strstr(run.text, paths[0]))
		fail_msg("no '%s'; stdout:\n%s\nstderr:\n%s\n", line, run.text, run.errors);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usdt_probes),
		cmocka_unit_test(test_usdt_readarg_p),
		cmocka_unit_test(test_no_usdt_probe),
		cmocka_unit_test(test_example),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
