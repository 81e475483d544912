/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime.h"

#include <bcc/usdt.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/array.h"
#include "filter.h"
#include "mapped.h"
#include "process.h"
#include "settings.h"
#include "tool.h"

static const struct runtime {
	const char *name;
	const char
		*files; /* names of its programs and libraries, but for what follows them: ".so", a version */
	const char *build; /* how it is built with probes */
	const char *start; /* what a process has to be started with, too */
} runtimes[] = {
	{"java", "java libjvm", "OpenJDK has them with --enable-dtrace, as most distributions build it",
		"If you do not see any results, make sure you ran java with option -XX:+ExtendedDTraceProbes"},
	{"node", "node nodejs libnode", "Node.js has them up to version 18, built with --with-dtrace", NULL},
	{"perl", "perl libperl", "Perl has them if it is built with -Dusedtrace", NULL},
	{"php", "php libphp", "PHP has them if it is built with --enable-dtrace",
		"If you do not see any results, make sure the environment variable USE_ZEND_DTRACE is set to "
		"1"},
	{"python", "python libpython", "Python has them if it is built with --with-dtrace", NULL},
	{"ruby", "ruby irb libruby", "Ruby has them if it is built with --enable-dtrace", NULL},
	{"tcl", "tclsh wish libtcl", "Tcl has them up to version 8.6, built with --enable-dtrace", NULL},
};

static int process;
static const char *process_text;

void runtime_process_option(const char *argument)
{
	process = (int)argument_number(argument, 1, INT32_MAX);
	process_text = argument;
	filter_only_process(process);
}

void runtime_filter(void)
{
	if (!process)
		return;
	filter_pid_option(process_text);
	filter_set_self();
}

int runtime_process(void)
{
	return process;
}

/* What follows may be a version or a kind, but not the rest of another word: "node_exporter". */
static bool runtime_is_name(const char *name, const char *known, size_t length)
{
	return !strncmp(name, known, length) && !isalpha((unsigned char)name[length]) && name[length] != '_';
}

static bool runtime_has(const struct runtime *r, const char *name)
{
	for (const char *at = r->files; *at;) {
		size_t length = strcspn(at, " ");

		if (runtime_is_name(name, at, length))
			return true;
		at += length + (at[length] == ' ');
	}
	return false;
}

static const char *runtime_of_file(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(runtimes); i++)
		if (runtime_has(&runtimes[i], name))
			return runtimes[i].name;
	return NULL;
}

const char *runtime_of(int pid)
{
	char path[64], program[PATH_MAX], line[PATH_MAX + 128];
	const char *language = NULL;
	bool has_libc = false;
	struct mapped_line mapped;
	ssize_t length;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	length = readlink(path, program, sizeof(program) - 1);
	if (length > 0) {
		program[length] = '\0';
		language = runtime_of_file(strrchr(program, '/') ? strrchr(program, '/') + 1 : program);
	}
	if (language)
		return language;
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	while (maps && !language && fgets(line, sizeof(line), maps)) {
		if (!mapped_parse(line, &mapped))
			continue;
		language = runtime_of_file(mapped.name);
		has_libc |= runtime_is_name(mapped.name, "libc", 4) || !strncmp(mapped.name, "ld-musl", 7);
	}
	if (maps)
		fclose(maps);
	return language ? language : has_libc ? "c" : NULL;
}

static const struct runtime *runtime_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(runtimes); i++)
		if (!strcmp(runtimes[i].name, name))
			return &runtimes[i];
	return NULL;
}

bool runtime_has_file(const char *language, const char *name)
{
	const struct runtime *r = runtime_find(language);

	return r && runtime_has(r, name);
}

const char *runtime_hint(const char *language)
{
	const struct runtime *r = runtime_find(language);

	return r ? r->start : NULL;
}

static bool runtime_is_among(const char *name, const char *known)
{
	size_t length = strlen(name);

	for (const char *at = known; (at = strstr(at, name)); at += length)
		if ((at == known || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return length > 0;
	return false;
}

const char *runtime_choose(const char *wanted, const char *known)
{
	if (wanted && !runtime_is_among(wanted, known))
		tool_usage("there is no language '%s' here, but these: %s", wanted, known);
	if (!process) {
		if (settings.describe || settings.dump_text)
			return wanted;
		tool_usage("of which process? Its number is missing");
	}
	if (process_has_ended(process))
		tool_usage("there is no process %d", process);
	if (wanted)
		return wanted;
	wanted = runtime_of(process);
	return wanted && runtime_is_among(wanted, known) ? wanted : NULL;
}

int runtime_attach(struct bcc *b, const char *language, const struct runtime_probe *probes)
{
	const struct bcc_usdt_opts opts = {.size = sizeof(opts), .pid = process};
	const struct runtime *r = runtime_find(language);

	for (const struct runtime_probe *p = probes; p->program; p++) {
		int ret = bcc_attach_usdt(b, p->program, NULL, p->provider, p->name, &opts, NULL);

		if (!ret || (ret == -ENOENT && p->optional))
			continue;
		if (ret == -ENOENT && r)
			tool_warn("process %d has no static probe %s: %s", process, p->name, r->build);
		else
			tool_warn("%s", bcc_error(b));
		return ret;
	}
	return 0;
}
