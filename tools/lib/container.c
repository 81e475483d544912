/* SPDX-License-Identifier: Apache-2.0 */
#include <fts.h>
#include <glob.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "container.h"

enum { LEAST_ID = 8, ID_LENGTH = 64 };

struct search {
	const char *root, *name;
	char id[256]; /* of the container; "": not found */
	bool ambiguous;
};

static void container_found(struct search *s, const char *id)
{
	if (*s->id && strcmp(s->id, id))
		s->ambiguous = true;
	snprintf(s->id, sizeof(s->id), "%s", id);
}

/* ---- what the runtimes have written ---- */

static const char *container_text(struct json_object *object, const char *name)
{
	struct json_object *member;

	if (!json_object_object_get_ex(object, name, &member) ||
		!json_object_is_type(member, json_type_string))
		return "";
	return json_object_get_string(member);
}

/* /var/lib/docker/containers/ID/config.v2.json */
static void container_read_docker(struct search *s, const char *path, struct json_object *file)
{
	const char *name = container_text(file, "Name");

	if (!strcmp(name + (*name == '/'), s->name))
		container_found(s, container_text(file, "ID"));
}

/* CRI-O and dockershim call containers k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT. */
static bool container_is_called(const char *full, const char *name)
{
	size_t length = strlen(name);

	if (!strcmp(full, name))
		return true;
	return !strncmp(full, "k8s_", 4) && !strncmp(full + 4, name, length) && full[4 + length] == '_';
}

/* containers.json of containers/storage: Podman, CRI-O */
static void container_read_storage(struct search *s, const char *path, struct json_object *file)
{
	for (size_t i = 0; json_object_is_type(file, json_type_array) && i < json_object_array_length(file);
		i++) {
		struct json_object *container = json_object_array_get_idx(file, i), *names;

		if (!json_object_object_get_ex(container, "names", &names) ||
			!json_object_is_type(names, json_type_array))
			continue;
		for (size_t j = 0; j < json_object_array_length(names); j++) {
			const char *name = json_object_get_string(json_object_array_get_idx(names, j));

			if (name && container_is_called(name, s->name))
				container_found(s, container_text(container, "id"));
		}
	}
}

/* config.json of a bundle, in a directory that has the container's ID: containerd */
static void container_read_bundle(struct search *s, const char *path, struct json_object *file)
{
	const char *end = strrchr(path, '/'), *begin = end;
	struct json_object *annotations;
	char id[256];

	while (begin > path && begin[-1] != '/')
		begin--;
	snprintf(id, sizeof(id), "%.*s", (int)(end - begin), begin);
	if (!strcmp(id, s->name))
		container_found(s, id);
	if (!json_object_object_get_ex(file, "annotations", &annotations))
		return;
	if (!strcmp(container_text(annotations, "io.kubernetes.cri.container-name"), s->name) ||
		!strcmp(container_text(annotations, "nerdctl/name"), s->name))
		container_found(s, id);
}

static const struct {
	const char *paths; /* as for glob() */
	void (*read)(struct search *s, const char *path, struct json_object *file);
} states[] = {
	{"/var/lib/docker/containers/*/config.v2.json", container_read_docker},
	{"/var/lib/containers/storage/*-containers/*containers.json", container_read_storage},
	{"/run/containers/storage/*-containers/*containers.json", container_read_storage},
	{"/root/.local/share/containers/storage/*-containers/*containers.json", container_read_storage},
	{"/home/*/.local/share/containers/storage/*-containers/*containers.json", container_read_storage},
	{"/run/containerd/io.containerd.runtime.v2.task/*/*/config.json", container_read_bundle},
};

static void container_read_state(struct search *s, size_t index)
{
	glob_t found = {0};
	char *pattern;

	if (asprintf(&pattern, "%s%s", s->root, states[index].paths) < 0)
		buffer_no_memory();
	if (!glob(pattern, 0, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc; i++) {
			struct json_object *file = json_object_from_file(found.gl_pathv[i]);

			/* what cannot be read is some other container's */
			if (file && json_object_get_type(file) != json_type_null)
				states[index].read(s, found.gl_pathv[i], file);
			json_object_put(file);
		}
	globfree(&found);
	free(pattern);
}

/* ---- from the ID to the control group ---- */

static bool container_is_id(const char *text)
{
	size_t length = strspn(text, "0123456789abcdef");

	return length >= LEAST_ID && length <= ID_LENGTH && !text[length];
}

/* Whether a directory is that of the container: ID, docker-ID.scope, libpod-ID.scope, crio-ID.scope,
 * cri-containerd-ID.scope. Its monitor has one too. */
static bool container_is_directory(const char *directory, const char *id)
{
	const char *begin = strrchr(directory, '-');

	if (strstr(directory, "conmon"))
		return false;
	begin = begin && container_is_id(id) ? begin + 1 : directory;
	return !strncmp(begin, id, strlen(id)) &&
	       (!begin[strlen(id)] || !strcmp(begin + strlen(id), ".scope") || strlen(begin) >= ID_LENGTH);
}

static char *container_find_directory(struct search *s)
{
	char *top, *paths[2] = {NULL, NULL}, *directory = NULL;
	FTSENT *entry;
	FTS *fts;

	if (asprintf(&top, "%s/sys/fs/cgroup", s->root) < 0)
		buffer_no_memory();
	paths[0] = top;
	fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV | FTS_NOSTAT, NULL);
	while (fts && (entry = fts_read(fts))) {
		if (entry->fts_info != FTS_D || !container_is_directory(entry->fts_name, s->id))
			continue;
		if (directory)
			s->ambiguous = true;
		free(directory);
		directory = strdup(entry->fts_path);
		if (!directory)
			buffer_no_memory();
		fts_set(fts, entry, FTS_SKIP);
	}
	if (fts)
		fts_close(fts);
	free(top);
	return directory;
}

char *container_cgroup(const char *root, const char *name, char *why, size_t why_size)
{
	struct search s = {.root = root, .name = name};
	char *directory = NULL;

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]) && *name; i++)
		container_read_state(&s, i);
	if (!*s.id && container_is_id(name))
		container_found(&s, name);
	if (!*s.id) {
		snprintf(why, why_size,
			"no container '%s' is known to Docker, Podman, CRI-O or containerd on this machine",
			name);
		return NULL;
	}
	if (!s.ambiguous)
		directory = container_find_directory(&s);
	if (s.ambiguous)
		snprintf(why, why_size, "there are several containers '%s'; use the ID", name);
	else if (!directory)
		snprintf(why, why_size, "the container '%s' (%.12s) does not run, or has no control group",
			name, s.id);
	if (s.ambiguous) {
		free(directory);
		directory = NULL;
	}
	return directory;
}
