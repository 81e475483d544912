/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a tracepoint's format file. */
#include <stdio.h>

#include "frontends/tracefs/format.h"
#include "fuzz.h"
#include "libbcc/features/features.h"

static int count_tag(void *ctx, const char *tag)
{
	REQUIRE(*tag);
	++*(int *)ctx;
	return 0;
}

/* What bcc_tracepoint_fields() makes of the same lines. */
static void fuzz_fields(char *format)
{
	char *rest;

	for (char *line = strtok_r(format, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct bcc_tracepoint_field field;

		if (bcc_tracepoint_field_parse(line, &field))
			REQUIRE(*field.name && *field.type && field.array_elements <= field.bytes);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bcc_err err = {0};
	char *format = strndup((const char *)data, size), *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	int tags = 0,
	    ret = bcc_tracepoint_struct(format, "category", "name", out, count_tag, &tags, NULL, &err);

	fclose(out);
	require_answer(ret, &err);
	REQUIRE(ret < 0 || strstr(text, "struct tracepoint__category__name {") == text);
	bcc_err_clear(&err);
	free(text);
	fuzz_fields(format);
	free(format);
	return 0;
}
