/* Comes after each text, which may have said #define BPF_LICENSE Dual BSD/GPL. */
#pragma once
#ifdef BPF_LICENSE
#define __BCC_STRING(x) #x
#define __BCC_STRING_OF(x) __BCC_STRING(x)
char _license[] SEC("license") = __BCC_STRING_OF(BPF_LICENSE);
#endif
