/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that the program made, or opened where they were pinned, for texts that have them as "extern". */
#include <bpf/bpf.h>
#include <errno.h>

#include <bcc/bcc_common.h>

#include "libbcc/object/shared_tables.h"
#include "abi.h"

int bcc_offer_table(const char *maps_namespace, const char *name, int fd)
{
	struct bpf_map_info info = {0};
	struct bcc_map_def def;
	uint32_t size = sizeof(info);

	if (!name || !*name)
		return bcc_abi_result(-EINVAL);
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return bcc_abi_result(-errno);
	def = (struct bcc_map_def){.type = info.type,
		.key_size = info.key_size,
		.value_size = info.value_size,
		.max_entries = info.max_entries,
		.flags = info.map_flags};
	return bcc_abi_result(bcc_shared_table_offer(maps_namespace, name, &def, fd));
}

int bcc_withdraw_table(const char *maps_namespace, const char *name)
{
	return bcc_abi_result(name ? bcc_shared_table_withdraw(maps_namespace, name) : -EINVAL);
}
