/* SPDX-License-Identifier: Apache-2.0 */
/* Symbols as assembly sources have them: inside of others, without a size, several at one address. The bytes mean nothing. */
	.section .layout, "ax", %progbits
	.globl layout_sized, layout_sizeless, layout_alias, __layout_alias, layout_last
	.weak layout_weak
	.type layout_sized, %function
layout_sized:
	.skip 16
layout_mark:
	.skip 16
	.type layout_nested, %function
layout_nested:
	.skip 8
	.size layout_nested, 8
	.skip 24
	.size layout_sized, 64
	.skip 16
	.type layout_sizeless, %function
layout_sizeless:
	.skip 32
	.type layout_alias, %function
	.type __layout_alias, %function
	.type layout_weak, %function
	.type layout_local, %function
layout_local:
__layout_alias:
layout_weak:
layout_alias:
	.skip 16
	.size layout_alias, 16
	.size __layout_alias, 16
	.size layout_weak, 16
	.size layout_local, 16
	.skip 16
layout_last:
	.skip 8

	.section .note.GNU-stack, "", %progbits
