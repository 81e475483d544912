/* SPDX-License-Identifier: Apache-2.0 */
/* What is done to files of one file system, if it takes long. */
#include "file_system_operations.bpf.h"
#include "slow_file.bpf.h"
