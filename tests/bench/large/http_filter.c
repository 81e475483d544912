// SPDX-License-Identifier: Apache-2.0
// A socket filter that finds HTTP requests and answers in packets, and keeps the rest of their connections.
#include <uapi/linux/ptrace.h>
#include <bcc/proto.h>

struct connection {
	u32 from, to;
	u16 from_port, to_port;
};

struct seen {
	u64 packets, bytes, line, status, blanks;
};

BPF_HASH(connections, struct connection, struct seen, 4096);

int on_packet(struct __sk_buff *skb)
{
	u8 *cursor = 0;
	struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));
	struct connection key = {};
	struct seen fresh = {}, *seen;
	u32 header, payload, length, word, status = 0, blanks = 0, hash = 0;

	if (ethernet->type != 0x0800)
		return 0;
	struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));

	if (ip->nextp != 6 || ip->hlen < 5)
		return 0;
	key.from = ip->src;
	key.to = ip->dst;
	header = ip->hlen << 2;
	if (header > sizeof(*ip))
		cursor_advance(cursor, header - sizeof(*ip));
	struct tcp_t *tcp = cursor_advance(cursor, sizeof(*tcp));

	key.from_port = tcp->src_port;
	key.to_port = tcp->dst_port;
	payload = sizeof(*ethernet) + header + (tcp->offset << 2);
	length = ip->tlen - header - (tcp->offset << 2);
	seen = connections.lookup(&key);
	if (length < 16)
		return seen ? -1 : 0;
	word = load_byte(skb, payload) << 24 | load_byte(skb, payload + 1) << 16 |
	       load_byte(skb, payload + 2) << 8 | load_byte(skb, payload + 3);
	if (word != 0x47455420 && word != 0x504f5354 && word != 0x50555420 && word != 0x48545450 &&
		word != 0x44454c45 && word != 0x48454144 && !seen)
		return 0;
	if (word == 0x48545450) {
#pragma unroll
		for (int i = 9; i < 12; i++) {
			u8 digit = load_byte(skb, payload + i);

			if (digit >= '0' && digit <= '9')
				status = status * 10 + digit - '0';
		}
	}
	/* the first line */
#pragma unroll
	for (int i = 4; i < 196; i++) {
		u8 c;

		if (i >= length)
			continue;
		c = load_byte(skb, payload + i);
		if (c == '\r')
			break;
		hash = hash * 31 + c;
		blanks += c == ' ';
	}
	if (!seen) {
		connections.insert(&key, &fresh);
		seen = connections.lookup(&key);
	}
	if (!seen)
		return 0;
	seen->packets++;
	seen->bytes += length;
	seen->line = hash;
	seen->blanks = blanks;
	if (status)
		seen->status = status;
	return -1;
}
