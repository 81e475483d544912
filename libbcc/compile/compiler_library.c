/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the compiler library and loads it once, when first needed: a program that never compiles does not pay
 * for LLVM. */
#include "compiler_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/array.h"
#include "common/cleanup.h"
#include "common/error.h"
#include "libbcc/symbols/process/process_maps.h"

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

	snprintf(compiler.error + length, sizeof(compiler.error) - length, "\n  %s", why);
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
static const char *const places[] = {"", "bcc/"};

struct own_file {
	uint64_t address; /* any address in it */
	char *path;
	size_t size;
};

static int is_own_file(void *ctx, const struct bcc_process_mapping *mapping)
{
	struct own_file *own = ctx;

	if (own->address < mapping->start || own->address >= mapping->end)
		return 0;
	snprintf(own->path, own->size, "%s", mapping->path);
	return 1;
}

/* The file that this library was loaded from. The loader's name for it is relative if LD_LIBRARY_PATH is, and
 * the program may have changed directory since. */
static bool find_own_file(char *path, size_t size)
{
	struct own_file own = {.address = (uintptr_t)bcc_compiler_path, .path = path, .size = size};
	bcc_auto_file FILE *maps = NULL;
	Dl_info self;

	if (dladdr(bcc_compiler_path, &self) && self.dli_fname && self.dli_fname[0] == '/')
		return (size_t)snprintf(path, size, "%s", self.dli_fname) < size;
	maps = fopen("/proc/self/maps", "re");
	return maps && bcc_process_maps_each(maps, is_own_file, &own) == 1 && path[0] == '/';
}

/* The path at place `i`; false if this library's own path is unknown or too long. */
static bool path_in_place(size_t i, char *path, size_t size)
{
	char own[PATH_MAX];
	int length;

	if (!find_own_file(own, sizeof(own)))
		return false;
	strrchr(own, '/')[1] = '\0';
	length = snprintf(path, size, "%s%s" LIBRARY, own, places[i]);
	return length > 0 && (size_t)length < size;
}

/* Tries these places, then the loader's search path. */
static void *compiler_library_find_library(void)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		void *library = path_in_place(i, path, sizeof(path)) ? open_library(path) : NULL;

		if (library)
			return library;
	}
	return open_library(LIBRARY);
}

void bcc_compiler_path(char *path, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (path_in_place(i, path, size) && access(path, R_OK) == 0)
			return;
	snprintf(path, size, "%s", LIBRARY);
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
			"shared libraries):%s",
			compiler.error);
	*compile = compiler.compile;
	*free_result = compiler.free_result;
	return 0;
}
