/* SPDX-License-Identifier: Apache-2.0 */
/* Removes what "bpfcc pin" has pinned of a file, and nothing else. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "buffer.h"
#include "object_folder.h"
#include "pin_layout.h"
#include "pin_stage.h"
#include "program_text.h"
#include "verb.h"

struct unpin {
	struct pin_place place;
	const char *name, *folder;
	const char **files;
	size_t file_count;
	bool may_lack; /* what is not pinned is no failure */
};

static const struct argp_option unpin_options[] = {
	{"layout", 'l', "LAYOUT", 0, "bpftool (default) or android", 1},
	{"root", 'r', "FOLDER", 0, "Look there instead of in /sys/fs/bpf", 1},
	{"name", 'n', "NAME", 0, "The name with which the file was pinned", 1},
	{"folder", 'f', "FOLDER", 0, "Unpin each object, text and package in it, if it is pinned", 1},
	{0},
};

static error_t unpin_option(int key, char *argument, struct argp_state *state)
{
	struct unpin *u = state->input;

	switch (key) {
	case 'l':
		if (!pin_layout_is(argument, &u->place.android))
			argp_error(state, "--layout %s: there are bpftool and android", argument);
		return 0;
	case 'r':
		u->place.root = argument;
		return 0;
	case 'n':
		u->name = argument;
		return 0;
	case 'f':
		u->folder = argument;
		return 0;
	case ARGP_KEY_ARG:
		u->files = buffer_grow(u->files, (u->file_count + 1) * sizeof(*u->files));
		u->files[u->file_count++] = argument;
		return 0;
	case ARGP_KEY_END:
		if (!u->file_count && !u->folder)
			argp_error(state, "a name or file, or --folder, is missing");
		else if (u->name && (u->file_count != 1 || u->folder))
			argp_error(state, "--name is for one file");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp unpin_argp = {
	unpin_options,
	unpin_option,
	"NAME | FILE…",
	"Removes what 'bpfcc pin' has pinned: programs are detached and, with their tables, gone when nobody else has them. All "
	"of a file is removed, or nothing. The layout android does not tell what belongs together: it takes the FILE."
	"\v"
	"Examples:\n"
	"  bpfcc unpin opens\n"
	"  bpfcc unpin --layout android netd.o\n"
	"  bpfcc unpin --folder /etc/bpf.d\n",
	NULL,
	NULL,
	NULL,
};

static int unpin_withdraw(const struct unpin *u, char *const *names, size_t count)
{
	struct pin_stage stage;
	int ret = pin_stage_open(&stage, u->place.root, u->place.command);

	if (!ret)
		ret = pin_stage_withdraw(&stage, names, count);
	if (pin_stage_close(&stage))
		ret = 1;
	return ret;
}

static int unpin_lacks(const struct unpin *u, const struct pins *pins)
{
	if (u->may_lack)
		return 0;
	return verb_fail(u->place.command, "nothing of %s is pinned in %s", pins->name, u->place.root);
}

static int unpin_files(const struct unpin *u, struct pins *pins, const char *file)
{
	const struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts);
	bcc_auto_free char **names = NULL;
	struct program_text text = {0};
	int ret = 1;

	pins->is_search = true;
	if (!program_text_open(&text, file, NULL, &opts, 0, u->place.command))
		ret = pins_add(pins, text.b);
	program_text_close(&text);
	if (ret)
		return ret;
	if (!pins->count)
		return unpin_lacks(u, pins);
	names = buffer_grow(NULL, (pins->count + 1) * sizeof(*names));
	return unpin_withdraw(u, names, pins_tops(pins, names));
}

static int unpin_folder(const struct unpin *u, struct pins *pins)
{
	if (!pins_have_folder(pins))
		return unpin_lacks(u, pins);
	return pins_check_folder(pins) ? 1 : unpin_withdraw(u, &pins->name, 1);
}

static int unpin_file(const char *file, void *ctx)
{
	const struct unpin *u = ctx;
	struct pins pins;
	int status = pins_new(&pins, &u->place, file, u->name);

	if (!status)
		status = u->place.android ? unpin_files(u, &pins, file) : unpin_folder(u, &pins);
	pins_free(&pins);
	return status;
}

static int unpin_run(int argc, char **argv)
{
	struct unpin u = {.place = {.command = argv[0], .root = "/sys/fs/bpf"}};
	int status = 2;

	if (!argp_parse(&unpin_argp, argc, argv, 0, NULL, &u)) {
		status = 0;
		for (size_t i = 0; i < u.file_count; i++)
			status |= unpin_file(u.files[i], &u);
		u.may_lack = true;
		if (u.folder)
			status |= object_folder_each(u.folder, unpin_file, &u, u.place.command);
	}
	free(u.files);
	return status;
}

const struct verb verb_unpin = {
	"unpin",
	"NAME | FILE…",
	"Removes what pin has pinned",
	unpin_run,
};
