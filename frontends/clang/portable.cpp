// SPDX-License-Identifier: Apache-2.0
#include "portable.h"

#include <set>
#include <vector>

#include <clang/AST/Attr.h>
#include <clang/AST/Expr.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>
#include <clang/Lex/Preprocessor.h>
#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/IntrinsicsBPF.h>

#include "frontends/header_names/header_names.h"
#include "virtual_files.h"

namespace bcc
{
namespace
{

// ---- macros ----

bool is_of_this_kernel(llvm::StringRef name)
{
	if (name.starts_with("CONFIG_"))
		return true;
	for (llvm::StringRef other : {"LINUX_VERSION_CODE", "UTS_RELEASE", "HZ", "NR_CPUS", "MAX_NR_ZONES",
		     "NR_PAGEFLAGS", "IS_ENABLED", "IS_BUILTIN", "IS_MODULE", "IS_REACHABLE"})
		if (name == other)
			return true;
#ifdef __aarch64__
	// of several sizes that kernels are built for
	return name == "PAGE_SIZE" || name == "PAGE_SHIFT" || name == "PAGE_MASK";
#else
	return false;
#endif
}

class macro_checker : public clang::PPCallbacks
{
      public:
	explicit macro_checker(clang::Preprocessor &p) : pp(p)
	{
	}

	void MacroExpands(const clang::Token &name, const clang::MacroDefinition &, clang::SourceRange,
		const clang::MacroArgs *) override
	{
		look_at(name);
	}

	void Ifdef(clang::SourceLocation, const clang::Token &name, const clang::MacroDefinition &) override
	{
		look_at(name);
	}

	void Ifndef(clang::SourceLocation, const clang::Token &name, const clang::MacroDefinition &) override
	{
		look_at(name);
	}

	void Elifdef(clang::SourceLocation, const clang::Token &name, const clang::MacroDefinition &) override
	{
		look_at(name);
	}

	void Elifndef(
		clang::SourceLocation, const clang::Token &name, const clang::MacroDefinition &) override
	{
		look_at(name);
	}

	void Defined(const clang::Token &name, const clang::MacroDefinition &, clang::SourceRange) override
	{
		look_at(name);
	}

	// what is not defined is 0 there, and no macro
	void If(clang::SourceLocation, clang::SourceRange condition, ConditionValueKind) override
	{
		look_at(condition);
	}

	void Elif(clang::SourceLocation, clang::SourceRange condition, ConditionValueKind,
		clang::SourceLocation) override
	{
		look_at(condition);
	}

      private:
	void look_at(const clang::Token &name)
	{
		if (name.getIdentifierInfo())
			look_at(name.getIdentifierInfo()->getName(), name.getLocation());
	}

	void look_at(clang::SourceRange condition)
	{
		llvm::StringRef text =
			clang::Lexer::getSourceText(clang::CharSourceRange::getTokenRange(condition),
				pp.getSourceManager(), pp.getLangOpts());

		for (size_t at = 0; (at = text.find("CONFIG_", at)) != llvm::StringRef::npos; at++) {
			llvm::StringRef name = text.substr(at).take_while(
				[](char c) { return clang::isAsciiIdentifierContinue(c); });

			if (!at || !clang::isAsciiIdentifierContinue(text[at - 1]))
				look_at(name, condition.getBegin().getLocWithOffset(at));
		}
	}

	// What the library's own headers make of the version is names of members, which are relocated.
	void look_at(llvm::StringRef name, clang::SourceLocation place)
	{
		const clang::SourceManager &sources = pp.getSourceManager();
		clang::DiagnosticsEngine &diagnostics = pp.getDiagnostics();

		place = sources.getExpansionLoc(place);
		if (!is_of_this_kernel(name) || is_virtual_file(sources, place) || place == last ||
			(name == "LINUX_VERSION_CODE" && is_section_of_version(place)))
			return;
		last = place;
		diagnostics.Report(place,
			diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error,
				"%0 is that of this kernel, but the object is for others too: ask with "
				"bpf_core_field_exists() or bpf_core_type_exists() for what differs"))
			<< name;
	}

