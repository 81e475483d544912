/* SPDX-License-Identifier: Apache-2.0 */
/* Texts and flags made from the repository's own by small changes; the same seed makes the same. */
#ifndef TESTS_FUZZ_TEXTS_MUTATE_H
#define TESTS_FUZZ_TEXTS_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* What changes start from. */
struct corpus {
	char **texts;
	size_t count;
	size_t complete; /* the first so many are all of a file: most of them compile */
};

/* Takes the texts of a file: all of a .bpf.c file, the string literals that look like texts of any other. The
 * former come first. */
void corpus_add_file(struct corpus *corpus, const char *path);
void corpus_free(struct corpus *corpus);

struct random {
	uint64_t state;
};

uint64_t random_next(struct random *r);
/* Less than `limit`, which is not 0. */
size_t random_below(struct random *r, size_t limit);

/* The caller frees it. */
char *mutate_text(struct random *r, const struct corpus *corpus);

/* What the text is called; NULL, mostly: nothing. */
const char *mutate_name(struct random *r);

#define MUTATE_MOST_FLAGS 6

/* Fills `flags` with strings (few: NULL) that the caller frees, and returns their number. */
size_t mutate_flags(struct random *r, char *flags[MUTATE_MOST_FLAGS]);

#endif
