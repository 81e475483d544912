/* SPDX-License-Identifier: Apache-2.0 */
#define FSSLOWER_NAME "zfsslower"
#define FILE_SYSTEM "zfs"
#define FSSLOWER_LABEL "ZFS"
#include "fsslower_tool.h"
