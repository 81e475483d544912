/* SPDX-License-Identifier: Apache-2.0 */
/* `extern … __ksym`: functions (kfuncs) and variables of the kernel, found by name in its BTF, or by their
 * addresses alone. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/kernel_symbol.h"
#include "libbcc/kernel/kernel_btf.h"
#include "libbcc/kernel/machine_numbers.h"
#include "libbcc/symbols/kernel/kernel_symbols.h"
#include "build.h"

/* A helper number that no kernel has. A call in code that is only reached if the function exists is dead, and
 * the verifier does not look at it; a call that is reached makes the verifier report this number. */
#define NO_SUCH_HELPER 0x7fffffff

/* The compiler has already looked some of them up: ".bcc.kfuncs" has a number and a NUL-terminated name,
 * padded to 4 bytes, for each. That saves reading the kernel's BTF, which takes longer than loading a
 * program. */
static uint32_t known_number(const struct bcc_build *build, const char *name)
{
	const struct bcc_section *section = bcc_elf_section(&build->elf, ".bcc.kfuncs");
	size_t at = 0, length;
	uint32_t number;

	while (section && section->data && at + sizeof(number) < section->size) {
		const char *other = (const char *)section->data + at + sizeof(number);

		length = strnlen(other, section->size - at - sizeof(number));
		if (length == section->size - at - sizeof(number))
			return 0;
		memcpy(&number, section->data + at, sizeof(number));
		if (strcmp(other, name) == 0)
			return number;
		at = (at + sizeof(number) + length + 1 + 3) & ~(size_t)3;
	}
	return 0;
}

static int object_externs_optional(const struct bcc_build *build, const struct bcc_symbol *symbol)
{
	if (!known_number(build, symbol->name))
		return 0;
	return strcmp(symbol->name, "__bcc_typed_loads") == 0 ? BCC_EXTERN_OPTIONAL_FIRST
							      : BCC_EXTERN_OPTIONAL;
}

static const struct btf_type *object_externs_section(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_DATASEC);

	return id > 0 ? btf__type_by_id(btf, id) : NULL;
}

static void object_externs_add(struct bcc_name_index *names, const struct btf *btf, const struct btf_type *t)
{
	for (int i = 0; t && i < btf_vlen(t); i++) {
		const struct btf_type *member = btf__type_by_id(btf, btf_var_secinfos(t)[i].type);

		if (member)
			bcc_name_index_add(names, btf__name_by_offset(btf, member->name_off), i);
	}
}

int bcc_build_undefined(const struct bcc_build *build, const char **name)
{
	const struct btf *btf = build->b->btf;
	const struct btf_type *functions = object_externs_section(btf, ".ksyms");
	const struct btf_type *options = object_externs_section(btf, ".kconfig");
	struct bcc_name_index kernels = {0};

	*name = NULL;
	if (bcc_name_index_init(
		    &kernels, (functions ? btf_vlen(functions) : 0) + (options ? btf_vlen(options) : 0)) < 0)
		return bcc_fail(&build->b->err, -ENOMEM, "out of memory");
	object_externs_add(&kernels, btf, functions);
	object_externs_add(&kernels, btf, options);
	bcc_name_index_sort(&kernels);
	for (uint32_t i = 1; i < build->elf.symbol_count && !*name; i++) {
		const struct bcc_symbol *symbol = &build->elf.symbols[i];

		if (!symbol->section && symbol->bind == STB_GLOBAL && *symbol->name &&
			!bcc_kernel_symbol(symbol->name) && !bcc_name_index_find(&kernels, symbol->name))
			*name = symbol->name;
	}
	bcc_name_index_free(&kernels);
	return 0;
}

static unsigned object_externs_line(
	const struct bcc_build *build, const char *section, uint64_t offset, const char **file)
{
	const struct bcc_btf_ext_info *lines = &build->ext.lines;
	const struct bcc_btf_ext_block *block = bcc_btf_ext_find(lines, section);
	uint32_t next = block ? bcc_btf_ext_from(lines, block, offset + 1) : 0;
	struct bpf_line_info line;

	if (!next || lines->record_size < sizeof(line))
		return 0;
	memcpy(&line, block->records + (size_t)(next - 1) * lines->record_size, sizeof(line));
	*file = btf__str_by_offset(build->b->btf, line.file_name_off);
	return *file ? BPF_LINE_INFO_LINE_NUM(line.line_col) : 0;
}

