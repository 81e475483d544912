/* SPDX-License-Identifier: Apache-2.0 */
#include "ustat.bpf.c"
