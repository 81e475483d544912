/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks that programs have recorded in BPF_STACK_TRACE tables. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include <bcc/symbols.h>
#include <bpf/bpf.h>

#include "common/options.h"
#include "libbcc/table/table.h"

#define MAX_DEPTH 1024 /* more than any reasonable kernel.perf_event_max_stack */
#define NO_STACK_LINE "[lost]"

static bool has_build_ids(const struct bcc_table *t)
{
	return t->flags & BPF_F_STACK_BUILD_ID;
}

/* Reads the stack's bytes; returns how many frames the table has room for, or the error that the id stands
 * for. */
static int read_stack(struct bcc_table *t, int64_t id, void *value, size_t frame_size)
{
	struct bcc_err *err = &t->owner->err;
	uint32_t key = (uint32_t)id;
	int code;

	if (t->type != BPF_MAP_TYPE_STACK_TRACE || t->value_size > MAX_DEPTH * frame_size ||
		t->value_size % frame_size)
		return bcc_fail(err, -EINVAL, "table \"%s\" does not hold stacks%s", t->name,
			frame_size == sizeof(uint64_t) ? "" : " of build IDs");
	if (id == -EEXIST)
		return bcc_fail(err, -EEXIST,
			"the stack was lost: another stack has taken its slot in table \"%s\" (%u entries); make the table larger",
			t->name, t->max_entries);
	if (id < 0)
		return bcc_fail(err, id < INT32_MIN ? -EINVAL : (int)id, "no stack was recorded: %s",
			id == -EFAULT ? "there was no stack of that kind" : strerror((int)-id));
	code = bpf_map_lookup_elem(t->fd, &key, value);
	if (code)
		return bcc_table_fail(t, code, "reading a stack of");
	return (int)(t->value_size / frame_size);
}

int bcc_stack_read(struct bcc_table *t, int64_t id, uint64_t *addresses, size_t room)
{
	uint64_t frames[MAX_DEPTH];
	int count, depth = 0;

	if (!t || (!addresses && room))
		return -EINVAL;
	if (has_build_ids(t))
		return bcc_fail(&t->owner->err, -EINVAL,
			"table \"%s\" has build IDs: read it with bcc_stack_read_build_ids()", t->name);
	count = read_stack(t, id, frames, sizeof(*frames));
	if (count < 0)
		return count;
	for (; depth < count && frames[depth]; depth++)
		if ((size_t)depth < room)
			addresses[depth] = frames[depth];
	return depth;
}

int bcc_stack_read_build_ids(struct bcc_table *t, int64_t id, struct bcc_build_id_frame *frames, size_t room)
{
	struct bpf_stack_build_id raw[MAX_DEPTH];
	int count, depth = 0;

	if (!t || (!frames && room))
		return -EINVAL;
	if (!has_build_ids(t))
		return bcc_fail(&t->owner->err, -EINVAL,
			"table \"%s\" has addresses: read it with bcc_stack_read()", t->name);
	count = read_stack(t, id, raw, sizeof(*raw));
	if (count < 0)
		return count;
	for (; depth < count && raw[depth].status != BPF_STACK_BUILD_ID_EMPTY; depth++) {
		if ((size_t)depth >= room)
			continue;
		frames[depth].has_build_id = raw[depth].status == BPF_STACK_BUILD_ID_VALID;
		memcpy(frames[depth].build_id, raw[depth].build_id, sizeof(frames[depth].build_id));
		frames[depth].offset = raw[depth].offset; /* a union with the address */
	}
	return depth;
}

/* ---- one line ---- */

struct line {
	char *buf;
	size_t size, length; /* length: of the complete line, even if it did not fit */
};

static void put_bytes(struct line *line, const char *text, size_t length)
{
	if (line->length < line->size) {
		size_t room = line->size - line->length;

		memcpy(line->buf + line->length, text, length < room ? length : room);
	}
	line->length += length;
}

/* Writes a field of the line, replacing separators in it. */
static void put_field(struct line *line, const char *text)
{
	if (line->length)
		put_bytes(line, ";", 1);
	for (; *text; text++)
		put_bytes(line, *text == ';' ? ":" : *text == '\n' ? " " : text, 1);
}

