/* SPDX-License-Identifier: Apache-2.0 */
#include "pinned.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "libbcc/kernel/opened.h"
#include "libbcc/kernel/pin.h"
#include "libbcc/log.h"
#include "libbcc/table/table.h"

#define PIN_FOLDER "/sys/fs/bpf"

static int fail_path(struct bcc *b, const char *name, const char *path, int code)
{
	char what[256];

	snprintf(what, sizeof(what), "table %s", name);
	return bcc_fail_pin(&b->err, code, path, what);
}

static bool is_same(const struct bpf_map_info *info, const struct bcc_map_def *def)
{
	return info->type == def->type && info->max_entries == def->max_entries &&
	       info->map_flags == def->flags;
}

static bool has_sizes(const struct bpf_map_info *info, const struct bcc_map_def *def)
{
	return info->key_size == def->key_size && info->value_size == def->value_size;
}

/* Opens the table that is pinned there already, and reads what it is. */
static int open_pinned(struct bcc *b, const char *path, const char *name, struct bpf_map_info *info, int *out)
{
	uint32_t size = sizeof(*info);
	int fd = bpf_obj_get(path), ret;

	memset(info, 0, sizeof(*info));
	if (fd == -ENOENT)
		return fd;
	if (fd < 0)
		return fail_path(b, name, path, fd);
	ret = bpf_obj_get_info_by_fd(fd, info, &size);
	if (ret == 0 && info->type != BPF_MAP_TYPE_UNSPEC) {
		*out = fd;
		return 0;
	}
	close(fd);
	return bcc_fail(
		&b->err, ret ? ret : -EINVAL, "table %s: what is pinned at %s is not a map", name, path);
}

static int fail_other(struct bcc *b, const char *name, const char *path, const struct bpf_map_info *info)
{
	return bcc_fail(&b->err, -EINVAL,
		"table %s: the one pinned at %s is different: type %s, key %u bytes, value %u bytes, %u entries, flags %#x",
		name, path, bcc_map_type_name(info->type), info->key_size, info->value_size,
		info->max_entries, info->map_flags);
}

/* Creates the table and pins it. Returns -EEXIST without a message if someone else was faster. */
static int create_pinned(struct bcc *b, const char *path, const char *name, const struct bcc_map_def *def,
	int inner_fd, int *out)
{
	int ret = bcc_table_create(b, name, def, inner_fd, out);

	if (ret < 0)
		return ret;
	ret = bpf_obj_pin(*out, path);
	if (ret == 0)
		return 0;
	close(*out);
	*out = -1;
	return ret == -EEXIST ? ret : fail_path(b, name, path, ret);
}

/* `info->type` tells whether it existed. */
static int open_or_create(struct bcc *b, const char *path, const char *name, const struct bcc_map_def *def,
	int inner_fd, struct bpf_map_info *info, int *out)
{
	int ret = open_pinned(b, path, name, info, out);

	if (ret != -ENOENT)
		return ret;
	ret = create_pinned(b, path, name, def, inner_fd, out);
	return ret == -EEXIST ? open_pinned(b, path, name, info, out) : ret;
}

int bcc_pinned_at(
	struct bcc *b, const char *path, const char *name, struct bcc_map_def *def, int inner_fd, int *out)
{
	struct bpf_map_info info;
	int ret = open_or_create(b, path, name, def, inner_fd, &info, out);

	if (ret < 0 || !info.type)
		return ret;
	if (!has_sizes(&info, def)) {
		close(*out);
		*out = -1;
		return fail_other(b, name, path, &info);
	}
	if (!is_same(&info, def))
		bcc_say(b, BCC_LOG_WARN,
			"table %s: using the one pinned at %s, which has type %s, %u entries, flags %#x; the text says type %s, "
			"%u entries, flags %#x\n",
			name, path, bcc_map_type_name(info.type), info.max_entries, info.map_flags,
			bcc_map_type_name(def->type), def->max_entries, def->flags);
	def->type = info.type;
	def->max_entries = info.max_entries;
	def->flags = info.map_flags;
	return 0;
}

int bcc_pinned_by_name(struct bcc *b, const char *name, const struct bcc_map_def *def, int inner_fd, int *out)
{
	struct bpf_map_info info;
	char path[256];
	int ret;

	if (strchr(name, '/') || snprintf(path, sizeof(path), PIN_FOLDER "/%s", name) >= (int)sizeof(path))
		return bcc_fail(&b->err, -EINVAL, "table %s: its name is not a valid file name", name);
	ret = open_or_create(b, path, name, def, inner_fd, &info, out);
	if (ret < 0 || !info.type || (has_sizes(&info, def) && is_same(&info, def)))
		return ret;
	close(*out);
	*out = -1;
	return fail_other(b, name, path, &info);
}

