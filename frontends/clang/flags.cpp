// SPDX-License-Identifier: Apache-2.0
// The caller's flags, by clang's own table of options: which are handed to the compiler, which change nothing
// here, and which are refused. Only what is listed as allowed reaches clang, so that no flag can write a
// file, load code, print, or change what is compiled for.
#include "clang.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#if __has_include(<clang/Options/Options.h>)
#include <clang/Options/Options.h>
#else
#include <clang/Driver/Options.h>
#endif
#include <llvm/Option/Arg.h>
#include <llvm/Option/ArgList.h>
#include <llvm/Option/OptTable.h>
#include <llvm/Option/Option.h>

namespace
{

#if __has_include(<clang/Options/Options.h>)
namespace options = clang::options;
using clang::getDriverOptTable;
#else
namespace options = clang::driver::options;
using clang::driver::getDriverOptTable;
#endif

enum verdict { ALLOWED, IGNORED, REFUSED };

struct row {
	llvm::StringRef name; // as clang's table has it; "…*": all that begin so
	verdict what;
	const char *detail; // of ALLOWED: the front end's own flag for the driver's; of REFUSED: why
};

const char writes[] = "it makes the compiler write a file, and the library writes none";
const char loads[] = "it loads code into the compiler";
const char prints[] = "it makes the compiler print or look into itself instead of compiling";
const char escapes[] = "it hands flags to another tool, past this check; give them as they are";
const char target[] = "it changes the machine that is compiled for, which is BPF";
const char modules[] = "texts are compiled without modules and precompiled headers";
const char runtime[] = "it needs a run-time library, which a BPF program does not have";

// In this order: the first that fits counts.
const row rows[] = {
	// macros and where headers are
	{"-D", ALLOWED, nullptr},
	{"-U", ALLOWED, nullptr},
	{"-I", ALLOWED, nullptr},
	{"-include", ALLOWED, nullptr},
	{"-imacros", ALLOWED, nullptr},
	{"-iquote", ALLOWED, nullptr},
	{"-isystem", ALLOWED, nullptr},
	{"-idirafter", ALLOWED, nullptr},
	{"-isysroot", ALLOWED, nullptr},
	{"-iprefix", ALLOWED, nullptr},
	{"-iwithprefix", ALLOWED, nullptr},
	{"-iwithprefixbefore", ALLOWED, nullptr},
	{"-iwithsysroot", ALLOWED, nullptr},
	{"-internal-isystem", ALLOWED, nullptr},
	{"-internal-externc-isystem", ALLOWED, nullptr},
	{"--system-header-prefix=", ALLOWED, nullptr},
	{"--no-system-header-prefix=", ALLOWED, nullptr},
	// the language
	{"-w", ALLOWED, nullptr},
	{"-pedantic", ALLOWED, nullptr},
	{"-pedantic-errors", ALLOWED, nullptr},
	{"-std=", ALLOWED, nullptr},
	{"-ansi", ALLOWED, "-std=c89"},
	{"-fno-builtin", ALLOWED, nullptr},
	{"-fno-builtin-", ALLOWED, nullptr},
	{"-fno-signed-char", ALLOWED, nullptr},
	{"-fsigned-char", ALLOWED, nullptr},
	{"-funsigned-char", ALLOWED, "-fno-signed-char"},
	{"-fpack-struct=", ALLOWED, nullptr},
	{"-fpack-struct", ALLOWED, "-fpack-struct=1"},
	{"-fshort-enums", ALLOWED, nullptr},
	{"-fno-short-enums", ALLOWED, nullptr},
	{"-fms-extensions", ALLOWED, nullptr},
	{"-fgnu89-inline", ALLOWED, nullptr},
	{"-fwrapv", ALLOWED, nullptr},
	{"-fno-wrapv", ALLOWED, nullptr},
	{"-fno-strict-overflow", ALLOWED, "-fwrapv"},
	{"-relaxed-aliasing", ALLOWED, nullptr},
	{"-fno-strict-aliasing", ALLOWED, "-relaxed-aliasing"},
	{"-fno-delete-null-pointer-checks", ALLOWED, nullptr},
	{"-fdollars-in-identifiers", ALLOWED, nullptr},
	{"-fno-dollars-in-identifiers", ALLOWED, nullptr},
	{"-ftrigraphs", ALLOWED, nullptr},
	{"-fno-trigraphs", ALLOWED, nullptr},
	{"-fdigraphs", ALLOWED, nullptr},
	{"-fno-digraphs", ALLOWED, nullptr},
	{"-fgnu-keywords", ALLOWED, nullptr},
	{"-fno-gnu-keywords", ALLOWED, nullptr},
	{"-fdeclspec", ALLOWED, nullptr},
	{"-fno-declspec", ALLOWED, nullptr},
	{"-fstrict-flex-arrays=", ALLOWED, nullptr},
	{"-ftrivial-auto-var-init=", ALLOWED, nullptr},
	{"-fno-spell-checking", ALLOWED, nullptr},
	// so it is anyhow, or it is about what follows a compilation
	{"-c", IGNORED, nullptr},
	{"-nostdinc", IGNORED, nullptr},
	{"-nostdlibinc", IGNORED, nullptr},
	{"-nobuiltininc", IGNORED, nullptr},
	{"-nostdsysteminc", IGNORED, nullptr},
	{"-nostdlib", IGNORED, nullptr},
	{"-nodefaultlibs", IGNORED, nullptr},
	{"-pipe", IGNORED, nullptr},
	{"-pthread", IGNORED, nullptr},
	{"-static", IGNORED, nullptr},
	{"-v", IGNORED, nullptr},
	{"-Qunused-arguments", IGNORED, nullptr},
	{"-Wp,", REFUSED, escapes},
	{"-Wa,", REFUSED, escapes},
	{"-Wl,", REFUSED, escapes},
	{"-l", IGNORED, nullptr},
	{"-L", IGNORED, nullptr},
	{"-mcpu=", IGNORED, nullptr}, // v3, as all kernels that there are tables for have it
	{"-m64", IGNORED, nullptr},
	{"-mlittle-endian", IGNORED, nullptr},
	// what does more than compile
	{"-X*", REFUSED, escapes},
	{"-mllvm*", REFUSED, escapes},
	{"-mmlir", REFUSED, escapes},
	{"-cc1*", REFUSED, escapes},
	{"--config*", REFUSED, escapes},
	{"-specs*", REFUSED, escapes},
	{"-fplugin*", REFUSED, loads},
	{"-fpass-plugin*", REFUSED, loads},
	{"-plugin*", REFUSED, loads},
	{"-load*", REFUSED, loads},
	{"-add-plugin", REFUSED, loads},
	{"-o", REFUSED, writes},
	{"--output*", REFUSED, writes},
	{"-M*", REFUSED, writes},
	{"-dependency-*", REFUSED, writes},
	{"-module-dependency-dir", REFUSED, writes},
	{"-serialize-diagnostic*", REFUSED, writes},
	{"-save-*", REFUSED, writes},
	{"-diagnostic-log-file", REFUSED, writes},
	{"-stats-file*", REFUSED, writes},
	{"-stack-usage-file", REFUSED, writes},
	{"-split-dwarf*", REFUSED, writes},
	{"-header-include-*", REFUSED, writes},
	{"-gsplit-dwarf*", REFUSED, writes},
	{"-opt-record-*", REFUSED, writes},
	{"-emit-*", REFUSED, writes},
	{"-fsave-optimization-record*", REFUSED, writes},
	{"-foptimization-record-*", REFUSED, writes},
	{"-fstack-usage", REFUSED, writes},
	{"-ftime-trace*", REFUSED, writes},
	{"-fcrash-diagnostics*", REFUSED, writes},
	{"-fproc-stat-report*", REFUSED, writes},
	{"-fdepfile-entry*", REFUSED, writes},
	{"-foutput-class-dir*", REFUSED, writes},
	{"-fthin-link-bitcode*", REFUSED, writes},
	{"-ftest-coverage", REFUSED, writes},
	{"-fprofile*", REFUSED, runtime},
	{"-fcs-profile*", REFUSED, runtime},
	{"-fcreate-profile", REFUSED, runtime},
	{"-fcoverage*", REFUSED, runtime},
	{"-fmemory-profile*", REFUSED, runtime},
	{"-fsanitize*", REFUSED, runtime},
	{"-fexperimental-sanitize*", REFUSED, runtime},
	{"-fxray*", REFUSED, runtime},
	{"-finstrument*", REFUSED, runtime},
	{"-fopenmp*", REFUSED, runtime},
	{"-fopenacc*", REFUSED, runtime},
	{"-fmodule*", REFUSED, modules},
	{"-fcxx-modules", REFUSED, modules},
	{"-fprebuilt*", REFUSED, modules},
	{"-fimplicit-module*", REFUSED, modules},
	{"-fpch*", REFUSED, modules},
	{"-include-pch", REFUSED, modules},
	{"-ftime-report*", REFUSED, prints},
	{"-fdebug-pass-*", REFUSED, prints},
	{"-fdump-*", REFUSED, prints},
	{"-frewrite-*", REFUSED, prints},
	{"-fsyntax-only", REFUSED, prints},
	{"-ast-*", REFUSED, prints},
	{"-analyze*", REFUSED, prints},
	{"--analyze*", REFUSED, prints},
	{"-dump*", REFUSED, prints},
	{"-print*", REFUSED, prints},
	{"--print*", REFUSED, prints},
	{"-help*", REFUSED, prints},
	{"--help*", REFUSED, prints},
	{"--version", REFUSED, prints},
	{"-version", REFUSED, prints},
	{"-###", REFUSED, prints},
	{"-H", REFUSED, prints},
	{"-E", REFUSED, prints},
	{"-S", REFUSED, prints},
	{"-triple*", REFUSED, target},
	{"-target*", REFUSED, target},
	{"-arch*", REFUSED, target},
};

#if BCC_LLVM_MAJOR < 17
// Options of drivers for other languages have the same spellings.
constexpr unsigned other_drivers =
	options::CLOption | options::CLDXCOption | options::DXCOption | options::FlangOnlyOption;
#endif

// Without the prefix that a row ends with.
bool fits(const row &r, llvm::StringRef name)
{
	llvm::StringRef pattern = r.name;

	return pattern.consume_back("*") ? name.starts_with(pattern) : name == pattern;
}

bool for_front_end(const llvm::opt::Option &option)
{
#if BCC_LLVM_MAJOR >= 17
	return option.hasVisibilityFlag(options::CC1Option);
#else
	return option.hasFlag(options::CC1Option);
#endif
}

// What stands for groups of options.
row row_of_group(const llvm::opt::Option &option)
{
	if (option.matches(options::OPT_W_Group))
		return {"", ALLOWED, nullptr};
	for (unsigned group :
		{options::OPT_f_Group, options::OPT_g_Group, options::OPT_O_Group, options::OPT_R_Group})
		if (option.matches(group))
			return {"", IGNORED, nullptr};
	if (option.matches(options::OPT_m_Group))
		return {"", REFUSED, target};
	return {"", REFUSED, "a program text cannot be compiled with it"};
}

row row_of(const llvm::opt::Arg &arg)
{
	const llvm::opt::Option &option = arg.getOption();
	std::string name = std::string(option.getPrefixedName());

	// such as change nothing
	if (name == "-x" && llvm::StringRef(arg.getValue()) == "c")
		return {"", IGNORED, nullptr};
	if (name == "--target=" && llvm::StringRef(arg.getValue()).starts_with("bpf"))
		return {"", IGNORED, nullptr};
	if (name == "--target=")
		return {"", REFUSED, target};
	for (const row &r : rows)
		if (fits(r, name))
			return r;
	return row_of_group(option);
}

class flag_reader
{
      public:
	flag_reader(const char *const *f, size_t n, bcc_err *e) : flags(f, n), err(e)
	{
	}

