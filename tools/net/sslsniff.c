/* SPDX-License-Identifier: Apache-2.0 */
#include "sslsniff.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "common/array.h"
#include "mapped.h"
#include "settings.h"
#include "tool.h"

static bool no_openssl, no_gnutls, no_nss, with_latency, with_handshake, hexdump;
static uint64_t most = 8192;

/* ---- libraries ---- */

struct sslsniff_function {
	const char *name, *enter, *leave;
	bool optional;	/* older libraries do not have it */
	bool handshake; /* only if that is wanted */
};

static const struct sslsniff_library {
	const char *name;  /* for --extra-lib */
	const char *files; /* how their names begin */
	const char *usual; /* for the dynamic linker */
	const bool *unwanted;
	struct sslsniff_function functions[6];
} libraries[] = {
	{"openssl", "libssl.so", "ssl", &no_openssl,
		{{"SSL_read", "enter_read", "leave_read", false, false},
			{"SSL_write", "enter_write", "leave_write", false, false},
			{"SSL_read_ex", "enter_read_ex", "leave_read", true, false},
			{"SSL_write_ex", "enter_write_ex", "leave_write", true, false},
			{"SSL_do_handshake", "enter_handshake", "leave_handshake", true, true}}},
	{"gnutls", "libgnutls.so", "gnutls", &no_gnutls,
		{{"gnutls_record_recv", "enter_read", "leave_read", false, false},
			{"gnutls_record_send", "enter_write", "leave_write", false, false}}},
	{"nss", "libnspr4.so", "nspr4", &no_nss,
		{{"PR_Read", "enter_read", "leave_read", false, false},
			{"PR_Recv", "enter_read", "leave_read", false, false},
			{"PR_Write", "enter_write", "leave_write", false, false},
			{"PR_Send", "enter_write", "leave_write", false, false}}},
};

/* What --extra-lib has named. */
static struct sslsniff_extra {
	const struct sslsniff_library *library;
	const char *path;
} extras[16];
static size_t extra_count;

static void sslsniff_extra(const char *argument)
{
	const char *path = strchr(argument, ':');

	for (size_t i = 0; path && i < ARRAY_SIZE(libraries); i++) {
		if (strlen(libraries[i].name) != (size_t)(path - argument) ||
			strncmp(libraries[i].name, argument, path - argument) != 0)
			continue;
		if (access(path + 1, R_OK))
			tool_usage("cannot read %s: %s", path + 1, strerror(errno));
		if (extra_count == ARRAY_SIZE(extras))
			tool_usage("at most %zu libraries", ARRAY_SIZE(extras));
		extras[extra_count++] = (struct sslsniff_extra){&libraries[i], path + 1};
		return;
	}
	tool_usage("'%s' is not openssl:PATH, gnutls:PATH or nss:PATH", argument);
}

static int sslsniff_attach_function(struct bcc *b, const char *path, const struct sslsniff_function *f)
{
	/* the return first: nothing is recorded that could not be reported */
	int ret = bcc_attach_uprobe(b, f->leave, path,
		&BCC_OPTS(struct bcc_uprobe_opts, .symbol = f->name, .retprobe = true), NULL);

	if (!ret)
		ret = bcc_attach_uprobe(
			b, f->enter, path, &BCC_OPTS(struct bcc_uprobe_opts, .symbol = f->name), NULL);
	return ret == -ENOENT && f->optional ? 0 : ret;
}

static int sslsniff_attach(struct bcc *b, const char *path, const struct sslsniff_library *library)
{
	int ret = 0;

	for (const struct sslsniff_function *f = library->functions; f->name && !ret; f++)
		if (!f->handshake || (with_latency && with_handshake))
			ret = sslsniff_attach_function(b, path, f);
	return ret;
}

struct sslsniff_search {
	struct bcc *b;
	const struct sslsniff_library *library;
	int count; /* of files */
};

static const struct sslsniff_library *searched;

static bool sslsniff_is_library(const char *name)
{
	return !strncmp(name, searched->files, strlen(searched->files));
}

static int sslsniff_found(void *ctx, const char *path, const char *origin)
{
	struct sslsniff_search *search = ctx;
	int ret = sslsniff_attach(search->b, path, search->library);

	if (tool_is_verbose())
		tool_warn("%s: %s", origin, ret ? bcc_error(search->b) : "traced");
	/* its process may have ended meanwhile */
	search->count += !ret;
	return 0;
}

/* The files that are in use, and the one that processes will use that start later. Returns how many. */
static int sslsniff_search(struct bcc *b, const struct sslsniff_library *library)
{
	struct sslsniff_search search = {.b = b, .library = library};

	searched = library;
	mapped_each(sslsniff_is_library, sslsniff_found, &search);
	/* if it was found, this is the same place once more: the text reports it once */
	return search.count + !sslsniff_attach(b, library->usual, library);
}

static int sslsniff_attached(struct bcc *b)
{
	int count = 0, ret;

	for (size_t i = 0; i < extra_count; i++) {
		ret = sslsniff_attach(b, extras[i].path, extras[i].library);
		if (ret) {
			tool_warn("%s", bcc_error(b));
			return ret;
		}
		count++;
	}
	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++)
		if (!*libraries[i].unwanted)
			count += sslsniff_search(b, &libraries[i]);
	if (count)
		return 0;
	tool_warn("none of the libraries is here or in use; --extra-lib names programs that contain one");
	return -ENOENT;
}

/* ---- rows ---- */

static bool sslsniff_wanted(const struct tool_row *row)
{
	return row->size - offsetof(struct event, data) >= ((const struct event *)row->data)->copied;
}

