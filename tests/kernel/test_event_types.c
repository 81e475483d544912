/* SPDX-License-Identifier: Apache-2.0 */
/* The types of what a text submits to its buffers, compared with this compiler's layout of the same structs
 * and with events that arrive. */
#include <stddef.h>
#include <sys/syscall.h>

#include "testlib.h"

#include "common/array.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

/* Declared once, for this compiler and for the text's. */
#define EVENT_STRUCTS                                                                                        \
	enum state { IDLE, BUSY = 5, BROKEN = -1 };                                                          \
	typedef struct {                                                                                     \
		u16 port;                                                                                    \
		u8 bytes[16];                                                                                \
	} address_t;                                                                                         \
	typedef u64 ns_t;                                                                                    \
	struct event {                                                                                       \
		u32 pid;                                                                                     \
		ns_t time;                                                                                   \
		s32 change;                                                                                  \
		char comm[16];                                                                               \
		bool on;                                                                                     \
		void *pointer;                                                                               \
		const char *text;                                                                            \
		enum state state;                                                                            \
		address_t address, both[2];                                                                  \
		u16 matrix[2][3];                                                                            \
		unsigned low : 3, high : 13;                                                                 \
		int small : 5;                                                                               \
		union {                                                                                      \
			u32 v4;                                                                              \
			struct {                                                                             \
				u64 first, second;                                                           \
			};                                                                                   \
		};                                                                                           \
		union {                                                                                      \
			u8 byte;                                                                             \
			u16 word;                                                                            \
		} either;                                                                                    \
	}
#define AS_TEXT_(...) #__VA_ARGS__
#define AS_TEXT(...) AS_TEXT_(__VA_ARGS__)

EVENT_STRUCTS;

struct expected {
	const char *name, *type;
	size_t bit_offset, bit_size;
	uint32_t elements;
	enum bcc_field_kind kind;
	bool is_array, is_signed;
};

#define AT(member) offsetof(struct event, member) * 8, sizeof(((struct event *)0)->member) * 8
#define IN(type, member) offsetof(type, member) * 8, sizeof(((type *)0)->member) * 8
#define BITS_AT (offsetof(struct event, matrix) + 12) * 8

static const struct expected event_fields[] = {
	{"pid", "u32", AT(pid), 0, BCC_FIELD_UNSIGNED, false, false},
	{"time", "ns_t", AT(time), 0, BCC_FIELD_UNSIGNED, false, false},
	{"change", "s32", AT(change), 0, BCC_FIELD_SIGNED, false, true},
	{"comm", "char", offsetof(struct event, comm) * 8, 8, 16, BCC_FIELD_CHAR, true, true},
	{"on", "_Bool", AT(on), 0, BCC_FIELD_BOOL, false, false},
	{"pointer", "void *", AT(pointer), 0, BCC_FIELD_POINTER, false, false},
	{"text", "char *", AT(text), 0, BCC_FIELD_POINTER, false, false},
	{"state", "enum state", AT(state), 0, BCC_FIELD_ENUM, false, true},
	{"address", "address_t", AT(address), 0, BCC_FIELD_STRUCT, false, false},
	{"both", "address_t", offsetof(struct event, both) * 8, sizeof(address_t) * 8, 2, BCC_FIELD_STRUCT,
		true, false},
	{"matrix", "u16", offsetof(struct event, matrix) * 8, 16, 6, BCC_FIELD_UNSIGNED, true, false},
	{"low", "unsigned int", BITS_AT, 3, 0, BCC_FIELD_UNSIGNED, false, false},
	{"high", "unsigned int", BITS_AT + 3, 13, 0, BCC_FIELD_UNSIGNED, false, false},
	{"small", "int", BITS_AT + 16, 5, 0, BCC_FIELD_SIGNED, false, true},
	{"v4", "u32", AT(v4), 0, BCC_FIELD_UNSIGNED, false, false},
	{"first", "u64", AT(first), 0, BCC_FIELD_UNSIGNED, false, false},
	{"second", "u64", AT(second), 0, BCC_FIELD_UNSIGNED, false, false},
	{"either", NULL, AT(either), 0, BCC_FIELD_UNION, false, false},
};

static const struct expected address_fields[] = {
	{"port", "u16", IN(address_t, port), 0, BCC_FIELD_UNSIGNED, false, false},
	{"bytes", "u8", offsetof(address_t, bytes) * 8, 8, 16, BCC_FIELD_UNSIGNED, true, false},
};

