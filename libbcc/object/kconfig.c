/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `extern … __kconfig`: options of the kernel's configuration, and what else LINUX_… tells about the kernel.
 * They are constants in an array of their own. Those that are weak are 0 where the kernel does not have them.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "common/cleanup.h"
#include "common/kernel_config_file.h"
#include "libbcc/attach/syscall_function.h"
#include "build.h"

enum { KCONFIG_BYTES_MOST = 1 << 20 };

struct bcc_kconfig_variable {
	uint32_t name; /* in the strings of the BTF, which move */
	uint32_t type, offset, bytes;
	bool is_set;
};

static const char *kconfig_name(const struct bcc_build *build, const struct bcc_kconfig_variable *v)
{
	return btf__name_by_offset(build->b->btf, v->name);
}

/* ---- reading the object ---- */

static int kconfig_add(struct bcc_build *build, const struct btf_var_secinfo *info)
{
	const struct btf *btf = build->b->btf;
	const struct btf_type *var = btf__type_by_id(btf, info->type);
	const char *name = var && btf_is_var(var) ? btf__name_by_offset(btf, var->name_off) : NULL;
	int64_t bytes = name ? btf__resolve_size(btf, var->type) : 0;
	int align = bytes > 0 ? btf__align_of(btf, var->type) : 0;
	uint32_t offset;

	if (!name || !*name)
		return bcc_fail(&build->b->err, -EINVAL,
			"the compiled object is damaged: section .kconfig does not list variables");
	if (bytes <= 0 || align <= 0 || bytes > KCONFIG_BYTES_MOST - build->kconfig_bytes - 8)
		return bcc_fail(&build->b->err, -EINVAL, "the type of %s has no size, or is too large", name);
	offset = (build->kconfig_bytes + align - 1) / align * align;
	build->kconfig[build->kconfig_count++] = (struct bcc_kconfig_variable){
		.name = var->name_off, .type = var->type, .offset = offset, .bytes = bytes};
	build->kconfig_bytes = offset + bytes;
	return 0;
}

int bcc_build_read_kconfig(struct bcc_build *build)
{
	const struct btf *btf = build->b->btf;
	int id = btf__find_by_name_kind(btf, ".kconfig", BTF_KIND_DATASEC), ret = 0;
	const struct btf_type *section = id > 0 ? btf__type_by_id(btf, id) : NULL;

	if (!section || !btf_vlen(section))
		return 0;
	build->kconfig = calloc(btf_vlen(section), sizeof(*build->kconfig));
	if (!build->kconfig)
		return bcc_fail(&build->b->err, -ENOMEM, "out of memory");
	for (uint32_t i = 0; ret == 0 && i < btf_vlen(section); i++)
		ret = kconfig_add(build, &btf_var_secinfos(section)[i]);
	return ret;
}

/* ---- values ---- */

struct kconfig_values {
	struct bcc_build *build;
	uint8_t *bytes;
};

static bool kconfig_is_bool(const struct btf_type *t)
{
	return btf_is_int(t) && btf_int_encoding(t) & BTF_INT_BOOL;
}

static bool kconfig_is_char(const struct btf_type *t)
{
	return btf_is_int(t) && t->size == 1 && !kconfig_is_bool(t);
}

static bool kconfig_is_tristate(const struct btf *btf, const struct btf_type *t)
{
	return btf_is_enum(t) && t->size == 4 &&
	       !strcmp(btf__name_by_offset(btf, t->name_off), "libbpf_tristate");
}

/* The variable has 1, 2, 4 or 8 bytes. */
static bool kconfig_put(
	struct kconfig_values *values, struct bcc_kconfig_variable *v, uint64_t number, bool negative)
{
	unsigned bits = 8 * v->bytes;
	uint8_t *to = values->bytes + v->offset;
	uint32_t four = number;
	uint16_t two = number;
	uint8_t one = number;

