/* SPDX-License-Identifier: Apache-2.0 */
/* Programs for what trace and argdist are asked, loaded and attached to this process: which of its calls they
 * want, and what they hand over. */
#include <bcc/usdt.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "common/array.h"
#include "static_probe.h"
#include "testlib.h"
#include "tests/unit/tool_description.h"
#include "tools/lib/buffer.h"
#include "tools/lib/expr/program.h"

/* ---- what is traced ---- */

#define STRUCTS                                                                                                   \
	"struct expr_inner { long number; char text[16]; };\n"                                                    \
	"struct expr_data { int a; unsigned int low : 3, high : 5; struct expr_inner *inner; const char *name;\n" \
	"	long list[3]; };\n"

struct expr_inner {
	long number;
	char text[16];
};

struct expr_data {
	int a;
	unsigned int low : 3, high : 5;
	struct expr_inner *inner;
	const char *name;
	long list[3];
};

__attribute__((noinline, used)) static long bcc_expr_call(long a, const char *name, struct expr_data *data,
	long flag, long s, long c, long seven, long eight, const char *nine)
{
	__asm__ volatile(""
		:
		: "r"(name), "r"(data), "r"(flag), "r"(s), "r"(c), "r"(seven), "r"(eight), "r"(nine));
	return a - 4;
}

static __attribute__((noinline)) void probe(int number, const char *text)
{
#ifdef __x86_64__
	__asm__ volatile(STATIC_PROBE("bcc", "expr_probe", "0", "-4@%[number] 8@%[text]")
		:
		: [number] "r"(number), [text] "r"(text));
#else
	__asm__ volatile(STATIC_PROBE("bcc", "expr_probe", "0", "-4@%w[number] 8@%[text]")
		:
		: [number] "r"(number), [text] "r"(text));
#endif
}

static int file; /* its name is "memfd:expr" */

static void make_events(void)
{
	static volatile struct expr_inner inner = {.number = -77, .text = "inner text"};
	static volatile char name[] = "hello", nine[] = "ninth";
	struct expr_data data = {.a = -5,
		.low = 6,
		.high = 17,
		.inner = (struct expr_inner *)&inner,
		.name = (const char *)name,
		.list = {10, 20, 30}};

	/* BPF cannot read pages that have never been touched; of small arguments only the lower bits count */
	inner.number += name[0] == nine[0];
	bcc_expr_call(0x7fffffff00000000 | (unsigned)-3, (const char *)name, &data, 0x7700,
		0x12340000 | 0xfffe, 0x1fe, 7007, -8, (const char *)nine);
	probe(-2, (const char *)nine);
	syscall(SYS_getpriority, 0, 4242);
	syscall(SYS_openat, -1, name, O_RDONLY);
	if (write(file, "12345", 5) != 5)
		fail();
}

#define NAMES                                                                                                            \
	"(int a, const char *name, struct expr_data *data, bool flag, short s, unsigned char c, long seven, int eight, " \
	"char nine[])"

