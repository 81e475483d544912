/* SPDX-License-Identifier: Apache-2.0 */
/* The command bpfcc: finds the verb. */
#include <argp.h>
#include <bcc/bcc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "standard_output.h"
#include "verb.h"

#define MAIN_VERB(name) &verb_##name,
static const struct verb *const main_verbs[] = {VERBS(MAIN_VERB)};
#define MAIN_VERBS (sizeof(main_verbs) / sizeof(main_verbs[0]))

static void main_help(FILE *out)
{
	fputs("Usage: bpfcc VERB [ARGUMENT…]\n"
	      "Runs BPF programs that are written in C, and shows what the kernel has of BPF.\n\n",
		out);
	for (size_t i = 0; i < MAIN_VERBS; i++)
		fprintf(out, "  %s %s\n          %s.\n", main_verbs[i]->name, main_verbs[i]->arguments,
			main_verbs[i]->summary);
	fputs("\n'bpfcc VERB --help' says more about one, with examples; 'man bpfcc' about all.\n", out);
}

static const char *main_name = "bpfcc";
static bool main_has_checked;

/* argp ends the program itself when it has shown help. */
static void main_at_exit(void)
{
	if (!main_has_checked && !standard_output_has_arrived(main_name))
		_exit(EXIT_FAILURE);
}

static int main_run(const struct verb *verb, int argc, char **argv)
{
	static char called[64];
	int status;

	snprintf(called, sizeof(called), "bpfcc %s", verb->name);
	main_name = argv[0] = called;
	status = verb->run(argc, argv);
	/* a verb that has failed has said why */
	main_has_checked = status != EXIT_SUCCESS;
	return status;
}

int main(int argc, char **argv)
{
	/* of argp, for all verbs */
	argp_err_exit_status = 2;
	atexit(main_at_exit);

	if (argc < 2) {
		main_help(stderr);
		return 2;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		main_help(stdout);
		return 0;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("bpfcc %s\n", bcc_version());
		return 0;
	}
	for (size_t i = 0; i < MAIN_VERBS; i++)
		if (!strcmp(argv[1], main_verbs[i]->name))
			return main_run(main_verbs[i], argc - 1, argv + 1);
	return verb_usage("bpfcc", "%s: there is no such verb", argv[1]);
}
