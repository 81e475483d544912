/* SPDX-License-Identifier: Apache-2.0 */
/* What is done to files, as file_operations.bpf.h sees it. */
#ifndef TOOLS_FILE_OPERATIONS_H
#define TOOLS_FILE_OPERATIONS_H

enum { OPERATION_READ, OPERATION_WRITE, OPERATION_OPEN, OPERATION_FSYNC, OPERATION_GETATTR, OPERATIONS };

#endif