	// u32 version SEC("version") = LINUX_VERSION_CODE; which samples have from the time before Linux 5.0.
	// Kernels do not look at it since.
	bool is_section_of_version(clang::SourceLocation place)
	{
		const clang::SourceManager &sources = pp.getSourceManager();
		bool invalid = false;
		llvm::StringRef before = sources.getBufferData(sources.getFileID(place), &invalid)
						 .take_front(sources.getFileOffset(place));
		size_t end = before.find_last_of(";{}");

		return !invalid &&
		       before.substr(end == llvm::StringRef::npos ? 0 : end).contains("\"version\"");
	}

	clang::Preprocessor &pp;
	clang::SourceLocation last; // an #if is reported once for its words, and once as a whole
};

// ---- the text ----

bool is_packet_header(const clang::RecordDecl &record)
{
	for (const auto *note : record.specific_attrs<clang::BTFDeclTagAttr>()) {
		if (note->getBTFDeclTag() == "bcc_packet_header")
			return true;
	}
	return false;
}

// Whether it is in memory that a pointer leads to: not in a variable of the text's.
bool is_behind_pointer(const clang::Expr *expression)
{
	for (;;) {
		expression = expression->IgnoreParenCasts();
		const auto *member = llvm::dyn_cast<clang::MemberExpr>(expression);
		if (member && member->isArrow())
			return true;
		const auto *element = llvm::dyn_cast<clang::ArraySubscriptExpr>(expression);
		if (element && element->getBase()->IgnoreParenCasts()->getType()->isPointerType())
			return true;
		if (!member && !element)
			return !llvm::isa<clang::DeclRefExpr>(expression);
		expression = member ? member->getBase() : element->getBase();
	}
}

bool is_in(const clang::SourceManager &sources, clang::SourceLocation place, llvm::StringRef file)
{
	clang::OptionalFileEntryRef entry =
		sources.getFileEntryRefForID(sources.getFileID(sources.getSpellingLoc(place)));

	return entry && entry->getName().ends_with(file);
}

class text_checker
{
      public:
	text_checker(clang::CompilerInstance &c, const bcc_clang_input &in) : compiler(c), input(in)
	{
	}

	void look_at(const clang::Decl &declaration)
	{
		if (const auto *function = llvm::dyn_cast<clang::FunctionDecl>(&declaration)) {
			for (const clang::ParmVarDecl *parameter : function->parameters())
				look_at(*parameter);
			if (function->doesThisDeclarationHaveABody())
				look_at(function->getBody());
		} else if (const auto *variable = llvm::dyn_cast<clang::VarDecl>(&declaration)) {
			check_type(variable->getLocation(), variable->getType(), copy);
			if (variable->isFileVarDecl())
				look_at(variable->getInit());
		} else if (const auto *record = llvm::dyn_cast<clang::RecordDecl>(&declaration)) {
			for (const clang::Decl *inner : record->decls())
				look_at(*inner);
		} else if (const auto *field = llvm::dyn_cast<clang::FieldDecl>(&declaration)) {
			if (!field->getParent()->hasAttr<clang::BPFPreserveAccessIndexAttr>())
				check_type(field->getLocation(), field->getType(), copy);
		}
	}

      private:
	void look_at(const clang::Stmt *statement)
	{
		if (!statement)
			return;
		for (const clang::Stmt *child : statement->children())
			look_at(child);
		if (const auto *declarations = llvm::dyn_cast<clang::DeclStmt>(statement)) {
			for (const clang::Decl *declaration : declarations->decls())
				look_at(*declaration);
		}
		if (const auto *expression = llvm::dyn_cast<clang::Expr>(statement))
			look_at(*expression);
	}

	void look_at(const clang::Expr &expression)
	{
		if (const auto *member = llvm::dyn_cast<clang::MemberExpr>(&expression))
			check_bits(*member);
		else if (const auto *reference = llvm::dyn_cast<clang::DeclRefExpr>(&expression))
			check_number(*reference);
		else if (const auto *question = llvm::dyn_cast<clang::UnaryExprOrTypeTraitExpr>(&expression))
			check_size(*question);
		else if (const auto *place = llvm::dyn_cast<clang::OffsetOfExpr>(&expression))
			check_type(place->getOperatorLoc(), place->getTypeSourceInfo()->getType(),
				"%0 may have its members elsewhere in another kernel: ask with "
				"bpf_core_field_offset()");
		else if (const auto *element = llvm::dyn_cast<clang::ArraySubscriptExpr>(&expression))
			check_element(*element);
		else if (const auto *operation = llvm::dyn_cast<clang::BinaryOperator>(&expression))
			check_operation(*operation);
		else if (const auto *step = llvm::dyn_cast<clang::UnaryOperator>(&expression))
			check_step(*step);
	}

