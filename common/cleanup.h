/* SPDX-License-Identifier: Apache-2.0 */
/* Variables that free what they hold when they go out of scope. */
#ifndef COMMON_CLEANUP_H
#define COMMON_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void bcc_cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void bcc_cleanup_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void bcc_cleanup_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

static inline void bcc_cleanup_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define bcc_auto_free __attribute__((cleanup(bcc_cleanup_free)))
#define bcc_auto_fd __attribute__((cleanup(bcc_cleanup_fd)))
#define bcc_auto_file __attribute__((cleanup(bcc_cleanup_file)))
#define bcc_auto_dir __attribute__((cleanup(bcc_cleanup_dir)))

#endif
