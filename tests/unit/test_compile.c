/* SPDX-License-Identifier: Apache-2.0 */
/* Texts through the whole compiler, on this kernel's BTF: what is made of them, and the errors for bad
 * ones. */
#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <cmocka.h>

#include "common/array.h"
#include "common/compile_request.h"
#include "frontends/prelude.h"
#include "elf_section.h"

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

static char *said; /* through the log */

static void keep(void *ctx, int level, const char *text)
{
	char *joined;

	(void)ctx;
	(void)level;
	assert_true(asprintf(&joined, "%s%s", said ? said : "", text) >= 0);
	free(said);
	said = joined;
}

static struct bcc_compile_result compile(const char *text, const char *flag, int expected)
{
	struct bcc_compile_request request = {
		.abi = BCC_COMPILER_ABI,
		.text = text,
		.name = "text.c",
		.cflags = &flag,
		.cflags_count = flag != NULL,
		.tracefs_fd = -1,
		.btf_fd = -1,
		.tracefs_why = "it is a test",
		.log = keep,
	};
	struct bcc_compile_result result;
	int r;

	free(said);
	said = NULL;
	r = bcc_compile_1(&request, &result);
	if (r != expected)
		fail_msg("%d instead of %d for\n%s\n%s", r, expected, text, result.error ? result.error : "");
	if (r) {
		assert_non_null(result.error);
		assert_null(result.elf);
	} else {
		assert_memory_equal(result.elf, "\177ELF", 4);
	}
	return result;
}

static void accept(const char *text)
{
	struct bcc_compile_result result = compile(text, NULL, 0);

	bcc_compile_free_1(&result);
}

static void refuse(const char *text, int code, const char *sentence)
{
	struct bcc_compile_result result = compile(text, NULL, code);

	if (!strstr(result.error, sentence))
		fail_msg("\"%s\" is not said of\n%s\nbut:\n%s", sentence, text, result.error);
	bcc_compile_free_1(&result);
}

/* Kernel types come from BTF; these tests cannot run without it. */
static bool no_btf(void)
{
	if (!access("/sys/kernel/btf/vmlinux", R_OK))
		return false;
	printf("SKIP: this kernel has no BTF (/sys/kernel/btf/vmlinux)\n");
	return true;
}

static void test_tables(void **state)
{
	if (no_btf())
		skip();
	accept("struct key { u32 pid; char comm[16]; };\n"
	       "BPF_HASH(a); BPF_HASH(b, u32); BPF_HASH(c, struct key, u64); BPF_HASH(d, struct key, struct key, 16);\n"
	       "BPF_ARRAY(e); BPF_ARRAY(f, u32); BPF_ARRAY(g, u32, 3); BPF_HISTOGRAM(h); BPF_HISTOGRAM(i, struct key);\n"
	       "BPF_HISTOGRAM(j, int, 20); BPF_PERCPU_HASH(k); BPF_PERCPU_HASH(l, u32, u64, 5); BPF_PERCPU_ARRAY(m, u64, 2);\n"
	       "BPF_TABLE(\"lru_hash\", u32, u64, n, 10); BPF_PERF_OUTPUT(o); BPF_RINGBUF_OUTPUT(p, 2);\n"
	       "int f1(void *ctx) { struct key k = {.pid = 1}; u64 one = 1, *v; u32 zero = 0; int slot = 2;\n"
	       "  v = a.lookup(&one); if (v) *v += 1; b.increment(zero); b.increment(zero, 5); c.atomic_increment(k);\n"
	       "  c.update(&k, &one); c.insert(&k, &one); c.delete(&k); d.lookup_or_try_init(&k, &k); d.lookup_or_init(&k, &k);\n"
	       "  e.increment(slot); h.increment(bpf_log2l(one)); h.atomic_increment(slot, 3); i.increment(k); l.increment(zero);\n"
	       "  o.perf_submit(ctx, &k, sizeof(k)); p.ringbuf_output(&k, sizeof(k), 0);\n"
	       "  struct key *r = p.ringbuf_reserve(sizeof(*r)); if (r) { r->pid = 3; p.ringbuf_submit(r, 0); }\n"
	       "  return 0; }\n");
}

/* Both have the same code, section by section. */
static void expect_same_code(const char *text, const void *one, const void *other)
{
	const Elf64_Ehdr *a = one, *b = other;
	const Elf64_Shdr *as = (const void *)((const char *)one + a->e_shoff),
			 *bs = (const void *)((const char *)other + b->e_shoff);
	unsigned code = 0;

	assert_int_equal(a->e_shnum, b->e_shnum);
	for (unsigned i = 0; i < a->e_shnum; i++) {
		assert_int_equal(as[i].sh_flags, bs[i].sh_flags);
		if (!(as[i].sh_flags & SHF_EXECINSTR) || !as[i].sh_size)
			continue;
		if (as[i].sh_size != bs[i].sh_size ||
			memcmp((const char *)one + as[i].sh_offset, (const char *)other + bs[i].sh_offset,
				as[i].sh_size))
			fail_msg("the code differs of\n%s", text);
		code++;
	}
	assert_true(code > 0);
}

