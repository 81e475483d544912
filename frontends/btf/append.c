/* SPDX-License-Identifier: Apache-2.0 */
#include "append.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int bcc_btf_append(const struct btf *kernel, const struct bcc_btf_more *more, struct btf **out)
{
	uint32_t size;
	const struct btf_header *k = btf__raw_data(kernel, &size);
	const char *content = (const char *)k + (k ? k->hdr_len : 0);
	struct btf_header header = {.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(header)};
	char *all, *at;
	int ret;

	*out = NULL;
	if (!k)
		return -ENOMEM;
	if ((uint64_t)size + more->type_size + more->string_size > UINT32_MAX / 2)
		return -E2BIG;
	header.type_len = header.str_off = k->type_len + more->type_size;
	header.str_len = k->str_len + more->string_size;
	size = sizeof(header) + header.type_len + header.str_len;
	at = all = malloc(size);
	if (!all)
		return -ENOMEM;
	at = mempcpy(at, &header, sizeof(header));
	at = mempcpy(at, content + k->type_off, k->type_len);
	if (more->type_size)
		at = mempcpy(at, more->types, more->type_size);
	at = mempcpy(at, content + k->str_off, k->str_len);
	if (more->string_size)
		memcpy(at, more->strings, more->string_size);
	*out = btf__new(all, size);
	free(all);
	ret = libbpf_get_error(*out);
	if (ret)
		*out = NULL;
	return ret;
}
