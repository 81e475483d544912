/* SPDX-License-Identifier: Apache-2.0 */
/* Values with a type, as text for people or as JSON. */
#ifndef COMMAND_TYPED_TEXT_H
#define COMMAND_TYPED_TEXT_H

#include <bcc/bcc.h>
#include <stdbool.h>

#include "buffer.h"

/* Adds what `data`, of `size` bytes, holds by its fields: "{pid = 12, comm = "bash"}"; a number alone for one
 * field without a name. Without fields, hexadecimal digits. */
void typed_text(struct buffer *b, struct bcc *owner, const struct bcc_field *fields, int count,
	const void *data, size_t size, bool json);

#endif