	int read()
	{
		for (size_t i = 0; i < flags.size(); i++)
			if (!flags[i] || !*flags[i])
				return bcc_fail(err, -EINVAL, "flag %zu of %zu is %s", i + 1, flags.size(),
					flags[i] ? "an empty string" : "NULL");

		const llvm::opt::OptTable &table = getDriverOptTable();
		unsigned missing_index, missing_count;
#if BCC_LLVM_MAJOR >= 17
		llvm::opt::InputArgList list = table.ParseArgs(flags, missing_index, missing_count,
			llvm::opt::Visibility(options::ClangOption | options::CC1Option));
#else
		llvm::opt::InputArgList list =
			table.ParseArgs(flags, missing_index, missing_count, 0, other_drivers);
#endif
		if (missing_count)
			return bcc_fail(err, -EINVAL, "flag \"%s\" needs a value behind it, and is the last",
				flags[missing_index]);
		for (const llvm::opt::Arg *arg : list)
			if (int ret = take(table, list, *arg))
				return ret;
		return 0;
	}

	const std::vector<std::string> &allowed()
	{
		return result;
	}

      private:
	int take(const llvm::opt::OptTable &table, const llvm::opt::ArgList &list, const llvm::opt::Arg &arg)
	{
		const char *given = flags[arg.getIndex()];

		if (arg.getOption().matches(options::OPT_INPUT))
			return bcc_fail(err, -EINVAL,
				"\"%s\" is not a flag: each begins with '-', and stands alone in its string",
				given);
		if (arg.getOption().matches(options::OPT_UNKNOWN))
			return fail_unknown(table, given);
		row r = row_of(arg);
		if (r.what == REFUSED)
			return bcc_fail(err, -EINVAL, "flag \"%s\" is refused: %s", given, r.detail);
		if (r.what == ALLOWED)
			add(list, arg, r.detail);
		return 0;
	}

