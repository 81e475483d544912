// SPDX-License-Identifier: Apache-2.0
// Names that are asked of DNS servers: a socket filter that reads questions byte by byte.
#include <uapi/linux/ptrace.h>
#include <bcc/proto.h>

#define LONGEST 96

struct question {
	char name[LONGEST];
	u16 type, dots;
};

BPF_HASH(questions, struct question, u64, 8192);
BPF_PERCPU_ARRAY(made, struct question, 1);
BPF_HISTOGRAM(lengths);

int on_packet(struct __sk_buff *skb)
{
	u8 *cursor = 0;
	struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));
	u32 zero = 0, at, end, length = 0;
	struct question *q = made.lookup(&zero);

	if (!q || ethernet->type != 0x0800)
		return 0;
	struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));

	if (ip->nextp != 17)
		return 0;
	struct udp_t *udp = cursor_advance(cursor, sizeof(*udp));

	if (udp->dport != 53)
		return 0;
	at = sizeof(*ethernet) + sizeof(*ip) + sizeof(*udp);
	end = at + udp->length - sizeof(*udp);
	/* one question, of an ordinary kind */
	if (load_half(skb, at + 2) & 0xf800 || load_half(skb, at + 4) != 1)
		return 0;
	at += 12;
	__builtin_memset(q, 0, sizeof(*q));
#pragma unroll
	for (int i = 0; i < LONGEST; i++) {
		u8 c;

		if (at + i >= end)
			break;
		c = load_byte(skb, at + i);
		if (!c)
			break;
		q->dots += c < 32;
		q->name[i] = c < 32 ? '.' : c | 0x20;
		length = i + 1;
	}
	if (at + length + 5 > end)
		return 0;
	q->type = load_half(skb, at + length + 1);
	lengths.increment(bpf_log2l(length));
	questions.increment(*q);
	return 0;
}