int bcc_table_pin(struct bcc_table *t, const char *path)
{
	int ret;

	if (!t)
		return -EINVAL;
	if (!path || !*path)
		return bcc_fail(&t->owner->err, -EINVAL, "the path to pin table %s at is missing", t->name);
	BCC_LOG_SCOPE(t->owner);
	ret = t->fd < 0 ? -ENOENT : bpf_obj_pin(t->fd, path);
	if (ret == -ENOENT && t->fd < 0)
		return bcc_fail(
			&t->owner->err, ret, "table %s cannot be pinned before bcc_create()", t->name);
	return ret ? fail_path(t->owner, t->name, path, ret) : 0;
}

/* ---- tables of no text ---- */

static void opened_table_free(struct bcc_table *t)
{
	if (t->fd >= 0)
		close(t->fd);
	free((char *)t->name);
	bcc_table_types_free(t);
	btf__free(t->btf);
	free(t);
}

void bcc_opened_tables_close(struct bcc *b)
{
	while (b->opened_tables) {
		struct bcc_table *t = b->opened_tables;

		b->opened_tables = t->next;
		opened_table_free(t);
	}
}

/* The types that its creator gave it, if the kernel was told. */
static void opened_table_types(struct bcc_table *t, const struct bpf_map_info *info)
{
	t->btf = info->btf_id ? btf__load_from_kernel_by_id(info->btf_id) : NULL;
	if (!t->btf)
		return;
	t->btf_key_type = info->btf_key_type_id;
	t->btf_value_type = info->btf_value_type_id;
}

static struct bcc_table *opened_table_new(struct bcc *b, int fd, const struct bpf_map_info *info)
{
	struct bcc_table *t = calloc(1, sizeof(*t));

	if (!t || !(t->name = strndup(info->name, sizeof(info->name)))) {
		free(t);
		close(fd);
		return NULL;
	}
	t->owner = b;
	t->fd = fd;
	t->type = info->type;
	t->key_size = info->key_size;
	t->value_size = info->value_size;
	t->max_entries = info->max_entries;
	t->flags = info->map_flags;
	opened_table_types(t, info);
	return t;
}

/* Takes the descriptor, of what messages call `what`. */
static int opened_table_add(struct bcc *b, int fd, const char *what, struct bcc_table **table)
{
	struct bpf_map_info info = {0};
	struct bcc_table *t;
	int ret = bcc_opened_info(&b->err, fd, "bpf-map", "table", what, &info, sizeof(info));

	if (ret) {
		close(fd);
		return ret;
	}
	t = opened_table_new(b, fd, &info);
	if (!t)
		return bcc_fail(&b->err, -ENOMEM, "out of memory for a table");
	t->next = b->opened_tables;
	b->opened_tables = t;
	*table = t;
	return 0;
}

int bcc_table_open_pinned(struct bcc *b, const char *path, struct bcc_table **table)
{
	bcc_auto_free char *what = NULL;
	int fd;

	if (!b)
		return -EINVAL;
	if (!path || !*path || !table)
		return bcc_fail(&b->err, -EINVAL, "the path of the table, or the place for it, is missing");
	BCC_LOG_SCOPE(b);
	fd = bcc_opened_pin(&b->err, path, "table");
	if (fd < 0)
		return fd;
	if (asprintf(&what, "what is pinned at %s", path) < 0)
		what = NULL;
	return opened_table_add(b, fd, what ? what : path, table);
}

int bcc_table_open_id(struct bcc *b, uint32_t id, struct bcc_table **table)
{
	char what[32];
	int fd;

	if (!b)
		return -EINVAL;
	if (!table)
		return bcc_fail(&b->err, -EINVAL, "the place for the table is missing");
	BCC_LOG_SCOPE(b);
	fd = bpf_map_get_fd_by_id(id);
	if (fd == -EPERM || fd == -EACCES)
		return bcc_fail(&b->err, fd,
			"table %u cannot be opened: the kernel wants CAP_SYS_ADMIN for that; run it as root",
			id);
	if (fd < 0)
		return bcc_fail(&b->err, fd, "table %u cannot be opened: %s", id,
			fd == -ENOENT ? "there is none, or not any more" : strerror(-fd));
	snprintf(what, sizeof(what), "table %u", id);
	return opened_table_add(b, fd, what, table);
}