static const struct {
	bool needs_kprobes;
	const char *text;     /* SELF is this program, MYPID and the numbers of system calls this process's */
	const char *expected; /* NULL: it is not wanted */
} cases[] = {
	{false, "SELF:bcc_expr_call \"%d %s %hd %hhu %lld %d %s\", arg1, arg2, arg5, arg6, arg7, arg8, arg9",
		"-3 hello -2 254 7007 -8 ninth"},
	{false,
		"SELF:bcc_expr_call" NAMES
		" \"%d %s %d %d %d %ld %d %s\", a, name, flag, s, c, seven, eight, nine",
		"-3 hello 0 -2 254 7007 -8 ninth"},
	{false, "SELF:bcc_expr_call" NAMES " (a == -3 && !flag && s == -2 && c == 254 && eight < 0) \"yes\"",
		"yes"},
	{false, "SELF:bcc_expr_call" NAMES " (a > 0) \"no\"", NULL},
	{false, "SELF:bcc_expr_call ((int)arg1 < 0) \"%x\", arg1", "fffffffd"},
	{false,
		"SELF:bcc_expr_call" NAMES " \"%d %u %u %ld %s %s %ld %ld\", data->a, data->low, data->high, "
		"data->inner->number, data->inner->text, data->name, data->list[1], *(data->list + 2)",
		"-5 6 17 -77 inner text hello 20 30"},
	{false, "SELF:bcc_expr_call \"%d %ld\", ((struct expr_data *)arg3)->a, ((struct expr_data *)arg3)->inner->number",
		"-5 -77"},
	{false, "SELF:bcc_expr_call (STRCMP(\"hello\", arg2)) \"same\"", "same"},
	{false, "SELF:bcc_expr_call (STRCMP(\"hell\", arg2) || STRCMP(\"hello!\", arg2) || STRCMP(\"\", arg2)) \"\"",
		NULL},
	{false, "SELF:bcc_expr_call (STRSTR(\"ell\", arg2) && STRSTR(\"o\", arg2) && !STRSTR(\"oh\", arg2)) \"in\"",
		"in"},
	{false, "SELF:bcc_expr_call (STRCMP(\"a\", 0) || STRSTR(\"a\", 8)) \"\"", NULL},
	{false, "SELF:bcc_expr_call ($PID == MYPID && $tgid == MYPID && $pid == $tid) \"%s\", $comm", "expr"},
	{false, "SELF:bcc_expr_call \"%d %s\", $task->tgid == $PID, $task->comm", "1 expr"},
	{false, "SELF:bcc_expr_call \"%d %d\", arg7 > 7000 ? 1 : 2, (arg7 & 0xf | 1 << 8) % 100 - 3", "1 68"},
	{false, "SELF:bcc_expr_call \"%.3s|%7s|%c%%\", arg2, arg9, 'x'", "hel|  ninth|x%"},
	{false, "r:SELF:bcc_expr_call ((int)retval == -7) \"%d\", retval", "-7"},
	{false, "r:SELF:bcc_expr_call ((int)retval == -6) \"%d\", retval", NULL},
	{false,
		"r:SELF:bcc_expr_call" NAMES
		" ($latency > 0) \"%d %d %s %s %ld\", retval, $entry(a), name, nine, "
		"data->inner->number",
		"-7 -3 hello ninth -77"},
	{false, "u:SELF:bcc:expr_probe (arg1 < 0 && arg1 == -2) \"%d %s\", arg1, arg2", "-2 ninth"},
	{false, "u:SELF:expr_probe (arg1 > 0) \"no\"", NULL},
	{false, "t:raw_syscalls:sys_enter ($PID == MYPID && args->id == GETPRIORITY) \"%ld\", args->args[1]",
		"4242"},
	{false, "t:syscalls:sys_enter_getpriority ($PID == MYPID) \"%d\", args->who", "4242"},
	{false,
		"t:syscalls:sys_enter_openat ($PID == MYPID && STRCMP(\"hello\", args->filename)) \"%s\", "
		"args->filename",
		"hello"},
	{true, "sys_getpriority ($PID == MYPID) \"%d\", arg2", "4242"},
	{true, "r::sys_getpriority(int which, int who) ($PID == MYPID && who == 4242) \"%d %ld\", who, retval < 0",
		"4242 0"},
	{true,
		"vfs_write ($PID == MYPID && STRCMP(\"memfd:expr\", file->f_path.dentry->d_name.name)) \"%zu %.5s\", count, "
		"buf",
		"5 12345"},
	{true,
		"r::vfs_write ($PID == MYPID && STRCMP(\"memfd:expr\", file->f_path.dentry->d_name.name)) \"%d %d\", "
		"retval, $entry(count)",
		"5 5"},
};

/* ---- the programs ---- */

enum { WORDS = 96 };

struct room {
	uint64_t sent;
	uint64_t words[WORDS];
};

static const char prelude[] = STRUCTS
	"#include <linux/sched.h>\n"
	"#include <linux/fs.h>\n"
	"struct room { u64 sent; u64 words[96]; };\n"
	"BPF_ARRAY(rooms, struct room, 64);\n"
	"BPF_HASH(calls, u64, struct expr_call);\n"
	"#define EXPR_WANTED(number) (bpf_get_current_pid_tgid() >> 32 == PID)\n"
	"#define EXPR_VALUES(number, type) ({ u32 slot = number; struct room *r = rooms.lookup(&slot); \\\n"
	"	r ? (type *)r->words : NULL; })\n"
	"#define EXPR_SEND(ctx, number, values) ({ u32 slot = number; struct room *r = rooms.lookup(&slot); \\\n"
	"	if (r) r->sent++; })\n"
	"#define EXPR_ENTER(ctx, number, kernel, call) ({ u64 id = bpf_get_current_pid_tgid() << 8 | number; \\\n"
	"	(call)->begin = bpf_ktime_get_ns(); calls.update(&id, call); })\n"
	"#define EXPR_LEAVE(ctx, number, kernel, call) ({ u64 id = bpf_get_current_pid_tgid() << 8 | number; \\\n"
	"	struct expr_call *found = calls.lookup(&id); if (found) *(call) = *found; found != NULL; })\n";

static char self[PATH_MAX];

struct traced {
	char *asked;
	struct spec spec;
	struct program program;
};

static struct traced traced[ARRAY_SIZE(cases)];

static bool is_left_out(size_t i)
{
	return cases[i].needs_kprobes && !have_kprobes();
}

