/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that run the code of other languages, and the static probes of these runtimes. */
#ifndef TOOLS_LIB_RUNTIME_H
#define TOOLS_LIB_RUNTIME_H

#include <stdbool.h>

struct bcc;

/* A program of the text, and the probe that it is for. */
struct runtime_probe {
	const char *program;
	const char *provider; /* NULL: any */
	const char *name;
	bool optional; /* other probes of the same program suffice */
};

#define RUNTIME_PROBE(program_, provider_, name_, ...)                                                       \
	{.program = (program_), .provider = (provider_), .name = (name_), ##__VA_ARGS__}

/* Reader of the argument that names the process. */
void runtime_process_option(const char *argument);

/* The process; 0: none was named, as only the tool's description is wanted. */
int runtime_process(void);

/* Whether a program or library of this name belongs to a language: "libpython3.11.so.1.0". */
bool runtime_has_file(const char *language, const char *name);

/* The language of a process, by its program or else the libraries that it has mapped: "c" if all that is
 * known is that it has a C library; NULL: not even that. */
const char *runtime_of(int pid);

/* In set_up(): the text's filter (filter.bpf.h) lets only the process through. */
void runtime_filter(void);

/* One of `known`, names separated by blanks: `wanted`, or if that is NULL the language of the process. NULL
 * if it has none of these. Ends the program if `wanted` is none of them, or there is no process. */
const char *runtime_choose(const char *wanted, const char *known);

/* What has to be done before programs of a language report anything, a sentence; NULL: nothing. */
const char *runtime_hint(const char *language);

/* Attaches programs to probes of the process, in the order of the table, which ends with one without a
 * program. Returns 0, or a negative errno after it has said which probe is missing and what brings it. */
int runtime_attach(struct bcc *b, const char *language, const struct runtime_probe *probes);

#endif
