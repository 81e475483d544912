/* SPDX-License-Identifier: Apache-2.0 */
/* sofdsnoop shows the descriptors that a process is known to have sent and received, with what /proc says
 * that they stand for. */
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define SOFDSNOOP "tools/sofdsnoop"
#define HEADER "ACTION TID    COMM             SOCKET                    FD    NAME"

enum { MOST = 253 /* the kernel's SCM_MAX_FD */, ROWS = 2 * (MOST + 16) };

/* What the process has sent and received, by its own account; shared with it. */
struct account {
	int count;
	struct passed {
		char action[5];
		int socket, fd;
		char socket_name[40], name[128];
	} passed[ROWS];
};
static struct account *account;

static char folder[] = "/tmp/bcc-sofd-XXXXXX";

static int set_up(void **state)
{
	account = mmap(NULL, sizeof(*account), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return account == MAP_FAILED || !mkdtemp(folder);
}

static int tear_down(void **state)
{
	return rmdir(folder);
}

static void read_name(int fd, char *name, size_t size)
{
	char link[32];
	ssize_t length;

	sprintf(link, "/proc/self/fd/%d", fd);
	length = readlink(link, name, size - 1);
	if (length < 0)
		_exit(1);
	name[length] = '\0';
}

static void note(const char *action, int socket, int fd)
{
	struct passed *passed = &account->passed[account->count++];

	strcpy(passed->action, action);
	passed->socket = socket;
	passed->fd = fd;
	read_name(socket, passed->socket_name, sizeof(passed->socket_name));
	read_name(fd, passed->name, sizeof(passed->name));
}

/* A message with room for descriptors. */
struct message {
	struct msghdr header;
	struct iovec data;
	char byte;
	union {
		struct cmsghdr align;
		char control[CMSG_SPACE(MOST * sizeof(int))];
	};
};

static struct msghdr *prepare(struct message *m, const int *fds, int count)
{
	struct cmsghdr *control;

	memset(m, 0, sizeof(*m));
	m->data = (struct iovec){&m->byte, 1};
	m->header = (struct msghdr){.msg_iov = &m->data,
		.msg_iovlen = 1,
		.msg_control = m->control,
		.msg_controllen = count ? CMSG_SPACE(count * sizeof(int)) : 0};
	control = CMSG_FIRSTHDR(&m->header);
	if (control) {
		control->cmsg_level = SOL_SOCKET;
		control->cmsg_type = SCM_RIGHTS;
		control->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(control), fds, count * sizeof(int));
	}
	return &m->header;
}

static void note_received(int socket, struct msghdr *header)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c))
		if (c->cmsg_type == SCM_RIGHTS)
			for (size_t i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
				int fd;

				memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
				note("RECV", socket, fd);
			}
}

static void send_all(int socket, const int *fds, int count)
{
	static struct message m;

	for (int i = 0; i < count; i++)
		note("SEND", socket, fds[i]);
	if (sendmsg(socket, prepare(&m, fds, count), 0) != 1)
		_exit(1);
}

static void receive_all(int socket)
{
	static struct message m;
	static const int none[MOST];

	if (recvmsg(socket, prepare(&m, none, MOST), 0) != 1)
		_exit(1);
	note_received(socket, &m.header);
}

static void send_several(int socket, const int *fds)
{
	static struct message m[3];
	struct mmsghdr headers[3] = {};

	for (int i = 0; i < 3; i++)
		headers[i].msg_hdr = *prepare(&m[i], &fds[i], i == 1 ? 0 : 1);
	note("SEND", socket, fds[0]);
	note("SEND", socket, fds[2]);
	if (sendmmsg(socket, headers, 3, 0) != 3)
		_exit(1);
}

static void receive_several(int socket)
{
	static struct message m[4];
	struct mmsghdr headers[4] = {};
	static const int none[2];

	for (int i = 0; i < 4; i++)
		headers[i].msg_hdr = *prepare(&m[i], none, 2);
	if (recvmmsg(socket, headers, 4, MSG_DONTWAIT, NULL) != 3)
		_exit(1);
	for (int i = 0; i < 3; i++)
		note_received(socket, &headers[i].msg_hdr);
}

/* What sends no descriptors: a message without, another kind of socket, no socket, a descriptor that is
 * none, a control message that is cut off. */
static void send_nothing(const int *pair, int fd)
{
	static struct message m;
	struct sockaddr_in nobody = {
		.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int udp = socket(AF_INET, SOCK_DGRAM, 0), wrong = 999;

	if (udp < 0 || sendmsg(pair[0], prepare(&m, NULL, 0), 0) != 1 ||
		recvmsg(pair[1], prepare(&m, NULL, 0), 0) != 1)
		_exit(1);
	prepare(&m, &fd, 1);
	m.header.msg_name = &nobody;
	m.header.msg_namelen = sizeof(nobody);
	sendmsg(udp, &m.header, 0);
	sendmsg(77, prepare(&m, &fd, 1), 0);
	if (sendmsg(pair[0], prepare(&m, &wrong, 1), 0) != -1)
		_exit(1);
	prepare(&m, &fd, 1);
	m.header.msg_controllen = 3;
	if (sendmsg(pair[0], &m.header, 0) != 1 || recv(pair[1], &m.byte, 1, 0) != 1)
		_exit(1);
	close(udp);
}

static void pass_all(void *ctx)
{
	int pair[2], ends[2], fds[MOST], last = 0;
	char path[64];

	account->count = 0;
	sprintf(path, "%s/file", folder);
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) || pipe(ends))
		_exit(1);
	fds[last++] = open(path, O_CREAT | O_RDWR, 0600);
	fds[last++] = open(folder, O_RDONLY);
	fds[last++] = open("/", O_RDONLY);
	fds[last++] = ends[0];
	fds[last++] = pair[0];
	fds[last++] = eventfd(0, 0);
	fds[last++] = syscall(SYS_memfd_create, "me\nmory", 0);
	fds[last++] = syscall(SYS_pidfd_open, getpid(), 0);
	fds[last++] = open("/proc/self/ns/uts", O_RDONLY);
	fds[last++] = open("/proc/self/status", O_RDONLY);
	sprintf(path, "%s/gone", folder);
	fds[last++] = open(path, O_CREAT | O_RDWR, 0600);
	unlink(path);
	for (int i = 0; i < last; i++)
		if (fds[i] < 0)
			_exit(1);
	send_all(pair[0], fds, last);
	receive_all(pair[1]);
	send_nothing(pair, fds[0]);
	send_several(pair[0], fds);
	receive_several(pair[1]);
	sprintf(path, "%s/file", folder);
	unlink(path);
	for (int i = last; i < MOST; i++)
		fds[i] = fds[i % last];
	send_all(pair[0], fds, MOST);
	receive_all(pair[1]);
}

