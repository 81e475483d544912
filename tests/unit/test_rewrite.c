/* SPDX-License-Identifier: Apache-2.0 */
/* How the rewriter treats sections, names and debug information, and its errors for texts that BPF cannot
 * run. */
#include <elf.h>
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "common/array.h"
#include "rewrite_text.h"

static const struct bcc_rewrite_opts x86 = {.arch = &bcc_arch_x86_64}, arm = {.arch = &bcc_arch_arm64};

static void accept_for(const struct bcc_rewrite_opts *opts, const char *text, struct text_result *result)
{
	if (text_compile(text, opts, result))
		fail_msg("%s\n%s", result->err.text, text);
}

static void accept(const char *text)
{
	struct text_result result;

	accept_for(&x86, text, &result);
	text_free(&result);
}

static void refuse(const char *text, const char *sentence)
{
	struct text_result result;
	int ret = text_compile(text, &x86, &result);

	if (!ret || !strstr(result.err.text, sentence))
		fail_msg("\"%s\" is not said of\n%s\nbut: %s", sentence, text,
			ret ? result.err.text : "nothing");
	assert_int_equal(ret, -EINVAL);
	assert_null(result.elf);
	text_free(&result);
}

static const char *section_of(const struct text_result *result, const char *function)
{
	LLVMValueRef f = LLVMGetNamedFunction(result->module, function);

	assert_non_null(f);
	return LLVMGetSection(f);
}

/* Counters of what a ring buffer refuses, which only what can be refused has. */
static void expect_counter(const char *statements, const char *counter, bool there)
{
	struct text_result result;
	char *text;

	assert_true(asprintf(&text,
			    "struct event { u64 n; };\nBPF_RINGBUF_OUTPUT(ring, 8);\n"
			    "int kprobe__f(struct pt_regs *ctx) { %s return 0; }\n",
			    statements) > 0);
	accept_for(&x86, text, &result);
	assert_true(there == !!LLVMGetNamedGlobal(result.module, counter));
	text_free(&result);
	free(text);
}

static void test_counters_of_refused_events(void **state)
{
	static const char counter[] = "__bcc_refused_ring", unknown[] = "__bcc_refused_";

	expect_counter("struct event e = {}; ring.ringbuf_output(&e, sizeof(e), 0);", counter, true);
	expect_counter("struct event e = {}; ring.ringbuf_output(&e, sizeof(e), 0);", unknown, false);
	expect_counter("struct event *e = ring.ringbuf_reserve(8); if (e) ring.ringbuf_discard(e, 0);",
		counter, true);
	/* the verifier's message about the missing test stays as it is */
	expect_counter("struct event *e = ring.ringbuf_reserve(8); e->n = 1; ring.ringbuf_submit(e, 0);",
		counter, false);
	expect_counter("ring.ringbuf_query(0);", counter, false);
}

static void test_sections(void **state)
{
	struct text_result result;

	accept_for(&x86,
		"int kprobe__do_exit(struct pt_regs *ctx) { return 0; }\n"
		"int kretprobe__do_exit(struct pt_regs *ctx) { return 0; }\n"
		"int tracepoint__sched__sched_switch(void *ctx) { return 0; }\n"
		"int raw_tracepoint__sys_enter(void *ctx) { return 0; }\n"
		"int kfunc__vmlinux__do_exit(void *ctx) { return 0; }\n"
		"int kretfunc__vmlinux__do_exit(void *ctx) { return 0; }\n"
		"int kmod_ret__do_exit(void *ctx) { return 0; }\n"
		"int lsm__file_open(void *ctx) { return 0; }\n"
		"int bpf_iter__task(void *ctx) { return 0; }\n"
		"SEC(\"xdp\") int given(void *ctx) { return 0; }\n"
		"static __noinline int sub(int x) { return x * 3; }\n"
		"int plain(struct pt_regs *ctx) { return sub(ctx->di) + sub(ctx->si); }\n",
		&result);
	assert_string_equal(section_of(&result, "kprobe__do_exit"), "kprobe/do_exit");
	assert_string_equal(section_of(&result, "kretprobe__do_exit"), "kretprobe/do_exit");
	assert_string_equal(
		section_of(&result, "tracepoint__sched__sched_switch"), "tracepoint/sched/sched_switch");
	assert_string_equal(section_of(&result, "raw_tracepoint__sys_enter"), "raw_tp/sys_enter");
	assert_string_equal(section_of(&result, "kfunc__vmlinux__do_exit"), "fentry/do_exit");
	assert_string_equal(section_of(&result, "kretfunc__vmlinux__do_exit"), "fexit/do_exit");
	assert_string_equal(section_of(&result, "kmod_ret__do_exit"), "fmod_ret/do_exit");
	assert_string_equal(section_of(&result, "lsm__file_open"), "lsm/file_open");
	assert_string_equal(section_of(&result, "bpf_iter__task"), "iter/task");
	assert_string_equal(section_of(&result, "given"), "xdp");
	assert_string_equal(section_of(&result, "plain"), ".bpf.fn.plain");
	assert_string_equal(section_of(&result, "sub"), ".text");
	text_free(&result);
}

