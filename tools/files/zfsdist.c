/* SPDX-License-Identifier: Apache-2.0 */
#define FSDIST_NAME "zfsdist"
#define FILE_SYSTEM "zfs"
#define FSDIST_LABEL "ZFS"
#include "fsdist_tool.h"
