/* SPDX-License-Identifier: Apache-2.0 */
/* What programs for packets do with them: loads at offsets, stacked headers, checksums, data pointers,
 * packets to user space. */
#include "packet_run.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "common/array.h"

static const char head[] = "#include <bcc/proto.h>\n#include <linux/pkt_cls.h>\nBPF_ARRAY(out, u64, 32);\n"
			   "static inline void put(int slot, u64 value) { out.update(&slot, &value); }\n";

/* Runs `statements` in a program whose context is a struct `context *ctx`; `before` is at file scope. */
static uint32_t run(struct bcc **b, const char *before, const char *context, const char *statements, int type,
	struct packet *packet)
{
	char *text;
	uint32_t result;

	assert_true(asprintf(&text, "%s%s\nint program(struct %s *ctx) {\n  u8 *cursor = 0;\n%s\n}\n", head,
			    before, context, statements) > 0);
	result = run_text(b, text, NULL, type, packet);
	free(text);
	return result;
}

static const struct {
	const char *context;
	int type;
	unsigned skipped; /* bytes that the kernel removes in front before the program runs */
} kinds[] = {
	{"__sk_buff", BPF_PROG_TYPE_SOCKET_FILTER, 14},
	{"__sk_buff", BPF_PROG_TYPE_SCHED_CLS, 0},
	{"__sk_buff", BPF_PROG_TYPE_CGROUP_SKB, 14},
	{"xdp_md", BPF_PROG_TYPE_XDP, 0},
};

#define KINDS (ARRAY_SIZE(kinds))

static void test_loads(void **state)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct packet packet = random_packet(80, i), sent = packet;
		const uint8_t *bytes = sent.bytes + kinds[i].skipped;
		struct bcc *b;

		if (kinds[i].type == BPF_PROG_TYPE_CGROUP_SKB) /* the kernel rejects these loads in them */
			continue;
		assert_int_equal(
			run(&b, "", kinds[i].context,
				"put(0, load_byte(ctx, 3)); put(1, load_half(ctx, 5)); put(2, load_word(ctx, 9));\n"
				"int at = load_byte(ctx, 1) & 31; put(3, load_byte(ctx, at)); put(4, load_half(ctx, at + 1));\n"
				"put(5, load_word(ctx, at * 1ULL)); return 5;",
				kinds[i].type, &packet),
			5);
		unsigned at = bytes[1] & 31;
		assert_int_equal(table_u64(b, "out", 0), bytes[3]);
		assert_int_equal(table_u64(b, "out", 1), packet_bits(bytes, 40, 16));
		assert_int_equal(table_u64(b, "out", 2), packet_bits(bytes, 72, 32));
		assert_int_equal(table_u64(b, "out", 3), bytes[at]);
		assert_int_equal(table_u64(b, "out", 4), packet_bits(bytes, at * 8 + 8, 16));
		assert_int_equal(table_u64(b, "out", 5), packet_bits(bytes, at * 8, 32));
		bcc_close(b);
	}
}

/* The packet has 60 bytes; accessing one more ends the program, with nothing written. */
static void test_outside_ends_the_program(void **state)
{
	static const struct {
		const char *statement;
		bool inside;
	} cases[] = {
		{"put(2, ip->dst);", true},
		{"put(2, behind->type);", false},
		{"put(2, far->ttl);", false},
		{"put(2, load_byte(ctx, LAST));", true},
		{"put(2, load_half(ctx, LAST));", false},
	};

	for (size_t k = 0; k < KINDS; k++) {
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			struct packet packet = random_packet(60, i);
			char *statements;
			struct bcc *b;

			if (kinds[k].type == BPF_PROG_TYPE_CGROUP_SKB && strstr(cases[i].statement, "load_"))
				continue;
			assert_true(
				asprintf(&statements,
					"enum { LAST = %d };\ncursor_advance(cursor, LAST - 19);\n"
					"struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));\n"
					"struct icmp_t *behind = cursor_advance(cursor, sizeof(*behind));\n"
					"struct ip_t *far = (void *)0x7fffffffUL;\n"
					"put(0, 1); %s put(1, 1); return 1;",
					59 - kinds[k].skipped, cases[i].statement) > 0);
			assert_int_equal(run(&b, "", kinds[k].context, statements, kinds[k].type, &packet),
				cases[i].inside);
			assert_int_equal(table_u64(b, "out", 0), 1);
			assert_int_equal(table_u64(b, "out", 1), cases[i].inside);
			bcc_close(b);
			free(statements);
		}
	}
}

