/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cost of N of something. Prints one line with, for each thing measured, WHAT_ms=CPU time without the
 * kernel's part and WHAT_kernel_ms=the part of bpf(), perf_event_open(), ioctl() and close(). Compiled
 * objects are cached in BCC_CACHE_DIR, which should be empty.
 *
 *   bench_growth lines N                   a text with a function of N lines
 *   bench_growth programs N                a text with N functions
 *   bench_growth tables N                  a text with N tables
 *   bench_growth tracepoints N, uprobes N  a program at N of them; at most 1000 uprobes, one non-zero digit
 *   bench_growth stacks N                  N calls from different stacks; "count": how many the kernel kept
 */
#include <bcc/symbols.h>
#include <dirent.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kernel_time.h"

static int fail(struct bcc *b, const char *what)
{
	fprintf(stderr, "%s: %s\n", what, bcc_error(b));
	exit(1);
}

/* ---- measuring ---- */

struct span {
	uint64_t all, kernel;
};

static struct span begin(void)
{
	return (struct span){kernel_time_now(), kernel_time.bpf + kernel_time.events};
}

static void end(const char *what, struct span since)
{
	struct span now = begin();
	uint64_t kernel = now.kernel - since.kernel;

	printf("%s_ms=%.3f %s_kernel_ms=%.3f ", what, (now.all - since.all - kernel) / 1e6, what,
		kernel / 1e6);
}

/* ---- texts ---- */

struct text {
	FILE *file;
	char *text;
	size_t size;
};

static void text_begin(struct text *t)
{
	*t = (struct text){0};
	t->file = open_memstream(&t->text, &t->size);
	fputs("#include <linux/sched.h>\n"
	      "BPF_HASH(counts, u64, u64);\n",
		t->file);
}

static void add_function_begin(struct text *t, unsigned i)
{
	fprintf(t->file,
		"int work_%u(void *ctx)\n"
		"{\n"
		"	struct task_struct *task = (void *)bpf_get_current_task();\n"
		"	u64 x = bpf_ktime_get_ns(), key, *found;\n",
		i);
}

#define BLOCK_LINES 5

static void add_block(struct text *t, unsigned i)
{
	fprintf(t->file,
		"	key = x + %u;\n"
		"	found = counts.lookup(&key);\n"
		"	if (found)\n"
		"		x ^= *found + task->real_parent->tgid * %u;\n"
		"	x += task->start_time / %u;\n",
		i, i + 3, i + 2);
}

static void add_function_end(struct text *t)
{
	fputs("	counts.update(&key, &x);\n"
	      "	return 0;\n"
	      "}\n",
		t->file);
}

static struct bcc *open_text(const char *text, const char *what)
{
	struct span since = begin();
	struct bcc *b;

	if (bcc_open_text(text, NULL, &b) < 0)
		fail(b, "open");
	if (what)
		end(what, since);
	return b;
}

/* Compiles the text, closes it and opens it again from the cache. An empty text has been compiled before, so
 * that the compiler and the kernel's types are loaded. */
static struct bcc *open_twice(struct text *t)
{
	struct bcc *b;

	fclose(t->file);
	bcc_close(open_text("int first(void *ctx) { return 0; }\n", NULL));
	bcc_close(open_text(t->text, "compile"));
	b = open_text(t->text, "open");
	free(t->text);
	return b;
}

static void close_all(struct bcc *b)
{
	struct span since = begin();

	bcc_close(b);
	end("close", since);
}

static void lines(unsigned n)
{
	struct text t;

	text_begin(&t);
	add_function_begin(&t, 0);
	for (unsigned i = 0; i < n / BLOCK_LINES; i++)
		add_block(&t, i);
	add_function_end(&t);
	close_all(open_twice(&t));
}

