/* SPDX-License-Identifier: Apache-2.0 */
/* File systems of the test's own, in files, mounted where only the test and its children see them. */
#ifndef TESTS_KERNEL_OWN_FILE_SYSTEM_H
#define TESTS_KERNEL_OWN_FILE_SYSTEM_H

#include <sched.h>
#include <sys/mount.h>

#include "tool_run.h"

#define OWN_FILE_SYSTEM_PATH "PATH=$PATH:/usr/sbin:/sbin; exec </dev/null >/dev/null 2>&1; "

struct own_file_system {
	char folder[32]; /* of the image and the mount point */
	char mounted[48];
};

/* Runs a shell's command without input and output. Returns whether it worked. */
static inline bool own_command(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline bool own_command(const char *format, ...)
{
	char command[1024] = OWN_FILE_SYSTEM_PATH;
	size_t used = strlen(command);
	va_list args;

	va_start(args, format);
	vsnprintf(command + used, sizeof(command) - used, format, args);
	va_end(args);
	return system(command) == 0;
}

/* Mounts from here on are seen by this process and its children only. */
static inline void own_mounts(void)
{
	static bool made;

	if (made)
		return;
	if (geteuid()) {
		print_message("SKIP: mounting takes root\n");
		skip();
	}
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	made = true;
}

static inline void own_file_system_remove(struct own_file_system *fs)
{
	if (!*fs->folder)
		return;
	own_command("umount %s; rm -rf --one-file-system %s", fs->mounted, fs->folder);
	*fs->folder = '\0';
}

/* A folder for one of a type. Skips the test if that cannot be made here. */
static inline void own_file_system_folder(struct own_file_system *fs, const char *type)
{
	own_mounts();
	strcpy(fs->folder, "/tmp/bcc-test-fs-XXXXXX");
	assert_non_null(mkdtemp(fs->folder));
	sprintf(fs->mounted, "%s/mounted", fs->folder);
	assert_int_equal(mkdir(fs->mounted, 0755), 0);
	if (!own_command("type mkfs.%s", type)) {
		print_message("SKIP: mkfs.%s is not installed\n", type);
		own_file_system_remove(fs);
		skip();
	}
}

/* Makes an image of a type with these options of mkfs; fs->folder/image. */
static inline void own_file_system_image(
	struct own_file_system *fs, const char *type, const char *options, unsigned megabytes)
{
	own_file_system_folder(fs, type);
	if (!own_command("truncate -s %uM %s/image && mkfs.%s %s %s/image", megabytes, fs->folder, type,
		    options, fs->folder)) {
		own_file_system_remove(fs);
		fail_msg("mkfs.%s failed", type);
	}
}

/* The same, and mounts it. */
static inline void own_file_system_make(
	struct own_file_system *fs, const char *type, const char *options, unsigned megabytes)
{
	own_file_system_image(fs, type, options, megabytes);
	own_command("modprobe -a loop %s", type);
	if (own_command("mount -t %s -o loop %s/image %s", type, fs->folder, fs->mounted))
		return;
	print_message("SKIP: this kernel does not mount %s in a file\n", type);
	own_file_system_remove(fs);
	skip();
}

/* Makes and mounts one on a disk ("nullb0"). */
static inline void own_file_system_make_on(
	struct own_file_system *fs, const char *type, const char *options, const char *disk)
{
	own_file_system_folder(fs, type);
	own_command("modprobe %s", type);
	if (own_command("mkfs.%s %s /dev/%s", type, options, disk) &&
		own_command("mount -t %s /dev/%s %s", type, disk, fs->mounted))
		return;
	own_file_system_remove(fs);
	fail_msg("%s cannot be made and mounted on %s", type, disk);
}

#endif
