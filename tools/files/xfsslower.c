/* SPDX-License-Identifier: Apache-2.0 */
#define FSSLOWER_NAME "xfsslower"
#define FILE_SYSTEM "xfs"
#define FSSLOWER_LABEL "XFS"
#include "fsslower_tool.h"
