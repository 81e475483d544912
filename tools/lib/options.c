/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "tool.h"

enum { OPT_CGROUPMAP = 0x100, OPT_MNTNSMAP, OPT_DEBUG, OPT_EBPF };

static const struct argp_option options[] = {
	{"help", 'h', NULL, 0, "show this help and exit", -1},
	{"debug", OPT_DEBUG, "WHAT", 0,
		"print to stderr a comma-separated choice of: source, ir, asm, verifier, libbpf", 2},
	{"ebpf", OPT_EBPF, NULL, OPTION_HIDDEN, "print the BPF text and exit", 2},
	{0},
};

static const struct argp_option container_options[] = {
	{"cgroupmap", OPT_CGROUPMAP, "MAPPATH", 0, "only cgroups whose ids are keys of this pinned BPF map",
		1},
	{"mntnsmap", OPT_MNTNSMAP, "MAPPATH", 0, "only mount namespaces that are keys of this pinned BPF map",
		1},
	{0},
};

static const struct {
	const char *name;
	unsigned flag;
} debug_names[] = {
	{"source", BCC_DEBUG_SOURCE},
	{"ir", BCC_DEBUG_IR},
	{"asm", BCC_DEBUG_ASM},
	{"verifier", BCC_DEBUG_VERIFIER},
	{"libbpf", BCC_DEBUG_LIBBPF},
};

static unsigned debug_flags(struct argp_state *state, const char *arg)
{
	unsigned flags = 0;

	while (*arg) {
		size_t length = strcspn(arg, ","), i;

		for (i = 0; i < ARRAY_SIZE(debug_names); i++)
			if (strlen(debug_names[i].name) == length &&
				!strncmp(arg, debug_names[i].name, length))
				break;
		if (i == ARRAY_SIZE(debug_names))
			argp_error(state, "--debug: '%.*s' is not one of source, ir, asm, verifier, libbpf",
				(int)length, arg);
		flags |= debug_names[i].flag;
		arg += length + (arg[length] == ',');
	}
	return flags;
}

static error_t parse_container(int key, char *arg, struct argp_state *state)
{
	struct tool *t = state->input;

	switch (key) {
	case OPT_CGROUPMAP:
		t->cgroup_map = arg;
		return 0;
	case OPT_MNTNSMAP:
		t->mntns_map = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t options_parse(int key, char *arg, struct argp_state *state)
{
	struct tool *t = state->input;

	switch (key) {
	case 'h':
		argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP);
		return 0;
	case OPT_DEBUG:
		t->debug = debug_flags(state, arg);
		return 0;
	case OPT_EBPF:
		t->dump_text = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp common = {.options = options, .parser = options_parse};
static const struct argp containers = {.options = container_options, .parser = parse_container};
const struct argp_child tool_options[] = {{&common, 0, NULL, 0}, {0}};
const struct argp_child tool_container_options[] = {{&common, 0, NULL, 0}, {&containers, 0, NULL, 0}, {0}};

void tool_init_options(struct argp_state *state, struct tool *t)
{
	for (int i = 0; state->root_argp->children[i].argp; i++)
		state->child_inputs[i] = t;
}

void tool_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	/* scripts that call BCC's tools expect 2 for wrong options; argp's own is 64 */
	argp_err_exit_status = 2;
	if (argp_parse(argp, argc, argv, ARGP_NO_HELP, NULL, input))
		exit(2);
}

static bool options_number(const char *arg, unsigned long min, unsigned long max, unsigned long *value)
{
	char *end;

	/* strtoul() would accept a sign and white space */
	if (*arg < '0' || *arg > '9')
		return false;
	errno = 0;
	*value = strtoul(arg, &end, 10);
	return !errno && !*end && *value >= min && *value <= max;
}

unsigned long tool_number(
	struct argp_state *state, const char *option, const char *arg, unsigned long min, unsigned long max)
{
	unsigned long value = 0;

	if (!options_number(arg, min, max, &value))
		argp_error(state, "%s: '%s' is not a number from %lu to %lu", option, arg, min, max);
	return value;
}

unsigned tool_user(struct argp_state *state, const char *option, const char *arg)
{
	unsigned long value;
	struct passwd *user;

	if (options_number(arg, 0, UINT_MAX, &value))
		return value;
	user = getpwnam(arg);
	if (user)
		return user->pw_uid;
	argp_error(state, "%s: no user '%s'", option, arg);
	return 0; /* argp has ended the process */
}
