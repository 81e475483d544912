/* SPDX-License-Identifier: Apache-2.0 */
/* Names as in FIPS 180-4. */
#include "sha.h"

#include <string.h>

#define BLOCK 64

typedef void (*block_fn)(uint32_t h[8], const uint32_t m[16]);

static uint32_t abi_sha_rotl(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static uint32_t abi_sha_rotr(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static uint32_t abi_sha_ch(uint32_t x, uint32_t y, uint32_t z)
{
	return (x & y) ^ (~x & z);
}

static uint32_t abi_sha_maj(uint32_t x, uint32_t y, uint32_t z)
{
	return (x & y) ^ (x & z) ^ (y & z);
}

/* 4.1.1, 4.2.1, 6.1.2 */
static void sha1_block(uint32_t h[8], const uint32_t m[16])
{
	static const uint32_t k[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
	uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], w[80];

	memcpy(w, m, BLOCK);
	for (int t = 16; t < 80; t++)
		w[t] = abi_sha_rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	for (int t = 0; t < 80; t++) {
		uint32_t f = t < 20		 ? abi_sha_ch(b, c, d)
			     : t >= 40 && t < 60 ? abi_sha_maj(b, c, d)
						 : b ^ c ^ d;
		uint32_t sum = abi_sha_rotl(a, 5) + f + e + k[t / 20] + w[t];

		e = d;
		d = c;
		c = abi_sha_rotl(b, 30);
		b = a;
		a = sum;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

/* 4.2.2: the first 32 bits of the fractions of the cube roots of the first 64 primes */
static const uint32_t sha256_k[] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
	0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb,
	0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624,
	0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb,
	0xbef9a3f7, 0xc67178f2};

/* 4.1.2, 6.2.2 */
static void sha256_block(uint32_t h[8], const uint32_t m[16])
{
	uint32_t v[8], w[64];

	memcpy(w, m, BLOCK);
	memcpy(v, h, sizeof(v));
	for (int t = 16; t < 64; t++) {
		uint32_t s0 = abi_sha_rotr(w[t - 15], 7) ^ abi_sha_rotr(w[t - 15], 18) ^ w[t - 15] >> 3;
		uint32_t s1 = abi_sha_rotr(w[t - 2], 17) ^ abi_sha_rotr(w[t - 2], 19) ^ w[t - 2] >> 10;

		w[t] = w[t - 16] + s0 + w[t - 7] + s1;
	}
	for (int t = 0; t < 64; t++) {
		uint32_t s1 = abi_sha_rotr(v[4], 6) ^ abi_sha_rotr(v[4], 11) ^ abi_sha_rotr(v[4], 25);
		uint32_t t1 = v[7] + s1 + abi_sha_ch(v[4], v[5], v[6]) + sha256_k[t] + w[t];
		uint32_t s0 = abi_sha_rotr(v[0], 2) ^ abi_sha_rotr(v[0], 13) ^ abi_sha_rotr(v[0], 22);
		uint32_t t2 = s0 + abi_sha_maj(v[0], v[1], v[2]);

		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		h[i] += v[i];
}

static void abi_sha_add_block(block_fn block, uint32_t h[8], const uint8_t *bytes)
{
	uint32_t m[16];

	for (int i = 0; i < 16; i++, bytes += 4)
		m[i] = (uint32_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
	block(h, m);
}

static void digest_of(
	block_fn block, uint32_t h[8], const uint8_t *data, size_t size, uint8_t *digest, int words)
{
	uint8_t end[2 * BLOCK] = {0};
	size_t left = size % BLOCK, end_size = left < BLOCK - 8 ? BLOCK : 2 * BLOCK;

	for (size_t at = 0; at + BLOCK <= size; at += BLOCK)
		abi_sha_add_block(block, h, data + at);
	/* 5.1.1: a one, zeros, and the length in bits */
	memcpy(end, data + size - left, left);
	end[left] = 0x80;
	for (int i = 0; i < 8; i++)
		end[end_size - 1 - i] = (uint8_t)((uint64_t)size * 8 >> 8 * i);
	for (size_t at = 0; at < end_size; at += BLOCK)
		abi_sha_add_block(block, h, end + at);
	for (int i = 0; i < 4 * words; i++)
		digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

void bcc_sha1(const void *data, size_t size, uint8_t digest[20])
{
	/* 5.3.1 */
	uint32_t h[8] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

	digest_of(sha1_block, h, data, size, digest, 5);
}

void bcc_sha256(const void *data, size_t size, uint8_t digest[32])
{
	/* 5.3.3 */
	uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
		0x5be0cd19};

	digest_of(sha256_block, h, data, size, digest, 8);
}
