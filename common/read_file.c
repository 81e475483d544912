/* SPDX-License-Identifier: Apache-2.0 */
#include "read_file.h"

#include <errno.h>

#include "cleanup.h"

#define FIRST_ROOM 65536

int bcc_read_text(int fd, char **out, size_t *length)
{
	bcc_auto_free char *text = NULL;
	size_t used = 0, room = 0;
	ssize_t n;

	for (;;) {
		if (used + 1 >= room) {
			char *more = realloc(text, room = room ? 2 * room : FIRST_ROOM);

			if (!more)
				return -ENOMEM;
			text = more;
		}
		n = read(fd, text + used, room - used - 1);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			break;
		used += n > 0 ? n : 0;
	}
	text[used] = '\0';
	*length = used;
	*out = text;
	text = NULL;
	return 0;
}
