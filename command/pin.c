/* SPDX-License-Identifier: Apache-2.0 */
/* Loads files, attaches their programs, and pins programs, tables and links: of each file all or nothing. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/program_kind.h"
#include "buffer.h"
#include "compile_options.h"
#include "globals.h"
#include "object_folder.h"
#include "pin_layout.h"
#include "pin_stage.h"
#include "program_text.h"
#include "verb.h"

struct pin_options {
	struct pin_place place;
	const char *name, *folder;
	struct compile_options compile;
	bool no_attach, replace;
	const char **files, **wishes; /* NULL ends each */
	bool *wish_used;	      /* a file has the program */
	size_t file_count, wish_count;
	struct global *globals;
	size_t global_count;
};

static const struct argp_option pin_options[] = {
	{"layout", 'l', "LAYOUT", 0,
		"bpftool (default): NAME/PROGRAM, NAME/maps/TABLE, NAME/links/PROGRAM; android: prog_NAME_SECTION, "
		"map_NAME_TABLE, link_NAME_SECTION",
		1},
	{"root", 'r', "FOLDER", 0, "Pin there instead of in /sys/fs/bpf", 1},
	{"name", 'n', "NAME", 0, "Instead of the file's name up to the first dot", 1},
	{"replace", 'R', NULL, 0, "Replace what is pinned there", 1},
	{"folder", 'f', "FOLDER", 0, "Pin each object, text and package in it", 1},
	{"no-attach", 'N', NULL, 0, "Attach nothing: pin programs and tables only", 2},
	{"attach", 'a', "PROGRAM=TARGET", 0, "Attach a program that does not say where", 2},
	{"set", 's', "NAME=VALUE", 0, "Set a global variable", 2},
	COMPILE_OPTIONS(3),
	COMPILE_OPTION_BTF(3),
	{0},
};

static void pin_add(const char ***list, size_t *count, const char *item)
{
	*list = buffer_grow(*list, (*count + 2) * sizeof(**list));
	(*list)[(*count)++] = item;
	(*list)[*count] = NULL;
}

static void pin_set(struct pin_options *o, struct argp_state *state, char *argument)
{
	char *equals = strchr(argument, '=');

	if (!equals) {
		argp_error(state, "--set %s: NAME=VALUE is expected", argument);
		return;
	}
	*equals = '\0';
	o->globals = buffer_grow(o->globals, (o->global_count + 1) * sizeof(*o->globals));
	o->globals[o->global_count++] = (struct global){.name = argument, .value = equals + 1};
}

static error_t pin_end(const struct pin_options *o, struct argp_state *state)
{
	if (!o->file_count && !o->folder)
		argp_error(state, "a file, or --folder, is missing");
	else if (o->name && (o->file_count != 1 || o->folder))
		argp_error(state, "--name is for one file");
	else if (o->no_attach && o->wish_count)
		argp_error(state, "--attach and --no-attach exclude each other");
	return 0;
}

static error_t pin_option(int key, char *argument, struct argp_state *state)
{
	struct pin_options *o = state->input;

	switch (key) {
	case 'l':
		if (!pin_layout_is(argument, &o->place.android))
			argp_error(state, "--layout %s: there are bpftool and android", argument);
		return 0;
	case 'r':
		o->place.root = argument;
		return 0;
	case 'n':
		o->name = argument;
		return 0;
	case 'R':
		o->replace = true;
		return 0;
	case 'f':
		o->folder = argument;
		return 0;
	case 'N':
		o->no_attach = true;
		return 0;
	case 'a':
		if (!strchr(argument, '='))
			argp_error(state, "--attach %s: PROGRAM=TARGET is expected", argument);
		pin_add(&o->wishes, &o->wish_count, argument);
		return 0;
	case 's':
		pin_set(o, state, argument);
		return 0;
	case ARGP_KEY_ARG:
		pin_add(&o->files, &o->file_count, argument);
		return 0;
	case ARGP_KEY_END:
		return pin_end(o, state);
	default:
		return compile_option(&o->compile, key, argument);
	}
}

