/* SPDX-License-Identifier: Apache-2.0 */
#include "path.h"

void path_text(struct buffer *b, const char *names, size_t size)
{
	while (size) {
		size_t start = size - 1; /* at the NUL */

		while (start && names[start - 1])
			start--;
		buffer_char(b, '/');
		buffer_add(b, names + start, size - 1 - start);
		size = start;
	}
}
