/* SPDX-License-Identifier: Apache-2.0 */
#include "syscall_function.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "common/arch/arch.h"
#include "common/array.h"
#include "common/cleanup.h"
#include "common/suggestions.h"
#include "libbcc/symbols/kernel/kernel_symbols.h"
#include "attach.h"

/* Prefixes of other architectures, calling conventions and older kernels, which people also write for "that
 * system call". */
static const char *const other_prefixes[] = {"__s390x_sys_", "__riscv_sys_", "__s390_sys_",
	"__ia32_compat_sys_", "__x32_compat_sys_", "__ia32_sys_", "compat_sys_", "SyS_"};

enum { OWN, PLAIN, PREFIXES };

/* The architecture's own prefix, then that of older kernels and of architectures without wrappers. The
 * kernel's own form is the first of these that it has symbols for. */
static const char *syscall_function_prefix(int i)
{
	return i == OWN ? bcc_arch_host->system_call_prefix : "sys_";
}

static const char *syscall_function_after(const char *name, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(name, prefix, length) || !name[length] ? NULL : name + length;
}

const char *bcc_syscall_strip(const char *function)
{
	const char *name = bcc_arch_system_call_of(function);

	if (name && !*name)
		return NULL;
	for (size_t i = 0; !name && i < ARRAY_SIZE(other_prefixes); i++)
		name = syscall_function_after(function, other_prefixes[i]);
	return name;
}

/*
 * Reading kallsyms takes tens of milliseconds and a tool asks for several system calls, so the names of all
 * of them are kept, NUL-terminated one after another, for each prefix. System calls do not change while a
 * kernel runs.
 */
static struct names {
	char *text;
	size_t size, room;
} kept[PREFIXES];
static int kept_prefix = -1; /* which of them this kernel uses */
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;

static int syscall_function_keep(void *ctx, const struct bcc_kernel_symbol *symbol)
{
	for (int i = 0; i < PREFIXES; i++) {
		const char *name = syscall_function_after(symbol->name, syscall_function_prefix(i));
		struct names *names = &kept[i];
		size_t length;

		if (!name || !bcc_kernel_symbol_is_text(symbol) || *symbol->module)
			continue;
		length = strlen(name) + 1;
		if (names->size + length > names->room) {
			size_t room = 2 * names->room + length + 4096;
			char *text = realloc(names->text, room);

			if (!text)
				return -ENOMEM;
			names->text = text;
			names->room = room;
		}
		memcpy(names->text + names->size, name, length);
		names->size += length;
	}
	return 0;
}

static int keep_names(void)
{
	int ret;

	if (kept_prefix >= 0)
		return 0;
	ret = bcc_kernel_symbols_each(syscall_function_keep, NULL);
	for (int i = 0; !ret && i < PREFIXES && kept_prefix < 0; i++)
		if (kept[i].size)
			kept_prefix = i;
	if (!ret && kept_prefix < 0)
		ret = -ENOENT;
	for (int i = 0; i < PREFIXES; i++) {
		if (!ret && kept_prefix == i)
			continue;
		free(kept[i].text);
		kept[i] = (struct names){0};
	}
	return ret;
}

/* To be called with the lock held. Returns the kept name, or NULL and what is close to it. */
static const char *find_kept(const char *name, struct bcc_near_names *near)
{
	const struct names *names = &kept[kept_prefix];

	for (size_t at = 0; at < names->size; at += strlen(names->text + at) + 1) {
		if (!strcmp(names->text + at, name))
			return names->text + at;
		if (near)
			bcc_near_offer(near, names->text + at);
	}
	return NULL;
}

static int syscall_function_resolve(const char *name, char *buf, size_t size, struct bcc_near_names *near)
{
	int ret;

	pthread_mutex_lock(&kept_lock);
	ret = keep_names();
	if (!ret && !find_kept(name, near))
		ret = -ENOENT;
	if (!ret && (size_t)snprintf(buf, size, "%s%s", syscall_function_prefix(kept_prefix), name) >= size)
		ret = -ENOSPC;
	pthread_mutex_unlock(&kept_lock);
	return ret;
}

int bcc_syscall_resolve(const char *name, char *buf, size_t size)
{
	return syscall_function_resolve(name, buf, size, NULL);
}

int bcc_syscall_function(struct bcc *b, const char *name, char *buf, size_t size)
{
	struct bcc_near_names near;
	char hint[3 * BCC_NEAR_LENGTH + 32];
	const char *bare;
	int ret;

	if (!b)
		return -EINVAL;
	if (!name || !*name || !buf || !size)
		return bcc_fail(&b->err, -EINVAL, "a system call's name and a buffer are needed");
	bare = bcc_syscall_strip(name);
	bare = bare ? bare : name;
	bcc_near_init(&near, bare);
	ret = syscall_function_resolve(bare, buf, size, &near);
	if (ret == -ENOENT)
		return bcc_fail(&b->err, ret, "this kernel has no system call \"%s\"%s", name,
			bcc_near_text(&near, hint, sizeof(hint)));
	if (ret == -ENOSPC)
		return bcc_fail(
			&b->err, ret, "%zu bytes are not enough for the function name of \"%s\"", size, name);
	if (ret)
		return bcc_fail(&b->err, ret,
			"system calls' names are in /proc/kallsyms, which cannot be read: %s",
			strerror(-ret));
	return 0;
}