static const struct argp pin_argp = {
	pin_options,
	pin_option,
	"FILE…",
	"Loads texts, objects or packages, attaches their programs, and gives programs, tables and attachments names in a bpf "
	"file system: they stay when the command ends, until 'bpfcc unpin'. Of each file all is pinned, or nothing."
	"\v"
	"Examples:\n"
	"  bpfcc pin opens.bpf.o                     below /sys/fs/bpf/opens\n"
	"  bpfcc pin drop.bpf.c --attach drop=eth0\n"
	"  bpfcc pin -N opens.bpf.o                  attach nothing\n"
	"  bpfcc pin --layout android netd.o         /sys/fs/bpf/map_netd_… and so on\n"
	"  bpfcc pin --folder /etc/bpf.d             as bpfcc-pin.service does when the system starts\n",
	NULL,
	NULL,
	NULL,
};

/* ---- one file ---- */

/* Whether another program is attached to the event that a section names. */
static bool pin_is_attached_instead(struct bcc *b, const char *section)
{
	struct bcc_program_section wanted, other;

	if (!bcc_program_section_parse(section, &wanted) || !*wanted.target)
		return false;
	for (size_t i = 0; i < bcc_link_count(b); i++)
		if (bcc_program_section_parse(
			    bcc_program_section(bcc_link_program(bcc_link_at(b, i))), &other) &&
			!strcmp(other.target, wanted.target))
			return true;
	return false;
}

/* Whether a program that is not loaded is left so: one for another occasion (SEC("?…")), or one of several
 * for the same event, which not every kernel can attach. */
static bool pin_is_left_out(struct bcc *b, struct bcc_program *program)
{
	const char *section = bcc_program_section(program);

	return *section == '?' || pin_is_attached_instead(b, section);
}

static int pin_load(const struct pin_options *o, struct program_text *text)
{
	int ret = bcc_create(text->b);

	for (size_t i = 0; i < bcc_program_count(text->b) && ret >= 0; i++) {
		struct bcc_program *program = bcc_program_at(text->b, i);

		if (bcc_program_fd(program) < 0 && !pin_is_left_out(text->b, program))
			ret = bcc_program_load(program, BCC_PROG_TYPE_AUTO, NULL);
	}
	if (ret < 0)
		program_text_say(text, o->place.command);
	return ret < 0;
}

static int pin_one(const struct pin *pin, const char *path)
{
	switch (pin->kind) {
	case PIN_PROGRAM:
		return bcc_program_pin(pin->object, path);
	case PIN_TABLE:
		return bcc_table_pin(pin->object, path);
	default:
		return bcc_link_pin(pin->object, path);
	}
}

static int pin_all(const struct pins *pins, struct pin_stage *stage, struct program_text *text)
{
	for (size_t i = 0; i < pins->count; i++) {
		bcc_auto_free char *path = pin_stage_path(stage, pins->list[i].path);

		if (!pin_one(&pins->list[i], path))
			continue;
		return verb_fail(pins->place->command, "%s: %s: %s%s", text->name, pins->list[i].path,
			bcc_error(text->b),
			pins->list[i].kind == PIN_LINK ? "; --no-attach pins programs and tables only" : "");
	}
	return 0;
}

/* The folders of the layout, empty ones too: unpinning expects nothing else. */
static int pin_make_folders(const struct pins *pins, struct pin_stage *stage)
{
	static const char *const inner[] = {"", "/maps", "/links"};
	int ret = 0;

	for (size_t i = 0; i < sizeof(inner) / sizeof(inner[0]) && !pins->place->android && !ret; i++) {
		bcc_auto_free char *path = NULL;

		if (asprintf(&path, "%s%s", pins->name, inner[i]) < 0)
			buffer_no_memory();
		ret = pin_stage_make_folder(stage, path);
	}
	return ret;
}

/* What is replaced must be pins of the same kinds. */
static int pin_check_replaced(const struct pins *pins)
{
	int ret = 0;

	if (!pins->place->android)
		return pins_check_folder(pins);
	for (size_t i = 0; i < pins->count && !ret; i++)
		ret = pins_check_file(pins, pins->list[i].path, pins->list[i].kind);
	return ret;
}

