/* SPDX-License-Identifier: Apache-2.0 */
/* The conversation with the compiler, intact and damaged: what is wrong is rejected, and the parser stays
 * within what was received. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/array.h"
#include "common/compile_wire.h"
#include "common/limit_text.h"
#include "libbcc/compile/exchange.h"

static const char *const flags[] = {"-DA=1", "", "-I/usr/include"};
static const struct bcc_compile_request request = {.abi = BCC_COMPILER_ABI,
	.text = "int f(void *ctx) { return 0; }\n",
	.name = "text.c",
	.cflags = flags,
	.cflags_count = ARRAY_SIZE(flags),
	.debug = 3,
	.tracefs_fd = 7,
	.tracefs_why = NULL,
	.btf_fd = -1};
static const struct bcc_wire_limits limits = {.memory = 1UL << 30, .time = 60000};
static const struct bcc_dependency dependency = {
	.kind = BCC_DEPENDS_FILE, .name = "/usr/include/a.h", .identity = {1, 2, 3, 4}, .hash = {5, 6}};

/* One frame of each kind. */
static struct bcc_bytes all_frames(void)
{
	struct bcc_bytes out = {0};

	bcc_wire_put_request(&out, &request, &limits);
	bcc_wire_put_message(&out, 1, "text.c:1:1: warning: something\n");
	bcc_wire_put_dependency(&out, &dependency);
	bcc_wire_put_question(&out, BCC_QUESTION_CAST, 4711);
	bcc_wire_put_answer(&out, -2, "there is no archive");
	bcc_wire_put_result(&out, 0, NULL, "\177ELF object", 11);
	bcc_wire_put_result(&out, -22, "text.c:1:1: error: nothing", NULL, 0);
	assert_false(out.failed);
	return out;
}

/* Whether the payload is what its kind has; reads all of it in any case. */
static bool read_any(const struct bcc_frame *frame)
{
	struct bcc_compile_request read_request;
	struct bcc_dependency read_dependency;
	struct bcc_wire_result result;
	struct bcc_wire_limits read_limits;
	enum bcc_question question;
	size_t length = 0;
	const char *text;
	uint32_t id;
	int number;
	bool ok;

	switch (frame->kind) {
	case BCC_FRAME_REQUEST:
		ok = bcc_wire_read_request(frame, &read_request, &read_limits);
		if (ok) {
			length = strlen(read_request.text) + strlen(read_request.name);
			for (size_t i = 0; i < read_request.cflags_count; i++)
				length += strlen(read_request.cflags[i]);
			free((void *)read_request.cflags);
		}
		return ok && length > 0;
	case BCC_FRAME_MESSAGE:
		return bcc_wire_read_message(frame, &number, &text) && strlen(text) < 4096;
	case BCC_FRAME_DEPENDENCY:
		return bcc_wire_read_dependency(frame, &read_dependency) &&
		       strlen(read_dependency.name) < 4096;
	case BCC_FRAME_QUESTION:
		return bcc_wire_read_question(frame, &question, &id);
	case BCC_FRAME_ANSWER:
		return bcc_wire_read_answer(frame, &number, &text);
	case BCC_FRAME_RESULT:
		ok = bcc_wire_read_result(frame, &result);
		for (size_t i = 0; ok && i < result.size; i++)
			length += ((const unsigned char *)result.object)[i];
		return ok && (length || result.code);
	}
	return false;
}

