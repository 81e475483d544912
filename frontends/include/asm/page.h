/* Lower limit of the kernel's half of the address space (Documentation/arch/x86/x86_64/mm.rst,
 * arm64/memory.rst). */
#pragma once
#if defined(__TARGET_ARCH_x86)
#define PAGE_OFFSET 0xffff800000000000UL
#else
#define PAGE_OFFSET 0xffff000000000000UL
#endif
#define PAGE_SIZE __BCC_PAGE_SIZE
#define PAGE_SHIFT (__builtin_ctzl(__BCC_PAGE_SIZE))
