/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: events by their types. This program knows nothing about the struct that its text submits: it asks
 * for the fields, and writes each event as a line of JSON. Add a field to the text, and it is in the output.
 *
 *   # ./json_events
 *   {"who": {"pid": 7312, "uid": 0}, "root": true, "comm": "ls", "bytes": [7, 65535], "delta": -1}
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <string.h>

static const char text[] = "struct who { u32 pid, uid; };\n"
			   "struct event {\n"
			   "	struct who who;\n"
			   "	bool root;\n"
			   "	char comm[16];\n"
			   "	u16 bytes[2];\n"
			   "	s64 delta;\n"
			   "};\n"
			   "BPF_RINGBUF_OUTPUT(events, 8);\n"
			   "\n"
			   "RAW_TRACEPOINT_PROBE(sched_process_exec)\n"
			   "{\n"
			   "	struct event event = {.bytes = {7, 65535}, .delta = -1};\n"
			   "\n"
			   "	event.who.pid = bpf_get_current_pid_tgid() >> 32;\n"
			   "	event.who.uid = bpf_get_current_uid_gid();\n"
			   "	event.root = !event.who.uid;\n"
			   "	bpf_get_current_comm(&event.comm, sizeof(event.comm));\n"
			   "	events.ringbuf_output(&event, sizeof(event), 0);\n"
			   "	return 0;\n"
			   "}\n";

/* Up to 64 bits, of bit fields too, in the byte order of this machine (little endian here). */
static uint64_t bits_at(const uint8_t *data, uint32_t offset, uint32_t size)
{
	uint64_t value = 0;

	for (uint32_t i = offset; i < offset + size && i < offset + 64; i++)
		value |= (uint64_t)(data[i / 8] >> i % 8 & 1) << (i - offset);
	return value;
}

static void print_text(const char *text, size_t size)
{
	putchar('"');
	for (size_t i = 0; i < size && text[i]; i++) {
		unsigned char c = text[i];

		if (c < ' ' || c > '~' || c == '"' || c == '\\')
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void print_members(struct bcc *b, const struct bcc_field *fields, int count, const uint8_t *data);

/* One value, or one element of an array, which starts at bit `offset`. */
static void print_one(struct bcc *b, const struct bcc_field *field, uint32_t offset, const uint8_t *data)
{
	uint64_t value = bits_at(data, offset, field->bit_size);
	const struct bcc_field *members;
	int count;

	switch (field->kind) {
	case BCC_FIELD_STRUCT:
	case BCC_FIELD_UNION:
		count = bcc_field_members(b, field, &members);
		print_members(b, members, count, data + offset / 8);
		break;
	case BCC_FIELD_BOOL:
		printf(value ? "true" : "false");
		break;
	default:
		if (field->is_signed && field->bit_size < 64) /* extends the sign */
			value = (value ^ 1ULL << (field->bit_size - 1)) - (1ULL << (field->bit_size - 1));
		printf(field->is_signed ? "%lld" : "%llu", (long long)value);
	}
}

static void print_field(struct bcc *b, const struct bcc_field *field, const uint8_t *data)
{
	if (field->is_char && field->is_array) {
		print_text((const char *)data + field->bit_offset / 8, field->array_elements);
		return;
	}
	if (!field->is_array) {
		print_one(b, field, field->bit_offset, data);
		return;
	}
	putchar('[');
	for (uint32_t i = 0; i < field->array_elements; i++) {
		printf(i ? ", " : "");
		print_one(b, field, field->bit_offset + i * field->bit_size, data);
	}
	putchar(']');
}

static void print_members(struct bcc *b, const struct bcc_field *fields, int count, const uint8_t *data)
{
	putchar('{');
	for (int i = 0; i < count; i++) {
		printf("%s\"%s\": ", i ? ", " : "", fields[i].name);
		print_field(b, &fields[i], data);
	}
	putchar('}');
}

static int print(void *ctx, int cpu, const void *data, size_t size)
{
	const struct bcc_field *fields;
	int count = bcc_event_fields(ctx, "events", 0, &fields);

	print_members(ctx, fields, count, data);
	putchar('\n');
	return 0;
}

int main(void)
{
	struct bcc *b;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!bcc_open_text(text, NULL, &b) && !bcc_open_ring(b, "events", print, b) && bcc_attach_all(b) > 0)
		while (bcc_poll(b, -1) >= 0)
			;
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
