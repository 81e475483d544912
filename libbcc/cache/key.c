/* SPDX-License-Identifier: Apache-2.0 */
#include "key.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bcc/bcc.h>

#include "common/array.h"

static bool cache_key_begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Flags whose files clang opens through the file system that the compiler watches, or that name no files. */
static bool is_watched(const char *flag)
{
	static const char *const good[] = {
		"-D", "-U", "-I", "-W", "-O", "-isystem", "-iquote", "-idirafter", "-imacros", "-std=", "-x"};

	if (*flag != '-' || strcmp(flag, "-include") == 0 || strcmp(flag, "-w") == 0)
		return true;
	/* switches: with a value they can mean anything */
	if (cache_key_begins(flag, "-f"))
		return !strpbrk(flag, "=/");
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (cache_key_begins(flag, good[i]))
			return true;
	return false;
}

bool bcc_key_possible(const struct bcc_compile_request *request)
{
	if (request->debug & (BCC_DEBUG_SOURCE | BCC_DEBUG_IR | BCC_DEBUG_ASM))
		return false;
	for (size_t i = 0; i < request->cflags_count; i++)
		if (*request->cflags[i] == '@' || !is_watched(request->cflags[i]))
			return false;
	return true;
}

static void put_environment(struct bcc_bytes *out)
{
	/* which headers; how to parse; which LLVM */
	static const char *const names[] = {
		"BCC_KERNEL_SOURCE", "BCC_READS", "LD_LIBRARY_PATH", "LD_PRELOAD"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		bcc_bytes_put_string(out, secure_getenv(names[i]));
}

bool bcc_key_write(struct bcc_bytes *out, const struct bcc_compile_request *request, const char *compiler)
{
	bcc_bytes_put_string(out, BCC_VERSION);
	bcc_bytes_put_number(out, request->abi);
	bcc_bytes_put_string(out, compiler);
	bcc_bytes_put_string(out, request->name);
	bcc_bytes_put_string(out, request->text);
	bcc_bytes_put_number(out, request->cflags_count);
	for (size_t i = 0; i < request->cflags_count; i++)
		bcc_bytes_put_string(out, request->cflags[i]);
	bcc_bytes_put_number(out, request->dialect);
	bcc_bytes_put_number(out, request->portable);
	bcc_bytes_put_string(out, request->kernel_source);
	put_environment(out);
	bcc_bytes_put_number(out, sysconf(_SC_PAGESIZE));
	bcc_key_put_kernel(out);
	return !out->failed;
}
