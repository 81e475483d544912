/* SPDX-License-Identifier: Apache-2.0 */
#include "unknown.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/suggestions.h"
#include "frontends/renames/tracepoints.h"

/* Events of that name in any category: "; did you mean CATEGORY:NAME?" */
static bool unknown_find_category(int tracefs_fd, const char *event, char *buf, size_t size)
{
	int fd = openat(tracefs_fd, "events", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bcc_auto_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	char path[PATH_MAX];

	if (fd >= 0 && !dir)
		close(fd);
	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.' ||
			snprintf(path, sizeof(path), "%s/%s/format", entry->d_name, event) >=
				(int)sizeof(path) ||
			faccessat(fd, path, F_OK, 0))
			continue;
		snprintf(buf, size, "; did you mean %s:%s?", entry->d_name, event);
		return true;
	}
	return false;
}

int bcc_tracepoint_unknown(int tracefs_fd, const char *category_and_name, struct bcc_err *err)
{
	const char *parting = strstr(category_and_name, "__"), *event = parting ? parting + 2 : "";
	char category[NAME_MAX], path[NAME_MAX + 8], hint[3 * BCC_NEAR_LENGTH + 32];
	struct bcc_near_names near;
	char became[256];
	bool has_category;

	if (!parting || parting == category_and_name || !*event)
		return bcc_fail(err, -ENOENT,
			"\"%s\" does not name a tracepoint: two underscores stand between its category and its name, as in "
			"tracepoint__sched__sched_switch",
			category_and_name);
	snprintf(category, sizeof(category), "%.*s", (int)(parting - category_and_name), category_and_name);
	snprintf(path, sizeof(path), "events/%s", category);
	has_category = !faccessat(tracefs_fd, path, F_OK, 0);
	bcc_tracepoint_became(category_and_name, NULL, became, sizeof(became));
	/* where there are none of system calls, it is not about their names */
	if (*became && (has_category || strcmp(category, "syscalls") != 0))
		return bcc_fail(
			err, -ENOENT, "this kernel has no tracepoint %s:%s%s", category, event, became);
	if (has_category) {
		bcc_near_init(&near, event);
		bcc_near_offer_dirs(&near, tracefs_fd, path);
		if (near.count || !unknown_find_category(tracefs_fd, event, hint, sizeof(hint)))
			bcc_near_text(&near, hint, sizeof(hint));
		return bcc_fail(err, -ENOENT, "this kernel has no tracepoint %s:%s%s%s", category, event,
			hint, *hint ? "" : " (tracefs' available_events lists those it has)");
	}
	if (!unknown_find_category(tracefs_fd, event, hint, sizeof(hint))) {
		bcc_near_init(&near, category);
		bcc_near_offer_dirs(&near, tracefs_fd, "events");
		bcc_near_text(&near, hint, sizeof(hint));
	}
	return bcc_fail(err, -ENOENT, "this kernel has no tracepoint %s:%s, and no category %s%s%s", category,
		event, category,
		!strcmp(category, "syscalls")
			? " (it has no CONFIG_FTRACE_SYSCALLS; raw_syscalls:sys_enter and sys_exit see all system calls)"
			: "",
		hint);
}
