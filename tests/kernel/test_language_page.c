/* SPDX-License-Identifier: Apache-2.0 */
/* docs/language.md: each of its snippets is compiled, and its programs are loaded. A test is named after the
 * entry it is in. */
#include "testlib.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "common/array.h"
#include "common/program_kind.h"

struct snippet {
	char name[160]; /* "Maps, 2. BPF_HASH (line 7)" */
	char *text;
};

/* The number of numbered entries in each part of the list, in order. */
static const struct part {
	const char *name;
	unsigned entries;
} parts[] = {
	{"Events & Arguments", 12},
	{"Data", 12},
	{"Debugging", 1},
	{"Output", 9},
	{"Maps", 34},
	{"Licensing", 0},
	{"Rewriter", 0},
	{"BPF Errors", 2},
	{"Environment Variables", 2},
	{"Beyond the guide", 0},
};

enum { PARTS = ARRAY_SIZE(parts), SNIPPETS_MAX = 300 };

static struct snippet snippets[SNIPPETS_MAX];
static size_t snippet_count;
static unsigned entries_seen[PARTS], snippets_seen[PARTS], out_of_order;
static int part_at = -1;

static char *page_text(void)
{
	int fd = open(LANGUAGE_PAGE, O_RDONLY | O_CLOEXEC);
	struct stat status;
	char *text;

	if (fd < 0 || fstat(fd, &status))
		return NULL;
	text = calloc(1, status.st_size + 1);
	if (text && read(fd, text, status.st_size) != status.st_size)
		return NULL;
	close(fd);
	return text;
}

static void enter_part(const char *heading)
{
	part_at++;
	if (part_at >= PARTS || strcmp(heading, parts[part_at].name)) {
		out_of_order++;
		part_at = part_at < PARTS ? part_at : PARTS - 1;
	}
}

static void enter_entry(const char *heading)
{
	unsigned number = strtoul(heading, NULL, 10);

	if (part_at < 0 || !parts[part_at].entries)
		return;
	out_of_order += number != ++entries_seen[part_at];
}

/* Takes the lines up to the closing fence; the compiler is told where they are. */
static void take_snippet(char **rest, unsigned *line_number, const char *entry)
{
	struct snippet *s = &snippets[snippet_count];
	size_t size;
	FILE *out = open_memstream(&s->text, &size);
	char *line;

	if (!out || part_at < 0 || snippet_count == SNIPPETS_MAX)
		abort();
	snippet_count++;
	snippets_seen[part_at]++;
	snprintf(s->name, sizeof(s->name), "%s, %s (line %u)", parts[part_at].name, entry, *line_number + 1);
	fprintf(out, "#line %u \"language.md\"\n", *line_number + 1);
	while ((line = strsep(rest, "\n")) && strcmp(line, "```")) {
		++*line_number;
		fprintf(out, "%s\n", line);
	}
	++*line_number;
	fclose(out);
}

static void read_page(char *text)
{
	char *line, *rest = text;
	const char *entry = "";

	for (unsigned number = 1; (line = strsep(&rest, "\n")); number++) {
		if (!strncmp(line, "## ", 3)) {
			enter_part(line + 3);
			entry = line + 3;
		} else if (!strncmp(line, "### ", 4)) {
			enter_entry(line + 4);
			entry = line + 4;
		} else if (!strcmp(line, "```c")) {
			take_snippet(&rest, &number, entry);
		}
	}
}

static void page_lists_everything(void **state)
{
	assert_int_equal(out_of_order, 0);
	assert_int_equal(part_at, PARTS - 1);
	for (int i = 0; i < PARTS; i++) {
		if (entries_seen[i] != parts[i].entries)
			fail_msg("%s has %u entries instead of %u", parts[i].name, entries_seen[i],
				parts[i].entries);
		if (!snippets_seen[i] && strcmp(parts[i].name, "Environment Variables"))
			fail_msg("%s has no snippet", parts[i].name);
	}
}

