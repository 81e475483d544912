// SPDX-License-Identifier: Apache-2.0
#include "formats.h"

#include <cctype>
#include <cstring>

#include <clang/AST/Expr.h>

namespace
{

// What is wrong ("": nothing), and at which byte of the format.
struct finding {
	std::string what;
	unsigned at;
};

const std::string nothing_of_it = "the kernel prints nothing of a format with ";

bool is_in(char c, const char *set)
{
	return c && strchr(set, c);
}

// After "%p": the end of the conversion as the kernel knows it (bpf_bprintf_prepare() of
// kernel/bpf/helpers.c), 0: unknown.
size_t pointer_end(const std::string &f, size_t i)
{
	char c = i < f.size() ? f[i] : '\0';

	if (!c || isspace((unsigned char)c) || ispunct((unsigned char)c))
		return i;
	if (is_in(c, "ku") && i + 1 < f.size() && f[i + 1] == 's')
		return i + 2;
	if (is_in(c, "KxsSB"))
		return i + 1;
	if (is_in(c, "iI") && i + 1 < f.size() && is_in(f[i + 1], "46"))
		return i + 2;
	return 0;
}

// After "%": the end of the conversion, 0 if the kernel does not have it.
size_t conversion_end(const std::string &f, size_t i)
{
	auto at = [&](size_t index) { return index < f.size() ? f[index] : '\0'; };

	while (is_in(at(i), "0+- "))
		i++;
	while (isdigit((unsigned char)at(i)))
		i++;
	if (at(i) == 'p')
		return pointer_end(f, i + 1);
	if (is_in(at(i), "sc"))
		return i + 1;
	for (int l = 0; l < 2 && at(i) == 'l'; l++)
		i++;
	return is_in(at(i), "idux") || at(i) == 'X' ? i + 1 : 0;
}

// Whether a value can be what a conversion prints; "": yes, or nobody knows.
std::string mismatch(const std::string &conversion, const clang::Expr &value)
{
	clang::QualType type = value.IgnoreParenImpCasts()->getType();
	bool is_address = type->isPointerType() || type->isArrayType();

	if (conversion.back() == 's' && conversion.find('p') == std::string::npos && !is_address)
		return "'" + conversion + "' prints the text at an address, but its value is a number";
	if (is_in(conversion.back(), "diuc") && conversion.find('p') == std::string::npos && is_address)
		return "'" + conversion +
		       "' prints a number, but its value is an address: take %p, or what is there with *";
	return "";
}

finding look_at(const std::string &format, llvm::ArrayRef<const clang::Expr *> values)
{
	unsigned conversions = 0, arguments = values.size();
	finding other = {"", 0};

	for (size_t i = 0; i < format.size(); i++) {
		unsigned char c = format[i];
		size_t end;

		if (c >= 0x80 || (!isprint(c) && !isspace(c)))
			return {nothing_of_it + "bytes that are not printable ASCII", (unsigned)i};
		if (c != '%')
			continue;
		if (i + 1 < format.size() && format[i + 1] == '%') {
			i++;
			continue;
		}
		end = conversion_end(format, i + 1);
		if (!end) {
			size_t letter = format.find_first_not_of("0123456789+- l", i + 1);
			size_t length = letter == std::string::npos ? format.size() - i : letter + 1 - i;

			return {nothing_of_it + "'" + format.substr(i, length) + "'" +
					(is_in(format[letter == std::string::npos ? i : letter], "feEgG")
							? " (BPF has no floating point)"
							: ""),
				(unsigned)i};
		}
		if (++conversions > arguments)
			return {nothing_of_it + "'" + format.substr(i, end - i) +
					"' without an argument for it",
				(unsigned)i};
		if (other.what.empty())
			other = {mismatch(format.substr(i, end - i), *values[conversions - 1]), (unsigned)i};
		i = end - 1;
	}
	if (conversions < arguments)
		return {"the format has " + std::to_string(conversions) + " conversions, but there are " +
				std::to_string(arguments) + " values",
			0};
	return other;
}

void check(clang::CompilerInstance &compiler, const clang::StringLiteral &literal,
	llvm::ArrayRef<const clang::Expr *> values)
{
	clang::DiagnosticsEngine &diagnostics = compiler.getDiagnostics();
	finding found = look_at(literal.getString().str(), values);

	if (found.what.empty())
		return;
	unsigned id = diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Warning, "%0");
	diagnostics.Report(literal.getLocationOfByte(found.at, compiler.getSourceManager(),
				   compiler.getLangOpts(), compiler.getTarget()),
		id)
		<< found.what;
}

void walk(clang::CompilerInstance &compiler, const clang::Stmt &statement)
{
	auto *call = llvm::dyn_cast<clang::CallExpr>(&statement);
	const clang::FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;

	// the marker that bcc/language.h leaves for each format
	if (callee && callee->getIdentifier() && callee->getName() == "__bcc_check_format" &&
		call->getNumArgs()) {
		auto *literal = llvm::dyn_cast<clang::StringLiteral>(call->getArg(0)->IgnoreParenImpCasts());
		if (literal && literal->getCharByteWidth() == 1)
			check(compiler, *literal,
				llvm::ArrayRef<const clang::Expr *>(
					call->getArgs() + 1, call->getNumArgs() - 1));
	}
	for (const clang::Stmt *child : statement.children())
		if (child)
			walk(compiler, *child);
}

} // namespace

void bcc::check_formats(clang::CompilerInstance &compiler, const clang::FunctionDecl &function)
{
	walk(compiler, *function.getBody());
}