/* Each declaration of tables with each of its methods: the pieces that a text gets give the same code as the
 * whole. */
static void test_kinds_of_tables(void **state)
{
	static const struct {
		const char *tables, *calls;
	} kinds[] = {
		{"BPF_HASH(a);", "v = a.lookup(&v8); a.update(&v8, &v8); a.insert(&v8, &v8); a.delete(&v8);"},
		{"BPF_HASH(a, u32);", "v = a.lookup_or_try_init(&k, &v8);"},
		{"BPF_HASH(a, u32, u64);", "v = a.lookup_or_init(&k, &v8);"},
		{"BPF_PERCPU_HASH(a, u32, u64, 5);", "a.increment(k); a.increment(k, 5);"},
		{"BPF_LPM_TRIE(a, u64, u64);", "a.atomic_increment(v8); a.atomic_increment(v8, 7);"},
		{"BPF_ARRAY(a); BPF_ARRAY(b, u32); BPF_ARRAY(c, u32, 3);",
			"v = a.lookup(&i); b.increment(i); c.increment(i);"},
		{"BPF_PERCPU_ARRAY(a, u64, 3);", "a.update(&i, &v8);"},
		{"BPF_HISTOGRAM(a); BPF_HISTOGRAM(b, u32); BPF_HISTOGRAM(c, int, 9);",
			"a.increment(i); b.increment(k); c.atomic_increment(i);"},
		{"BPF_HASH(in); BPF_ARRAY_OF_MAPS(a, \"in\", 4); BPF_HASH_OF_MAPS(b, u32, \"in\"); BPF_HASH_OF_MAPS(c, \"in\");",
			"v = (void *)a.lookup(&i); v = (void *)b.lookup(&k); v = (void *)c.lookup(&i);"},
		{"BPF_PERF_OUTPUT(a);", "a.perf_submit(ctx, &k, 4); a.perf_submit_skb(ctx, 8, &k, 4);"},
		{"BPF_PERF_ARRAY(a, 4);", "v8 = a.perf_read(2); a.perf_counter_value(1, &v8, 8);"},
		{"BPF_RINGBUF_OUTPUT(a, 1);",
			"a.ringbuf_output(&k, 4, 0); v = a.ringbuf_reserve(8); if (v) a.ringbuf_submit(v, 0); v = a.ringbuf_reserve(4);"
			"if (v) a.ringbuf_discard(v, 0); v8 = a.ringbuf_query(0);"},
		{"BPF_USER_RINGBUF(a, 1); static long each(void *d, void *c) { return 0; }",
			"i = a.drain(each, &k, 0);"},
		{"BPF_STACK_TRACE(a, 4); BPF_STACK_TRACE_BUILDID(b, 4);",
			"i = a.get_stackid(ctx, 0) + b.get_stackid(ctx, 0);"},
		{"BPF_PROG_ARRAY(a, 4); BPF_CGROUP_ARRAY(b, 4);",
			"a.call(ctx, 1); i = b.check_current_task(0);"},
		{"BPF_DEVMAP(a, 4); BPF_DEVMAP_HASH(b, 4); BPF_CPUMAP(c, 4); BPF_XSKMAP(d, 4); BPF_XSKMAP(e, 4, \"/sys/fs/bpf/e\");",
			"i = a.redirect_map(0, 0) + b.redirect_map(0, 0) + c.redirect_map(0, 0); v = (void *)d.lookup(&i);"
			"i = e.redirect_map(0, 0);"},
		{"BPF_QUEUE(a, u64, 4); BPF_STACK(b, u64, 4, 0); BPF_QUEUESTACK(\"stack\", c, u64, 4, 0);",
			"a.push(&v8, 0); b.pop(&v8); c.peek(&v8);"},
		{"BPF_QUEUESTACK_PINNED(\"queue\", a, u64, 4, 0, \"/x\"); BPF_QUEUESTACK_PUBLIC(\"queue\", b, u64, 4, 0);",
			"a.peek(&v8); b.peek(&v8);"},
		{"BPF_BLOOM_FILTER(a, u64, 9);", "a.push(&v8, 0); i = a.peek(&v8);"},
		{"BPF_SOCKMAP(a, 4);",
			"a.update(&k, ctx); a.delete(&k); a.sock_map_update(ctx, &k, 0); i = a.msg_redirect_map(ctx, 0, 0);"
			"i += a.sk_redirect_map(ctx, 0, 0);"},
		{"BPF_SOCKHASH(a); BPF_SOCKHASH(b, u64); BPF_SOCKHASH(c, u64, 5);",
			"a.update(&k, ctx); b.delete(&v8); c.sock_hash_update(ctx, &v8, 0); i = a.msg_redirect_hash(ctx, &k, 0);"
			"i += b.sk_redirect_hash(ctx, &v8, 0);"},
		{"BPF_SK_STORAGE(a, u64);", "v = a.sk_storage_get(ctx, 0, 1); i = a.sk_storage_delete(ctx);"},
		{"BPF_INODE_STORAGE(a, u64);",
			"v = a.inode_storage_get(ctx, 0, 1); i = a.inode_storage_delete(ctx);"},
		{"BPF_TASK_STORAGE(a, u64);",
			"v = a.task_storage_get(ctx, 0, 1); i = a.task_storage_delete(ctx);"},
		{"BPF_CGROUP_STORAGE(a, u64); BPF_PERCPU_CGROUP_STORAGE(b, u64);",
			"v = a.get_local_storage(0); v = b.get_local_storage(0);"},
		{"BPF_REUSEPORT_ARRAY(a, 4);", "i = a.select_reuseport(ctx, &k, 0);"},
		{"BPF_TABLE(\"lru_hash\", u32, u64, a, 9); BPF_F_TABLE(\"lru_percpu_hash\", u32, u64, b, 9, 0);",
			"v = a.lookup(&k); b.increment(k);"},
		{"BPF_TABLE_PUBLIC(\"hash\", u32, u64, a, 9); BPF_TABLE_SHARED(\"histogram\", int, u64, b, 9);",
			"a.increment(k); b.increment(i);"},
		{"BPF_TABLE_PINNED(\"hash\", u32, u64, a, 9, \"/x\"); BPF_TABLE(\"extern\", u32, u64, b, 9);",
			"a.increment(k); b.delete(&k);"},
		{"BPF_TABLE(\"stacktrace\", int, u64, a, 9); BPF_TABLE(\"prog\", u32, u32, b, 9);",
			"i = a.get_stackid(ctx, 0); b.call(ctx, 0);"},
		{"BPF_TABLE(\"devmap\", int, u32, a, 9); BPF_TABLE(\"sk_storage\", int, u64, b, 0);",
			"i = a.redirect_map(0, 0); v = b.sk_storage_get(ctx, 0, 0);"},
	};

	if (no_btf())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *asks = "#ifdef BPF_HASH\n#endif\n";
		struct bcc_compile_result pieces, whole;
		char *text;

		assert_true(asprintf(&text,
				    "%s%s\nint f(void *ctx) { u32 k = 1; u64 v8 = 2, *v = 0; int i = 0;\n%s\n"
				    "return i + (v != 0) + v8; }\n",
				    asks, kinds[i].tables, kinds[i].calls) > 0);
		pieces = compile(text + strlen(asks), NULL, 0);
		whole = compile(text, NULL, 0);
		expect_same_code(text, pieces.elf, whole.elf);
		bcc_compile_free_1(&pieces);
		bcc_compile_free_1(&whole);
		free(text);
	}
}

