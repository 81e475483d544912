/* SPDX-License-Identifier: Apache-2.0 */
#include "shared_tables.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shared_table {
	struct shared_table *next;
	const struct bcc *owner;
	char *name;
	char *text;	/* name of the owner's text */
	int fd;		/* the owner's */
	bool is_shared; /* in the owner's namespace; otherwise with all */
	struct bcc_map_def def;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct shared_table *newest;

void bcc_shared_tables_lock(void)
{
	pthread_mutex_lock(&lock);
}

void bcc_shared_tables_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

static const struct shared_table *object_shared_tables_find(
	const struct bcc *b, const char *name, bool shared_only)
{
	for (const struct shared_table *t = newest; t; t = t->next)
		if (strcmp(t->name, name) == 0 &&
			(t->is_shared ? strcmp(t->owner->maps_namespace, b->maps_namespace) == 0
				      : !shared_only))
			return t;
	return NULL;
}

#define DEFINITION_SIZE 128

static const char *object_shared_tables_definition(char *buffer, const struct bcc_map_def *def)
{
	snprintf(buffer, DEFINITION_SIZE, "type %u, key %u bytes, value %u bytes, %u entries, flags %#x",
		def->type, def->key_size, def->value_size, def->max_entries, def->flags);
	return buffer;
}

static int open_again(struct bcc *b, const struct shared_table *t, int *out)
{
	*out = fcntl(t->fd, F_DUPFD_CLOEXEC, 0);
	return *out < 0 ? bcc_fail(&b->err, -errno, "table %s: %m", t->name) : 0;
}

int bcc_shared_table_use(struct bcc *b, const char *name, struct bcc_map_def *def, int *out)
{
	const struct shared_table *t = object_shared_tables_find(b, name, false);
	char theirs[DEFINITION_SIZE];

	if (!t)
		return bcc_fail(&b->err, -ENOENT,
			"table %s is \"extern\", but no text that is open in this process has it as BPF_TABLE_PUBLIC or "
			"BPF_TABLE_SHARED",
			name);
	/* a queue has no keys, but BPF_TABLE requires a type for them */
	if ((t->def.key_size && t->def.key_size != def->key_size) || t->def.value_size != def->value_size)
		return bcc_fail(&b->err, -EINVAL,
			"table %s is \"extern\" with key %u bytes, value %u bytes, but %s defines it with %s",
			name, def->key_size, def->value_size, t->text,
			object_shared_tables_definition(theirs, &t->def));
	def->type = t->def.type;
	def->key_size = t->def.key_size;
	def->max_entries = t->def.max_entries;
	def->flags = t->def.flags;
	return open_again(b, t, out);
}

int bcc_shared_table_join(struct bcc *b, const char *name, const struct bcc_map_def *def, int *out)
{
	const struct shared_table *t = object_shared_tables_find(b, name, true);
	char ours[DEFINITION_SIZE], theirs[DEFINITION_SIZE];

	if (!t)
		return 0;
	object_shared_tables_definition(ours, def);
	if (strcmp(ours, object_shared_tables_definition(theirs, &t->def)) != 0)
		return bcc_fail(&b->err, -EINVAL,
			"shared table %s is defined differently: here with %s, in %s with %s", name, ours,
			t->text, theirs);
	return open_again(b, t, out);
}

static void object_shared_tables_free_table(struct shared_table *t)
{
	free(t->name);
	free(t->text);
	free(t);
}

int bcc_shared_table_add(
	struct bcc *b, const char *name, const struct bcc_map_def *def, int fd, bool is_shared)
{
	struct shared_table *t = calloc(1, sizeof(*t));

	if (t) {
		t->name = strdup(name);
		t->text = strdup(b->name ? b->name : "a text");
	}
	if (!t || !t->name || !t->text) {
		if (t)
			object_shared_tables_free_table(t);
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	}
	t->owner = b;
	t->fd = fd;
	t->is_shared = is_shared;
	t->def = *def;
	t->next = newest;
	newest = t;
	return 0;
}

void bcc_shared_tables_forget(const struct bcc *b)
{
	struct shared_table **at = &newest, *t;

	bcc_shared_tables_lock();
	while ((t = *at)) {
		if (t->owner == b) {
			*at = t->next;
			object_shared_tables_free_table(t);
		} else {
			at = &t->next;
		}
	}
	bcc_shared_tables_unlock();
}
