/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages between a process that wants a text compiled and the process that compiles it, over a stream
 * socket: frames of a header and a payload. The former trusts nothing that it receives: a text may have taken
 * over the compiler.
 *
 *   to the compiler:  one REQUEST, accompanied by descriptors; an ANSWER to each QUESTION
 *   from it:          MESSAGEs, DEPENDENCYs and QUESTIONs in any order, then one RESULT
 */
#ifndef COMMON_COMPILE_WIRE_H
#define COMMON_COMPILE_WIRE_H

#include "compile_request.h"
#include "dependency.h"
#include "serialize.h"

/* The descriptor where the program bcc-compile finds its end of the socket, and the argument that tells it
 * so. */
#define BCC_WIRE_SOCKET 3
#define BCC_WIRE_ARGUMENT "--serve"

enum bcc_frame_kind {
	BCC_FRAME_REQUEST = 1,
	BCC_FRAME_MESSAGE,
	BCC_FRAME_DEPENDENCY,
	BCC_FRAME_QUESTION,
	BCC_FRAME_ANSWER,
	BCC_FRAME_RESULT,
};

/* The most that one side may send: more is rejected. */
#define BCC_WIRE_LIMIT (256UL << 20)

/* What has been received and not taken yet. */
struct bcc_frames {
	struct bcc_bytes bytes;
	size_t taken;
	size_t total; /* received so far */
};

struct bcc_frame {
	enum bcc_frame_kind kind;
	const void *data; /* in `bytes`: valid until more is added */
	size_t size;
};

/* Adds received data. Returns -EPROTO if it exceeds the limit, or -ENOMEM. */
int bcc_frames_add(struct bcc_frames *frames, const void *data, size_t size);
/* Returns 1 and the next frame; 0 if it is incomplete; -EPROTO if it is malformed. */
int bcc_frames_next(struct bcc_frames *frames, struct bcc_frame *frame);
void bcc_frames_free(struct bcc_frames *frames);

/* Writes a frame: what is put into `out` between the two calls is its payload. */
size_t bcc_frame_begin(struct bcc_bytes *out, enum bcc_frame_kind kind);
void bcc_frame_end(struct bcc_bytes *out, size_t begin);

/* ---- payloads: one call writes a whole frame, the other parses a payload; false if it is damaged ---- */

struct bcc_wire_limits {
	uint64_t memory; /* bytes, UINT64_MAX: none */
	uint64_t time;	 /* milliseconds, UINT64_MAX: none */
};

/* It is accompanied by the descriptors of tracefs and of the kernel's BTF, if available, in this order. */
void bcc_wire_put_request(struct bcc_bytes *out, const struct bcc_compile_request *request,
	const struct bcc_wire_limits *limits);
/* Strings point into the payload; the list of flags is allocated: free((void *)request->cflags). Descriptors
 * are 0 if one follows, otherwise -1; callbacks are not set. */
bool bcc_wire_read_request(
	const struct bcc_frame *frame, struct bcc_compile_request *request, struct bcc_wire_limits *limits);

void bcc_wire_put_message(struct bcc_bytes *out, int level, const char *text);
bool bcc_wire_read_message(const struct bcc_frame *frame, int *level, const char **text);

void bcc_wire_put_dependency(struct bcc_bytes *out, const struct bcc_dependency *dependency);
bool bcc_wire_read_dependency(const struct bcc_frame *frame, struct bcc_dependency *dependency);

enum bcc_question { BCC_QUESTION_CAST = 1, BCC_QUESTION_HEADERS }; /* as in struct bcc_compile_host */

void bcc_wire_put_question(struct bcc_bytes *out, enum bcc_question question, uint32_t id);
bool bcc_wire_read_question(const struct bcc_frame *frame, enum bcc_question *question, uint32_t *id);

/* `value`: a number or a negative errno; `text` (may be NULL): a path or an error message. */
void bcc_wire_put_answer(struct bcc_bytes *out, int value, const char *text);
bool bcc_wire_read_answer(const struct bcc_frame *frame, int *value, const char **text);

/* code 0: `object`; otherwise a negative errno, and `error` (may be NULL) with the reason. */
void bcc_wire_put_result(struct bcc_bytes *out, int code, const char *error, const void *object, size_t size);
struct bcc_wire_result {
	int code;
	const char *error; /* NULL: none */
	const void *object;
	size_t size;
};
bool bcc_wire_read_result(const struct bcc_frame *frame, struct bcc_wire_result *result);

#endif
