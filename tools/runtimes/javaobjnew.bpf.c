/* SPDX-License-Identifier: Apache-2.0 */
#include "uobjnew.bpf.c"
