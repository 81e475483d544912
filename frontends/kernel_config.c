/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_config.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/kernel_config_file.h"
#include "common/name_index.h"

static const char prefix[] = "CONFIG_", module_suffix[] = "_MODULE";

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The next CONFIG_ name at or after `at`, or NULL. */
static const char *next_name(const char *text, const char *at, size_t *length)
{
	for (at = strstr(at, prefix); at; at = strstr(at + 1, prefix)) {
		if (at > text && in_name(at[-1]))
			continue;
		*length = 0;
		while (in_name(at[*length]))
			++*length;
		return at;
	}
	return NULL;
}

bool bcc_config_wanted(const char *text)
{
	size_t length;

	return next_name(text, text, &length) != NULL;
}

/* ---- the text's names ---- */

struct config_names {
	char *text; /* a copy, cut where names end */
	struct bcc_name_index index;
};

static void config_names_free(struct config_names *names)
{
	bcc_name_index_free(&names->index);
	free(names->text);
}

static int config_names_init(struct config_names *names, const char *text)
{
	size_t length, count = 0;

	*names = (struct config_names){.text = strdup(text)};
	for (const char *at = text; (at = next_name(text, at, &length)); at += length)
		count++;
	if (!names->text || bcc_name_index_init(&names->index, count))
		return -ENOMEM;
	for (const char *at = text; (at = next_name(text, at, &length)); at += length) {
		char *name = names->text + (at - text);

		name[length] = '\0';
		bcc_name_index_add(&names->index, name, 0);
	}
	bcc_name_index_sort(&names->index);
	return 0;
}

/* Whether the text has `name`, or the name that IS_ENABLED() and #ifdef use if it is a module. */
static bool has_name(const struct config_names *names, const char *name)
{
	char module[4096 + sizeof(module_suffix)];

	if (bcc_name_index_find(&names->index, name))
		return true;
	snprintf(module, sizeof(module), "%s%s", name, module_suffix);
	return bcc_name_index_find(&names->index, module);
}

/* ---- the kernel's configuration ---- */

static int kernel_config_add_flag(struct bcc_flags *flags, const char *name, const char *value)
{
	if (!strcmp(value, "n")) /* not written by Kconfig itself, but accepted by it */
		return 0;
	if (!strcmp(value, "y"))
		return bcc_flags_add(flags, "-D%s=1", name);
	if (!strcmp(value, "m"))
		return bcc_flags_add(flags, "-D%s%s=1", name, module_suffix);
	return bcc_flags_add(flags, "-D%s=%s", name, value);
}

struct config_reader {
	struct bcc_flags *flags;
	struct config_names names;
};

static int kernel_config_add_line(void *ctx, const char *name, const char *value)
{
	struct config_reader *reader = ctx;

	return has_name(&reader->names, name) ? kernel_config_add_flag(reader->flags, name, value) : 0;
}

int bcc_config_flags_of(const char *path, const char *text, struct bcc_flags *flags, struct bcc_err *err)
{
	struct config_reader reader = {.flags = flags};
	int ret = config_names_init(&reader.names, text);

	if (ret)
		ret = bcc_fail(err, ret, "out of memory for the kernel's configuration");
	else
		ret = bcc_kernel_config_read(path, kernel_config_add_line, &reader, err);
	config_names_free(&reader.names);
	return ret;
}

int bcc_config_flags(const char *text, const struct bcc_dependencies *dependencies, struct bcc_flags *flags,
	struct bcc_err *err)
{
	char path[PATH_MAX];
	int ret;

	ret = bcc_kernel_config_find(dependencies, path, err);
	return ret ? ret : bcc_config_flags_of(path, text, flags, err);
}
