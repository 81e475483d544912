/* SPDX-License-Identifier: Apache-2.0 */
/* Rewritten programs run on memory made by the test: checks the values that they compute, and that kernel
 * memory is only reached through safe reads. */
#include <llvm/Config/llvm-config.h>

#include "rewrite_text.h"

#include "bpf_machine.h"

/* As in TEXT_TYPES. */
struct list_head {
	struct list_head *next, *prev;
};

struct mm {
	uint64_t start, end;
};

struct task {
	uint32_t pid;
	uint32_t low : 3, high : 13, top : 16;
	char comm[16];
	struct task *parent;
	struct list_head children, sibling;
	struct mm *mm;
	union {
		uint64_t whole;
		struct {
			uint32_t first, second;
		};
	};
	uint16_t numbers[8];
	uint8_t byte;
	_Bool yes;
};

struct registers {
	uint64_t r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
};

/* "Kernel memory": three tasks, each the parent of the previous one; the last one's children are the first
 * two. */
struct world {
	struct machine machine;
	struct text_result text;
	struct registers registers;
	struct task tasks[3];
	struct mm mm;
};

static void make_tasks(struct world *w)
{
	struct list_head *head = &w->tasks[2].children;

	for (int i = 0; i < 3; i++) {
		struct task *t = &w->tasks[i];

		*t = (struct task){.pid = 100 + i,
			.low = 5,
			.high = 4321,
			.top = 7,
			.mm = &w->mm,
			.byte = 200,
			.yes = 1};
		snprintf(t->comm, sizeof(t->comm), "task-%d", i);
		t->parent = i < 2 ? &w->tasks[i + 1] : NULL;
		t->whole = 0x1122334455667788;
		for (int n = 0; n < 8; n++)
			t->numbers[n] = 1000 * i + n;
	}
	head->next = &w->tasks[0].sibling;
	w->tasks[0].sibling = (struct list_head){&w->tasks[1].sibling, head};
	w->tasks[1].sibling = (struct list_head){head, &w->tasks[0].sibling};
	head->prev = &w->tasks[1].sibling;
	w->mm = (struct mm){0x1000, 0x5000};
}

static struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	make_tasks(w);
	machine_region(&w->machine, w->tasks, sizeof(w->tasks), 0);
	machine_region(&w->machine, &w->mm, sizeof(w->mm), 0);
	w->registers.di = (uintptr_t)&w->tasks[0];
	return w;
}

static void world_free(struct world *w)
{
	text_free(&w->text);
	machine_free(&w->machine);
	free(w);
}

static void load(struct world *w, const char *text)
{
	struct bcc_rewrite_opts opts = {.arch = &bcc_arch_x86_64};

	if (text_compile(text, &opts, &w->text))
		fail_msg("%s\n%s", w->text.err.text, text);
	machine_load(&w->machine, w->text.elf);
}

static uint32_t run(struct world *w, const char *section)
{
	uint32_t result = machine_run(&w->machine, section, &w->registers, sizeof(w->registers));

	if (w->machine.error[0])
		fail_msg("%s: %s\n%s", section, w->machine.error, w->text.assembly);
	return result;
}

/* The most common case: returns the result of one program named kprobe__f, without tables. */
static uint32_t result_of(const char *text, unsigned reads)
{
	struct world *w = world_new();
	uint32_t result;

	load(w, text);
	result = run(w, "kprobe/f");
	assert_int_equal(w->machine.reads, reads);
	assert_int_equal(w->machine.failed_reads, 0);
	world_free(w);
	return result;
}

#define F "int kprobe__f(struct pt_regs *ctx, struct task *t) "

static void test_chain(void **state)
{
	assert_int_equal(result_of(F "{ return t->pid; }", 1), 100);
	assert_int_equal(result_of(F "{ return t->parent->parent->pid; }", 3), 102);
	assert_int_equal(result_of(F "{ return t->mm->end - t->mm->start; }", 3), 0x4000);
}

