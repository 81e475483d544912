// SPDX-License-Identifier: Apache-2.0
#include "packet_headers.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/Type.h>

namespace bcc
{
namespace
{

void mark(clang::RecordDecl &record)
{
	if (record.hasAttr<clang::BPFPreserveAccessIndexAttr>())
		return;
	record.addAttr(clang::BPFPreserveAccessIndexAttr::CreateImplicit(record.getASTContext()));
	// structs in it, and arrays of them, are part of the header
	for (clang::FieldDecl *field : record.fields()) {
		const clang::Type *type = field->getType()->getBaseElementTypeUnsafe();
		clang::RecordDecl *inner = type->getAsRecordDecl();

		if (inner && inner->getDefinition())
			mark(*inner->getDefinition());
	}
}

} // namespace

void mark_packet_header(clang::TagDecl &tag)
{
	auto *record = llvm::dyn_cast<clang::RecordDecl>(&tag);

	if (!record)
		return;
	for (const auto *note : record->specific_attrs<clang::BTFDeclTagAttr>()) {
		if (note->getBTFDeclTag() == "bcc_packet_header")
			mark(*record);
	}
}

} // namespace bcc
