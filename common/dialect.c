/* SPDX-License-Identifier: Apache-2.0 */
#include "dialect.h"

#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "read_file.h"
#include "text_place.h"

static const char *dialect_blank(const char *at)
{
	return at + strspn(at, " \t");
}

/* At "#": what follows the name of the directive, if it is that one. */
static const char *dialect_directive(const char *at, const char *name)
{
	size_t length = strlen(name);

	at = dialect_blank(at + 1);
	return strncmp(at, name, length) ? NULL : dialect_blank(at + length);
}

/* At "#": whether what SEC() is may come from here, a header beside the text or a macro of its own. */
static bool dialect_may_define_sec(const char *at)
{
	const char *include = dialect_directive(at, "include"), *define = dialect_directive(at, "define");

	return (include && *include == '"') || (define && !strncmp(define, "SEC(", 4));
}

bool bcc_dialect_is_types(const char *name, size_t length)
{
	return length >= strlen("vmlinux.h") && !memcmp(name, "vmlinux", 7) &&
	       !memcmp(name + length - 2, ".h", 2);
}

/* Whether it is one, in whichever folder. */
static bool dialect_is_header(const char *name, size_t length)
{
	static const char *const headers[] = {
		"bpf_helpers.h", "bpf_core_read.h", "bpf_tracing.h", "usdt.bpf.h"};
	static const char common[] = "scx/common.bpf.h";
	const char *base = memrchr(name, '/', length);
	size_t base_length;

	if (length == strlen(common) && !memcmp(name, common, length))
		return true;
	base = base ? base + 1 : name;
	base_length = length - (base - name);
	if (bcc_dialect_is_types(base, base_length))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++)
		if (base_length == strlen(headers[i]) && !memcmp(base, headers[i], base_length))
			return true;
	return false;
}

/* At "#": whether it includes a header of libbpf's dialect. */
static bool dialect_is_include(const char *at)
{
	at = dialect_directive(at, "include");
	if (!at || (*at != '<' && *at != '"'))
		return false;
	at++;
	return dialect_is_header(at, strcspn(at, ">\"\n"));
}

/* At SEC: ("license") and (".maps") mean libbpf's dialect; so do the members of tables, __uint(…). */
static bool dialect_is_libbpf_word(const char *word, size_t length)
{
	const char *after = dialect_blank(word + length);

	if (*after != '(')
		return false;
	if (length == 3 && !memcmp(word, "SEC", 3)) {
		after = dialect_blank(after + 1);
		return !strncmp(after, "\".maps\"", 7) || !strncmp(after, "\"license\"", 9);
	}
	return length == 6 && (!memcmp(word, "__uint", 6) || !memcmp(word, "__type", 6));
}

/* Tables with methods, and what only BCC has: a bit for the macro of that name, 0 for others. */
static uint64_t dialect_bcc_word(const char *word, size_t length)
{
	static const char *const words[] = {"BPF_TABLE", "BPF_TABLE_PUBLIC", "BPF_TABLE_SHARED",
		"BPF_TABLE_PINNED", "BPF_F_TABLE", "BPF_HASH", "BPF_LRU_HASH", "BPF_PERCPU_HASH", "BPF_ARRAY",
		"BPF_PERCPU_ARRAY", "BPF_HISTOGRAM", "BPF_PERF_OUTPUT", "BPF_PERF_ARRAY",
		"BPF_RINGBUF_OUTPUT", "BPF_USER_RINGBUF", "BPF_STACK_TRACE", "BPF_STACK_TRACE_BUILDID",
		"BPF_LPM_TRIE", "BPF_BLOOM_FILTER", "BPF_PROG_ARRAY", "BPF_CGROUP_ARRAY", "BPF_DEVMAP",
		"BPF_DEVMAP_HASH", "BPF_CPUMAP", "BPF_XSKMAP", "BPF_SOCKMAP", "BPF_SOCKHASH",
		"BPF_REUSEPORT_ARRAY", "BPF_ARRAY_OF_MAPS", "BPF_HASH_OF_MAPS", "BPF_QUEUE", "BPF_STACK",
		"BPF_QUEUESTACK", "BPF_QUEUESTACK_PUBLIC", "BPF_QUEUESTACK_SHARED", "BPF_QUEUESTACK_PINNED",
		"BPF_SK_STORAGE", "BPF_INODE_STORAGE", "BPF_TASK_STORAGE", "BPF_CGROUP_STORAGE",
		"BPF_PERCPU_CGROUP_STORAGE", "TRACEPOINT_PROBE", "RAW_TRACEPOINT_PROBE", "KFUNC_PROBE",
		"KRETFUNC_PROBE", "KMOD_RET", "MODULE_KFUNC_PROBE", "MODULE_KRETFUNC_PROBE",
		"MODULE_KMOD_RET", "LSM_PROBE", "BPF_ITER"};

	_Static_assert(ARRAY_SIZE(words) <= 64, "a bit for each");
	if (*dialect_blank(word + length) != '(')
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strncmp(word, words[i], length) && !words[i][length])
			return (uint64_t)1 << i;
	return 0;
}

