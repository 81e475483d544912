/* include/linux/blk_types.h of the kernel; the operations and flags themselves are enums in BTF */
#pragma once
#define REQ_OP_BITS 8
#define REQ_OP_MASK ((1 << REQ_OP_BITS) - 1)
