/* SPDX-License-Identifier: Apache-2.0 */
#define FSSLOWER_NAME "btrfsslower"
#define FILE_SYSTEM "btrfs"
#define FSSLOWER_LABEL "btrfs"
#define FSSLOWER_PID 7
#include "fsslower_tool.h"
