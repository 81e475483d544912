/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "clock.h"
#include "disk.h"
#include "tool.h"

#define MOST_MAJOR 0xfff
#define MOST_MINOR 0xfffff
#define DISKS_KEPT_BITS 8

static const char *disk_sysfs = "/sys";

/* sysfs writes the slash of "cciss/c0d0" as '!'. */
static void disk_replace(char *text, char from, char to)
{
	for (; (text = strchr(text, from)); text++)
		*text = to;
}

struct disk_name {
	uint32_t device; /* 0: none */
	uint64_t until;	 /* clock_now() */
	char text[NAME_MAX + 1];
};

/* Reading a link takes longer than the rest of a row. */
static struct disk_name disk_names[1 << DISKS_KEPT_BITS];

void disk_set_sysfs(const char *path)
{
	disk_sysfs = path;
	memset(disk_names, 0, sizeof(disk_names));
}

static void disk_read_name(uint32_t device, char *name)
{
	unsigned major = device >> DISK_MINOR_BITS, minor = device & MOST_MINOR;
	char path[PATH_MAX], target[PATH_MAX];
	const char *last;
	ssize_t length;

	snprintf(name, NAME_MAX + 1, "%u:%u", major, minor);
	snprintf(path, sizeof(path), "%s/dev/block/%s", disk_sysfs, name);
	length = readlink(path, target, sizeof(target) - 1);
	if (length <= 0)
		return;
	target[length] = '\0';
	last = strrchr(target, '/');
	snprintf(name, NAME_MAX + 1, "%.*s", NAME_MAX, last ? last + 1 : target);
	disk_replace(name, '!', '/');
}

/* Multiplied, because what differs is minor numbers that are 16 apart, or major ones. */
static struct disk_name *disk_kept(uint32_t device)
{
	return &disk_names[device * 0x9e3779b1U >> (32 - DISKS_KEPT_BITS)];
}

void disk_value(struct value *value, uint32_t device)
{
	struct disk_name *name = disk_kept(device);
	uint64_t now = clock_now();

	value->kind = VALUE_NONE;
	if (!device)
		return;
	if (name->device != device || now >= name->until) {
		name->device = device;
		name->until = now + DISK_KEPT_NS;
		disk_read_name(device, name->text);
	}
	value_text(value, name->text, strlen(name->text));
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