static struct bcc *open_types(const char *text)
{
	struct bcc *b = NULL;

	expect_ok(b, bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .deferred = true), &b));
	return b;
}

static void check_fields(
	const struct bcc_field *fields, int count, const struct expected *expected, int expected_count)
{
	assert_int_equal(count, expected_count);
	for (int i = 0; i < count; i++) {
		const struct bcc_field *f = &fields[i];
		const struct expected *e = &expected[i];

		assert_string_equal(f->name, e->name);
		if (e->type)
			assert_string_equal(f->type, e->type);
		if (f->bit_offset != e->bit_offset || f->bit_size != e->bit_size ||
			f->array_elements != e->elements || f->kind != e->kind ||
			f->is_array != e->is_array || f->is_signed != e->is_signed)
			fail_msg("%s: at %u, %u bits, [%u], kind %d, array %d, signed %d", f->name,
				f->bit_offset, f->bit_size, f->array_elements, f->kind, f->is_array,
				f->is_signed);
	}
}

/* One struct event for each way to submit one. */
static const char ways[] = AS_TEXT(
	EVENT_STRUCTS) ";\n"
		       "BPF_PERF_OUTPUT(perf);\n"
		       "BPF_PERF_OUTPUT(perf_helper);\n"
		       "BPF_RINGBUF_OUTPUT(ring, 1);\n"
		       "BPF_RINGBUF_OUTPUT(reserved, 1);\n"
		       "BPF_RINGBUF_OUTPUT(cast, 1);\n"
		       "BPF_PERCPU_ARRAY(heap, struct event, 1);\n"
		       "#define __uint(name, value) int (*name)[value]\n"
		       "struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } own SEC(\".maps\");\n"
		       "struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } own_reserved SEC(\".maps\");\n"
		       "struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); }"
		       "  own_perf SEC(\".maps\");\n"
		       "static int send(void *ctx, struct event *e) { return perf.perf_submit(ctx, e, sizeof(*e)); }\n"
		       "TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {\n"
		       "	struct event e = {};\n"
		       "	int zero = 0;\n"
		       "	struct event *r, *h = heap.lookup(&zero);\n"
		       "	send(args, &e);\n"
		       "	ring.ringbuf_output(&e, sizeof(e), 0);\n"
		       "	if (h)\n"
		       "		ring.ringbuf_output((void *)h, sizeof(*h), 0);\n"
		       "	r = reserved.ringbuf_reserve(sizeof(struct event));\n"
		       "	if (r)\n"
		       "		reserved.ringbuf_discard(r, 0);\n"
		       "	bpf_ringbuf_output(&own, &e, sizeof(e), 0);\n"
		       "	bpf_perf_event_output(args, &own_perf, BPF_F_CURRENT_CPU, &e, sizeof(e));\n"
		       "	r = bpf_ringbuf_reserve(&own_reserved, sizeof(*r), 0);\n"
		       "	if (r)\n"
		       "		bpf_ringbuf_discard(r, 0);\n"
		       "	void *bytes = (struct event *)cast.ringbuf_reserve(sizeof(struct event));\n"
		       "	if (bytes)\n"
		       "		cast.ringbuf_discard(bytes, 0);\n"
		       "	return 0;\n"
		       "}\n";

static void test_ways_to_submit(void **state)
{
	static const char *const tables[] = {
		"perf", "ring", "reserved", "cast", "own", "own_perf", "own_reserved"};
	struct bcc *b = open_types(ways);
	const struct bcc_field *fields;
	size_t bytes;
	int n;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		print_message("%s\n", tables[i]);
		assert_int_equal(bcc_event_type_count(b, tables[i]), 1);
		n = bcc_event_fields(b, tables[i], 0, &fields);
		check_fields(fields, n, event_fields, ARRAY_SIZE(event_fields));
		assert_int_equal(strncmp(bcc_event_type(b, tables[i], 0, &bytes), "struct event {", 14), 0);
		assert_int_equal(bytes, sizeof(struct event));
		expect_return(b, bcc_event_fields(b, tables[i], 1, &fields), -ENOENT);
		assert_null(fields);
	}
	bcc_close(b);
}

