/* SPDX-License-Identifier: Apache-2.0 */
#include "format.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/array.h"
#include "common/cleanup.h"
#include "common/read_file.h"
#include "frontends/renames/tracepoints.h"
#include "unknown.h"

/* End of the fields that all records share; the verifier rejects reads before it. */
enum { COMMON_SIZE = 8, MAX_FIELD_SIZE = 1 << 16 };

struct field {
	char type[128];
	char name[128];
	long elements; /* 0: not an array */
	long offset, size;
	bool is_signed;
	enum { PLAIN, DATA_LOC, REL_LOC } loc;
};

struct writer {
	FILE *out;
	long end; /* end of the last field written */
	int gaps;
	bool is_class; /* under the kernel's names */
	bool packed;   /* some field is not where C would put it */
};

/* "name:VALUE;" at or after `line`. */
static bool number_after(const char *line, const char *name, long *value)
{
	const char *at = strstr(line, name);
	char *end;

	if (!at)
		return false;
	errno = 0;
	*value = strtol(at + strlen(name), &end, 10);
	return !errno && end != at + strlen(name) && *end == ';';
}

static void trim_end(char *text)
{
	size_t length = strlen(text);

	while (length && isspace((unsigned char)text[length - 1]))
		text[--length] = '\0';
}

/* What C11 and GNU C reserve, and the macros that every text has. */
static bool is_reserved(const char *name)
{
	static const char *const words[] = {"asm", "auto", "bool", "break", "case", "char", "const",
		"continue", "default", "do", "double", "else", "enum", "extern", "false", "float", "for",
		"goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed",
		"sizeof", "static", "struct", "switch", "true", "typedef", "typeof", "union", "unsigned",
		"void", "volatile", "while", "NULL"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(name, words[i]))
			return true;
	return false;
}

/* "unsigned long args[6]" → type, name, elements */
static bool parse_declaration(char *text, struct field *f)
{
	char *bracket, *name;

	trim_end(text);
	f->elements = 0;
	f->loc = PLAIN;
	if (!strncmp(text, "__data_loc ", 11)) {
		f->loc = DATA_LOC;
		text += 11;
	} else if (!strncmp(text, "__rel_loc ", 10)) {
		f->loc = REL_LOC;
		text += 10;
	}
	bracket = strrchr(text, '[');
	if (bracket && text[strlen(text) - 1] == ']') { /* with __data_loc the brackets follow the type */
		f->elements = strtol(bracket + 1, NULL, 10);
		if (f->elements <= 0)
			f->elements = -1; /* an expression: the size decides */
		*bracket = '\0';
		trim_end(text);
	}
	name = text + strlen(text);
	while (name > text && (isalnum((unsigned char)name[-1]) || name[-1] == '_'))
		name--;
	if (!*name || isdigit((unsigned char)*name) || strlen(name) + 1 >= sizeof(f->name))
		return false;
	snprintf(f->name, sizeof(f->name), "%s%s", name, !f->loc && is_reserved(name) ? "_" : "");
	*name = '\0';
	trim_end(text);
	if (strlen(text) >= sizeof(f->type))
		return false;
	snprintf(f->type, sizeof(f->type), "%s", text);
	return true;
}

/* The kernel says "signed:0" of all arguments of system calls, which it widens to 8 bytes. Their types are
 * known by name alone. */
static bool is_signed_type(const char *type)
{
	static const char *const names[] = {"char", "signed char", "short", "short int", "int", "signed",
		"signed int", "long", "long int", "long long", "long long int", "s8", "s16", "s32", "s64",
		"__s8", "__s16", "__s32", "__s64", "int8_t", "int16_t", "int32_t", "int64_t", "pid_t",
		"__kernel_pid_t", "off_t", "__kernel_off_t", "loff_t", "__kernel_loff_t", "ssize_t",
		"__kernel_ssize_t", "time_t", "time64_t", "__kernel_time_t", "__kernel_old_time_t",
		"old_time32_t", "suseconds_t", "clock_t", "__kernel_clock_t", "clockid_t", "timer_t",
		"__kernel_timer_t", "key_t", "__kernel_key_t", "key_serial_t", "mqd_t", "__kernel_mqd_t",
		"qid_t", "rwf_t", "__kernel_rwf_t", "ptrdiff_t", "compat_int_t", "compat_long_t",
		"compat_pid_t", "compat_off_t", "compat_loff_t", "compat_ssize_t"};

	type += strncmp(type, "const ", 6) ? 0 : 6;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(type, names[i]))
			return true;
	return false;
}

