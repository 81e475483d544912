/* SPDX-License-Identifier: Apache-2.0 */
#define FSDIST_NAME "xfsdist"
#define FILE_SYSTEM "xfs"
#define FSDIST_LABEL "XFS"
#include "fsdist_tool.h"
