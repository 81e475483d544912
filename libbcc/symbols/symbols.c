/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of symbols.h, for all kinds of symbol tables. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/options.h"
#include "libbcc/handle.h"
#include "resolver.h"

uint64_t bcc_coarse_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

int bcc_symbols_new(const struct bcc_symbols_ops *ops, size_t size, const struct bcc_symbols_opts *opts,
	struct bcc_symbols **out)
{
	struct bcc_symbols *s;

	if (!out)
		return -EINVAL;
	*out = s = calloc(1, size);
	if (!s)
		return -ENOMEM;
	s->ops = ops;
	return bcc_opts(&s->err, &s->opts, sizeof(s->opts), opts);
}

void bcc_symbols_close(struct bcc_symbols *s)
{
	if (!s)
		return;
	bcc_demangled_clear(&s->demangled);
	bcc_err_clear(&s->err);
	s->ops->free(s);
	free(s);
}

const char *bcc_symbols_error(const struct bcc_symbols *s)
{
	if (!s)
		return "out of memory for the symbol table";
	return s->err.text ? s->err.text : s->err.code ? strerror(-s->err.code) : "";
}

static void set_name(struct bcc_symbols *s, struct bcc_symbol_info *info)
{
	if (info->raw_name)
		info->name = s->opts.no_demangle ? info->raw_name
						 : bcc_demangled_get(&s->demangled, info->raw_name);
}

int bcc_symbols_resolve(struct bcc_symbols *s, uint64_t address, struct bcc_symbol_info *info)
{
	int ret;

	if (info)
		memset(info, 0, sizeof(*info));
	if (!s)
		return -EINVAL;
	if (!info)
		return bcc_fail(&s->err, -EINVAL, "no room for what is known of the address is given");
	if (!s->ops->resolve)
		return bcc_fail(&s->err, -EINVAL, "the symbol table is for build IDs, not for addresses");
	ret = s->ops->resolve(s, address, info);
	set_name(s, info);
	return ret;
}

bool bcc_symbols_is_code(struct bcc_symbols *s, uint64_t address)
{
	return s && s->ops->is_code ? s->ops->is_code(s, address) : true;
}

int bcc_symbols_resolve_build_id(
	struct bcc_symbols *s, const uint8_t *build_id, uint64_t offset, struct bcc_symbol_info *info)
{
	int ret;

	if (info)
		memset(info, 0, sizeof(*info));
	if (!s)
		return -EINVAL;
	if (!info || !build_id)
		return bcc_fail(&s->err, -EINVAL, "a build ID and room for what is known of it are needed");
	if (!s->ops->resolve_build_id)
		return bcc_fail(&s->err, -EINVAL, "the symbol table is for addresses, not for build IDs");
	ret = s->ops->resolve_build_id(s, build_id, offset, info);
	set_name(s, info);
	return ret;
}

int bcc_symbols_find(struct bcc_symbols *s, const char *module, const char *name, uint64_t *address)
{
	if (!s)
		return -EINVAL;
	if (!name || !address)
		return bcc_fail(&s->err, -EINVAL, "a symbol's name and room for its address are needed");
	if (!s->ops->find)
		return bcc_fail(&s->err, -EINVAL, "the symbol table is for build IDs, not for addresses");
	return s->ops->find(s, module, name, address);
}

int bcc_symbols_refresh(struct bcc_symbols *s)
{
	if (!s)
		return -EINVAL;
	return s->ops->refresh ? s->ops->refresh(s) : 0;
}

int bcc_symbols_add_file(struct bcc_symbols *s, const char *path)
{
	if (!s)
		return -EINVAL;
	if (!path)
		return bcc_fail(&s->err, -EINVAL, "the path of the file to add is NULL");
	if (!s->ops->add_file)
		return bcc_fail(&s->err, -EINVAL, "files can only be added to symbol tables for build IDs");
	return s->ops->add_file(s, path);
}

const char *bcc_symbols_text(struct bcc_symbols *s, uint64_t address, unsigned flags, char *buf, size_t size)
{
	struct bcc_symbol_info info;
	const char *module, *slash;
	char offset[32] = "";

	if (!buf || !size)
		return buf;
	if (bcc_symbols_resolve(s, address, &info) && !info.name)
		info.name = "[unknown]";
	else if (flags & BCC_SYMBOL_OFFSET)
		snprintf(offset, sizeof(offset), "+0x%llx", (unsigned long long)info.offset);
	module = flags & BCC_SYMBOL_MODULE ? info.module : NULL;
	slash = module ? strrchr(module, '/') : NULL;
	if (slash)
		module = slash + 1;
	if (module && *module == '[') /* such as that of the vdso */
		snprintf(buf, size, "%s%s %s", info.name, offset, module);
	else if (module)
		snprintf(buf, size, "%s%s [%s]", info.name, offset, module);
	else
		snprintf(buf, size, "%s%s", info.name, offset);
	return buf;
}

int bcc_kernel_functions_each(
	struct bcc_symbols *kernel, const char *regex, unsigned needs, bcc_kernel_function_fn fn, void *ctx)
{
	if (!kernel)
		return -EINVAL;
	if (!fn)
		return bcc_fail(&kernel->err, -EINVAL, "the callback for the kernel's functions is missing");
	if (!kernel->ops->each_function)
		return bcc_fail(&kernel->err, -EINVAL, "the symbol table is not the kernel's");
	return kernel->ops->each_function(kernel, regex, needs, fn, ctx);
}