static void test_fields(void **state)
{
	assert_int_equal(result_of(F "{ return t->low + t->high; }", 1), 5 + 4321);
	assert_int_equal(result_of(F "{ return t->top; }", 1), 7);
	assert_int_equal(result_of(F "{ return t->second; }", 1), 0x11223344);
	assert_int_equal(result_of(F "{ return t->whole == 0x1122334455667788ULL; }", 1), 1);
	assert_int_equal(result_of(F "{ return t->byte + t->yes; }", 2), 201);
	assert_int_equal(result_of(F "{ return t->comm[5]; }", 1), '0');
	assert_int_equal(result_of(F "{ return *(volatile u8 *)&t->byte; }", 1), 200);
	assert_int_equal(
		result_of(F "{ return __atomic_load_n(&t->parent->pid, __ATOMIC_SEQ_CST); }", 2), 101);
}

static void test_arguments(void **state)
{
	struct world *w = world_new();

	w->registers =
		(struct registers){.di = 1, .si = -2, .dx = 0x300000003, .cx = 4, .r8 = 5, .r9 = 0x1ff};
	load(w, "int kprobe__f(struct pt_regs *ctx, u64 a, int b, u32 c, long d, short e, u8 f)\n"
		"{ return a == 1 && b == -2 && c == 3 && d == 4 && e == 5 && f == 255; }\n"
		"int kprobe__g(struct pt_regs *ctx) { return ctx->dx >> 32; }");
	assert_int_equal(run(w, "kprobe/f"), 1);
	assert_int_equal(w->machine.reads, 0);
	assert_int_equal(run(w, "kprobe/g"), 3);
	world_free(w);
}

static void test_array_with_variable_index(void **state)
{
	struct world *w = world_new();

	load(w, "int kprobe__f(struct pt_regs *ctx, struct task *t, int i) { return t->parent->numbers[i]; }\n"
		"int kprobe__g(struct pt_regs *ctx, struct task *t, int i) { return ((u64 *)ctx)[i]; }");
	for (int i = 0; i < 8; i++) {
		w->registers.si = i;
		assert_int_equal(run(w, "kprobe/f"), 1000 + i);
		assert_int_equal(w->machine.reads, 2);
	}
	/* the verifier would reject such an offset into a context, so it is read like other kernel memory */
	w->registers.si = 13;
	assert_int_equal(run(w, "kprobe/g"), 13);
	assert_int_equal(w->machine.reads, 1);
	world_free(w);
}

static void test_list(void **state)
{
	assert_int_equal(result_of("int kprobe__f(struct pt_regs *ctx, struct task *t) {\n"
				   "	struct task *owner = t->parent->parent;\n"
				   "	struct list_head *l = owner->children.next;\n"
				   "	int sum = 0;\n"
				   "	for (int i = 0; i < 10 && l != &owner->children; i++, l = l->next)\n"
				   "		sum += container_of(l, struct task, sibling)->pid;\n"
				   "	return sum; }",
				 2 + 1 + 2 * 2),
		100 + 101);
}

static void test_struct_copy(void **state)
{
	/* the address of the copy escapes, so it is copied whole */
	assert_int_equal(
		result_of(F
			"{ struct task copy = *t->parent; asm volatile(\"\" :: \"r\"(&copy) : \"memory\");\n"
			"  return copy.pid + copy.numbers[7]; }",
			2),
		101 + 1007);
	assert_int_equal(result_of(F "{ struct mm mm = *t->mm; return mm.end + mm.start; }", 3), 0x6000);
	assert_int_equal(result_of(F "{ char c[16]; __builtin_memcpy(c, t->parent->comm, 16);\n"
				     "  asm volatile(\"\" :: \"r\"(c) : \"memory\"); return c[5]; }",
				 2),
		'1');
}

static void test_variable_copy(void **state)
{
	struct world *w = world_new();

	load(w, "int kprobe__f(struct pt_regs *ctx, struct task *t, u32 n) {\n"
		"	char c[16] = {};\n"
		"	__builtin_memcpy(c, t->comm, n & 15);\n"
		"	return c[0] == 't' && c[5] == 0; }");
	w->registers.si = 5;
	assert_int_equal(run(w, "kprobe/f"), 1);
	assert_int_equal(w->machine.read_bytes, 5);
	world_free(w);
}

