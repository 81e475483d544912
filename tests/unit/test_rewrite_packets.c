/* SPDX-License-Identifier: Apache-2.0 */
/* Packet headers without a kernel: fields of all shapes against a bitwise calculation, and what is
 * rejected. */
#include "rewrite_text.h"

#include "common/array.h"
#include "bpf_machine.h"

#include <sys/mman.h>

/* The kernel's structs, with their data pointers: at 76, 80 and 140 bytes in one, 0, 4 and 8 in the other. */
#define CONTEXTS                                                                                             \
	"#include <bcc/proto.h>\n"                                                                           \
	"struct __sk_buff { u32 len, before[18], data, data_end, cb[5], after[9], data_meta; };\n"           \
	"struct xdp_md { u32 data, data_end, data_meta; };\n"                                                \
	"BPF_ARRAY(out, u64, 64);\nBPF_ARRAY(in, u64, 64);\n"                                                \
	"static inline void put(int slot, u64 value) { out.update(&slot, &value); }\n"                       \
	"static inline u64 get(int slot) { u64 *v = in.lookup(&slot); return v ? *v : 0; }\n"

#define PACKET 4096
#define LOW_ADDRESS 0x20000000UL /* if it is free; MAP_32BIT is x86's alone */

static const struct bcc_rewrite_opts x86 = {.arch = &bcc_arch_x86_64};

struct world {
	struct machine machine;
	struct text_result text;
	uint32_t context[48];
};

/* Packets are below 4 GiB, so that a context can hold their address. */
static struct world *world_new(const char *text)
{
	struct world *w = calloc(1, sizeof(*w));
	char *whole, *ir;

	assert_non_null(w);
	w->machine.packet =
		mmap((void *)LOW_ADDRESS, PACKET, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true((uintptr_t)w->machine.packet < 1ULL << 32);
	w->machine.packet_size = 100;
	assert_true(asprintf(&whole, "%s%s", CONTEXTS, text) > 0);
	if (text_compile(whole, &x86, &w->text))
		fail_msg("%s\n%s", w->text.err.text, whole);
	free(whole);
	ir = LLVMPrintModuleToString(w->text.module);
	assert_null(strstr(ir, "call ptr @llvm.preserve"));
	LLVMDisposeMessage(ir);
	machine_map(&w->machine, "out", 4, 8);
	machine_map(&w->machine, "in", 4, 8);
	machine_load(&w->machine, w->text.elf);
	return w;
}

static void world_free(struct world *w)
{
	munmap(w->machine.packet, PACKET);
	machine_free(&w->machine);
	text_free(&w->text);
	free(w);
}

static uint32_t world_run(struct world *w, const char *section)
{
	uint32_t result = machine_run(&w->machine, section, w->context, sizeof(w->context));

	if (w->machine.error[0])
		fail_msg("%s: %s", section, w->machine.error);
	assert_int_equal(w->machine.reads, 0);
	return result;
}

static uint64_t output(struct world *w, int slot)
{
	uint8_t *value = machine_lookup(&w->machine.maps[0], &slot);
	uint64_t number;

	assert_non_null(value);
	memcpy(&number, value, sizeof(number));
	return number;
}

static void input(struct world *w, int slot, uint64_t value)
{
	machine_update(&w->machine.maps[1], &slot, &value);
}

static void fill(struct world *w, unsigned seed)
{
	for (size_t i = 0; i < w->machine.packet_size; i++) {
		seed = seed * 1103515245 + 12345;
		w->machine.packet[i] = seed >> 16;
	}
}

static uint64_t bits_at(const uint8_t *bytes, unsigned first, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = first; i < first + count; i++)
		value = value << 1 | (bytes[i / 8] >> (7 - i % 8) & 1);
	return value;
}

static void set_bits(uint8_t *bytes, unsigned first, unsigned count, uint64_t value)
{
	for (unsigned i = first + count; i-- > first; value >>= 1) {
		bytes[i / 8] &= ~(0x80 >> i % 8);
		bytes[i / 8] |= (value & 1) << (7 - i % 8);
	}
}

/* ---- headers of random shape ---- */

#define FIELDS 12

struct shape {
	unsigned widths[FIELDS], firsts[FIELDS], bytes;
	bool plain[FIELDS]; /* not a bit field: it begins and ends at a byte */
};