static void test_nested(void **state)
{
	struct bcc *b = open_types(ways);
	const struct bcc_field *fields, *members;
	int n = bcc_event_fields(b, "perf", 0, &fields);

	for (int i = 0; i < n; i++) {
		int m = bcc_field_members(b, &fields[i], &members);

		if (!strcmp(fields[i].name, "address") || !strcmp(fields[i].name, "both"))
			check_fields(members, m, address_fields, ARRAY_SIZE(address_fields));
		else if (!strcmp(fields[i].name, "either"))
			assert_int_equal(m, 2);
		else
			assert_int_equal(m, 0);
	}
	/* a copy is not the handle's */
	struct bcc_field copy = fields[0];
	expect_return(b, bcc_field_members(b, &copy, &members), -EINVAL);
	expect_return(b, bcc_field_members(b, NULL, &members), -EINVAL);
	/* keys and values too */
	n = bcc_table_value_fields(bcc_table_find(b, "heap"), &fields);
	check_fields(fields, n, event_fields, ARRAY_SIZE(event_fields));
	bcc_close(b);
}

static void test_several_types(void **state)
{
	static const char text[] = "struct a { u32 number; };\n"
				   "typedef struct a also_a;\n"
				   "typedef struct { char text[8]; u8 rest[]; } b_t;\n"
				   "BPF_PERF_OUTPUT(events);\n"
				   "BPF_RINGBUF_OUTPUT(numbers, 1);\n"
				   "BPF_PERF_OUTPUT(silent);\n"
				   "BPF_PERF_OUTPUT(hidden);\n"
				   "BPF_HASH(counts);\n"
				   "TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {\n"
				   "	struct a one = {};\n"
				   "	also_a two = {};\n"
				   "	const volatile also_a three = {};\n"
				   "	b_t other = {};\n"
				   "	u64 number = 0;\n"
				   "	char buf[32] = {};\n"
				   "	struct { u8 x; } local = {};\n"
				   "	void *any = &one;\n"
				   "	events.perf_submit(args, &one, sizeof(one));\n"
				   "	events.perf_submit(args, &two, sizeof(two));\n"
				   "	events.perf_submit(args, (void *)&three, sizeof(three));\n"
				   "	events.perf_submit(args, &other, sizeof(other));\n"
				   "	events.perf_submit(args, &one, sizeof(one));\n"
				   "	events.perf_submit(args, &local, sizeof(local));\n"
				   "	numbers.ringbuf_output(&number, sizeof(number), 0);\n"
				   "	numbers.ringbuf_output(buf, sizeof(buf), 0);\n"
				   "	hidden.perf_submit(args, any, sizeof(one));\n"
				   "	return 0;\n"
				   "}\n";
	static const struct expected a[] = {{"number", "u32", 0, 32, 0, BCC_FIELD_UNSIGNED, false, false}};
	static const struct expected other[] = {
		{"text", "char", 0, 8, 8, BCC_FIELD_CHAR, true, true},
		{"rest", "u8", 64, 8, 0, BCC_FIELD_UNSIGNED, true, false},
	};
	static const struct expected local[] = {{"x", "u8", 0, 8, 0, BCC_FIELD_UNSIGNED, false, false}};
	static const struct expected number[] = {{"", "u64", 0, 64, 0, BCC_FIELD_UNSIGNED, false, false}};
	static const struct expected buf[] = {{"", "char", 0, 8, 32, BCC_FIELD_CHAR, true, true}};
	struct bcc *b = open_types(text);
	const struct bcc_field *fields;
	int count;

	assert_int_equal(bcc_event_type_count(b, "events"), 3);
	count = bcc_event_fields(b, "events", 0, &fields);
	check_fields(fields, count, a, 1);
	count = bcc_event_fields(b, "events", 1, &fields);
	check_fields(fields, count, other, 2);
	count = bcc_event_fields(b, "events", 2, &fields);
	check_fields(fields, count, local, 1);
	assert_string_equal(bcc_event_type(b, "events", 0, NULL), "struct a { u32 number; }");
	assert_string_equal(
		bcc_event_type(b, "events", 1, NULL), "typedef struct { char text[8]; u8 rest[0]; } b_t");
	assert_int_equal(bcc_event_type_count(b, "numbers"), 2);
	count = bcc_event_fields(b, "numbers", 0, &fields);
	check_fields(fields, count, number, 1);
	count = bcc_event_fields(b, "numbers", 1, &fields);
	check_fields(fields, count, buf, 1);
	assert_string_equal(bcc_event_type(b, "numbers", 0, NULL), "u64");

	for (const char *const *table = (const char *const[]){"silent", "hidden", "counts", NULL}; *table;
		table++) {
		assert_int_equal(bcc_event_type_count(b, *table), 0);
		expect_return(b, bcc_event_fields(b, *table, 0, &fields), -ENOENT);
		expect_sentence(b, *table);
		assert_string_equal(bcc_event_type(b, *table, 0, NULL), "");
	}
	expect_return(b, bcc_event_fields(b, "nowhere", 0, &fields), -ENOENT);
	expect_sentence(b, "no table");
	expect_return(b, bcc_event_fields(b, NULL, 0, &fields), -EINVAL);
	expect_return(b, bcc_event_fields(b, "events", 0, NULL), -EINVAL);
	bcc_close(b);
}

