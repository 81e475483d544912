/* SPDX-License-Identifier: Apache-2.0 */
#include "ugc.bpf.c"
