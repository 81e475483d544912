/* SPDX-License-Identifier: Apache-2.0 */
#include "program_registry.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "libbcc/load/load.h"

/* By the kernel's ids, which are not reused as descriptors are. */
struct loaded {
	struct loaded *next;
	struct bcc_program *program;
	uint32_t id;
};

static struct {
	pthread_mutex_t lock;
	struct loaded *first;
} all = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* 0: not a program */
static uint32_t id_of(int fd)
{
	struct bpf_prog_info info = {0};
	uint32_t length = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &length) ? 0 : info.id;
}

void bcc_abi_remember(struct bcc_program *p, int fd)
{
	struct loaded *new = malloc(sizeof(*new));

	/* without it, only what needs a second load fails, with a message */
	if (!new)
		return;
	*new = (struct loaded){.program = p, .id = id_of(fd)};
	pthread_mutex_lock(&all.lock);
	new->next = all.first;
	all.first = new;
	pthread_mutex_unlock(&all.lock);
}

void bcc_abi_forget(const struct bcc *b)
{
	struct loaded **place = &all.first;

	pthread_mutex_lock(&all.lock);
	while (*place) {
		struct loaded *one = *place;

		if (one->program->owner == b) {
			*place = one->next;
			free(one);
		} else {
			place = &one->next;
		}
	}
	pthread_mutex_unlock(&all.lock);
}

int bcc_abi_load_again(int fd, int attach_type)
{
	uint32_t id = id_of(fd);
	struct loaded *one;
	int ret = -ENOENT;

	if (!id)
		return -EBADF;
	/* the lock is held while loading, so that no other thread closes the module */
	pthread_mutex_lock(&all.lock);
	for (one = all.first; one && one->id != id; one = one->next)
		;
	if (one)
		ret = bcc_program_load_copy(one->program, BPF_PROG_TYPE_KPROBE, attach_type);
	pthread_mutex_unlock(&all.lock);
	return ret;
}
