/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a tc program that reports what it sees. Each TCP or UDP packet that a device sends becomes an
 * event with its addresses; the packet goes on, to programs behind this one too.
 *
 *   # ./tc_events eth0
 *   FROM            TO              PORT   BYTES
 *   192.168.1.7     192.168.1.1     53     71
 */
#include <arpa/inet.h>
#include <bcc/bcc.h>
#include <stdio.h>

struct event {
	uint32_t from, to; /* in network byte order */
	uint32_t port, bytes;
};

static const char text[] = "#include <bcc/proto.h>\n"
			   "#include <linux/pkt_cls.h>\n"
			   "struct event { u32 from, to, port, bytes; };\n"
			   "BPF_PERF_OUTPUT(events);\n"
			   "\n"
			   "int report(struct __sk_buff *skb)\n"
			   "{\n"
			   "	struct event event = {.bytes = skb->len};\n"
			   "	u8 *cursor = 0;\n"
			   "	struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));\n"
			   "\n"
			   "	if (ethernet->type != 0x0800) /* IPv4 */\n"
			   "		return TC_ACT_UNSPEC;\n"
			   "	struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));\n"
			   "	if (ip->hlen != 5 || (ip->nextp != 6 && ip->nextp != 17))\n"
			   "		return TC_ACT_UNSPEC;\n"
			   "	/* the ports are at the same place in TCP and UDP */\n"
			   "	struct udp_t *udp = cursor_advance(cursor, sizeof(*udp));\n"
			   "	event.from = bpf_htonl(ip->src);\n"
			   "	event.to = bpf_htonl(ip->dst);\n"
			   "	event.port = udp->dport;\n"
			   "	events.perf_submit(skb, &event, sizeof(event));\n"
			   "	return TC_ACT_UNSPEC; /* the next program decides */\n"
			   "}\n";

static int print(void *ctx, int cpu, const void *data, size_t size)
{
	const struct event *event = data;
	char from[INET_ADDRSTRLEN], to[INET_ADDRSTRLEN];

	printf("%-15s %-15s %-6u %u\n", inet_ntop(AF_INET, &event->from, from, sizeof(from)),
		inet_ntop(AF_INET, &event->to, to, sizeof(to)), event->port, event->bytes);
	return 0;
}

int main(int argc, char **argv)
{
	struct bcc_tc_opts sending = BCC_OPTS(struct bcc_tc_opts, .egress = true);
	struct bcc *b;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DEVICE\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!bcc_open_text(text, NULL, &b) && !bcc_open_perf(b, "events", print, NULL, NULL) &&
		!bcc_attach_tc(b, "report", argv[1], &sending, NULL)) {
		printf("%-15s %-15s %-6s %s\n", "FROM", "TO", "PORT", "BYTES");
		while (bcc_poll(b, -1) >= 0)
			;
	}
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
