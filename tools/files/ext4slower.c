/* SPDX-License-Identifier: Apache-2.0 */
#define FSSLOWER_NAME "ext4slower"
#define FILE_SYSTEM "ext4"
#define FSSLOWER_LABEL "ext4"
#include "fsslower_tool.h"