static void test_kernel_types(void **state)
{
	if (no_btf())
		skip();
	accept("#include <uapi/linux/ptrace.h>\n#include <linux/sched.h>\n#include <linux/compaction.h>\n"
	       "BPF_ARRAY(out, u64, 4);\n"
	       "int kprobe__f(struct pt_regs *ctx, struct file *file, int n) {\n"
	       "  struct task_struct *t = (struct task_struct *)bpf_get_current_task();\n"
	       "  int k = 0; u64 v = t->real_parent->tgid + file->f_inode->i_ino + n + PT_REGS_RC(ctx);\n"
	       "  out.update(&k, &v); return 0; }\n");
}

/* One of each folder that kernel headers are in. */
static void test_folders_of_headers(void **state)
{
	if (no_btf())
		skip();
	accept("#include <linux/fs.h>\n#include <uapi/linux/in.h>\n#include <net/sock.h>\n#include <asm/page.h>\n"
	       "#include <asm-generic/bug.h>\n#include <trace/events/sched.h>\n#include <crypto/aes.h>\n"
	       "#include <scsi/scsi.h>\n#include <rdma/ib_verbs.h>\n#include <drm/drm_file.h>\n"
	       "#include <sound/pcm.h>\n#include <video/vga.h>\n#include <acpi/acpi.h>\n#include <xen/xen.h>\n"
	       "#include <kvm/iodev.h>\n#include <media/cec.h>\n#include <target/target_core_base.h>\n"
	       "#include <soc/qcom/cmd-db.h>\n#include <vdso/bits.h>\n#include <memory/renesas-rpc-if.h>\n"
	       "#include <pcmcia/ds.h>\n#include <ras/ras_event.h>\n#include <misc/ocxl.h>\n"
	       "#include <clocksource/timer-xilinx.h>\n#include <cxl/event.h>\n"
	       "#include <dt-bindings/leds/common.h>\n#include <keys/user-type.h>\n#include <kunit/test.h>\n"
	       "#include <mtd/mtd-abi.h>\n#include <regulator/regulator.h>\n"
	       "#include <ufs/ufs.h>\n"
	       "int f(void *ctx) { return 0; }\n");
}

