/* SPDX-License-Identifier: Apache-2.0 */
/* What the compiler sends: a text may have taken it over. */
#include "common/compile_wire.h"
#include "fuzz.h"

static size_t used; /* what was read is looked at */

static void take(const struct bcc_frame *frame)
{
	struct bcc_compile_request request;
	struct bcc_dependency dependency;
	struct bcc_wire_limits limits;
	struct bcc_wire_result result;
	enum bcc_question question;
	const char *text;
	uint32_t id;
	int number;

	if (bcc_wire_read_request(frame, &request, &limits)) {
		used += strlen(request.text) + strlen(request.name);
		for (size_t i = 0; i < request.cflags_count; i++)
			used += strlen(request.cflags[i]);
		free((void *)request.cflags);
	}
	if (bcc_wire_read_message(frame, &number, &text))
		used += strlen(text);
	if (bcc_wire_read_dependency(frame, &dependency))
		used += strlen(dependency.name);
	if (bcc_wire_read_question(frame, &question, &id))
		used += id;
	if (bcc_wire_read_answer(frame, &number, &text) && text)
		used += strlen(text);
	if (bcc_wire_read_result(frame, &result)) {
		used += result.error ? strlen(result.error) : 0;
		for (size_t i = 0; i < result.size; i++)
			used += ((const char *)result.object)[i];
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bcc_frames frames = {0};
	struct bcc_frame frame;

	/* in two pieces, as from a socket */
	if (bcc_frames_add(&frames, data, size / 2) == 0)
		while (bcc_frames_next(&frames, &frame) == 1)
			take(&frame);
	if (bcc_frames_add(&frames, data + size / 2, size - size / 2) == 0)
		while (bcc_frames_next(&frames, &frame) == 1)
			take(&frame);
	bcc_frames_free(&frames);
	return 0;
}