static void test_comparison(void **state)
{
	assert_int_equal(
		result_of(F "{ char c[6] = \"task-\"; return __builtin_memcmp(t->comm, c, 5) == 0; }", 1), 1);
	assert_int_equal(
		result_of(F "{ return __builtin_memcmp(t->comm, t->parent->comm, sizeof(t->comm)) < 0; }", 3),
		1);
	assert_int_equal(result_of(F "{ return __builtin_memcmp(t->comm, t->parent->comm, 5) == 0; }", 3), 1);
}

static void test_static_functions(void **state)
{
	assert_int_equal(
		result_of(
			"static int pid_of(struct task *t) { return t->pid; }\n"
			"static inline int both(struct task **t) { return pid_of(*t) + pid_of((*t)->parent); }\n" F
			"{ return both(&t); }",
			3),
		201);
	/* a function that is not inlined and gets only kernel pointers reads them as such */
	assert_int_equal(result_of("static __noinline int pid_of(struct task *t) { return t->pid; }\n" F
				   "{ return pid_of(t) + pid_of(t->parent); }",
				 3),
		201);
	/* and one that only gets pointers to the stack reads directly */
	assert_int_equal(
		result_of("struct pair { u64 a; struct task *t; };\n"
			  "static __noinline int sum(struct pair *p) { return p->a + p->t->pid; }\n" F
			  "{ struct pair p = {5, t}; return sum(&p); }",
			1),
		105);
	/* a function of the text that is a program as well */
	assert_int_equal(result_of("int g(struct pt_regs *ctx, struct task *t) { return t->pid; }\n" F
				   "{ return g(ctx, t->parent); }",
				 2),
		101);
}

static void test_mixed_pointer(void **state)
{
	struct world *w = world_new();

	load(w, "int kprobe__f(struct pt_regs *ctx, u32 *p, int own) {\n"
		"	u32 mine = 42;\n"
		"	u32 *q = own ? &mine : p;\n"
		"	return *q; }");
	w->registers.si = 1;
	assert_int_equal(run(w, "kprobe/f"), 42);
	w->registers.si = 0;
	assert_int_equal(run(w, "kprobe/f"), 100);
	world_free(w);
}

static void test_pointer_array(void **state)
{
	struct world *w = world_new();

	load(w, "int kprobe__f(struct pt_regs *ctx, struct task *t, u32 i) {\n"
		"	struct task *all[2] = {t, t->parent};\n"
		"	return all[i & 1]->pid; }");
	w->registers.si = 1;
	assert_int_equal(run(w, "kprobe/f"), 101);
	w->registers.si = 0;
	assert_int_equal(run(w, "kprobe/f"), 100);
	world_free(w);
}

static void test_addresses_from_numbers(void **state)
{
	struct world *w = world_new();

	load(w, "int kprobe__f(struct pt_regs *ctx, u64 address) { return *(u32 *)address; }\n"
		"int kprobe__g(struct pt_regs *ctx) {\n"
		"	struct task *t = (struct task *)bpf_get_current_task();\n"
		"	return t->parent->pid; }\n"
		"int kprobe__h(struct pt_regs *ctx) { return *(u32 *)ctx->di; }");
	w->machine.task = (uintptr_t)&w->tasks[1];
	assert_int_equal(run(w, "kprobe/f"), 100);
	assert_int_equal(run(w, "kprobe/g"), 102);
	assert_int_equal(run(w, "kprobe/h"), 100);
	world_free(w);
}

