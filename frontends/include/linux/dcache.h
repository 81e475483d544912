/* The name stored in a dentry itself: d_iname until 6.13, d_shortname.string since; its length is the
 * member's. */
#pragma once
#include "../bcc/kernel_version.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#define d_iname d_shortname.string
#endif
#define DNAME_INLINE_LEN (sizeof(((struct dentry *)0)->d_iname))
