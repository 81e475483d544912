/* SPDX-License-Identifier: Apache-2.0 */
#include "package.h"

#include <ctype.h>
#include <errno.h>
#include <json-c/json.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "common/cleanup.h"

/* Of an object; that of a large program with debugging information has one or two. */
enum { PACKAGE_OBJECT_MAX = 64 << 20 };

bool package_is(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return *text == '{';
}

/* The package says how large the object is: what does not have this size is cut off, or never ends. */
static int package_expand(const unsigned char *packed, size_t packed_size, size_t wanted, void **object)
{
	uLongf size = wanted;
	void *bytes = malloc(wanted);
	int ret;

	if (!bytes)
		return -ENOMEM;
	ret = uncompress(bytes, &size, packed, packed_size);
	if (ret == Z_OK && size == wanted) {
		*object = bytes;
		return 0;
	}
	free(bytes);
	return ret == Z_MEM_ERROR ? -ENOMEM : -EINVAL;
}

static int package_unpack(json_object *package, void **object, size_t *size)
{
	bcc_auto_free unsigned char *packed = NULL;
	json_object *text, *bytes;
	size_t room;
	int64_t wanted;
	int length;

	if (!json_object_object_get_ex(package, "bpf_object", &text) ||
		!json_object_is_type(text, json_type_string) ||
		!json_object_object_get_ex(package, "bpf_object_size", &bytes) ||
		!json_object_is_type(bytes, json_type_int))
		return -EINVAL;
	wanted = json_object_get_int64(bytes);
	room = json_object_get_string_len(text);
	if (wanted <= 0 || wanted > PACKAGE_OBJECT_MAX || room > 2 * (size_t)PACKAGE_OBJECT_MAX)
		return -EINVAL;
	packed = malloc(room + 1);
	if (!packed)
		return -ENOMEM;
	length = b64_pton(json_object_get_string(text), packed, room + 1);
	if (length < 0)
		return -EINVAL;
	*size = wanted;
	return package_expand(packed, length, wanted, object);
}

int package_object(const char *text, void **object, size_t *size)
{
	json_object *package = json_tokener_parse(text);
	int ret = package ? package_unpack(package, object, size) : -EINVAL;

	json_object_put(package);
	return ret;
}