static void test_bad_pointer_reads_zero(void **state)
{
	struct world *w = world_new();

	load(w, "int kprobe__f(struct pt_regs *ctx, struct task *t) {\n"
		"	u32 pid = t->parent->parent->pid;\n"
		"	if (!t)\n"
		"		return 1000 + pid;\n"
		"	return pid; }");
	w->registers.di = 0;
	assert_int_equal(run(w, "kprobe/f"), 1000);
	assert_int_equal(w->machine.failed_reads, 3);
	w->registers.di = (uintptr_t)&w->tasks[1]; /* whose grandparent is NULL */
	assert_int_equal(run(w, "kprobe/f"), 0);
	assert_int_equal(w->machine.failed_reads, 1);
	world_free(w);
}

static void test_tables(void **state)
{
	struct world *w = world_new();
	struct machine_map *counts = machine_map(&w->machine, "counts", 20, 8);
	struct machine_map *tasks = machine_map(&w->machine, "tasks", 4, 8);
	struct task *kept = &w->tasks[0];
	uint32_t zero = 0;
	uint8_t key[20] = {102};

	load(w, "struct key_t { u32 pid; char comm[16]; };\n"
		"BPF_HASH(counts, struct key_t, u64);\n"
		"BPF_HASH(tasks, u32, struct task *);\n"
		"int kprobe__f(struct pt_regs *ctx, struct task *t, int n) {\n"
		"	struct key_t key = {.pid = t->parent->parent->pid};\n"
		"	u32 zero = 0;\n"
		"	__builtin_memcpy(key.comm, t->parent->comm, sizeof(key.comm));\n"
		"	counts.increment(key);\n"
		"	counts.increment(key, n);\n"
		"	tasks.update(&zero, &t);\n"
		"	return 0; }\n"
		"int kretprobe__f(struct pt_regs *ctx) {\n"
		"	u32 zero = 0;\n"
		"	struct task **t = tasks.lookup(&zero);\n"
		"	return t ? (*t)->parent->pid : 1; }");
	assert_int_equal(run(w, "kretprobe/f"), 1);
	w->registers.si = 7;
	run(w, "kprobe/f");
	w->registers.si = -3;
	run(w, "kprobe/f");
	memcpy(key + 4, "task-1", 7);
	assert_int_equal(counts->count, 1);
	assert_non_null(machine_lookup(counts, key));
	assert_int_equal(*(uint64_t *)machine_lookup(counts, key), 1 + 7 + 1 - 3);
	assert_memory_equal(machine_lookup(tasks, &zero), &kept, sizeof(kept));
	assert_int_equal(run(w, "kretprobe/f"), 101);
	world_free(w);
}

static void test_return_from_caller(void **state)
{
	struct world *w = world_new();
	struct machine_map *full = machine_map(&w->machine, "full", 4, 8);
	uint32_t zero = 0;
	uint64_t nine = 9;

	load(w, "BPF_HASH(full, u32, u64);\n"
		"static int get(u32 k) { u64 zero = 0, *v = full.lookup_or_init(&k, &zero); (*v)++; return *v + 1; }\n"
		"int kprobe__f(struct pt_regs *ctx, u32 k) { int n = get(k); return n ? n : 50; }\n"
		"static inline u64 *leave(u64 *v) { if (!v) __bcc_return_from_caller(); return v; }\n"
		"int kprobe__g(struct pt_regs *ctx, u32 k) { u64 *v = leave(full.lookup(&k)); return *v + 1; }\n");
	machine_update(full, &zero, &nine);
	w->registers.di = 0;
	assert_int_equal(run(w, "kprobe/g"), 10);
	assert_int_equal(run(w, "kprobe/f"), 11);
	w->registers.di = 4;
	assert_int_equal(run(w, "kprobe/g"), 0);
	assert_int_equal(run(w, "kprobe/f"), 2);
	world_free(w);
}

