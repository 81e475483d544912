/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"

/* The kernel formats at most one page for a read(); the longest line has a name of KSYM_NAME_LEN (512) and a
 * module name. */
#define BUFFER_SIZE 65536

static int kernel_symbols_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* "ADDRESS TYPE NAME[\t[MODULE]]", ADDRESS in hex; `end` is where the newline was. Parsed by hand because all
 * 120,000 lines have to be read before the first address gets a name. */
static bool kernel_symbols_parse(char *line, char *end, struct bcc_kernel_symbol *symbol)
{
	char *at = line, *module;
	int d;

	symbol->address = 0;
	for (; (d = kernel_symbols_digit(*at)) >= 0; at++)
		symbol->address = symbol->address << 4 | d;
	if (at == line || end - at < 4 || at[0] != ' ' || at[2] != ' ')
		return false;
	symbol->type = at[1];
	symbol->name = at + 3;
	symbol->module = "";
	*end = '\0';
	if (end[-1] != ']')
		return true;
	module = memchr(at, '\t', end - at);
	if (!module || module[1] != '[')
		return true;
	*module = '\0';
	end[-1] = '\0';
	symbol->module = module + 2;
	return *symbol->name;
}

/* Handles the complete lines in the buffer, and moves the rest, `*used` bytes, to its start. */
static int kernel_symbols_lines(char *buffer, size_t *used, bcc_kernel_symbol_fn fn, void *ctx)
{
	char *line = buffer, *end;
	size_t left = *used;

	while ((end = memchr(line, '\n', left))) {
		struct bcc_kernel_symbol symbol;
		int stop = kernel_symbols_parse(line, end, &symbol) ? fn(ctx, &symbol) : 0;

		if (stop)
			return stop;
		left -= end + 1 - line;
		line = end + 1;
	}
	memmove(buffer, line, left);
	*used = left < BUFFER_SIZE ? left : 0; /* the kernel has no lines longer than the buffer */
	return 0;
}

int bcc_kernel_symbols_each(bcc_kernel_symbol_fn fn, void *ctx)
{
	bcc_auto_fd int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	bcc_auto_free char *buffer = malloc(BUFFER_SIZE);
	size_t used = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	if (!buffer)
		return -ENOMEM;
	while ((n = read(fd, buffer + used, BUFFER_SIZE - used)) != 0) {
		int stop;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		used += n;
		stop = kernel_symbols_lines(buffer, &used, fn, ctx);
		if (stop)
			return stop;
	}
	return 0;
}
