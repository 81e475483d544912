/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: an event loop of your own. bcc_epoll_fd() is readable when there are events; bcc_consume()
 * delivers them without waiting. Anything else can be in the same loop: here a timer, and signals.
 *
 *   # ./event_loop
 *   execve: ls
 *   execve: date
 *   2 in the last second
 *   ^C
 */
#include <bcc/bcc.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

static const char text[] = "struct event {\n"
			   "	char comm[16];\n"
			   "};\n"
			   "BPF_RINGBUF_OUTPUT(events, 8);\n"
			   "\n"
			   "RAW_TRACEPOINT_PROBE(sched_process_exec)\n"
			   "{\n"
			   "	struct event event = {};\n"
			   "\n"
			   "	bpf_get_current_comm(&event.comm, sizeof(event.comm));\n"
			   "	events.ringbuf_output(&event, sizeof(event), 0);\n"
			   "	return 0;\n"
			   "}\n";

static int print(void *ctx, int cpu, const void *data, size_t size)
{
	unsigned *count = ctx;

	printf("execve: %s\n", (const char *)data);
	++*count;
	return 0;
}

static void watch(int epoll, int fd)
{
	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
}

static int loop(struct bcc *b, int signals, int timer, unsigned *count)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), ret = 0;
	struct epoll_event ready;
	uint64_t expirations;

	watch(epoll, signals);
	watch(epoll, timer);
	watch(epoll, bcc_epoll_fd(b));
	while (ret >= 0 && epoll_wait(epoll, &ready, 1, -1) >= 0) {
		if (ready.data.fd == signals)
			break;
		if (ready.data.fd != timer) {
			ret = bcc_consume(b);
		} else if (read(timer, &expirations, sizeof(expirations)) > 0 && *count) {
			printf("%u in the last second\n", *count);
			*count = 0;
		}
	}
	close(epoll);
	return ret;
}

int main(void)
{
	const struct itimerspec every_second = {{.tv_sec = 1}, {.tv_sec = 1}};
	int signals, timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), ret;
	unsigned count = 0;
	struct bcc *b;
	sigset_t set;

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	timerfd_settime(timer, 0, &every_second, NULL);

	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_open_ring(b, "events", print, &count);
	if (ret < 0)
		goto out;
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	printf("Tracing... Ctrl-C to end.\n");
	ret = loop(b, signals, timer, &count);
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