	void check_bits(const clang::MemberExpr &member)
	{
		const auto *field = llvm::dyn_cast<clang::FieldDecl>(member.getMemberDecl());

		if (field && field->isBitField() && varies(*field->getParent()) && is_behind_pointer(&member))
			report(member.getMemberLoc(),
				"bit field %0 of the kernel may have other bits in another kernel: read it with "
				"BPF_CORE_READ_BITFIELD_PROBED() of <bpf/bpf_core_read.h>",
				field->getName());
	}

	void check_number(const clang::DeclRefExpr &reference)
	{
		const auto *number = llvm::dyn_cast<clang::EnumConstantDecl>(reference.getDecl());

		if (number &&
			is_in(compiler.getSourceManager(), number->getLocation(), "/bcc/kernel_types.h") &&
			!is_stable(number->getName()))
			report(reference.getLocation(),
				"%0 may have another value in another kernel: ask for it with bpf_core_enum_value()",
				number->getName());
	}

	void check_size(const clang::UnaryExprOrTypeTraitExpr &question)
	{
		const clang::FieldDecl *field = nullptr;

		if (question.getKind() != clang::UETT_SizeOf)
			return;
		if (!question.isArgumentType())
			field = field_of(question.getArgumentExpr());
		if (field && varies(*field->getParent()) && !field->getType()->isPointerType())
			report(question.getOperatorLoc(),
				"%0 may have another size in another kernel: ask with bpf_core_field_size(), or name "
				"the size",
				field->getName());
		else
			check_type(question.getOperatorLoc(), question.getTypeOfArgument(),
				"%0 may have another size in another kernel: ask with bpf_core_type_size()");
	}

	void check_element(const clang::ArraySubscriptExpr &element)
	{
		if (element.getBase()->IgnoreParenImpCasts()->getType()->isPointerType())
			check_type(element.getExprLoc(), element.getType(), arithmetic);
	}

	void check_operation(const clang::BinaryOperator &operation)
	{
		if (!operation.isAdditiveOp() && operation.getOpcode() != clang::BO_AddAssign &&
			operation.getOpcode() != clang::BO_SubAssign)
			return;
		check_pointer(operation.getOperatorLoc(), operation.getLHS()->getType());
		check_pointer(operation.getOperatorLoc(), operation.getRHS()->getType());
	}

	void check_step(const clang::UnaryOperator &step)
	{
		if (step.isIncrementDecrementOp())
			check_pointer(step.getOperatorLoc(), step.getSubExpr()->getType());
	}

	static constexpr char copy[] =
		"%0 may have another size in another kernel: copy only the members that are needed";
	static constexpr char arithmetic[] =
		"%0 may have another size in another kernel, so that the next is elsewhere: reckon with bpf_core_type_size()";

	static const clang::FieldDecl *field_of(const clang::Expr *expression)
	{
		const auto *member = llvm::dyn_cast<clang::MemberExpr>(expression->IgnoreParenImpCasts());

		return member ? llvm::dyn_cast<clang::FieldDecl>(member->getMemberDecl()) : nullptr;
	}

	bool is_stable(llvm::StringRef name) const
	{
		// TCP's states have the numbers of BPF's interface, as the kernel's build makes sure
		for (const std::string &known :
			{name.str(), name.starts_with("TCP_") ? "BPF_" + name.str() : ""})
			if (!known.empty() && input.is_stable(input.is_stable_ctx, known.c_str()))
				return true;
		// one number each
		for (llvm::StringRef number : {"kuid_t", "kgid_t", "kprojid_t", "atomic_t", "atomic64_t"})
			if (name == number)
				return true;
		return false;
	}

	// Whether it is a struct of the kernel's that is not part of its interface.
	bool varies(const clang::RecordDecl &record) const
	{
		const clang::TypedefNameDecl *name = record.getTypedefNameForAnonDecl();

		if (!record.hasAttr<clang::BPFPreserveAccessIndexAttr>() || is_packet_header(record))
			return false;
		if (record.getName().empty())
			return !name || !is_stable(name->getName());
		return !is_stable(("#" + record.getName()).str());
	}

