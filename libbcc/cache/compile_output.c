/* SPDX-License-Identifier: Apache-2.0 */
#include "compile_output.h"

#include <stdlib.h>
#include <string.h>

void bcc_record_dependency(void *ctx, const struct bcc_dependency *dependency)
{
	struct bcc_record *record = ctx;
	char *name = strdup(dependency->name);

	if (name && record->dependency_count == record->dependency_room) {
		size_t room = record->dependency_room ? 2 * record->dependency_room : 64;
		struct bcc_dependency *more =
			reallocarray(record->dependencies, room, sizeof(*record->dependencies));

		if (more) {
			record->dependencies = more;
			record->dependency_room = room;
		}
	}
	if (!name || record->dependency_count == record->dependency_room) {
		free(name);
		record->failed = true;
		return;
	}
	record->dependencies[record->dependency_count] = *dependency;
	record->dependencies[record->dependency_count++].name = name;
}

void bcc_record_message(struct bcc_record *record, int level, const char *text)
{
	struct bcc_message *more =
		reallocarray(record->messages, record->message_count + 1, sizeof(*record->messages));
	char *own = strdup(text);

	if (more)
		record->messages = more;
	if (!more || !own) {
		free(own);
		record->failed = true;
		return;
	}
	record->messages[record->message_count++] = (struct bcc_message){level, own};
}

static int cache_compile_output_compare(const void *a, const void *b)
{
	const struct bcc_dependency *left = a, *right = b;
	int names = strcmp(left->name, right->name);

	return names ? names : (int)left->kind - (int)right->kind;
}

/* A path that both existed and did not, or had two contents: the compilation did not see one consistent
 * state. */
static bool cache_compile_output_contradicts(const struct bcc_dependency *a, const struct bcc_dependency *b)
{
	if (strcmp(a->name, b->name) != 0)
		return false;
	if (a->kind == b->kind)
		return !bcc_hash_equal(a->hash, b->hash);
	return a->kind == BCC_DEPENDS_ABSENT || b->kind == BCC_DEPENDS_ABSENT;
}

bool bcc_record_finish(struct bcc_record *record)
{
	struct bcc_dependency *all = record->dependencies;
	size_t kept = 0;

	if (record->failed)
		return false;
	if (record->dependency_count)
		qsort(all, record->dependency_count, sizeof(*all), cache_compile_output_compare);
	for (size_t i = 0; i < record->dependency_count; i++) {
		if (all[i].kind == BCC_DEPENDS_OTHER ||
			(i + 1 < record->dependency_count &&
				cache_compile_output_contradicts(&all[i], &all[i + 1])))
			return false;
	}
	for (size_t i = 0; i < record->dependency_count; i++) {
		if (kept && cache_compile_output_compare(&all[kept - 1], &all[i]) == 0)
			free((char *)all[i].name);
		else
			all[kept++] = all[i];
	}
	record->dependency_count = kept;
	return true;
}

void bcc_record_free(struct bcc_record *record)
{
	for (size_t i = 0; i < record->dependency_count; i++)
		free((char *)record->dependencies[i].name);
	for (size_t i = 0; i < record->message_count; i++)
		free(record->messages[i].text);
	free(record->dependencies);
	free(record->messages);
	*record = (struct bcc_record){0};
}