	int fail_unknown(const llvm::opt::OptTable &table, const char *given)
	{
		std::string nearest;

#if BCC_LLVM_MAJOR >= 17
		bool near = table.findNearest(given, nearest,
				    llvm::opt::Visibility(options::ClangOption | options::CC1Option)) <= 1;
#else
		bool near = table.findNearest(given, nearest, 0, other_drivers) <= 1;
#endif
		return bcc_fail(err, -EINVAL, "clang has no flag \"%s\"%s%s%s", given,
			near ? "; did you mean \"" : "", near ? nearest.c_str() : "", near ? "\"?" : "");
	}

	void add(const llvm::opt::ArgList &list, const llvm::opt::Arg &arg, const char *instead)
	{
		llvm::opt::ArgStringList strings;

		if (instead) {
			result.emplace_back(instead);
			return;
		}
		if (!for_front_end(arg.getOption())) {
			forget_opposite(std::string(arg.getOption().getPrefixedName()));
			return;
		}
		arg.render(list, strings);
		result.insert(result.end(), strings.begin(), strings.end());
	}

	// The driver's flag is the default, and takes back the front end's.
	void forget_opposite(llvm::StringRef name)
	{
		std::string opposite;

		if (name.consume_front("-fno-"))
			opposite = "-f" + name.str();
		else if (name.consume_front("-f"))
			opposite = "-fno-" + name.str();

		result.erase(std::remove(result.begin(), result.end(), opposite), result.end());
	}

	llvm::ArrayRef<const char *> flags;
	bcc_err *err;
	std::vector<std::string> result;
};

} // namespace

int bcc_clang_flags(const char *const *flags, size_t count, int (*allow)(void *ctx, const char *flag),
	void *ctx, bcc_err *err)
{
	flag_reader reader(flags, count, err);
	int ret = reader.read();

	for (const std::string &flag : reader.allowed()) {
		if (ret)
			break;
		ret = allow(ctx, flag.c_str());
	}
	return ret;
}
