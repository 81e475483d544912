/* SPDX-License-Identifier: Apache-2.0 */
#include "channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 65536
#define MOST_FDS 4

struct bcc_bytes bcc_channel_out;

static struct bcc_frames received;
static volatile int is_sending; /* the last frame has not been sent completely */

static bool channel_send(const char *data, size_t size)
{
	while (size) {
		ssize_t n = send(BCC_WIRE_SOCKET, data, size, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			data += n;
			size -= n;
		}
	}
	return true;
}

void bcc_channel_flush(void)
{
	bool is_sent;

	if (bcc_channel_out.failed) {
		/* out of memory here means out of memory there */
		free(bcc_channel_out.data);
		bcc_channel_out = (struct bcc_bytes){0};
		bcc_wire_put_result(&bcc_channel_out, -ENOMEM, NULL, NULL, 0);
		channel_send(bcc_channel_out.data, bcc_channel_out.size);
		_exit(1);
	}
	is_sending = 1;
	is_sent = channel_send(bcc_channel_out.data, bcc_channel_out.size);
	is_sending = 0;
	if (!is_sent)
		_exit(1);
	bcc_channel_out.size = 0;
}

void bcc_channel_last_words(const void *bytes, size_t size)
{
	if (!is_sending)
		channel_send(bytes, size);
	_exit(1);
}

static void channel_take_fds(struct msghdr *message, int *fds, size_t room, size_t *count)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
			if (fds && count && *count < room)
				fds[(*count)++] = fd;
			else
				close(fd);
		}
	}
}

void bcc_channel_receive(struct bcc_frame *frame, int *fds, size_t room, size_t *count)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(MOST_FDS * sizeof(int))];
	} control;
	char *chunk = malloc(CHUNK);
	int ret;

	if (count)
		*count = 0;
	while ((ret = bcc_frames_next(&received, frame)) == 0) {
		struct iovec to = {chunk, CHUNK};
		struct msghdr message = {.msg_iov = &to,
			.msg_iovlen = 1,
			.msg_control = control.bytes,
			.msg_controllen = sizeof(control.bytes)};
		ssize_t n = chunk ? recvmsg(BCC_WIRE_SOCKET, &message, MSG_CMSG_CLOEXEC) : -1;

		if (n < 0 && chunk && errno == EINTR)
			continue;
		if (n <= 0 || bcc_frames_add(&received, chunk, n) < 0)
			_exit(1);
		channel_take_fds(&message, fds, room, count);
	}
	free(chunk);
	if (ret < 0)
		_exit(1);
}
