/* SPDX-License-Identifier: Apache-2.0 */
#include "compile_wire.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <bcc/bcc.h>

#define MAGIC 0x43434238 /* changes with the format of any payload */

struct frame_header {
	uint32_t magic;
	uint32_t kind; /* enum bcc_frame_kind */
	uint64_t size; /* size of the payload */
};

/* ---- frames ---- */

/* What has been taken is discarded before more is allocated. */
static void frames_forget_taken(struct bcc_frames *frames)
{
	struct bcc_bytes *bytes = &frames->bytes;

	if (!frames->taken)
		return;
	bytes->size -= frames->taken;
	memmove(bytes->data, bytes->data + frames->taken, bytes->size);
	frames->taken = 0;
}

int bcc_frames_add(struct bcc_frames *frames, const void *data, size_t size)
{
	if (size > BCC_WIRE_LIMIT - frames->total)
		return -EPROTO;
	frames_forget_taken(frames);
	frames->total += size;
	bcc_bytes_put(&frames->bytes, data, size);
	return frames->bytes.failed ? -ENOMEM : 0;
}

int bcc_frames_next(struct bcc_frames *frames, struct bcc_frame *frame)
{
	size_t left = frames->bytes.size - frames->taken;
	struct frame_header header;

	if (left < sizeof(header))
		return 0;
	memcpy(&header, frames->bytes.data + frames->taken, sizeof(header));
	if (header.magic != MAGIC || header.kind < BCC_FRAME_REQUEST || header.kind > BCC_FRAME_RESULT ||
		header.size > BCC_WIRE_LIMIT)
		return -EPROTO;
	if (left - sizeof(header) < header.size)
		return 0;
	frame->kind = header.kind;
	frame->data = frames->bytes.data + frames->taken + sizeof(header);
	frame->size = header.size;
	frames->taken += sizeof(header) + header.size;
	return 1;
}

void bcc_frames_free(struct bcc_frames *frames)
{
	free(frames->bytes.data);
	*frames = (struct bcc_frames){0};
}

size_t bcc_frame_begin(struct bcc_bytes *out, enum bcc_frame_kind kind)
{
	const struct frame_header header = {.magic = MAGIC, .kind = kind};
	size_t begin = out->size;

	bcc_bytes_put(out, &header, sizeof(header));
	return begin;
}

void bcc_frame_end(struct bcc_bytes *out, size_t begin)
{
	struct frame_header header;

	if (out->failed)
		return;
	memcpy(&header, out->data + begin, sizeof(header));
	header.size = out->size - begin - sizeof(header);
	memcpy(out->data + begin, &header, sizeof(header));
}

static struct bcc_reader frame_reader(const struct bcc_frame *frame)
{
	return (struct bcc_reader){.data = frame->data, .left = frame->size};
}

static bool frame_is_read(const struct bcc_reader *reader)
{
	return !reader->failed && reader->left == 0;
}

/* ---- numbers and strings ---- */

static void wire_put_signed(struct bcc_bytes *out, int number)
{
	bcc_bytes_put_number(out, (uint64_t)(int64_t)number);
}

static int wire_read_signed(struct bcc_reader *reader)
{
	int64_t number = (int64_t)bcc_read_number(reader);

	if (number < INT_MIN || number > INT_MAX) {
		reader->failed = true;
		return 0;
	}
	return (int)number;
}

/* A string that may be NULL. */
static const char *wire_read_optional(struct bcc_reader *reader)
{
	struct bcc_reader ahead = *reader;

	if (bcc_read_number(&ahead) == 0 && !ahead.failed) {
		*reader = ahead;
		return NULL;
	}
	return bcc_read_string(reader);
}

/* ---- payloads ---- */

void bcc_wire_put_request(struct bcc_bytes *out, const struct bcc_compile_request *request,
	const struct bcc_wire_limits *limits)
{
	size_t begin = bcc_frame_begin(out, BCC_FRAME_REQUEST);

	bcc_bytes_put_string(out, BCC_VERSION);
	bcc_bytes_put_number(out, request->abi);
	bcc_bytes_put_string(out, request->text);
	bcc_bytes_put_string(out, request->name);
	bcc_bytes_put_number(out, request->cflags_count);
	for (size_t i = 0; i < request->cflags_count; i++)
		bcc_bytes_put_string(out, request->cflags[i]);
	bcc_bytes_put_number(out, request->debug);
	bcc_bytes_put_number(out, request->dialect);
	bcc_bytes_put_number(out, request->portable);
	bcc_bytes_put_string(out, request->kernel_source);
	bcc_bytes_put_number(out, request->tracefs_fd >= 0);
	bcc_bytes_put_string(out, request->tracefs_why);
	bcc_bytes_put_number(out, request->btf_fd >= 0);
	bcc_bytes_put_number(out, limits->memory);
	bcc_bytes_put_number(out, limits->time);
	bcc_frame_end(out, begin);
}

static bool wire_read_flags(struct bcc_reader *reader, struct bcc_compile_request *request)
{
	size_t count = bcc_read_number(reader);
	const char **flags;

	/* each string is preceded by its length */
	if (reader->failed || count > reader->left / sizeof(uint64_t))
		return false;
	flags = calloc(count + 1, sizeof(*flags));
	if (!flags)
		return false;
	for (size_t i = 0; i < count; i++)
		flags[i] = bcc_read_string(reader);
	request->cflags = flags;
	request->cflags_count = count;
	return !reader->failed;
}

