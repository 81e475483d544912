/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "disk.h"
#include "tool.h"

#define MOST_MAJOR 0xfff
#define MOST_MINOR 0xfffff

static const char *disk_sysfs = "/sys";

void disk_set_sysfs(const char *path)
{
	disk_sysfs = path;
}

/* sysfs writes the slash of "cciss/c0d0" as '!'. */
static void disk_replace(char *text, char from, char to)
{
	for (; (text = strchr(text, from)); text++)
		*text = to;
}

void disk_value(struct value *value, uint32_t device)
{
	unsigned major = device >> DISK_MINOR_BITS, minor = device & MOST_MINOR;
	static char name[NAME_MAX + 1];
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t length;

	value->kind = VALUE_NONE;
	if (!device)
		return;
	snprintf(name, sizeof(name), "%u:%u", major, minor);
	snprintf(path, sizeof(path), "%s/dev/block/%s", disk_sysfs, name);
	length = readlink(path, target, sizeof(target) - 1);
	if (length > 0) {
		const char *last;

		target[length] = '\0';
		last = strrchr(target, '/');
		snprintf(name, sizeof(name), "%.*s", NAME_MAX, last ? last + 1 : target);
		disk_replace(name, '!', '/');
	}
	value_text(value, name, strlen(name));
}

/* "8:0", to its end */
static bool disk_read_numbers(const char *text, uint32_t *device)
{
	unsigned major, minor;
	int end = 0;

	/* scanf() would accept signs and white space */
	if (!isdigit(*text) || sscanf(text, "%9u:%n", &major, &end) != 1 || !end || !isdigit(text[end]))
		return false;
	text += end;
	end = 0;
	if (sscanf(text, "%9u%n", &minor, &end) != 1 || (text[end] && text[end] != '\n'))
		return false;
	*device = DISK_NUMBER(major, minor);
	return major <= MOST_MAJOR && minor <= MOST_MINOR;
}

static bool disk_find_name(const char *name, uint32_t *device)
{
	char path[PATH_MAX], part[NAME_MAX + 1], numbers[64] = "";
	FILE *file;
	bool found;

	if (!*name || *name == '.' || strlen(name) >= sizeof(part))
		return false;
	strcpy(part, name);
	disk_replace(part, '/', '!');
	snprintf(path, sizeof(path), "%s/class/block/%s/dev", disk_sysfs, part);
	file = fopen(path, "re");
	if (!file)
		return false;
	found = fgets(numbers, sizeof(numbers), file) && disk_read_numbers(numbers, device);
	fclose(file);
	return found;
}

bool disk_find(const char *name, uint32_t *device)
{
	struct stat st;

	if (disk_read_numbers(name, device))
		return true;
	if (*name != '/')
		return disk_find_name(name, device);
	if (stat(name, &st) || !S_ISBLK(st.st_mode))
		return false;
	*device = DISK_NUMBER(major(st.st_rdev), minor(st.st_rdev));
	return true;
}

void disk_option(const char *variable, const char *name)
{
	uint32_t device;

	if (!disk_find(name, &device))
		tool_usage("no such disk '%s'", name);
	tool_set_number(variable, device);
}
