/* SPDX-License-Identifier: Apache-2.0 */
/* Every field of every packet header, read and written by programs, against the bits that the standards say it has. */
#include "packet_run.h"

struct field {
	const char *name;
	unsigned first, count; /* bits */
};

/* From the documents that bcc/proto.h names, counted anew. */
static const struct header {
	const char *name;
	unsigned size;
	struct field fields[24];
} headers[] = {
	{"ethernet_t", 14, {{"dst", 0, 48}, {"src", 48, 48}, {"type", 96, 16}}},
	{"dot1q_t", 4, {{"pri", 0, 3}, {"cfi", 3, 1}, {"vlanid", 4, 12}, {"type", 16, 16}}},
	{"arp_t", 28,
		{{"htype", 0, 16}, {"ptype", 16, 16}, {"hlen", 32, 8}, {"plen", 40, 8}, {"oper", 48, 16},
			{"sha", 64, 48}, {"spa", 112, 32}, {"tha", 144, 48}, {"tpa", 192, 32}}},
	{"ip_t", 20,
		{{"ver", 0, 4}, {"hlen", 4, 4}, {"tos", 8, 8}, {"tlen", 16, 16}, {"identification", 32, 16},
			{"ffo_unused", 48, 1}, {"df", 49, 1}, {"mf", 50, 1}, {"foffset", 51, 13},
			{"ttl", 64, 8}, {"nextp", 72, 8}, {"hchecksum", 80, 16}, {"src", 96, 32},
			{"dst", 128, 32}}},
	{"icmp_t", 4, {{"type", 0, 8}, {"code", 8, 8}, {"checksum", 16, 16}}},
	{"ip6_t", 40,
		{{"ver", 0, 4}, {"priority", 4, 8}, {"flow_label", 12, 20}, {"payload_len", 32, 16},
			{"next_header", 48, 8}, {"hop_limit", 56, 8}, {"src_hi", 64, 64}, {"src_lo", 128, 64},
			{"dst_hi", 192, 64}, {"dst_lo", 256, 64}}},
	{"ip6_opt_t", 8,
		{{"next_header", 0, 8}, {"ext_len", 8, 8}, {"pad[0]", 16, 8}, {"pad[3]", 40, 8},
			{"pad[5]", 56, 8}}},
	{"icmp6_t", 4, {{"type", 0, 8}, {"code", 8, 8}, {"checksum", 16, 16}}},
	{"udp_t", 8, {{"sport", 0, 16}, {"dport", 16, 16}, {"length", 32, 16}, {"crc", 48, 16}}},
	{"tcp_t", 20,
		{{"src_port", 0, 16}, {"dst_port", 16, 16}, {"seq_num", 32, 32}, {"ack_num", 64, 32},
			{"offset", 96, 4}, {"reserved", 100, 4}, {"flag_cwr", 104, 1}, {"flag_ece", 105, 1},
			{"flag_urg", 106, 1}, {"flag_ack", 107, 1}, {"flag_psh", 108, 1},
			{"flag_rst", 109, 1}, {"flag_syn", 110, 1}, {"flag_fin", 111, 1},
			{"rcv_wnd", 112, 16}, {"cksum", 128, 16}, {"urg_ptr", 144, 16}}},
	{"vxlan_t", 8,
		{{"rsv1", 0, 4}, {"iflag", 4, 1}, {"rsv2", 5, 3}, {"rsv3", 8, 24}, {"key", 32, 24},
			{"rsv4", 56, 8}}},
	{"vxlan_gbp_t", 8,
		{{"gflag", 0, 1}, {"rsv1", 1, 3}, {"iflag", 4, 1}, {"rsv2", 5, 3}, {"rsv3", 8, 1},
			{"dflag", 9, 1}, {"rsv4", 10, 2}, {"aflag", 12, 1}, {"rsv5", 13, 3}, {"tag", 16, 16},
			{"key", 32, 24}, {"rsv6", 56, 8}}},
	/* a text's own, with what the others do not have */
	{"odd_t", 35,
		{{"a", 0, 3}, {"wide", 3, 61}, {"b", 64, 7}, {"whole", 71, 64}, {"c", 135, 9},
			{"words[0]", 144, 32}, {"words[1]", 176, 32}, {"inner.x", 208, 5},
			{"inner.y", 213, 11}, {"either.number", 224, 16}, {"either.parts.low", 232, 8},
			{"spread", 241, 33}, {"last", 274, 6}}},
};

#define HEADERS (sizeof(headers) / sizeof(headers[0]))

static const char odd[] =
	"struct odd_t { u32 a : 3; u64 wide : 61; u8 b : 7; u64 whole : 64; u16 c : 9; u32 words[2];\n"
	"  struct { u16 x : 5; u16 y : 11; } __attribute__((packed)) inner;\n"
	"  union { u16 number; struct { u8 high, low; } parts; } either;\n"
	"  u8 : 1; u64 spread : 33; u8 last : 6; } BPF_PACKET_HEADER;\n";

static unsigned field_count(const struct header *header)
{
	unsigned count = 0;

	while (count < 24 && header->fields[count].name)
		count++;
	return count;
}

/* A program that counts its cursor from `before` on and then does `statement` for each field: %1$s is the field, %2$u its number. */
static char *field_text(
	const struct header *header, const char *before, const char *context, const char *statement)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	fprintf(out,
		"#include <bcc/proto.h>\n%sBPF_ARRAY(out, u64, 32);\nBPF_ARRAY(in, u64, 2);\n"
		"static inline void put(int slot, u64 value) { out.update(&slot, &value); }\n"
		"static inline u64 get(int slot) { u64 *v = in.lookup(&slot); return v ? *v : 0; }\n"
		"int program(struct %s *ctx) {\n  u8 *cursor = 0;\n  %s\n"
		"  struct %s *h = cursor_advance(cursor, sizeof(*h));\n  put(31, sizeof(*h));\n",
		odd, context, before, header->name);
	for (unsigned i = 0; i < field_count(header); i++)
		fprintf(out, statement, header->fields[i].name, i);
	fprintf(out, "  return 7;\n}\n");
	assert_int_equal(fclose(out), 0);
	return text;
}