static struct shape random_shape(unsigned seed)
{
	static const unsigned whole[] = {8, 16, 32, 64};
	struct shape shape = {0};
	unsigned at = 0;

	srandom(seed);
	for (int i = 0; i < FIELDS; i++) {
		shape.plain[i] = at % 8 == 0 && random() % 3 == 0;
		shape.widths[i] =
			shape.plain[i] ? whole[random() % 4] : 1 + random() % (random() % 2 ? 64 : 12);
		shape.firsts[i] = at;
		at += shape.widths[i];
	}
	shape.bytes = (at + 7) / 8;
	return shape;
}

static void write_struct(FILE *out, const struct shape *shape)
{
	fprintf(out, "struct random_t {");
	for (int i = 0; i < FIELDS; i++) {
		if (shape->plain[i])
			fprintf(out, " u%u f%d;", shape->widths[i], i);
		else
			fprintf(out, " u64 f%d : %u;", i, shape->widths[i]);
	}
	fprintf(out, " } BPF_PACKET_HEADER;\n");
}

/* Reads all fields; or writes in[1] to the field with number in[0]. */
static char *shape_text(const struct shape *shape, const char *context)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	write_struct(out, shape);
	for (int writes = 0; writes < 2; writes++) {
		fprintf(out,
			"int %s(struct %s *ctx) { u8 *cursor = (u8 *)get(2);\n"
			"  struct random_t *h = cursor_advance(cursor, sizeof(*h));\n",
			writes ? "writes" : "reads", context);
		for (int i = 0; i < FIELDS; i++)
			fprintf(out,
				writes ? "  if (get(0) == %1$d) h->f%1$d = get(1);\n"
				       : "  put(%1$d, h->f%1$d);\n",
				i);
		fprintf(out, "  return sizeof(*h);\n}\n");
	}
	assert_int_equal(fclose(out), 0);
	return text;
}

static void check_shape(const struct shape *shape, const char *context, unsigned seed)
{
	char *text = shape_text(shape, context);
	struct world *w = world_new(text);
	uint8_t expected[PACKET];
	unsigned place = seed % 7;

	fill(w, seed);
	input(w, 2, place);
	assert_int_equal(world_run(w, ".bpf.fn.reads"), shape->bytes);
	for (int i = 0; i < FIELDS; i++)
		if (output(w, i) != bits_at(w->machine.packet + place, shape->firsts[i], shape->widths[i]))
			fail_msg("seed %u, field %d is %lx\n%s", seed, i, output(w, i), text);
	for (int i = 0; i < FIELDS; i++) {
		memcpy(expected, w->machine.packet, PACKET);
		set_bits(expected + place, shape->firsts[i], shape->widths[i],
			0xa5c3f00d12345678ULL * (i + 1));
		input(w, 0, i);
		input(w, 1, 0xa5c3f00d12345678ULL * (i + 1));
		assert_int_equal(world_run(w, ".bpf.fn.writes"), shape->bytes);
		if (memcmp(w->machine.packet, expected, PACKET))
			fail_msg("seed %u, field %d is not what is written\n%s", seed, i, text);
	}
	world_free(w);
	free(text);
}

static void test_random_shapes(void **state)
{
	for (unsigned seed = 1; seed <= 40; seed++) {
		struct shape shape = random_shape(seed);

		check_shape(&shape, seed % 2 ? "__sk_buff" : "xdp_md", seed);
	}
}