static void programs(unsigned n)
{
	struct text t;
	struct span since;
	struct bcc *b;
	char name[32];

	text_begin(&t);
	for (unsigned i = 0; i < n; i++) {
		add_function_begin(&t, i);
		add_block(&t, i);
		add_function_end(&t);
	}
	b = open_twice(&t);
	since = begin();
	for (unsigned i = 0; i < n; i++)
		if (bcc_program_load(bcc_program_at(b, i), BPF_PROG_TYPE_TRACEPOINT, NULL) < 0)
			fail(b, "load");
	end("load", since);
	since = begin();
	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "work_%u", i);
		if (!bcc_program_find(b, name))
			fail(b, name);
	}
	end("find", since);
	close_all(b);
}

#define TABLE_USERS 10 /* programs */

static void tables(unsigned n)
{
	struct text t;
	struct span since;
	struct bcc *b;
	char name[32];

	text_begin(&t);
	for (unsigned i = 0; i < n; i++)
		fprintf(t.file,
			"struct key_%u { u32 pid, number; char comm[16]; };\n"
			"BPF_HASH(table_%u, struct key_%u, u64, 16);\n",
			i, i, i);
	for (unsigned i = 0; i < n; i += n / TABLE_USERS) {
		fprintf(t.file, "int use_%u(void *ctx)\n{\n", i);
		for (unsigned j = i; j < i + n / TABLE_USERS; j++)
			fprintf(t.file,
				"	struct key_%u key_%u = {.number = %u};\n	table_%u.increment(key_%u);\n",
				j, j, j, j, j);
		fputs("	return 0;\n}\n", t.file);
	}
	b = open_twice(&t);
	since = begin();
	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "table_%u", i);
		if (!bcc_table_find(b, name))
			fail(b, name);
	}
	end("find", since);
	since = begin();
	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "table_%u", i);
		if (strncmp(bcc_table_key_type(bcc_table_find(b, name)), "struct key_", 11))
			fail(b, name);
	}
	end("types", since);
	close_all(b);
}

/* ---- probes ---- */

static const char empty_program[] = "int empty(void *ctx) { return 0; }\n";

static void detach_all(struct bcc_link **links, unsigned n, const char *what)
{
	struct span since = begin();

	for (unsigned i = 0; i < n; i++)
		bcc_detach(links[i]);
	end(what, since);
}

/* Rarely used ones, so that an enabled one costs nothing: `n` categories and names, repeated if there are
 * fewer. */
static void list_tracepoints(char (*places)[2][64], unsigned n)
{
	static const char *const categories[] = {
		"xfs", "ext4", "btrfs", "jbd2", "kvm", "dma", "regmap", "cgroup"};
	unsigned found = 0;

	for (size_t c = 0; c < sizeof(categories) / sizeof(*categories) && found < n; c++) {
		char path[128];
		struct dirent *entry;
		DIR *dir;

		snprintf(path, sizeof(path), "/sys/kernel/tracing/events/%s", categories[c]);
		dir = opendir(path);
		while (dir && found < n && (entry = readdir(dir)))
			if (entry->d_type == DT_DIR && *entry->d_name != '.') {
				snprintf(places[found][0], 64, "%s", categories[c]);
				snprintf(places[found++][1], 64, "%.63s", entry->d_name);
			}
		if (dir)
			closedir(dir);
	}
	for (unsigned i = found; found && i < n; i++)
		memcpy(places[i], places[i - found], sizeof(places[i]));
}

static void tracepoints(unsigned n)
{
	char(*places)[2][64] = calloc(n, sizeof(*places));
	struct bcc_link **links = calloc(n, sizeof(*links));
	struct bcc *b = open_text(empty_program, NULL);
	struct span since;

	list_tracepoints(places, n);
	if (bcc_program_load(bcc_program_at(b, 0), BPF_PROG_TYPE_TRACEPOINT, NULL) < 0)
		fail(b, "load");
	since = begin();
	for (unsigned i = 0; i < n; i++)
		if (bcc_attach_tracepoint(b, "empty", places[i][0], places[i][1], &links[i]) < 0)
			fail(b, "tracepoint");
	end("attach", since);
	detach_all(links, n, "detach");
	bcc_close(b);
	free(links);
	free(places);
}

