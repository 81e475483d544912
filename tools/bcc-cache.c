/* SPDX-License-Identifier: Apache-2.0 */
/* Shows or empties the cache of compiled programs. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bcc/cache.h>

static int bcc_cache_fail(const struct bcc_cache_info *info, int code)
{
	fprintf(stderr, "bcc-cache: %s: %s\n", info->directory ? info->directory : "no directory",
		code == -EPERM ? "not used: it must belong to this user, and nobody else may write to it"
			       : strerror(-code));
	return 1;
}

static int bcc_cache_show(const struct bcc_cache_info *info)
{
	if (!info->directory)
		puts("no cache: BCC_CACHE=0, or no home directory");
	else
		printf("%s: %zu objects, %.1f of %.0f MB\n", info->directory, info->objects,
			info->bytes / 1048576.0, info->limit / 1048576.0);
	return 0;
}

int main(int argc, char **argv)
{
	struct bcc_cache_info info = {.size = sizeof(info)};
	int code = bcc_cache_info(&info), removed;

	if (argc > 2 || (argc == 2 && strcmp(argv[1], "--clear") != 0)) {
		bool help = argc == 2 && strcmp(argv[1], "--help") == 0;

		fputs("usage: bcc-cache [--clear]\nShows where compiled programs are cached and how much space they use; "
		      "--clear removes them.\n",
			help ? stdout : stderr);
		return help ? 0 : 2;
	}
	if (code < 0)
		return bcc_cache_fail(&info, code);
	if (argc == 1)
		return bcc_cache_show(&info);
	removed = bcc_cache_clear();
	if (removed < 0)
		return bcc_cache_fail(&info, removed);
	printf("%d objects removed\n", removed);
	return 0;
}
