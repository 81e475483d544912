/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of runtimes: the part of ucalls and uflow that they have in common. RUNTIME_LANGUAGE: the only
 * language of a tool that is named after it. */
#ifndef TOOLS_RUNTIMES_METHOD_TOOL_H
#define TOOLS_RUNTIMES_METHOD_TOOL_H

#include <string.h>

#include "buffer.h"
#include "common/array.h"
#include "method.h"
#include "runtime.h"
#include "tool.h"

#define METHOD_LANGUAGES "java perl php python ruby tcl"

/* Which arguments of its probes are class (or file) and method, and which are their lengths. Probes for
 * returns have the same arguments. */
static const struct method_probes {
	const char *language;
	uint8_t class_argument, class_length, name_argument, name_length;
	const char *begin, *end;
	const char *more_begin, *more_end; /* of methods in C; NULL: there are none */
} method_probes[] = {
	{"java", 2, 3, 4, 5, "method__entry", "method__return", NULL, NULL},
	{"perl", 2, 0, 1, 0, "sub__entry", "sub__return", NULL, NULL},
	{"php", 4, 0, 1, 0, "function__entry", "function__return", NULL, NULL},
	{"python", 1, 0, 2, 0, "function__entry", "function__return", NULL, NULL},
	{"ruby", 1, 0, 2, 0, "method__entry", "method__return", "cmethod__entry", "cmethod__return"},
	{"tcl", 0, 0, 1, 0, "proc__entry", "proc__return", NULL, NULL},
};

static inline const struct method_probes *method_probes_of(const char *language)
{
	for (size_t i = 0; i < ARRAY_SIZE(method_probes); i++)
		if (!strcmp(method_probes[i].language, language))
			return &method_probes[i];
	return NULL;
}

/* The provider has the language's name, but for one. */
static inline const char *method_provider(const char *language)
{
	return strcmp(language, "java") ? language : "hotspot";
}

/* In set_up(): tells the text where the names are. */
static inline void method_set_up(const char *language)
{
	const struct method_probes *p = language ? method_probes_of(language) : NULL;

	if (!p)
		return;
	tool_set_number("class_argument", p->class_argument);
	tool_set_number("class_length", p->class_length);
	tool_set_number("name_argument", p->name_argument);
	tool_set_number("name_length", p->name_length);
}

/* Returns first: nothing is recorded that would stay. `end`: NULL: returns do not matter. */
static inline int method_attach(struct bcc *b, const char *language, const char *begin, const char *end)
{
	const struct method_probes *p = method_probes_of(language);
	const char *provider = method_provider(language);
	struct runtime_probe probes[5] = {{0}};
	int count = 0;

	if (end)
		probes[count++] = (struct runtime_probe)RUNTIME_PROBE(end, provider, p->end);
	if (end && p->more_end)
		probes[count++] =
			(struct runtime_probe)RUNTIME_PROBE(end, provider, p->more_end, .optional = true);
	if (p->more_begin)
		probes[count++] =
			(struct runtime_probe)RUNTIME_PROBE(begin, provider, p->more_begin, .optional = true);
	probes[count] = (struct runtime_probe)RUNTIME_PROBE(begin, provider, p->begin);
	return runtime_attach(b, language, probes);
}

/* "class.method" */
static inline void method_add(struct buffer *out, const struct method *method)
{
	buffer_add(out, method->class, strnlen(method->class, sizeof(method->class)));
	buffer_char(out, '.');
	buffer_add(out, method->name, strnlen(method->name, sizeof(method->name)));
}

#endif
