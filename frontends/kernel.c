/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/arch/arch.h"
#include "common/array.h"
#include "common/cleanup.h"

int bcc_flags_add(struct bcc_flags *flags, const char *format, ...)
{
	char **list = realloc(flags->list, (flags->count + 1) * sizeof(*list));
	va_list args;
	int ret;

	if (!list)
		return -ENOMEM;
	flags->list = list;
	va_start(args, format);
	ret = vasprintf(&list[flags->count], format, args);
	va_end(args);
	if (ret < 0)
		return -ENOMEM;
	flags->count++;
	return 0;
}

void bcc_flags_free(struct bcc_flags *flags)
{
	for (size_t i = 0; i < flags->count; i++)
		free(flags->list[i]);
	free(flags->list);
	flags->list = NULL;
	flags->count = 0;
}

/* KERNEL_VERSION of a release like "6.1.0-56-amd64"; Debian has the real third number only in the version
 * string, and texts compare the first two. */
static unsigned version_code(const char *release)
{
	unsigned major = 0, minor = 0, patch = 0;

	sscanf(release, "%u.%u.%u", &major, &minor, &patch);
	return (major << 16) + (minor << 8) + (patch > 255 ? 255 : patch);
}

/* case labels for the existing registers, for bcc/usdt.h */
static int add_register_cases(struct bcc_flags *flags, const struct bcc_arch *arch)
{
	bcc_auto_free char *cases = NULL;
	size_t size;
	FILE *out = open_memstream(&cases, &size);
	int ret;

	for (size_t i = 0; out && i < arch->register_count; i++)
		if (!i || arch->registers[i].offset != arch->registers[i - 1].offset)
			fprintf(out, "__BCC_USDT_CASE(%u)", arch->registers[i].offset);
	ret = !out || fclose(out) ? -ENOMEM : 0;
	return ret ? ret : bcc_flags_add(flags, "-D__BCC_USDT_CASES=%s", cases);
}

/* What a text's includes are told about the architecture: PT_REGS_PARM1(ctx) is
 * ((ctx)->__BCC_REGISTER_PARM1). */
static int add_arch_flags(struct bcc_flags *flags, const struct bcc_arch *arch)
{
	const struct {
		const char *role, *name;
	} registers[] = {
		{"RET", arch->return_address},
		{"FP", arch->frame_pointer},
		{"RC", arch->result},
		{"SP", arch->stack_pointer},
		{"IP", arch->instruction_pointer},
	};
	int ret = bcc_flags_add(flags, "-D__TARGET_ARCH_%s", arch->kernel_directory);

	for (size_t i = 0; !ret && i < ARRAY_SIZE(registers); i++)
		ret = bcc_flags_add(flags, "-D__BCC_REGISTER_%s=%s", registers[i].role, registers[i].name);
	for (size_t i = 0; !ret && arch->arguments[i]; i++)
		ret = bcc_flags_add(flags, "-D__BCC_REGISTER_PARM%zu=%s", i + 1, arch->arguments[i]);
	for (size_t i = 0; !ret && arch->system_call_arguments[i]; i++)
		ret = bcc_flags_add(
			flags, "-D__BCC_REGISTER_SYSCALL%zu=%s", i + 1, arch->system_call_arguments[i]);
	if (!ret)
		ret = bcc_flags_add(
			flags, "-D__BCC_KERNEL_START=0x%llxUL", (unsigned long long)arch->kernel_start);
	if (!ret)
		ret = bcc_flags_add(flags, "-D__BCC_USDT_IP=%u", bcc_arch_instruction_pointer_offset(arch));
	return ret ? ret : add_register_cases(flags, arch);
}

unsigned bcc_kernel_version(void)
{
	struct utsname name;

	return uname(&name) ? 0 : version_code(name.release);
}

int bcc_kernel_flags(struct bcc_flags *flags, bool headers, struct bcc_err *err)
{
	struct utsname name;
	int ret = 0;

	if (uname(&name))
		return bcc_fail(err, -errno, "uname() failed: %m");
	if (!headers)
		ret = bcc_flags_add(flags, "-DLINUX_VERSION_CODE=%u", version_code(name.release));
	if (!ret)
		ret = bcc_flags_add(flags, "-D__BCC_RELEASE=\"%s\"", name.release);
	if (!ret)
		ret = bcc_flags_add(flags, "-D__BCC_PAGE_SIZE=%ld", sysconf(_SC_PAGESIZE));
	if (!ret)
		ret = add_arch_flags(flags, bcc_arch_host);
	return ret ? bcc_fail(err, ret, "out of memory for compiler flags") : 0;
}

static bool lists_helper(const struct bcc_btf_bytes *kernel, const struct btf_type *ids, const char *helper)
{
	char name[128];
	uint32_t string;

	snprintf(name, sizeof(name), "BPF_FUNC_%s", helper);
	string = bcc_btf_find_string(kernel, name);
	for (int i = 0; string && i < btf_vlen(ids); i++)
		if (btf_enum(ids)[i].name_off == string)
			return true;
	return false;
}

bool bcc_kernel_has_helper(
	const struct bcc_btf_bytes *kernel, const char *helper, unsigned major, unsigned minor)
{
	struct utsname name;
	uint32_t id;

	if (!uname(&name) && version_code(name.release) >= (major << 16) + (minor << 8))
		return true;
	id = kernel->data ? bcc_btf_find_type(kernel, "bpf_func_id", BTF_KIND_ENUM) : 0;
	return id && lists_helper(kernel, bcc_btf_type_at(kernel, id), helper);
}
