/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the compiler library and loads it once, when first needed: a program that never compiles does not pay
 * for LLVM. */
#include "compiler_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/array.h"
#include "common/error.h"
#include "own_file.h"

#define LIBRARY "libbcc-compiler.so"

static struct {
	bcc_compile_fn compile;
	bcc_compile_free_fn free_result;
	char error[2048]; /* why it could not be loaded, for every later request */
} compiler;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void add_error(const char *why)
{
	size_t length = strlen(compiler.error);

	snprintf(compiler.error + length, sizeof(compiler.error) - length, "; %s", why);
}

static void *open_library(const char *path)
{
	/* lazily bound: most of LLVM is never called */
	void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	const char *why = library ? NULL : dlerror();

	if (!library)
		add_error(why ? why : LIBRARY);
	return library;
}

/* Next to this library (in a build tree), or in a directory of its own below (installed). */
static const char *const places[] = {LIBRARY, "bcc/" LIBRARY};

/* Tries these places, then the loader's search path. */
static void *compiler_library_find_library(void)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		void *library =
			bcc_own_file_neighbour(places[i], path, sizeof(path)) ? open_library(path) : NULL;

		if (library)
			return library;
	}
	return open_library(LIBRARY);
}

static char found[PATH_MAX];
static pthread_once_t found_once = PTHREAD_ONCE_INIT;

static void compiler_library_look(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (bcc_own_file_neighbour(places[i], found, sizeof(found)) && access(found, R_OK) == 0)
			return;
	snprintf(found, sizeof(found), "%s", LIBRARY);
}

const char *bcc_compiler_library_path(void)
{
	pthread_once(&found_once, compiler_library_look);
	return found;
}

static void compiler_library_load(void)
{
	void *library = compiler_library_find_library();
	bcc_compile_fn compile;

	if (!library)
		return;
	compiler.error[0] = '\0';
	compile = (bcc_compile_fn)dlsym(library, BCC_COMPILE_SYMBOL);
	compiler.free_result = (bcc_compile_free_fn)dlsym(library, BCC_COMPILE_FREE_SYMBOL);
	if (compile && compiler.free_result)
		compiler.compile = compile;
	else
		add_error("its version differs from this library's");
}

int bcc_compiler_get(bcc_compile_fn *compile, bcc_compile_free_fn *free_result, struct bcc_err *err)
{
	pthread_once(&once, compiler_library_load);
	if (!compiler.compile)
		return bcc_fail(err, -ELIBACC,
			"the compiler library " LIBRARY
			" cannot be loaded (it comes with this library; it needs LLVM's and clang's "
			"shared libraries)%s",
			compiler.error);
	*compile = compiler.compile;
	*free_result = compiler.free_result;
	return 0;
}
