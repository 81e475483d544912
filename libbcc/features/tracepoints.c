/* SPDX-License-Identifier: Apache-2.0 */
/* Tracepoints and their fields, as tracefs lists them (layout: Documentation/trace/events.rst in the
 * kernel). */
#include "features.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/read_file.h"
#include "libbcc/kernel/tracefs.h"

/* ---- the list ---- */

static int features_is_entry(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && entry->d_type != DT_REG;
}

static int features_by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void free_entries(struct dirent **entries, int count)
{
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
}

struct tracepoint_search {
	int events; /* tracefs' directory */
	const regex_t *regex;
	bcc_tracepoint_fn fn;
	void *ctx;
};

/* Those of the category "ftrace" describe the tracer's own records; nothing can be attached to them. */
static int report_tracepoint(const struct tracepoint_search *s, const char *category, const char *name)
{
	char both[2 * NAME_MAX + 2], path[2 * NAME_MAX + 8];

	snprintf(both, sizeof(both), "%s:%s", category, name);
	if (regexec(s->regex, both, 0, NULL, 0))
		return 0;
	snprintf(path, sizeof(path), "%s/%s/id", category, name);
	return faccessat(s->events, path, F_OK, 0) ? 0 : s->fn(s->ctx, category, name);
}

static int list_category(const struct tracepoint_search *s, const char *category)
{
	struct dirent **names = NULL;
	int count, ret = 0;

	if (!strcmp(category, "ftrace"))
		return 0;
	count = scandirat(s->events, category, &names, features_is_entry, features_by_name);
	for (int i = 0; i < count && !ret; i++)
		ret = report_tracepoint(s, category, names[i]->d_name);
	free_entries(names, count);
	return ret;
}

