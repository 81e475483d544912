/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many pins at once, or none: they are made in a folder beside their places, and published when all are
 * there.
 *
 * The folder is undone by a process of its own, the guardian, as soon as this one has ended, however that
 * happened. If both are killed, the next pin_stage_open() in the same place does it.
 */
#ifndef COMMAND_PIN_STAGE_H
#define COMMAND_PIN_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What the names of such folders begin with. */
#define PIN_STAGE_PREFIX "bpfcc-unfinished-"

struct pin_stage {
	const char *command;   /* for messages */
	const char *root_path; /* a folder of a bpf file system */
	int root;	       /* its descriptor */
	char name[64];	       /* of the folder in it */
	int folder;	       /* its descriptor; its lock says that somebody is at work */
	int alive;	       /* one end of a pipe, at the other of which the guardian waits */
	pid_t guardian;
};

/* Makes the folder. Messages, as those of all calls here, go to stderr after `command`. Returns 0 or 1;
 * pin_stage_close() in both cases. */
int pin_stage_open(struct pin_stage *s, const char *root_path, const char *command);

/* Makes a folder for new pins. Returns 0 or 1. */
int pin_stage_make_folder(struct pin_stage *s, const char *path);

/* Where to pin what will be at `path`, relative to the root; the caller frees it. */
char *pin_stage_path(const struct pin_stage *s, const char *path);

/* Gives the new files and folders of these names their places in the root, where none of the names is taken
 * unless `replace`. All of them, or none. Returns 0 or 1. */
int pin_stage_publish(struct pin_stage *s, char *const *names, size_t count, bool replace);

/* Takes these files and folders away from the root, all or none. Returns 0 or 1. */
int pin_stage_withdraw(struct pin_stage *s, char *const *names, size_t count);

/* Removes the folder with what is in it. What has not been published or withdrawn is as it was before.
 * Returns 0, or 1 if something could not be removed. */
int pin_stage_close(struct pin_stage *s);

#endif