/* Types of members that random shapes do not have. */
static void test_types(void **state)
{
	struct world *w = world_new(
		"struct halves { u8 low : 3; u8 high : 5; };\n"
		"struct typed_t { s32 small : 5; s32 rest : 11; s16 sixteen; u128 big; _Bool yes : 1; u8 : 7;\n"
		"  struct halves one, more[2][3]; union { u32 word; u8 bytes[4]; }; enum { E } e : 8; } BPF_PACKET_HEADER;\n"
		"int program(struct __sk_buff *ctx) { struct typed_t *h = (void *)1;\n"
		"  put(0, h->small); put(1, h->rest); put(2, h->sixteen); put(3, h->big >> 64); put(4, h->big); put(5, h->yes);\n"
		"  put(6, h->one.high); int i = get(0), j = get(1); put(7, h->more[1][2].low); put(8, h->more[i][j].high);\n"
		"  put(9, h->word); put(10, h->bytes[j]); put(11, h->e); h[1].small = -3; h[1].big = (u128)get(2) << 60;\n"
		"  h[1].more[i][1].low = 5; h[1].yes = get(2) > 3; h[1].bytes[i] = 77; return sizeof(*h); }\n");
	uint8_t *packet = w->machine.packet, *h = packet + 1, expected[PACKET];

	for (unsigned seed = 1; seed <= 6; seed++) {
		fill(w, seed);
		input(w, 0, 1);
		input(w, 1, seed % 3);
		input(w, 2, 0xfedcba9876543210);
		memcpy(expected, packet, PACKET);
		set_bits(expected + 34, 0, 5, -3);
		set_bits(expected + 34, 32, 64, 0xfedcba987654321);
		set_bits(expected + 34, 96, 64, 0);
		set_bits(expected + 34, 176 + 24 + 8, 3, 5);
		set_bits(expected + 34, 160, 1, 1);
		set_bits(expected + 34, 176 + 48 + 8, 8, 77);
		assert_int_equal(world_run(w, ".bpf.fn.program"), 33);
		assert_int_equal((int64_t)output(w, 0), (int64_t)(bits_at(h, 0, 5) << 59) >> 59);
		assert_int_equal((int64_t)output(w, 1), (int64_t)(bits_at(h, 5, 11) << 53) >> 53);
		assert_int_equal((int64_t)output(w, 2), (int16_t)bits_at(h, 16, 16));
		assert_int_equal(output(w, 3), bits_at(h, 32, 64));
		assert_int_equal(output(w, 4), bits_at(h, 96, 64));
		assert_int_equal(output(w, 5), bits_at(h, 160, 1));
		assert_int_equal(output(w, 6), bits_at(h, 168 + 3, 5));
		assert_int_equal(output(w, 7), bits_at(h, 176 + 40, 3));
		assert_int_equal(output(w, 8), bits_at(h, 176 + 24 + 8 * (seed % 3) + 3, 5));
		assert_int_equal(output(w, 9), bits_at(h, 224, 32));
		assert_int_equal(output(w, 10), bits_at(h, 224 + 8 * (seed % 3), 8));
		assert_int_equal(output(w, 11), bits_at(h, 256, 8));
		assert_memory_equal(packet, expected, PACKET);
	}
	world_free(w);
}

/* ---- pointers ---- */

static void test_outside(void **state)
{
	struct world *w =
		world_new("int program(struct xdp_md *ctx) { u8 *cursor = (u8 *)get(0);\n"
			  "  struct ip6_t *ip = cursor_advance(cursor, sizeof(*ip)); put(0, 1);\n"
			  "  put(1, ip->dst_lo); put(2, 1); ip->dst_hi = 5; return 9; }\n"
			  "int load(struct xdp_md *ctx) { put(3, load_word(ctx, get(1))); return 8; }\n");

	fill(w, 1);
	input(w, 0, 60);
	assert_int_equal(world_run(w, ".bpf.fn.program"), 9);
	assert_int_equal(output(w, 1), bits_at(w->machine.packet, 92 * 8, 64));
	assert_int_equal(bits_at(w->machine.packet, 84 * 8, 64), 5);
	w->machine.maps[0].count = 0;
	input(w, 0, 61);
	assert_int_equal(world_run(w, ".bpf.fn.program"), 0);
	assert_int_equal(output(w, 0), 1);
	assert_int_equal(w->machine.maps[0].count, 1);
	input(w, 1, 96);
	assert_int_equal(world_run(w, ".bpf.fn.load"), 8);
	assert_int_equal(output(w, 3), bits_at(w->machine.packet, 96 * 8, 32));
	input(w, 1, 97);
	assert_int_equal(world_run(w, ".bpf.fn.load"), 0);
	world_free(w);
}

