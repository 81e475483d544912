/* SPDX-License-Identifier: Apache-2.0 */
/* Any file as a module's, packed or not. */
#include <bpf/btf.h>
#include <sys/mman.h>
#include <stdio.h>
#include <unistd.h>

#include "frontends/btf/module_files.h"
#include "fuzz.h"

/* struct outer { int number; struct far *far; } */
static struct btf *new_kernel(void)
{
	struct btf *kernel = btf__new_empty();
	int number = btf__add_int(kernel, "int", 4, BTF_INT_SIGNED),
	    far = btf__add_fwd(kernel, "far", BTF_FWD_STRUCT);

	far = btf__add_ptr(kernel, far);
	btf__add_struct(kernel, "outer", 16);
	btf__add_field(kernel, "number", number, 0, 0);
	btf__add_field(kernel, "far", far, 64, 0);
	return kernel;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct btf *kernel;
	struct bcc_module_file file;
	char path[64];
	int ret, fd = memfd_create("module", MFD_CLOEXEC);

	if (!kernel)
		kernel = new_kernel();
	REQUIRE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ret = bcc_module_file_open(&file, path, kernel);
	REQUIRE(ret <= 0);
	for (uint32_t id = btf__type_cnt(kernel); !ret && id < btf__type_cnt(file.all); id++)
		REQUIRE(btf__name_by_offset(file.all, btf__type_by_id(file.all, id)->name_off));
	bcc_module_file_close(&file);
	close(fd);
	return 0;
}