	if (bits < 64 && (negative ? (int64_t)number < -(1LL << (bits - 1)) : number >> bits))
		return false;
	switch (v->bytes) {
	case 1:
		memcpy(to, &one, sizeof(one));
		break;
	case 2:
		memcpy(to, &two, sizeof(two));
		break;
	case 4:
		memcpy(to, &four, sizeof(four));
		break;
	case 8:
		memcpy(to, &number, sizeof(number));
		break;
	default:
		return false;
	}
	v->is_set = true;
	return true;
}

static int kconfig_unsuitable(
	struct kconfig_values *values, const struct bcc_kconfig_variable *v, const char *value)
{
	return bcc_fail(&values->build->b->err, -EINVAL,
		"%s is %.64s in this kernel's configuration, which the type that the text gives it cannot hold: "
		"y, n and m take bool, char or enum libbpf_tristate, numbers an integer that is wide enough, text an array of char",
		kconfig_name(values->build, v), value);
}

/* y, n or m. */
static bool kconfig_put_letter(
	struct kconfig_values *values, struct bcc_kconfig_variable *v, const struct btf_type *t, char letter)
{
	if (kconfig_is_bool(t))
		return letter != 'm' && kconfig_put(values, v, letter == 'y', false);
	if (kconfig_is_char(t))
		return kconfig_put(values, v, letter, false);
	if (kconfig_is_tristate(values->build->b->btf, t))
		return kconfig_put(values, v, letter == 'y' ? 1 : letter == 'm' ? 2 : 0, false);
	return false;
}

/* "TEXT", cut if the array is shorter; its last byte stays 0. */
static bool kconfig_put_text(struct kconfig_values *values, struct bcc_kconfig_variable *v,
	const struct btf_type *t, const char *value)
{
	const char *end = strrchr(value + 1, '"');
	const struct btf_type *element =
		btf_is_array(t) ? bcc_btf_skip_modifiers(values->build->b->btf, btf_array(t)->type, NULL)
				: NULL;
	size_t length = end ? end - value - 1 : 0;

	if (!end || !element || !kconfig_is_char(element))
		return false;
	memcpy(values->bytes + v->offset, value + 1, length < v->bytes ? length : v->bytes - 1);
	v->is_set = true;
	return true;
}

static bool kconfig_put_number(struct kconfig_values *values, struct bcc_kconfig_variable *v,
	const struct btf_type *t, const char *value)
{
	bool negative = *value == '-';
	uint64_t number;
	char *end;

	errno = 0;
	number = negative ? (uint64_t)strtoll(value, &end, 0) : strtoull(value, &end, 0);
	return !errno && end != value && !*end && btf_is_int(t) && !kconfig_is_bool(t) &&
	       kconfig_put(values, v, number, negative);
}

static int kconfig_set(struct kconfig_values *values, struct bcc_kconfig_variable *v, const char *value)
{
	const struct btf_type *t = bcc_btf_skip_modifiers(values->build->b->btf, v->type, NULL);
	bool ok = false;

	if (!t)
		return kconfig_unsuitable(values, v, value);
	if (strchr("ynm", *value) && *value && !value[1])
		ok = kconfig_put_letter(values, v, t, *value);
	else if (*value == '"')
		ok = kconfig_put_text(values, v, t, value);
	else
		ok = kconfig_put_number(values, v, t, value);
	return ok ? 0 : kconfig_unsuitable(values, v, value);
}

static int kconfig_line(void *ctx, const char *name, const char *value)
{
	struct kconfig_values *values = ctx;

	for (size_t i = 0; i < values->build->kconfig_count; i++)
		if (!strcmp(kconfig_name(values->build, &values->build->kconfig[i]), name))
			return kconfig_set(values, &values->build->kconfig[i], value);
	return 0;
}

/* As LINUX_VERSION_CODE. Debian's release has no third number; its version does. */
static uint64_t kconfig_kernel_version(void)
{
	unsigned a = 0, b = 0, c = 0;
	struct utsname name;
	const char *debian;

	if (uname(&name))
		return 0;
	debian = strstr(name.version, "Debian ");
	if (!debian || sscanf(debian, "Debian %u.%u.%u", &a, &b, &c) != 3)
		sscanf(name.release, "%u.%u.%u", &a, &b, &c);
	return (a << 16) + (b << 8) + (c > 255 ? 255 : c);
}

