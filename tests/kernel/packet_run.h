/* SPDX-License-Identifier: Apache-2.0 */
/* Runs programs on packets made by the test: BPF_PROG_TEST_RUN passes a packet to a program and returns the
 * modified packet. */
#ifndef TESTS_KERNEL_PACKET_RUN_H
#define TESTS_KERNEL_PACKET_RUN_H

#include "testlib.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#define PACKET_MAX 256

struct packet {
	uint8_t bytes[PACKET_MAX];
	uint32_t size;
};

static inline struct packet random_packet(uint32_t size, unsigned seed)
{
	struct packet packet = {.size = size};

	for (uint32_t i = 0; i < size; i++) {
		seed = seed * 1103515245 + 12345;
		packet.bytes[i] = seed >> 16;
	}
	return packet;
}

/* Up to 64 bits of a packet as the standards count them: bit 0 is the highest of byte 0. */
static inline uint64_t packet_bits(const uint8_t *bytes, unsigned first, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = first; i < first + count; i++)
		value = value << 1 | (bytes[i / 8] >> (7 - i % 8) & 1);
	return value;
}

static inline void set_packet_bits(uint8_t *bytes, unsigned first, unsigned count, uint64_t value)
{
	for (unsigned i = first + count; i-- > first; value >>= 1) {
		bytes[i / 8] &= ~(0x80 >> i % 8);
		bytes[i / 8] |= (value & 1) << (7 - i % 8);
	}
}

static inline int load_program(struct bcc *b, const char *program, int type)
{
	int fd = bcc_program_load(bcc_program_find(b, program), type, NULL);

	if (fd < 0)
		fail_msg("%s cannot be loaded as type %d: %s", program, type, bcc_error(b));
	return fd;
}

/* Passes the packet to a loaded program, which may modify it. Returns the program's result. */
static inline uint32_t run_program(int fd, struct packet *packet)
{
	struct packet after = {.size = 0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet->bytes, .data_size_in = packet->size,
		.data_out = after.bytes, .data_size_out = sizeof(after.bytes), .repeat = 1);
	int err = bpf_prog_test_run_opts(fd, &opts);

	if (err)
		fail_msg("the kernel cannot run the program on a packet: %s", strerror(-err));
	after.size = opts.data_size_out;
	*packet = after;
	return opts.retval;
}

/* The text's only program, loaded and run once. */
static inline uint32_t run_text(
	struct bcc **b, const char *text, const char *flag, int type, struct packet *packet)
{
	*b = open_test_text(text, flag);
	return run_program(load_program(*b, bcc_program_name(bcc_program_at(*b, 0)), type), packet);
}

/* A packet that comes out as `expected`, byte by byte. */
static inline void expect_packet(const struct packet *packet, const struct packet *expected, const char *what)
{
	assert_int_equal(packet->size, expected->size);
	for (uint32_t i = 0; i < packet->size; i++)
		if (packet->bytes[i] != expected->bytes[i])
			fail_msg("%s: byte %u is %02x instead of %02x", what, i, packet->bytes[i],
				expected->bytes[i]);
}

#endif