/* The object as another loader sees it. */
static struct bpf_object *open_object(const struct text_result *result)
{
	struct bpf_object *object = bpf_object__open_mem(result->elf, result->elf_size, NULL);

	assert_int_equal(libbpf_get_error(object), 0);
	return object;
}

static void test_object(void **state)
{
	struct bpf_program *program = NULL;
	struct text_result result;
	struct bpf_object *object;
	struct bpf_map *map;

	accept_for(&x86,
		"struct key_t { u32 pid; u32 cpu; };\n"
		"BPF_HASH(counts, struct key_t, u64, 77);\n"
		"BPF_ARRAY(unused, u32, 5);\n"
		"int kprobe__second(struct pt_regs *ctx, int n) { struct key_t k = {n, 1}; counts.increment(k); return 0; }\n"
		"int kprobe__first(struct pt_regs *ctx) { return 0; }\n",
		&result);
	object = open_object(&result);
	map = bpf_object__find_map_by_name(object, "counts");
	assert_non_null(map);
	assert_int_equal(bpf_map__type(map), BPF_MAP_TYPE_HASH);
	assert_int_equal(bpf_map__key_size(map), 8);
	assert_int_equal(bpf_map__value_size(map), 8);
	assert_int_equal(bpf_map__max_entries(map), 77);
	assert_non_null(bpf_object__find_map_by_name(object, "unused"));
	assert_true(btf__find_by_name_kind(bpf_object__btf(object), "key_t", BTF_KIND_STRUCT) > 0);
	/* in the order of the text */
	program = bpf_object__next_program(object, NULL);
	assert_string_equal(bpf_program__name(program), "kprobe__second");
	program = bpf_object__next_program(object, program);
	assert_string_equal(bpf_program__name(program), "kprobe__first");
	assert_null(bpf_object__next_program(object, program));
	bpf_object__close(object);
	text_free(&result);
}

static void license_is(const char *text, const char *license)
{
	struct text_result result;
	LLVMValueRef global = NULL;
	const char *found;
	size_t length;

	accept_for(&x86, text, &result);
	for (LLVMValueRef g = LLVMGetFirstGlobal(result.module); g; g = LLVMGetNextGlobal(g)) {
		if (!LLVMGetSection(g) || strcmp(LLVMGetSection(g), "license"))
			continue;
		assert_null(global);
		global = g;
	}
	assert_non_null(global);
	found = LLVMGetAsString(LLVMGetInitializer(global), &length);
	assert_int_equal(length, strlen(license) + 1);
	assert_memory_equal(found, license, length);
	text_free(&result);
}

static void test_license(void **state)
{
	license_is("int f(void *ctx) { return 0; }", "GPL");
	license_is("SEC(\"license\") char own[] = \"Proprietary\";\nint f(void *ctx) { return 0; }",
		"Proprietary");
}

static void test_assembly(void **state)
{
	struct text_result result;

	accept_for(&x86,
		"int kprobe__f(struct pt_regs *ctx,\n  struct task *t) {\n  return\n    t->pid;\n}\n",
		&result);
	assert_non_null(result.assembly);
	assert_non_null(strstr(result.assembly, "kprobe__f:"));
#if BCC_LLVM_MAJOR >= 17
	assert_non_null(strstr(result.assembly, "; text.c:4: t->pid;"));
#else /* the text is not embedded */
	assert_non_null(strstr(result.assembly, "; text.c:4"));
#endif
	assert_non_null(strstr(result.assembly, "call 113"));
	assert_non_null(strstr(result.assembly, "*(u64 *)(r1 + 112)"));
	text_free(&result);
	accept_for(&arm, "int kprobe__f(struct pt_regs *ctx, int a, int b, int c) { return c; }\n", &result);
	assert_non_null(strstr(result.assembly, "(r1 + 16)"));
	text_free(&result);
}

