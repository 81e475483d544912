/* SPDX-License-Identifier: Apache-2.0 */
/* A handle from its text to bcc_close(). */
#include "handle.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/dialect.h"
#include "common/cleanup.h"
#include "common/options.h"
#include "common/read_file.h"
#include "libbcc/attach/detach.h"
#include "libbcc/compile/compile.h"
#include "libbcc/object/object.h"
#include "libbcc/stream/stream.h"
#include "libbcc/stream/trace_pipe.h"
#include "libbcc/symbols/elf/elf_table.h"
#include "log.h"

const char *bcc_version(void)
{
	return BCC_VERSION;
}

const char *bcc_error(const struct bcc *b)
{
	if (!b || (b->err.code && !b->err.text))
		return "out of memory";
	return b->err.text ? b->err.text : "";
}

static struct bcc *new_handle(void)
{
	struct bcc *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->btf_fd = -1;
	b->tracefs_fd = -1;
	b->cancel_fd = -1;
	return b;
}

void bcc_close(struct bcc *b)
{
	if (!b)
		return;
	bcc_links_detach(b, NULL);
	bcc_elf_table_put(b->matched);
	bcc_streams_free(b);
	bcc_trace_free(b);
	bcc_object_close(b);
	if (b->tracefs_fd >= 0)
		close(b->tracefs_fd);
	bcc_err_clear(&b->err);
	free(b->warnings);
	free(b->text);
	free(b->name);
	free(b->maps_namespace);
	free(b->btf_path);
	free(b);
}

static int apply_options(
	struct bcc *b, struct bcc_open_opts *opts, const struct bcc_open_opts *given, const char *name)
{
	int ret = bcc_opts(&b->err, opts, sizeof(*opts), given);

	if (ret < 0)
		return ret;
	if (opts->cflags_count && !opts->cflags)
		return bcc_fail(
			&b->err, -EINVAL, "cflags_count is %zu, but cflags is NULL", opts->cflags_count);
	for (size_t i = 0; i < opts->cflags_count; i++)
		if (!opts->cflags[i])
			return bcc_fail(
				&b->err, -EINVAL, "flag %zu of %zu is NULL", i + 1, opts->cflags_count);
	b->log = opts->log;
	b->log_ctx = opts->log_ctx;
	b->debug = opts->debug;
	b->portable = opts->portable;
	b->cancel_fd = opts->cancel_fd > 0 ? opts->cancel_fd : -1;
	b->name = strdup(opts->name ? opts->name : name);
	b->maps_namespace = strdup(opts->maps_namespace ? opts->maps_namespace : "");
	b->btf_path = opts->btf_path ? strdup(opts->btf_path) : NULL;
	return b->name && b->maps_namespace && (b->btf_path || !opts->btf_path)
		       ? 0
		       : bcc_fail(&b->err, -ENOMEM, "out of memory");
}

static bool is_blank(const char *text)
{
	return !text || text[strspn(text, " \t\r\n\f\v")] == '\0';
}

static int open_compiled(struct bcc *b, const void *object, size_t size, const struct bcc_open_opts *opts)
{
	int ret;

	if (opts->deferred)
		ret = bcc_object_keep(b, object, size);
	else
		ret = bcc_object_read(b, object, size);
	if (ret == 0 && !opts->deferred)
		ret = bcc_object_create(b);
	if (ret < 0)
		bcc_object_close(b); /* only the error remains in the handle */
	return ret;
}