/* The kernel's names of attributes, in the places where attributes stand; or the text's own. */
static void test_names_of_attributes(void **state)
{
	if (no_btf())
		skip();
	accept("struct s { u8 a; u8 name[4] __nonstring; u8 far ____cacheline_aligned; } __packed __aligned(4);\n"
	       "struct t { int n; int at[] __counted_by(n); };\n"
	       "static void done(int *x) { (void)x; }\n"
	       "static int __maybe_unused once __ro_after_init;\n"
	       "static int __sched f1(void *p) __nonnull(1) __visible;\n"
	       "static int __exit __no_sanitize(\"address\") f2(int n) { int x __cleanup(done) = n; return x; }\n"
	       "char license[] __section(\"license\") = \"GPL\";\n"
	       "int f(void *ctx) { return f2(sizeof(struct s)); }\n");
	accept("#define __section(name) __attribute__((section(name), used))\n#define __aligned 5\n"
	       "char license[] __section(\"license\") = \"GPL\";\nint f(void *ctx) { return __aligned; }\n");
}

/* Texts get only those parts of the prelude that they name, in whatever way they name them. */
static void test_names_of_prelude(void **state)
{
	if (no_btf())
		skip();
	accept("#define TABLE BPF_HASH\n#define GLUE(a, b) a##b\nTABLE(a);\nGLUE(BPF_, ARRAY)(b);\n"
	       "int f(void *ctx) { u64 k = 1; a.increment(k); return offsetof(struct task_struct, pid); }\n");
	accept("#ifndef BPF_HASH\n#error no tables\n#endif\nint f(void *ctx) { return 0; }\n");
	accept("#if !defined(offsetof) || BPF_MAX_STACK_DEPTH < 127 || !true\n#error nothing\n#endif\n"
	       "int f(void *ctx) { return 0; }\n");
	/* the kernel's types are searched inside such conditions too */
	accept("#ifdef bpf_htons\n#define USED struct file\n#else\n#define USED struct no_such_struct\n#endif\n"
	       "int f(struct pt_regs *ctx, USED *used) { return used->f_inode->i_ino; }\n");
	accept("#if defined(BPF_RINGBUF_OUTPUT) && LINUX_VERSION_CODE >= KERNEL_VERSION(4, 1, 0)\n"
	       "BPF_RINGBUF_OUTPUT(ring, 1);\n#endif\n"
	       "int f(struct pt_regs *ctx, struct file *file) { u64 v = file->f_inode->i_ino;\n"
	       "  return ring.ringbuf_output(&v, sizeof(v), 0); }\n");
	/* and if one is wrong, all names are available for suggestions */
	refuse("int f(void *ctx) { return bpf_ktime_get_nss != NULL; }\n", -EINVAL,
		"did you mean 'bpf_ktime_get_ns'");
}

static bool is_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The spaces around the ends of a macro's lines are left out of the pieces, but not all between two words. */
static void test_words_of_prelude(void **state)
{
	unsigned ends = 0;

	for (unsigned i = 0; i < bcc_prelude_piece_count; i++) {
		const char *text = bcc_prelude_pieces[i].text;

		for (const char *end = text; (end = strstr(end, "\\\n")); end += 2) {
			ends++;
			if (end > text && is_of_word(end[-1]) && is_of_word(end[2]))
				fail_msg("two words have become one: %.*s", (int)(end - text + 20), text);
		}
	}
	assert_true(ends > 100);
}

static void test_positions_of_errors(void **state)
{
	if (no_btf())
		skip();
	refuse("int f(void *ctx) {\n\treturn 0\n}\n", -EINVAL, "text.c:2:10: error: expected ';'");
	refuse("int f(void *ctx) {\n\treturn wrong;\n}\n", -EINVAL,
		"text.c:2:9: error: use of undeclared identifier 'wrong'");
	refuse("int f(struct pt_regs *ctx, long a, long b, long c, long d, long e, long f,\n  long g, long h, long i) { return 0; }\n",
		-EINVAL, "text.c:2:");
	refuse("int f(struct pt_regs *ctx, long a, long b, long c, long d, long e, long f,\n  long g, long h, long i) { return 0; }\n",
		-EINVAL, "too many arguments");
	refuse("struct s { long a, b; };\nint f(struct pt_regs *ctx, struct s s) { return s.a; }\n", -EINVAL,
		"text.c:2:37: error: an argument of a traced function must be an integer or a pointer");
	refuse("#include <bcc/no_such_header.h>\n", -EINVAL,
		"text.c:1:10: fatal error: 'bcc/no_such_header.h' file not found");
	refuse("int f(void *ctx) { struct task_struct *t = (void *)bpf_get_current_task();\n return t->no_such_member; }\n",
		-EINVAL, "no member named 'no_such_member' in 'struct task_struct'");
	refuse("BPF_TABLE(\"no_such_type\", u32, u32, t, 1);\n", -EINVAL, "text.c:1:1: error");
	refuse("int no_such_function(int);\nint f(void *ctx) {\n  return no_such_function(1); }\n", -EINVAL,
		"no_such_function");
}