static int pin_publish(const struct pin_options *o, const struct pins *pins, struct program_text *text)
{
	bcc_auto_free char **tops = buffer_grow(NULL, (pins->count + 1) * sizeof(*tops));
	size_t count = pins_tops(pins, tops);
	struct pin_stage stage;
	int ret = pin_stage_open(&stage, o->place.root, o->place.command);

	if (!ret && o->replace)
		ret = pin_check_replaced(pins);
	if (!ret)
		ret = pin_make_folders(pins, &stage);
	if (!ret)
		ret = pin_all(pins, &stage, text);
	if (!ret)
		ret = pin_stage_publish(&stage, tops, count, o->replace);
	if (pin_stage_close(&stage))
		ret = 1;
	for (size_t i = 0; i < count && !ret; i++)
		printf("%s/%s\n", o->place.root, tops[i]);
	return ret;
}

static void pin_use_wishes(struct pin_options *o, struct bcc *b)
{
	for (size_t i = 0; i < o->wish_count; i++) {
		bcc_auto_free char *program = strndup(o->wishes[i], strcspn(o->wishes[i], "="));

		if (!program)
			buffer_no_memory();
		o->wish_used[i] |= bcc_program_find(b, program) != NULL;
	}
}

static bool pin_is_single(const struct pin_options *o)
{
	return o->file_count == 1 && !o->folder;
}

/* What is said of a variable or program that no file has is a mistake. */
static int pin_unused(const struct pin_options *o)
{
	for (size_t i = 0; i < o->global_count; i++)
		if (!o->globals[i].used)
			return verb_fail(o->place.command, "--set %s: no file has such a variable",
				o->globals[i].name);
	for (size_t i = 0; i < o->wish_count; i++)
		if (!o->wish_used[i])
			return verb_fail(
				o->place.command, "--attach %s: no file has this program", o->wishes[i]);
	return 0;
}

static int pin_text(struct pin_options *o, struct pins *pins, struct program_text *text)
{
	static const char *const none[] = {NULL};
	int ret = globals_set(text, o->globals, o->global_count, o->place.command);

	pin_use_wishes(o, text->b);
	/* several files are not looked at before the first is pinned */
	if (!ret && pin_is_single(o) && pin_unused(o))
		return 1;
	if (!ret && !o->no_attach)
		ret = program_text_attach(text, o->wishes ? o->wishes : none, o->place.command);
	if (ret < 0 || pin_load(o, text) || pins_add(pins, text->b))
		return 1;
	if (!pins->count)
		return verb_fail(o->place.command, "%s has nothing to pin", text->name);
	return pin_publish(o, pins, text);
}

static int pin_file(const char *file, void *ctx)
{
	struct pin_options *o = ctx;
	const struct bcc_open_opts opts = compile_options_open(&o->compile);
	struct program_text text = {0};
	struct pins pins;
	int status = 1;

	if (!pins_new(&pins, &o->place, file, o->name) &&
		!program_text_open(&text, file, NULL, &opts, 0, o->place.command))
		status = pin_text(o, &pins, &text);
	pins_free(&pins);
	program_text_close(&text);
	return status;
}

/* ---- the verb ---- */

static int pin_run(int argc, char **argv)
{
	struct pin_options o = {.place = {.command = argv[0], .root = "/sys/fs/bpf"}};
	int status = compile_options_take(&o.compile, &argc, argv, argv[0]);

	if (!status && argp_parse(&pin_argp, argc, argv, 0, NULL, &o))
		status = 2;
	if (!status) {
		o.wish_used = buffer_grow(NULL, o.wish_count + 1);
		memset(o.wish_used, 0, o.wish_count + 1);
		for (size_t i = 0; i < o.file_count; i++)
			status |= pin_file(o.files[i], &o);
		if (o.folder)
			status |= object_folder_each(o.folder, pin_file, &o, o.place.command);
		if (!pin_is_single(&o))
			status |= pin_unused(&o);
	}
	free(o.files);
	free(o.wishes);
	compile_options_free(&o.compile);
	free(o.wish_used);
	free(o.globals);
	return status;
}

const struct verb verb_pin = {
	"pin",
	"FILE…",
	"Loads and attaches programs, and pins them so that they stay",
	pin_run,
};