#define READ "  put(%2$u, h->%1$s);\n"
#define WRITE "  if (get(0) == %2$u) h->%1$s = get(1);\n"

static void check_reads(
	const struct header *header, const char *before, const char *context, int type, unsigned offset)
{
	char *text = field_text(header, before, context, READ);
	struct bcc *b = open_test_text(text, NULL);
	int fd = load_program(b, "program", type);

	/* the kernel takes the Ethernet header of what it hands to a socket filter, as IP itself would get it */
	unsigned base = offset + (type == BPF_PROG_TYPE_SOCKET_FILTER ? 14 : 0);
	for (unsigned seed = 1; seed <= 8; seed++) {
		struct packet packet = random_packet(120, seed), before_run = packet;

		assert_int_equal(run_program(fd, &packet), 7);
		assert_int_equal(table_u64(b, "out", 31), header->size);
		for (unsigned i = 0; i < field_count(header); i++) {
			const struct field *f = &header->fields[i];
			uint64_t value = table_u64(b, "out", i),
				 expected = packet_bits(before_run.bytes + base, f->first, f->count);

			if (value != expected)
				fail_msg("%s.%s in a struct %s: %lx instead of %lx", header->name, f->name,
					context, value, expected);
		}
	}
	bcc_close(b);
	free(text);
}

static void test_reads_in_tc(void **state)
{
	for (size_t i = 0; i < HEADERS; i++)
		check_reads(&headers[i], "", "__sk_buff", BPF_PROG_TYPE_SCHED_CLS, 0);
	for (size_t i = 0; i < HEADERS; i++)
		check_reads(
			&headers[i], "cursor_advance(cursor, 37);", "__sk_buff", BPF_PROG_TYPE_SCHED_CLS, 37);
}

static void test_reads_in_socket_filters(void **state)
{
	for (size_t i = 0; i < HEADERS; i++)
		check_reads(&headers[i], "cursor_advance(cursor, 5);", "__sk_buff",
			BPF_PROG_TYPE_SOCKET_FILTER, 5);
}

static void test_reads_in_xdp(void **state)
{
	for (size_t i = 0; i < HEADERS; i++)
		check_reads(&headers[i], "cursor_advance(cursor, 21);", "xdp_md", BPF_PROG_TYPE_XDP, 21);
}

/* Through the data pointer, the header is memory. */
#define THROUGH_DATA                                                                                            \
	"cursor = (u8 *)(long)ctx->data; void *end = (void *)(long)ctx->data_end; cursor_advance(cursor, 9);\n" \
	"  if (cursor + 60 > end) return 1;"

static void test_reads_through_data_pointers(void **state)
{
	for (size_t i = 0; i < HEADERS; i++) {
		check_reads(&headers[i], THROUGH_DATA, "xdp_md", BPF_PROG_TYPE_XDP, 9);
		check_reads(&headers[i], THROUGH_DATA, "__sk_buff", BPF_PROG_TYPE_SCHED_CLS, 9);
	}
}

static void check_writes(
	const struct header *header, const char *before, const char *context, int type, unsigned offset)
{
	char *text = field_text(header, before, context, WRITE), what[128];
	struct bcc *b = open_test_text(text, NULL);
	int fd = load_program(b, "program", type);

	for (unsigned i = 0; i < field_count(header); i++) {
		const struct field *f = &header->fields[i];
		static const uint64_t values[] = {0, ~0ULL, 0x123456789abcdef5ULL};

		for (unsigned v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
			struct packet packet = random_packet(120, i + 100), expected = packet;

			set_packet_bits(expected.bytes + offset, f->first, f->count, values[v]);
			set_table_u64(b, "in", 0, i);
			set_table_u64(b, "in", 1, values[v]);
			assert_int_equal(run_program(fd, &packet), 7);
			snprintf(what, sizeof(what), "%s.%s = %lx in a struct %s", header->name, f->name,
				values[v], context);
			expect_packet(&packet, &expected, what);
		}
	}
	bcc_close(b);
	free(text);
}

static void test_writes_in_tc(void **state)
{
	for (size_t i = 0; i < HEADERS; i++)
		check_writes(
			&headers[i], "cursor_advance(cursor, 33);", "__sk_buff", BPF_PROG_TYPE_SCHED_CLS, 33);
}

static void test_writes_in_xdp(void **state)
{
	for (size_t i = 0; i < HEADERS; i++)
		check_writes(&headers[i], "", "xdp_md", BPF_PROG_TYPE_XDP, 0);
}

static void test_writes_through_data_pointers(void **state)
{
	for (size_t i = 0; i < HEADERS; i++) {
		check_writes(&headers[i], THROUGH_DATA, "xdp_md", BPF_PROG_TYPE_XDP, 9);
		check_writes(&headers[i], THROUGH_DATA, "__sk_buff", BPF_PROG_TYPE_SCHED_CLS, 9);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_in_tc),
		cmocka_unit_test(test_reads_in_socket_filters),
		cmocka_unit_test(test_reads_in_xdp),
		cmocka_unit_test(test_reads_through_data_pointers),
		cmocka_unit_test(test_writes_in_tc),
		cmocka_unit_test(test_writes_in_xdp),
		cmocka_unit_test(test_writes_through_data_pointers),
	};

	return cmocka_run_group_tests_name("packets", tests, NULL, NULL);
}
