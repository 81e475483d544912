/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <time.h>

#include "tool.h"

void tool_print_text(const char *text, size_t length)
{
	for (const char *end = text + length; text < end; text++) {
		unsigned char c = *text;

		if (c == '\n')
			fputs("\\n", stdout);
		else if (c == '\t')
			fputs("\\t", stdout);
		else if (c < 0x20 || c == 0x7f)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
}

void tool_print_time(int width)
{
	time_t now = time(NULL);
	char text[16];
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(text, sizeof(text), "%H:%M:%S", &tm);
	printf("%-*s", width, text);
}