static int open_text(struct bcc *b, const char *text, const struct bcc_open_opts *opts)
{
	struct bcc_compiled compiled;
	BCC_LOG_SCOPE(b);
	int ret;

	if (is_blank(text))
		return bcc_fail(&b->err, -EINVAL, "%s: the text is empty", b->name);
	b->text = strdup(text);
	if (!b->text)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	if (opts->dialect < BCC_DIALECT_AUTO || opts->dialect > BCC_DIALECT_LIBBPF)
		return bcc_fail(
			&b->err, -EINVAL, "there is no dialect %d: see enum bcc_dialect", opts->dialect);
	b->libbpf = opts->dialect == BCC_DIALECT_LIBBPF;
	if (opts->dialect == BCC_DIALECT_AUTO)
		b->libbpf = bcc_dialect_of_file(text, b->name, opts->cflags, opts->cflags_count);
	if (b->btf_path && !b->libbpf && !b->portable)
		return bcc_fail(&b->err, -EINVAL,
			"%s: btf_path is for what is relocated by types, and a text in BCC's dialect is only if it is portable",
			b->name);
	ret = bcc_compile(b, text, opts, &compiled);
	if (ret < 0)
		return ret;
	ret = open_compiled(b, compiled.object, compiled.size, opts);
	bcc_compiled_free(&compiled);
	return ret;
}

int bcc_create(struct bcc *b)
{
	return b ? bcc_object_create(b) : -EINVAL;
}

/* Makes the handle of a call that opens one, and takes its options. Returns 0, or a negative errno: then
 * there is no handle, or it carries the error. */
static int open_begin(
	struct bcc **out, struct bcc_open_opts *o, const struct bcc_open_opts *opts, const char *name)
{
	if (!out)
		return -EINVAL;
	*out = new_handle();
	return *out ? apply_options(*out, o, opts, name) : -ENOMEM;
}

int bcc_open_empty(struct bcc **out)
{
	return open_begin(out, &(struct bcc_open_opts){0}, NULL, "");
}

int bcc_open_text(const char *text, const struct bcc_open_opts *opts, struct bcc **out)
{
	struct bcc_open_opts o;
	struct bcc *b;
	int ret;

	ret = open_begin(out, &o, opts, "text.c");
	if (ret < 0)
		return ret;
	b = *out;
	if (!text)
		return bcc_fail(&b->err, -EINVAL, "%s: the text is NULL", b->name);
	return open_text(b, text, &o);
}

/* Of another origin than this library's compiler. */
static int open_object(struct bcc *b, const void *object, size_t size, const struct bcc_open_opts *opts)
{
	BCC_LOG_SCOPE(b);
	int ret;

	b->libbpf = b->portable = true;
	ret = bcc_object_check_origin(object, size, &b->err);
	if (ret == 0)
		ret = open_compiled(b, object, size, opts);
	return ret < 0 ? bcc_fail_prefix(&b->err, "%s", b->name) : 0;
}

int bcc_open_object(const void *object, size_t bytes, const struct bcc_open_opts *opts, struct bcc **out)
{
	struct bcc_open_opts o;
	struct bcc *b;
	int ret;

	ret = open_begin(out, &o, opts, "object.bpf.o");
	if (ret < 0)
		return ret;
	b = *out;
	if (!object)
		return bcc_fail(&b->err, -EINVAL, "%s: the object is NULL", b->name);
	return open_object(b, object, bytes, &o);
}

static int open_bytes(
	struct bcc *b, const char *path, const char *bytes, size_t size, const struct bcc_open_opts *opts)
{
	if (size >= SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG))
		return open_object(b, bytes, size, opts);
	if (strlen(bytes) != size)
		return bcc_fail(&b->err, -EINVAL, "%s is not a text file: it has a zero byte at offset %zu",
			path, strlen(bytes));
	return open_text(b, bytes, opts);
}

int bcc_open_file(const char *path, const struct bcc_open_opts *opts, struct bcc **out)
{
	bcc_auto_free char *bytes = NULL;
	bcc_auto_fd int fd = -1;
	struct bcc_open_opts o;
	size_t size = 0;
	struct bcc *b;
	int ret;

	ret = open_begin(out, &o, opts, path ? path : "");
	if (ret < 0)
		return ret;
	b = *out;
	if (!path)
		return bcc_fail(&b->err, -EINVAL, "the path is NULL");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return bcc_fail(&b->err, -errno, "%s cannot be opened: %s", path, strerror(errno));
	ret = bcc_read_text(fd, &bytes, &size);
	if (ret < 0)
		return bcc_fail(&b->err, ret, "%s cannot be read: %s", path, strerror(-ret));
	return open_bytes(b, path, bytes, size, &o);
}
