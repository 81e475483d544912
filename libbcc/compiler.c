/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the compiler library and loads it once, on first need: a program that never compiles never pays for
 * LLVM. */
#include "compiler.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

#define LIBRARY "libbcc-compiler.so"

static struct {
	bcc_compile_fn compile;
	bcc_compile_free_fn free_result;
	char error[2048]; /* why there is none, for every handle that asks */
} compiler;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void add_error(const char *why)
{
	size_t length = strlen(compiler.error);

	snprintf(compiler.error + length, sizeof(compiler.error) - length, "\n  %s", why);
}

static void *open_library(const char *path)
{
	/* lazily bound: most of LLVM is never called */
	void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	const char *why = library ? NULL : dlerror();

	if (!library)
		add_error(why ? why : path);
	return library;
}

/* Beside this library (a build tree), in a folder of its own below (installed), or where the loader looks. */
static void *find_library(void)
{
	static const char *const places[] = {"", "bcc/"};
	char path[PATH_MAX];
	const char *slash;
	Dl_info self;

	if (!dladdr(&once, &self) || !self.dli_fname || !(slash = strrchr(self.dli_fname, '/')))
		return open_library(LIBRARY);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int folder = slash + 1 - self.dli_fname;
		void *library;

		if (snprintf(path, sizeof(path), "%.*s%s" LIBRARY, folder, self.dli_fname, places[i]) >=
			PATH_MAX)
			continue;
		library = open_library(path);
		if (library)
			return library;
	}
	return open_library(LIBRARY);
}

static void load(void)
{
	void *library = find_library();
	bcc_compile_fn compile;

	if (!library)
		return;
	compiler.error[0] = '\0';
	compile = (bcc_compile_fn)dlsym(library, BCC_COMPILE_SYMBOL);
	compiler.free_result = (bcc_compile_free_fn)dlsym(library, BCC_COMPILE_FREE_SYMBOL);
	if (compile && compiler.free_result)
		compiler.compile = compile;
	else
		add_error("it is of another version than this library");
}

int bcc_compiler_get(bcc_compile_fn *compile, bcc_compile_free_fn *free_result, struct bcc_err *err)
{
	pthread_once(&once, load);
	if (!compiler.compile)
		return bcc_fail(err, -ELIBACC,
			"the compiler library " LIBRARY
			" cannot be loaded (it comes with this library; it needs LLVM's and clang's "
			"shared libraries):%s",
			compiler.error);
	*compile = compiler.compile;
	*free_result = compiler.free_result;
	return 0;
}
