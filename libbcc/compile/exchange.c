/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include "common/limit_text.h"
#include "libbcc/cancel.h"

#define CHUNK 65536
#define MOST_FDS 2

struct exchange {
	struct bcc_child *child;
	const struct bcc_compile_request *request;
	const struct bcc_exchange_opts *opts;
	struct bcc_compile_result *result;
	struct bcc_err *err;
	struct bcc_bytes out; /* data to be sent, from `sent` on */
	size_t sent;
	int fds[MOST_FDS]; /* to be sent with the first byte */
	size_t fd_count;
	struct bcc_frames in;
	int64_t deadline; /* milliseconds of the monotonic clock; INT64_MAX: none */
	bool done;	  /* `result` or the compiler's error is set */
	bool closed;	  /* by the child */
};

static int64_t exchange_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* ---- sending ---- */

static void exchange_attach_fds(struct exchange *x, struct msghdr *message, char *control, size_t size)
{
	struct cmsghdr *c;

	if (x->sent || !x->fd_count)
		return;
	message->msg_control = control;
	message->msg_controllen = size;
	c = CMSG_FIRSTHDR(message);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(x->fd_count * sizeof(int));
	memcpy(CMSG_DATA(c), x->fds, x->fd_count * sizeof(int));
	message->msg_controllen = CMSG_SPACE(x->fd_count * sizeof(int));
}

/* Sends as much as is possible without waiting. Whether the child is gone is noticed when receiving. */
static int exchange_send(struct exchange *x)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(MOST_FDS * sizeof(int))];
	} control = {0};

	while (x->sent < x->out.size) {
		struct iovec part = {x->out.data + x->sent, x->out.size - x->sent};
		struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
		ssize_t n;

		exchange_attach_fds(x, &message, control.bytes, sizeof(control.bytes));
		n = sendmsg(x->child->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EPIPE || errno == ECONNRESET))
			return 0;
		if (n < 0)
			return bcc_fail(x->err, -errno, "the text cannot be sent to the compiler: %s",
				strerror(errno));
		x->sent += n;
	}
	x->out.size = x->sent = 0;
	return 0;
}

static int exchange_answer(struct exchange *x, int value, const char *text)
{
	/* the socket has room for it: the child is waiting for it, and has read everything before */
	bcc_wire_put_answer(&x->out, value, text);
	if (x->out.failed)
		return bcc_fail(x->err, -ENOMEM, "out of memory");
	x->fd_count = 0;
	return exchange_send(x);
}

/* ---- receiving ---- */

static int exchange_fail_format(struct exchange *x)
{
	return bcc_fail(x->err, -EPROTO,
		"the compiler sent something malformed: it is of another version than this library, or the text broke it");
}

static int exchange_take_question(struct exchange *x, const struct bcc_frame *frame)
{
	const struct bcc_compile_host *host = x->request->host;
	enum bcc_question question;
	struct bcc_err err = {0};
	const char *folder = NULL;
	uint32_t id;
	int ret;

	if (!bcc_wire_read_question(frame, &question, &id))
		return exchange_fail_format(x);
	if (question == BCC_QUESTION_CAST)
		return exchange_answer(x, host->takes_cast(host->ctx, id), NULL);
	ret = host->unpack_headers(host->ctx, &folder, &err);
	ret = exchange_answer(x, ret, ret < 0 ? err.text : folder);
	bcc_err_clear(&err);
	return ret;
}

static int exchange_take_result(struct exchange *x, const struct bcc_frame *frame)
{
	struct bcc_wire_result result;

	if (!bcc_wire_read_result(frame, &result))
		return exchange_fail_format(x);
	x->done = true;
	if (result.code)
		return bcc_fail(
			x->err, result.code, "%s", result.error ? result.error : strerror(-result.code));
	x->result->elf = malloc(result.size);
	if (!x->result->elf)
		return bcc_fail(x->err, -ENOMEM, "out of memory");
	memcpy(x->result->elf, result.object, result.size);
	x->result->elf_size = result.size;
	return 0;
}

static int exchange_take(struct exchange *x, const struct bcc_frame *frame)
{
	const struct bcc_compile_request *request = x->request;
	struct bcc_dependency dependency;
	const char *text;
	int level;

	switch (frame->kind) {
	case BCC_FRAME_MESSAGE:
		if (!bcc_wire_read_message(frame, &level, &text))
			return exchange_fail_format(x);
		if (request->log)
			request->log(request->log_ctx, level, text);
		return 0;
	case BCC_FRAME_DEPENDENCY:
		if (!bcc_wire_read_dependency(frame, &dependency))
			return exchange_fail_format(x);
		if (request->dependencies)
			request->dependencies->add(request->dependencies->ctx, &dependency);
		return 0;
	case BCC_FRAME_QUESTION:
		return exchange_take_question(x, frame);
	case BCC_FRAME_RESULT:
		return exchange_take_result(x, frame);
	default:
		return exchange_fail_format(x);
	}
}

/* Receives everything that is available. */
static int exchange_receive(struct exchange *x)
{
	bool is_asked = false;
	struct bcc_frame frame;
	char *chunk = malloc(CHUNK);
	ssize_t n;
	int ret = chunk ? 0 : bcc_fail(x->err, -ENOMEM, "out of memory");

	while (ret == 0 && !x->done && !is_asked) {
		n = recv(x->child->socket, chunk, CHUNK, MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0) {
			x->closed = true;
			break;
		}
		ret = bcc_frames_add(&x->in, chunk, n);
		if (ret == -EPROTO)
			ret = exchange_fail_format(x);
		else if (ret < 0)
			ret = bcc_fail(x->err, ret, "out of memory");
		while (ret == 0 && !x->done && (ret = bcc_frames_next(&x->in, &frame)) > 0) {
			ret = exchange_take(x, &frame);
			/* check time and cancelling in between: questions cost this process work */
			is_asked |= frame.kind == BCC_FRAME_QUESTION;
		}
		if (ret == -EPROTO && !x->err->code)
			ret = exchange_fail_format(x);
	}
	free(chunk);
	return ret;
}

