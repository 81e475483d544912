/* SPDX-License-Identifier: Apache-2.0 */
/* Where objects are pinned: the files of all bpf file systems that this process sees. */
#include "loaded.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/cleanup.h"

#define PINS_DEPTH 32

static int pins_file(struct bcc_loaded *l, const char *path)
{
	bcc_auto_fd int fd = bpf_obj_get(path);
	struct bcc_loaded_entry *entry;
	uint32_t id;
	int kind;

	if (fd < 0 || !bcc_loaded_identify(fd, &kind, &id))
		return 0;
	entry = bcc_loaded_entry_find(l, kind, id);
	return entry ? bcc_loaded_add_pin(entry, path) : 0;
}

static int pins_folder(struct bcc_loaded *l, const char *path, int depth)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bcc_auto_dir DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct statfs fs;
	int ret = 0;

	if (!folder) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	/* something else may be mounted over it */
	if (fstatfs(fd, &fs) || fs.f_type != BPF_FS_MAGIC)
		return 0;
	while (!ret && (entry = readdir(folder))) {
		char inner[PATH_MAX];
		struct stat st;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
			snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name) >= (int)sizeof(inner) ||
			fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		if (S_ISDIR(st.st_mode) && depth < PINS_DEPTH)
			ret = pins_folder(l, inner, depth + 1);
		else if (S_ISREG(st.st_mode))
			ret = pins_file(l, inner);
	}
	return ret;
}

/* Blanks and the like are written in octal: \040. */
static void pins_unescape(char *path)
{
	char *to = path;

	for (const char *at = path; *at; at++, to++) {
		if (*at == '\\' && strspn(at + 1, "01234567") >= 3) {
			*to = (char)((at[1] - '0') * 64 + (at[2] - '0') * 8 + (at[3] - '0'));
			at += 3;
		} else {
			*to = *at;
		}
	}
	*to = '\0';
}

/* "36 35 98:0 /ROOT /MOUNT OPTIONS … - TYPE SOURCE OPTIONS"; NULL: it is of another type. */
static char *pins_mount_point(char *line)
{
	char *dash = strstr(line, " - bpf "), *at = line;

	for (int i = 0; i < 4 && at; i++)
		at = strchr(at + 1, ' ');
	if (!dash || !at || at > dash)
		return NULL;
	at++;
	at[strcspn(at, " ")] = '\0';
	pins_unescape(at);
	return at;
}

int bcc_loaded_read_pins(struct bcc_loaded *l)
{
	bcc_auto_file FILE *mounts = fopen("/proc/self/mountinfo", "re");
	bcc_auto_free char *line = NULL, *before = strdup("");
	size_t room = 0;
	int ret = before ? 0 : -ENOMEM;

	while (!ret && mounts && getline(&line, &room, mounts) > 0) {
		const char *path = pins_mount_point(line);

		/* of several mounts at one place only the last is seen */
		if (!path || !strcmp(path, before))
			continue;
		ret = pins_folder(l, path, 0);
		free(before);
		before = strdup(path);
		ret = before ? ret : -ENOMEM;
	}
	return ret;
}
