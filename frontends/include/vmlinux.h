/* SPDX-License-Identifier: Apache-2.0 */
/* Its types come by name from the running kernel's BTF. */
#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#ifndef true
enum { false = 0, true = 1 };
#endif
#ifndef NULL
#define NULL ((void *)0)
#endif

#endif
