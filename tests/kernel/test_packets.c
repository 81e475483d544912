/* SPDX-License-Identifier: Apache-2.0 */
/* Every field of every packet header, read and written by programs, compared with the bits that the standards
 * define. */
#include "packet_run.h"

#include <glob.h>

#include "common/array.h"

struct field {
	const char *name;
	unsigned first, count; /* bits */
};

/* Counted again from the documents that bcc/proto.h names. */
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

#define HEADERS (ARRAY_SIZE(headers))

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

/* Where the programs of a text find the headers, and what they are. */
struct setting {
	const char *context;
	int type;
	const char *before; /* moves the cursor by `offset` */
	unsigned offset;
	const char *kernel_source; /* NULL: types come from BTF */
};

/* A program for each header, which executes `statement` for each field: %1$s is the field, %2$u its
 * number. */
static struct bcc *open_programs(const struct setting *setting, const char *statement)
{
	char *text = NULL;
	struct bcc *b;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	fprintf(out,
		"#include <bcc/proto.h>\n%sBPF_ARRAY(out, u64, 32);\nBPF_ARRAY(in, u64, 2);\n"
		"static inline void put(int slot, u64 value) { out.update(&slot, &value); }\n"
		"static inline u64 get(int slot) { u64 *v = in.lookup(&slot); return v ? *v : 0; }\n",
		odd);
	for (size_t i = 0; i < HEADERS; i++) {
		fprintf(out,
			"int on_%s(struct %s *ctx) {\n  u8 *cursor = 0;\n  %s\n"
			"  struct %s *h = cursor_advance(cursor, sizeof(*h));\n  put(31, sizeof(*h));\n",
			headers[i].name, setting->context, setting->before, headers[i].name);
		for (unsigned f = 0; f < field_count(&headers[i]); f++)
			fprintf(out, statement, headers[i].fields[f].name, f);
		fprintf(out, "  return 7;\n}\n");
	}
	assert_int_equal(fclose(out), 0);
	if (geteuid() != 0)
		test_missing("BPF needs root here");
	if (bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .kernel_source = setting->kernel_source), &b))
		fail_msg("%s", bcc_error(b));
	free(text);
	return b;
}

static int program_for(struct bcc *b, const struct header *header, int type)
{
	char name[64];

	snprintf(name, sizeof(name), "on_%s", header->name);
	return load_program(b, name, type);
}

static void check_read(
	struct bcc *b, const struct header *header, const struct setting *setting, int fd, unsigned seed)
{
	/* the kernel removes the Ethernet header for a socket filter here, as it does for IP */
	unsigned base = setting->offset + (setting->type == BPF_PROG_TYPE_SOCKET_FILTER ? 14 : 0);
	struct packet packet = random_packet(120, seed), sent = packet;

	assert_int_equal(run_program(fd, &packet), 7);
	assert_int_equal(table_u64(b, "out", 31), header->size);
	for (unsigned i = 0; i < field_count(header); i++) {
		const struct field *f = &header->fields[i];
		uint64_t value = table_u64(b, "out", i),
			 expected = packet_bits(sent.bytes + base, f->first, f->count);

		if (value != expected)
			fail_msg("%s.%s in a struct %s: %lx instead of %lx", header->name, f->name,
				setting->context, value, expected);
	}
}

static void check_reads(struct setting setting)
{
	struct bcc *b = open_programs(&setting, "  put(%2$u, h->%1$s);\n");

	for (size_t i = 0; i < HEADERS; i++) {
		int fd = program_for(b, &headers[i], setting.type);

		for (unsigned seed = 1; seed <= 4; seed++)
			check_read(b, &headers[i], &setting, fd, seed);
	}
	bcc_close(b);
}

static void check_write(struct bcc *b, const struct header *header, unsigned index,
	const struct setting *setting, int fd, uint64_t value)
{
	const struct field *f = &header->fields[index];
	struct packet packet = random_packet(120, index + 100), expected = packet;
	char what[128];

	set_packet_bits(expected.bytes + setting->offset, f->first, f->count, value);
	set_table_u64(b, "in", 0, index);
	set_table_u64(b, "in", 1, value);
	assert_int_equal(run_program(fd, &packet), 7);
	snprintf(what, sizeof(what), "%s.%s = %lx in a struct %s", header->name, f->name, value,
		setting->context);
	expect_packet(&packet, &expected, what);
}

