/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <errno.h>
#include <string.h>

/* More than any options struct will have: tells a size field that was never set from that of a newer
 * library. */
#define OPTS_SIZE_MAX 4096

int bcc_opts(struct bcc_err *err, void *to, size_t to_size, const void *from)
{
	const unsigned char *bytes = from;
	size_t size;

	memset(to, 0, to_size);
	memcpy(to, &to_size, sizeof(to_size));
	if (!from)
		return 0;
	memcpy(&size, from, sizeof(size));
	if (size < sizeof(size) || size > OPTS_SIZE_MAX)
		return bcc_fail(err, -EINVAL, "the size field of the options is not set: use BCC_OPTS()");
	for (size_t i = to_size; i < size; i++)
		if (bytes[i])
			return bcc_fail(err, -E2BIG,
				"the options use a feature that this version (" BCC_VERSION
				") does not support");
	memcpy(to, from, size < to_size ? size : to_size);
	memcpy(to, &to_size, sizeof(to_size));
	return 0;
}