static void test_ring_buffer_record(void **state)
{
	struct world *w = world_new();
	struct {
		uint32_t pid, parent;
		char comm[16];
	} record;

	machine_map(&w->machine, "events", 1, 1);
	load(w, "struct event { u32 pid, parent; char comm[16]; };\n"
		"BPF_RINGBUF_OUTPUT(events, 8);\n"
		"int kprobe__f(struct pt_regs *ctx, struct task *t) {\n"
		"	struct event *e = events.ringbuf_reserve(sizeof(*e));\n"
		"	if (!e) return 0;\n"
		"	e->pid = t->pid;\n"
		"	e->parent = e->pid + t->parent->pid;\n"
		"	__builtin_memcpy(e->comm, t->comm, sizeof(e->comm));\n"
		"	events.ringbuf_submit(e, 0);\n"
		"	return 1; }");
	assert_int_equal(run(w, "kprobe/f"), 1);
	assert_int_equal(w->machine.reads, 4);
	assert_int_equal(w->machine.submitted, 1);
	memcpy(&record, w->machine.record, sizeof(record));
	assert_int_equal(record.pid, 100);
	assert_int_equal(record.parent, 201);
	assert_string_equal(record.comm, "task-0");
	world_free(w);
}

static void test_callback(void **state)
{
	struct world *w = world_new();
	struct machine_map *tasks = machine_map(&w->machine, "tasks", 4, 8);
	struct task *t;

	for (uint32_t i = 0; i < 3; i++) {
		t = &w->tasks[i];
		machine_update(tasks, &i, &t);
	}
	load(w, "BPF_HASH(tasks, u32, struct task *);\n"
		"struct sum { u64 pids, keys; };\n"
		"static long add(void *map, u32 *key, struct task **t, struct sum *sum)\n"
		"{ sum->pids += (*t)->pid; sum->keys += *key; return 0; }\n"
		"int kprobe__f(struct pt_regs *ctx) {\n"
		"	struct sum sum = {};\n"
		"	bpf_for_each_map_elem(&__bcc_map_tasks, add, &sum, 0);\n"
		"	return sum.pids * 10 + sum.keys; }");
	assert_int_equal(run(w, "kprobe/f"), (100 + 101 + 102) * 10 + 3);
	assert_int_equal(w->machine.reads, 3);
	world_free(w);
}

/* Two hundred reads share their room on the stack: with 440 bytes of variables there is little left. */
static void test_many_reads(void **state)
{
	struct world *w = world_new();
	char text[16384] = "struct values { u64 v[40]; };\n"
			   "int kprobe__f(struct pt_regs *ctx, struct task *t) {\n"
			   "	char before[120];\n"
			   "	struct values values = {};\n"
			   "	u64 sum = 0;\n"
			   "	bpf_get_current_comm(before, sizeof(before));\n";

	for (int i = 0; i < 40; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			"	t = t->parent ? t->parent : t;\n"
			"	values.v[%d] = t->pid + t->mm->start + t->numbers[3];\n",
			i);
	strcat(text, "	asm volatile(\"\" :: \"r\"(&values) : \"memory\");\n"
		     "	for (int i = 0; i < 40; i++) sum += values.v[i];\n"
		     "	return sum + before[0]; }");
	load(w, text);
	assert_int_equal(run(w, "kprobe/f"), 101 + 39 * 102 + 40 * 0x1000 + 1003 + 39 * 2003 + 'm');
	assert_int_equal(w->machine.reads, 40 * 5);
	world_free(w);
}

/* A row of comparisons of one value, 800 and more blocks, takes one way through and keeps within what a jump
 * reaches. */
static void test_many_comparisons(void **state)
{
	enum { COUNT = 800 };
	struct world *w = world_new();
	char *text = NULL;
	size_t size, instructions = 0;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	fputs("BPF_ARRAY(seen, u64, 16);\n"
	      "int kprobe__f(struct pt_regs *ctx, struct task *t) {\n"
	      "	u32 pid = t->pid, found = 0;\n",
		f);
	for (int i = 0; i < COUNT; i++)
		fprintf(f, "	if (pid == %d) { seen.increment(%d); found += %d; }\n", i, i % 16, 3 * i + 1);
	fputs("	return found; }", f);
	fclose(f);
	load(w, text);
	machine_map(&w->machine, "seen", 4, 8);
	assert_int_equal(run(w, "kprobe/f"), 3 * 100 + 1);
	for (const char *at = w->text.assembly; (at = strchr(at, '\n')); at++)
		instructions += at[1] == '\t' && at[2] != '.';
	assert_in_range(instructions, COUNT, 40 * COUNT);
	free(text);
	world_free(w);
}

