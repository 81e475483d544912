/* SPDX-License-Identifier: Apache-2.0 */
#include "hash.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* header-only, so that no program has to load the library */
#define XXH_INLINE_ALL
#include <xxhash.h>

#define CHUNK 65536
#define HASHED_MAX (256L << 20) /* nothing that goes into an object is so large */

static struct bcc_hash of_xxh(XXH128_hash_t hash)
{
	return (struct bcc_hash){hash.low64, hash.high64};
}

struct bcc_hash bcc_hash(const void *data, size_t size)
{
	return of_xxh(XXH3_128bits(data, size));
}

bool bcc_hash_equal(struct bcc_hash a, struct bcc_hash b)
{
	return a.low == b.low && a.high == b.high;
}

static int hash_chunks(int fd, XXH3_state_t *state, void *chunk)
{
	long total = 0;
	ssize_t n;

	XXH3_128bits_reset(state);
	while ((n = read(fd, chunk, CHUNK)) != 0) {
		if (n > 0 && (total += n) > HASHED_MAX)
			return -EFBIG;
		if (n > 0)
			XXH3_128bits_update(state, chunk, n);
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}

int bcc_hash_fd(int fd, struct bcc_hash *out)
{
	XXH3_state_t *state = XXH3_createState();
	void *chunk = malloc(CHUNK);
	int ret = -ENOMEM;

	if (state && chunk) {
		ret = hash_chunks(fd, state, chunk);
		*out = of_xxh(XXH3_128bits_digest(state));
	}
	free(chunk);
	XXH3_freeState(state);
	return ret;
}
