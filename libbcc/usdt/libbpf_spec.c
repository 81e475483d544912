/* SPDX-License-Identifier: Apache-2.0 */
#include "libbpf_spec.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

enum { SPEC_CONSTANT, SPEC_REGISTER, SPEC_MEMORY };

static bool usdt_spec_is_zero(const struct bcc_usdt_spec *spec)
{
	static const struct bcc_usdt_spec zero;

	return !memcmp(spec, &zero, sizeof(zero));
}

unsigned bcc_usdt_spec_set(struct bcc_usdt_spec *spec, const struct bcc_usdt_place *place)
{
	memset(spec, 0, sizeof(*spec));
	spec->cookie = place->cookie;
	spec->count = (int16_t)place->count;
	for (uint32_t i = 0; i < place->count; i++) {
		const struct bcc_usdt_argument_place *from = &place->arguments[i];

		if (!from->is_known || from->index >= 0 || from->up != from->down ||
			(from->is_memory ? from->base < 0 : from->base >= 0 && from->constant))
			return i + 1;
		spec->arguments[i].kind = from->is_memory   ? SPEC_MEMORY
					  : from->base >= 0 ? SPEC_REGISTER
							    : SPEC_CONSTANT;
		spec->arguments[i].value = from->constant;
		spec->arguments[i].in_registers = from->base >= 0 ? from->base : 0;
		spec->arguments[i].is_signed = from->is_signed;
		spec->arguments[i].shift = from->down;
	}
	return 0;
}

/* An entry of zeros is free, but for the first: it is that of probes without arguments. */
int bcc_usdt_spec_number(int map_fd, uint32_t entries, const struct bcc_usdt_spec *spec)
{
	struct bcc_usdt_spec other;

	for (uint32_t number = usdt_spec_is_zero(spec) ? 0 : 1; number < entries; number++) {
		if (bpf_map_lookup_elem(map_fd, &number, &other))
			return -errno;
		if (!memcmp(&other, spec, sizeof(other)))
			return (int)number;
		if (usdt_spec_is_zero(&other))
			return bpf_map_update_elem(map_fd, &number, spec, 0) ? -errno : (int)number;
	}
	return -ENOSPC;
}
