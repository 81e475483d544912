// SPDX-License-Identifier: Apache-2.0
#include "packet_headers.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>

namespace bcc
{
namespace
{

void mark(clang::RecordDecl &record)
{
	if (!record.hasAttr<clang::BPFPreserveAccessIndexAttr>())
		record.addAttr(clang::BPFPreserveAccessIndexAttr::CreateImplicit(record.getASTContext()));
	// structs inside it are part of the header
	for (clang::Decl *inside : record.decls()) {
		if (auto *inner = llvm::dyn_cast<clang::RecordDecl>(inside))
			mark(*inner);
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