/* "\tfield:TYPE NAME;\toffset:O;\tsize:S;\tsigned:G;" */
static bool parse_field(const char *line, struct field *f)
{
	char declaration[256];
	const char *end = strstr(line, ";\toffset:");
	long sign = 0;

	if (!end || (size_t)(end - line) >= sizeof(declaration))
		return false;
	memcpy(declaration, line, end - line);
	declaration[end - line] = '\0';
	if (!number_after(end, "offset:", &f->offset) || !number_after(end, "size:", &f->size))
		return false;
	if (f->offset < 0 || f->offset > MAX_FIELD_SIZE || f->size < 0 || f->size > MAX_FIELD_SIZE)
		return false;
	f->is_signed = number_after(end, "signed:", &sign) && sign;
	if (!parse_declaration(declaration, f))
		return false;
	if (!f->elements)
		f->is_signed |= is_signed_type(f->type);
	return true;
}

/* Keeps as much of a pointer's type as can be followed: "const struct sock *" becomes struct sock * and
 * reports its tag, "const char *const *" becomes const char **; others become void *. */
static bool pointer_type(
	const struct field *f, char *type, size_t size, bcc_format_tag_fn tag, void *ctx, int *r)
{
	char copy[sizeof(f->type)], base[sizeof(f->type) + 8] = "void", *save, *word;
	const char *kind = NULL, *star = f->type;
	int stars = 0;

	if (!strchr(f->type, '*') || f->size != 8 || f->elements)
		return false;
	while ((star = strchr(star, '*')) && stars < 8) {
		stars++;
		star++;
	}
	snprintf(copy, sizeof(copy), "%s", f->type);
	for (word = strtok_r(copy, " *", &save); word; word = strtok_r(NULL, " *", &save)) {
		if (kind) {
			snprintf(base, sizeof(base), "%s %s", kind, word);
			*r = tag(ctx, word);
			break;
		}
		if (!strcmp(word, "struct") || !strcmp(word, "union"))
			kind = !strcmp(word, "struct") ? "struct" : "union";
		else if (!strcmp(word, "char"))
			snprintf(base, sizeof(base), "const char");
	}
	snprintf(type, size, "%s %.*s", base, stars, "********");
	return true;
}

static void integer_type(const struct field *f, long size, char *type, size_t type_size)
{
	if (size == 1 && (!strcmp(f->type, "char") || !strcmp(f->type, "const char")))
		snprintf(type, type_size, "char");
	else if (!strcmp(f->type, "bool"))
		snprintf(type, type_size, "bool");
	else
		snprintf(type, type_size, "%c%ld", f->is_signed ? 's' : 'u', size * 8);
}

static bool is_integer(const struct field *f, long size)
{
	const char *type = f->type + (strncmp(f->type, "const ", 6) ? 0 : 6);

	if (!strncmp(type, "struct ", 7) || !strncmp(type, "union ", 6))
		return false;
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static void fill_gap(struct writer *w, long offset)
{
	if (offset > w->end)
		fprintf(w->out, "\tchar __gap_%d[%ld];\n", w->gaps++, offset - w->end);
	w->end = offset;
}

static int write_declaration(struct writer *w, const struct field *f, bcc_format_tag_fn tag, void *ctx)
{
	const char *prefix = f->loc == DATA_LOC ? "data_loc_" : f->loc == REL_LOC ? "rel_loc_" : "";
	const char *kernel = w->is_class ? "__" : "";
	char type[sizeof(f->type) + 24];
	long element = f->size;
	int ret = 0;

	if (f->loc != PLAIN) {
		fprintf(w->out, "\tint %s%s%s;\n", kernel, prefix, f->name);
		w->packed |= f->offset % 4 != 0;
		return 0;
	}
	if (pointer_type(f, type, sizeof(type), tag, ctx, &ret)) {
		fprintf(w->out, "\t%s%s;\n", type, f->name);
		w->packed |= f->offset % 8 != 0;
		return ret;
	}
	if (f->elements > 0 && f->size % f->elements == 0)
		element = f->size / f->elements;
	else if (f->elements)
		element = 1;
	if (!is_integer(f, element)) { /* a struct: its bytes */
		fprintf(w->out, "\tu8 %s[%ld];\n", f->name, f->size);
		return 0;
	}
	integer_type(f, element, type, sizeof(type));
	w->packed |= f->offset % element != 0;
	if (f->elements)
		fprintf(w->out, "\t%s %s[%ld];\n", type, f->name, f->size / element);
	else
		fprintf(w->out, "\t%s %s;\n", type, f->name);
	return 0;
}

/* Whether the format has a field of that name. */
static bool format_has(const char *format, const char *name)
{
	struct field f;

	for (const char *line = format; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, "\tfield:", 7) && parse_field(line + 7, &f) && !strcmp(f.name, name))
			return true;
	}
	return false;
}

