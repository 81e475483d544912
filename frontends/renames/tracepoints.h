/* SPDX-License-Identifier: Apache-2.0 */
/* Tracepoints and their fields that have other names in this kernel than in the one that a text was written
 * for. tracepoints.txt has them. Events are named as in the struct of a text: "block__block_rq_complete". */
#ifndef FRONTENDS_RENAMES_TRACEPOINTS_H
#define FRONTENDS_RENAMES_TRACEPOINTS_H

#include <stdbool.h>
#include <stddef.h>

#define BCC_RENAMED_FIELD_SIZE 64

/* What `field`, which this kernel has, is called in others. */
bool bcc_renamed_field(const char *event, const char *field, char other[BCC_RENAMED_FIELD_SIZE]);

/* What became of an event, or of a `field` (NULL: of the event itself) that this kernel does not have:
 * " since Linux 6.9: it is …". "" if nothing is known. */
void bcc_tracepoint_became(const char *event, const char *field, char *text, size_t size);

#endif