/* A walk over options by a data pointer, in a loop in a function; and by a cursor in the same text. */
static void test_pointers_in_loops(void **state)
{
	static const char text[] =
		"struct option_t { u8 kind; u8 length; u16 value; } BPF_PACKET_HEADER;\n"
		"static __noinline u64 value_of(struct option_t *o, struct __sk_buff *skb) { return o->value; }\n"
		"static __noinline u64 sum_at(struct __sk_buff *skb, long at) {\n"
		"  struct option_t *o = (void *)at; return value_of(o, skb); }\n"
		"int direct(struct __sk_buff *skb) {\n"
		"  struct option_t *o = (void *)(long)skb->data; void *end = (void *)(long)skb->data_end; u64 sum = 0;\n"
		"  for (int i = 0; i < 20; i++) { if ((void *)(o + 1) > end || !o->kind) break; sum += o->value; o = (void *)o + o->length; }\n"
		"  put(0, sum); return 1; }\n"
		"int counted(struct __sk_buff *skb) { u8 *cursor = 0; u64 sum = 0;\n"
		"  for (int i = 0; i < 20; i++) { struct option_t *o = (void *)cursor; if (!o->kind) break;\n"
		"    sum += sum_at(skb, (long)o); cursor_advance(cursor, o->length); }\n"
		"  put(1, sum); return 2; }\n"
		"int kept(struct __sk_buff *skb) { u8 *cursor = (u8 *)(u64)skb->cb[2]; struct option_t *o = cursor_advance(cursor, 4);\n"
		"  put(2, o->value); return 3; }\n";
	struct world *w = world_new(text);
	uint8_t *packet = w->machine.packet;

	w->machine.packet_size = 60;
	for (int i = 0; i < 3; i++)
		memcpy(packet + 6 * i, (uint8_t[]){7, 6, 1, i, 99, 99}, 6);
	w->context[19] = (uintptr_t)packet;
	w->context[20] = (uintptr_t)packet + w->machine.packet_size;
	w->context[23] = 6;
	machine_region(&w->machine, packet, w->machine.packet_size, 1);
	assert_int_equal(world_run(w, ".bpf.fn.direct"), 1);
	assert_int_equal(output(w, 0), 3 * 256 + 3);
	assert_int_equal(w->machine.helper_calls, 1);
	assert_int_equal(world_run(w, ".bpf.fn.counted"), 2);
	assert_int_equal(output(w, 1), 3 * 256 + 3);
	assert_int_equal(world_run(w, ".bpf.fn.kept"), 3);
	assert_int_equal(output(w, 2), 257);
	world_free(w);
}

/* In the program's own memory a header holds what the text has put there. */
static void test_own_memory(void **state)
{
	struct world *w = world_new(
		"BPF_HASH(kept, u32, struct tcp_t);\n"
		"static inline u64 sum(struct tcp_t *t) { return t->src_port + t->flag_syn * 10 + t->offset * 100; }\n"
		"int program(struct pt_regs *ctx) { struct tcp_t t = {.src_port = 3, .flag_syn = 1, .offset = 9}, copy = t;\n"
		"  copy.offset--; put(0, sum(&copy)); struct tcp_t *last = get(5) ? &copy : &t; put(1, last->offset); return 1; }\n"
		"int raw(struct __sk_buff *ctx) { struct udp_t udp = {}; bpf_skb_load_bytes(ctx, 8, &udp, sizeof(udp));\n"
		"  put(2, udp.dport); return 2; }\n");

	fill(w, 9);
	assert_int_equal(world_run(w, ".bpf.fn.program"), 1);
	assert_int_equal(output(w, 0), 3 + 10 + 800);
	assert_int_equal(output(w, 1), 9);
	assert_int_equal(world_run(w, ".bpf.fn.raw"), 2);
	assert_int_equal(output(w, 2), w->machine.packet[10] | w->machine.packet[11] << 8);
	world_free(w);
}