	template <size_t N>
	void check_type(clang::SourceLocation place, clang::QualType type, const char (&message)[N])
	{
		const clang::RecordDecl *record =
			type.isNull() || type->isDependentType()
				? nullptr
				: type->getBaseElementTypeUnsafe()->getAsRecordDecl();

		if (record && record->getDefinition() && varies(*record->getDefinition()))
			report(place, message,
				clang::QualType(type->getBaseElementTypeUnsafe(), 0).getAsString());
	}

	void check_pointer(clang::SourceLocation place, clang::QualType type)
	{
		if (type->isPointerType())
			check_type(place, type->getPointeeType(), arithmetic);
	}

	template <size_t N>
	void report(clang::SourceLocation place, const char (&message)[N], llvm::StringRef what)
	{
		clang::DiagnosticsEngine &diagnostics = compiler.getDiagnostics();

		diagnostics.Report(compiler.getSourceManager().getExpansionLoc(place),
			diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error, message))
			<< what;
	}

	clang::CompilerInstance &compiler;
	const bcc_clang_input &input;
};

// ---- sizes of fields ----

// What no kernel has: the verifier names it when it refuses it (libbcc/load/verifier_log.c).
constexpr uint64_t other_size = 195896081;

// BPF_CORE_FIELD_BYTE_SIZE, BPF_CORE_FIELD_EXISTS
enum question { HOW_LARGE = 1, WHETHER = 2 };

struct sized_field {
	std::vector<llvm::CallInst *> path; // the calls that lead to it, the last first
	uint64_t bytes;
};

llvm::CallInst *access_of(llvm::Value *value)
{
	auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(value);

	if (!call)
		return nullptr;
	switch (call->getIntrinsicID()) {
	case llvm::Intrinsic::preserve_struct_access_index:
	case llvm::Intrinsic::preserve_union_access_index:
	case llvm::Intrinsic::preserve_array_access_index:
		return call->getMetadata(llvm::LLVMContext::MD_preserve_access_index) ? call : nullptr;
	default:
		return nullptr;
	}
}

const llvm::DIType *plain_type(const llvm::DIType *type)
{
	const auto *derived = llvm::dyn_cast_or_null<llvm::DIDerivedType>(type);

	while (derived && derived->getTag() != llvm::dwarf::DW_TAG_pointer_type) {
		type = derived->getBaseType();
		derived = llvm::dyn_cast_or_null<llvm::DIDerivedType>(type);
	}
	return type;
}

// Of numbers and arrays; pointers are as large everywhere, and of structs it is their members that are read.
uint64_t bytes_of(llvm::CallInst &access)
{
	const auto *record = llvm::dyn_cast<llvm::DICompositeType>(
		access.getMetadata(llvm::LLVMContext::MD_preserve_access_index));
	unsigned last = access.arg_size() - 1;
	auto *index = llvm::dyn_cast<llvm::ConstantInt>(access.getArgOperand(last));

	if (!record || record->getTag() == llvm::dwarf::DW_TAG_array_type || !index ||
		index->getZExtValue() >= record->getElements().size())
		return 0;
	const auto *member =
		llvm::dyn_cast_or_null<llvm::DIDerivedType>(record->getElements()[index->getZExtValue()]);
	if (!member || member->isBitField())
		return 0;
	const llvm::DIType *type = plain_type(member->getBaseType());
	if (!type || type->getTag() == llvm::dwarf::DW_TAG_pointer_type ||
		type->getTag() == llvm::dwarf::DW_TAG_structure_type ||
		type->getTag() == llvm::dwarf::DW_TAG_union_type)
		return 0;
	return member->getSizeInBits() / 8;
}

// False for what has no name in the kernel that its path could begin with.
bool find_path(llvm::CallInst *access, std::vector<llvm::CallInst *> &path)
{
	for (; access; access = access_of(access->getArgOperand(0)))
		path.push_back(access);
	const auto *root = llvm::dyn_cast<llvm::DIType>(
		path.back()->getMetadata(llvm::LLVMContext::MD_preserve_access_index));
	return root && !root->getName().empty();
}

llvm::Value *ask(llvm::IRBuilder<> &builder, const sized_field &field, question what)
{
	llvm::Module &module = *builder.GetInsertBlock()->getModule();
	llvm::Type *pointer = field.path.back()->getType();
	llvm::FunctionCallee function = module.getOrInsertFunction("llvm.bpf.preserve.field.info.p0",
		llvm::FunctionType::get(builder.getInt32Ty(), {pointer, builder.getInt64Ty()}, false));
	llvm::Value *at = llvm::Constant::getNullValue(pointer);

	for (size_t i = field.path.size(); i-- > 0;) {
		auto *copy = llvm::cast<llvm::CallInst>(field.path[i]->clone());

		copy->setArgOperand(0, at);
		copy->setDebugLoc(builder.getCurrentDebugLocation());
		builder.Insert(copy);
		at = copy;
	}
	return builder.CreateCall(function, {at, builder.getInt64(what)});
}