static void test_odd_texts(void **state)
{
	if (no_btf())
		skip();
	accept("");
	accept("\n\n// nothing\n");
	refuse("\377\376\001", -EINVAL, "error");
	refuse("#error no kernel for this\n", -EINVAL, "no kernel for this");
	refuse("int tracepoint__no__such(struct tracepoint__no__such *args) { return 0; }", -EOPNOTSUPP,
		"it is a test");
}

/* Ten megabytes of functions and comments. */
static void test_large_text(void **state)
{
	enum { SIZE = 10 << 20 };
	static const char program[] = "int f(void *ctx) { return 0; }\n";
	char *text = malloc(SIZE + 1);

	if (no_btf())
		skip();
	assert_non_null(text);
	memset(text, ' ', SIZE);
	for (size_t i = 100; i < SIZE; i += 100)
		memcpy(text + i - 3, "//\n", 3);
	memcpy(text, program, sizeof(program) - 1);
	text[SIZE - 1] = '\n';
	text[SIZE] = '\0';
	accept(text);
	free(text);
}

static void test_warnings_are_logged(void **state)
{
	struct bcc_compile_result result;

	if (no_btf())
		skip();
	result = compile("int f(void *ctx) { int x; return x; }\n", NULL, 0);
	assert_non_null(said);
	assert_non_null(strstr(said, "text.c:1:34: warning"));
	bcc_compile_free_1(&result);
}

/* They can be as many as the text has bytes. */
static void test_warnings_are_not_too_many(void **state)
{
	static const char before[] = "int f(void *ctx) { int *p;", each[] = " p = 1;\n",
			  after[] = " return !!p; }\n";
	struct bcc_compile_result result;
	char text[4096];
	size_t length = snprintf(text, sizeof(text), "%s", before);
	int count = 0;

	if (no_btf())
		skip();
	for (int i = 0; i < 150; i++)
		length += snprintf(text + length, sizeof(text) - length, "%s", each);
	snprintf(text + length, sizeof(text) - length, "%s", after);
	result = compile(text, NULL, 0);
	assert_non_null(strstr(said, "only the first 100 are shown"));
	for (const char *w = said; (w = strstr(w, ": warning: ")); w++)
		count++;
	assert_int_equal(count, 100);
	bcc_compile_free_1(&result);
}

/* No code is made of what is wrong, nor of anything after it. */
static void test_broken_types(void **state)
{
	static const char *const members[] = {"struct gone g", "struct k k", "char comm(16)",
		"BPF_HASH(inner, u32)", "gone_t g; int a[]; int b", "int a : (1/0)", "int a[-1]"};
	static const char *const uses[] = {"BPF_HASH(h, struct k);", "BPF_HASH(h, u32, struct k);",
		"extern struct k k; int g(void *ctx) { return sizeof(k); }", "struct k k;",
		"struct k k(void); int g(void *ctx) { k(); return 0; }",
		"extern struct k k[]; int *p = (int *)k;"};
	char text[512];

	if (no_btf())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(uses); j++) {
			snprintf(text, sizeof(text),
				"struct k { %s; };\n%s\nint f(void *ctx) { return 0; }\n", members[i],
				uses[j]);
			refuse(text, -EINVAL, "error: ");
		}
	}
}

/* Types that LLVM needs help with. */
static void test_unusual_types(void **state)
{
	if (no_btf())
		skip();
	accept("typedef int number(int);\nextern number bpf_number __attribute__((section(\".ksyms\")));\n"
	       "int f(void *ctx) { return bpf_number(1); }\n");
	accept("struct line { u64 words[8]; } __attribute__((aligned(64)));\nBPF_ARRAY(lines, struct line, 2);\n"
	       "int f(void *ctx) { int k = 0, l = 1; struct line *a = lines.lookup(&k), *b = lines.lookup(&l);\n"
	       "if (a && b) *a = *b; return 0; }\n");
	accept("static int sum(int n, ...) { return n; }\nint f(void *ctx) { return sum(1, 2, 3); }\n");
	refuse("int f(void *ctx, ...) { __builtin_va_list l; __builtin_va_start(l, ctx); return 0; }\n",
		-EINVAL, "text.c:1:46: error: a function cannot read variable arguments");
	refuse("struct s { int a, b; }; BPF_HASH(h, u32, _Atomic(struct s));\nint f(void *ctx) { return 0; }\n",
		-EINVAL, "only numbers and pointers are _Atomic");
	refuse("char big[1 << 30] = {1};\nint f(void *ctx) { return big[5]; }\n", -EINVAL,
		"variable big has a value");
}

/* Directives that clang does not survive; without them there is no question either whether they are there. */
static void test_deadly_directives(void **state)
{
	refuse("char a[] = {\n#embed \"/etc/hostname\"\n};\nint f(void *ctx) { return a[0]; }\n", -EINVAL,
		"text.c:2:1: error: the text has an #embed, which is not available");
	refuse("%:e\\\nmbed \"/etc/hostname\" prefix(1, })\n", -EINVAL, "error: the text has an #embed");
	/* whether the flags know trigraphs and comments of a line or not */
	refuse("// ?\?/\n#embed \"/etc/hostname\"\n", -EINVAL, "text.c:2:1: error: the text has an #embed");
	refuse("//* \n#embed \"/etc/hostname\"\n/**/\n", -EINVAL,
		"text.c:2:1: error: the text has an #embed");
	accept("#ifdef __has_embed\n#error\n#endif\n/*\n#embed \"x\"\n*/\n#define s \"\\\n#embed\"\n"
	       "int f(void *ctx) { return 0; }\n");
}

