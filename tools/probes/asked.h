/* SPDX-License-Identifier: Apache-2.0 */
/* What users of trace and argdist ask for, and its programs: asked.bpf.h. For one file of a tool. */
#ifndef TOOLS_ASKED_H
#define TOOLS_ASKED_H

#include <bcc/usdt.h>
#include <stdio.h>
#include <string.h>

#include "buffer.h"
#include "expr/program.h"
#include "filter.h"
#include "tool.h"

enum { ASKED_MOST = 64 };

static struct asked {
	const char *text;
	struct spec spec;
	struct program program;
	char name[32]; /* of its programs */
} asked[ASKED_MOST];

static unsigned asked_count;
static const char *asked_headers[ASKED_MOST];
static unsigned asked_header_count;

static inline struct asked *asked_new(const char *text)
{
	if (asked_count == ASKED_MOST)
		tool_usage("there are more than %d probes", ASKED_MOST);
	asked[asked_count].text = text;
	snprintf(asked[asked_count].name, sizeof(asked[asked_count].name), "probe_%u", asked_count);
	return &asked[asked_count++];
}

__attribute__((noreturn)) static inline void asked_wrong(
	const struct asked *a, const struct probe_error *error)
{
	argument_wrong_at(a->text, error->column, error->why);
}

/* An option's argument: a header that declares what is asked for. */
static inline void asked_header(const char *argument)
{
	if (asked_header_count == ASKED_MOST)
		tool_usage("there are more than %d", ASKED_MOST);
	if (strpbrk(argument, "\"<>\n\\") || !*argument)
		tool_usage("'%s' is not the name of a header", argument);
	asked_headers[asked_header_count++] = argument;
}

static inline void asked_write_headers(struct buffer *text)
{
	for (unsigned i = 0; i < asked_header_count; i++)
		if (strchr("./", *asked_headers[i]))
			buffer_printf(text, "#include \"%s\"\n", asked_headers[i]);
		else
			/* the kernel's own, such as kernel/sched/sched.h, come with no package: its types are
			 * known without them */
			buffer_printf(text,
				"#if __has_include(<%s>)\n#include <%s>\n#else\n"
				"#warning \"there is no header %s: types are those of the kernel's BTF\"\n#endif\n",
				asked_headers[i], asked_headers[i], asked_headers[i]);
}

/* Adds the programs of a probe, which is called by its number. */
static inline void asked_write(struct buffer *text, unsigned number, const struct program_options *options)
{
	struct asked *a = &asked[number];
	struct probe_error error;

	if (program_write(text, &a->spec, a->name, number, options, &a->program, &error))
		asked_wrong(a, &error);
}

/* As tool.needs: what only the stacks of calls need, is not if there are none. */
static inline bool asked_needs(const char *program)
{
	bool calls = false;

	for (unsigned i = 0; i < asked_count; i++)
		calls |= asked[i].program.entry_name != NULL;
	return calls || strcmp(program, "raw_tracepoint__sched_process_exit") != 0;
}

static inline int asked_attach_one(struct bcc *b, const struct probe *p, const char *program, bool at_return)
{
	switch (p->kind) {
	case PROBE_TRACEPOINT:
		return bcc_attach_tracepoint(b, program, p->place, p->name, NULL);
	case PROBE_USDT:
		return bcc_attach_usdt(b, program, p->place, p->provider, p->name,
			&BCC_OPTS(struct bcc_usdt_opts, .pid = filter_single_pid()), NULL);
	case PROBE_USER:
		return bcc_attach_uprobe(b, program, p->place,
			&BCC_OPTS(struct bcc_uprobe_opts, .symbol = p->name, .offset = p->offset,
				.pid = filter_single_pid(), .retprobe = at_return),
			NULL);
	default:
		return bcc_attach_kprobe(b, program, p->name,
			&BCC_OPTS(struct bcc_kprobe_opts, .retprobe = at_return, .offset = p->offset), NULL);
	}
}

/* As tool.attached. */
static inline int asked_attach(struct bcc *b)
{
	for (unsigned i = 0; i < asked_count; i++) {
		const struct asked *a = &asked[i];
		int ret = asked_attach_one(b, &a->spec.probe, a->program.name, a->spec.probe.at_return);

		/* the return first: no entry is left behind */
		if (ret >= 0 && a->program.entry_name)
			ret = asked_attach_one(b, &a->spec.probe, a->program.entry_name, false);
		if (ret < 0) {
			tool_warn("%s: %s", a->text, bcc_error(b));
			return ret;
		}
	}
	return 0;
}

static inline void asked_free(void)
{
	for (unsigned i = 0; i < asked_count; i++) {
		spec_free(&asked[i].spec);
		program_free(&asked[i].program);
	}
}

#endif