/* The verifier rejects computed pointers into the context, which the code generator makes for copies. */
static void test_copies_of_the_context(void **state)
{
	static const char text[] = "struct half { u64 r10, r9; u32 r8; u16 r8_high; char more; };\n"
				   "BPF_ARRAY(kept, struct half, 1);\n"
				   "int kprobe__f(struct pt_regs *ctx) {\n"
				   "	struct half local; int zero = 0; char bytes[23];\n"
				   "	__builtin_memcpy(&local, &ctx->r10, sizeof(local));\n"
				   "	kept.update(&zero, &local);\n"
				   "	__builtin_memcpy(bytes, &ctx->r10, sizeof(bytes));\n"
				   "	asm volatile(\"\" :: \"r\"(bytes) : \"memory\");\n"
				   "	return bytes[0] + bytes[8] + bytes[16] + bytes[22]; }";
	struct world *w = world_new();
	uint64_t expected[3] = {w->registers.r10 = 0x8877665544332211, w->registers.r9 = 0x1020304050607080,
		w->registers.r8 = 0x0102030405060708};
	struct machine_map *kept = machine_map(&w->machine, "kept", 4, 24);
	uint32_t zero = 0;
	char *ir;

	load(w, text);
	assert_int_equal((int32_t)run(w, "kprobe/f"), 0x11 + (int8_t)0x80 + 0x08 + 0x02);
	assert_memory_equal(machine_lookup(kept, &zero), expected, sizeof(expected));
	assert_int_equal(w->machine.reads, 0);
	ir = LLVMPrintModuleToString(w->text.module);
	assert_null(strstr(ir, "llvm.memcpy"));
	LLVMDisposeMessage(ir);
	world_free(w);
}

/* C says nothing about padding; keys of tables are compared with it. The machine's stack is not zero. */
static void test_padding(void **state)
{
	static const char text[] =
		"struct part { u16 c; u64 d; };\n"
		"struct whole { u8 a; u32 b; struct part parts[2]; u8 e; };\n"
		"BPF_ARRAY(kept, struct whole, 4);\n"
		"static void keep(int slot, u8 a) {\n"
		"	struct whole one = {.a = a, .b = 2, .parts = {{3, 4}, {5, 6}}, .e = 7};\n"
		"	kept.update(&slot, &one);\n"
		"}\n"
		"int kprobe__f(struct pt_regs *ctx) {\n"
		"	struct whole member_by_member, copy;\n"
		"	int slot = 2;\n"
		"	keep(0, 1);\n"
		"	keep(1, ctx->di);\n"
		"	for (int i = 0; i < ctx->r8; i++) {\n"
		"		struct whole one;\n"
		"		one.a = i; one.b = 2; one.parts[0].c = 3; one.parts[0].d = 4;\n"
		"		one.parts[1].c = 5; one.parts[1].d = 6; one.e = 7;\n"
		"		kept.update(&slot, &one);\n"
		"	}\n"
		"	member_by_member.a = 1; member_by_member.b = 2; member_by_member.e = 7;\n"
		"	for (int i = 0; i < 2; i++) {\n"
		"		member_by_member.parts[i].c = 3 + 2 * i;\n"
		"		member_by_member.parts[i].d = 4 + 2 * i;\n"
		"	}\n"
		"	copy = member_by_member; slot = 3;\n"
		"	kept.update(&slot, &copy);\n"
		"	return 0; }";
	struct part {
		uint16_t c;
		uint64_t d;
	};
	struct whole {
		uint8_t a;
		uint32_t b;
		struct part parts[2];
		uint8_t e;
	} expected;
	struct world *w = world_new();
	struct machine_map *kept = machine_map(&w->machine, "kept", 4, sizeof(expected));

	memset(&expected, 0, sizeof(expected));
	expected.a = 1;
	expected.b = 2;
	expected.parts[0].c = 3;
	expected.parts[0].d = 4;
	expected.parts[1].c = 5;
	expected.parts[1].d = 6;
	expected.e = 7;
	w->registers.di = 1;
	w->registers.r8 = 2;
	load(w, text);
	assert_int_equal(run(w, "kprobe/f"), 0);
	for (uint32_t i = 0; i < 4; i++)
		assert_memory_equal(machine_lookup(kept, &i), &expected, sizeof(expected));
	world_free(w);
}

