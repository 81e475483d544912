/* SPDX-License-Identifier: Apache-2.0 */
#define FSSLOWER_NAME "nfsslower"
#define FILE_SYSTEM "nfs"
#define FSSLOWER_LABEL "NFS"
#include "fsslower_tool.h"