/* A field, under the name as well that it has in other kernels. */
static int write_field(struct writer *w, struct field *f, const char *format, const char *event,
	bcc_format_tag_fn tag, void *ctx)
{
	char other[BCC_RENAMED_FIELD_SIZE];
	bool renamed;
	int ret;

	if (f->offset < w->end || !f->size)
		return 0; /* common, overlapping, or flexible without a size */
	fill_gap(w, f->offset);
	w->end = f->offset + f->size;
	renamed = !w->is_class && f->loc == PLAIN && bcc_renamed_field(event, f->name, other) &&
		  !format_has(format, other);
	if (renamed)
		fprintf(w->out, "\tunion {\n");
	ret = write_declaration(w, f, tag, ctx);
	if (!renamed)
		return ret;
	fprintf(w->out,
		"\t__attribute__((deprecated(\"this kernel's tracepoint has no field %s; %s is used in its place\")))\n",
		other, f->name);
	memcpy(f->name, other, sizeof(other));
	if (!ret)
		ret = write_declaration(w, f, tag, ctx);
	fprintf(w->out, "\t};\n");
	return ret;
}

/* ---- structs that the kernel has a name for ---- */

enum { FORMAT_MEMBERS_MAX = 256 };

/* System calls' tracepoints are the same in each kernel, and their arguments have no names in its types. */
static bool format_is_fixed(const char *category)
{
	return !strcmp(category, "syscalls");
}

/* The fields behind those of all tracepoints, as the kernel calls them; -1: too many. */
static int format_members(const char *format, struct bcc_tracepoint_member *members)
{
	int count = 0;
	struct field f;

	for (const char *line = format; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, "\tfield:", 7) || !parse_field(line + 7, &f) || f.offset < COMMON_SIZE)
			continue;
		if (count == FORMAT_MEMBERS_MAX)
			return -1;
		members[count].offset = f.offset;
		snprintf(members[count++].name, sizeof(members->name), "%s%s",
			f.loc == DATA_LOC  ? "__data_loc_"
			: f.loc == REL_LOC ? "__rel_loc_"
					   : "",
			f.name);
	}
	return count;
}

/* Texts name a field of variable size as without the kernel's types. */
static void format_write_names(FILE *out, const char *format)
{
	struct field f;

	for (const char *line = format; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, "\tfield:", 7) || !parse_field(line + 7, &f) || f.loc == PLAIN)
			continue;
		fprintf(out, "#define %s%s __%s%s\n", f.loc == DATA_LOC ? "data_loc_" : "rel_loc_", f.name,
			f.loc == DATA_LOC ? "data_loc_" : "rel_loc_", f.name);
	}
}

/* Begins the struct under the kernel's name, which belongs to the kernel's types. */
static int format_begin_class(struct bcc_format_classes *classes, const char *format, const char *category,
	const char *name, FILE *out, const char **class, struct bcc_err *err)
{
	struct bcc_tracepoint_member *members = calloc(FORMAT_MEMBERS_MAX, sizeof(*members));
	int count;

	if (!members)
		return bcc_fail(err, -ENOMEM, "out of memory for tracepoint %s:%s", category, name);
	count = format_members(format, members);
	*class = count < 0 ? NULL : classes->find(classes->ctx, name, members, count);
	free(members);
	if (!*class)
		return bcc_fail(err, -ENOENT,
			"tracepoint %s:%s cannot be in an object for other kernels: this kernel's types do not say which of them has its fields",
			category, name);
	format_write_names(out, format);
	fprintf(out, "struct %s___tp%u {\n\tu64 __do_not_use__;\n", *class, ++classes->count);
	return 0;
}