static void test_there_and_back(void **state)
{
	struct bcc_bytes out = all_frames();
	struct bcc_compile_request read_request;
	struct bcc_wire_limits read_limits;
	struct bcc_wire_result result;
	struct bcc_dependency read_dependency;
	struct bcc_frames in = {0};
	enum bcc_question question;
	struct bcc_frame frame;
	const char *text;
	uint32_t id;
	int number;

	/* in pieces */
	for (size_t i = 0; i < out.size; i += 7)
		assert_int_equal(bcc_frames_add(&in, out.data + i, i + 7 < out.size ? 7 : out.size - i), 0);
	assert_int_equal(bcc_frames_next(&in, &frame), 1);
	assert_int_equal(frame.kind, BCC_FRAME_REQUEST);
	assert_true(bcc_wire_read_request(&frame, &read_request, &read_limits));
	assert_string_equal(read_request.text, request.text);
	assert_string_equal(read_request.name, request.name);
	assert_int_equal(read_request.cflags_count, ARRAY_SIZE(flags));
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		assert_string_equal(read_request.cflags[i], flags[i]);
	assert_int_equal(read_request.debug, 3);
	assert_null(read_request.kernel_source);
	assert_null(read_request.tracefs_why);
	assert_true(read_request.tracefs_fd >= 0);
	assert_int_equal(read_request.btf_fd, -1);
	assert_true(read_limits.memory == limits.memory && read_limits.time == limits.time);
	free((void *)read_request.cflags);
	assert_int_equal(bcc_frames_next(&in, &frame), 1);
	assert_true(bcc_wire_read_message(&frame, &number, &text));
	assert_int_equal(number, 1);
	assert_string_equal(text, "text.c:1:1: warning: something\n");
	assert_int_equal(bcc_frames_next(&in, &frame), 1);
	assert_true(bcc_wire_read_dependency(&frame, &read_dependency));
	assert_string_equal(read_dependency.name, dependency.name);
	assert_memory_equal(&read_dependency.identity, &dependency.identity, sizeof(dependency.identity));
	assert_int_equal(bcc_frames_next(&in, &frame), 1);
	assert_true(bcc_wire_read_question(&frame, &question, &id));
	assert_int_equal(question, BCC_QUESTION_CAST);
	assert_int_equal(id, 4711);
	assert_int_equal(bcc_frames_next(&in, &frame), 1);
	assert_true(bcc_wire_read_answer(&frame, &number, &text));
	assert_int_equal(number, -2);
	assert_string_equal(text, "there is no archive");
	assert_int_equal(bcc_frames_next(&in, &frame), 1);
	assert_true(bcc_wire_read_result(&frame, &result));
	assert_int_equal(result.code, 0);
	assert_null(result.error);
	assert_int_equal(result.size, 11);
	assert_memory_equal(result.object, "\177ELF object", 11);
	assert_int_equal(bcc_frames_next(&in, &frame), 1);
	assert_true(bcc_wire_read_result(&frame, &result));
	assert_int_equal(result.code, -22);
	assert_string_equal(result.error, "text.c:1:1: error: nothing");
	assert_int_equal(bcc_frames_next(&in, &frame), 0);
	bcc_frames_free(&in);
	free(out.data);
}

/* Each payload cut off at each place, in memory that ends there. */
static void test_truncated(void **state)
{
	struct bcc_bytes out = all_frames();
	struct bcc_frames in = {0};
	struct bcc_frame frame;
	int count = 0;

	assert_int_equal(bcc_frames_add(&in, out.data, out.size), 0);
	while (bcc_frames_next(&in, &frame) == 1) {
		for (size_t size = 0; size < frame.size; size++) {
			void *copy = malloc(size ? size : 1);
			struct bcc_frame cut = {.kind = frame.kind, .data = copy, .size = size};

			memcpy(copy, frame.data, size);
			assert_false(read_any(&cut));
			free(copy);
		}
		assert_true(read_any(&frame));
		count++;
	}
	assert_int_equal(count, 7);
	bcc_frames_free(&in);
	free(out.data);
}

