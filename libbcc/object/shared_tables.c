/* SPDX-License-Identifier: Apache-2.0 */
#include "shared_tables.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libbcc/kernel/map_type.h"

struct shared_table {
	struct shared_table *next;
	const struct bcc *owner; /* NULL: offered by the program that uses the library */
	char *name;
	char *text;	      /* name of the owner's text */
	char *maps_namespace; /* of the texts that share it; NULL: all */
	int fd;		      /* the owner's; its own if there is none */
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
			(t->maps_namespace ? strcmp(t->maps_namespace, b->maps_namespace) == 0
					   : !shared_only))
			return t;
	return NULL;
}

#define DEFINITION_SIZE 128

static const char *object_shared_tables_definition(char *buffer, const struct bcc_map_def *def)
{
	snprintf(buffer, DEFINITION_SIZE, "type %s, key %u bytes, value %u bytes, %u entries, flags %#x",
		bcc_map_type_name(def->type), def->key_size, def->value_size, def->max_entries, def->flags);
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
			"BPF_TABLE_SHARED, nor does the program offer it",
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
	if (!t->owner && t->fd >= 0)
		close(t->fd);
	free(t->name);
	free(t->text);
	free(t->maps_namespace);
	free(t);
}

/* NULL: no memory. */
static struct shared_table *object_shared_tables_new(
	const char *name, const char *text, const char *maps_namespace, const struct bcc_map_def *def)
{
	struct shared_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->name = strdup(name);
	t->text = strdup(text);
	t->maps_namespace = maps_namespace ? strdup(maps_namespace) : NULL;
	t->fd = -1;
	t->def = *def;
	if (t->name && t->text && !maps_namespace == !t->maps_namespace)
		return t;
	object_shared_tables_free_table(t);
	return NULL;
}

static void object_shared_tables_put(struct shared_table *t)
{
	t->next = newest;
	newest = t;
}

int bcc_shared_table_add(
	struct bcc *b, const char *name, const struct bcc_map_def *def, int fd, bool is_shared)
{
	struct shared_table *t = object_shared_tables_new(
		name, b->name ? b->name : "a text", is_shared ? b->maps_namespace : NULL, def);

	if (!t)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	t->owner = b;
	t->fd = fd;
	object_shared_tables_put(t);
	return 0;
}

/* Where the one that the program offers is in the list. */
static struct shared_table **object_shared_tables_offered(const char *maps_namespace, const char *name)
{
	struct shared_table **at = &newest;

	while (*at && ((*at)->owner || strcmp((*at)->name, name) != 0 ||
			      strcmp((*at)->maps_namespace ?: "", maps_namespace ?: "") != 0))
		at = &(*at)->next;
	return at;
}

int bcc_shared_table_offer(
	const char *maps_namespace, const char *name, const struct bcc_map_def *def, int fd)
{
	struct shared_table *t;
	int ret = 0;

	bcc_shared_tables_lock();
	t = *object_shared_tables_offered(maps_namespace, name)
		    ? NULL
		    : object_shared_tables_new(name, "the program", maps_namespace, def);
	if (!t) {
		ret = *object_shared_tables_offered(maps_namespace, name) ? -EEXIST : -ENOMEM;
	} else {
		t->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (t->fd < 0) {
			ret = -errno;
			object_shared_tables_free_table(t);
		} else {
			object_shared_tables_put(t);
		}
	}
	bcc_shared_tables_unlock();
	return ret;
}

int bcc_shared_table_withdraw(const char *maps_namespace, const char *name)
{
	struct shared_table **at, *t;

	bcc_shared_tables_lock();
	at = object_shared_tables_offered(maps_namespace, name);
	t = *at;
	if (t) {
		*at = t->next;
		object_shared_tables_free_table(t);
	}
	bcc_shared_tables_unlock();
	return t ? 0 : -ENOENT;
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
