/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "watch.h"

static const char *watch_file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Editors write another file and rename it, so that it is the folder that is watched. */
static int watch_folder(struct watch *w, const char *path)
{
	const char *file = watch_file_name(path);
	char *folder = file == path ? strdup(".") : strndup(path, file - path);
	int number;

	if (!folder)
		return -ENOMEM;
	number = inotify_add_watch(w->fd, folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR);
	free(folder);
	return number < 0 ? -errno : number;
}

int watch_open(struct watch *w, const char *const *paths, size_t count)
{
	*w = (struct watch){.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), .paths = paths};
	if (w->fd < 0)
		return -errno;
	w->folders = calloc(count ? count : 1, sizeof(*w->folders));
	if (!w->folders)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		w->folders[i] = watch_folder(w, paths[i]);
		if (w->folders[i] < 0)
			return w->folders[i];
		w->count++;
	}
	return 0;
}

void watch_read(struct watch *w, void (*changed)(void *ctx, size_t index), void *ctx)
{
	char events[4096] __attribute__((aligned(8)));
	bool *is_changed = calloc(w->count ? w->count : 1, sizeof(*is_changed));
	ssize_t size;

	while (is_changed && (size = read(w->fd, events, sizeof(events))) > 0) {
		const struct inotify_event *event;

		for (char *at = events; at < events + size; at += sizeof(*event) + event->len) {
			event = (const struct inotify_event *)at;
			for (size_t i = 0; i < w->count; i++)
				is_changed[i] |= event->len && event->wd == w->folders[i] &&
						 !strcmp(event->name, watch_file_name(w->paths[i]));
		}
	}
	/* a file that was written in several pieces is compiled once */
	for (size_t i = 0; is_changed && i < w->count; i++)
		if (is_changed[i])
			changed(ctx, i);
	free(is_changed);
}

void watch_close(struct watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	free(w->folders);
	*w = (struct watch){.fd = -1};
}
