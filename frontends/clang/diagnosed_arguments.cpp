// SPDX-License-Identifier: Apache-2.0
#include "diagnosed_arguments.h"

#include <clang/AST/Type.h>

namespace bcc
{

std::string name_argument(const clang::Diagnostic &diagnostic, unsigned i)
{
	if (i >= diagnostic.getNumArgs())
		return "";
	switch (diagnostic.getArgKind(i)) {
	case clang::DiagnosticsEngine::ak_std_string:
		return diagnostic.getArgStdStr(i);
	case clang::DiagnosticsEngine::ak_c_string:
		return diagnostic.getArgCStr(i) ? diagnostic.getArgCStr(i) : "";
	case clang::DiagnosticsEngine::ak_identifierinfo:
		return diagnostic.getArgIdentifier(i) ? diagnostic.getArgIdentifier(i)->getName().str() : "";
	case clang::DiagnosticsEngine::ak_declarationname:
		return clang::DeclarationName::getFromOpaqueInteger(diagnostic.getRawArg(i)).getAsString();
	case clang::DiagnosticsEngine::ak_nameddecl:
		return reinterpret_cast<const clang::NamedDecl *>(diagnostic.getRawArg(i))->getNameAsString();
	default:
		return "";
	}
}

const clang::RecordDecl *record_argument(const clang::Diagnostic &diagnostic, unsigned i)
{
	if (i >= diagnostic.getNumArgs())
		return nullptr;
	if (diagnostic.getArgKind(i) == clang::DiagnosticsEngine::ak_declcontext)
		return llvm::dyn_cast<clang::RecordDecl>(
			reinterpret_cast<const clang::DeclContext *>(diagnostic.getRawArg(i)));
	if (diagnostic.getArgKind(i) == clang::DiagnosticsEngine::ak_qualtype) {
		auto type =
			clang::QualType::getFromOpaquePtr(reinterpret_cast<void *>(diagnostic.getRawArg(i)));
		return type.isNull() ? nullptr : type->getAsRecordDecl();
	}
	return nullptr;
}

const clang::FieldDecl *dynamic_field(const clang::RecordDecl *record, llvm::StringRef member)
{
	for (const clang::FieldDecl *field : record->fields()) {
		llvm::StringRef name = field->getName();

		name.consume_front("__");
		if ((name.consume_front("data_loc_") || name.consume_front("rel_loc_")) && name == member)
			return field;
	}
	return nullptr;
}

} // namespace bcc
