/* SPDX-License-Identifier: Apache-2.0 */
/* Shows or empties the cache of compiled programs. */
#include <argp.h>
#include <bcc/cache.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "verb.h"

static const struct argp_option cache_options[] = {
	{"clear", 'c', NULL, 0, "Remove all objects, and print how many there were", 0},
	{0},
};

static error_t cache_option(int key, char *argument, struct argp_state *state)
{
	bool *clear = state->input;

	switch (key) {
	case 'c':
		*clear = true;
		return 0;
	default:
		return verb_no_arguments(key, argument, state);
	}
}

static const struct argp cache_argp = {
	cache_options,
	cache_option,
	"",
	"Shows where compiled programs are cached and how much space they use.",
	NULL,
	NULL,
	NULL,
};

static int cache_fail(const char *name, const struct bcc_cache_info *info, int code)
{
	return verb_fail(name, "%s: %s", info->directory ? info->directory : "no directory",
		code == -EPERM ? "not used: it must belong to this user, and nobody else may write to it"
			       : strerror(-code));
}

static int cache_show(const struct bcc_cache_info *info)
{
	if (!info->directory)
		puts("no cache: BCC_CACHE=0, or no home directory");
	else
		printf("%s: %zu objects, %.1f of %.0f MB\n", info->directory, info->objects,
			info->bytes / 1048576.0, info->limit / 1048576.0);
	return 0;
}

static int cache_run(int argc, char **argv)
{
	struct bcc_cache_info info = {.size = sizeof(info)};
	bool clear = false;
	int ret;

	if (argp_parse(&cache_argp, argc, argv, 0, NULL, &clear))
		return 2;
	ret = bcc_cache_info(&info);
	if (ret < 0)
		return cache_fail(argv[0], &info, ret);
	if (!clear)
		return cache_show(&info);
	ret = bcc_cache_clear();
	if (ret < 0)
		return cache_fail(argv[0], &info, ret);
	printf("%d objects removed\n", ret);
	return 0;
}

const struct verb verb_cache = {
	"cache",
	"[--clear]",
	"Shows or empties the cache of compiled programs",
	cache_run,
};