static void test_user_memory(void **state)
{
	struct bcc_rewrite_opts opts = {.arch = &bcc_arch_x86_64, .reads_user_memory = true};
	struct text_result result;

	accept_for(&opts, "int f(struct pt_regs *ctx) { return *(int *)ctx->di; }", &result);
	assert_non_null(strstr(result.assembly, "call 4"));
	assert_null(strstr(result.assembly, "call 113"));
	text_free(&result);
}

static unsigned count_of(const char *text, const char *part)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, part)); at++)
		n++;
	return n;
}

static unsigned times_asked;

static unsigned number_of_cast(const void *ctx)
{
	times_asked++;
	return *(const unsigned *)ctx;
}

/* Both ways to read are in the program; reads of one struct share the branch that decides between them. */
static void test_soft_loads(void **state)
{
	unsigned number = 77;
	struct bcc_rewrite_opts opts = {
		.arch = &bcc_arch_x86_64, .rdonly_cast = number_of_cast, .rdonly_cast_ctx = &number};
	struct text_result result;

	accept_for(&opts,
		"int f(struct pt_regs *ctx, struct task *t) { u64 sum = t->pid + t->byte; bpf_trace_printk(\"%d\", sum);\n"
		"  return t->comm[1]; }",
		&result);
	assert_int_equal(count_of(result.assembly, "call 113"), 3);
	assert_in_range(count_of(result.assembly, "call bpf_rdonly_cast"), 1, 3);
	assert_int_equal(LLVMGetLinkage(LLVMGetNamedFunction(result.module, "bpf_rdonly_cast")),
		LLVMExternalWeakLinkage);
	text_free(&result);

	/* what the verifier knows, and what it may know: no loads that hide from it what they read */
	accept_for(&opts,
		"BPF_HASH(h, u32, struct task);\n"
		"int f(struct pt_regs *ctx, struct task *t) { u32 key = 1; struct task *mine = h.lookup(&key);\n"
		"  if (mine) t = mine; return t->pid; }",
		&result);
	assert_null(strstr(result.assembly, "bpf_rdonly_cast"));
	assert_non_null(strstr(result.assembly, "call 113"));
	text_free(&result);

	/* called by the text itself */
	accept_for(&opts,
		"extern void *bpf_rdonly_cast(const void *p, u32 id) __attribute__((section(\".ksyms\")));\n"
		"int f(struct pt_regs *ctx, struct task *t) { return t->pid + (bpf_rdonly_cast(t, 5) != 0); }",
		&result);
	assert_int_equal(count_of(result.assembly, "call bpf_rdonly_cast"), 1);
	text_free(&result);

	/* asked only if there are reads */
	assert_int_equal(times_asked, 1);
	accept_for(&opts, "int f(struct pt_regs *ctx) { return bpf_get_current_pid_tgid(); }", &result);
	assert_int_equal(times_asked, 1);
	text_free(&result);

	/* a kernel that has none */
	number = 0;
	accept_for(&opts, "int f(struct pt_regs *ctx, struct task *t) { return t->pid; }", &result);
	assert_int_equal(times_asked, 2);
	assert_null(strstr(result.assembly, "bpf_rdonly_cast"));
	assert_non_null(strstr(result.assembly, "call 113"));
	text_free(&result);
}

/* One call for all of them and, if it fails, one for each. */
static void test_merged_reads(void **state)
{
	struct bcc_rewrite_opts opts = {.arch = &bcc_arch_x86_64, .merge_reads = true};
	struct text_result result;

	accept_for(&opts,
		"int f(struct pt_regs *ctx, struct task *t) { return t->pid + t->comm[0] + (long)t->parent; }",
		&result);
	assert_int_equal(count_of(result.assembly, "call 113"), 1 + 3);
	assert_int_equal(count_of(result.assembly, "w2 = 32"), 1);
	text_free(&result);

	/* too far from each other */
	accept_for(&opts,
		"int f(struct pt_regs *ctx, struct task *t) { return t->pid + t->children.next == 0; }",
		&result);
	assert_int_equal(count_of(result.assembly, "call 113"), 2);
	text_free(&result);

	/* what a helper may have changed is read after the call */
	accept_for(&opts,
		"int f(struct pt_regs *ctx, struct task *t) { u32 pid = t->pid; bpf_trace_printk(\"%d\", pid);\n"
		"  return t->comm[0]; }",
		&result);
	assert_int_equal(count_of(result.assembly, "call 113"), 2);
	text_free(&result);
}

