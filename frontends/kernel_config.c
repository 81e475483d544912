/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_config.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include "common/array.h"
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

/* "CONFIG_HZ=250"; "# CONFIG_X is not set" and everything else sets nothing. */
static int kernel_config_add_line(struct bcc_flags *flags, const struct config_names *names, char *line)
{
	char *value = strchr(line, '=');

	if (strncmp(line, prefix, strlen(prefix)) || !value)
		return 0;
	line[strcspn(line, "\r\n")] = '\0';
	*value++ = '\0';
	return has_name(names, line) ? kernel_config_add_flag(flags, line, value) : 0;
}

static void close_gz(gzFile *file)
{
	if (*file)
		gzclose(*file);
}

int bcc_config_flags_of(const char *path, const char *text, struct bcc_flags *flags, struct bcc_err *err)
{
	/* gzopen() reads uncompressed files unchanged; e: close on exec */
	__attribute__((cleanup(close_gz))) gzFile file = gzopen(path, "rbe");
	__attribute__((cleanup(config_names_free))) struct config_names names = {0};
	char line[4096];
	int code, ret;

	if (!file)
		return bcc_fail(err, errno ? -errno : -ENOMEM, "cannot read %s: %m", path);
	ret = config_names_init(&names, text);
	while (!ret && gzgets(file, line, sizeof(line)))
		ret = kernel_config_add_line(flags, &names, line);
	if (ret)
		return bcc_fail(err, ret, "out of memory for the kernel's configuration");
	gzerror(file, &code);
	if (code == Z_ERRNO)
		return bcc_fail(err, errno ? -errno : -EIO, "cannot read %s: %m", path);
	if (code != Z_OK && code != Z_STREAM_END)
		return bcc_fail(err, -EIO, "%s is damaged", path);
	return 0;
}

/* The kernel's own copy (CONFIG_IKCONFIG_PROC), and where distributions put it: the first that can be read,
 * or NULL. */
static const char *find_config(const struct bcc_dependencies *dependencies, const char *release, char *path)
{
	static const struct {
		const char *before, *after; /* around the release; after NULL: without the release */
	} places[] = {
		{"/proc/config.gz", NULL},
		{"/boot/config-", ""},
		{"/lib/modules/", "/config"},
		{"/lib/modules/", "/build/.config"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, PATH_MAX, "%s%s%s", places[i].before, places[i].after ? release : "",
			places[i].after ? places[i].after : "");
		bcc_depend_path(dependencies, path);
		if (!access(path, R_OK))
			return path;
	}
	return NULL;
}

int bcc_config_flags(const char *text, const struct bcc_dependencies *dependencies, struct bcc_flags *flags,
	struct bcc_err *err)
{
	char path[PATH_MAX];
	struct utsname name;

	if (uname(&name))
		return bcc_fail(err, -errno, "uname() failed: %m");
	if (find_config(dependencies, name.release, path))
		return bcc_config_flags_of(path, text, flags, err);
	return bcc_fail(err, -ENOENT,
		"the kernel's configuration is neither in /proc/config.gz (CONFIG_IKCONFIG_PROC) nor in /boot/config-%s",
		name.release);
}
