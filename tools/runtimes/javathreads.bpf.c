/* SPDX-License-Identifier: Apache-2.0 */
#include "uthreads.bpf.c"