/* Instructions, and nothing that reads files or prints. */
static void test_assembly(void **state)
{
	if (no_btf())
		skip();
	accept("int f(void *ctx) { long x = 1; asm volatile(\"%0 += 2\" : \"+r\"(x)); return x; }\n");
	refuse("int f(void *ctx) {\nasm volatile(\".incbin \\\"/etc/passwd\\\"\"); return 0; }\n", -EINVAL,
		"text.c:2:14: error: the assembler's directive .incbin is not available");
	refuse("int f(void *ctx) { asm(\"r1 = 1; .INCLUDE \\\"/etc/passwd\\\"\"); return 0; }\n", -EINVAL,
		"directive .INCLUDE is not available");
	refuse("int x;\nasm(\".globl x\");\nint f(void *ctx) { return 0; }\n", -EINVAL,
		"text.c:2:1: error: assembly outside of functions");
}

static void accept_assembly(const char *statements)
{
	char text[512];

	snprintf(text, sizeof(text), "int v;\nint f(void *ctx) { asm volatile(\"%s\"); return 0; }\n",
		statements);
	accept(text);
}

static void refuse_symbol(const char *statements, const char *symbol)
{
	char text[512], error[512];

	snprintf(text, sizeof(text), "int v;\nint f(void *ctx) { asm volatile(\"%s\"); return 0; }\n",
		statements);
	snprintf(error, sizeof(error),
		"text.c:2:33: error: a program takes BPF's assembly, which cannot refer to %s here", symbol);
	refuse(text, -EINVAL, error);
}

/* Where LLVM has no relocation for a symbol, it would crash. */
static void test_symbols_in_assembly(void **state)
{
	if (no_btf())
		skip();
	accept_assembly(
		"r1 = 1; r2 = r1; w3 = w2; r1 += 0x1f; if r1 > 3 goto +1; if w1 s< -3 goto 1f; 1: r1 = be16 r1");
	accept_assembly(
		"goto l%=\\nl%=: r2 = 1 # goto gone\\nif r1 == 0 goto l%= // gone too\\n/* and\\ngone */\" : : : \"memory");
	accept_assembly("call 5; call gone; r1 = gone ll; .8byte gone; .4byte gone; .byte 1, 0x1f, 3");
	accept_assembly("1: r1 = 1; 1: if r2 != r3 goto 1b; goto 2f; 2: goto name; name: goto name");
	accept("int v; int f(void *ctx) { long r; asm volatile(\"%0 = %1 ll\" : \"=r\"(r) : \"i\"(&v));\n"
	       "asm volatile(\"%0 = *(u32 *)%1\" : \"=r\"(r) : \"m\"(v));\n"
	       "asm volatile(\"%0 = %1\" : \"=r\"(r) : \"r\"(&v));\n"
	       "asm volatile(\"call %[h]\" : : [h]\"i\"(7) : \"r0\"); return r; }\n");
	refuse_symbol("goto gone", "gone");
	refuse_symbol("r0 = 0; if r1 > 0 goto gone", "gone");
	refuse_symbol("if r1 > gone goto +1", "gone");
	refuse_symbol("r1 += gone", "gone");
	refuse_symbol("r1 = *(u64 *)(r1 + gone)", "gone");
	refuse_symbol("r0 = *(u8 *)skb[gone]", "gone");
	refuse_symbol("r1 = label; label:", "label");
	refuse_symbol("if r1 > r2 goto 1f", "1f");
	refuse_symbol("goto f", "f");
	refuse_symbol("goto/* a comment */gone", "gone");
	refuse_symbol("goto \\\"gone\\\"", "\"gone\"");
	refuse_symbol(".short gone", "gone");
	refuse_symbol("r1 = r12", "r12");
	refuse_symbol("r1 = R2", "R2");
	refuse_symbol("r1 = r02", "r02");
	refuse_symbol("goto %c0\" : : \"i\"(&v), \"i\"(3), \"i\"(f) : \"memory", "v");
	refuse_symbol("r1 = %1\" : : \"i\"(&v), \"i\"(f) : \"memory", "f");
	refuse_symbol("1: 2: goto 1b; goto 2f", "2f");
	refuse_symbol("goto 1b; 1:", "1b");
	/* a label elsewhere may be in another section, or optimised away */
	refuse_symbol("goto l1\"); asm(\"l1:", "l1");
	refuse_symbol("goto 1f\"); asm(\"1:", "1f");
	refuse("int g(void *ctx) { asm(\"l1:\"); return 0; }\nint f(void *ctx) { asm(\"goto l1\"); return 0; }\n",
		-EINVAL, "which cannot refer to l1 here");
}

