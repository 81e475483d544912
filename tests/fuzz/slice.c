/* SPDX-License-Identifier: Apache-2.0 */
/* Any types as a kernel's, and any text that uses them. An input is a line with the text's tokens, separated
 * by spaces, followed by the bytes of the BTF. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <ctype.h>

#include "common/array.h"
#include "frontends/btf/kernel_function.h"
#include "frontends/btf/needed_types.h"
#include "frontends/btf/slice.h"
#include "frontends/names.h"
#include "libbcc/object/btf.h"
#include "fuzz.h"

static struct bcc_names *read_line(const uint8_t *line, size_t length)
{
	static const char *const keywords[] = {"struct", "union", "enum", "typedef"};
	struct bcc_names *names = bcc_names_new();
	char *copy = strndup((const char *)line, length), *save;

	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		bool identifier = isalpha((unsigned char)*word) || *word == '_';

		for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
			identifier &= strcmp(word, keywords[i]) != 0;
		bcc_names_token(names, word, strlen(word), identifier);
	}
	free(copy);
	return names;
}

static void slice(const uint8_t *bytes, size_t size, struct bcc_names *names)
{
	struct bcc_err err = {0};
	struct btf *btf = NULL;
	char *text = NULL;
	int ret = bcc_btf_parse(bytes, size, &btf, &err);

	if (ret == 0) {
		ret = bcc_btf_slice(btf, names, &text, &err);
		REQUIRE((ret == 0) == (text != NULL));
	}
	require_answer(ret, &err);
	free(text);
	btf__free(btf);
	bcc_err_clear(&err);
}

static void declare_functions(const struct bcc_btf_bytes *whole)
{
	for (uint32_t id = 1; id < whole->type_count; id++)
		if (btf_is_func(bcc_btf_type_at(whole, id)))
			free(bcc_btf_kernel_function_declaration(whole, id));
	bcc_btf_find_kernel_function(whole, "bpf_function");
}

/* The same through the subset that the names need. */
static void slice_subset(const uint8_t *bytes, size_t size, struct bcc_names *names)
{
	struct bcc_btf_bytes whole;
	struct bcc_err err = {0};
	struct btf *btf = NULL;
	char *text = NULL;
	void *copy = malloc(size ? size : 1);
	int ret;

	memcpy(copy, bytes, size);
	if (bcc_btf_bytes_of(&whole, copy, size) != 0) {
		bcc_btf_bytes_close(&whole);
		return;
	}
	declare_functions(&whole);
	ret = bcc_btf_subset(&whole, names, &btf, &err);
	bcc_btf_bytes_close(&whole);
	if (ret == 0)
		ret = bcc_btf_slice(btf, names, &text, &err);
	require_answer(ret, &err);
	free(text);
	btf__free(btf);
	bcc_err_clear(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\n', size);
	struct bcc_names *names;
	uint8_t *types;

	if (!end)
		return 0;
	libbpf_set_print(NULL);
	names = read_line(data, end - data);
	size -= end + 1 - data;
	/* of exactly this size and aligned, like a section */
	types = malloc(size ? size : 1);
	memcpy(types, end + 1, size);
	slice(types, size, names);
	slice_subset(types, size, names);
	free(types);
	bcc_names_free(names);
	return 0;
}
