/* SPDX-License-Identifier: Apache-2.0 */
#include "fsdist.bpf.c"