/* What the verifier tracks itself is left alone. */
static void test_direct_access(void **state)
{
	static const char *const texts[] = {
		/* packets */
		"struct __sk_buff { u32 len; u32 data; u32 data_end; };\n"
		"int f(struct __sk_buff *skb) { u8 *p = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;\n"
		"  u32 sum = 0;\n"
		"  for (int i = 0; i < 14; i++) { if (p + i + 1 > end) return sum; sum += p[i]; }\n"
		"  *p = 5; return sum; }",
		/* packets, by assembly */
		"struct __sk_buff { u32 len; u32 data; u32 data_end; };\n"
		"int f(struct __sk_buff *skb) { u8 *p = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;\n"
		"  asm volatile(\"\" : \"+r\"(p)); return p + 14 > end ? 0 : p[12]; }",
		"struct __sk_buff { u32 len; u32 data; u32 data_end; };\n"
		"int f(struct __sk_buff *skb) { u8 *p, *end;\n"
		"  asm volatile(\"%0 = *(u32 *)(%2 + 4); %1 = *(u32 *)(%2 + 8)\" : \"=&r\"(p), \"=r\"(end) : \"r\"(skb));\n"
		"  return p + 14 > end ? 0 : p[12]; }",
		/* sockets */
		"struct bpf_sock { u32 family, mark; }; struct __sk_buff { struct bpf_sock *sk; };\n"
		"int f(struct __sk_buff *skb) { struct bpf_sock *sk = skb->sk; if (!sk) return 0;\n"
		"  sk = bpf_sk_fullsock(sk); return sk ? sk->mark : 0; }",
		/* contexts */
		"struct args { u64 pad; int fd; char name[8]; };\n"
		"int f(struct args *args) { char c[8]; __builtin_memcpy(c, args->name, 8); return args->fd + c[3]; }",
		/* an iterator's state is passed on */
		"struct bpf_iter_meta { void *seq; }; struct bpf_iter__task { struct bpf_iter_meta *meta; struct task *task; };\n"
		"int f(struct bpf_iter__task *ctx) { return bpf_seq_write(ctx->meta->seq, \"x\", 1); }",
		/* values of tables, globals, the stack */
		"struct v { u64 n; char c[16]; }; BPF_HASH(t, u32, struct v); static u64 total; const volatile int limit = 5;\n"
		"int f(void *ctx) { u32 k = 0; struct v fresh = {}, *v = t.lookup(&k); if (!v) { t.update(&k, &fresh); return 0; }\n"
		"  v->n++; total += v->n; char c[16]; __builtin_memcpy(c, v->c, 16); __builtin_memcpy(v->c, fresh.c, 16);\n"
		"  return c[limit & 15]; }",
	};
	struct text_result result;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		accept_for(&x86, texts[i], &result);
		if (strstr(result.assembly, "call 113"))
			fail_msg("a safe read in\n%s\n%s", texts[i], result.assembly);
		text_free(&result);
	}
}

#define F "int f(struct pt_regs *ctx, struct task *t, u64 n) {\n"

static void test_unknown_functions(void **state)
{
	refuse("int foo(int);\n" F "  return foo(1);\n}", "text.c:3:10: error: unknown function 'foo'");
	refuse(F "  return\n __builtin_strlen((char *)n);\n}",
		"text.c:3:2: error: unknown function 'strlen'");
	accept("int foo(int);\n" F " int x = 0; if (x) return foo(1); return 2; }");
	refuse("extern int elsewhere;\n" F "  return elsewhere;\n}",
		"text.c:3:10: error: unknown variable elsewhere");
	/* one that the kernel provides */
	accept("extern void bpf_rcu_read_lock(void) __attribute__((section(\".ksyms\")));\n" F
	       " bpf_rcu_read_lock(); return 2; }");
}