/* A packet in several buffers: the first has less than a page, so that fields are in it, behind it, and on
 * its edge. */
static void test_several_buffers(void **state)
{
	enum { SIZE = 9000 };
	static const char text[] =
		"SEC(\"xdp.frags\") int program(struct xdp_md *ctx) {\n"
		"  u8 *cursor = 0;\n"
		"  struct ip_t *first = cursor_advance(cursor, AT), *edge = cursor_advance(cursor, 4000 - AT),\n"
		"    *behind = cursor_advance(cursor, 8970 - 4000), *last = cursor_advance(cursor, 1);\n"
		"  put(0, first->dst); put(1, edge->dst); put(2, edge->tlen); put(3, behind->dst);\n"
		"  put(4, ctx->data_end - ctx->data); put(5, last->dst); return XDP_PASS;\n"
		"}\n";
	uint8_t *bytes = malloc(SIZE);
	char *whole, flag[32];
	unsigned edge = 1000;
	struct bcc *b;

	assert_non_null(bytes);
	for (unsigned i = 0; i < SIZE; i++)
		bytes[i] = i * 7 + i / 256;
	assert_true(asprintf(&whole, "%s%s", head, text) > 0);
	/* the first time shows where the edge is */
	for (int i = 0; i < 2; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = bytes, .data_size_in = SIZE, .repeat = 1);
		int fd, ret;

		snprintf(flag, sizeof(flag), "-DAT=%u", edge);
		b = open_test_text(whole, flag);
		fd = load_program(b, "program", BPF_PROG_TYPE_XDP);
		ret = bpf_prog_test_run_opts(fd, &opts);
		if (ret == -EINVAL || ret == -E2BIG) {
			bcc_close(b);
			free(whole);
			free(bytes);
			test_too_old("this kernel cannot run programs on packets in several buffers");
		}
		assert_int_equal(ret, 0);
		assert_int_equal(opts.retval, 2);
		assert_int_equal(table_u64(b, "out", 0), packet_bits(bytes + 16, 0, 32));
		assert_int_equal(table_u64(b, "out", 1), packet_bits(bytes + edge + 16, 0, 32));
		assert_int_equal(table_u64(b, "out", 2), packet_bits(bytes + edge + 2, 0, 16));
		assert_int_equal(table_u64(b, "out", 3), packet_bits(bytes + 4016, 0, 32));
		assert_int_equal(table_u64(b, "out", 5), packet_bits(bytes + 8986, 0, 32));
		edge = table_u64(b, "out", 4);
		assert_in_range(edge, 1024, 4095);
		/* the address is the field after the edge; the length crosses it */
		edge -= 3;
		bcc_close(b);
	}
	free(whole);
	free(bytes);
}

static void test_writes_outside_end_the_program(void **state)
{
	static const char *const writes[] = {
		"behind->type = 1;", "behind->code++;", "ip->dst = 1; ip[1].ver = 3;"};

	for (size_t i = 0; i < ARRAY_SIZE(writes); i++) {
		for (int xdp = 0; xdp < 2; xdp++) {
			struct packet packet = random_packet(60, i), expected = packet;
			char *statements;
			struct bcc *b;

			assert_true(
				asprintf(&statements,
					"cursor_advance(cursor, 40); struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));\n"
					"struct icmp_t *behind = cursor_advance(cursor, sizeof(*behind));\n"
					"put(0, 1); %s put(1, 1); return 1;",
					writes[i]) > 0);
			if (i == 2)
				set_packet_bits(expected.bytes + 40, 128, 32, 1);
			assert_int_equal(run(&b, "", xdp ? "xdp_md" : "__sk_buff", statements,
						 xdp ? BPF_PROG_TYPE_XDP : BPF_PROG_TYPE_SCHED_CLS, &packet),
				0);
			assert_int_equal(table_u64(b, "out", 0), 1);
			assert_int_equal(table_u64(b, "out", 1), 0);
			expect_packet(&packet, &expected, writes[i]);
			bcc_close(b);
			free(statements);
		}
	}
}

