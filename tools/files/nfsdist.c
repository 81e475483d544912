/* SPDX-License-Identifier: Apache-2.0 */
#define FSDIST_NAME "nfsdist"
#define FILE_SYSTEM "nfs"
#define FSDIST_LABEL "NFS"
#include "fsdist_tool.h"
