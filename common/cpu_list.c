/* SPDX-License-Identifier: Apache-2.0 */
#include "common/cpu_list.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/cleanup.h"

enum { MOST = 1 << 16 }; /* eight times the greatest CONFIG_NR_CPUS */

/* Takes the number at *list. Returns -1 if there is none. */
static int cpu_list_number(const char **list)
{
	unsigned long number;
	char *end;

	if (!isdigit((unsigned char)**list))
		return -1;
	number = strtoul(*list, &end, 10);
	*list = end;
	return number < MOST ? (int)number : -1;
}

int bcc_cpu_list_each(const char *list, int (*see)(void *ctx, int cpu), void *ctx)
{
	int first, last, ret = 0;

	do {
		first = last = cpu_list_number(&list);
		if (*list == '-') {
			list++;
			last = cpu_list_number(&list);
		}
		for (int cpu = first; first >= 0 && cpu <= last && !ret; cpu++)
			ret = see(ctx, cpu);
	} while (!ret && first >= 0 && last >= first && *list++ == ',');
	return ret;
}

int bcc_cpus_each(const char *which, int (*see)(void *ctx, int cpu), void *ctx)
{
	bcc_auto_free char *list = NULL;
	bcc_auto_file FILE *file = NULL;
	long count = sysconf(_SC_NPROCESSORS_CONF);
	char path[64], all[32];
	size_t room = 0;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/%s", which);
	file = fopen(path, "re");
	if (file && getline(&list, &room, file) > 0 && isdigit((unsigned char)*list))
		return bcc_cpu_list_each(list, see, ctx);
	snprintf(all, sizeof(all), "0-%ld", count > 1 ? count - 1 : 0);
	return bcc_cpu_list_each(all, see, ctx);
}

static int cpus_see_end(void *ctx, int cpu)
{
	int *end = ctx;

	if (cpu >= *end)
		*end = cpu + 1;
	return 0;
}

int bcc_cpus_end(const char *which)
{
	int end = 0;

	bcc_cpus_each(which, cpus_see_end, &end);
	return end;
}