#define TARGET(n)                                                                                            \
	__attribute__((noinline, used)) static int target_##n(void)                                          \
	{                                                                                                    \
		return n;                                                                                    \
	}
#define TARGETS_10(n)                                                                                        \
	TARGET(n##0)                                                                                         \
	TARGET(n##1)                                                                                         \
	TARGET(n##2)                                                                                         \
	TARGET(n##3)                                                                                         \
	TARGET(n##4)                                                                                         \
	TARGET(n##5)                                                                                         \
	TARGET(n##6)                                                                                         \
	TARGET(n##7)                                                                                         \
	TARGET(n##8)                                                                                         \
	TARGET(n##9)
#define TARGETS_100(n)                                                                                       \
	TARGETS_10(n##0)                                                                                     \
	TARGETS_10(n##1)                                                                                     \
	TARGETS_10(n##2)                                                                                     \
	TARGETS_10(n##3)                                                                                     \
	TARGETS_10(n##4)                                                                                     \
	TARGETS_10(n##5)                                                                                     \
	TARGETS_10(n##6)                                                                                     \
	TARGETS_10(n##7)                                                                                     \
	TARGETS_10(n##8)                                                                                     \
	TARGETS_10(n##9)
TARGETS_100(10)
TARGETS_100(11)
TARGETS_100(12)
TARGETS_100(13)
TARGETS_100(14)
TARGETS_100(15)
TARGETS_100(16)
TARGETS_100(17)
TARGETS_100(18)
TARGETS_100(19)

#define BINARY "/proc/self/exe"

/* A regular expression for the first `n` targets, where `n` has one non-zero digit. */
static void regex_of(unsigned n, char *regex, size_t size)
{
	if (n < 10)
		snprintf(regex, size, "^target_100[0-%u]$", n - 1);
	else if (n < 100)
		snprintf(regex, size, "^target_10[0-%u][0-9]$", n / 10 - 1);
	else
		snprintf(regex, size, "^target_1[0-%u][0-9]{2}$", n / 100 - 1);
}

static void uprobes_by_regex(struct bcc *b, unsigned n, bool one_by_one)
{
	const struct bcc_multi_opts opts = {.size = sizeof(opts), .one_by_one = one_by_one, .pid = getpid()};
	struct bcc_link *link;
	struct span since;
	char regex[64];

	regex_of(n, regex, sizeof(regex));
	since = begin();
	if (bcc_attach_uprobes(b, "empty", BINARY, regex, &opts, &link) != (int)n)
		fail(b, "uprobes");
	end(one_by_one ? "regex_one_by_one" : "regex", since);
	detach_all(&link, 1, one_by_one ? "regex_one_by_one_detach" : "regex_detach");
}

static void uprobes(unsigned n)
{
	struct bcc_link **links = calloc(n, sizeof(*links));
	struct bcc *b = open_text(empty_program, NULL);
	struct span since = begin();

	for (unsigned i = 0; i < n; i++) {
		char symbol[32];
		const struct bcc_uprobe_opts opts = {.size = sizeof(opts), .symbol = symbol, .pid = getpid()};

		snprintf(symbol, sizeof(symbol), "target_%u", 1000 + i);
		if (bcc_attach_uprobe(b, "empty", BINARY, &opts, &links[i]) < 0)
			fail(b, "uprobe");
	}
	end("attach", since);
	detach_all(links, n, "detach");
	bcc_close(b);
	for (int one_by_one = 0; one_by_one <= 1; one_by_one++) {
		b = open_text(empty_program, NULL);
		uprobes_by_regex(b, n, one_by_one);
		bcc_close(b);
	}
	free(links);
}

/* ---- stacks ---- */

static const char stacks_text[] = "BPF_HASH(seen, int, u64, 16384);\n"
				  "BPF_STACK_TRACE(stacks, SLOTS);\n"
				  "int record(struct pt_regs *ctx)\n"
				  "{\n"
				  "	int id = stacks.get_stackid(ctx, BPF_F_USER_STACK);\n"
				  "	if (id >= 0)\n"
				  "		seen.increment(id);\n"
				  "	return 0;\n"
				  "}\n";

__attribute__((noinline, used)) static void innermost(void)
{
	__asm__ volatile("");
}

static void left(unsigned bits, unsigned depth);

__attribute__((noinline)) static void right(unsigned bits, unsigned depth)
{
	if (!depth)
		innermost();
	else if (bits & 1)
		left(bits >> 1, depth - 1);
	else
		right(bits >> 1, depth - 1);
	__asm__ volatile("");
}

__attribute__((noinline)) static void left(unsigned bits, unsigned depth)
{
	if (!depth)
		innermost();
	else if (bits & 1)
		left(bits >> 1, depth - 1);
	else
		right(bits >> 1, depth - 1);
	__asm__ volatile("");
}

struct reading {
	struct bcc_table *stacks;
	struct bcc_symbols *symbols; /* NULL: only addresses */
	unsigned count;
};

static int read_one(void *ctx, const void *key, const void *value)
{
	struct reading *r = ctx;
	const int *id = key;
	uint64_t addresses[BCC_STACK_DEPTH];
	char line[4096];

	r->count++;
	if (!r->symbols)
		return bcc_stack_read(r->stacks, *id, addresses, BCC_STACK_DEPTH) > 12 ? 0 : -1;
	bcc_stack_fold(r->stacks,
		&BCC_OPTS(struct bcc_fold_opts, .comm = "bench", .user = r->symbols, .kernel_id = -14,
			.user_id = *id),
		line, sizeof(line));
	return strstr(line, ";left;") || strstr(line, ";right;") ? 0 : -1;
}

static void stacks(unsigned n)
{
	unsigned slots = 64;
	char flag[32];
	const char *flags[] = {flag};
	struct reading r = {0};
	struct span since;
	struct bcc *b;

	while (slots < 8 * n)
		slots *= 2;
	snprintf(flag, sizeof(flag), "-DSLOTS=%u", slots);
	if (bcc_open_text(stacks_text, &BCC_OPTS(struct bcc_open_opts, .cflags = flags, .cflags_count = 1),
		    &b) < 0 ||
		bcc_attach_uprobe(b, "record", BINARY,
			&BCC_OPTS(struct bcc_uprobe_opts, .symbol = "innermost", .pid = getpid()), NULL) < 0)
		fail(b, "stacks");
	for (unsigned i = 0; i < n; i++)
		left(i, 12);
	r.stacks = bcc_table_find(b, "stacks");
	since = begin();
	if (bcc_table_each(bcc_table_find(b, "seen"), read_one, &r))
		fail(b, "read");
	end("read", since);
	r.count = 0;
	since = begin();
	if (bcc_symbols_open_process(getpid(), NULL, &r.symbols) < 0 ||
		bcc_table_each(bcc_table_find(b, "seen"), read_one, &r))
		fail(b, "fold");
	end("fold", since);
	printf("count=%u ", r.count);
	bcc_symbols_close(r.symbols);
	close_all(b);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *what;
		void (*measure)(unsigned n);
	} kinds[] = {
		{"lines", lines},
		{"programs", programs},
		{"tables", tables},
		{"tracepoints", tracepoints},
		{"uprobes", uprobes},
		{"stacks", stacks},
	};
	struct rlimit files;

	if (argc != 3)
		return 2;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	kernel_time.clock = CLOCK_THREAD_CPUTIME_ID;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(argv[1], kinds[i].what) == 0) {
			kinds[i].measure(atoi(argv[2]));
			printf("\n");
			return 0;
		}
	return 2;
}
