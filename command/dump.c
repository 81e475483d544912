/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the entries of any table in the kernel. */
#include <argp.h>
#include <arpa/inet.h>
#include <bcc/loaded.h>
#include <bcc/symbols.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "json_text.h"
#include "typed_text.h"
#include "verb.h"

struct dump_options {
	const char *table;
	int pid;
	bool json;
};

static const struct argp_option dump_argp_options[] = {
	{"json", 'j', NULL, 0, "Print a JSON object a line", 0},
	{"pid", 'p', "PID", 0, "Name user addresses of stacks as this process has them", 0},
	{0},
};

static error_t dump_option(int key, char *argument, struct argp_state *state)
{
	struct dump_options *options = state->input;

	switch (key) {
	case 'j':
		options->json = true;
		return 0;
	case 'p':
		options->pid = verb_pid(state, argument);
		return 0;
	case ARGP_KEY_ARG:
		if (options->table)
			argp_error(state, "%s: takes one table", argument);
		options->table = argument;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which table? An ID, a name, or a path that it is pinned at");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp dump_argp = {
	dump_argp_options,
	dump_option,
	"ID | NAME | PATH",
	"Prints the entries of a table in the kernel, whoever made it."
	"\v"
	"Examples:\n"
	"  bpfcc dump counts                   the table of this name\n"
	"  bpfcc dump /sys/fs/bpf/counts       the one that is pinned here\n"
	"  bpfcc dump -j 12                    the one with this ID\n",
	NULL,
	NULL,
	NULL,
};

struct dump {
	const struct dump_options *options;
	struct bcc *b;
	struct bcc_table *table;
	struct bcc_table_info info;
	const struct bcc_field *key, *value;
	int key_count, value_count;
	size_t stride; /* from one CPU's value to the next; 0: there is just one */
	struct bcc_symbols *kernel, *process;
	struct bcc_loaded *loaded; /* names of tables and programs that values are */
	struct buffer out;
	bool failed; /* to write */
};

/* ---- which table ---- */

static int dump_open_named(const char *command, const char *name, struct bcc *b, struct bcc_table **table)
{
	const struct bcc_loaded_opts opts = {.size = sizeof(opts), .no_holders = true, .no_pins = true};
	struct bcc_loaded *loaded;
	uint32_t id = 0;
	size_t found = 0;
	int ret = bcc_loaded_open(&opts, &loaded);

	if (ret) {
		ret = verb_fail(command, "%s", bcc_loaded_error(loaded));
		bcc_loaded_close(loaded);
		return ret;
	}
	for (size_t i = 0; i < bcc_loaded_count(loaded); i++) {
		const struct bcc_loaded_object *o = bcc_loaded_at(loaded, i);

		/* the kernel keeps 15 characters */
		if (o->kind != BCC_LOADED_TABLE || !*o->name || strncmp(o->name, name, 15))
			continue;
		if (++found == 2)
			fprintf(stderr, "%s: %s: several tables have this name: %u", command, name, id);
		if (found >= 2)
			fprintf(stderr, ", %u", o->id);
		id = o->id;
	}
	bcc_loaded_close(loaded);
	if (found > 1)
		fputs("; say which by its ID\n", stderr);
	if (!found)
		return verb_fail(command, "%s: no table has this name (bpfcc ps lists them)", name);
	if (found > 1)
		return 1;
	return bcc_table_open_id(b, id, table) ? verb_fail(command, "%s: %s", name, bcc_error(b)) : 0;
}

static int dump_open(const char *command, const char *what, struct bcc *b, struct bcc_table **table)
{
	unsigned long id;
	char *end;
	int ret;

	if (strchr(what, '/')) {
		ret = bcc_table_open_pinned(b, what, table);
	} else if (*what && what[strspn(what, "0123456789")] == '\0') {
		errno = 0;
		id = strtoul(what, &end, 10);
		if (errno || id > UINT32_MAX)
			return verb_fail(command, "table %s: there is none: IDs have 32 bits", what);
		ret = bcc_table_open_id(b, (uint32_t)id, table);
	} else {
		return dump_open_named(command, what, b, table);
	}
	return ret ? verb_fail(command, "%s", bcc_error(b)) : 0;
}

/* ---- keys ---- */

/* Prefixes of 4 and 16 bytes are addresses, as far as one can tell. */
static void dump_prefix(struct dump *d, const unsigned char *key)
{
	char address[INET6_ADDRSTRLEN] = "";
	size_t bytes = d->info.key_size - 4;
	uint32_t bits;

	memcpy(&bits, key, sizeof(bits));
	if (bytes == 4 || bytes == 16)
		inet_ntop(bytes == 4 ? AF_INET : AF_INET6, key + 4, address, sizeof(address));
	if (d->options->json) {
		buffer_char(&d->out, '{');
		json_member_unsigned(&d->out, "prefixlen", bits);
		json_name(&d->out, "data");
		typed_text(&d->out, d->b, NULL, 0, key + 4, bytes, true);
		if (*address) {
			json_name(&d->out, "prefix");
			buffer_printf(&d->out, "\"%s/%u\"", address, bits);
		}
		buffer_char(&d->out, '}');
		return;
	}
	if (*address)
		buffer_text(&d->out, address);
	else
		typed_text(&d->out, d->b, NULL, 0, key + 4, bytes, false);
	buffer_printf(&d->out, "/%u", bits);
}

static void dump_key(struct dump *d, const void *key)
{
	static const struct bcc_field index = {.name = "", .bit_size = 32, .kind = BCC_FIELD_UNSIGNED};

	if (d->info.type == BPF_MAP_TYPE_LPM_TRIE && d->info.key_size > 4)
		dump_prefix(d, key);
	else if (!d->key_count && d->info.key_size == 4 &&
		 (d->info.type == BPF_MAP_TYPE_ARRAY || d->info.type == BPF_MAP_TYPE_PERCPU_ARRAY ||
			 d->info.type == BPF_MAP_TYPE_STACK_TRACE ||
			 d->info.type == BPF_MAP_TYPE_PROG_ARRAY ||
			 d->info.type == BPF_MAP_TYPE_ARRAY_OF_MAPS))
		typed_text(&d->out, d->b, &index, 1, key, 4, d->options->json);
	else
		typed_text(&d->out, d->b, d->key, d->key_count, key, d->info.key_size, d->options->json);
}

/* ---- values ---- */

static void dump_frame(struct dump *d, uint64_t address)
{
	/* addresses of the kernel are in the upper half */
	struct bcc_symbols *symbols = address >> 63 ? d->kernel : d->process;
	char text[1024];

	if (d->options->json) {
		json_text(&d->out,
			symbols ? bcc_symbols_text(symbols, address, BCC_SYMBOL_OFFSET, text, sizeof(text))
				: (snprintf(text, sizeof(text), "0x%" PRIx64, address), text));
		return;
	}
	buffer_text(&d->out, "\n    ");
	if (symbols)
		buffer_text(&d->out, bcc_symbols_text(symbols, address, BCC_SYMBOL_OFFSET | BCC_SYMBOL_MODULE,
					     text, sizeof(text)));
	else
		buffer_printf(&d->out, "0x%" PRIx64, address);
}

static void dump_stack(struct dump *d, const char *value)
{
	bool first = true;

	buffer_text(&d->out, d->options->json ? "[" : "");
	for (size_t at = 0; at + 8 <= d->info.value_size; at += 8) {
		uint64_t address;

		memcpy(&address, value + at, sizeof(address));
		if (!address)
			break;
		buffer_text(&d->out, first || !d->options->json ? "" : ",");
		first = false;
		dump_frame(d, address);
	}
	buffer_text(&d->out, d->options->json ? "]" : "");
}

/* The ID of what a slot holds. */
static void dump_object(struct dump *d, int kind, const char *value)
{
	const char *word = kind == BCC_LOADED_TABLE ? "table" : "program";
	const struct bcc_loaded_object *o;
	uint32_t id;

	memcpy(&id, value, sizeof(id));
	o = bcc_loaded_find(d->loaded, kind, id);
	if (d->options->json) {
		buffer_char(&d->out, '{');
		json_member_unsigned(&d->out, word, id);
		json_member_text(&d->out, "name", o ? o->name : NULL);
		buffer_char(&d->out, '}');
	} else {
		buffer_printf(&d->out, o && *o->name ? "%s %u (%s)" : "%s %u", word, id, o ? o->name : "");
	}
}

static void dump_value(struct dump *d, const char *value)
{
	if (d->info.type == BPF_MAP_TYPE_STACK_TRACE && !(d->info.flags & BPF_F_STACK_BUILD_ID))
		dump_stack(d, value);
	else if (d->info.type == BPF_MAP_TYPE_ARRAY_OF_MAPS || d->info.type == BPF_MAP_TYPE_HASH_OF_MAPS)
		dump_object(d, BCC_LOADED_TABLE, value);
	else if (d->info.type == BPF_MAP_TYPE_PROG_ARRAY)
		dump_object(d, BCC_LOADED_PROGRAM, value);
	else
		typed_text(
			&d->out, d->b, d->value, d->value_count, value, d->info.value_size, d->options->json);
}

static int dump_entry(void *ctx, const void *key, const void *value)
{
	struct dump *d = ctx;
	size_t bytes = bcc_table_value_bytes(d->table), cpus = d->stride ? bytes / d->stride : 1;

	buffer_text(&d->out, d->options->json ? "{\"key\":" : "");
	dump_key(d, key);
	if (d->options->json)
		buffer_text(&d->out, d->stride ? ",\"values\":[" : ",\"value\":");
	else
		buffer_text(&d->out, ":");
	for (size_t cpu = 0; cpu < cpus; cpu++) {
		if (d->stride && !d->options->json)
			buffer_printf(&d->out, "%s cpu%zu ", cpu ? " " : "", cpu);
		else if (d->options->json)
			buffer_text(&d->out, cpu ? "," : "");
		else if (d->info.type != BPF_MAP_TYPE_STACK_TRACE)
			buffer_char(&d->out, ' ');
		dump_value(d, (const char *)value + cpu * d->stride);
	}
	buffer_text(&d->out, !d->options->json ? "\n" : d->stride ? "]}\n" : "}\n");
	if (d->out.size > 1 << 16)
		d->failed = !json_flush(&d->out);
	return d->failed;
}

/* ---- the verb ---- */

/* What values need to be understood; without it they are numbers. */
static void dump_prepare(struct dump *d)
{
	const struct bcc_loaded_opts opts = {.size = sizeof(opts), .no_holders = true, .no_pins = true};

	if (d->info.percpu)
		d->stride = (d->info.value_size + 7) / 8 * 8;
	if (d->info.type == BPF_MAP_TYPE_STACK_TRACE) {
		if (bcc_symbols_open_kernel(NULL, &d->kernel)) {
			bcc_symbols_close(d->kernel);
			d->kernel = NULL;
		}
		if (d->options->pid && bcc_symbols_open_process(d->options->pid, NULL, &d->process)) {
			bcc_symbols_close(d->process);
			d->process = NULL;
		}
	}
	if (d->info.type == BPF_MAP_TYPE_ARRAY_OF_MAPS || d->info.type == BPF_MAP_TYPE_HASH_OF_MAPS ||
		d->info.type == BPF_MAP_TYPE_PROG_ARRAY)
		bcc_loaded_open(&opts, &d->loaded);
}

static int dump_table(const char *command, struct dump *d)
{
	int ret;

	d->key_count = bcc_table_key_fields(d->table, &d->key);
	d->value_count = bcc_table_value_fields(d->table, &d->value);
	dump_prepare(d);
	ret = bcc_table_each(d->table, dump_entry, d);
	if (!json_flush(&d->out) || d->failed || fflush(stdout))
		return verb_fail(command, "the entries cannot be written: %s", strerror(errno));
	return ret ? verb_fail(command, "%s", bcc_error(d->b)) : 0;
}

static int dump_run(int argc, char **argv)
{
	struct dump_options options = {0};
	struct dump d = {.options = &options, .info = {.size = sizeof(d.info)}};
	int ret;

	if (argp_parse(&dump_argp, argc, argv, 0, NULL, &options))
		return 2;
	if (bcc_open_empty(&d.b)) {
		ret = verb_fail(argv[0], "%s", bcc_error(d.b));
	} else {
		ret = dump_open(argv[0], options.table, d.b, &d.table);
		if (!ret && bcc_table_info(d.table, &d.info))
			ret = verb_fail(argv[0], "%s", bcc_error(d.b));
		if (!ret)
			ret = dump_table(argv[0], &d);
	}
	buffer_free(&d.out);
	bcc_loaded_close(d.loaded);
	bcc_symbols_close(d.kernel);
	bcc_symbols_close(d.process);
	bcc_close(d.b);
	return ret;
}

const struct verb verb_dump = {
	"dump",
	"[-j] [-p PID] ID | NAME | PATH",
	"Prints the entries of a table, by its types",
	dump_run,
};
