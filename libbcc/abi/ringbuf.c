/* SPDX-License-Identifier: Apache-2.0 */
/* Ring buffers by map descriptor: libbpf's, whose own type BCC's clients use. */
#include "abi.h"

#include <errno.h>
#include <bpf/libbpf.h>

void *bpf_new_ringbuf(int map_fd, ring_buffer_sample_fn sample_cb, void *ctx)
{
	return ring_buffer__new(map_fd, sample_cb, ctx, NULL);
}

void bpf_free_ringbuf(struct ring_buffer *rb)
{
	ring_buffer__free(rb);
}

int bpf_add_ringbuf(struct ring_buffer *rb, int map_fd, ring_buffer_sample_fn sample_cb, void *ctx)
{
	return ring_buffer__add(rb, map_fd, sample_cb, ctx);
}

int bpf_poll_ringbuf(struct ring_buffer *rb, int timeout_ms)
{
	return rb ? ring_buffer__poll(rb, timeout_ms) : -EINVAL;
}

int bpf_consume_ringbuf(struct ring_buffer *rb)
{
	return rb ? ring_buffer__consume(rb) : -EINVAL;
}