bool bcc_wire_read_request(
	const struct bcc_frame *frame, struct bcc_compile_request *request, struct bcc_wire_limits *limits)
{
	struct bcc_reader reader = frame_reader(frame);
	const char *version = bcc_read_string(&reader);

	*request = (struct bcc_compile_request){.abi = wire_read_signed(&reader)};
	if (reader.failed || request->abi != BCC_COMPILER_ABI || strcmp(version, BCC_VERSION) != 0)
		return false;
	request->text = bcc_read_string(&reader);
	request->name = bcc_read_string(&reader);
	if (!wire_read_flags(&reader, request)) {
		free((void *)request->cflags);
		request->cflags = NULL;
		return false;
	}
	request->debug = bcc_read_number(&reader);
	request->dialect = wire_read_signed(&reader);
	request->portable = bcc_read_number(&reader);
	request->kernel_source = wire_read_optional(&reader);
	request->tracefs_fd = bcc_read_number(&reader) ? 0 : -1;
	request->tracefs_why = wire_read_optional(&reader);
	request->btf_fd = bcc_read_number(&reader) ? 0 : -1;
	limits->memory = bcc_read_number(&reader);
	limits->time = bcc_read_number(&reader);
	if (frame_is_read(&reader))
		return true;
	free((void *)request->cflags);
	request->cflags = NULL;
	return false;
}

void bcc_wire_put_message(struct bcc_bytes *out, int level, const char *text)
{
	size_t begin = bcc_frame_begin(out, BCC_FRAME_MESSAGE);

	wire_put_signed(out, level);
	bcc_bytes_put_string(out, text);
	bcc_frame_end(out, begin);
}

bool bcc_wire_read_message(const struct bcc_frame *frame, int *level, const char **text)
{
	struct bcc_reader reader = frame_reader(frame);

	*level = wire_read_signed(&reader);
	*text = bcc_read_string(&reader);
	return frame_is_read(&reader) && *level >= BCC_LOG_WARN && *level <= BCC_LOG_DEBUG;
}

void bcc_wire_put_dependency(struct bcc_bytes *out, const struct bcc_dependency *dependency)
{
	size_t begin = bcc_frame_begin(out, BCC_FRAME_DEPENDENCY);

	bcc_put_dependency(out, dependency);
	bcc_frame_end(out, begin);
}

bool bcc_wire_read_dependency(const struct bcc_frame *frame, struct bcc_dependency *dependency)
{
	struct bcc_reader reader = frame_reader(frame);

	return bcc_read_dependency(&reader, dependency) && frame_is_read(&reader) &&
	       dependency->kind >= BCC_DEPENDS_FILE && dependency->kind <= BCC_DEPENDS_OTHER;
}

void bcc_wire_put_question(struct bcc_bytes *out, enum bcc_question question, uint32_t id)
{
	size_t begin = bcc_frame_begin(out, BCC_FRAME_QUESTION);

	bcc_bytes_put_number(out, question);
	bcc_bytes_put_number(out, id);
	bcc_frame_end(out, begin);
}

bool bcc_wire_read_question(const struct bcc_frame *frame, enum bcc_question *question, uint32_t *id)
{
	struct bcc_reader reader = frame_reader(frame);
	uint64_t kind = bcc_read_number(&reader), number = bcc_read_number(&reader);

	*question = kind;
	*id = number;
	return frame_is_read(&reader) && kind >= BCC_QUESTION_CAST && kind <= BCC_QUESTION_HEADERS &&
	       number <= UINT32_MAX;
}

void bcc_wire_put_answer(struct bcc_bytes *out, int value, const char *text)
{
	size_t begin = bcc_frame_begin(out, BCC_FRAME_ANSWER);

	wire_put_signed(out, value);
	bcc_bytes_put_string(out, text);
	bcc_frame_end(out, begin);
}

bool bcc_wire_read_answer(const struct bcc_frame *frame, int *value, const char **text)
{
	struct bcc_reader reader = frame_reader(frame);

	*value = wire_read_signed(&reader);
	*text = wire_read_optional(&reader);
	return frame_is_read(&reader);
}

void bcc_wire_put_result(struct bcc_bytes *out, int code, const char *error, const void *object, size_t size)
{
	size_t begin = bcc_frame_begin(out, BCC_FRAME_RESULT);

	wire_put_signed(out, code);
	bcc_bytes_put_string(out, error);
	bcc_bytes_put_block(out, object, size);
	bcc_frame_end(out, begin);
}

bool bcc_wire_read_result(const struct bcc_frame *frame, struct bcc_wire_result *result)
{
	struct bcc_reader reader = frame_reader(frame);

	result->code = wire_read_signed(&reader);
	result->error = wire_read_optional(&reader);
	result->object = bcc_read_block(&reader, &result->size);
	/* -4095 is the lowest errno */
	return frame_is_read(&reader) && result->code <= 0 && result->code >= -4095 &&
	       (result->code ? !result->size : result->size > 0);
}
