/* SPDX-License-Identifier: Apache-2.0 */
#include "ucalls.bpf.c"