static int write_fields(struct writer *w, const char *format, const char *category, const char *name,
	bcc_format_tag_fn tag, void *tag_ctx, struct bcc_err *err)
{
	bcc_auto_free char *event = NULL;
	struct field f;
	bool any = false;
	int ret;

	if (asprintf(&event, "%s__%s", category, name) < 0) {
		event = NULL;
		return bcc_fail(err, -ENOMEM, "out of memory for tracepoint %s:%s", category, name);
	}
	for (const char *line = format; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, "\tfield:", 7))
			continue;
		if (!parse_field(line + 7, &f))
			return bcc_fail(err, -EINVAL,
				"the format of tracepoint %s:%s cannot be read at: %.*s", category, name,
				(int)strcspn(line, "\n"), line);
		any = true;
		ret = write_field(w, &f, format, event, tag, tag_ctx);
		if (ret)
			return bcc_fail(err, ret, "out of memory for tracepoint %s:%s", category, name);
	}
	return any ? 0
		   : bcc_fail(err, -EINVAL, "the format of tracepoint %s:%s has no fields", category, name);
}

int bcc_tracepoint_struct(const char *format, const char *category, const char *name, FILE *out,
	bcc_format_tag_fn tag, void *tag_ctx, struct bcc_format_classes *classes, struct bcc_err *err)
{
	struct writer w = {.out = out, .end = COMMON_SIZE, .is_class = classes && !format_is_fixed(category)};
	const char *class = NULL;
	int ret = 0;

	if (w.is_class)
		ret = format_begin_class(classes, format, category, name, out, &class, err);
	else
		fprintf(out, "struct tracepoint__%s__%s {\n\tu64 __do_not_use__;\n", category, name);
	if (ret == 0)
		ret = write_fields(&w, format, category, name, tag, tag_ctx, err);
	if (ret)
		return ret;
	if (!w.is_class) {
		fprintf(out, "}%s;\n", w.packed ? " __attribute__((packed))" : "");
		return 0;
	}
	/* a struct without a name of its own in the other: its fields are the other's */
	fprintf(out,
		"} __attribute__((preserve_access_index%s));\nstruct tracepoint__%s__%s {\n\tstruct %s___tp%u;\n};\n",
		w.packed ? ", packed" : "", category, name, class, classes->count);
	return 0;
}

static int read_format(int tracefs_fd, const char *path, char **format)
{
	bcc_auto_fd int fd = openat(tracefs_fd, path, O_RDONLY | O_CLOEXEC);
	size_t length;

	return fd < 0 ? -errno : bcc_read_text(fd, format, &length);
}

int bcc_tracepoint_struct_of(int tracefs_fd, const char *category_and_name,
	const struct bcc_dependencies *dependencies, FILE *out, bcc_format_tag_fn tag, void *tag_ctx,
	struct bcc_format_classes *classes, struct bcc_err *err)
{
	char category[NAME_MAX], path[PATH_MAX], *format;
	int ret;

	for (const char *at = strstr(category_and_name, "__"); at; at = strstr(at + 1, "__")) {
		if (at == category_and_name || (size_t)(at - category_and_name) >= sizeof(category) || !at[2])
			continue;
		snprintf(
			category, sizeof(category), "%.*s", (int)(at - category_and_name), category_and_name);
		if (snprintf(path, sizeof(path), "events/%s/%s/format", category, at + 2) >=
			(int)sizeof(path))
			continue;
		ret = read_format(tracefs_fd, path, &format);
		if (ret == -ENOENT || ret == -ENOTDIR)
			continue;
		if (ret == -EACCES || ret == -EPERM)
			return bcc_fail(err, -EPERM,
				"no permission to read tracefs' %s: run as root, or mount tracefs with gid=",
				path);
		if (ret)
			return bcc_fail(err, ret, "tracefs' %s cannot be read: %s", path, strerror(-ret));
		bcc_depend_contents(dependencies, BCC_DEPENDS_TRACEFS, path, (struct bcc_file_identity){0},
			format, strlen(format));
		ret = bcc_tracepoint_struct(format, category, at + 2, out, tag, tag_ctx, classes, err);
		free(format);
		return ret;
	}
	return bcc_tracepoint_unknown(tracefs_fd, category_and_name, err);
}
