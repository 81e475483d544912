/* SPDX-License-Identifier: Apache-2.0 */
#include "probe_read.h"

LLVMValueRef build_probe_read(
	struct rewriter *r, enum ir_helper helper, LLVMValueRef to, LLVMValueRef size, LLVMValueRef from)
{
	LLVMTypeRef parameters[] = {ir_pointer(r), ir_int(r, 32), ir_pointer(r)};
	LLVMTypeRef type = LLVMFunctionType(ir_int(r, 64), parameters, 3, false);
	LLVMValueRef arguments[] = {to, LLVMBuildIntCast2(r->builder, size, ir_int(r, 32), false, ""), from};

	if (LLVMGetPointerAddressSpace(LLVMTypeOf(from)))
		arguments[2] = LLVMBuildAddrSpaceCast(r->builder, from, ir_pointer(r), "");
	return LLVMBuildCall2(r->builder, type, LLVMConstIntToPtr(ir_const(r, 64, helper), ir_pointer(r)),
		arguments, 3, "");
}

LLVMValueRef build_default_probe_read(
	struct rewriter *r, LLVMValueRef to, LLVMValueRef size, LLVMValueRef from)
{
	return build_probe_read(
		r, r->opts->reads_user_memory ? HELPER_PROBE_READ : HELPER_PROBE_READ_KERNEL, to, size, from);
}