/* Pointers to structs of sizes that are no powers of two, in both directions. */
static void test_pointer_differences(void **state)
{
#if LLVM_VERSION_MAJOR >= 18
	struct triple {
		uint64_t of[3];
	};

	struct world *w = world_new();

	load(w, "struct triple { u64 of[3]; }; struct odd { u8 of[7]; };\n"
		"int kprobe__f(struct pt_regs *ctx, struct triple *a, struct triple *b) { return a - b; }\n"
		"int kprobe__g(struct pt_regs *ctx, struct odd *a, struct odd *b) { return b - a; }");
	w->registers.si = 0xffff888000000008;
	for (int n = -40; n <= 40; n++) {
		w->registers.di = w->registers.si + n * sizeof(struct triple);
		assert_int_equal((int)run(w, "kprobe/f"), n);
		w->registers.di = w->registers.si + n * 7;
		assert_int_equal((int)run(w, "kprobe/g"), -n);
	}
	world_free(w);
#endif
}

static void test_signed_divisions(void **state)
{
	static const int64_t numbers[] = {0, 1, -1, 2, -2, 3, -3, 7, -7, 8, -8, 1000, -1000, INT32_MAX,
		INT32_MIN, (int64_t)INT32_MAX + 1, INT64_MAX, INT64_MIN, INT64_MIN + 1};
	struct world *w = world_new();

	load(w, "int kprobe__q(struct pt_regs *ctx, s64 a, s64 b) { return (a / b) ^ (a / b) >> 32; }\n"
		"int kprobe__r(struct pt_regs *ctx, s64 a, s64 b) { return (a % b) ^ (a % b) >> 32; }\n"
		"int kprobe__i(struct pt_regs *ctx, int a, int b) { return a / b; }\n"
		"int kprobe__j(struct pt_regs *ctx, int a, int b) { return a % b; }\n"
		"int kprobe__k(struct pt_regs *ctx, s64 a) { return (a / -10 + a % 10) ^ (a / -10) >> 32; }\n"
		"int kprobe__l(struct pt_regs *ctx, s64 a) { return (a / 8 + a % 8) ^ (a / -8) >> 32; }\n"
		"int kprobe__m(struct pt_regs *ctx, short a, signed char b) { return a / b * 100 + a % b; }");
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		int64_t a = numbers[i];

		w->registers.di = a;
		assert_int_equal((int)run(w, "kprobe/k"), (int)((a / -10 + a % 10) ^ (a / -10) >> 32));
		assert_int_equal((int)run(w, "kprobe/l"), (int)((a / 8 + a % 8) ^ (a / -8) >> 32));
		for (size_t j = 1; j < ARRAY_SIZE(numbers); j++) {
			int64_t b = numbers[j];

			w->registers.si = b;
			/* these the machine itself cannot divide */
			if (a != INT64_MIN || b != -1) {
				assert_int_equal((int)run(w, "kprobe/q"), (int)((a / b) ^ (a / b) >> 32));
				assert_int_equal((int)run(w, "kprobe/r"), (int)((a % b) ^ (a % b) >> 32));
			}
			if ((int)b && ((int)a != INT32_MIN || (int)b != -1)) {
				assert_int_equal((int)run(w, "kprobe/i"), (int)a / (int)b);
				assert_int_equal((int)run(w, "kprobe/j"), (int)a % (int)b);
			}
			if ((signed char)b)
				assert_int_equal((int)run(w, "kprobe/m"),
					(short)a / (signed char)b * 100 + (short)a % (signed char)b);
		}
	}
	world_free(w);
}

