/* SPDX-License-Identifier: Apache-2.0 */
/* What a compilation reports while it runs: its dependencies, and its messages, which a cached object
 * repeats. */
#ifndef LIBBCC_CACHE_COMPILE_OUTPUT_H
#define LIBBCC_CACHE_COMPILE_OUTPUT_H

#include "common/dependency.h"

struct bcc_message {
	int level; /* enum bcc_log_level */
	char *text;
};

struct bcc_record {
	struct bcc_dependency *dependencies; /* names are owned */
	size_t dependency_count, dependency_room;
	struct bcc_message *messages;
	size_t message_count;
	bool failed; /* out of memory for some of it */
};

/* The add() of a struct bcc_dependencies. */
void bcc_record_dependency(void *record, const struct bcc_dependency *dependency);
void bcc_record_message(struct bcc_record *record, int level, const char *text);

/* Sorts the dependencies and removes duplicates. Returns false if the object cannot be cached: something
 * cannot be checked, or was seen in two states. */
bool bcc_record_finish(struct bcc_record *record);

void bcc_record_free(struct bcc_record *record);

#endif
