/* The name stored in a dentry itself: d_iname until 6.13, d_shortname.string since; its length is the
 * member's. */
#pragma once
#include "../bcc/kernel_version.h"

#ifndef __BCC_DENTRY_SHORTNAME
#define __BCC_DENTRY_SHORTNAME (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0))
#endif
#if __BCC_DENTRY_SHORTNAME
#define d_iname d_shortname.string
#endif
#define DNAME_INLINE_LEN (sizeof(((struct dentry *)0)->d_iname))
