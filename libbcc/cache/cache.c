/* SPDX-License-Identifier: Apache-2.0 */
#include "cache.h"

#include <string.h>

#include "common/cleanup.h"
#include "key.h"

void bcc_cache_begin(struct bcc_cache *cache, const struct bcc_compile_request *request, const char *compiler)
{
	*cache = (struct bcc_cache){0};
	if (!bcc_key_possible(request) || bcc_cache_path(cache->path, sizeof(cache->path)) < 0 ||
		!bcc_key_write(&cache->key, request, compiler))
		return;
	bcc_cache_name(cache->name, bcc_hash(cache->key.data, cache->key.size));
	cache->on = true;
}

void bcc_cache_end(struct bcc_cache *cache)
{
	free(cache->key.data);
	bcc_record_free(&cache->record);
	*cache = (struct bcc_cache){0};
}

static bool dependencies_hold(struct bcc_entry *entry, const struct bcc_cache_user *user)
{
	struct bcc_dependency dependency;

	for (size_t i = 0; i < entry->dependency_count; i++)
		if (!bcc_entry_dependency(entry, &dependency) ||
			!bcc_dependency_holds(&dependency, user->tracefs, user->ctx))
			return false;
	return true;
}

static bool is_usable(
	const struct bcc_cache *cache, struct bcc_entry *entry, const struct bcc_cache_user *user)
{
	struct bcc_entry messages = *entry;
	const char *text;
	int level;

	/* all of it, not only its hash: file names can be made to collide */
	if (entry->request_size != cache->key.size ||
		memcmp(entry->request, cache->key.data, cache->key.size) != 0)
		return false;
	for (size_t i = 0; i < entry->message_count; i++)
		if (!bcc_entry_message(&messages, &level, &text))
			return false;
	return dependencies_hold(entry, user);
}

static void repeat_messages(struct bcc_entry *entry, const struct bcc_cache_user *user)
{
	const char *text;
	int level;

	for (size_t i = 0; i < entry->message_count; i++)
		if (bcc_entry_message(entry, &level, &text))
			user->say(user->ctx, level, text);
}

bool bcc_cache_find(struct bcc_cache *cache, const struct bcc_cache_user *user, void **object, size_t *size)
{
	bcc_auto_fd int directory = cache->on ? bcc_cache_open(cache->path, false) : -1;
	bcc_auto_free void *data = NULL;
	struct bcc_entry entry;
	size_t length;

	if (directory < 0 || bcc_cache_read(directory, cache->name, &data, &length) < 0 ||
		!bcc_entry_read(data, length, &entry) || !is_usable(cache, &entry, user))
		return false;
	*object = malloc(entry.object_size + 1);
	if (!*object)
		return false;
	memcpy(*object, entry.object, entry.object_size);
	*size = entry.object_size;
	repeat_messages(&entry, user);
	return true;
}

void bcc_cache_keep(struct bcc_cache *cache, const void *object, size_t size)
{
	struct bcc_bytes entry = {0};
	bcc_auto_fd int directory = -1;

	if (!cache->on || !bcc_record_finish(&cache->record))
		return;
	directory = bcc_cache_open(cache->path, true);
	if (directory >= 0 &&
		bcc_entry_write(&entry, cache->key.data, cache->key.size, &cache->record, object, size))
		bcc_cache_write(directory, cache->name, entry.data, entry.size, bcc_cache_limit());
	free(entry.data);
}
