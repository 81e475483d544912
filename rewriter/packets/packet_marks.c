/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The marks that clang leaves on each access to a field of a packet header, and what debug information says
 * about the field.
 *
 *   %a = call ptr @llvm.preserve.struct.access.index(ptr elementtype(%struct.ip_t) %ip, i32 0, i32 1), … !7
 *   !7 = distinct !DICompositeType(name: "ip_t", elements: !8, annotations: !9)    ; !8: member 1 is hlen
 *   !9 = !{!{!"btf_decl_tag", !"bcc_packet_header"}}
 */
#include "packets.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_TAG "bcc_packet_header" /* as in bcc/proto.h */
#define CHAIN_MAX 64
#define OPERANDS_MAX 32

static unsigned node_operands(LLVMValueRef node, LLVMValueRef operands[OPERANDS_MAX])
{
	unsigned count = LLVMGetMDNodeNumOperands(node);

	if (count > OPERANDS_MAX)
		return 0;
	LLVMGetMDNodeOperands(node, operands);
	return count;
}

static bool is_tuple(LLVMValueRef node)
{
	return node && LLVMGetMetadataKind(LLVMValueAsMetadata(node)) == LLVMMDTupleMetadataKind;
}

static bool packet_marks_is_string(LLVMValueRef node, const char *string)
{
	unsigned length = 0;
	const char *text = node ? LLVMGetMDString(node, &length) : NULL;

	return text && strlen(string) == length && !memcmp(text, string, length);
}

/* The DICompositeType of a mark's struct or union; NULL if `value` is not such a mark. */
static LLVMValueRef marked_type(struct rewriter *r, LLVMValueRef value)
{
	static const char kind[] = "llvm.preserve.access.index";

	if (!ir_calls_intrinsic(value, "llvm.preserve.struct.access.index") &&
		!ir_calls_intrinsic(value, "llvm.preserve.union.access.index"))
		return NULL;
	return LLVMGetMetadata(value, LLVMGetMDKindIDInContext(r->context, kind, sizeof(kind) - 1));
}

/* The position of operands in debug nodes differs between versions of LLVM, so operands are told apart by
 * their contents. */
static bool has_header_tag(LLVMValueRef type)
{
	LLVMValueRef operands[OPERANDS_MAX], tags[OPERANDS_MAX], tag[OPERANDS_MAX];
	unsigned count = node_operands(type, operands), tag_count;

	for (unsigned i = 0; i < count; i++) {
		tag_count = is_tuple(operands[i]) ? node_operands(operands[i], tags) : 0;
		for (unsigned t = 0; t < tag_count; t++)
			if (is_tuple(tags[t]) && node_operands(tags[t], tag) == 2 &&
				packet_marks_is_string(tag[0], "btf_decl_tag") &&
				packet_marks_is_string(tag[1], HEADER_TAG))
				return true;
	}
	return false;
}

/* Member `index` of a struct or union. */
static LLVMMetadataRef member_of(LLVMValueRef type, unsigned index)
{
	LLVMValueRef operands[OPERANDS_MAX];
	unsigned count = node_operands(type, operands), members;
	LLVMMetadataRef member = NULL;

	for (unsigned i = 0; i < count && !member; i++) {
		members = is_tuple(operands[i]) ? LLVMGetMDNodeNumOperands(operands[i]) : 0;
		LLVMValueRef *all = members > index ? calloc(members, sizeof(LLVMValueRef)) : NULL;

		if (!all)
			continue;
		LLVMGetMDNodeOperands(operands[i], all);
		if (all[index])
			member = LLVMValueAsMetadata(all[index]);
		if (member && LLVMGetMetadataKind(member) != LLVMDIDerivedTypeMetadataKind)
			member = NULL;
		free(all);
	}
	return member;
}

bool packet_is_any_mark(struct rewriter *r, LLVMValueRef value)
{
	return marked_type(r, value);
}

unsigned long long packet_bytes_to_unit(struct rewriter *r, LLVMValueRef mark)
{
	unsigned kind = LLVMGetEnumAttributeKindForName("elementtype", 11);
	LLVMAttributeRef attribute = LLVMGetCallSiteEnumAttribute(mark, 1, kind);

	if (!attribute || ir_calls_intrinsic(mark, "llvm.preserve.union.access.index"))
		return 0;
	return LLVMOffsetOfElement(r->layout, LLVMGetTypeAttributeValue(attribute),
		LLVMConstIntGetZExtValue(LLVMGetOperand(mark, 1)));
}

LLVMValueRef packet_mark(struct rewriter *r, LLVMValueRef pointer)
{
	LLVMValueRef found = NULL, type;

	for (int i = 0; i < CHAIN_MAX; i++) {
		type = marked_type(r, pointer);
		if (type && has_header_tag(type))
			found = pointer;
		if (!type && !LLVMIsAGetElementPtrInst(pointer) && !LLVMIsABitCastInst(pointer) &&
			!ir_calls_intrinsic(pointer, "llvm.preserve.array.access.index"))
			break;
		pointer = LLVMGetOperand(pointer, 0);
	}
	return found;
}

struct packet_field packet_field_at(struct rewriter *r, LLVMValueRef pointer, unsigned unit)
{
	struct packet_field whole = {0, unit, unit}, field = whole;
	LLVMValueRef type = marked_type(r, pointer);
	LLVMMetadataRef member;

	if (!type) /* an element of an array */
		return whole;
	member = member_of(
		type, LLVMConstIntGetZExtValue(LLVMGetOperand(pointer, LLVMGetNumArgOperands(pointer) - 1)));
	if (!member)
		return whole;
	field.bit = LLVMDITypeGetOffsetInBits(member) - packet_bytes_to_unit(r, pointer) * 8;
	field.width = LLVMDITypeGetSizeInBits(member);
	return field.bit + field.width <= unit ? field : whole;
}

/* The array may have several dimensions; the mark indexes the given one. */
static LLVMValueRef element_address(struct rewriter *r, LLVMValueRef mark)
{
	unsigned kind = LLVMGetEnumAttributeKindForName("elementtype", 11);
	LLVMTypeRef type = LLVMGetTypeAttributeValue(LLVMGetCallSiteEnumAttribute(mark, 1, kind));
	unsigned long long dimension = LLVMConstIntGetZExtValue(LLVMGetOperand(mark, 1));
	LLVMValueRef index = LLVMGetOperand(mark, 2);

	while (dimension--)
		type = LLVMGetElementType(type);
	return LLVMBuildGEP2(r->builder, type, LLVMGetOperand(mark, 0), &index, 1, "");
}

static LLVMValueRef member_address(struct rewriter *r, LLVMValueRef mark)
{
	LLVMValueRef offset = ir_const(r, 64, packet_bytes_to_unit(r, mark));

	return LLVMBuildGEP2(r->builder, ir_int(r, 8), LLVMGetOperand(mark, 0), &offset, 1, "");
}

void packet_remove_mark(struct rewriter *r, LLVMValueRef mark)
{
	ir_build_before(r, mark);
	LLVMReplaceAllUsesWith(
		mark, marked_type(r, mark) ? member_address(r, mark) : element_address(r, mark));
	LLVMInstructionEraseFromParent(mark);
}
