/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/printable.h"

#define WARNINGS_MAX (64 * 1024) /* more help nobody */

static _Thread_local struct bcc *speaker;
static pthread_once_t once = PTHREAD_ONCE_INIT;
/* The print function that the program itself has set for libbpf, which it may use beside this library; NULL:
 * none. */
static libbpf_print_fn_t of_program;

static void log_say(struct bcc *b, enum bcc_log_level level, const char *text)
{
	if (b->log)
		b->log(b->log_ctx, level, text);
	else if (b->debug && level == BCC_LOG_DEBUG)
		fputs(text, stderr);
}

/* One that is said again, as of each program of a text, is kept once. */
static void log_keep_warning(struct bcc *b, const char *text)
{
	size_t length = strlen(text);
	char *all;

	if (b->warnings && (strstr(b->warnings, text) || strlen(b->warnings) + length > WARNINGS_MAX))
		return;
	if (asprintf(&all, "%s%s%s", b->warnings ? b->warnings : "", text,
		    length && text[length - 1] == '\n' ? "" : "\n") < 0)
		return;
	free(b->warnings);
	b->warnings = all;
}

void bcc_say(struct bcc *b, enum bcc_log_level level, const char *format, ...)
{
	va_list args;
	char *text;

	if (!b->log && !b->debug && level != BCC_LOG_WARN)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	text = bcc_printable(text, true);
	if (text && level == BCC_LOG_WARN)
		log_keep_warning(b, text);
	if (text)
		log_say(b, level, text);
	free(text);
}

const char *bcc_warnings(const struct bcc *b)
{
	return b && b->warnings ? b->warnings : "";
}

static int print_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text;

	if (!speaker && of_program)
		return of_program(level, format, args);
	if (!speaker || !(speaker->debug & BCC_DEBUG_LIBBPF))
		return 0;
	if (vasprintf(&text, format, args) < 0)
		return 0;
	text = bcc_printable(text, true);
	log_say(speaker, BCC_LOG_DEBUG, text);
	free(text);
	return 0;
}

/* libbpf's own function prints to stderr. */
static bool is_of_libbpf(libbpf_print_fn_t print)
{
	Dl_info function, library;

	return dladdr((void *)print, &function) && dladdr((void *)libbpf_version_string, &library) &&
	       function.dli_fbase == library.dli_fbase;
}

static void take_over_printing(void)
{
	libbpf_print_fn_t before = libbpf_set_print(print_libbpf);

	of_program = before && !is_of_libbpf(before) ? before : NULL;
}

struct bcc *bcc_log_enter(struct bcc *b)
{
	struct bcc *before = speaker;

	pthread_once(&once, take_over_printing);
	speaker = b;
	return before;
}

void bcc_log_leave(struct bcc **before)
{
	speaker = *before;
}