/* Puts in what is only known now. */
static char *fill_in(const char *text)
{
	const struct {
		const char *name;
		int number;
	} numbers[] = {{"MYPID", getpid()}, {"GETPRIORITY", SYS_getpriority}};
	struct buffer b = {0};

	while (*text) {
		size_t i = 0;

		if (!strncmp(text, "SELF", 4)) {
			buffer_text(&b, self);
			text += 4;
			continue;
		}
		while (i < ARRAY_SIZE(numbers) &&
			strncmp(text, numbers[i].name, strlen(numbers[i].name)) != 0)
			i++;
		if (i == ARRAY_SIZE(numbers)) {
			buffer_char(&b, *text++);
			continue;
		}
		buffer_printf(&b, "%d", numbers[i].number);
		text += strlen(numbers[i].name);
	}
	buffer_char(&b, '\0');
	return b.data;
}

static void add_file(struct buffer *to, const char *path)
{
	FILE *f = fopen(path, "r");
	size_t got;

	assert_non_null(f);
	do {
		got = fread(buffer_reserve(to, 4096), 1, 4096, f);
		to->size += got;
	} while (got);
	fclose(f);
}

static void write_program(struct buffer *to, size_t i)
{
	struct traced *t = &traced[i];
	struct probe_error error;
	char name[16];

	snprintf(name, sizeof(name), "p%zu", i);
	t->asked = fill_in(cases[i].text);
	if (spec_read_trace(&t->spec, t->asked, &error) ||
		program_write(to, &t->spec, name, i, &(struct program_options){0}, &t->program, &error))
		fail_msg("%s: column %u: %s", t->asked, error.column, error.why);
	assert_true(t->program.size <= WORDS * sizeof(uint64_t));
}

static void attach(struct bcc *b, const struct probe *p, const char *name, bool at_return)
{
	int ret;

	if (p->kind == PROBE_TRACEPOINT)
		ret = bcc_attach_tracepoint(b, name, p->place, p->name, NULL);
	else if (p->kind == PROBE_USDT)
		ret = bcc_attach_usdt(b, name, p->place, p->provider, p->name,
			&BCC_OPTS(struct bcc_usdt_opts, .pid = getpid()), NULL);
	else if (p->kind == PROBE_USER)
		ret = bcc_attach_uprobe(b, name, p->place,
			&BCC_OPTS(struct bcc_uprobe_opts, .symbol = p->name, .retprobe = at_return), NULL);
	else
		ret = bcc_attach_kprobe(
			b, name, p->name, &BCC_OPTS(struct bcc_kprobe_opts, .retprobe = at_return), NULL);
	if (ret < 0)
		fail_msg("%s: %s", name, bcc_error(b));
}

static struct bcc *open_programs(void)
{
	struct buffer text = {0};
	struct bcc *b;

	add_file(&text, HEADER);
	buffer_text(&text, prelude);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (!is_left_out(i))
			write_program(&text, i);
	buffer_char(&text, '\0');
	b = open_test_text(text.data, NULL);
	buffer_free(&text);
	return b;
}

/* ---- what they hand over ---- */

static void check_message(size_t i, const struct room *room)
{
	const struct traced *t = &traced[i];
	struct buffer message = {0};

	assert_int_equal(room->sent, cases[i].expected != NULL);
	for (size_t n = 0; n < t->program.count && room->sent; n++) {
		const struct program_field *field = &t->program.fields[n];
		const struct format_conversion *c = &t->spec.format.conversions[n];
		const char *value = (const char *)room->words + field->offset;
		uint64_t number;

		buffer_add(&message, c->before, c->before_size);
		memcpy(&number, value, sizeof(number));
		if (field->is_text)
			format_add_text(&message, c, value, field->size);
		else
			format_add_number(&message, c, number);
	}
	buffer_add(&message, t->spec.format.after, t->spec.format.after_size);
	buffer_char(&message, '\0');
	if (room->sent && strcmp(message.data, cases[i].expected) != 0)
		fail_msg("%s\n'%s', not '%s'", t->asked, message.data, cases[i].expected);
	buffer_free(&message);
}

static void test_values(void **state)
{
	struct bcc *b = open_programs();
	struct bcc_table *rooms = bcc_table_find(b, "rooms");

	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (is_left_out(i))
			continue;
		attach(b, &traced[i].spec.probe, traced[i].program.name, traced[i].spec.probe.at_return);
		if (traced[i].program.entry_name)
			attach(b, &traced[i].spec.probe, traced[i].program.entry_name, false);
	}
	make_events();
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct room room;

		if (is_left_out(i))
			continue;
		expect_return(b, bcc_table_get(rooms, &i, sizeof(i), &room, sizeof(room)), 0);
		if (room.sent != (cases[i].expected != NULL))
			fail_msg("%s: %d times", traced[i].asked, (int)room.sent);
		check_message(i, &room);
	}
	bcc_close(b);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		spec_free(&traced[i].spec);
		program_free(&traced[i].program);
		free(traced[i].asked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_values)};

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	pthread_setname_np(pthread_self(), "expr");
	file = memfd_create("expr", MFD_CLOEXEC);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