/* Every kind of program is listed, by its section and by its prefix of function names. */
static void page_lists_all_kinds(void **state)
{
	char *text = page_text(), wanted[64];

	assert_non_null(text);
	for (size_t i = 0; i < BCC_KINDS; i++) {
		const struct bcc_program_kind *kind = &bcc_program_kinds[i];

		snprintf(wanted, sizeof(wanted), "`%s`", kind->section);
		if (!strstr(text, wanted))
			fail_msg("the page does not list the section %s", wanted);
		snprintf(wanted, sizeof(wanted), "`%s…`", kind->function);
		if (kind->function && !strstr(text, wanted))
			fail_msg("the page does not list functions named %s", wanted);
	}
	free(text);
}

/* What the type of a function's first argument tells about the program, if its name does not. */
static int type_by_context(const char *text, const char *function)
{
	size_t length = strlen(function);

	for (const char *at = text; (at = strstr(at, function)); at++) {
		const char *name = at[length] == '(' ? strstr(at, "struct ") : NULL, *end = strpbrk(at, ",)");
		const struct bcc_program_context *context;

		if (!name || !end || name > end)
			continue;
		name += strlen("struct ");
		context = bcc_program_context_find(name, strcspn(name, " *"));
		if (context && context->type)
			return context->type;
	}
	return BCC_PROG_TYPE_AUTO;
}

static void load(struct bcc *b, struct bcc_program *p, const char *text)
{
	int fd = bcc_program_load(p, BCC_PROG_TYPE_AUTO, NULL);

	if (fd == -EINVAL && strstr(bcc_error(b), "does not tell the type"))
		fd = bcc_program_load(p, type_by_context(text, bcc_program_name(p)), NULL);
	if (fd >= 0)
		return;
	if (fd == -EINVAL && strstr(bcc_error(b), "call bpf_override_return")) {
		bcc_close(b);
		test_too_old("this kernel has no CONFIG_BPF_KPROBE_OVERRIDE");
	}
	if (fd == -EPERM && strstr(bcc_error(b), "trampoline")) {
		bcc_close(b);
		test_missing("this kernel refuses trampolines");
	}
	fail_msg("%s cannot be loaded: %s", bcc_program_name(p), bcc_error(b));
}

static void snippet_works(void **state)
{
	const struct snippet *s = *state;
	struct bcc *b = open_test_text(s->text, NULL);

	if (!bcc_program_count(b) && !bcc_table_count(b))
		fail_msg("there is nothing in it");
	for (size_t i = 0; i < bcc_program_count(b); i++)
		load(b, bcc_program_at(b, i), s->text);
	bcc_close(b);
}

int main(void)
{
	enum { OTHERS = 2 };
	static struct CMUnitTest tests[SNIPPETS_MAX + OTHERS] = {
		cmocka_unit_test(page_lists_everything),
		cmocka_unit_test(page_lists_all_kinds),
	};
	char *text = page_text();
	int failed;

	if (geteuid()) {
		printf("SKIP: loading BPF programs needs root\n");
		return getenv("BCC_TEST_NO_SKIP") ? 1 : 77;
	}
	if (!text) {
		printf("%s cannot be read: %s\n", LANGUAGE_PAGE, strerror(errno));
		return 1;
	}
	/* what snippets pin goes away with this process */
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL)) {
		printf("no bpf file system of its own: %s\n", strerror(errno));
		return 1;
	}
	read_page(text);
	for (size_t i = 0; i < snippet_count; i++)
		tests[i + OTHERS] =
			(struct CMUnitTest){snippets[i].name, snippet_works, NULL, NULL, &snippets[i]};
	failed = _cmocka_run_group_tests("language.md", tests, snippet_count + OTHERS, NULL, NULL);
	for (size_t i = 0; i < snippet_count; i++)
		free(snippets[i].text);
	free(text);
	return failed;
}
