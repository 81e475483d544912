/* SPDX-License-Identifier: Apache-2.0 */
#include "debug_info.h"

#include <bpf/btf.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uthash.h>

#include "common/array.h"
#include "dwarf_reader.h"
#include "dwarf_wire.h"
#include "libdw.h"
#include "tool.h"

enum {
	WAIT_MS = 30000, /* for an answer; the reader itself limits the time that it computes */
	DEATHS = 16,	 /* of readers, after which no new one is started */
	MOST_TEXTS = 1 << 15,
};

/* A process whose files have killed a reader. */
struct debug_info_refused {
	struct symbol_owner owner;
	UT_hash_handle hh;
};

/* What has been asked before. */
struct debug_info_known {
	struct debug_info_place {
		struct symbol_owner owner;
		uint64_t address;
	} place;
	unsigned count;
	char *names;
	UT_hash_handle hh;
};

static struct {
	bool open;
	pid_t reader; /* 0: there is none */
	int socket;
	unsigned deaths;
	struct debug_info_refused *refused;
	struct debug_info_known *known;
	struct dwarf_answer answer;
} debug_info = {.socket = -1};

/* ---- the reader ---- */

static int debug_info_start(void)
{
	int fds[2], ret;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -errno;
	fflush(NULL);
	debug_info.reader = fork();
	if (!debug_info.reader)
		dwarf_reader_run(fds[1]);
	ret = debug_info.reader < 0 ? -errno : 0;
	close(fds[1]);
	if (ret) {
		debug_info.reader = 0;
		close(fds[0]);
		return ret;
	}
	debug_info.socket = fds[0];
	return 0;
}

static void debug_info_stop(void)
{
	if (!debug_info.reader)
		return;
	close(debug_info.socket);
	kill(debug_info.reader, SIGKILL);
	while (waitpid(debug_info.reader, NULL, 0) < 0 && errno == EINTR)
		;
	debug_info.reader = 0;
	debug_info.socket = -1;
}

void debug_info_open(void)
{
	if (!libdw_load())
		tool_usage("libdw.so.1, which reads debug information, is not installed (Debian: libdw1)");
	if (!debug_info_try_open())
		tool_usage("cannot start a process that reads debug information: %s", strerror(errno));
}

bool debug_info_try_open(void)
{
	int ret;

	if (debug_info.open || !libdw_load())
		return debug_info.open;
	ret = debug_info_start();
	debug_info.open = !ret;
	errno = -ret;
	return debug_info.open;
}

bool debug_info_is_open(void)
{
	return debug_info.open;
}

int debug_info_reader(void)
{
	return debug_info.reader;
}

/* ---- questions ---- */

static bool debug_info_receive(void)
{
	struct pollfd fd = {.fd = debug_info.socket, .events = POLLIN};
	ssize_t size;
	int ready;

	do
		ready = poll(&fd, 1, WAIT_MS);
	while (ready < 0 && errno == EINTR);
	size = ready > 0 ? recv(debug_info.socket, &debug_info.answer, sizeof(debug_info.answer), 0) : -1;
	return size >= (ssize_t)offsetof(struct dwarf_answer, bytes) &&
	       debug_info.answer.size == size - offsetof(struct dwarf_answer, bytes);
}

static void debug_info_refuse(const struct symbol_owner *owner)
{
	struct debug_info_refused *refused = calloc(1, sizeof(*refused));

	if (!refused)
		buffer_no_memory();
	refused->owner = *owner;
	HASH_ADD(hh, debug_info.refused, owner, sizeof(refused->owner), refused);
	debug_info.deaths++;
	tool_warn("the debug information of process %u cannot be read: it is damaged, or takes too long%s",
		owner->pid, debug_info.deaths == DEATHS ? "; no more is read" : "");
}

static bool debug_info_send(const struct dwarf_request *request, const void *bytes)
{
	struct iovec parts[] = {
		{.iov_base = (void *)request, .iov_len = sizeof(*request)},
		{.iov_base = (void *)bytes, .iov_len = request->size},
	};
	const struct msghdr message = {.msg_iov = parts, .msg_iovlen = ARRAY_SIZE(parts)};

	return sendmsg(debug_info.socket, &message, MSG_NOSIGNAL) ==
	       (ssize_t)(sizeof(*request) + request->size);
}

/* Whether the reader has answered. The request's bytes follow it. */
static bool debug_info_exchange(const struct dwarf_request *request, const void *bytes)
{
	if (!debug_info.open || (!debug_info.reader && debug_info_start()))
		return false;
	if (debug_info_send(request, bytes) && debug_info_receive())
		return true;
	debug_info_stop();
	return false;
}

/* The same about a process, which is not asked about again if a reader has died of that. */
static bool debug_info_ask(const struct dwarf_request *request, const void *bytes)
{
	struct debug_info_refused *refused;

	HASH_FIND(hh, debug_info.refused, &request->owner, sizeof(request->owner), refused);
	if (refused || !debug_info.open || debug_info.deaths == DEATHS ||
		(!debug_info.reader && debug_info_start()))
		return false;
	if (debug_info_exchange(request, bytes))
		return true;
	debug_info_refuse(&request->owner);
	return false;
}

void debug_info_see(const struct symbol_owner *owner)
{
	debug_info_ask(&(struct dwarf_request){.owner = *owner, .question = DWARF_SEE}, NULL);
}

/* Whether the answer is as many names as it says. */
static bool debug_info_has_names(void)
{
	const char *at = debug_info.answer.bytes, *end = at + debug_info.answer.size;
	uint32_t count = 0;

	for (; at < end && (at = memchr(at, '\0', end - at)); at++)
		count++;
	return at && count == debug_info.answer.count;
}

