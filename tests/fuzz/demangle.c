/* SPDX-License-Identifier: Apache-2.0 */
/* Any name as a Rust name: a program can contain any. */
#include "libbcc/symbols/demangle/demangle.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *name;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	name = bcc_rust_demangle(text);
	REQUIRE(!name || *name);
	free(name);
	free(text);
	return 0;
}