unsigned bcc_build_line_of_use(const struct bcc_build *build, const char *name, const char **file)
{
	for (uint32_t i = 0; i < build->elf.section_count; i++) {
		const struct bcc_section *section = &build->elf.sections[i];
		size_t count = section->flags & SHF_EXECINSTR ? bcc_elf_relocation_count(section) : 0;

		for (size_t j = 0; j < count; j++) {
			struct bcc_relocation relocation;

			if (!bcc_elf_relocation(&build->elf, section, j, &relocation, NULL) &&
				!strcmp(relocation.symbol->name, name))
				return object_externs_line(build, section->name, relocation.offset, file);
		}
	}
	return 0;
}

/* Returns -ESRCH if this kernel has none, without an error recorded. */
static int object_externs_find(
	struct bcc_build *build, const struct bcc_symbol *symbol, uint32_t kind, struct bcc_kernel_type *type)
{
	int ret;

	*type = (struct bcc_kernel_type){.id = known_number(build, symbol->name), .module_fd = -1};
	if (type->id)
		return 0;
	ret = bcc_kernel_btf_find(build->b, symbol->name, kind, build->b->libbpf, type);

	/* a kernel without BTF has no functions to call either */
	if (symbol->bind == STB_WEAK && ret == -ENOENT)
		return -ESRCH;
	return ret;
}

static bool object_externs_is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL);
}

void bcc_extern_forget(struct bpf_insn *insn)
{
	insn->src_reg = 0;
	insn->imm = object_externs_is_call(insn) ? NO_SUCH_HELPER : 0;
}

/* Makes the descriptor of a module's BTF the object's, unless it has one of it; returns its number in the
 * list, or a negative errno with the error recorded. */
static int object_externs_keep_module(struct bcc_build *build, int fd)
{
	struct bcc_object *object = build->b->object;
	struct bpf_btf_info info = {0}, known;
	uint32_t size = sizeof(info);
	size_t count = object->module_fd_count ? object->module_fd_count : 1;
	int *fds;

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		info.id = 0;
	for (size_t i = 1; i < object->module_fd_count; i++) {
		known = (struct bpf_btf_info){0};
		size = sizeof(known);
		if (info.id && !bpf_obj_get_info_by_fd(object->module_fds[i], &known, &size) &&
			known.id == info.id) {
			close(fd);
			return i;
		}
	}
	fds = count > INT16_MAX ? NULL : reallocarray(object->module_fds, count + 1, sizeof(*fds));
	if (!fds) {
		close(fd);
		return bcc_fail(&build->b->err, -ENOMEM, "out of memory");
	}
	fds[0] = -1;
	fds[count] = fd;
	object->module_fds = fds;
	object->module_fd_count = count + 1;
	return count;
}

int bcc_build_extern_call(struct bcc_build *build, const struct bcc_symbol *symbol, struct bpf_insn *insn)
{
	struct bcc_kernel_type type;
	int ret = object_externs_find(build, symbol, BTF_KIND_FUNC, &type);

	if (ret < 0)
		return ret;
	insn->src_reg = BPF_PSEUDO_KFUNC_CALL;
	insn->imm = type.id;
	insn->off = 0;
	if (type.module_fd < 0)
		return object_externs_optional(build, symbol);
	ret = object_externs_keep_module(build, type.module_fd);
	if (ret < 0)
		return ret;
	insn->off = ret;
	return 0;
}

/* Whether the text declares it as `extern const void`: only its address is asked for. */
static bool object_externs_is_typeless(const struct bcc_build *build, const struct bcc_symbol *symbol)
{
	const struct btf *btf = build->b->btf;
	int id = btf ? btf__find_by_name_kind(btf, symbol->name, BTF_KIND_VAR) : 0;
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, id) : NULL;

	while (t && (btf_is_var(t) || btf_is_mod(t))) {
		if (!t->type)
			return true;
		t = btf__type_by_id(btf, t->type);
	}
	return false;
}

/* The name in the kernel of a symbol whose address is asked for, not its type. */
static const char *object_externs_kernel_name(const struct bcc_symbol *symbol)
{
	const char *name = bcc_kernel_symbol(symbol->name);
	size_t any = strlen(BCC_KERNEL_SYMBOL_ANY);

	if (!name)
		return symbol->name;
	return strncmp(name, BCC_KERNEL_SYMBOL_ANY, any) ? name : name + any;
}

struct wanted_symbols {
	struct bcc_build *build;
	struct bcc_name_index names;
};

/* Of several with a name, one that is static in its file is not what headers declare. */
static int object_externs_take_symbol(void *ctx, const struct bcc_kernel_symbol *symbol)
{
	struct wanted_symbols *wanted = ctx;
	const struct bcc_name *found = bcc_name_index_find(&wanted->names, symbol->name);
	bool is_static = islower((unsigned char)symbol->type);

	for (; found; found = bcc_name_index_next(&wanted->names, found)) {
		struct bcc_kernel_address *known = &wanted->build->kernel_addresses[found->index];

		if (known->is_found && (!known->is_static || is_static))
			continue;
		*known = (struct bcc_kernel_address){
			.address = symbol->address, .is_found = true, .is_static = is_static};
	}
	return 0;
}

/* Those of all symbols that the object does not define, in one pass. */
static int object_externs_read_addresses(struct bcc_build *build)
{
	struct wanted_symbols wanted = {.build = build};
	int ret = bcc_name_index_init(&wanted.names, build->elf.symbol_count);

	build->kernel_addresses =
		ret ? NULL : calloc(build->elf.symbol_count, sizeof(*build->kernel_addresses));
	if (!build->kernel_addresses) {
		bcc_name_index_free(&wanted.names);
		return bcc_fail(&build->b->err, -ENOMEM, "out of memory");
	}
	for (uint32_t i = 1; i < build->elf.symbol_count; i++)
		if (!build->elf.symbols[i].section && *build->elf.symbols[i].name)
			bcc_name_index_add(
				&wanted.names, object_externs_kernel_name(&build->elf.symbols[i]), i);
	bcc_name_index_sort(&wanted.names);
	ret = bcc_kernel_symbols_each(object_externs_take_symbol, &wanted);
	bcc_name_index_free(&wanted.names);
	if (ret >= 0)
		return 0;
	free(build->kernel_addresses);
	build->kernel_addresses = NULL;
	return ret;
}

static void object_externs_set_address(struct bpf_insn *insn, uint64_t address)
{
	insn[0].src_reg = 0;
	insn[0].imm = (int32_t)(uint32_t)address;
	insn[1].imm = (int32_t)(uint32_t)(address >> 32);
}

static int object_externs_symbol_address(
	struct bcc_build *build, const struct bcc_symbol *symbol, struct bpf_insn *insn)
{
	const char *name = object_externs_kernel_name(symbol);
	const struct bcc_kernel_address *known;
	struct bcc_err *err = &build->b->err;
	uint64_t address = bcc_machine_number(name);
	int ret = address || build->kernel_addresses ? 0 : object_externs_read_addresses(build);

	if (address) {
		object_externs_set_address(insn, address);
		return 0;
	}
	if (symbol->bind == STB_WEAK && (ret == -EACCES || ret == -EPERM || ret == -ENOENT)) {
		object_externs_set_address(insn, 0);
		return 0;
	}
	if (ret < 0)
		return bcc_fail(err, ret, "the address of %s cannot be read from /proc/kallsyms: %s", name,
			strerror(-ret));
	known = &build->kernel_addresses[symbol - build->elf.symbols];
	if (known->is_found && !known->address && symbol->bind != STB_WEAK)
		return bcc_fail(err, -EPERM,
			"the kernel hides the address of %s from this user (/proc/kallsyms)", name);
	if (!known->is_found && symbol->bind != STB_WEAK)
		return -ESRCH;
	/* of a member, the instruction has the offset */
	object_externs_set_address(insn, known->address ? known->address + (int64_t)insn[0].imm : 0);
	return 0;
}

int bcc_build_extern_address(struct bcc_build *build, const struct bcc_symbol *symbol, struct bpf_insn *insn)
{
	struct bcc_kernel_type type;
	bool known = known_number(build, symbol->name);
	int ret = bcc_build_kconfig_address(build, symbol, insn);

	if (ret)
		return ret < 0 ? ret : 0;
	if (bcc_kernel_symbol(symbol->name) || object_externs_is_typeless(build, symbol))
		return object_externs_symbol_address(build, symbol, insn);
	ret = known ? -ESRCH : object_externs_find(build, symbol, BTF_KIND_VAR, &type);
	if (ret == -ESRCH && (known || symbol->bind == STB_WEAK)) {
		/* for a weak function only its existence matters: any address but 0 will do */
		ret = object_externs_find(build, symbol, BTF_KIND_FUNC, &type);
		if (ret == 0 && type.module_fd >= 0)
			close(type.module_fd);
		insn[0].src_reg = 0;
		insn[0].imm = ret == 0;
		insn[1].imm = 0;
		return object_externs_optional(build, symbol);
	}
	if (ret < 0)
		return ret;
	insn[0].src_reg = BPF_PSEUDO_BTF_ID;
	insn[0].imm = type.id;
	insn[1].imm = 0;
	if (type.module_fd < 0)
		return 0;
	ret = object_externs_keep_module(build, type.module_fd);
	if (ret < 0)
		return ret;
	insn[1].imm = build->b->object->module_fds[ret];
	return 0;
}