const char *debug_info_inlined(const struct symbol_owner *owner, uint64_t address, unsigned *count)
{
	struct dwarf_request request = {.owner = *owner, .question = DWARF_INLINED, .address = address};
	struct debug_info_place place = {.owner = *owner, .address = address};
	struct debug_info_known *known;

	HASH_FIND(hh, debug_info.known, &place, sizeof(place), known);
	if (!known) {
		known = calloc(1, sizeof(*known));
		if (!known)
			buffer_no_memory();
		known->place = place;
		if (debug_info_ask(&request, NULL) && debug_info.answer.size && debug_info_has_names()) {
			known->count = debug_info.answer.count;
			known->names = buffer_grow(NULL, debug_info.answer.size);
			memcpy(known->names, debug_info.answer.bytes, debug_info.answer.size);
		}
		HASH_ADD(hh, debug_info.known, place, sizeof(known->place), known);
	}
	*count = known->count;
	return known->names;
}

unsigned debug_info_unwind(const struct symbol_owner *owner, const struct stack_snapshot *snapshot,
	uint64_t *frames, enum dwarf_end *end)
{
	struct dwarf_request request = {.owner = *owner,
		.question = DWARF_UNWIND,
		.stack = snapshot->stack,
		.size = snapshot->pages * SNAPSHOT_PAGE};
	size_t size;

	memcpy(request.registers, snapshot->registers, sizeof(request.registers));
	if (!debug_info_ask(&request, snapshot->bytes))
		return 0;
	size = debug_info.answer.size;
	if (size > STACK_FRAMES * sizeof(*frames) || size != debug_info.answer.count * sizeof(*frames))
		return 0;
	memcpy(frames, debug_info.answer.bytes, size);
	*end = debug_info.answer.end;
	return debug_info.answer.count;
}

/* Whether types refer to types, and names are names: the reader may be in the hands of a file. */
static bool debug_info_type_is_sound(const struct btf *btf, const struct btf_type *t)
{
	uint32_t count = btf__type_cnt(btf);
	const struct btf_type *to;

	if (!btf__name_by_offset(btf, t->name_off))
		return false;
	switch (btf_kind(t)) {
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
		return true;
	case BTF_KIND_PTR:
	case BTF_KIND_FUNC:
		return t->type < count;
	case BTF_KIND_TYPE_TAG:
		to = btf__type_by_id(btf, t->type);
		return to && !btf_is_type_tag(to);
	case BTF_KIND_ARRAY:
		return btf_array(t)->type < count && btf_array(t)->index_type < count;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		for (unsigned i = 0; i < btf_vlen(t); i++)
			if (btf_members(t)[i].type >= count ||
				!btf__name_by_offset(btf, btf_members(t)[i].name_off))
				return false;
		return true;
	case BTF_KIND_ENUM64:
		for (unsigned i = 0; i < btf_vlen(t); i++)
			if (!btf__name_by_offset(btf, btf_enum64(t)[i].name_off))
				return false;
		return true;
	case BTF_KIND_FUNC_PROTO:
		for (unsigned i = 0; i < btf_vlen(t); i++)
			if (btf_params(t)[i].type >= count ||
				!btf__name_by_offset(btf, btf_params(t)[i].name_off))
				return false;
		return t->type < count;
	default:
		return false;
	}
}

static bool debug_info_is_sound(const struct btf *btf)
{
	uint32_t last = btf__type_cnt(btf) - 1;
	const struct btf_type *function = last ? btf__type_by_id(btf, last) : NULL;

	for (uint32_t id = 1; id <= last; id++)
		if (!debug_info_type_is_sound(btf, btf__type_by_id(btf, id)))
			return false;
	return function && btf_is_func(function) && btf_is_func_proto(btf__type_by_id(btf, function->type));
}

static struct btf *debug_info_ask_types(const char *path, const char *function, const char *prefix)
{
	struct dwarf_request request = {.question = DWARF_SIGNATURE};
	struct buffer texts = {0};
	struct btf *btf = NULL;

	buffer_add(&texts, path, strlen(path) + 1);
	buffer_add(&texts, function, strlen(function) + 1);
	buffer_add(&texts, prefix, strlen(prefix) + 1);
	request.size = texts.size;
	if (texts.size > MOST_TEXTS)
		;
	else if (!debug_info_exchange(&request, texts.data))
		tool_warn(
			"the debug information of %s cannot be read: it is damaged, or takes too long", path);
	else if (debug_info.answer.size)
		btf = btf__new(debug_info.answer.bytes, debug_info.answer.size);
	buffer_free(&texts);
	if (!btf || debug_info_is_sound(btf))
		return btf;
	btf__free(btf);
	return NULL;
}

struct btf *debug_info_types(const char *path, const char *function, const char *prefix)
{
	bool was_open = debug_info.open;
	struct btf *btf = NULL;

	/* "f.isra.0": the compiler has changed how it is called */
	if (*function != '@' && strchr(function, '.'))
		return NULL;
	if (debug_info_try_open())
		btf = debug_info_ask_types(path, function, prefix);
	if (!was_open)
		debug_info_close();
	return btf;
}

void debug_info_close(void)
{
	struct debug_info_refused *refused, *next_refused;
	struct debug_info_known *known, *next_known;

	debug_info_stop();
	HASH_ITER(hh, debug_info.refused, refused, next_refused)
	{
		HASH_DEL(debug_info.refused, refused);
		free(refused);
	}
	HASH_ITER(hh, debug_info.known, known, next_known)
	{
		HASH_DEL(debug_info.known, known);
		free(known->names);
		free(known);
	}
	debug_info.open = false;
	debug_info.deaths = 0;
}