static void sslsniff_function(const struct tool_row *row, struct value *value)
{
	static const char *const names[] = {"READ/RECV", "WRITE/SEND", "HANDSHAKE"};
	const struct event *e = row->data;
	const char *name = e->kind < ARRAY_SIZE(names) ? names[e->kind] : "?";

	value_text(value, name, strlen(name));
}

static void sslsniff_data(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_text(value, e->data, e->copied);
	value->more = e->copied < e->length;
	if (e->kind == SSLSNIFF_HANDSHAKE)
		value->kind = VALUE_NONE;
}

enum { HEX_BYTES = 16 }; /* of a line */

static void sslsniff_add_hex(struct buffer *b, const unsigned char *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		buffer_printf(b, "%02x", data[i]);
		if (i % HEX_BYTES == HEX_BYTES - 1 || i + 1 == size)
			buffer_char(b, '\0');
	}
}

/* Lines of text, as most protocols have them. */
static void sslsniff_add_lines(struct buffer *b, const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (data[i] == '\r' && i + 1 < size && data[i + 1] == '\n')
			continue;
		if (!data[i])
			buffer_text(b, "\\x00");
		else
			buffer_char(b, data[i] == '\n' ? '\0' : data[i]);
	}
	if (size && data[size - 1] != '\n')
		buffer_char(b, '\0');
}

/* The data between two lines of BCC's. */
static void sslsniff_block(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static struct buffer b;

	b.size = 0;
	buffer_text(&b, "----- DATA -----");
	buffer_char(&b, '\0');
	if (hexdump)
		sslsniff_add_hex(&b, (const unsigned char *)e->data, e->copied);
	else
		sslsniff_add_lines(&b, e->data, e->copied);
	buffer_text(&b, "----- END DATA ");
	if (e->kind != SSLSNIFF_HANDSHAKE && e->copied < e->length)
		buffer_printf(&b, "(TRUNCATED, %" PRIu64 " bytes lost) ", e->length - e->copied);
	buffer_text(&b, "-----");
	buffer_char(&b, '\0');
	value->kind = VALUE_LIST;
	value->text = b.data;
	value->length = b.size;
	value->more = false;
}

static const struct tool_column columns[] = {
	COLUMN_BY("FUNC", -12, VALUE_TEXT, sslsniff_function, "what was called"),
	COLUMN_TIME("TIME(s)", -18, "when it returned, in seconds since the first", .format = COLUMN_SECONDS,
		.digits = 9),
	COLUMN("COMM", -16, task.comm, "name of the thread"),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN("LEN", -7, length, "bytes of the data", .json = "length"),
	COLUMN("UID", -7, task.uid, "user", .hidden = true, .in_json = true),
	COLUMN("TID", -7, task.tid, "thread", .hidden = true, .in_json = true),
	COLUMN_DURATION("LAT(ms)", -7, delay, "time that the call took", .format = COLUMN_MS, .digits = 3,
		.hidden = true, .in_json = true),
	COLUMN_BY("DATA", 0, VALUE_TEXT, sslsniff_data, "the data in plain text", .hidden = true,
		.in_json = true),
	COLUMN_BY("BLOCK", 0, VALUE_LIST, sslsniff_block, "the data between two lines", .below = "",
		.not_in_json = true),
	{0},
};

static const struct tool_view view = {
	.columns = columns, .bytes = offsetof(struct event, data), .wanted = sslsniff_wanted};

/* ---- the tool ---- */

static void sslsniff_set_up(void)
{
	tool_set_number("most", most);
}

static bool sslsniff_needs(const char *program)
{
	return !strstr(program, "handshake") || (with_latency && with_handshake);
}

static const struct tool_option options[] = {
	OPTION_LETTER('c', "comm"),
	OPTION_FLAG('x', "extra", "columns with user and thread", .columns = "UID TID"),
	OPTION_FLAG('o', "no-openssl", "not calls of OpenSSL", .value = &no_openssl),
	OPTION_FLAG('g', "no-gnutls", "not calls of GnuTLS", .value = &no_gnutls),
	OPTION_FLAG('n', "no-nss", "not calls of NSS, which are those of NSPR", .value = &no_nss),
	SETTINGS_OPTION_PRINT_TEXT('d'),
	OPTION_FLAG(0, "hexdump", "data in hexadecimal", .value = &hexdump),
	OPTION_NUMBER(0, "max-buffer-size", "BYTES", 1, SSLSNIFF_MOST - 1,
		"so much of the data of a call; default: 8192", .value = &most),
	OPTION_FLAG('l', "latency", "column with the time that calls take", .value = &with_latency,
		.columns = "LAT(ms)"),
	OPTION_FLAG(0, "handshake", "with -l, handshakes of OpenSSL too", .value = &with_handshake),
	OPTION_CUSTOM(0, "extra-lib", "TYPE:PATH", sslsniff_extra,
		"another library, or a program that contains one; TYPE: openssl, gnutls or nss; may be repeated"),
	{0},
};

const struct tool tool = {
	.name = "sslsniff",
	.purpose = "Shows what processes send and receive over encrypted connections, in plain text.",
	.details =
		"Calls of OpenSSL, GnuTLS and NSS are traced, in all files of these libraries that processes use when "
		"the tool starts, also those in containers, and in those that the dynamic linker finds. "
		"Programs that are linked with a library of their own, such as Node.js, have to be named by "
		"--extra-lib. What NSS does is only known by functions for any connection (PR_Read() and its like), so that "
		"data which is not encrypted is shown too.",
	.examples = {{"-p 1234", "of one process"},
		{"-c curl -o", "of curl, by other libraries than OpenSSL"},
		{"--extra-lib openssl:/usr/bin/node", "of Node.js too"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = sslsniff_set_up,
	.needs = sslsniff_needs,
	.attached = sslsniff_attached,
};