static int list_tracepoints(struct bcc_features *f, struct tracepoint_search *s)
{
	bcc_auto_fd int root = bcc_tracefs_open(&f->err);
	bcc_auto_fd int events = root < 0 ? -1 : openat(root, "events", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent **categories = NULL;
	int count, ret = 0;

	if (root < 0)
		return root;
	count = events < 0 ? -1 : scandirat(events, ".", &categories, features_is_entry, features_by_name);
	if (count < 0)
		return bcc_fail(&f->err, errno == ENOENT ? -EOPNOTSUPP : -errno,
			"this kernel's tracepoints cannot be listed: tracefs' folder events: %s",
			strerror(errno));
	s->events = events;
	for (int i = 0; i < count && !ret; i++)
		ret = list_category(s, categories[i]->d_name);
	free_entries(categories, count);
	return ret;
}

int bcc_tracepoints_each(struct bcc_features *f, const char *regex, bcc_tracepoint_fn fn, void *ctx)
{
	regex_t compiled;
	struct tracepoint_search s = {.regex = &compiled, .fn = fn, .ctx = ctx};
	int ret;

	if (!f)
		return -EINVAL;
	if (!fn)
		return bcc_fail(&f->err, -EINVAL, "the function to call for each is missing");
	ret = bcc_features_regex(f, regex, &compiled);
	if (ret)
		return ret;
	ret = list_tracepoints(f, &s);
	regfree(&compiled);
	return ret;
}

/* ---- fields ---- */

/* "NAME:VALUE;" at or after `line`. */
static bool format_number(const char *line, const char *name, uint32_t *value)
{
	const char *at = strstr(line, name);
	char *end;
	long number;

	if (!at)
		return false;
	errno = 0;
	number = strtol(at + strlen(name), &end, 10);
	if (errno || end == at + strlen(name) || *end != ';' || number < 0 || number > INT32_MAX)
		return false;
	*value = number;
	return true;
}

static void format_trim(char *text)
{
	size_t length = strlen(text);

	while (length && isspace((unsigned char)text[length - 1]))
		text[--length] = '\0';
}

static bool is_byte(const char *type)
{
	static const char *const bytes[] = {
		"char", "unsigned char", "signed char", "u8", "s8", "__u8", "__s8", "uint8_t", NULL};

	for (const char *const *byte = bytes; *byte; byte++)
		if (!strcmp(type, *byte))
			return true;
	return false;
}

/* Cuts "[16]" off the declaration, or "[]" in the middle of "char[] name"; NULL: there is none. */
static const char *cut_dimension(char *declaration, bool in_type)
{
	char *open = strchr(declaration, '['), *close = strrchr(declaration, ']');

	if (!open || !close || close < open)
		return NULL;
	if (in_type) {
		*open = ' ';
		memmove(open + 1, close + 1, strlen(close + 1) + 1);
		return "";
	}
	*open = *close = '\0';
	return open + 1;
}

/* Splits "TYPE NAME" in place. */
static bool split_declaration(char *declaration, struct bcc_tracepoint_field *field)
{
	char *name;

	format_trim(declaration);
	name = declaration + strlen(declaration);
	while (name > declaration && (isalnum((unsigned char)name[-1]) || name[-1] == '_'))
		name--;
	if (!*name || name == declaration)
		return false;
	field->name = name;
	/* the type is moved to the front, to end where the name begins */
	if (isspace((unsigned char)name[-1])) {
		name[-1] = '\0';
		format_trim(declaration);
		field->type = declaration;
		return *declaration != '\0';
	}
	memmove(declaration - 1, declaration, name - declaration);
	name[-1] = '\0';
	field->type = declaration - 1;
	return true;
}

bool bcc_tracepoint_field_parse(char *line, struct bcc_tracepoint_field *field)
{
	static const char begin[] = "field:";
	char *declaration = strstr(line, begin), *end;
	const char *dimension;
	uint32_t is_signed;

	*field = (struct bcc_tracepoint_field){.name = ""};
	if (!declaration)
		return false;
	declaration += strlen(begin);
	end = strchr(declaration, ';');
	if (!end || !format_number(end, "\toffset:", &field->offset) ||
		!format_number(end, "\tsize:", &field->bytes) || !format_number(end, "\tsigned:", &is_signed))
		return false;
	*end = '\0';
	field->is_signed = is_signed;
	while (isspace((unsigned char)*declaration))
		declaration++;
	if (!strncmp(declaration, "__data_loc ", 11) || !strncmp(declaration, "__rel_loc ", 10)) {
		field->is_dynamic = true;
		declaration += strcspn(declaration, " ") + 1;
	}
	dimension = cut_dimension(declaration, field->is_dynamic);
	if (!split_declaration(declaration, field) || !strncmp(field->name, "common_", 7))
		return false;
	if (dimension && !field->is_dynamic) {
		field->array_elements = strtoul(dimension, &end, 10);
		/* an expression, of which the kernel has not told the value */
		if (*end || end == dimension || field->array_elements > field->bytes)
			field->array_elements = is_byte(field->type) ? field->bytes : 0;
	}
	return true;
}

static size_t count_lines(const char *text)
{
	size_t lines = 1;

	while ((text = strchr(text, '\n'))) {
		lines++;
		text++;
	}
	return lines;
}

/* What comes after the fields is how to print them. */
static int parse_format(struct bcc_features *f)
{
	char *line, *rest, *print = strstr(f->format, "\nprint fmt:");
	int count = 0;

	if (print)
		*print = '\0';
	f->fields = calloc(count_lines(f->format), sizeof(*f->fields));
	if (!f->fields)
		return bcc_fail(&f->err, -ENOMEM, "out of memory for the fields of a tracepoint");
	for (line = strtok_r(f->format, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (bcc_tracepoint_field_parse(line, &f->fields[count]))
			count++;
	return count;
}

static bool is_file_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') && strlen(name) <= NAME_MAX;
}

static int read_format(struct bcc_features *f, const char *category, const char *name)
{
	bcc_auto_fd int root = bcc_tracefs_open(&f->err);
	bcc_auto_fd int fd = -1;
	char path[2 * NAME_MAX + 32];
	size_t length;
	int ret;

	if (root < 0)
		return root;
	snprintf(path, sizeof(path), "events/%s/%s/format", category, name);
	fd = openat(root, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return bcc_fail(&f->err, -errno, "tracepoint %s:%s: %s", category, name,
			errno == ENOENT ? "there is none" : strerror(errno));
	ret = bcc_read_text(fd, &f->format, &length);
	if (ret < 0)
		return bcc_fail(&f->err, ret, "the fields of %s:%s cannot be read: %s", category, name,
			strerror(-ret));
	return 0;
}

int bcc_tracepoint_fields(struct bcc_features *f, const char *category, const char *name,
	const struct bcc_tracepoint_field **fields)
{
	int ret;

	if (!f)
		return -EINVAL;
	if (!category || !name || !fields)
		return bcc_fail(&f->err, -EINVAL,
			"the tracepoint's category or name, or the place for its fields, is missing");
	free(f->fields);
	free(f->format);
	f->fields = NULL;
	f->format = NULL;
	*fields = NULL;
	if (!is_file_name(category) || !is_file_name(name))
		return bcc_fail(&f->err, -ENOENT, "tracepoint %s:%s: there is none", category, name);
	ret = read_format(f, category, name);
	if (ret)
		return ret;
	ret = parse_format(f);
	*fields = f->fields;
	return ret;
}
