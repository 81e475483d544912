/* SPDX-License-Identifier: Apache-2.0 */
#include "program_slots.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct bcc_program_slot {
	struct bcc_table *table;
	struct bcc_program *program;
	uint32_t slot;
};

int bcc_program_slot_add(
	struct bcc_build *build, struct bcc_table *table, uint32_t slot, struct bcc_program *program)
{
	struct bcc_object *object = build->b->object;
	struct bcc_program_slot *longer =
		reallocarray(object->slots, object->slot_count + 1, sizeof(*longer));

	if (!longer)
		return bcc_fail(&build->b->err, -ENOMEM, "out of memory");
	longer[object->slot_count++] =
		(struct bcc_program_slot){.table = table, .program = program, .slot = slot};
	object->slots = longer;
	return 0;
}

static int program_slots_set(const struct bcc_program_slot *s)
{
	int ret = bcc_program_load(s->program, BCC_PROG_TYPE_AUTO, NULL);

	if (ret < 0)
		return ret;
	ret = bpf_map_update_elem(s->table->fd, &s->slot, &ret, BPF_ANY);
	if (ret < 0)
		return bcc_fail(&s->program->owner->err, ret,
			"table %s: program %s cannot be its entry %u: %s", s->table->name, s->program->name,
			s->slot, strerror(-ret));
	return 0;
}

int bcc_program_slots_fill(struct bcc *b)
{
	struct bcc_object *object = b->object;
	struct bcc_program_slot *slots = object->slots;
	size_t count = object->slot_count;
	int ret = 0;

	/* loading them leads here again */
	object->slots = NULL;
	object->slot_count = 0;
	for (size_t i = 0; ret == 0 && i < count; i++)
		ret = program_slots_set(&slots[i]);
	free(slots);
	return ret;
}