static bool dialect_begins_word(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

static size_t dialect_word_length(const char *word)
{
	size_t length = 0;

	while (isalnum((unsigned char)word[length]) || word[length] == '_')
		length++;
	return length;
}

/* What the words of a text show. */
struct dialect_signs {
	uint64_t used, defined; /* macros of BCC's: those that the text defines itself are not BCC's */
	bool headers, words, own_sec;
	bool own_headers; /* it includes "…", where more may be defined */
};

static bool dialect_has_bcc(const struct dialect_signs *signs)
{
	return signs->used & ~signs->defined;
}

/* At "#". */
static void dialect_read_directive(const char *at, struct dialect_signs *signs)
{
	const char *include = dialect_directive(at, "include"), *define = dialect_directive(at, "define");

	signs->headers |= dialect_is_include(at);
	signs->own_sec |= dialect_may_define_sec(at);
	signs->own_headers |= include && *include == '"';
	if (define)
		signs->defined |= dialect_bcc_word(define, dialect_word_length(define));
}

/* Calls `include` at the file name, with its quote or <, of each #include; NULL: nobody asks. */
typedef void dialect_include_fn(void *ctx, const char *quoted);

static void dialect_read(
	const char *text, struct dialect_signs *signs, dialect_include_fn *include, void *ctx)
{
	bool line_begins = true;

	for (const char *at = text; *at && (!dialect_has_bcc(signs) || signs->own_headers);) {
		const char *after = bcc_text_skip(at);

		if (after != at) {
			at = after;
			line_begins = false;
		} else if (*at == '#' && line_begins) {
			dialect_read_directive(at, signs);
			if (include && dialect_directive(at, "include"))
				include(ctx, dialect_directive(at, "include"));
			/* of <…> a quote is no literal */
			at += strcspn(at, "\n\"/");
			line_begins = false;
		} else if (dialect_begins_word(*at)) {
			size_t length = dialect_word_length(at);

			signs->used |= dialect_bcc_word(at, length);
			signs->words |= dialect_is_libbpf_word(at, length);
			at += length;
			line_begins = false;
		} else {
			line_begins = *at == '\n' || (line_begins && isspace((unsigned char)*at));
			at++;
		}
	}
}

/* BCC's dialect has SEC() without including anything. */
static bool dialect_decide(const struct dialect_signs *signs)
{
	return !dialect_has_bcc(signs) && (signs->headers || (signs->words && signs->own_sec));
}

bool bcc_dialect_is_libbpf(const char *text)
{
	struct dialect_signs signs = {0};

	dialect_read(text, &signs, NULL, NULL);
	return dialect_decide(&signs);
}

/* ---- included files ---- */

/* No text needs more to show what it is, and a file may include itself. */
enum { DIALECT_FILES_MOST = 32, DIALECT_FILE_BYTES_MOST = 1 << 20 };

struct dialect_search {
	struct dialect_signs signs;
	const char *path; /* of the file that is being read */
	const char *const *flags;
	size_t flag_count;
	unsigned files; /* read so far */
};

static void dialect_included(void *ctx, const char *quoted);

/* Whether there is such a file. */
static bool dialect_try(
	struct dialect_search *search, const char *folder, int folder_length, const char *name, int length)
{
	const char *includer = search->path;
	char path[PATH_MAX], *text;
	size_t size;
	int room = snprintf(path, sizeof(path), "%.*s%s%.*s", folder_length, folder,
		folder_length && folder[folder_length - 1] != '/' ? "/" : "", length, name);

	if (room < 0 || (size_t)room >= sizeof(path) ||
		bcc_read_regular_file(path, DIALECT_FILE_BYTES_MOST, &text, &size))
		return false;
	search->files++;
	search->path = path;
	dialect_read(text, &search->signs, dialect_included, search);
	search->path = includer;
	free(text);
	return true;
}

static void dialect_included(void *ctx, const char *quoted)
{
	struct dialect_search *search = ctx;
	int length = strcspn(quoted + (*quoted != '\0'), "\">\n");
	const char *name = quoted + 1, *slash = strrchr(search->path, '/');

	if ((*quoted != '"' && *quoted != '<') || !length || search->files >= DIALECT_FILES_MOST ||
		(search->signs.headers && !dialect_has_bcc(&search->signs)))
		return;
	if (*quoted == '"' &&
		dialect_try(search, search->path, slash ? slash + 1 - search->path : 0, name, length))
		return;
	for (size_t i = 0; i < search->flag_count; i++) {
		const char *folder = search->flags[i];

		if (strncmp(folder, "-I", 2))
			continue;
		folder += 2;
		if (!*folder && i + 1 < search->flag_count)
			folder = search->flags[++i];
		if (*folder && dialect_try(search, folder, strlen(folder), name, length))
			return;
	}
}

bool bcc_dialect_of_file(const char *text, const char *path, const char *const *flags, size_t flag_count)
{
	struct dialect_search search = {.path = path, .flags = flags, .flag_count = flag_count};

	dialect_read(text, &search.signs, NULL, NULL);
	/* what looks like BCC's may be macros of a header beside libbpf's */
	if (dialect_decide(&search.signs) ||
		(dialect_has_bcc(&search.signs) && !(search.signs.headers && search.signs.own_headers)))
		return dialect_decide(&search.signs);
	dialect_read(text, &search.signs, dialect_included, &search);
	return dialect_decide(&search.signs);
}