static void test_compound_assignments(void **state)
{
	for (int xdp = 0; xdp < 2; xdp++) {
		struct packet packet = random_packet(80, 3), expected = packet;
		uint8_t *ip = expected.bytes + 14, *tcp = ip + 20;
		struct bcc *b;

		set_packet_bits(packet.bytes + 14, 51, 13, 0x1ffe);
		memcpy(&expected, &packet, sizeof(packet));
		assert_int_equal(
			run(&b, "", xdp ? "xdp_md" : "__sk_buff",
				"cursor_advance(cursor, 14); struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));\n"
				"struct tcp_t *tcp = cursor_advance(cursor, sizeof(*tcp));\n"
				"put(0, ip->nextp++); put(1, --ip->ttl); put(2, ip->foffset += 3); ip->src ^= 0xff00ff00;\n"
				"tcp->flag_syn ^= 1; tcp->flag_fin = !tcp->flag_fin; tcp->offset <<= 1; put(3, tcp->seq_num -= 5);\n"
				"u32 a; a = ip->dst = tcp->ack_num = 0x01020304; put(4, a); tcp->reserved |= 5;\n"
				"ip->tos = ip->ver; put(5, ip->tos); tcp->src_port = tcp->dst_port; return 2;",
				xdp ? BPF_PROG_TYPE_XDP : BPF_PROG_TYPE_SCHED_CLS, &packet),
			2);
		assert_int_equal(table_u64(b, "out", 0), packet_bits(ip, 72, 8));
		set_packet_bits(ip, 72, 8, packet_bits(ip, 72, 8) + 1);
		set_packet_bits(ip, 64, 8, packet_bits(ip, 64, 8) - 1);
		assert_int_equal(table_u64(b, "out", 1), packet_bits(ip, 64, 8));
		set_packet_bits(ip, 51, 13, 1); /* 0x1ffe + 3 in 13 bits */
		assert_int_equal(table_u64(b, "out", 2), 1);
		set_packet_bits(ip, 96, 32, packet_bits(ip, 96, 32) ^ 0xff00ff00);
		set_packet_bits(tcp, 110, 1, !packet_bits(tcp, 110, 1));
		set_packet_bits(tcp, 111, 1, !packet_bits(tcp, 111, 1));
		set_packet_bits(tcp, 96, 4, packet_bits(tcp, 96, 4) << 1);
		set_packet_bits(tcp, 32, 32, packet_bits(tcp, 32, 32) - 5);
		assert_int_equal(table_u64(b, "out", 3), packet_bits(tcp, 32, 32));
		set_packet_bits(ip, 128, 32, 0x01020304);
		set_packet_bits(tcp, 64, 32, 0x01020304);
		assert_int_equal(table_u64(b, "out", 4), 0x01020304);
		set_packet_bits(tcp, 100, 4, packet_bits(tcp, 100, 4) | 5);
		set_packet_bits(ip, 8, 8, packet_bits(ip, 0, 4));
		assert_int_equal(table_u64(b, "out", 5), packet_bits(ip, 0, 4));
		set_packet_bits(tcp, 0, 16, packet_bits(tcp, 16, 16));
		expect_packet(&packet, &expected, "compound assignments");
		bcc_close(b);
	}
}

