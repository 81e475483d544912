/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What traced programs print about themselves, one line each on standard output:
 *
 *   function NAME ADDRESS MODULE   one of their functions; MODULE is the file that contains it
 *   ready                          everything was printed; now they follow standard input, line by line:
 *     load PATH    load a library, print its functions, "ready"
 *     unload       unload it, "ready"
 *     call         call the leaf function through all the others, "ready"
 *     exec PATH    become another program
 *
 * The end of standard input ends them.
 */
#ifndef TESTS_TARGETS_SYMBOLS_H
#define TESTS_TARGETS_SYMBOLS_H

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __cplusplus
#define TARGET_LINKAGE extern "C"
#else
#define TARGET_LINKAGE extern
#endif

/* What a loaded library has. */
typedef void (*target_say_fn)(void (*say)(const char *name, const void *address));

static char target_module[PATH_MAX];

static void target_say(const char *name, const void *address)
{
	printf("function %s %p %s\n", name, address, target_module);
}

/* The program itself defines what it has, and what a call is. */
static void target_say_own(void);
static int target_call(void);

static void target_load(const char *path, void **library)
{
	*library = dlopen(path, RTLD_NOW);
	if (!*library) {
		printf("%s\n", dlerror());
		return;
	}
	if (!realpath(path, target_module))
		printf("%s: no such path\n", path);
	((target_say_fn)dlsym(*library, "target_say_library"))(target_say);
}

static int target_run(void)
{
	char line[PATH_MAX];
	void *library = NULL;
	ssize_t length = readlink("/proc/self/exe", target_module, sizeof(target_module) - 1);

	target_module[length > 0 ? length : 0] = '\0';
	target_say_own();
	do {
		puts("ready");
		fflush(stdout);
		if (!fgets(line, sizeof(line), stdin))
			return 0;
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "load ", 5))
			target_load(line + 5, &library);
		else if (!strcmp(line, "unload"))
			dlclose(library);
		else if (!strcmp(line, "call"))
			target_call();
		else if (!strncmp(line, "exec ", 5))
			execl(line + 5, line + 5, NULL);
	} while (1);
}

#endif
