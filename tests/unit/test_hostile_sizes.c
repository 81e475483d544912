/* SPDX-License-Identifier: Apache-2.0 */
/* Texts in which something nests, chains or grows without end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/array.h"
#include "survive.h"

/* What is generated: `before`, `each` (%d in it is its number, %n the next) `count` times, `after`. To be
 * freed. */
static char *repeat(const char *before, const char *each, int count, const char *after)
{
	size_t size;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	fputs(before, out);
	for (int i = 0; i < count; i++) {
		for (const char *p = each; *p; p++) {
			if (p[0] == '%' && p[1] == 'd')
				fprintf(out, "%d", i), p++;
			else if (p[0] == '%' && p[1] == 'n')
				fprintf(out, "%d", i + 1), p++;
			else
				fputc(*p, out);
		}
	}
	fputs(after, out);
	fclose(out);
	return text;
}

static void test_sizes(void **state)
{
	static const struct {
		const char *name, *before, *each;
		int count;
		const char *after;
	} cases[] = {
		{"parentheses", "int f(void *c) { return ", "(", 100000, "1; }"},
		{"balanced parentheses",
			"#define A(x) ((((((((((x))))))))))\nint f(void *c) { return A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(1",
			")", 30, "; }"},
		{"braces", "int f(void *c) ", "{", 100000, "return 1;"},
		{"brackets", "int a", "[", 100000, ";"},
		{"array dimensions", "int a", "[1]", 20000, "; int f(void *c) { return 0; }"},
		{"pointers to pointers", "int ", "*", 100000, "p; int f(void *c) { return 0; }"},
		{"some pointers to pointers", "int ", "*", 5000, "p; int f(void *c) { return !!p; }"},
		{"pointers in a typedef each", "typedef int t0;\n", "typedef t%d *t%n;\n", 5000,
			"t5000 v; int f(void *c) { return !!v; }"},
		{"typedefs", "typedef int t0;\n", "typedef t%d t%n;\n", 10000,
			"t10000 v; int f(void *c) { return v; }"},
		{"structs in structs", "struct s0 { int a; };\n", "struct s%n { struct s%d s; };\n", 5000,
			"BPF_HASH(h, struct s5000); int f(void *c) { return 0; }"},
		{"structs in two of a struct", "struct s0 { char a; };\n",
			"struct s%n { struct s%d a, b; };\n", 70,
			"BPF_HASH(h, struct s70); struct s70 v; int f(void *c) { return 0; }"},
		{"structs that point to structs", "struct s0 { int a; };\n",
			"struct s%n { struct s%d *s; };\n", 20000,
			"struct s20000 v; int f(void *c) { return !!v.s; }"},
		{"members", "struct s {\n", "int m%d;\n", 10000,
			"}; BPF_HASH(h, u32, struct s); int f(void *c) { return 0; }"},
		{"anonymous members", "struct s { int a; ", "struct { int a%d; union { char b%d; ", 120,
			"BPF_HASH(h, struct s)"},
		{"enumerators", "enum e {\n", "E%d,\n", 10000,
			"}; BPF_HASH(h, enum e); int f(void *c) { return E3; }"},
		{"a sum", "int f(void *c) { int x = *(int *)c; return 1", " + x", 300000, "; }"},
		{"initializers in initializers", "int a = ", "{", 100000, "1"},
		{"initializers of structs in each other", "struct { int a; } v = ", "(int){", 100000, "1"},
		{"structs in a struct", "", "struct { ", 100000, "int a;"},
		{"calls of a macro in each other", "#define M(x) (x + 1)\nint f(void *c) { return ", "M(",
			100000, "1"},
		{"closed calls of a macro in each other",
			"#define A(x) x + x\n#define B(x) A(A(A(A(A(A(A(A(x))))))))\n"
			"int f(void *c) { return B(B(1",
			")", 2, "; }"},
		{"a sum of some", "int f(void *c) { int x = *(int *)c; return 1", " + x", 10000, "; }"},
		{"commas", "int f(void *c) { int x = 0; return 1", ", x++", 100000, "; }"},
		{"assignments", "int f(void *c) { int x; ", "x = ", 100000, "1; return x; }"},
		{"conditionals", "int f(void *c) { int x = *(int *)c; return ", "x == %d ? %d : ", 50000,
			"0; }"},
		{"negations", "int f(void *c) { return ", "!", 100000, "c; }"},
		{"minuses", "int f(void *c) { return ", "- ", 100000, "1; }"},
		{"casts", "int f(void *c) { return ", "(int)", 100000, "1; }"},
		{"some casts", "int f(void *c) { return ", "(int)", 3000, "1; }"},
		{"addresses of what is pointed to", "int f(void *c) { return ", "&*", 100000, "c; }"},
		{"sizeof", "int f(void *c) { return ", "sizeof ", 100000, "c; }"},
		{"extension", "int f(void *c) { return ", "__extension__ ", 100000, "1; }"},
		{"labels", "int f(void *c) { ", "l%d: ", 100000, "return 1; }"},
		{"cases in a row", "int f(void *c) { switch (*(int *)c) { ", "case %d: ", 20000,
			"return 1; } return 0; }"},
		{"if in if", "int f(void *c) { ", "if (c) ", 50000, "return 1; return 0; }"},
		{"if in else", "int f(void *c) { int x = *(int *)c; ", "if (x == %d) return %d; else ", 50000,
			"return 1; }"},
		{"else without an if", "int f(void *c) { ", "else ", 100000, "return 1; }"},
		{"if and loop in else", "int f(void *c) { int x = *(int *)c; ",
			"if (x == %d) for (;;) ; else ", 50000, "return 1; }"},
		{"if with blocks in else", "int f(void *c) { int x = *(int *)c; ",
			"if (x == %d) { x++; } else ", 50000, "return 1; }"},
		{"for in for", "int f(void *c) { ", "for (;;) ", 100000, "; return 0; }"},
		{"do", "int f(void *c) { ", "do ", 100000, "; while (0); return 0; }"},
		{"while in blocks", "int f(void *c) { ", "while (1) { ", 250, "return 0; }"},
		{"switch in switch", "int f(void *c) { ", "switch (*(int *)c) case %d: ", 50000,
			"return 1; return 0; }"},
		{"calls in calls", "static int g(int x) { return x; } int f(void *c) { return ", "g(", 250,
			"1"},
		{"members of members",
			"struct s { struct s *n; }; int f(struct pt_regs *ctx, struct s *s) { return !!s",
			"->n", 20000, "; }"},
		{"some members of members",
			"struct s { struct s *n; }; int f(struct pt_regs *ctx, struct s *s) { return !!s",
			"->n", 300, "; }"},
		{"subscripts", "int f(void *c) { int *p = c; return p", "[0]", 100000, "; }"},
		{"designators", "struct s { int a; } s = {", ".a", 100000,
			" = 1}; int f(void *c) { return 0; }"},
		{"attributes", "int f(void *c) ", "__attribute__((unused)) ", 50000,
			"; int f(void *c) { return 0; }"},
		{"qualifiers", "", "const volatile ", 100000, "int x; int f(void *c) { return x; }"},
		{"inlined calls", "static int g0(int x) { return x * 3; }\n",
			"static int g%n(int x) { return g%d(x) + g%d(x + 1); }\n", 40,
			"int f(void *c) { return g40(*(int *)c); }"},
		{"a chain of calls", "static int g0(int x) { return x * 3; }\n",
			"static int g%n(int x) { return g%d(x) + 1; }\n", 5000,
			"int f(void *c) { return g5000(*(int *)c); }"},
		{"a chain of variables", "int *v0;\n", "void *v%n = &v%d;\n", 5000,
			"int f(void *c) { return !!v5000; }"},
		{"a chain of macros", "#define m0 1\n", "#define m%n m%d\n", 50000,
			"int f(void *c) { return m50000; }"},
		{"macros that double", "#define m0 1 +\n", "#define m%n m%d m%d\n", 60,
			"int f(void *c) { return m60 1; }"},
		{"macros that double and are strings", "#define m0 \"x\"\n", "#define m%n m%d m%d\n", 60,
			"char *s = m60; int f(void *c) { return 0; }"},
		{"macros that double in a condition", "#define m0 1 +\n", "#define m%n m%d m%d\n", 60,
			"#if m60 1\n#endif\nint f(void *c) { return 0; }"},
		{"macros of parentheses in a condition", "#define m0 (\n", "#define m%n m%d m%d\n", 20,
			"#if m20 1\n#endif\nint f(void *c) { return 0; }"},
		{"macros that double as arguments", "#define E(x)\n#define m0 1\n", "#define m%n m%d, m%d\n",
			60, "E(m60)\nint f(void *c) { return 0; }"},
		{"macros in an #include", "#define m0 x\n", "#define m%n m%d m%d\n", 60,
			"#include m60\nint f(void *c) { return 0; }"},
		{"macros in a #line", "#define m0 1\n", "#define m%n m%d m%d\n", 60,
			"#line m60\nint f(void *c) { return 0; }"},
		{"macros in a pragma", "#define m0 1\n", "#define m%n m%d m%d\n", 60,
			"#pragma unroll m60\nint f(void *c) { return 0; }"},
		{"tokens that are glued", "#define G(a, b) a##b\nint ", "G(x,", 200, "y"},
		{"a name of many pieces", "#define G(a, b) a##b\n#define H(a, b) G(a, b)\n#define n0 x\n",
			"#define n%n H(n%d, n%d)\n", 40, "int n40; int f(void *c) { return 0; }"},
		{"a condition of parentheses", "#if ", "(", 200000,
			"1\n#endif\nint f(void *c) { return 0; }"},
		{"a condition of negations", "#if ", "!", 1000000, "1\n#endif\nint f(void *c) { return 0; }"},
		{"a condition of minuses", "#if ", "- ", 1000000, "1\n#endif\nint f(void *c) { return 0; }"},
		{"a condition of conditionals", "#if ", "1 ? 1 : ", 300000,
			"1\n#endif\nint f(void *c) { return 0; }"},
		{"a condition of powers", "#if 1", " || 1 && 1", 300000,
			"\n#endif\nint f(void *c) { return 0; }"},
		{"conditions in conditions", "", "#if 1\n", 100000, "int f(void *c) { return 0; }"},
		{"#elif", "#if 0\n", "#elif 0\n", 100000, "#endif\nint f(void *c) { return 0; }"},
		{"pragmas", "", "#pragma GCC diagnostic push\n", 100000, "int f(void *c) { return 0; }"},
		{"pragmas by operator", "", "_Pragma(\"pack(push)\") ", 10000,
			"int f(void *c) { return 0; }"},
		{"a long line", "int f(void *c) { return 0; } //", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
			200000, ""},
		{"a long line with an error", "int f(void *c) { return gone; } /*",
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 100000, "*/"},
		{"a long name", "int ", "x", 2000000, "; int f(void *c) { return 0; }"},
		{"a long name of a program", "int f", "x", 100000, "(void *c) { return 0; }"},
		{"a long name of a table", "BPF_HASH(h", "x", 100000, "); int f(void *c) { return 0; }"},
		{"a long number", "int f(void *c) { return 0x", "f", 1000000, "; }"},
		{"a long decimal number", "int f(void *c) { return ", "9", 1000000, "; }"},
		{"a long fraction", "int f(void *c) { return 1.", "9", 1000000, "e99999999; }"},
		{"a long string", "char *s = \"", "xxxxxxxxxxxxxxxx", 500000,
			"\"; int f(void *c) { return s[3]; }"},
		{"a long format", "int f(void *c) { bpf_trace_printk(\"", "%d ", 100000, "\"); return 0; }"},
		{"strings side by side", "char *s = ", "\"x\" ", 100000, "; int f(void *c) { return s[3]; }"},
		{"lines that go on", "int f(void *c) { return 0; ", "\\\n", 200000, "}"},
		{"comments", "", "/* */", 300000, "int f(void *c) { return 0; }"},
		{"open comments", "", "/*", 300000, ""},
		{"configurations", "", "#ifdef CONFIG_GONE%d\n#endif\n", 100000,
			"int f(void *c) { return 0; }"},
		{"missing headers", "", "#include <linux/gone%d.h>\n", 20000, "int f(void *c) { return 0; }"},
		{"names in conditions", "", "#if GONE%d\n#endif\n", 100000, "int f(void *c) { return 0; }"},
		{"semicolons", "", ";", 300000, "int f(void *c) { return 0; }"},
		{"errors", "", "gone x%d;\n", 20000, ""},
		{"declarations of the same", "", "int gone;\n", 3000, ""},
		{"errors with suggestions", "int abcdefgh;\n", "int x%d = abcdefgi%d;\n", 1000, ""},
		{"warnings", "int f(void *c) { ", "{ int *p = 1; }\n", 5000, "return 0; }"},
		{"tables", "", "BPF_HASH(h%d);\n", 1000, "int f(void *c) { return 0; }"},
		{"programs", "", "int f%d(void *c) { return %d; }\n", 600, ""},
		{"variables", "", "int v%d = %d;\n", 5000, "int f(void *c) { return v3; }"},
		{"elements", "int v[] = {", "%d, ", 100000, "}; int f(void *c) { return v[*(u8 *)c]; }"},
		{"elements in braces", "struct { int a, b[2]; } v[] = {", "{%d, {1, 2}}, ", 50000,
			"}; int f(void *c) { return v[*(u8 *)c].a; }"},
		{"arguments", "static int g(int x, ...) { return x; } int f(void *c) { return g(1", ", 1",
			20000, "); }"},
		{"parameters", "int g(int x", ", int p%d", 20000, "); int f(void *c) { return 0; }"},
		{"arguments of a macro", "#define M(...) 1\nint f(void *c) { return M(1", ", 1", 300000,
			"); }"},
		{"statements", "int f(void *c) { volatile int x = 0;\n", "x += %d;\n", 4000, "return x; }"},
		{"a switch of more than jumps can reach", "int f(void *c) { switch (*(int *)c) {\n",
			"case %d: return bpf_get_prandom_u32() + %d;\n", 5000, "} return 0; }"},
		{"a switch", "int f(void *c) { switch (*(int *)c) {\n",
			"case %d: return bpf_get_prandom_u32() + %d;\n", 1600, "} return 0; }"},
		{"a switch of strides", "int f(void *c) { int r = 0; switch (*(int *)c) {\n",
			"case %d00: r = %d7; break;\n", 1400, "} return r; }"},
		{"ifs", "int f(void *c) { int x = *(int *)c, r = 0;\n", "if (x == %d) r += %d;\n", 1000,
			"return r; }"},
		{"ifs that return", "int f(void *c) { int x = *(int *)c;\n", "if (x == %d) return %d;\n",
			1500, "return 0; }"},
		{"loops in a row", "int f(void *c) { int x = *(int *)c, r = 0;\n",
			"for (int i = 0; i < x; i++) r ^= i * %d;\n", 100, "return r; }"},
		{"loops in loops", "int f(void *c) { int x = *(int *)c, r = 0;\n",
			"for (int i%d = 0; i%d < x; i%d++) ", 120, "r++; return r; }"},
		{"reads of the kernel", "int f(struct pt_regs *ctx, struct task_struct *t) { u64 r = 0;\n",
			"r += t->parent->pid + %d;\n", 2000, "return r; }"},
		{"lookups", "BPF_HASH(h); int f(void *c) { u64 k = 0, *v;\n",
			"k = %d; v = h.lookup(&k); if (v) (*v)++;\n", 1000, "return 0; }"},
		{"gotos", "int f(void *c) { int x = *(int *)c;\n", "l%d: if (x++ == %d) goto l%n;\n", 3000,
			"l3000: return x; }"},
		{"gotos back", "int f(void *c) { int x = *(int *)c;\n",
			"l%d: if (bpf_get_prandom_u32() == %d) goto l0;\n", 2000, "return x; }"},
		{"computed gotos", "int f(void *c) { void *l[] = {&&l0, &&l1}; int x = *(int *)c;\n",
			"l%d: if (x++ == %d) goto *l[x];\n", 500, "return x; }"},
		{"assembly", "int f(void *c) { long x = 0;\n", "asm volatile(\"%0 += %d\" : \"+r\"(x));\n",
			2000, "return x; }"},
	};

	(void)state;
	survive_check_compiler();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		survive_add(cases[i].name,
			repeat(cases[i].before, cases[i].each, cases[i].count, cases[i].after), NULL, 0);
	}
	survive_run();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
	};

	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		printf("SKIP: this kernel has no BTF (/sys/kernel/btf/vmlinux)\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