/* A condition that is computed in one block and branched by in another. */
static bool is_kept_condition(LLVMValueRef i)
{
	LLVMTypeRef type = LLVMTypeOf(i);

	return LLVMIsAPHINode(i) && LLVMGetTypeKind(type) == LLVMIntegerTypeKind &&
	       LLVMGetIntTypeWidth(type) == 1;
}

static unsigned kept_conditions(LLVMModuleRef module)
{
	unsigned count = 0;

	for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
		for (LLVMBasicBlockRef b = LLVMGetFirstBasicBlock(f); b; b = LLVMGetNextBasicBlock(b))
			for (LLVMValueRef i = LLVMGetFirstInstruction(b); i; i = LLVMGetNextInstruction(i))
				count += is_kept_condition(i);
	return count;
}

/* BPF computes a condition by a branch: it is better branched by at once. */
static void test_many_words(void **state)
{
	static const char *const words[] = {"GET", "SET", "DEL", "INCR", "DECR", "MGET", "MSET", "HGET",
		"HSET", "HDEL", "HGETALL", "LPUSH", "RPUSH", "LPOP", "RPOP", "LRANGE", "SADD", "SREM", "ZADD",
		"ZRANGE", "EXPIRE", "EXISTS", "PUBLISH", "EVALSHA"};
	char text[8192] = "static inline int is(const char *name, const char *word, int length) {\n"
			  "	for (int i = 0; i < length; i++)\n"
			  "		if ((name[i] & ~0x20) != word[i])\n"
			  "			return 0;\n"
			  "	return !name[length]; }\n"
			  "BPF_ARRAY(found, u32, 1);\n"
			  "int kprobe__f(struct pt_regs *ctx, struct task *t) {\n"
			  "	char name[16];\n"
			  "	u32 zero = 0, number = 0;\n"
			  "	bpf_probe_read_kernel(name, sizeof(name), t->comm);\n";
	struct world *w = world_new();
	struct machine_map *found = machine_map(&w->machine, "found", 4, 4);
	size_t length = strlen(text);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		length += snprintf(text + length, sizeof(text) - length,
			"%sif (is(name, \"%s\", %zu)) number = %zu;\n", i ? "else " : "", words[i],
			strlen(words[i]), i + 1);
	snprintf(text + length, sizeof(text) - length,
		"	if (!number)\n"
		"		return 0;\n"
		"	found.update(&zero, &number);\n"
		"	return 1; }\n");
	load(w, text);
	assert_int_equal(kept_conditions(w->text.module), 0);
	for (uint32_t i = 0; i < ARRAY_SIZE(words); i++) {
		uint32_t expected = i + 1, zero = 0;

		snprintf(w->tasks[0].comm, sizeof(w->tasks[0].comm), "%s", words[i]);
		assert_int_equal(run(w, "kprobe/f"), 1);
		assert_memory_equal(machine_lookup(found, &zero), &expected, sizeof(expected));
		w->tasks[0].comm[strlen(words[i])] = '.';
		assert_int_equal(run(w, "kprobe/f"), 0);
	}
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_array_with_variable_index),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_struct_copy),
		cmocka_unit_test(test_variable_copy),
		cmocka_unit_test(test_comparison),
		cmocka_unit_test(test_static_functions),
		cmocka_unit_test(test_mixed_pointer),
		cmocka_unit_test(test_pointer_array),
		cmocka_unit_test(test_addresses_from_numbers),
		cmocka_unit_test(test_bad_pointer_reads_zero),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_return_from_caller),
		cmocka_unit_test(test_ring_buffer_record),
		cmocka_unit_test(test_callback),
		cmocka_unit_test(test_many_reads),
		cmocka_unit_test(test_many_comparisons),
		cmocka_unit_test(test_many_words),
		cmocka_unit_test(test_pointer_differences),
		cmocka_unit_test(test_signed_divisions),
		cmocka_unit_test(test_copies_of_the_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