static void test_calls(void **state)
{
	refuse("static int r(int n) {\n  return n ? r(n - 1) + 1 : 0;\n}\n" F " return r(n); }",
		"text.c:2:14: error: r calls itself");
	refuse("static int b(int n);\nstatic int a(int n) { return b(n); }\n"
	       "static __noinline int b(int n) {\n  return n ? a(n - 1) : 0;\n}\n" F " return a(n); }",
		"calls itself");
	refuse(F " int (*g)(int) = (void *)t;\n  return g(3);\n}",
		"text.c:3:10: error: this call goes through a pointer");
	refuse("static __noinline int g(int a, int b, int c, int d, int e, int f)\n"
	       "{ return a * b + c * d + e * f; }\n" F
	       "  return g(n, 2, 3, 4, 5, n) + g(1, n, 2, 3, 4, 5);\n}",
		"error: this call has 6 arguments");
	refuse("static int g(int n, ...) { __builtin_va_list l; __builtin_va_start(l, n); return n; }\n" F
	       "\n return g(n, 2);\n}",
		"text.c:4:9: error: the call of g cannot");
}

static void test_growth(void **state)
{
	char text[8192] = "static int f0(int n) { return n * 7 + 1; }\n";

	for (int i = 1; i < 30; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			"static int f%d(int n) { return f%d(n) + f%d(n + 1); }\n", i, i - 1, i - 1);
	strcat(text, "int f(struct pt_regs *ctx) { return f29(ctx->di); }");
	refuse(text, "grows to over a million instructions");
}

static void test_kernel_memory_is_not_written(void **state)
{
	const char *sentence = "text.c:2:3: error: cannot write to kernel memory";

	refuse(F "  t->whole = 5; return 0; }", "text.c:2:12: error: cannot write to kernel memory");
	refuse(F "  __sync_fetch_and_add(&t->whole, 1); return 0; }", sentence);
	refuse(F "  __builtin_memset(t->comm, 0, 16); return 0; }", sentence);
	refuse(F "  __builtin_memcpy(t->comm, t->parent->comm, 16); return 0; }", sentence);
	refuse(F "  *t = *t->parent; return 0; }", "error: cannot write to kernel memory");
	refuse("BPF_HASH(tasks, u32, struct task *);\n" F
	       " u32 k = 0; struct task **p = tasks.lookup(&k); if (p) (*p)->pid = 1; return 0; }",
		"error: cannot write to kernel memory");
	/* what is never reached writes nothing, and its variables are gone */
	accept(F "  for (n = 0; n < 2; n++) { break; } return n; }");
	accept(F
		"  struct { u64 i, seen[4]; } s = {}; for (; s.i < 2; s.seen[s.i]++, s.i++) { break; } return s.i; }");
	accept(F "  while (1) { return n; t->whole = 4; } }");
	accept(F "  return n; again: t->whole = 4; goto again; }");
	refuse(F "  for (; n < 2; n++) { t->whole = 4; break; } return n; }",
		"error: cannot write to kernel memory");
}

static void test_mixture_with_translated_context(void **state)
{
	refuse("struct __sk_buff { u32 len, mark; };\n"
	       "int f(struct __sk_buff *skb) {\n"
	       "  struct __sk_buff *p = skb->len ? skb : (void *)bpf_get_current_task();\n"
	       "  return p->mark;\n}",
		"text.c:4:13: error: this pointer may be the context or kernel memory");
}

static void test_what_bpf_lacks(void **state)
{
	refuse(F "  return n * 1.5;\n}", "text.c:2:10: error: BPF has no floating point");
	refuse(F "  __builtin_trap();\n}", "text.c:2:3: error: a BPF program cannot trap");
	refuse(F "  return (long)__builtin_return_address(0);\n}",
		"text.c:2:16: error: BPF does not know the return address");
	refuse(F "  asm volatile(\"nonsense r1\");\n  return 0; }", "invalid register/token name");
	refuse(F
		"  u16 x = n;\n  __sync_fetch_and_add(&x, 1); asm volatile(\"\" :: \"r\"(&x) : \"memory\"); return x;\n}",
		"text.c:3:3: error: atomic operation on 2 bytes");
	refuse(F "  char c[n];\n  bpf_get_current_comm(c, n);\n  return c[0];\n}",
		"size is only known at run time");
	refuse(F "  char c[600];\n  bpf_get_current_comm(c, 600);\n  return c[n & 511];\n}",
		"error: in function f: its variables need more than the 512 bytes of stack");
	refuse(F "  return __builtin_memcmp(t->comm, \"abcdefgh\", n);\n}",
		"text.c:2:10: error: memcmp() of kernel memory");
	refuse(F
		"  static const void *const jumps[] = {&&a, &&b};\n  goto *jumps[n & 1];\na: return 1;\nb: return 2;\n}",
		"jump");
}

