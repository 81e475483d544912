/* SPDX-License-Identifier: Apache-2.0 */
/* Block devices by their numbers: disks, partitions, device mapper, md. A device number is the kernel's, of
 * 12 bits for the major and 20 for the minor number. */
#ifndef TOOLS_LIB_DISK_H
#define TOOLS_LIB_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "column.h"

#define DISK_MINOR_BITS 20
#define DISK_NUMBER(major, minor) ((uint32_t)(major) << DISK_MINOR_BITS | (minor))

/* Where sysfs is, instead of /sys; for tests. */
void disk_set_sysfs(const char *path);

/* How long a name is kept: numbers are given to other devices. */
#define DISK_KEPT_NS 10000000ULL

/* For getters: "sda1"; "8:1" if there is no such device any more; VALUE_NONE for 0. The text is valid until
 * the next call. */
void disk_value(struct value *value, uint32_t device);

/* The number of "sda", "/dev/sda", "/dev/mapper/root" or "8:0". Returns false if there is no such device. */
bool disk_find(const char *name, uint32_t *device);

/* Reads an option: sets the text's variable to the number; a usage error if there is no such device. */
void disk_option(const char *variable, const char *name);

#endif