static void put_name(struct line *line, const struct bcc_symbol_info *info, const struct bcc_fold_opts *opts,
	const char *mark)
{
	char offset[32];

	put_field(line, info->name);
	if (opts->offsets) {
		snprintf(offset, sizeof(offset), "+0x%llx", (unsigned long long)info->offset);
		put_bytes(line, offset, strlen(offset));
	}
	put_bytes(line, mark, strlen(mark));
}

/* All frames but the innermost are return addresses, which can be past the end of a function that ends in the
 * call. */
static void put_address(struct line *line, struct bcc_symbols *s, uint64_t address, bool innermost,
	const struct bcc_fold_opts *opts, const char *mark)
{
	struct bcc_symbol_info info;
	char number[32];

	if (!s) {
		snprintf(number, sizeof(number), "0x%llx", (unsigned long long)address);
		put_field(line, number);
	} else if (bcc_symbols_resolve(s, address - !innermost, &info)) {
		put_field(line, "[unknown]");
	} else {
		info.offset += !innermost;
		put_name(line, &info, opts, mark);
	}
}

static void put_frame(struct line *line, const struct bcc_build_id_frame *frame, bool innermost,
	const struct bcc_fold_opts *opts)
{
	struct bcc_symbol_info info;

	if (!frame->has_build_id || !opts->user ||
		bcc_symbols_resolve_build_id(
			opts->user, frame->build_id, frame->offset - !innermost, &info)) {
		put_field(line, "[unknown]");
		return;
	}
	info.offset += !innermost;
	put_name(line, &info, opts, "");
}

/* Writes the stack outermost first; the kernel stores it innermost first. Returns whether there is such a
 * stack. */
static bool put_stack(struct line *line, struct bcc_table *t, int64_t id, struct bcc_symbols *s,
	const struct bcc_fold_opts *opts, const char *mark)
{
	uint64_t addresses[MAX_DEPTH] = {0};
	int depth = bcc_stack_read(t, id, addresses, MAX_DEPTH);

	for (int i = depth - 1; i >= 0; i--)
		put_address(line, s, addresses[i], !i, opts, mark);
	if (depth == -EEXIST || depth == -ENOENT)
		put_field(line, NO_STACK_LINE);
	return depth > 0 || depth == -EEXIST || depth == -ENOENT;
}

static bool put_build_ids(struct line *line, struct bcc_table *t, const struct bcc_fold_opts *opts)
{
	struct bcc_build_id_frame frames[MAX_DEPTH] = {0};
	int depth = bcc_stack_read_build_ids(t, opts->user_id, frames, MAX_DEPTH);

	for (int i = depth - 1; i >= 0; i--)
		put_frame(line, &frames[i], !i, opts);
	if (depth == -EEXIST || depth == -ENOENT)
		put_field(line, NO_STACK_LINE);
	return depth > 0 || depth == -EEXIST || depth == -ENOENT;
}

int bcc_stack_fold(struct bcc_table *t, const struct bcc_fold_opts *opts, char *buf, size_t size)
{
	struct line line = {.buf = buf, .size = size};
	struct bcc_fold_opts known = {0};
	bool has_user;
	int ret;

	if (!t || !opts || (!buf && size) || t->type != BPF_MAP_TYPE_STACK_TRACE)
		return t && t->type != BPF_MAP_TYPE_STACK_TRACE
			       ? bcc_fail(&t->owner->err, -EINVAL, "table \"%s\" does not hold stacks",
					 t->name)
			       : -EINVAL;
	ret = bcc_opts(&t->owner->err, &known, sizeof(known), opts);
	if (ret)
		return ret;
	if (known.comm)
		put_field(&line, known.comm);
	has_user = has_build_ids(t) ? put_build_ids(&line, t, &known)
				    : put_stack(&line, t, known.user_id, known.user, &known, "");
	if (known.delimit && has_user && known.kernel_id >= 0)
		put_field(&line, "-");
	if (!has_build_ids(t))
		put_stack(&line, t, known.kernel_id, known.kernel, &known, known.mark_kernel ? "_[k]" : "");
	if (size)
		buf[line.length < size ? line.length : size - 1] = '\0';
	return (int)line.length;
}
