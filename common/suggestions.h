/* SPDX-License-Identifier: Apache-2.0 */
/* "did you mean": the few names that are closest to one that was not found. */
#ifndef COMMON_SUGGESTIONS_H
#define COMMON_SUGGESTIONS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BCC_NEAR_NAMES 3
#define BCC_NEAR_LENGTH 128 /* longer names are neither searched for nor suggested */

struct bcc_near_names {
	const char *wanted;
	size_t length; /* length of `wanted` */
	int count;
	struct {
		char name[BCC_NEAR_LENGTH];
		unsigned distance;
	} best[BCC_NEAR_NAMES]; /* closest first */
};

void bcc_near_init(struct bcc_near_names *near, const char *wanted);
/* Keeps `name` if it is similar, and closer than those kept so far. */
void bcc_near_offer(struct bcc_near_names *near, const char *name);
/* Offers the names of the subdirectories of `path`, relative to `dir_fd`. */
void bcc_near_offer_dirs(struct bcc_near_names *near, int dir_fd, const char *path);
/* "; did you mean A, B or C?", or "" when nothing is close. Returns buf. */
const char *bcc_near_text(const struct bcc_near_names *near, char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif
