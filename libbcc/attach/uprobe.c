/* SPDX-License-Identifier: Apache-2.0 */
/* uprobes and uretprobes: at an instruction of a program or library, or at the return of one of its
 * functions. */
#include "attach.h"

#include <errno.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/kernel_errno.h"
#include "common/options.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/symbols/elf/elf_symbols.h"
#include "libbcc/symbols/elf/ifunc.h"
#include "libbcc/symbols/elf/library_path.h"
#include "libbcc/symbols/process/process_root.h"
#include "misread_instruction.h"
#include "uprobe.h"

/* glibc 2.34 moved the contents of these into libc.so.6 and left empty files for old programs. */
static const char *const merged_into_libc[] = {"pthread", "dl", "rt", "util", "anl", NULL};

static bool is_merged_into_libc(const char *binary)
{
	for (const char *const *name = merged_into_libc; *name; name++)
		if (!strcmp(binary, *name))
			return true;
	return false;
}

/* The address of a symbol's code as given in the ELF file. */
static int symbol_address(struct bcc *b, const struct bcc_binary *binary, struct bcc_elf *elf,
	const char *symbol, uint64_t *address)
{
	struct bcc_elf_function function;
	int ret = bcc_elf_find_function(&b->err, elf, symbol, &function);

	if (ret)
		return ret;
	*address = function.address;
	if (function.is_ifunc && !bcc_ifunc_choice(binary->fd, symbol, address))
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"%s of %s is an indirect function: the dynamic loader chooses its code by the "
			"CPU; give the symbol or address of that code",
			symbol, binary->path);
	return 0;
}

/* The file offset of the probe. */
static int uprobe_file_offset(
	struct bcc *b, const struct bcc_binary *binary, const struct bcc_uprobe_opts *opts, uint64_t *offset)
{
	uint64_t address = opts->address;
	struct bcc_elf *elf;
	int ret = bcc_elf_open(&b->err, binary->fd, binary->path, &elf);

	if (!ret && opts->symbol)
		ret = symbol_address(b, binary, elf, opts->symbol, &address);
	if (!ret && __builtin_add_overflow(address, opts->offset, &address))
		ret = bcc_fail(&b->err, -EINVAL, "offset %#llx is past the end of the address space",
			(unsigned long long)opts->offset);
	if (!ret)
		ret = bcc_elf_file_offset(&b->err, elf, address, offset);
	*offset += binary->start;
	bcc_elf_close(elf);
	return ret;
}

/* Finds the file and the offset of the probe; on success the caller closes `found`. */
static int find_place(struct bcc *b, const char *binary, const struct bcc_uprobe_opts *opts,
	struct bcc_binary *found, uint64_t *offset)
{
	int ret = bcc_binary_open(&b->err, binary, opts->pid, found);

	if (ret)
		return ret;
	ret = uprobe_file_offset(b, found, opts, offset);
	if (ret)
		bcc_binary_close(found);
	if (ret != -ENOENT || !is_merged_into_libc(binary))
		return ret;
	return find_place(b, "c", opts, found, offset);
}

static int uprobe_refused(struct bcc *b, const struct bcc_probe_request *request, int code)
{
	const char *path = request->target;

	if (code == -KERNEL_ENOTSUPP && bcc_misread_in(path, request->offset))
		return bcc_fail(&b->err, -EINVAL,
			"%s cannot be probed there: kernels take this vector instruction for another one, and "
			"the program would go wrong",
			path);
	switch (code) {
	case -ENODEV:
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"%s cannot be probed: no uprobes in this kernel (CONFIG_UPROBES is off, it is "
			"older than 4.17, or /sys is not mounted)",
			path);
	case -EOPNOTSUPP:
		return bcc_fail(&b->err, code,
			"%s cannot be probed with a semaphore: this kernel is older than 4.20", path);
	case -EPERM:
	case -EACCES:
		return bcc_fail_permission(&b->err, "no permission to probe %s", path);
	case -ESRCH:
		return bcc_fail_process(&b->err, request->pid, code);
	case -EINVAL:
	case -EIO:
	case -KERNEL_ENOTSUPP:
		return bcc_fail(&b->err, -EINVAL,
			"%s cannot be probed there: the kernel refuses the instruction or the file "
			"system%s (%s)",
			path,
			code == -EINVAL
				? ", or there is already a probe with a different semaphore, or with none"
				: "",
			code == -KERNEL_ENOTSUPP ? "not supported" : strerror(-code));
	default:
		return bcc_fail(&b->err, code, "%s cannot be probed: %s", path, strerror(-code));
	}
}

int bcc_uprobe_event(struct bcc *b, const struct bcc_probe_request *request)
{
	int fd = bcc_probe_pmu_open(request);

	return fd < 0 ? uprobe_refused(b, request, fd) : fd;
}

static int uprobe_check(struct bcc *b, const char *binary, const struct bcc_uprobe_opts *opts)
{
	if (!binary || !*binary)
		return bcc_fail(
			&b->err, -EINVAL, "the path or name of the program or library to probe is missing");
	if (opts->symbol && !*opts->symbol)
		return bcc_fail(&b->err, -EINVAL, "%s: the symbol's name is empty", binary);
	if (!opts->symbol == !opts->address)
		return bcc_fail(&b->err, -EINVAL, "%s: either a symbol or an address is needed", binary);
	if (opts->pid < 0)
		return bcc_fail(&b->err, -EINVAL, "pid %d: use 0 for all processes", opts->pid);
	/* the kernel takes the top of the stack for the return address, which is only right at a function's
	 * first instruction */
	if (opts->retprobe && opts->offset)
		return bcc_fail(&b->err, -EINVAL, "%s: a return probe cannot have an offset", binary);
	return 0;
}

static int uprobe_attach(struct bcc *b, struct bcc_program *p, const char *binary,
	const struct bcc_uprobe_opts *opts, struct bcc_link **link)
{
	struct bcc_probe_request request = {.pmu = "uprobe",
		.ref_ctr_offset = opts->ref_ctr_offset,
		.retprobe = opts->retprobe,
		.pid = opts->pid};
	struct bcc_binary found;
	int ret = find_place(b, binary, opts, &found, &request.offset);
	int fd;

	if (ret)
		return ret;
	request.target = found.path;
	fd = bcc_uprobe_event(b, &request);
	bcc_binary_close(&found);
	return fd < 0 ? fd : bcc_attach_one(p, BCC_KIND_UPROBE, fd, link);
}

int bcc_attach_uprobe(struct bcc *b, const char *prog, const char *binary, const struct bcc_uprobe_opts *opts,
	struct bcc_link **link)
{
	struct bcc_uprobe_opts known;
	struct bcc_program *p = bcc_attach_program(b, prog);
	int ret;

	if (!p)
		return b ? b->err.code : -EINVAL;
	ret = bcc_opts(&b->err, &known, sizeof(known), opts);
	if (!ret)
		ret = uprobe_check(b, binary, &known);
	return ret ? ret : uprobe_attach(b, p, binary, &known, link);
}