/* Only what is needed: one call for a field that is read, none for one that is only overwritten. */
static void test_number_of_helper_calls(void **state)
{
	static const struct {
		const char *statements;
		unsigned calls;
	} cases[] = {
		{"return e->src != 0;", 1},
		{"return e->src != 0 && e->src != 1;", 1},
		{"e->type = 5; return 1;", 1},
		{"ip->ttl = 1; return 1;", 1},
		{"ip->df = 1; return 1;", 2},
		{"ip->foffset = 7; return 1;", 2},
		{"ip->ttl--; return 1;", 2},
		{"ip->src = ip->dst = 1; return 1;", 2},
		{"u32 unused = ip->src; return 1;", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct world *w;
		char *text;

		assert_true(
			asprintf(&text,
				"int program(struct __sk_buff *ctx) { u8 *cursor = 0; struct ethernet_t *e = cursor_advance(cursor, 14);\n"
				"  struct ip_t *ip = cursor_advance(cursor, 20);\n  %s }\n",
				cases[i].statements) > 0);
		w = world_new(text);
		fill(w, i);
		assert_int_equal(world_run(w, ".bpf.fn.program"), 1);
		if (w->machine.helper_calls > cases[i].calls)
			fail_msg("%u calls for: %s", w->machine.helper_calls, cases[i].statements);
		world_free(w);
		free(text);
	}
}

/* ---- what is rejected ---- */

static void refuse(const char *text, const char *sentence)
{
	struct text_result result;
	char *whole;

	assert_true(asprintf(&whole, "%s#line 1\n%s", CONTEXTS, text) > 0);
	if (!text_compile(whole, &x86, &result))
		fail_msg("this is not refused:\n%s", text);
	if (!strstr(result.err.text, sentence))
		fail_msg("\"%s\" is not said of\n%s\nbut: %s", sentence, text, result.err.text);
	text_free(&result);
	free(whole);
}

static void test_refused(void **state)
{
	refuse("int f(struct pt_regs *ctx) { u8 *cursor = 0;\n  struct ip_t *ip = cursor_advance(cursor, 20);\n  return ip->ttl; }\n",
		"text.c:3:14: error: a packet header outside the program's own memory needs a struct __sk_buff *");
	refuse("int f(struct __sk_buff *ctx) { struct ip_t *ip = (void *)14; struct ip_t copy = *ip;\n  return copy.ttl + ip->tos; }\n",
		"text.c:1:81: error: a packet header cannot be copied as a whole");
	refuse("int f(struct __sk_buff *ctx) { struct ip_t own = {}, *ip = get(0) ? &own : (struct ip_t *)get(1);\n  return ip->tos; }\n",
		"text.c:2:14: error: this header may be in the packet or in the program's own memory");
	refuse("int f(struct __sk_buff *ctx) { struct ip_t *ip = get(0) ? (void *)(long)ctx->data : (void *)14;\n  return ip->tos; }\n",
		"text.c:2:14: error: this pointer may be a packet offset or a data pointer");
	refuse("int f(struct __sk_buff *ctx) { struct ip_t *ip = (void *)14;\n  u32 *which = get(0) ? &ip->src : &ip->dst;\n  return *which; }\n",
		"text.c:3:10: error: a field of a packet header cannot be accessed through a pointer to it");
	refuse("int f(struct __sk_buff *ctx) { struct ip_t *ip = (void *)14;\n  __sync_fetch_and_add(&ip->src, 1); return 0; }\n",
		"text.c:2:3: error: atomic operations on packets are not supported");
	refuse("struct odd_t { char *p; } BPF_PACKET_HEADER;\nint f(struct __sk_buff *ctx) { struct odd_t *o = 0;\n  return o->p != 0; }\n",
		"text.c:3:13: error: a field of a packet header must be an integer");
	refuse("int f(struct __sk_buff *ctx) { struct ip6_opt_t *a = (void *)14, *b = (void *)22;\n  __builtin_memcpy(a->pad, b->pad, 6); return 0; }\n",
		"text.c:2:3: error: cannot copy from packet to packet");
	refuse("static __noinline int far(struct ip_t *ip) {\n  return ip->ttl; }\nint f(struct __sk_buff *ctx) { return far((void *)14); }\n",
		"text.c:2:14: error: a packet header outside the program's own memory needs");
	refuse("static __noinline int far(int x) {\n  return incr_cksum_l3(4, 5, x); }\nint f(struct __sk_buff *ctx) { return far(3); }\n",
		"text.c:2:10: error: the program's context is not passed to this function");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_shapes),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_pointers_in_loops),
		cmocka_unit_test(test_own_memory),
		cmocka_unit_test(test_number_of_helper_calls),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("rewriting of packets", tests, NULL, NULL);
}