// A block that asks, and goes on to the one that it returns.
llvm::BasicBlock *build_check(
	llvm::BasicBlock *at, llvm::BasicBlock *before, const sized_field &field, const llvm::DebugLoc &place)
{
	llvm::Function *function = at->getParent();
	llvm::LLVMContext &context = function->getContext();
	llvm::IRBuilder<> builder(at);
	llvm::BasicBlock *there = llvm::BasicBlock::Create(context, "", function, before);
	llvm::BasicBlock *refuse = llvm::BasicBlock::Create(context, "", function, before);
	llvm::BasicBlock *next = llvm::BasicBlock::Create(context, "", function, before);
	llvm::FunctionType *nothing = llvm::FunctionType::get(builder.getVoidTy(), false);

	builder.SetCurrentDebugLocation(place);
	builder.CreateCondBr(
		builder.CreateICmpNE(ask(builder, field, WHETHER), builder.getInt32(0)), there, next);
	builder.SetInsertPoint(there);
	// the question must not be asked of a field that is not there: this keeps it where it is
	builder.CreateCall(llvm::InlineAsm::get(nothing, "", "", true));
	builder.CreateCondBr(
		builder.CreateICmpNE(ask(builder, field, HOW_LARGE), builder.getInt32(field.bytes)), refuse,
		next);
	builder.SetInsertPoint(refuse);
	builder.CreateCall(llvm::FunctionType::get(builder.getInt64Ty(), false),
		llvm::ConstantExpr::getIntToPtr(
			builder.getInt64(other_size), llvm::PointerType::get(context, 0)));
	builder.CreateBr(next);
	return next;
}

void check_function(llvm::Function &function)
{
	std::vector<sized_field> fields;
	std::set<std::vector<std::pair<llvm::Metadata *, llvm::Value *>>> known;

	for (llvm::Instruction &instruction : llvm::instructions(function)) {
		llvm::CallInst *access = access_of(&instruction);
		sized_field field = {{}, access ? bytes_of(*access) : 0};
		std::vector<std::pair<llvm::Metadata *, llvm::Value *>> key;

		if (!field.bytes || !find_path(access, field.path))
			continue;
		for (llvm::CallInst *step : field.path)
			key.emplace_back(step->getMetadata(llvm::LLVMContext::MD_preserve_access_index),
				step->getArgOperand(step->arg_size() - 1));
		if (known.insert(key).second)
			fields.push_back(field);
	}
	if (fields.empty())
		return;
	llvm::BasicBlock *at = &function.getEntryBlock();
	llvm::BasicBlock *rest = at->splitBasicBlock(at->getFirstNonPHIOrDbgOrAlloca());
	const llvm::DISubprogram *subprogram = function.getSubprogram();
	llvm::DebugLoc place;
	if (subprogram)
		place = llvm::DILocation::get(function.getContext(), subprogram->getLine(), 0,
			const_cast<llvm::DISubprogram *>(subprogram));
	at->getTerminator()->eraseFromParent();
	for (const sized_field &field : fields)
		at = build_check(at, rest, field, place);
	llvm::IRBuilder<>(at).CreateBr(rest);
}

} // namespace

std::unique_ptr<clang::PPCallbacks> portable_macros(clang::Preprocessor &preprocessor)
{
	return std::make_unique<macro_checker>(preprocessor);
}

void refuse_unportable(
	clang::CompilerInstance &compiler, const bcc_clang_input &input, const clang::Decl &declaration)
{
	const clang::SourceManager &sources = compiler.getSourceManager();
	clang::SourceLocation place = sources.getExpansionLoc(declaration.getLocation());

	// not this library's own headers, nor the kernel's types; but what was taken of kernel headers
	if (is_virtual_file(sources, place) && !is_in(sources, place, "/" BCC_HEADER_NAMES_FILE))
		return;
	text_checker(compiler, input).look_at(declaration);
}

void check_field_sizes(llvm::Module &module)
{
	for (llvm::Function &function : module)
		check_function(function);
}

} // namespace bcc