/* Names in a table: what could break the line is escaped. */
static void add_name(char *text, const char *name)
{
	for (; *name; name++)
		add(text, *name == '\n' ? "\\n" : "%c", *name);
}

static void run_tool(
	struct tool_run *run, struct workload *w, const char *heading, const char *option, const char *value)
{
	char pid[16];

	workload_new(w, "passing", pass_all, NULL);
	tool_start(run, SOFDSNOOP, "-p", number_text(pid, w->pid), option, value);
	if (heading)
		tool_wait_line(run, heading);
	else
		while (!strchr(run->text, '\n'))
			assert_true(tool_read(run, 60000));
	workload_go(w);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

static void expect_rows(const struct tool_run *run, const struct workload *w, const char *heading)
{
	char *expected = calloc(ROWS, 256);

	assert_int_equal(account->count, 2 * (11 + 2 + MOST));
	sprintf(expected, "%s\n", heading);
	for (int i = 0; i < account->count; i++) {
		const struct passed *p = &account->passed[i];
		char socket[64], *end = expected + strlen(expected);

		sprintf(socket, "%d:%s", p->socket, p->socket_name);
		sprintf(end, "%-6s %-6d %-16s %-25s %-5d ", p->action, w->pid, "passing", socket, p->fd);
		add_name(end, p->name);
		strcat(end, "\n");
	}
	tool_assert_output(run, expected);
	free(expected);
}

static void check(const char *option, const char *value)
{
	struct tool_run run;
	struct workload w;

	run_tool(&run, &w, HEADER, option, value);
	expect_rows(&run, &w, HEADER);
	tool_free(&run);
}

static void test_descriptors(void **state)
{
	check(NULL, NULL);
}

static void test_name(void **state)
{
	struct tool_run run;
	struct workload w;

	check("-n", "assin");
	run_tool(&run, &w, HEADER, "--name", "passinG");
	tool_assert_output(&run, HEADER "\n");
	tool_free(&run);
}

static void test_thread(void **state)
{
	struct tool_run run;
	struct workload w;
	char tid[16];

	workload_new(&w, "passing", pass_all, NULL);
	tool_start(&run, SOFDSNOOP, "-t", number_text(tid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	expect_rows(&run, &w, HEADER);
	tool_free(&run);
}

/* The time of the first is 0, and those of the others ascend. */
static void test_times(void **state)
{
	struct tool_run run;
	struct workload w;
	double last = 0;
	char *to;

	run_tool(&run, &w, "TIME(s)       " HEADER, "-T", NULL);
	to = strchr(run.text, '\n') + 1;
	assert_memory_equal(to, "0.000000000   ", 14);
	for (char *line = to, *next; *line; line = next) {
		double time;

		assert_int_equal(sscanf(line, "%lf", &time), 1);
		assert_true(time >= last);
		last = time;
		next = strchr(line, '\n') + 1;
		memmove(to, line + 14, next - line - 14);
		to += next - line - 14;
	}
	*to = '\0';
	expect_rows(&run, &w, "TIME(s)       " HEADER);
	tool_free(&run);
}

static void test_json(void **state)
{
	const char *row = NULL;
	char expected[512];
	struct tool_run run;
	struct workload w;

	run_tool(&run, &w, NULL, "--json", "--filter=name ~ memfd");
	row = run.text;
	for (int i = 0; i < account->count; i++) {
		const struct passed *p = &account->passed[i];
		unsigned long inode;

		if (strncmp(p->name, "/memfd", 6))
			continue;
		assert_int_equal(sscanf(p->socket_name, "socket:[%lu]", &inode), 1);
		sprintf(expected,
			"\"action\":\"%s\",\"tid\":%d,\"comm\":\"passing\",\"socket\":\"%d:%s\",\"fd\":%d,"
			"\"name\":\"/memfd:me\\nmory (deleted)\",\"pid\":%d,\"sockfd\":%d,\"socket_inode\":%lu}\n",
			p->action, w.pid, p->socket, p->socket_name, p->fd, w.pid, p->socket, inode);
		row = strchr(row, '\n') + 1;
		assert_non_null(strstr(row, "\"action\":"));
		if (strncmp(strstr(row, "\"action\":"), expected, strlen(expected)))
			fail_msg("row:\n%.300s\nexpected:\n%s", row, expected);
	}
	assert_string_equal(strchr(row, '\n'), "\n");
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_thread),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
