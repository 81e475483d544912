/* SPDX-License-Identifier: Apache-2.0 */
#define FSDIST_NAME "ext4dist"
#define FILE_SYSTEM "ext4"
#define FSDIST_LABEL "ext4"
#include "fsdist_tool.h"
