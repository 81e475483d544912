/* SPDX-License-Identifier: Apache-2.0 */
#include "mutate.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"

/* Longer results are cut: time belongs to many texts, not to a large one. */
#define LONGEST 200000

static void *mutate_need(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

/* ---- random numbers: splitmix64 ---- */

uint64_t random_next(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

size_t random_below(struct random *r, size_t limit)
{
	return random_next(r) % limit;
}

#define random_of(r, list) ((list)[random_below(r, ARRAY_SIZE(list))])

/* ---- the repository's own texts ---- */

static void corpus_add(struct corpus *corpus, char *text)
{
	corpus->texts = mutate_need(realloc(corpus->texts, (corpus->count + 1) * sizeof(char *)));
	corpus->texts[corpus->count++] = text;
}

static char corpus_unescape(char c)
{
	return c == 'n' ? '\n' : c == 't' ? '\t' : c == '0' ? ' ' : c;
}

/* Adjacent literals, from a quote on; returns where they end. */
static const char *corpus_literal(const char *at, char *out)
{
	while (*at == '"') {
		for (at++; *at && *at != '"'; at++) {
			if (*at == '\\' && at[1])
				*out++ = corpus_unescape(*++at);
			else
				*out++ = *at;
		}
		at += *at == '"';
		at += strspn(at, " \t\n");
	}
	*out = '\0';
	return at;
}

static void corpus_add_literals(struct corpus *corpus, const char *source)
{
	char *text = mutate_need(malloc(strlen(source) + 1));

	while ((source = strchr(source, '"'))) {
		source = corpus_literal(source, text);
		if (strchr(text, '{') && strchr(text, '('))
			corpus_add(corpus, mutate_need(strdup(text)));
	}
	free(text);
}

void corpus_add_file(struct corpus *corpus, const char *path)
{
	FILE *file = fopen(path, "re");
	char *source = mutate_need(calloc(1, LONGEST + 1));
	size_t size = file ? fread(source, 1, LONGEST, file) : 0;
	size_t length = strlen(path);

	if (file)
		fclose(file);
	if (size && length > 6 && strcmp(path + length - 6, ".bpf.c") == 0) {
		corpus_add(corpus, source);
		corpus->complete = corpus->count;
		return;
	}
	corpus_add_literals(corpus, source);
	free(source);
}

void corpus_free(struct corpus *corpus)
{
	for (size_t i = 0; i < corpus->count; i++)
		free(corpus->texts[i]);
	free(corpus->texts);
}

/* ---- a text as tokens or lines ---- */

struct piece {
	size_t begin, end;
};

struct pieces {
	struct piece *list;
	size_t count;
};

static size_t piece_token_end(const char *text, size_t at)
{
	if (isalpha((unsigned char)text[at]) || text[at] == '_') {
		while (isalnum((unsigned char)text[at]) || text[at] == '_')
			at++;
	} else if (isdigit((unsigned char)text[at])) {
		while (isalnum((unsigned char)text[at]) || text[at] == '.')
			at++;
	} else if (text[at] == '"') {
		at++;
		while (text[at] && text[at] != '"' && text[at] != '\n')
			at += text[at] == '\\' && text[at + 1] ? 2 : 1;
		at += text[at] == '"';
	} else {
		at++;
	}
	return at;
}

static struct pieces pieces_of(const char *text, bool lines)
{
	struct pieces p = {mutate_need(malloc((strlen(text) + 1) * sizeof(struct piece))), 0};

	for (size_t at = 0, end; text[at]; at = end) {
		end = lines ? at + strcspn(text + at, "\n") : piece_token_end(text, at);
		end += lines && text[end];
		if (lines || !isspace((unsigned char)text[at]))
			p.list[p.count++] = (struct piece){at, end};
	}
	return p;
}

/* Puts `with` in the place of what is between `begin` and `end`. */
static char *mutate_replace(char *text, size_t begin, size_t end, const char *with)
{
	size_t size = strlen(text), length = strlen(with);
	char *result = mutate_need(malloc(size + length + 1));

	memcpy(result, text, begin);
	memcpy(result + begin, with, length);
	strcpy(result + begin + length, text + end);
	free(text);
	if (strlen(result) > LONGEST)
		result[LONGEST] = '\0';
	return result;
}

static char *mutate_cut(const char *text, struct piece piece)
{
	return mutate_need(strndup(text + piece.begin, piece.end - piece.begin));
}

/* ---- changes ---- */

static const char *const odd_tokens[] = {"(", ")", "{", "}", "[", "]", "<", ">", ";", ",", "#", "##", "\\",
	"\"", "'", "...", "*", "&", "->", ".", "::", "@", "`", "$", "\x80", "\xff\xfe", "\xe2\x80\xae",
	"\x01", "\f", "/*", "*/", "//", "?:", "static", "extern", "inline", "typedef", "struct", "union",
	"enum", "const", "volatile", "_Atomic", "_Thread_local", "_Generic", "_Noreturn",
	"_Static_assert(0, \"\");", "goto x;", "goto *x;", "&&x", "asm(\"r0 = 0\");",
	"asm volatile(\"\" ::: \"memory\");", "asm(\".include \\\"/etc/passwd\\\"\");",
	"asm(\".macro a\\na\\n.endm\\na\");", "asm(\"goto x\");", "asm(\"r0 = x\");",
	"asm(\"if r1 > 0 goto %c0\" :: \"i\"(&x));", "asm(\".short x\");", "__attribute__((alias(\"f\")))",
	"__attribute__((ifunc(\"f\")))", "__attribute__((packed))", "__attribute__((aligned(1 << 28)))",
	"__attribute__((vector_size(4096)))", "__attribute__((mode(TI)))", "__attribute__((section(\"\")))",
	"__attribute__((section(\"maps\")))", "__attribute__((always_inline))", "__attribute__((cleanup(f)))",
	"__attribute__((naked))", "__attribute__((weak))", "__attribute__((constructor))",
	"__attribute__((address_space(7)))", "__attribute__((btf_type_tag(\"x\")))",
	"__attribute__((preserve_access_index))", "__attribute__((noreturn))",
	"__attribute__((target(\"sse\")))", "__builtin_trap();", "__builtin_unreachable();",
	"__builtin_frame_address(3)", "__builtin_alloca(x)", "__builtin_setjmp(x)",
	"__builtin_va_arg(x, int)", "({ ; })", "(int[]){1, 2}", "(struct { int a; }){1}",
	"switch (x) { case 1 ... 2147483647: ; }", "while (1);", "int a[(long)1 << 60];", "int a[x];",
	"int a[0];", "struct s { struct s x; };", "struct s;", "struct s v;", "char comm(16);", "int f();",
	"int f(void *ctx) { return f(ctx); }", "BPF_HASH(h);", "BPF_HASH(h, struct s, struct s);",
	"BPF_HASH(h, u32, u64, 1ULL << 40);", "BPF_ARRAY(a, char[1 << 30], 1);", "BPF_PERF_OUTPUT(e);",
	"BPF_STACK_TRACE(s, -1);", "BPF_TABLE(\"hash\", int, int, t, 0);",
	"BPF_TABLE(\"\", void, void, t, 1);", "BPF_PROG_ARRAY(p, 1);", "TRACEPOINT_PROBE(a, b) { return 0; }",
	"KFUNC_PROBE(f) { return 0; }", "BPF_ITER(task) { return 0; }", "LSM_PROBE(x) { return 0; }",
	"RAW_TRACEPOINT_PROBE(x) { return 0; }", "args->x", "PT_REGS_PARM1(ctx)",
	"bpf_probe_read_kernel(0, 0, 0)", "bpf_trace_printk(\"%s%n%d\", x)", "printf(\"%d\")", "h.lookup(&x)",
	"h.update()", "h.increment(1, 2, 3)", "h.nothing(1)", "bpf_usdt_readarg(99, ctx, &x)", "__int128",
	"float", "double", "long double", "_BitInt(128)", "_Complex double", "void"};

static const char *const odd_lines[] = {"#include <linux/sched.h>", "#include \"/dev/zero\"",
	"#include </proc/self/mem>", "#include <.>", "#include \"text.c\"", "#include __FILE__", "#include",
	"#include_next <bcc/proto.h>", "#embed \"/dev/zero\"", "#if 0", "#if 1", "#else", "#endif", "#elif",
	"#if 1 / 0", "#if __has_include(<x>)", "#if __has_embed(\"/dev/zero\")", "#define x x x",
	"#define f(a) f(a) f(a)", "#define int", "#define return", "#define struct union", "#define u32 u64",
	"#define BPF_HASH", "#define NULL", "#define __attribute__(x)",
	"#define a(...) __VA_OPT__(#__VA_ARGS__)", "#undef NULL", "#undef BPF_HASH", "#undef __FILE__",
	"#undef __bpf__", "#line 0", "#line 2147483648 \"/etc/passwd\"", "#line 7 \"\"", "# 1 \"x\" 3 4",
	"#error \xff", "#warning x", "#pragma once", "#pragma pack(push, 1)", "#pragma pack(pop)",
	"#pragma clang __debug crash", "#pragma clang __debug llvm_fatal_error",
	"#pragma clang __debug overflow_stack", "#pragma clang __debug parser_crash",
	"#pragma clang __debug dump x", "#pragma clang __debug diag_mapping", "#pragma clang module import x",
	"#pragma clang attribute push(__attribute__((noinline)), apply_to = function)",
	"#pragma clang diagnostic push", "#pragma clang diagnostic pop",
	"#pragma clang diagnostic error \"-Weverything\"", "#pragma clang assume_nonnull begin",
	"#pragma clang optimize off", "#pragma clang loop unroll_count(100000)", "#pragma GCC poison int",
	"#pragma redefine_extname f g", "#pragma weak f = g", "#pragma push_macro(\"x\")",
	"#pragma STDC FENV_ACCESS ON", "#pragma omp parallel", "#pragma comment(lib, \"x\")",
	"#pragma GCC dependency \"/etc/passwd\"", "_Pragma(\"clang __debug crash\")", "#import <x>",
	"#ident \"x\"", "#assert x(y)", "#sccs \"x\"", "#unknown"};

static const char *const odd_names[] = {"ctx", "void", "int", "u8", "u64", "struct task_struct",
	"struct nothing", "struct pt_regs", "struct sk_buff", "__u128", "NULL", "__FILE__", "__COUNTER__",
	"__func__", "main", "_license", "__builtin_memcpy", "memset", "bpf_map_lookup_elem",
	"bpf_get_current_task", "llvm.trap", "kprobe__", "kretprobe__vfs_read", "tracepoint__x__y",
	"raw_tracepoint__x", "syscall__", "socket__", "xdp__", "kfunc__vmlinux__vfs_read", "lsm__",
	"bpf_iter__task", "bcc_", "maps", "license", "version", "this", "new", "typeof(x)", "__auto_type",
	"a.b.c", "p->p->p->p", "f(f(f(x)))", "*****p"};

static const char *const odd_numbers[] = {"0", "-1", "1", "2147483648", "-2147483648", "4294967296",
	"9223372036854775807", "18446744073709551615", "18446744073709551616", "0x", "0b", "08", "1e999",
	"1.5", "0x1p-1074", "1ull << 63", "1 << 64", "1 / 0", "0 % 0", "'\\xfff'", "''", "'abcd'", "1000000",
	"65536", "512", "513", "4096", "1u << 31", "sizeof(int[1 << 20])"};

static char *mutate_delete(struct random *r, char *text, struct pieces p)
{
	size_t i = random_below(r, p.count), n = 1 + random_below(r, 4);
	size_t last = i + n <= p.count ? i + n - 1 : p.count - 1;

	return mutate_replace(text, p.list[i].begin, p.list[last].end, "");
}

static char *mutate_double(struct random *r, char *text, struct pieces p)
{
	struct piece piece = p.list[random_below(r, p.count)];
	char *part = mutate_cut(text, piece);

	/* mostly once */
	for (size_t n = random_below(r, 8) ? 1 : 1 + random_below(r, 200); n; n--)
		text = mutate_replace(text, piece.end, piece.end, part);
	free(part);
	return text;
}

static char *mutate_swap(struct random *r, char *text, struct pieces p)
{
	struct piece a = p.list[random_below(r, p.count)], b = p.list[random_below(r, p.count)];
	char *first, *second;

	if (a.begin > b.begin) {
		struct piece c = a;

		a = b;
		b = c;
	}
	if (a.begin == b.begin)
		return text;
	first = mutate_cut(text, a);
	second = mutate_cut(text, b);
	text = mutate_replace(text, b.begin, b.end, first);
	text = mutate_replace(text, a.begin, a.end, second);
	free(first);
	free(second);
	return text;
}

/* The other text's pieces, in the place of some or between them. */
static char *mutate_splice(struct random *r, char *text, struct pieces p, const char *other, bool lines)
{
	struct pieces q = pieces_of(other, lines);
	struct piece at = p.list[random_below(r, p.count)], from;
	char *part;

	if (!q.count) {
		free(q.list);
		return text;
	}
	from = q.list[random_below(r, q.count)];
	if (lines && random_below(r, 2))
		from.end = q.list[q.count - 1].end;
	part = mutate_cut(other, from);
	text = mutate_replace(text, random_below(r, 2) ? at.begin : at.end, at.end, part);
	free(part);
	free(q.list);
	return text;
}

static char *mutate_nest(struct random *r, char *text, struct pieces p)
{
	static const char *const pairs[][2] = {{"(", ")"}, {"{", "}"}, {"[", "]"}, {"~", ""}, {"- ", ""},
		{"!", ""}, {"*", ""}, {"&", ""}, {"(int)", ""}, {"({", ";})"}, {"if (1) ", ""},
		{"1 + (", ")"}, {"1 ? 2 : ", ""}, {"sizeof(", ")"}, {"", " + 1"}, {"", "[0]"}, {"", "->x"},
		{"", "(0)"}, {"struct { ", "; }"}, {"#if 1\n", "\n#endif\n"}, {"for (;;) ", ""},
		{"switch (1) case 1: ", ""}, {"typeof(", ")"}, {"_Generic(0, int: ", ")"}, {"x = ", ""},
		{"x, ", ""}};
	static const size_t depths[] = {2, 10, 100, 300, 1000, 5000, 40000};
	struct piece piece = p.list[random_below(r, p.count)];
	const char *const *pair = random_of(r, pairs);
	size_t depth = random_of(r, depths), before = strlen(pair[0]), after = strlen(pair[1]);
	char *part = mutate_cut(text, piece), *with, *to;

	if (depth * (before + after) > LONGEST / 2)
		depth = LONGEST / 2 / (before + after);
	to = with = mutate_need(malloc(depth * (before + after) + strlen(part) + 1));
	for (size_t i = 0; i < depth; i++)
		to = stpcpy(to, pair[0]);
	to = stpcpy(to, part);
	for (size_t i = 0; i < depth; i++)
		to = stpcpy(to, pair[1]);
	text = mutate_replace(text, piece.begin, piece.end, with);
	free(part);
	free(with);
	return text;
}

static char *mutate_word_of_text(struct random *r, char *text, struct pieces p, struct piece old)
{
	size_t first = random_below(r, p.count);

	for (size_t n = 0; n < p.count; n++) {
		struct piece other = p.list[(first + n) % p.count];
		char *word;

		if (!isalpha((unsigned char)text[other.begin]))
			continue;
		word = mutate_cut(text, other);
		text = mutate_replace(text, old.begin, old.end, word);
		free(word);
		break;
	}
	return text;
}

/* Replaces one of the names or numbers; a name often by another of the text, with which it may compile. */
static char *mutate_word(struct random *r, char *text, struct pieces p)
{
	size_t first = random_below(r, p.count);

	for (size_t n = 0; n < p.count; n++) {
		struct piece piece = p.list[(first + n) % p.count];
		unsigned char c = text[piece.begin];

		if (isdigit(c))
			return mutate_replace(text, piece.begin, piece.end, random_of(r, odd_numbers));
		if (!isalpha(c) && c != '_')
			continue;
		if (random_below(r, 2))
			return mutate_word_of_text(r, text, p, piece);
		return mutate_replace(text, piece.begin, piece.end, random_of(r, odd_names));
	}
	return text;
}

static char *mutate_insert(struct random *r, char *text, struct pieces p, bool lines)
{
	size_t at = p.list[random_below(r, p.count)].end;
	char with[256];

	if (lines)
		snprintf(with, sizeof(with), "\n%s\n", random_of(r, odd_lines));
	else
		snprintf(with, sizeof(with), " %s ", random_of(r, odd_tokens));
	return mutate_replace(text, at, at, with);
}

static char *mutate_byte(struct random *r, char *text)
{
	text[random_below(r, strlen(text))] = 1 + random_below(r, 255);
	return text;
}

static char *mutate_end(struct random *r, char *text)
{
	text[random_below(r, strlen(text))] = '\0';
	return text;
}

static char *mutate_once(struct random *r, char *text, const struct corpus *corpus)
{
	size_t kind = random_below(r, 32);
	bool lines = random_below(r, 2);
	struct pieces p = pieces_of(text, kind < 14 && lines);

	if (!p.count)
		kind = 99;
	if (kind < 3)
		text = mutate_delete(r, text, p);
	else if (kind < 6)
		text = mutate_double(r, text, p);
	else if (kind < 9)
		text = mutate_swap(r, text, p);
	else if (kind < 14)
		text = mutate_splice(r, text, p, corpus->texts[random_below(r, corpus->count)], lines);
	else if (kind < 17)
		text = mutate_nest(r, text, p);
	else if (kind < 23)
		text = mutate_word(r, text, p);
	else if (kind < 30)
		text = mutate_insert(r, text, p, lines);
	else if (kind == 30)
		text = mutate_byte(r, text);
	else if (kind == 31)
		text = mutate_end(r, text);
	free(p.list);
	return text;
}

char *mutate_text(struct random *r, const struct corpus *corpus)
{
	/* literals are mostly pieces of texts, or wrong ones */
	size_t count = corpus->complete && random_below(r, 2) ? corpus->complete : corpus->count;
	char *text = mutate_need(strdup(corpus->texts[random_below(r, count)]));

	/* mostly one change, so that the text is still understood and reaches code generation */
	for (size_t n = random_below(r, 2) ? 1 : 1 + random_below(r, 8); n; n--)
		text = mutate_once(r, text, corpus);
	return text;
}

/* ---- flags ---- */

static const char *const flag_list[] = {"-DX=1", "-DX", "-D", "-DX(", "-D__bpf__=0",
	"-Dint=", "-Dstruct=union", "-DX=\n#error", "-U__bpf__", "-U", "-I", "-I/", "-I/dev/zero",
	"-I/proc/self/fd", "-isystem/usr/include", "-include", "linux/sched.h", "/dev/zero", "/etc/passwd",
	"-include/dev/null", "-imacros", "-iquote", "-Wall", "-Wextra", "-Weverything", "-Werror", "-w",
	"-Wno-everything", "-W", "-Wp,-DX", "-Wl,-x", "-Wa,-x", "-Xclang", "-Xpreprocessor", "-Xassembler",
	"-mllvm", "-debug", "-print-after-all", "-O0", "-O1", "-O3", "-Os", "-Ofast", "-O99", "-O", "-g",
	"-g0", "-ggdb3", "-gsplit-dwarf", "-std=c89", "-std=c++20", "-std=gnu23", "-std=", "-std=x", "-ansi",
	"-pedantic-errors", "-x", "-xc++", "c++", "assembler", "-xir", "-xcuda", "-o", "-o/tmp/x", "-c", "-S",
	"-E", "-M", "-MD", "-MF/tmp/x", "-save-temps", "-emit-llvm", "-emit-ast", "-fsyntax-only",
	"-ftime-report", "-ftime-trace", "-fplugin=/x.so", "-fpass-plugin=/x.so", "-load",
	"-fsanitize=address", "-fsanitize=undefined", "-fsanitize=thread", "-fstack-protector-all", "-fPIC",
	"-fpie", "-fno-builtin", "-ffreestanding", "-fms-extensions", "-fms-compatibility", "-fshort-enums",
	"-fshort-wchar", "-funsigned-char", "-fwrapv", "-ftrapv", "-fblocks", "-fopenmp", "-fmodules",
	"-fmodules-cache-path=/tmp/x", "-fpch-preprocess", "-fcoverage-mapping", "-fprofile-instr-generate",
	"-fprofile-use=/x", "-flto", "-fsplit-lto-unit", "-finstrument-functions", "-fxray-instrument",
	"-fpatchable-function-entry=8", "-fcf-protection=full", "-fbracket-depth=100000", "-fbracket-depth=1",
	"-ftemplate-depth=9", "-fconstexpr-steps=4294967295", "-fmacro-backtrace-limit=0", "-ferror-limit=0",
	"-fdiagnostics-format=sarif", "-fdiagnostics-color=always", "-fcolor-diagnostics",
	"-fvisibility=hidden", "-fdebug-prefix-map=a=b", "-fno-common", "-fcommon", "-fpack-struct=1",
	"-fpack-struct=3", "-fvectorize", "-funroll-loops", "-fexceptions", "-mcpu=v1", "-mcpu=v4", "-mcpu=x",
	"-mcpu=", "-march=native", "-mtune=x", "-m32", "-malign-double", "-target", "--target=x86_64",
	"--target=bpfeb", "-triple", "x86_64", "-v", "-###", "--version", "--help", "-help", "-cc1", "-cc1as",
	"-print-search-dirs", "-nostdinc", "-nobuiltininc", "-undef", "-trigraphs", "-P", "-C", "-CC", "-dD",
	"-dM", "-H", "-L/", "-lx", "-shared", "-static", "-pthread", "-rdynamic", "-Xlinker", "-z", "--", "-",
	"", " ", " -DX", "@/etc/passwd", "@", "foo", "foo.c", "/", "-\xff", "-\x01", "%s%n", "--sysroot=/x",
	"-isysroot", "-resource-dir=/x", "-B/x", "-gcc-toolchain", "-working-directory=/x", "-ivfsoverlay",
	"-config", "--config=/etc/passwd", "-no-canonical-prefixes", "-Rpass=.*",
	"-fsave-optimization-record", "-foptimization-record-file=/tmp/x", "-serialize-diagnostics",
	"--analyze", "-verify", "-code-completion-at=x:1:1"};

const char *mutate_name(struct random *r)
{
	static const char *const names[] = {"", "-", "-v", "/", "a/", "..", "/dev/zero", "/etc/passwd",
		"/virtual/include/bcc/types.h", "<built-in>", "a\nb", "\x1b", "\xff", "%s%n", "\""};

	return random_below(r, 16) ? NULL : random_of(r, names);
}

static char *mutate_flag(struct random *r)
{
	char *flag = mutate_need(strdup(random_of(r, flag_list))), *joined;
	size_t kind = random_below(r, 12);

	if (kind == 0 && *flag)
		return mutate_byte(r, flag);
	if (kind == 1 && *flag)
		return mutate_end(r, flag);
	if (kind == 2) {
		if (asprintf(&joined, "%s%s", flag, random_of(r, flag_list)) < 0)
			abort();
		free(flag);
		return joined;
	}
	return flag;
}

size_t mutate_flags(struct random *r, char *flags[MUTATE_MOST_FLAGS])
{
	/* most texts have none, or they would not be looked at */
	size_t count = random_below(r, 6) ? 0 : 1 + random_below(r, MUTATE_MOST_FLAGS);

	for (size_t i = 0; i < count; i++)
		flags[i] = random_below(r, 50) ? mutate_flag(r) : NULL;
	return count;
}
