/* Sizes of pages. */
#pragma once
#define PAGE_SIZE __BCC_PAGE_SIZE
#define PAGE_SHIFT (__builtin_ctzl(__BCC_PAGE_SIZE))
