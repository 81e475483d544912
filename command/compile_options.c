/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "buffer.h"
#include "compile_options.h"
#include "verb.h"

static void compile_options_add(struct compile_options *options, char *flag)
{
	options->flags = buffer_grow(options->flags, (options->count + 2) * sizeof(*options->flags));
	options->flags[options->count++] = flag;
	options->flags[options->count] = NULL;
}

static char *compile_options_copy(const char *flag)
{
	char *copy = strdup(flag);

	if (!copy)
		buffer_no_memory();
	return copy;
}

/* How long clang's name of an option is whose argument is the rest of the word, or the next; 0: another. */
static size_t compile_options_clang(const char *word)
{
	static const char *const names[] = {"-include", "-imacros", "-isystem", "-iquote", "-idirafter"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncmp(word, names[i], strlen(names[i])))
			return strlen(names[i]);
	return 0;
}

int compile_options_take(struct compile_options *options, int *argc, char **argv, const char *name)
{
	int kept = 1, i;

	for (i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
		size_t length = compile_options_clang(argv[i]);

		if (!length) {
			argv[kept++] = argv[i];
			continue;
		}
		if (!argv[i][length] && i + 1 == *argc)
			return verb_usage(name, "%s: what follows it is missing", argv[i]);
		compile_options_add(options, compile_options_copy(argv[i]));
		if (!argv[i][length])
			compile_options_add(options, compile_options_copy(argv[++i]));
	}
	while (i < *argc)
		argv[kept++] = argv[i++];
	argv[kept] = NULL;
	*argc = kept;
	return 0;
}

error_t compile_option(struct compile_options *options, int key, const char *argument)
{
	char *flag;

	switch (key) {
	case 'I':
	case 'D':
	case 'U':
		if (asprintf(&flag, "-%c%s", key, argument) < 0)
			buffer_no_memory();
		compile_options_add(options, flag);
		return 0;
	case 'b':
		options->btf = argument;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

struct bcc_open_opts compile_options_open(const struct compile_options *options)
{
	return BCC_OPTS(struct bcc_open_opts, .cflags = options->flags, .cflags_count = options->count,
		.btf_path = options->btf);
}

void compile_options_free(struct compile_options *options)
{
	for (size_t i = 0; i < options->count; i++)
		free((char *)options->flags[i]);
	free(options->flags);
}