/* Numbered as in the kernel; a text may define some of them itself. */
static void test_error_numbers(void **state)
{
	static const char *const texts[] = {
		"_Static_assert(ENOMEM == 12 && EWOULDBLOCK == 11 && EHWPOISON == 133 && ENOTSUPP == 524, \"\");\n"
		"int f(void *ctx) { return -EPERM; }\n",
		"#ifndef ENOENT\n#error\n#endif\n#define ENOMEM 12\nint f(void *ctx) { return -ENOMEM; }\n",
		"#include <linux/errno.h>\nenum { MY_ERROR = EDEADLOCK };\nint f(void *ctx) { return MY_ERROR == 35; }\n",
	};

	if (no_btf())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct bcc_compile_result result = compile(texts[i], NULL, 0);

		assert_null(said);
		bcc_compile_free_1(&result);
	}
}

/* What clang turned into errors in version 16 are warnings here, because texts are older; calling an
 * undeclared function is still an error. */
static void test_old_texts(void **state)
{
	static const char *const texts[] = {
		"int f(struct pt_regs *ctx) { unsigned long long a = (void *)ctx; char *p = 5; return a != 0 && p; }\n",
		"static int g(void *map) { return 0; }\n"
		"int f(void *ctx) { long (*p)(int *) = g; return p == 0; }\n",
		"static x = 5;\nint f(void *ctx) { return x; }\n",
	};

	if (no_btf())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct bcc_compile_result result = compile(texts[i], NULL, 0);

		assert_non_null(said);
		assert_non_null(strstr(said, ": warning: "));
		bcc_compile_free_1(&result);
	}
	refuse("int f(void *ctx) { return no_such_function(ctx); }\n", -EINVAL, "no_such_function");
}

/* The object has the license of the text, by default GPL. */
static void assert_license(const char *text, const char *license)
{
	struct bcc_compile_result result = compile(text, NULL, 0);

	assert_non_null(memmem(result.elf, result.elf_size, license, strlen(license) + 1));
	bcc_compile_free_1(&result);
}

static void test_license(void **state)
{
	if (no_btf())
		skip();
	assert_license("#define BPF_LICENSE Dual BSD/GPL\nint f(void *ctx) { return 0; }", "Dual BSD/GPL");
	assert_license("#define BPF_LICENSE Proprietary\nint f(void *ctx) { return 0; } // at the end",
		"Proprietary");
	assert_license("int f(void *ctx) { return 0; }", "GPL");
	/* what follows a text does not move its errors */
	refuse("int f(void *ctx) { return 0; }\n/* open", -EINVAL,
		"text.c:2:1: error: unterminated /* comment");
}

/* A section marks a function as a program; functions that the text calls itself are not programs. */
static void assert_program(const char *text, const char *section, bool is)
{
	struct bcc_compile_result result = compile(text, NULL, 0);

	assert_int_equal(memmem(result.elf, result.elf_size, section, strlen(section) + 1) != NULL, is);
	bcc_compile_free_1(&result);
}

static void test_what_is_a_program(void **state)
{
	if (no_btf())
		skip();
	assert_program("int f(void *ctx) { return 0; }", ".bpf.fn.f", true);
	assert_program("int kprobe__g(struct pt_regs *ctx, int a) { return a; }", "kprobe/g", true);
	assert_program("int f(void *ctx, int a) { return a; }", ".bpf.fn.f", true);
	assert_program("int h(void *p, int a) { return a; } int f(void *ctx) { return h(ctx, 1); }",
		".bpf.fn.h", false);
	assert_program("int h(int a) { return a; } int f(void *ctx) { return h(1); }", ".bpf.fn.h", false);
	assert_program("static int h(void *p) { return 0; } int f(void *ctx) { return h(ctx); }", ".bpf.fn.h",
		false);
}

static void refuse_with(const char *text, const char *flag, const char *sentence)
{
	struct bcc_compile_result result = compile(text, flag, -EINVAL);

	if (!strstr(result.error, sentence))
		fail_msg("\"%s\" is not said of\n%s\nbut:\n%s", sentence, text, result.error);
	bcc_compile_free_1(&result);
}

/* Printing more values than bpf_trace_printk() takes on the kernel is an error at the call. */
static void test_numbers_of_printed_values(void **state)
{
	static const char
		three[] = "int f(void *ctx) {\n"
			  "\tbpf_trace_printk(\"%d %d %d\", 1, 2, 3);\n"
			  "\treturn 0; }\n",
		four[] = "int f(void *ctx) {\n"
			 "\tbpf_trace_printk(\"%d\", 1);\n"
			 "\tbpf_trace_printk(\"%d %d %d %d\", 1, 2, 3, 4);\n"
			 "\treturn 0; }\n",
		thirteen[] =
			"int f(void *ctx) {\n"
			"\treturn bpf_trace_printk(\"%d\", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);\n}\n";
	struct bcc_compile_result result;

	if (no_btf())
		skip();
	accept(three);
	result = compile(three, "-D__BCC_NO_VPRINTK", 0);
	bcc_compile_free_1(&result);
	refuse_with(four, "-D__BCC_NO_VPRINTK", "text.c:3:2: error: ");
	refuse_with(four, "-D__BCC_NO_VPRINTK",
		"bpf_trace_printk() takes 3 values after its format before Linux 5.16");
	refuse_with(thirteen, NULL, "text.c:2:9: error: ");
	refuse_with(thirteen, NULL, "bpf_trace_printk() takes 12 values after its format at most");
}