/* The sum described in RFC 1071, over packed 16-bit words. */
static uint32_t add_words(uint32_t sum, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i += 2)
		sum += bytes[i] << 8 | (i + 1 < size ? bytes[i + 1] : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static uint32_t tcp_sum(const struct packet *packet)
{
	uint16_t rest[2] = {htons(IPPROTO_TCP), htons(packet->size - 34)};
	uint32_t sum = add_words(0, packet->bytes + 26, 8);

	return add_words(add_words(sum, rest, 4), packet->bytes + 34, packet->size - 34);
}

static struct packet tcp_packet(void)
{
	static const uint8_t header[20] = {0x45, 0x00, 0x00, 0x4c, 0x12, 0x34, 0x40, 0x00, 0x40, 0x06, 0x00,
		0x00, 0x0a, 0x01, 0x02, 0x03, 0xc0, 0xa8, 0x07, 0x08};
	struct packet packet = random_packet(90, 77);
	uint8_t *ip = packet.bytes + 14;

	set_packet_bits(packet.bytes, 96, 16, 0x0800);
	memcpy(ip, header, sizeof(header));
	set_packet_bits(ip, 80, 16, 0xffff ^ add_words(0, ip, 20));
	memset(ip + 36, 0, 2);
	set_packet_bits(ip + 20, 128, 16, 0xffff ^ tcp_sum(&packet));
	return packet;
}

static void test_checksums(void **state)
{
	struct packet packet = tcp_packet(), before = packet;
	struct bcc *b;

	assert_int_equal(add_words(0, packet.bytes + 14, 20), 0xffff);
	assert_int_equal(tcp_sum(&packet), 0xffff);
	/* another source address, by hand and by a program as BCC's users write it */
	assert_int_equal(
		run(&b, "", "__sk_buff",
			"cursor_advance(cursor, 14); struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));\n"
			"struct tcp_t *tcp = cursor_advance(cursor, sizeof(*tcp));\n"
			"u32 old_src = ip->src, new_src = 0x08080404; u16 old_port = tcp->src_port, new_port = 4242;\n"
			"put(0, incr_cksum_l4(&tcp->cksum, old_src, new_src, 1)); put(1, incr_cksum_l3(&ip->hchecksum, old_src, new_src));\n"
			"ip->src = new_src; put(2, incr_cksum_l4(&tcp->cksum, old_port, new_port, 0)); tcp->src_port = new_port;\n"
			"u16 old_id = ip->identification; ip->identification = 7; put(3, incr_cksum_l3(&ip->hchecksum, old_id, (u16)7));\n"
			"u64 old_numbers = (u64)tcp->seq_num << 32 | tcp->ack_num, new_numbers = 0x123456789abcdef0;\n"
			"put(4, incr_cksum_l4(&tcp->cksum, old_numbers, new_numbers, 0));\n"
			"tcp->seq_num = new_numbers >> 32; tcp->ack_num = new_numbers; return 0;",
			BPF_PROG_TYPE_SCHED_CLS, &packet),
		0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(table_u64(b, "out", i), 0);
	bcc_close(b);
	assert_int_equal(packet_bits(packet.bytes, 26 * 8, 32), 0x08080404);
	assert_int_equal(packet_bits(packet.bytes, 34 * 8, 16), 4242);
	assert_int_equal(packet_bits(packet.bytes, 18 * 8, 16), 7);
	assert_int_equal(packet_bits(packet.bytes, 38 * 8, 64), 0x123456789abcdef0);
	assert_memory_not_equal(packet.bytes + 24, before.bytes + 24, 2);
	assert_int_equal(add_words(0, packet.bytes + 14, 20), 0xffff);
	assert_int_equal(tcp_sum(&packet), 0xffff);
}

/* The kernel's structs over the packet's memory are not converted: their values are in network byte order. */
static void test_kernel_structs(void **state)
{
	static const char statements[] =
		"void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;\n"
		"struct ethhdr *eth = data; if (eth + 1 > end) return 100;\n"
		"struct iphdr *ip = (void *)(eth + 1); if ((void *)(ip + 1) > end) return 101;\n"
		"put(0, bpf_ntohs(eth->h_proto)); put(1, eth->h_dest[5]); put(2, ip->ihl); put(3, bpf_ntohl(ip->saddr)); put(4, ip->ttl);\n"
		"if (ip->protocol != IPPROTO_TCP) return 102;\n"
		"struct tcphdr *tcp = (void *)ip + ip->ihl * 4; if ((void *)(tcp + 1) > end) return 103;\n"
		"put(5, bpf_ntohs(tcp->source)); put(6, bpf_ntohl(tcp->seq)); put(7, tcp->doff); put(8, tcp->syn); put(9, bpf_ntohs(tcp->window));\n"
		"u8 mac[6]; __builtin_memcpy(mac, eth->h_dest, 6); __builtin_memcpy(eth->h_dest, eth->h_source, 6);\n"
		"__builtin_memcpy(eth->h_source, mac, 6); ip->tos = 9; tcp->dest = bpf_htons(8080); return 1;";

	for (int xdp = 0; xdp < 2; xdp++) {
		struct packet packet = tcp_packet(), expected = packet;
		struct tcphdr tcp;
		struct bcc *b;

		memcpy(&tcp, packet.bytes + 34, sizeof(tcp));
		assert_int_equal(run(&b, "", xdp ? "xdp_md" : "__sk_buff", statements,
					 xdp ? BPF_PROG_TYPE_XDP : BPF_PROG_TYPE_SCHED_CLS, &packet),
			1);
		assert_int_equal(table_u64(b, "out", 0), 0x0800);
		assert_int_equal(table_u64(b, "out", 1), expected.bytes[5]);
		assert_int_equal(table_u64(b, "out", 2), 5);
		assert_int_equal(table_u64(b, "out", 3), 0x0a010203);
		assert_int_equal(table_u64(b, "out", 4), 64);
		assert_int_equal(table_u64(b, "out", 5), ntohs(tcp.source));
		assert_int_equal(table_u64(b, "out", 6), ntohl(tcp.seq));
		assert_int_equal(table_u64(b, "out", 7), tcp.doff);
		assert_int_equal(table_u64(b, "out", 8), tcp.syn);
		assert_int_equal(table_u64(b, "out", 9), ntohs(tcp.window));
		memcpy(expected.bytes, packet.bytes, 12);
		assert_memory_equal(packet.bytes, tcp_packet().bytes + 6, 6);
		assert_memory_equal(packet.bytes + 6, tcp_packet().bytes, 6);
		expected.bytes[15] = 9;
		set_packet_bits(expected.bytes + 34, 16, 16, 8080);
		expect_packet(&packet, &expected, "kernel structs");
		bcc_close(b);
	}
}

/* Headers whose offset is only known at run time, functions on them, and headers in the program's own
 * memory. */
static void test_cursors(void **state)
{
	for (size_t k = 0; k < KINDS; k++) {
		struct packet packet = tcp_packet(), sent = packet;
		char *before, *statements;
		const uint8_t *tcp = sent.bytes + 14 + 28;
		struct bcc *b;

		packet.bytes[14] = 0x47; /* two words of options */
		assert_true(
			asprintf(&before,
				"static inline u32 source_of(struct ip_t *ip) { return ip->src; }\n"
				"static __attribute__((noinline)) int far(struct tcp_t *tcp, struct %s *ctx) { return tcp->urg_ptr; }\n"
				"static inline u64 both(struct %s *ctx, struct tcp_t *tcp) { return (u64)far(tcp, ctx) << 16 | tcp->rcv_wnd; }\n"
				"BPF_ARRAY(places, u64, 1);\n",
				kinds[k].context, kinds[k].context) > 0);
		assert_true(
			asprintf(&statements,
				"cursor_advance(cursor, %u); struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));\n"
				"u32 length = ip->hlen << 2; void *_ = cursor_advance(cursor, length - sizeof(*ip));\n"
				"struct tcp_t *tcp = cursor_advance(cursor, sizeof(*tcp)); put(0, tcp->src_port); put(1, source_of(ip));\n"
				"put(2, both(ctx, tcp)); u64 place = (u64)tcp; int zero = 0; places.update(&zero, &place); u64 *kept = places.lookup(&zero);\n"
				"if (kept) { cursor = (u8 *)*kept; struct tcp_t *again = cursor_advance(cursor, sizeof(*again)); put(3, again->dst_port); }\n"
				"struct tcp_t own = {.dst_port = 5, .flag_syn = 1}, *mine = &own; put(4, mine->dst_port * 2 + mine->flag_syn);\n"
				"struct ip6_opt_t *opt = (void *)tcp; u8 pad[6] = {}; __builtin_memcpy(pad, opt->pad, sizeof(pad));\n"
				"u64 sum = 0; for (int i = 0; i < 6; i++) sum = sum << 8 | pad[i]; put(5, sum);\n"
				"for (int i = 0; i < 4; i++) put(6 + i, opt->pad[i]);\n"
				"put(10, (long)&tcp->cksum - (long)tcp); return 1;",
				14 - kinds[k].skipped) > 0);
		assert_int_equal(run(&b, before, kinds[k].context, statements, kinds[k].type, &packet), 1);
		assert_int_equal(table_u64(b, "out", 0), packet_bits(tcp, 0, 16));
		assert_int_equal(table_u64(b, "out", 1), 0x0a010203);
		assert_int_equal(
			table_u64(b, "out", 2), packet_bits(tcp, 144, 16) << 16 | packet_bits(tcp, 112, 16));
		assert_int_equal(table_u64(b, "out", 3), packet_bits(tcp, 16, 16));
		assert_int_equal(table_u64(b, "out", 4), 11);
		assert_int_equal(table_u64(b, "out", 5), packet_bits(tcp, 16, 48));
		for (int i = 0; i < 4; i++)
			assert_int_equal(table_u64(b, "out", 6 + i), tcp[2 + i]);
		assert_int_equal(table_u64(b, "out", 10), 16);
		bcc_close(b);
		free(before);
		free(statements);
	}
}

struct seen {
	const struct packet *sent;
	unsigned skipped, events, wrong;
};

static int see(void *ctx, int cpu, const void *data, size_t size)
{
	struct seen *seen = ctx;
	const struct {
		uint32_t magic, length;
	} *event = data;
	uint32_t length = seen->sent->size - seen->skipped;

	/* with its four-byte size the record is padded to eight bytes */
	seen->wrong += size < sizeof(*event) + length || size > sizeof(*event) + length + 7 ||
		       event->magic != 0xfeed || event->length != length ||
		       memcmp(event + 1, seen->sent->bytes + seen->skipped, length) != 0;
	seen->events++;
	return 0;
}

static void test_perf_submit_skb(void **state)
{
	static const char before[] = "struct event { u32 magic, length; };\nBPF_PERF_OUTPUT(events);";

	for (size_t k = 0; k < KINDS; k++) {
		bool xdp = kinds[k].type == BPF_PROG_TYPE_XDP;
		struct packet packet = random_packet(101, k), sent = packet;
		struct seen seen = {.sent = &sent, .skipped = kinds[k].skipped};
		char *text;
		struct bcc *b;
		int fd;

		assert_true(
			asprintf(&text,
				"%s%s\nint program(struct %s *ctx) { struct event e = {0xfeed}; e.length = %s;\n"
				"  return events.perf_submit_skb(ctx, e.length, &e, sizeof(e)) ? 0 : 1; }\n",
				head, before, kinds[k].context,
				xdp ? "ctx->data_end - ctx->data" : "ctx->len") > 0);
		b = open_test_text(text, NULL);
		fd = load_program(b, "program", kinds[k].type);
		expect_ok(b, bcc_open_perf(b, "events", see, &seen, NULL));
		for (int i = 0; i < 3; i++) {
			packet = sent;
			assert_int_equal(run_program(fd, &packet), 1);
		}
		assert_int_equal(bcc_poll(b, 1000), 3);
		assert_int_equal(seen.events, 3);
		assert_int_equal(seen.wrong, 0);
		bcc_close(b);
		free(text);
	}
}

/* In a network namespace of its own: a filter on real packets, which only lets those to one port through. */
static void filter_traffic(void)
{
	static const char statements[] =
		"struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet)); if (ethernet->type != ETH_P_IP) return 0;\n"
		"struct ip_t *ip = cursor_advance(cursor, sizeof(*ip)); if (ip->nextp != IPPROTO_UDP) return 0;\n"
		"struct udp_t *udp = cursor_advance(cursor, sizeof(*udp)); if (udp->dport != 7007) return 0;\n"
		"put(0, ip->src); put(1, udp->length); put(2, load_byte(ctx, (u64)cursor)); return -1;";
	struct sockaddr_ll any = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0),
	    raw = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), fd;
	struct pollfd wait = {.fd = raw, .events = POLLIN};
	uint8_t buffer[256], copies[30] = {0};
	char *text;
	struct bcc *b;

	if (udp < 0 || raw < 0) {
		fail_msg("no sockets: %s", strerror(errno));
		return;
	}
	assert_int_equal(ioctl(udp, SIOCSIFFLAGS, &lo), 0);
	assert_true(asprintf(&text, "%s\nint program(struct __sk_buff *ctx) {\n  u8 *cursor = 0;\n%s\n}\n",
			    head, statements) > 0);
	b = open_test_text(text, NULL);
	free(text);
	fd = load_program(b, "program", BPF_PROG_TYPE_SOCKET_FILTER);
	assert_int_equal(setsockopt(raw, SOL_SOCKET, SO_ATTACH_BPF, &fd, sizeof(fd)), 0);
	assert_int_equal(bind(raw, (struct sockaddr *)&any, sizeof(any)), 0);
	for (int i = 0; i < 30; i++) {
		to.sin_port = htons(i % 3 ? 7006 : 7007);
		assert_int_equal(
			sendto(udp, (uint8_t[]){i, 1, 2}, 3, 0, (struct sockaddr *)&to, sizeof(to)), 3);
	}
	/* each of the ten arrives twice, once outgoing and once incoming, later on a busy machine */
	for (int got = 0; got < 20 && poll(&wait, 1, 60000) == 1; got++) {
		assert_int_equal(recv(raw, buffer, sizeof(buffer), MSG_DONTWAIT), 14 + 20 + 8 + 3);
		assert_int_equal(packet_bits(buffer + 34, 16, 16), 7007);
		assert_in_range(buffer[42], 0, 29);
		copies[buffer[42]]++;
	}
	assert_int_equal(recv(raw, buffer, sizeof(buffer), MSG_DONTWAIT), -1);
	for (int i = 0; i < 30; i++)
		assert_int_equal(copies[i], i % 3 ? 0 : 2);
	assert_int_equal(table_u64(b, "out", 0), INADDR_LOOPBACK);
	assert_int_equal(table_u64(b, "out", 1), 8 + 3);
	assert_int_equal(table_u64(b, "out", 2), 27);
	bcc_close(b);
	close(raw);
	close(udp);
}

static void test_socket_filter_on_traffic(void **state)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	cpu_set_t before, one;

	assert_true(home >= 0);
	/* on one CPU, what is sent stays in order */
	sched_getaffinity(0, sizeof(before), &before);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	if (unshare(CLONE_NEWNET))
		test_missing("a network namespace of one's own: %s", strerror(errno));
	filter_traffic();
	sched_setaffinity(0, sizeof(before), &before);
	assert_int_equal(setns(home, CLONE_NEWNET), 0);
	close(home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loads),
		cmocka_unit_test(test_outside_ends_the_program),
		cmocka_unit_test(test_several_buffers),
		cmocka_unit_test(test_writes_outside_end_the_program),
		cmocka_unit_test(test_compound_assignments),
		cmocka_unit_test(test_checksums),
		cmocka_unit_test(test_kernel_structs),
		cmocka_unit_test(test_cursors),
		cmocka_unit_test(test_perf_submit_skb),
		cmocka_unit_test(test_socket_filter_on_traffic),
	};

	return cmocka_run_group_tests_name("packet programs", tests, NULL, NULL);
}