/* Each byte of the stream another one: whatever is read of it, it is read within bounds. */
static void test_changed(void **state)
{
	static const unsigned char other[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	struct bcc_bytes out = all_frames();

	for (size_t i = 0; i < out.size; i++)
		for (size_t o = 0; o < ARRAY_SIZE(other); o++) {
			struct bcc_frames in = {0};
			struct bcc_frame frame;
			char before = out.data[i];

			out.data[i] = (char)other[o];
			assert_int_equal(bcc_frames_add(&in, out.data, out.size), 0);
			while (bcc_frames_next(&in, &frame) == 1)
				read_any(&frame);
			bcc_frames_free(&in);
			out.data[i] = before;
		}
	free(out.data);
}

static void expect_refused(void (*put)(struct bcc_bytes *out))
{
	struct bcc_bytes out = {0};
	struct bcc_frames in = {0};
	struct bcc_frame frame;

	put(&out);
	assert_int_equal(bcc_frames_add(&in, out.data, out.size), 0);
	assert_int_equal(bcc_frames_next(&in, &frame), 1);
	assert_false(read_any(&frame));
	bcc_frames_free(&in);
	free(out.data);
}

static void put_other_abi(struct bcc_bytes *out)
{
	struct bcc_compile_request other = request;

	other.abi++;
	bcc_wire_put_request(out, &other, &limits);
}

static void put_high_level(struct bcc_bytes *out)
{
	bcc_wire_put_message(out, 3, "text");
}

static void put_no_text(struct bcc_bytes *out)
{
	bcc_wire_put_message(out, 1, NULL);
}

static void put_unknown_dependency(struct bcc_bytes *out)
{
	struct bcc_dependency other = dependency;

	other.kind = BCC_DEPENDS_OTHER + 1;
	bcc_wire_put_dependency(out, &other);
}

static void put_unknown_question(struct bcc_bytes *out)
{
	bcc_wire_put_question(out, BCC_QUESTION_HEADERS + 1, 0);
}

static void put_success_without_object(struct bcc_bytes *out)
{
	bcc_wire_put_result(out, 0, NULL, NULL, 0);
}

static void put_failure_with_object(struct bcc_bytes *out)
{
	bcc_wire_put_result(out, -22, "error", "object", 6);
}

static void put_positive_error(struct bcc_bytes *out)
{
	bcc_wire_put_result(out, 22, "error", NULL, 0);
}

static void put_no_errno(struct bcc_bytes *out)
{
	bcc_wire_put_result(out, -4096, "error", NULL, 0);
}

static void test_wrong_values(void **state)
{
	expect_refused(put_other_abi);
	expect_refused(put_high_level);
	expect_refused(put_no_text);
	expect_refused(put_unknown_dependency);
	expect_refused(put_unknown_question);
	expect_refused(put_success_without_object);
	expect_refused(put_failure_with_object);
	expect_refused(put_positive_error);
	expect_refused(put_no_errno);
}

static void test_limit(void **state)
{
	static char zeros[1 << 20];
	struct bcc_frames in = {0};
	size_t total = 0;

	while (bcc_frames_add(&in, zeros, sizeof(zeros)) == 0)
		total += sizeof(zeros);
	assert_int_equal(total, BCC_WIRE_LIMIT);
	assert_int_equal(bcc_frames_add(&in, zeros, 1), -EPROTO);
	bcc_frames_free(&in);
}

/* ---- a compiler that a text has taken over ---- */

static int messages, dependencies, casts;

static void count_message(void *ctx, int level, const char *text)
{
	messages++;
}

static void count_dependency(void *ctx, const struct bcc_dependency *d)
{
	dependencies++;
}

static bool count_cast(void *ctx, unsigned id)
{
	casts++;
	return true;
}

static int refuse_headers(void *ctx, const char **folder, struct bcc_err *err)
{
	return bcc_fail(err, -ENOENT, "there are none");
}

static const struct bcc_compile_host host = {count_cast, refuse_headers, NULL};
static const struct bcc_dependencies depends = {count_dependency, NULL};

/* A process that sends `size` bytes of `data` instead, and ends, or (`stays`) sends nothing more. */
static struct bcc_child start_other(const void *data, size_t size, bool stays)
{
	struct bcc_child child;
	int sockets[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), 0);
	child.pid = fork();
	assert_true(child.pid >= 0);
	if (child.pid == 0) {
		close(sockets[0]);
		while (size) {
			ssize_t n = send(sockets[1], data, size, MSG_NOSIGNAL);

			if (n < 0)
				_exit(1);
			data = (const char *)data + n;
			size -= n;
		}
		while (stays)
			pause();
		_exit(0);
	}
	close(sockets[1]);
	child.socket = sockets[0];
	child.pidfd = syscall(SYS_pidfd_open, child.pid, 0);
	return child;
}

