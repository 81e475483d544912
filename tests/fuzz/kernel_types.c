/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the BTF of another kernel, which a caller names (btf_path): an object with each kind of
 * relocation, of data/relocated.bpf.c, is relocated to it. The kernel is simulated here. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/read_file.h"
#include "libbcc/handle.h"
#include "libbcc/object/object.h"
#include "fuzz.h"
#include "no_kernel.h"

static char *object;
static size_t object_size;

static void read_object(void)
{
	if (!object)
		REQUIRE(!bcc_read_regular_file(RELOCATED, 1 << 20, &object, &object_size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int types = memfd_create("types", MFD_CLOEXEC), ret;
	char path[64];
	struct bcc b = {.btf_fd = -1, .tracefs_fd = -1, .libbpf = true, .portable = true, .btf_path = path};

	libbpf_set_print(NULL);
	read_object();
	REQUIRE(types >= 0 && write(types, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", types);
	REQUIRE(!bcc_object_read(&b, object, object_size));
	ret = bcc_object_create(&b);
	require_answer(ret, &b.err);
	REQUIRE(b.program_count == 1);
	bcc_object_close(&b);
	bcc_err_clear(&b.err);
	close(types);
	return 0;
}