/* What arrives, read by the fields alone. */
static const char real[] = AS_TEXT(EVENT_STRUCTS) ";\n"
						  "BPF_PERF_OUTPUT(events);\n"
						  "TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {\n"
						  "	struct event e = {};\n"
						  "	if (bpf_get_current_pid_tgid() >> 32 != PID)\n"
						  "		return 0;\n"
						  "	e.pid = PID;\n"
						  "	e.time = 1ULL << 40;\n"
						  "	e.change = -7;\n"
						  "	e.on = true;\n"
						  "	e.state = BROKEN;\n"
						  "	e.low = 5;\n"
						  "	e.high = 4711;\n"
						  "	e.small = -3;\n"
						  "	e.second = 99;\n"
						  "	e.matrix[1][2] = 1234;\n"
						  "	events.perf_submit(args, &e, sizeof(e));\n"
						  "	return 0;\n"
						  "}\n";

struct received {
	const struct bcc_field *fields;
	int count, events;
};

static int64_t field_value(const struct received *r, const char *name, uint32_t element, const uint8_t *data)
{
	const struct bcc_field *f = r->fields;
	uint64_t value = 0;
	uint32_t at;

	while (f < r->fields + r->count && strcmp(f->name, name))
		f++;
	assert_true(f < r->fields + r->count);
	at = f->bit_offset + element * f->bit_size;
	for (uint32_t bit = 0; bit < f->bit_size; bit++)
		value |= (uint64_t)(data[(at + bit) / 8] >> (at + bit) % 8 & 1) << bit;
	if (f->is_signed && f->bit_size < 64 && value >> (f->bit_size - 1))
		value |= ~0ULL << f->bit_size;
	return (int64_t)value;
}

static int on_event(void *ctx, int cpu, const void *data, size_t size)
{
	struct received *r = ctx;

	assert_true(size >= sizeof(struct event));
	assert_int_equal(field_value(r, "pid", 0, data), getpid());
	assert_int_equal(field_value(r, "time", 0, data), 1LL << 40);
	assert_int_equal(field_value(r, "change", 0, data), -7);
	assert_int_equal(field_value(r, "on", 0, data), 1);
	assert_int_equal(field_value(r, "state", 0, data), -1);
	assert_int_equal(field_value(r, "low", 0, data), 5);
	assert_int_equal(field_value(r, "high", 0, data), 4711);
	assert_int_equal(field_value(r, "small", 0, data), -3);
	assert_int_equal(field_value(r, "second", 0, data), 99);
	assert_int_equal(field_value(r, "matrix", 5, data), 1234);
	r->events++;
	return 0;
}

static void check_arriving(struct bcc *b)
{
	struct received r = {};

	r.count = bcc_event_fields(b, "events", 0, &r.fields);
	check_fields(r.fields, r.count, event_fields, ARRAY_SIZE(event_fields));
	expect_ok(b, bcc_open_perf(b, "events", on_event, &r, NULL));
	expect_return(b, bcc_attach_all(b), 1);
	syscall(SYS_getpgid, 0);
	while (!r.events)
		assert_true(bcc_poll(b, 1000) >= 0);
	assert_int_equal(r.events, 1);
	/* the types stay when the object is gone */
	assert_int_equal(bcc_event_type_count(b, "events"), 1);
}

/* Compiled, then from the cache. */
static void test_arriving(void **state)
{
	char cache[] = "/tmp/bcc-event-types-XXXXXX", command[64];
	struct bcc *b;

	assert_non_null(mkdtemp(cache));
	setenv("BCC_CACHE_DIR", cache, 1);
	unsetenv("BCC_CACHE");
	for (int i = 0; i < 2; i++) {
		b = open_test_text(real, NULL);
		check_arriving(b);
		bcc_close(b);
	}
	setenv("BCC_CACHE", "0", 1);
	snprintf(command, sizeof(command), "rm -r %s", cache);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways_to_submit),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_several_types),
		cmocka_unit_test(test_arriving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
