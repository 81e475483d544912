/* Lower limit of the kernel's half of the address space. */
#pragma once
#define PAGE_OFFSET __BCC_KERNEL_START
#define PAGE_SIZE __BCC_PAGE_SIZE
#define PAGE_SHIFT (__builtin_ctzl(__BCC_PAGE_SIZE))