static bool kconfig_has_syscall_wrapper(void)
{
	char function[128];

	return !bcc_syscall_resolve("bpf", function, sizeof(function)) && !strncmp(function, "__", 2) &&
	       strncmp(function, "__se_", 5) != 0;
}

/* What is not of the configuration. */
static int kconfig_set_special(struct kconfig_values *values, struct bcc_kconfig_variable *v)
{
	const char *name = kconfig_name(values->build, v);
	uint64_t number = 0;

	if (!strcmp(name, "LINUX_KERNEL_VERSION"))
		number = kconfig_kernel_version();
	else if (!strcmp(name, "LINUX_HAS_BPF_COOKIE"))
		number = libbpf_probe_bpf_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_get_attach_cookie, NULL) == 1;
	else if (!strcmp(name, "LINUX_HAS_SYSCALL_WRAPPER"))
		number = kconfig_has_syscall_wrapper();
	else
		return 0;
	return kconfig_put(values, v, number, false)
		       ? 0
		       : bcc_fail(&values->build->b->err, -EINVAL, "%s must be an integer", name);
}

static bool kconfig_is_weak(const struct bcc_build *build, const char *name)
{
	const struct bcc_name *at = bcc_name_index_find(&build->elf.symbol_names, name);

	return at && build->elf.symbols[at->index].bind == STB_WEAK;
}

static int kconfig_fill(struct kconfig_values *values)
{
	struct bcc_build *build = values->build;
	struct bcc_err *err = &build->b->err, missing = {0};
	bool wants_file = false;
	char path[PATH_MAX];
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < build->kconfig_count; i++) {
		wants_file |= !strncmp(kconfig_name(build, &build->kconfig[i]), "CONFIG_", 7);
		ret = kconfig_set_special(values, &build->kconfig[i]);
	}
	if (ret == 0 && wants_file && bcc_kernel_config_find(NULL, path, &missing) == 0)
		ret = bcc_kernel_config_read(path, kconfig_line, values, err);
	for (size_t i = 0; ret == 0 && i < build->kconfig_count; i++) {
		const char *name = kconfig_name(build, &build->kconfig[i]);

		if (!build->kconfig[i].is_set && !kconfig_is_weak(build, name))
			ret = bcc_fail(err, -ESRCH,
				"this kernel's configuration does not set %s: declare it __weak, and it is 0 then%s%s",
				name, missing.text ? "; " : "", missing.text ? missing.text : "");
	}
	bcc_err_clear(&missing);
	return ret;
}

static int kconfig_create(struct bcc_build *build)
{
	bcc_auto_free uint8_t *bytes = calloc(1, build->kconfig_bytes);
	struct kconfig_values values = {build, bytes};
	int ret;

	if (!bytes)
		return bcc_fail(&build->b->err, -ENOMEM, "out of memory");
	ret = kconfig_fill(&values);
	if (ret == 0)
		ret = bcc_build_array(build, ".kconfig",
			&(struct bcc_data){.value = bytes, .bytes = build->kconfig_bytes, .constant = true});
	if (ret >= 0)
		build->kconfig_fd = ret;
	return ret < 0 ? ret : 0;
}

int bcc_build_kconfig_address(struct bcc_build *build, const struct bcc_symbol *symbol, struct bpf_insn *insn)
{
	for (size_t i = 0; i < build->kconfig_count; i++) {
		int ret;

		if (strcmp(kconfig_name(build, &build->kconfig[i]), symbol->name) != 0)
			continue;
		ret = build->kconfig_fd < 0 ? kconfig_create(build) : 0;
		if (ret < 0)
			return ret;
		insn[0].src_reg = BPF_PSEUDO_MAP_VALUE;
		insn[0].imm = build->kconfig_fd;
		insn[1].imm = build->kconfig[i].offset;
		return 1;
	}
	return 0;
}
