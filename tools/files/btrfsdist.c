/* SPDX-License-Identifier: Apache-2.0 */
#define FSDIST_NAME "btrfsdist"
#define FILE_SYSTEM "btrfs"
#define FSDIST_LABEL "btrfs"
#include "fsdist_tool.h"
