/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that name members as other kernels have them: on this machine's kernel, and on two made up ones of
 * which one has the older and the other the newer names. */
#include "kernel_table.h"

#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>

#include <bpf/btf.h>

#include "cmake/embedded_text.h"
#include "common/compile_request.h"
#include "frontends/renames/raw_arguments.h"

extern const struct bcc_text bcc_renamed_members[], bcc_raw_tracepoints[];

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

/* What a compilation said. */
struct said {
	char *error, *warnings;
};

static void keep_warning(void *ctx, int level, const char *text)
{
	struct said *said = ctx;
	char *joined;

	if (level != 0)
		return;
	assert_true(asprintf(&joined, "%s%s", said->warnings, text) >= 0);
	free(said->warnings);
	said->warnings = joined;
}

static struct said compile(int btf_fd, const char *text)
{
	struct said said = {.warnings = strdup("")};
	struct bcc_compile_request request = {.abi = BCC_COMPILER_ABI,
		.text = text,
		.name = "text.c",
		.tracefs_fd = -1,
		.btf_fd = btf_fd,
		.log = keep_warning,
		.log_ctx = &said};
	struct bcc_compile_result result;

	bcc_compile_1(&request, &result);
	said.error = result.error ? strdup(result.error) : NULL;
	bcc_compile_free_1(&result);
	return said;
}

static void said_free(struct said *said)
{
	free(said->error);
	free(said->warnings);
}

static int occurrences(const char *text, const char *part)
{
	int count = 0;

	for (; (text = strstr(text, part)); text++)
		count++;
	return count;
}

/* `warning`: said once; NULL: nothing is. */
static void accept(int btf_fd, const char *text, const char *warning)
{
	struct said said = compile(btf_fd, text);

	if (said.error)
		fail_msg("%s\n%s", text, said.error);
	if (warning ? occurrences(said.warnings, warning) != 1 : *said.warnings != '\0')
		fail_msg("%s\nnot '%s' is said once, but: %s", text, warning ? warning : "", said.warnings);
	said_free(&said);
}

static void refuse(int btf_fd, const char *text, const char *sentence)
{
	struct said said = compile(btf_fd, text);

	if (!said.error || !strstr(said.error, sentence))
		fail_msg("\"%s\" is not said of %s but: %s", sentence, text,
			said.error ? said.error : "nothing");
	said_free(&said);
}

static void refuse_without(int btf_fd, const char *text, const char *sentence)
{
	struct said said = compile(btf_fd, text);

	if (!said.error || strstr(said.error, sentence))
		fail_msg("\"%s\" is said of %s: %s", sentence, text, said.error ? said.error : "nothing");
	said_free(&said);
}

/* ---- kernels ---- */

enum { OLD, NEW, KERNELS };

static int kernels[KERNELS];
static char folders[KERNELS][32];

static int add_struct(struct btf *btf, const char *name, int bytes)
{
	int id = btf__add_struct(btf, name, (unsigned)bytes);

	assert_true(id > 0);
	return id;
}

static void add_member(struct btf *btf, const char *name, int type, int byte)
{
	assert_int_equal(btf__add_field(btf, name, type, (unsigned)byte * 8, 0), 0);
}

