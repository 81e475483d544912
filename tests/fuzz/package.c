/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a package of eunomia-bpf, JSON with a compressed object, which the command opens; as an object
 * in which bpfcc has put JSON; and as that JSON. */
#include <errno.h>
#include <zlib.h>

#include "command/package.h"
#include "command/packed_comment.h"
#include "fuzz.h"

static void read_comments(const uint8_t *data, size_t size, const char *text)
{
	char *section = packed_comments_get(data, size);

	free(packed_comment(section ? section : text, "target_pid"));
	free(section);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* of exactly this size, so that the sanitizer sees each byte read behind it */
	char *text = malloc(size + 1);
	void *object = NULL;
	size_t bytes = 0;
	int ret;

	memcpy(text, data, size);
	text[size] = '\0';
	package_is(text);
	read_comments(data, size, text);
	ret = package_object(text, &object, &bytes);
	REQUIRE(ret == 0 ? object && bytes : (ret == -EINVAL || ret == -ENOMEM) && !object);
	/* each byte of it is there, and has a value */
	REQUIRE(ret || crc32(0, object, (uInt)bytes) <= UINT32_MAX);
	free(object);
	free(text);
	return 0;
}
