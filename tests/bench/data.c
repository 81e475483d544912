/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving data: this library's calls compared with libbpf's consumers and bare system calls, alternately.
 * Prints one line of NAME=VALUE.
 *
 *   bench_data ring|perf ours|libbpf SECONDS     64-byte events from one CPU to a callback on another
 *   bench_data table ours|calls ENTRIES          reading a hash with this many entries
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bcc/bcc.h>

static const char text[] =
	"struct event { u64 number, words[7]; };\n"
	"BPF_RINGBUF_OUTPUT(ring, 1024);\n"
	"BPF_PERF_OUTPUT(perf);\n"
	"BPF_ARRAY(made, u64, 2);\n"
	"static inline void count(int lost) { u64 *n = made.lookup(&lost); if (n) (*n)++; }\n"
	"int to_ring(struct __sk_buff *skb)\n"
	"{\n"
	"	struct event e = {};\n"
	"	count(ring.ringbuf_output(&e, sizeof(e), 0) ? 1 : 0);\n"
	"	return 0;\n"
	"}\n"
	"int to_perf(struct __sk_buff *skb)\n"
	"{\n"
	"	struct event e = {};\n"
	"	count(perf.perf_submit(skb, &e, sizeof(e)) ? 1 : 0);\n"
	"	return 0;\n"
	"}\n";

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static int fail(struct bcc *b, const char *what)
{
	fprintf(stderr, "%s: %s\n", what, b ? bcc_error(b) : strerror(errno));
	exit(1);
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set); /* with only one CPU they alternate */
}

/* ---- streams ---- */

static volatile bool stop;
static uint64_t received, lost, bytes;

static void *produce(void *fd)
{
	char packet[64] = {0};
	LIBBPF_OPTS(
		bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet), .repeat = 1000);

	run_on(1);
	while (!stop)
		bpf_prog_test_run_opts(*(int *)fd, &run);
	return NULL;
}

static int on_event(void *ctx, int cpu, const void *data, size_t size)
{
	received++;
	bytes += *(const uint64_t *)data + size;
	return 0;
}

static void on_lost(void *ctx, int cpu, uint64_t count)
{
	lost += count;
}

static int on_ring_sample(void *ctx, void *data, size_t size)
{
	return on_event(ctx, -1, data, size);
}

static void on_perf_sample(void *ctx, int cpu, void *data, uint32_t size)
{
	on_event(ctx, cpu, data, size);
}

static void on_perf_lost(void *ctx, int cpu, __u64 count)
{
	lost += count;
}

struct reader {
	struct bcc *b;
	struct ring_buffer *ring;
	struct perf_buffer *perf;
};

static void open_reader(struct reader *r, bool ring, bool ours)
{
	struct bcc_table_info info = {.size = sizeof(info)};

	bcc_table_info(bcc_table_find(r->b, ring ? "ring" : "perf"), &info);
	if (ours && ring && bcc_open_ring(r->b, "ring", on_event, NULL) < 0)
		fail(r->b, "ring");
	if (ours && !ring &&
		bcc_open_perf(r->b, "perf", on_event, NULL,
			&BCC_OPTS(struct bcc_perf_opts, .page_count = 1024, .lost = on_lost)) < 0)
		fail(r->b, "perf");
	if (!ours && ring)
		r->ring = ring_buffer__new(info.fd, on_ring_sample, NULL, NULL);
	if (!ours && !ring)
		r->perf = perf_buffer__new(info.fd, 1024, on_perf_sample, on_perf_lost, NULL, NULL);
	if (!ours && !r->ring && !r->perf)
		fail(NULL, "libbpf");
}

static void poll_once(struct reader *r)
{
	if (r->ring)
		ring_buffer__poll(r->ring, 100);
	else if (r->perf)
		perf_buffer__poll(r->perf, 100);
	else
		bcc_poll(r->b, 100);
}

static uint64_t made(struct bcc *b, uint32_t which)
{
	uint64_t value = 0;

	bcc_table_get(bcc_table_find(b, "made"), &which, sizeof(which), &value, sizeof(value));
	return value;
}