/* ---- until there is a result ---- */

static int exchange_wait(struct exchange *x, bool *is_ended)
{
	struct pollfd fds[] = {
		{.fd = x->child->socket, .events = POLLIN | (x->sent < x->out.size ? POLLOUT : 0)},
		{.fd = x->child->pidfd, .events = POLLIN},
		{.fd = x->opts->cancel_fd, .events = POLLIN},
	};
	int64_t left = x->deadline == INT64_MAX ? -1 : x->deadline - exchange_now();
	char text[32];

	if (x->deadline != INT64_MAX && left <= 0)
		return bcc_fail(x->err, -ETIMEDOUT, "the compiler needed more than %s",
			bcc_time_text(x->opts->limits.time, text, sizeof(text)));
	if (poll(fds, 3, left < INT_MAX ? left : INT_MAX) < 0 && errno != EINTR)
		return bcc_fail(x->err, -errno, "waiting for the compiler failed: %s", strerror(errno));
	*is_ended = fds[1].revents != 0;
	return bcc_cancel_check(x->opts->cancel_fd, x->err);
}

static const char *exchange_signal_name(int signal, char *buf, size_t size)
{
	const char *abbreviation = sigabbrev_np(signal);

	if (abbreviation)
		snprintf(buf, size, "SIG%s", abbreviation);
	else
		snprintf(buf, size, "signal %d", signal);
	return buf;
}

/* Which limit of memory this process has, the lower one of two; NULL: none. */
static const char *exchange_memory_limit(struct rlimit *limit)
{
	struct rlimit data;

	if (getrlimit(RLIMIT_AS, limit) || getrlimit(RLIMIT_DATA, &data))
		return NULL;
	if (data.rlim_cur < limit->rlim_cur) {
		*limit = data;
		return "ulimit -d";
	}
	return limit->rlim_cur == RLIM_INFINITY ? NULL : "ulimit -v";
}

/* The child ended without a result. */
static int exchange_fail_end(struct exchange *x, struct bcc_child_end end)
{
	struct rlimit limit;
	const char *limited;
	char text[32], memory[32];

	if (end.signal == 0)
		return bcc_fail(x->err, -EIO, "the compiler ended without a result");
	exchange_signal_name(end.signal, text, sizeof(text));
	/* the kernel kills what it cannot give the memory of the program itself */
	if (x->in.total == 0 && (limited = exchange_memory_limit(&limit)))
		return bcc_fail(x->err, -ENOMEM,
			"the compiler could not begin (%s): it needs more memory than this process may have (%s: %s)",
			text, limited, bcc_memory_text(limit.rlim_cur, memory, sizeof(memory)));
	if (end.signal == SIGKILL && getrlimit(RLIMIT_CPU, &limit) == 0 && limit.rlim_max != RLIM_INFINITY)
		return bcc_fail(x->err, -EIO,
			"the compiler was killed (%s): by another process, by the kernel for want of memory, or after the %lu s of CPU "
			"time that it may have (ulimit -t)",
			text, (unsigned long)limit.rlim_max);
	if (end.signal == SIGKILL)
		return bcc_fail(x->err, -EIO,
			"the compiler was killed (%s): by another process, or by the kernel for want of memory",
			text);
	return bcc_fail(x->err, -EIO, "the compiler crashed (%s)", text);
}

static int exchange_run(struct exchange *x)
{
	bool is_ended = false;
	int ret = exchange_send(x);

	while (ret == 0 && !x->done && !x->closed) {
		ret = exchange_wait(x, &is_ended);
		if (ret == 0)
			ret = exchange_send(x);
		if (ret == 0)
			ret = exchange_receive(x);
		/* another process may have a copy of its end of the socket */
		if (is_ended && ret == 0 && !x->done)
			ret = exchange_receive(x);
		if (is_ended)
			break;
	}
	return ret;
}

int bcc_exchange(struct bcc_child *child, const struct bcc_compile_request *request,
	const struct bcc_exchange_opts *opts, struct bcc_compile_result *result, struct bcc_err *err)
{
	struct exchange x = {.child = child,
		.request = request,
		.opts = opts,
		.result = result,
		.err = err,
		.deadline = opts->limits.time == UINT64_MAX ? INT64_MAX
							    : exchange_now() + (int64_t)opts->limits.time};
	struct bcc_child_end end;
	int ret;

	*result = (struct bcc_compile_result){0};
	if (request->tracefs_fd >= 0)
		x.fds[x.fd_count++] = request->tracefs_fd;
	if (request->btf_fd >= 0)
		x.fds[x.fd_count++] = request->btf_fd;
	bcc_wire_put_request(&x.out, request, &opts->limits);
	ret = x.out.failed ? bcc_fail(err, -ENOMEM, "out of memory") : exchange_run(&x);
	end = bcc_child_end(child, !x.done && (ret < 0 || !x.closed));
	if (ret == 0 && !x.done)
		ret = exchange_fail_end(&x, end);
	free(x.out.data);
	bcc_frames_free(&x.in);
	return ret;
}
