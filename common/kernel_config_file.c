/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_config_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include "array.h"

/* The kernel's own copy (CONFIG_IKCONFIG_PROC), and where distributions put it: the first that can be
 * read. */
int bcc_kernel_config_find(const struct bcc_dependencies *dependencies, char *path, struct bcc_err *err)
{
	static const struct {
		const char *before, *after; /* around the release; after NULL: without the release */
	} places[] = {
		{"/proc/config.gz", NULL},
		{"/boot/config-", ""},
		{"/lib/modules/", "/config"},
		{"/lib/modules/", "/build/.config"},
	};
	struct utsname name;

	if (uname(&name))
		return bcc_fail(err, -errno, "uname() failed: %m");
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, PATH_MAX, "%s%s%s", places[i].before, places[i].after ? name.release : "",
			places[i].after ? places[i].after : "");
		bcc_depend_path(dependencies, path);
		if (!access(path, R_OK))
			return 0;
	}
	return bcc_fail(err, -ENOENT,
		"the kernel's configuration is neither in /proc/config.gz (CONFIG_IKCONFIG_PROC) nor in /boot/config-%s",
		name.release);
}

static void kernel_config_close(gzFile *file)
{
	if (*file)
		gzclose(*file);
}

/* "CONFIG_HZ=250"; "# CONFIG_X is not set" and everything else sets nothing. */
static char *kernel_config_split(char *line)
{
	char *value = strchr(line, '=');

	if (strncmp(line, "CONFIG_", 7) || !value)
		return NULL;
	line[strcspn(line, "\r\n")] = '\0';
	*value = '\0';
	return value + 1;
}

int bcc_kernel_config_read(const char *path, int (*fn)(void *ctx, const char *name, const char *value),
	void *ctx, struct bcc_err *err)
{
	/* gzopen() reads uncompressed files unchanged; e: close on exec */
	__attribute__((cleanup(kernel_config_close))) gzFile file = gzopen(path, "rbe");
	char line[4096];
	int code, ret = 0;

	if (!file)
		return bcc_fail(err, errno ? -errno : -ENOMEM, "cannot read %s: %m", path);
	while (!ret && gzgets(file, line, sizeof(line))) {
		const char *value = kernel_config_split(line);

		if (value)
			ret = fn(ctx, line, value);
	}
	if (ret)
		return err->code ? ret : bcc_fail(err, ret, "%s: %s", path, strerror(-ret));
	gzerror(file, &code);
	if (code == Z_ERRNO)
		return bcc_fail(err, errno ? -errno : -EIO, "cannot read %s: %m", path);
	if (code != Z_OK && code != Z_STREAM_END)
		return bcc_fail(err, -EIO, "%s is damaged", path);
	return 0;
}