static int stream(bool ring, bool ours, double seconds)
{
	struct reader r = {0};
	pthread_t producer;
	uint64_t begin, end;
	struct timespec cpu[2];
	int fd;

	if (bcc_open_text(text, NULL, &r.b) < 0)
		return fail(r.b, "open");
	fd = bcc_program_load(
		bcc_program_find(r.b, ring ? "to_ring" : "to_perf"), BPF_PROG_TYPE_SCHED_CLS, NULL);
	if (fd < 0)
		return fail(r.b, "load");
	open_reader(&r, ring, ours);
	run_on(0);
	pthread_create(&producer, NULL, produce, &fd);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu[0]);
	begin = now();
	do
		poll_once(&r);
	while ((end = now()) - begin < seconds * 1e9);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu[1]);
	printf("million_per_s=%.3f ", received * 1e3 / (end - begin));
	printf("cpu_ns_per_event=%.1f ",
		received
			? ((cpu[1].tv_sec - cpu[0].tv_sec) * 1e9 + cpu[1].tv_nsec - cpu[0].tv_nsec) / received
			: 0.0);
	stop = true;
	pthread_join(producer, NULL);
	for (uint64_t before = received - 1; before != received;) {
		before = received;
		poll_once(&r);
	}
	printf("delivered=%llu refused=%llu uncounted=%lld\n", (unsigned long long)received,
		(unsigned long long)made(r.b, 1), (long long)(made(r.b, 0) - received));
	return 0;
}

/* ---- tables ---- */

static const char table_text[] = "BPF_HASH(hash, u64, u64, ENTRIES);\n";
static uint64_t sum, seen;

static int on_entry(void *ctx, const void *key, const void *value)
{
	sum += *(const uint64_t *)value;
	seen++;
	return 0;
}

static void read_in_batches(int fd, uint32_t entries)
{
	enum { BATCH = 4096 };
	static uint64_t keys[BATCH], values[BATCH];
	uint32_t position, count;
	void *from = NULL;
	int err = 0;

	while (!err) {
		count = BATCH;
		err = bpf_map_lookup_batch(fd, from, &position, keys, values, &count, NULL);
		for (uint32_t i = 0; i < count; i++)
			on_entry(NULL, &keys[i], &values[i]);
		from = &position;
	}
}

/* As BCC's clients do: the next key, then its value. */
static void read_one_by_one(int fd)
{
	uint64_t key, value;
	bool first = true;

	while (bpf_map_get_next_key(fd, first ? NULL : &key, &key) == 0) {
		first = false;
		if (bpf_map_lookup_elem(fd, &key, &value) == 0)
			on_entry(NULL, &key, &value);
	}
}

static int table(bool ours, uint32_t entries)
{
	struct bcc_table_info info = {.size = sizeof(info)};
	char flag[64];
	const char *flags[] = {flag};
	uint64_t begin, best = UINT64_MAX, one_by_one;
	struct bcc_table *t;
	struct bcc *b;

	snprintf(flag, sizeof(flag), "-DENTRIES=%u", 2 * entries);
	if (bcc_open_text(
		    table_text, &BCC_OPTS(struct bcc_open_opts, .cflags = flags, .cflags_count = 1), &b) < 0)
		return fail(b, "open");
	t = bcc_table_find(b, "hash");
	bcc_table_info(t, &info);
	for (uint64_t i = 0; i < entries; i++)
		bpf_map_update_elem(info.fd, &i, &i, 0);
	for (int round = 0; round < 5; round++) {
		seen = sum = 0;
		begin = now();
		if (ours)
			bcc_table_each(t, on_entry, NULL);
		else
			read_in_batches(info.fd, entries);
		if (now() - begin < best)
			best = now() - begin;
		if (seen != entries || sum != (uint64_t)entries * (entries - 1) / 2)
			return fail(NULL, "not all entries were read");
	}
	begin = now();
	read_one_by_one(info.fd);
	one_by_one = now() - begin;
	printf("ms=%.2f one_by_one_ms=%.2f\n", best / 1e6, one_by_one / 1e6);
	return 0;
}

int main(int argc, char **argv)
{
	bool ours;

	if (argc != 4)
		return 2;
	ours = strcmp(argv[2], "ours") == 0;
	if (strcmp(argv[1], "table") == 0)
		return table(ours, atoi(argv[3]));
	return stream(strcmp(argv[1], "ring") == 0, ours, atof(argv[3]));
}