static void check_writes(struct setting setting)
{
	static const uint64_t values[] = {0, ~0ULL, 0x123456789abcdef5ULL};
	struct bcc *b = open_programs(&setting, "  if (get(0) == %2$u) h->%1$s = get(1);\n");

	for (size_t i = 0; i < HEADERS; i++) {
		int fd = program_for(b, &headers[i], setting.type);

		for (unsigned f = 0; f < field_count(&headers[i]); f++)
			for (unsigned v = 0; v < ARRAY_SIZE(values); v++)
				check_write(b, &headers[i], f, &setting, fd, values[v]);
	}
	bcc_close(b);
}

static void test_reads_in_tc(void **state)
{
	check_reads((struct setting){"__sk_buff", BPF_PROG_TYPE_SCHED_CLS, "", 0, NULL});
	check_reads((struct setting){
		"__sk_buff", BPF_PROG_TYPE_SCHED_CLS, "cursor_advance(cursor, 37);", 37, NULL});
}

static void test_reads_in_socket_filters(void **state)
{
	check_reads((struct setting){
		"__sk_buff", BPF_PROG_TYPE_SOCKET_FILTER, "cursor_advance(cursor, 5);", 5, NULL});
}

static void test_reads_in_xdp(void **state)
{
	check_reads((struct setting){"xdp_md", BPF_PROG_TYPE_XDP, "cursor_advance(cursor, 21);", 21, NULL});
}

/* Through the data pointer, the header is plain memory. */
#define THROUGH_DATA                                                                                            \
	"cursor = (u8 *)(long)ctx->data; void *end = (void *)(long)ctx->data_end; cursor_advance(cursor, 9);\n" \
	"  if (cursor + 60 > end) return 1;"

static void test_reads_through_data_pointers(void **state)
{
	check_reads((struct setting){"xdp_md", BPF_PROG_TYPE_XDP, THROUGH_DATA, 9, NULL});
	check_reads((struct setting){"__sk_buff", BPF_PROG_TYPE_SCHED_CLS, THROUGH_DATA, 9, NULL});
}

static void test_writes_in_tc(void **state)
{
	check_writes((struct setting){
		"__sk_buff", BPF_PROG_TYPE_SCHED_CLS, "cursor_advance(cursor, 33);", 33, NULL});
}

static void test_writes_in_xdp(void **state)
{
	check_writes((struct setting){"xdp_md", BPF_PROG_TYPE_XDP, "", 0, NULL});
}

static void test_writes_through_data_pointers(void **state)
{
	check_writes((struct setting){"xdp_md", BPF_PROG_TYPE_XDP, THROUGH_DATA, 9, NULL});
	check_writes((struct setting){"__sk_buff", BPF_PROG_TYPE_SCHED_CLS, THROUGH_DATA, 9, NULL});
}

/* With headers, a text is parsed for the kernel's architecture, whose compiler has other storage units for
 * bit fields. */
static void test_with_kernel_headers(void **state)
{
	static const char in_tree[] = "/include/generated/autoconf.h";
	glob_t found = {0};
	char *tree;

	if (glob("/lib/modules/*/build/include/generated/autoconf.h", 0, NULL, &found))
		test_too_old("no kernel's headers are installed");
	tree = found.gl_pathv[0];
	tree[strlen(tree) - strlen(in_tree)] = '\0';
	check_reads((struct setting){
		"__sk_buff", BPF_PROG_TYPE_SCHED_CLS, "cursor_advance(cursor, 3);", 3, tree});
	check_writes((struct setting){"xdp_md", BPF_PROG_TYPE_XDP, "cursor_advance(cursor, 3);", 3, tree});
	globfree(&found);
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
		cmocka_unit_test(test_with_kernel_headers),
	};

	return cmocka_run_group_tests_name("packets", tests, NULL, NULL);
}
