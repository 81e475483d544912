/* Capability check flags: include/linux/security.h of the kernel, from 5.1 on */
#pragma once
#define CAP_OPT_NONE 0x0
#define CAP_OPT_NOAUDIT (1UL << 1)
#define CAP_OPT_INSETID (1UL << 2)
