/* SPDX-License-Identifier: Apache-2.0 */
#include "fsslower.bpf.c"