static void test_flags(void **state)
{
	struct bcc_compile_result result;

	if (no_btf())
		skip();
	result = compile("int f(void *ctx) { return ANSWER; }\n", "-DANSWER=42", 0);
	bcc_compile_free_1(&result);
	result = compile("int f(void *ctx) { return 0; }\n", "--no-such-flag", -EINVAL);
	assert_non_null(strstr(result.error, "--no-such-flag"));
	bcc_compile_free_1(&result);
}

static int free_said(void **state)
{
	free(said);
	return 0;
}

/* The object has the text's names and lines as BTF: parameters by name, and lines with their text. */
/* A member's name depends on the types, not on the version that a distribution gives its kernel. */
static void test_types_before_versions(void **state)
{
	static const char text[] =
		"#include <linux/dcache.h>\nstruct event { char name[DNAME_INLINE_LEN]; };\n"
		"int kprobe__f(struct pt_regs *ctx, struct dentry *d) {\n"
		"	struct event e = {};\n"
		"	bpf_probe_read_kernel_str(e.name, sizeof(e.name), d->d_iname);\n"
		"	return e.name[0]; }\n";
	static const char *const versions[] = {
		"-DLINUX_VERSION_CODE=0x060100", "-DLINUX_VERSION_CODE=0x061200"};
	struct bcc_compile_result results[ARRAY_SIZE(versions)];

	if (no_btf())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++)
		results[i] = compile(text, versions[i], 0);
	expect_same_code(text, results[0].elf, results[1].elf);
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++)
		bcc_compile_free_1(&results[i]);
}

static void test_debug_information(void **state)
{
	struct bcc_compile_result result = compile(
		"static __attribute__((noinline)) int twice(int number)\n{ int local = number * 2; return local + 1; }\n"
		"int counter;\n"
		"int probe(void *ctx) { counter += twice(counter); return 0; }\n",
		NULL, 0);
	const char *elf = result.elf, *const dwarf[] = {".debug_info", ".debug_str", ".debug_line_str",
					      ".debug_rnglists"};
	const Elf64_Shdr *section = elf_section(result.elf, ".BTF"),
			 *lines = elf_section(result.elf, ".BTF.ext");
	const struct btf_type *function, *prototype;
	struct btf *btf;
	int id;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(dwarf); i++)
		assert_null(elf_section(result.elf, dwarf[i]));
	assert_non_null(section);
	assert_non_null(lines);
	btf = btf__new(elf + section->sh_offset, section->sh_size);
	assert_int_equal(libbpf_get_error(btf), 0);
	id = btf__find_by_name_kind(btf, "twice", BTF_KIND_FUNC);
	assert_true(id > 0);
	function = btf__type_by_id(btf, id);
	prototype = btf__type_by_id(btf, function->type);
	assert_int_equal(btf_vlen(prototype), 1);
	assert_string_equal(btf__name_by_offset(btf, btf_params(prototype)[0].name_off), "number");
	assert_true(btf__find_by_name_kind(btf, "counter", BTF_KIND_VAR) > 0);
#if BCC_LLVM_MAJOR >= 17 /* older ones keep only the names of files */
	assert_non_null(memmem(elf + section->sh_offset, section->sh_size, "int local = number * 2", 22));
#endif
	btf__free(btf);
	bcc_compile_free_1(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_kinds_of_tables),
		cmocka_unit_test(test_kernel_types),
		cmocka_unit_test(test_folders_of_headers),
		cmocka_unit_test(test_names_of_prelude),
		cmocka_unit_test(test_names_of_attributes),
		cmocka_unit_test(test_words_of_prelude),
		cmocka_unit_test(test_positions_of_errors),
		cmocka_unit_test(test_odd_texts),
		cmocka_unit_test(test_large_text),
		cmocka_unit_test(test_warnings_are_logged),
		cmocka_unit_test(test_warnings_are_not_too_many),
		cmocka_unit_test(test_old_texts),
		cmocka_unit_test(test_broken_types),
		cmocka_unit_test(test_unusual_types),
		cmocka_unit_test(test_deadly_directives),
		cmocka_unit_test(test_assembly),
		cmocka_unit_test(test_symbols_in_assembly),
		cmocka_unit_test(test_error_numbers),
		cmocka_unit_test(test_license),
		cmocka_unit_test(test_what_is_a_program),
		cmocka_unit_test(test_numbers_of_printed_values),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_types_before_versions),
		cmocka_unit_test(test_debug_information),
	};

	return cmocka_run_group_tests(tests, NULL, free_said);
}