static void write_kernel(struct btf *btf, int kernel)
{
	const void *data;
	char path[96];
	uint32_t size;
	FILE *file;

	strcpy(folders[kernel], "/tmp/bcc-renames.XXXXXX");
	assert_non_null(mkdtemp(folders[kernel]));
	snprintf(path, sizeof(path), "%s/vmlinux", folders[kernel]);
	data = btf__raw_data(btf, &size);
	assert_non_null(data);
	file = fopen(path, "we");
	if (!file || fwrite(data, 1, size, file) != size || fclose(file))
		fail_msg("%s cannot be written", path);
	kernels[kernel] = open(folders[kernel], O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(kernels[kernel] >= 0);
	btf__free(btf);
}

/* As kernels have them: a typedef of a pointer to the tracepoint's function. */
static void add_tracepoint(struct btf *btf, const char *name, int first, int second, int third)
{
	const int types[] = {btf__add_ptr(btf, 0), first, second, third};
	char typedef_name[64];

	assert_true(btf__add_func_proto(btf, 0) > 0);
	for (int i = 0; i < 4 && types[i]; i++)
		assert_int_equal(btf__add_func_param(btf, "", types[i]), 0);
	snprintf(typedef_name, sizeof(typedef_name), "btf_trace_%s", name);
	assert_true(btf__add_typedef(btf, typedef_name, btf__add_ptr(btf, btf__type_cnt(btf) - 1)) > 0);
}

static void make_kernel(int kernel)
{
	struct btf *btf = btf__new_empty();
	int number, wide, disk, queue, request, task, thread_info, times, old = kernel == OLD;

	assert_non_null(btf);
	number = btf__add_int(btf, "unsigned int", 4, 0);
	wide = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	disk = add_struct(btf, "gendisk", 4);
	add_member(btf, "major", number, 0);
	disk = btf__add_ptr(btf, disk);
	queue = add_struct(btf, "request_queue", 16);
	add_member(btf, "id", number, 0);
	if (!old)
		add_member(btf, "disk", disk, 8);
	queue = btf__add_ptr(btf, queue);
	request = add_struct(btf, "request", 16);
	add_member(btf, "q", queue, 0);
	if (old)
		add_member(btf, "rq_disk", disk, 8);
	thread_info = add_struct(btf, "thread_info", 8);
	add_member(btf, "cpu", number, 0);
	task = add_struct(btf, "task_struct", 24);
	add_member(btf, "thread_info", thread_info, 0);
	add_member(btf, old ? "state" : "__state", old ? wide : number, 8);
	if (old)
		add_member(btf, "cpu", number, 16);
	times = add_struct(btf, "timespec64", 16);
	add_member(btf, "tv_sec", wide, 0);
	add_member(btf, "tv_nsec", wide, 8);
	add_struct(btf, "inode", 16);
	if (old) {
		add_member(btf, "i_mtime", times, 0);
	} else {
		add_member(btf, "i_mtime_sec", wide, 0);
		add_member(btf, "i_mtime_nsec", number, 8);
	}
	times = btf__add_ptr(btf, times);
	add_struct(btf, "iov_iter", 8);
	add_member(btf, old ? "iov" : "__iov", times, 0);
	add_struct(btf, "page", 16);
	add_member(btf, old ? "index" : "__folio_index", wide, 8);
	request = btf__add_ptr(btf, request);
	task = btf__add_ptr(btf, task);
	add_tracepoint(btf, "block_rq_issue", old ? queue : request, old ? request : 0, 0);
	add_tracepoint(btf, "rss_stat", task, number, old ? wide : 0); /* not as any kernel has it */
	add_tracepoint(btf, "sched_process_exit", task, old ? 0 : number, 0);
	add_tracepoint(btf, "mark_victim", old ? number : task, old ? 0 : number, 0);
	number = btf__add_int(btf, "unsigned long long", 8, 0);
	number = btf__add_array(btf, number, number, 0);
	add_struct(btf, "bpf_raw_tracepoint_args", 0);
	add_member(btf, "args", number, 0);
	write_kernel(btf, kernel);
}

static int make_kernels(void **state)
{
	for (int i = 0; i < KERNELS; i++)
		make_kernel(i);
	return 0;
}

static int remove_kernels(void **state)
{
	for (int i = 0; i < KERNELS; i++) {
		char path[96];

		close(kernels[i]);
		snprintf(path, sizeof(path), "%s/vmlinux", folders[i]);
		unlink(path);
		rmdir(folders[i]);
	}
	return 0;
}

/* ---- tests ---- */

#define TASK "struct task_struct *t = (void *)bpf_get_current_task(); "

static void test_old_text(void **state)
{
	accept(kernels[OLD], "int f(void *ctx) { " TASK "return t->state; }", NULL);
	accept(kernels[NEW], "int f(void *ctx) { " TASK "return t->state; }",
		"text.c:1: warning: struct task_struct has no member state since Linux 5.14; __state is used in its place");
	accept(kernels[NEW], "int f(void *ctx) { " TASK "return t->cpu; }", "thread_info.cpu is used");
	accept(kernels[NEW], "int f(void *ctx, struct request *rq) { return rq->rq_disk->major; }",
		"q->disk is used");
	accept(kernels[NEW], "int f(void *ctx, struct inode *i) { return i->i_mtime.tv_sec; }",
		"i_mtime_sec is used");
	/* no version, and a note */
	accept(kernels[NEW], "int f(void *ctx, struct iov_iter *i) { return i->iov->tv_sec; }",
		"struct iov_iter has no member iov in this kernel; __iov is used in its place (where iter_type");
}

static void test_new_text(void **state)
{
	accept(kernels[NEW], "int f(void *ctx) { " TASK "return t->__state; }", NULL);
	accept(kernels[OLD], "int f(void *ctx) { " TASK "return t->__state; }",
		"struct task_struct has no member __state before Linux 5.14; state is used in its place");
	accept(kernels[OLD], "int f(void *ctx, struct request *rq) { return rq->q->disk->major; }",
		"rq_disk is used");
	accept(kernels[OLD], "int f(void *ctx, struct inode *i) { return i->i_mtime_nsec; }",
		"i_mtime.tv_nsec is used");
}

/* Their bodies are those of another kernel's headers. */
static void test_functions_of_headers(void **state)
{
	static const char text[] = "#include <linux/pagemap.h>\n"
				   "int f(void *ctx, struct page *p) { return page_offset(p) > 4096; }";

	need_kernel_table();
	for (int i = 0; i < KERNELS; i++)
		accept(kernels[i], text, NULL);
}

static void test_ways_to_write_it(void **state)
{
	accept(kernels[NEW],
		"#define STATE(t) ((t)->state)\n"
		"int f(void *ctx) { " TASK "return STATE(t) + STATE(t) + t -> state; }",
		"__state is used");
	accept(kernels[NEW],
		"int f(void *ctx, struct request *rq) { struct gendisk *d = 0;\n"
		"bpf_probe_read_kernel(&d, sizeof(d), &rq->rq_disk);\n"
		"return d->major; }",
		"text.c:2: warning: struct request has no member rq_disk");
	/* names of other things stay */
	accept(kernels[NEW],
		"struct mine { int state; }; BPF_HASH(cpu, u32);\n"
		"int f(void *ctx) { struct mine state = {.state = 1}; u32 key = 0; " TASK
		"cpu.lookup(&key); return state.state & t->state; }",
		"__state is used");
	accept(kernels[NEW],
		"int f(void *ctx, struct inode *i) { return i->i_mtime\n\n.tv_sec; }\nint g(void *ctx) { " TASK
		"return t->state; }",
		"text.c:4: warning: struct task_struct has no member state");
}

static void test_no_replacement(void **state)
{
	/* whoever reads eight bytes there gets four that are something else */
	refuse(kernels[NEW],
		"int f(void *ctx) { long s = 0; " TASK
		"bpf_probe_read_kernel(&s, sizeof(s), &t->state); return s; }",
		"struct task_struct has no member state since Linux 5.14: take __state, which has another size");
	accept(kernels[NEW], "int f(void *ctx) { " TASK "return 1 & t->state; }", "__state is used");
	refuse(kernels[NEW],
		"int f(void *ctx, struct inode *i) { struct timespec64 t = i->i_mtime; return t.tv_sec; }",
		"struct inode has no member i_mtime since Linux 6.11: take i_mtime_sec and i_mtime_nsec");
	/* what became of a member in other kernels than this one is not said */
	refuse_without(kernels[NEW], "int f(void *ctx, struct inode *i) { return i->i_ctime.tv_nsec; }",
		"in this kernel");
	refuse_without(kernels[OLD], "int f(void *ctx, struct request *rq) { return rq->write_hint; }",
		"in this kernel");
	/* errors elsewhere stay errors */
	refuse(kernels[NEW], "int f(void *ctx) { " TASK "return t->state + t->stat; }",
		"no member named 'stat'");
}

/* Reads one column of a row. */
static char *column(char **at)
{
	return strsep(at, "\t");
}

/* ---- arguments of raw tracepoints ---- */

#define ISSUED "RAW_TRACEPOINT_PROBE(block_rq_issue) {\n"

/* `expected`: what becomes of the text, NULL: it stays; `warnings`: all of them. */
static void fit(int kernel, const char *text, const char *expected, const char *warnings)
{
	char *fitted, *said;
	struct bcc_err err = {0};
	struct bcc_btf_bytes bytes;

	assert_int_equal(bcc_btf_bytes_open(&bytes, kernels[kernel]), 0);
	assert_int_equal(bcc_raw_arguments_fit(&bytes, "text.c", text, &fitted, &said, &err), 0);
	bcc_btf_bytes_close(&bytes);
	if (!expected) {
		if (fitted || said)
			fail_msg("%s\nbecomes %s", text, fitted);
		return;
	}
	if (!fitted)
		fail_msg("%s\nstays as it is", text);
	assert_string_equal(fitted, expected);
	assert_string_equal(said, warnings);
	free(fitted);
	free(said);
}

static void test_raw_arguments(void **state)
{
	static const char old_text[] = ISSUED "struct request_queue *q = (void *)ctx->args[0];\n"
					      "struct request *rq = (struct request *)ctx->args[1];\n"
					      "return rq->q == q; }";
	static const char new_text[] = ISSUED "struct request *rq = (struct request *)ctx->args[0];\n"
					      "return rq->q == 0; }";

	fit(OLD, old_text, NULL, NULL);
	fit(NEW, new_text, NULL, NULL);
	fit(NEW, old_text,
		ISSUED
		"struct request_queue *q = (void *)((unsigned long)((struct request *)ctx->args[0])->q);\n"
		"struct request *rq = (struct request *)ctx->args[0];\n"
		"return rq->q == q; }",
		"text.c:2: warning: args[0] of raw tracepoint block_rq_issue is not q since Linux 5.11; "
		"((struct request *)ctx->args[0])->q is used in its place\n"
		"text.c:3: warning: args[1] of raw tracepoint block_rq_issue is not rq since Linux 5.11; "
		"ctx->args[0] is used in its place\n");
	fit(OLD, new_text,
		ISSUED "struct request *rq = (struct request *)ctx->args[1];\nreturn rq->q == 0; }",
		"text.c:2: warning: args[0] of raw tracepoint block_rq_issue is not rq before Linux 5.11; "
		"ctx->args[1] is used in its place\n");
	/* each text compiles, and says so */
	accept(kernels[OLD], old_text, NULL);
	accept(kernels[NEW], new_text, NULL);
	accept(kernels[NEW], old_text, "args[0] of raw tracepoint block_rq_issue is not q");
	accept(kernels[OLD], new_text, "args[0] of raw tracepoint block_rq_issue is not rq");
}

static void test_ways_to_use_raw_arguments(void **state)
{
	/* their number alone tells; the second program is written for this kernel; a use is told of once */
	fit(NEW,
		ISSUED "/* ctx->args[0] */ u64 a = ctx->args[1], b = ctx -> args [ 1 ]; return a + b; }\n"
		       "int raw_tracepoint__sched_process_exit(struct bpf_raw_tracepoint_args *c)\n"
		       "{ return c->args[1]; }",
		ISSUED "/* ctx->args[0] */ u64 a = ctx->args[0], b = ctx->args[0]; return a + b; }\n"
		       "int raw_tracepoint__sched_process_exit(struct bpf_raw_tracepoint_args *c)\n"
		       "{ return c->args[1]; }",
		"text.c:2: warning: args[1] of raw tracepoint block_rq_issue is not rq since Linux 5.11; "
		"ctx->args[0] is used in its place\n");
	/* a pointer is no int */
	fit(NEW, "int raw_tracepoint__mark_victim(void *c) { int pid = c->args[0]; return pid; }",
		"int raw_tracepoint__mark_victim(void *c) { int pid = "
		"((unsigned long)((struct task_struct *)c->args[0])->pid); return pid; }",
		"text.c:1: warning: args[0] of raw tracepoint mark_victim is not pid since Linux 6.9; "
		"((struct task_struct *)c->args[0])->pid is used in its place\n");
	/* but it is a long int */
	fit(NEW, "int raw_tracepoint__mark_victim(void *c) { long unsigned int t = c->args[0]; return t; }",
		NULL, NULL);
	/* what does not tell which kernel it is for, or is for several, stays */
	fit(NEW, ISSUED "return ctx->args[0] != 0; }", NULL, NULL);
	fit(NEW, ISSUED "return ((struct bio *)ctx->args[0])->x; }", NULL, NULL);
	fit(NEW,
		ISSUED "if (LINUX_VERSION_CODE < 330496) return ((struct request *)ctx->args[1])->x;\n"
		       "return ((struct request *)ctx->args[0])->x; }",
		NULL, NULL);
	fit(NEW,
		ISSUED "\n#if LINUX_VERSION_CODE < 330496\nreturn ctx->args[1];\n#else\nreturn 0;\n#endif\n}",
		NULL, NULL);
	fit(NEW, ISSUED "int i = 1; return ctx->args[1] + ctx->args[i]; }", NULL, NULL);
	/* tracepoints that the table or the kernel does not have, or has otherwise */
	fit(NEW, "RAW_TRACEPOINT_PROBE(sys_enter) { return ctx->args[5]; }", NULL, NULL);
	fit(NEW, "RAW_TRACEPOINT_PROBE(block_getrq) { return ctx->args[2]; }", NULL, NULL);
	fit(NEW, "RAW_TRACEPOINT_PROBE(rss_stat) { return ctx->args[2]; }", NULL, NULL);
	/* not a whole program */
	fit(NEW, "RAW_TRACEPOINT_PROBE(block_rq_issue) { return ctx->args[1];", NULL, NULL);
	fit(NEW, "RAW_TRACEPOINT_PROBE(", NULL, NULL);
}

static void test_lacking_raw_arguments(void **state)
{
	static const char exited[] = "RAW_TRACEPOINT_PROBE(sched_process_exit) {\nreturn ctx->args[1]; }";

	accept(kernels[NEW], exited, NULL);
	refuse(kernels[OLD], exited,
		"text.c:2: error: raw tracepoint sched_process_exit has no argument group_dead (args[1]) in this "
		"kernel: p->signal->live is 0");
}

/* The table can be read: each argument that a row lacks and another has is explained or has an expression. */
static void test_raw_table(void **state)
{
	char *text = strdup(bcc_raw_tracepoints[0].text), *rest = text, *line;
	int rows = 0;

	while ((line = strsep(&rest, "\n"))) {
		char *event, *kind, *name, *what;

		if (!*line || *line == '#')
			continue;
		event = column(&line);
		kind = column(&line);
		name = column(&line);
		what = column(&line);
		if (!name || !*event || (!strcmp(kind, "=") || !strcmp(kind, "!")) != (what != NULL))
			fail_msg("row %s %s", event, kind ? kind : "");
		for (char *a, *all = name; !what && (a = strsep(&all, " "));)
			if (!strchr(a, ':') || a[strlen(a) - 1] == ':')
				fail_msg("argument %s of %s", a, event);
		rows++;
	}
	free(text);
	assert_true(rows > 100);
}

/* ---- this machine's kernel ---- */

/* Whether an older name leads to a newer one, or to what became of it. */
static bool is_explained(const char *tag, const char *old, int *with)
{
	struct said said;
	char text[256];
	bool explained;

	snprintf(text, sizeof(text), "int f(void *ctx, %s%s *s) { return sizeof(s->%s); }",
		strcmp(tag, "atomic_t") ? "struct " : "", tag, old);
	said = compile(-1, text);
	explained = !said.error || !strstr(said.error, "no member named") ||
		    strstr(said.error, "in this kernel: ") || strstr(said.error, "since Linux");
	if (!explained)
		print_error("%s\n%s\n", text, said.error);
	*with += !said.error;
	said_free(&said);
	return explained;
}

/* With sanitizers, a hundred and more texts take minutes. */
#ifdef __SANITIZE_ADDRESS__
#define STEP 8
#else
#define STEP 1
#endif

/* Each older name compiles, or the error says what became of it. */
static void test_each_row(void **state)
{
	char *text = strdup(bcc_renamed_members[0].text), *rest = text, *line;
	int rows = 0, wrong = 0, with = 0;
	struct utsname kernel;

	assert_int_equal(uname(&kernel), 0);
	if (access("/sys/kernel/btf/vmlinux", R_OK) || strverscmp(kernel.release, "6.12") < 0) {
		free(text);
		printf("SKIP: this kernel has no BTF (/sys/kernel/btf/vmlinux), or older names itself\n");
		skip();
	}
	while ((line = strsep(&rest, "\n"))) {
		char *tag, *old;

		if (!*line || *line == '#')
			continue;
		tag = column(&line);
		old = column(&line);
		assert_non_null(old);
		if (rows++ % STEP == 0)
			wrong += !is_explained(tag, old, &with);
	}
	free(text);
	print_message("%d rows, %d names compile\n", rows, with);
	assert_true(rows > 100);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old_text),
		cmocka_unit_test(test_new_text),
		cmocka_unit_test(test_functions_of_headers),
		cmocka_unit_test(test_ways_to_write_it),
		cmocka_unit_test(test_no_replacement),
		cmocka_unit_test(test_raw_arguments),
		cmocka_unit_test(test_ways_to_use_raw_arguments),
		cmocka_unit_test(test_lacking_raw_arguments),
		cmocka_unit_test(test_raw_table),
		cmocka_unit_test(test_each_row),
	};

	unsetenv("BCC_KERNEL_SOURCE");
	return cmocka_run_group_tests(tests, make_kernels, remove_kernels);
}
