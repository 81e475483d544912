/* SPDX-License-Identifier: Apache-2.0 */
/* Shows what this kernel can. */
#include <argp.h>
#include <bcc/kernel_features.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "json_text.h"
#include "verb.h"

struct features_options {
	bool helpers, json;
};

static const struct argp_option features_argp_options[] = {
	{"helpers", 'H', NULL, 0, "Also try out which type of program may call which helper", 0},
	{"json", 'j', NULL, 0, "Print a JSON object", 0},
	{0},
};

static error_t features_option(int key, char *argument, struct argp_state *state)
{
	struct features_options *options = state->input;

	switch (key) {
	case 'H':
		options->helpers = true;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	default:
		return verb_no_arguments(key, argument, state);
	}
}

static const struct argp features_argp = {
	features_argp_options,
	features_option,
	"",
	"Shows what BPF can do in this kernel: it is tried out, not concluded from a version."
	"\v"
	"Examples:\n"
	"  bpfcc features          ways to attach, types, settings\n"
	"  bpfcc features -H       and the helpers of each type of program\n"
	"  bpfcc features -j       for other programs\n",
	NULL,
	NULL,
	NULL,
};

struct features {
	const struct features_options *options;
	struct bcc_features *handle;
	struct buffer out;
	char group[16]; /* of the facts that are printed */
	/* types of programs, to try helpers with */
	struct features_type {
		char name[64];
		unsigned number;
	} types[128];
	size_t type_count;
	/* names of helpers */
	char (*helpers)[64];
	size_t helper_count;
};

static const char *features_state(int state)
{
	return state == BCC_FEATURE_YES ? "yes" : state == BCC_FEATURE_NO ? "no" : "unknown";
}

static void features_json_state(struct buffer *b, int state)
{
	buffer_text(b, state == BCC_FEATURE_YES ? "true" : state == BCC_FEATURE_NO ? "false" : "null");
}

static int features_fact(void *ctx, const struct bcc_fact *fact)
{
	struct features *f = ctx;

	if (strcmp(f->group, fact->group)) {
		if (f->options->json) {
			buffer_text(&f->out, *f->group ? "}" : "");
			json_name(&f->out, fact->group);
			buffer_char(&f->out, '{');
		} else {
			buffer_printf(&f->out, "%s%s:\n", *f->group ? "\n" : "", fact->group);
		}
		snprintf(f->group, sizeof(f->group), "%s", fact->group);
	}
	if (f->options->json) {
		json_name(&f->out, fact->name);
		buffer_text(&f->out, "{\"has\":");
		features_json_state(&f->out, fact->state);
		json_member_text(&f->out, "value", *fact->value ? fact->value : NULL);
		buffer_char(&f->out, '}');
	} else {
		buffer_printf(&f->out, "  %-32s %s%s%s%s\n", fact->name, features_state(fact->state),
			*fact->value ? " (" : "", fact->value, *fact->value ? ")" : "");
	}
	return 0;
}

static int features_type(void *ctx, const struct bcc_feature *feature)
{
	struct features *f = ctx;

	if (f->options->json) {
		json_name(&f->out, feature->name);
		features_json_state(&f->out, feature->state);
	} else {
		buffer_printf(&f->out, "  %-32s %s\n", feature->name, features_state(feature->state));
	}
	return 0;
}

static int features_program_type(void *ctx, const struct bcc_feature *feature)
{
	struct features *f = ctx;
	struct features_type *type = &f->types[f->type_count];

	if (feature->state != BCC_FEATURE_NO && f->type_count < sizeof(f->types) / sizeof(f->types[0])) {
		snprintf(type->name, sizeof(type->name), "%s", feature->name);
		type->number = feature->number;
		f->type_count++;
	}
	return features_type(ctx, feature);
}

static int features_helper(void *ctx, const struct bcc_feature *feature)
{
	struct features *f = ctx;

	f->helpers = buffer_grow(f->helpers, (f->helper_count + 1) * sizeof(*f->helpers));
	snprintf(f->helpers[f->helper_count++], sizeof(*f->helpers), "%s", feature->name);
	return 0;
}

static void features_section(struct features *f, const char *name, const char *title)
{
	if (f->options->json) {
		json_name(&f->out, name);
		buffer_char(&f->out, '{');
	} else {
		buffer_printf(&f->out, "\n%s:\n", title);
	}
}

static void features_section_end(struct features *f)
{
	if (f->options->json)
		buffer_char(&f->out, '}');
}

/* What programs of types with a target may call depends on it: nothing is said of them. */
static void features_helpers_of(struct features *f, const struct features_type *type)
{
	size_t begin = f->out.size;
	bool known = false, first = true;

	if (f->options->json) {
		json_name(&f->out, type->name);
		buffer_char(&f->out, '[');
	} else {
		buffer_printf(&f->out, "  %s:", type->name);
	}
	for (size_t i = 0; i < f->helper_count; i++) {
		int may = bcc_features_helper(f->handle, f->helpers[i], (int)type->number);

		known |= may >= 0;
		if (may <= 0)
			continue;
		if (f->options->json) {
			buffer_text(&f->out, first ? "" : ",");
			json_text(&f->out, f->helpers[i]);
		} else {
			buffer_printf(&f->out, " %s", f->helpers[i]);
		}
		first = false;
	}
	buffer_text(&f->out, f->options->json ? "]" : "\n");
	if (!known)
		f->out.size = begin;
}

static int features_all(struct features *f)
{
	int ret;

	buffer_text(&f->out, f->options->json ? "{" : "");
	ret = bcc_features_facts(f->handle, features_fact, f);
	if (ret)
		return ret;
	features_section_end(f);
	features_section(f, "program_types", "types of programs");
	ret = bcc_features_each(f->handle, BCC_FEATURE_PROGRAM_TYPE, NULL, features_program_type, f);
	if (ret)
		return ret;
	features_section_end(f);
	features_section(f, "map_types", "types of tables");
	ret = bcc_features_each(f->handle, BCC_FEATURE_MAP_TYPE, NULL, features_type, f);
	if (ret)
		return ret;
	features_section_end(f);
	if (f->options->helpers) {
		ret = bcc_features_each(f->handle, BCC_FEATURE_HELPER, NULL, features_helper, f);
		if (ret)
			return ret;
		features_section(f, "helpers", "helpers that programs of a type may call");
		for (size_t i = 0; i < f->type_count; i++)
			features_helpers_of(f, &f->types[i]);
		features_section_end(f);
	}
	buffer_text(&f->out, f->options->json ? "}\n" : "");
	return 0;
}

static int features_run(int argc, char **argv)
{
	struct features_options options = {0};
	struct features f = {.options = &options};
	int ret;

	if (argp_parse(&features_argp, argc, argv, 0, NULL, &options))
		return 2;
	if (bcc_features_open(&f.handle) || features_all(&f))
		ret = verb_fail(argv[0], "%s", bcc_features_error(f.handle));
	else if (!json_flush(&f.out) || fflush(stdout))
		ret = verb_fail(argv[0], "the list cannot be written: %s", strerror(errno));
	else
		ret = 0;
	buffer_free(&f.out);
	free(f.helpers);
	bcc_features_close(f.handle);
	return ret;
}

const struct verb verb_features = {
	"features",
	"[-Hj]",
	"Shows what BPF can do in this kernel",
	features_run,
};