static void test_atomics(void **state)
{
	const char *sink = "u64 shared; u32 small;\n";
	char text[512];

#define REFUSE_ATOMIC(statement, sentence)                                                                   \
	do {                                                                                                 \
		snprintf(text, sizeof(text), "%s" F "  " statement "\n  return 0; }", sink);                 \
		refuse(text, "text.c:3:3: error: " sentence);                                                \
	} while (0)
	REFUSE_ATOMIC("__atomic_fetch_nand(&shared, n, __ATOMIC_RELAXED);", "BPF's atomic operations are");
	REFUSE_ATOMIC(
		"__atomic_store_n(&shared, n, __ATOMIC_SEQ_CST);", "BPF's loads and stores are not ordered");
	REFUSE_ATOMIC("__sync_synchronize();", "BPF has no memory barrier");
	accept("u64 shared; u32 small;\n" F "  __sync_fetch_and_add(&shared, n);\n"
	       "  __atomic_store_n(&small, n, __ATOMIC_RELAXED);\n"
	       "  u64 old = __sync_val_compare_and_swap(&shared, 1, 2);\n"
	       "  return old + __atomic_load_n(&small, __ATOMIC_RELAXED) + __sync_lock_test_and_set(&small, 1); }");
}

/* By default LLVM would print its warnings. */
static void test_nothing_is_printed(void **state)
{
	FILE *file = tmpfile();
	int saved = dup(2);
	long length;

	assert_non_null(file);
	assert_int_equal(dup2(fileno(file), 2), 2);
	accept(F
		"  u64 sum = 0;\n#pragma unroll\n  for (int i = 0; i < n; i++) sum += t->numbers[i];\n  return sum; }");
	dup2(saved, 2);
	close(saved);
	length = lseek(fileno(file), 0, SEEK_END);
	fclose(file);
	assert_int_equal(length, 0);
}

static void test_return_from_caller_where_it_cannot(void **state)
{
	refuse("BPF_HASH(t, u32, u64);\n"
	       "static __noinline int g(u32 k) { u64 zero = 0;\n  return *t.lookup_or_init(&k, &zero); }\n"
	       "int f(struct pt_regs *ctx) { return g(ctx->di) + g(ctx->si); }",
		"a function that is not inlined cannot end its caller here");
}

static void test_optional_argument(void **state)
{
	refuse("BPF_HASH(t, u32, u64);\n"
	       "int f(struct pt_regs *ctx) {\n  t.increment(1, 2, 3);\n  return 0; }",
		"text.c:3:3: error: only one optional argument is allowed here");
}

/* LLVM contexts are independent: compilations may run concurrently. */
static void *compile_many(void *count)
{
	struct text_result result;

	for (int i = 0; i < 10; i++) {
		if (text_compile(F " return t->parent->pid; }", &x86, &result) == 0)
			++*(int *)count;
		text_free(&result);
		if (text_compile(F " t->pid = 1; return 0; }", &x86, &result) == -EINVAL)
			++*(int *)count;
		text_free(&result);
	}
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t threads[4];
	int counts[4] = {0};

	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, compile_many, &counts[i]), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(counts[i], 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_counters_of_refused_events),
		cmocka_unit_test(test_object),
		cmocka_unit_test(test_license),
		cmocka_unit_test(test_assembly),
		cmocka_unit_test(test_user_memory),
		cmocka_unit_test(test_direct_access),
		cmocka_unit_test(test_unknown_functions),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_kernel_memory_is_not_written),
		cmocka_unit_test(test_mixture_with_translated_context),
		cmocka_unit_test(test_what_bpf_lacks),
		cmocka_unit_test(test_atomics),
		cmocka_unit_test(test_nothing_is_printed),
		cmocka_unit_test(test_return_from_caller_where_it_cannot),
		cmocka_unit_test(test_optional_argument),
		cmocka_unit_test(test_soft_loads),
		cmocka_unit_test(test_merged_reads),
		cmocka_unit_test(test_threads),
	};

	libbpf_set_print(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