static int exchange_with(const void *data, size_t size, bool stays, uint64_t time, const char *sentence)
{
	struct bcc_child child = start_other(data, size, stays);
	const struct bcc_exchange_opts opts = {.limits = {.memory = 1 << 30, .time = time}, .cancel_fd = -1};
	struct bcc_compile_request r = request;
	struct bcc_compile_result result;
	struct bcc_err err = {0};
	int ret;

	r.tracefs_fd = -1;
	r.log = count_message;
	r.dependencies = &depends;
	r.host = &host;
	ret = bcc_exchange(&child, &r, &opts, &result, &err);
	assert_int_equal(err.code, ret);
	if (ret && !strstr(err.text, sentence))
		fail_msg("\"%s\" is not in: %s", sentence, err.text);
	if (ret)
		assert_null(result.elf);
	free(result.elf);
	bcc_err_clear(&err);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
	return ret;
}

static struct bcc_bytes answers(void)
{
	struct bcc_bytes out = {0};

	bcc_wire_put_message(&out, 0, "a warning\n");
	bcc_wire_put_dependency(&out, &dependency);
	bcc_wire_put_question(&out, BCC_QUESTION_CAST, 5);
	bcc_wire_put_question(&out, BCC_QUESTION_HEADERS, 0);
	bcc_wire_put_result(&out, 0, NULL, "object", 6);
	return out;
}

static void test_answers(void **state)
{
	struct bcc_bytes out = answers();

	messages = dependencies = casts = 0;
	assert_int_equal(exchange_with(out.data, out.size, false, 60000, ""), 0);
	assert_int_equal(exchange_with(out.data, out.size, true, 60000, ""), 0);
	assert_int_equal(messages, 2);
	assert_int_equal(dependencies, 2);
	assert_int_equal(casts, 2);
	free(out.data);
}

static void test_answers_cut_off(void **state)
{
	struct bcc_bytes out = answers();

	for (size_t size = 0; size < out.size; size++)
		assert_int_equal(exchange_with(out.data, size, false, 60000, "without a result"), -EIO);
	free(out.data);
}

static void test_answers_changed(void **state)
{
	struct bcc_bytes out = answers();

	for (size_t i = 0; i < out.size; i++) {
		out.data[i] ^= 0x55;
		exchange_with(out.data, out.size, false, 60000, "the compiler");
		out.data[i] ^= 0x55;
	}
	free(out.data);
}

static void test_no_answer(void **state)
{
	static char garbage[100000];
	struct bcc_bytes out = {0};

	memset(garbage, 'x', sizeof(garbage));
	assert_int_equal(
		exchange_with(garbage, sizeof(garbage), true, 60000, "sent something malformed"), -EPROTO);
	assert_int_equal(exchange_with("", 0, true, 250, "the compiler needed more than 0.25 s"), -ETIMEDOUT);
	/* what only the other side may say */
	bcc_wire_put_answer(&out, 0, NULL);
	assert_int_equal(exchange_with(out.data, out.size, true, 60000, "sent something malformed"), -EPROTO);
	free(out.data);
}

/* More than any honest compiler says. */
static void test_flood(void **state)
{
	struct bcc_bytes out = {0};
	char *text = malloc(1 << 20);

	assert_non_null(text);
	memset(text, 'x', 1 << 20);
	text[(1 << 20) - 1] = '\0';
	while (out.size <= BCC_WIRE_LIMIT)
		bcc_wire_put_message(&out, 0, text);
	assert_int_equal(exchange_with(out.data, out.size, true, 60000, "sent something malformed"), -EPROTO);
	free(out.data);
	free(text);
}

static void test_limit_texts(void **state)
{
	char buf[32];

	assert_string_equal(bcc_time_text(60000, buf, sizeof(buf)), "60 s");
	assert_string_equal(bcc_time_text(1500, buf, sizeof(buf)), "1.5 s");
	assert_string_equal(bcc_memory_text(1 << 30, buf, sizeof(buf)), "1 GB");
	assert_string_equal(bcc_memory_text(300 << 20, buf, sizeof(buf)), "300 MB");
	assert_string_equal(bcc_memory_text(1, buf, sizeof(buf)), "1 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_wrong_values),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_answers_cut_off),
		cmocka_unit_test(test_answers_changed),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_limit_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
