/* SPDX-License-Identifier: Apache-2.0 */
#define FSSLOWER_NAME "f2fsslower"
#define FILE_SYSTEM "f2fs"
#define FSSLOWER_LABEL "f2fs"
#define FSSLOWER_CSV 's'
#include "fsslower_tool.h"
