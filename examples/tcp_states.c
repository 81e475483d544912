/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: which structures a tracepoint's fields point to does not matter where the fields themselves say
 * all: states, ports and addresses of a TCP connection. Addresses of both families arrive as bytes.
 *
 *   # ./tcp_states
 *   PID    COMM             LOCAL                  REMOTE                 OLD         -> NEW
 *   4711   curl             127.0.0.1:0            127.0.0.1:80           CLOSE       -> SYN_SENT
 *   4711   curl             127.0.0.1:48212        127.0.0.1:80           SYN_SENT    -> ESTABLISHED
 */
#include <arpa/inet.h>
#include <bcc/bcc.h>
#include <stdio.h>

struct event {
	uint32_t pid, from, to;
	uint16_t family, local_port, remote_port;
	uint8_t local[16], remote[16];
	char comm[16];
};

static const char text[] = "struct event {\n"
			   "	u32 pid, from, to;\n"
			   "	u16 family, local_port, remote_port;\n"
			   "	u8 local[16], remote[16];\n"
			   "	char comm[16];\n"
			   "};\n"
			   "BPF_RINGBUF_OUTPUT(events, 16);\n"
			   "\n"
			   "TRACEPOINT_PROBE(sock, inet_sock_set_state)\n"
			   "{\n"
			   "	struct event event = {};\n"
			   "\n"
			   "	if (args->protocol != IPPROTO_TCP)\n"
			   "		return 0;\n"
			   "	event.pid = bpf_get_current_pid_tgid() >> 32;\n"
			   "	event.from = args->oldstate;\n"
			   "	event.to = args->newstate;\n"
			   "	event.family = args->family;\n"
			   "	event.local_port = args->sport;\n"
			   "	event.remote_port = args->dport;\n"
			   "	if (args->family == AF_INET) {\n"
			   "		__builtin_memcpy(event.local, args->saddr, 4);\n"
			   "		__builtin_memcpy(event.remote, args->daddr, 4);\n"
			   "	} else {\n"
			   "		__builtin_memcpy(event.local, args->saddr_v6, 16);\n"
			   "		__builtin_memcpy(event.remote, args->daddr_v6, 16);\n"
			   "	}\n"
			   "	bpf_get_current_comm(&event.comm, sizeof(event.comm));\n"
			   "	events.ringbuf_output(&event, sizeof(event), 0);\n"
			   "	return 0;\n"
			   "}\n";

/* In the order of the kernel's numbers, from 1: include/net/tcp_states.h */
static const char *const states[] = {"?", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",
	"TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV"};

static const char *state_name(uint32_t state)
{
	return state < sizeof(states) / sizeof(*states) ? states[state] : "?";
}

static int print(void *ctx, int cpu, const void *data, size_t size)
{
	const struct event *event = data;
	char text[INET6_ADDRSTRLEN], local[64], remote[64];

	inet_ntop(event->family, event->local, text, sizeof(text));
	snprintf(local, sizeof(local), "%s:%u", text, event->local_port);
	inet_ntop(event->family, event->remote, text, sizeof(text));
	snprintf(remote, sizeof(remote), "%s:%u", text, event->remote_port);
	printf("%-6u %-16s %-22s %-22s %-11s -> %s\n", event->pid, event->comm, local, remote,
		state_name(event->from), state_name(event->to));
	return 0;
}

int main(void)
{
	struct bcc *b;
	int ret;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_open_ring(b, "events", print, NULL);
	if (ret < 0)
		goto out;
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	printf("%-6s %-16s %-22s %-22s %-11s -> %s\n", "PID", "COMM", "LOCAL", "REMOTE", "OLD", "NEW");
	while ((ret = bcc_poll(b, -1)) >= 0)
		;
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
