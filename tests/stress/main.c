/* SPDX-License-Identifier: Apache-2.0 */
/* 16 threads use 64 handles each, of texts that are right, wrong, cancelled or in the cache, with all that
 * has state of the whole process: compilers, shared tables, symbols, the cache. The thread sanitizer looks
 * on, and each result is checked. */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/perf_event.h>

#include <bcc/bcc.h>
#include <bcc/cache.h>
#include <bcc/symbols.h>

#define THREADS 16
#define HANDLES 64

static const char right[] = "BPF_HASH(h, u32, u64);\n"
			    "BPF_PERF_OUTPUT(e);\n"
			    "int f(struct bpf_perf_event_data *ctx) { u32 k = N; h.increment(k);\n"
			    "	e.perf_submit(ctx, &k, sizeof(k)); return 0; }\n";
static const char public[] = "BPF_TABLE_PUBLIC(\"hash\", u32, u64, h, 64);\n"
			     "int f(void *ctx) { u32 k = N; h.increment(k); return 0; }\n";
static const char wrong[] = "int f(void *ctx) { return no_such_name + N; }\n";

enum kind { RIGHT, CACHED, PUBLIC, WRONG, CANCELLED, KINDS };

static unsigned long done[KINDS], failures;

static void stress_failed(const char *what, int ret, const struct bcc *b)
{
	__atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
	fprintf(stderr, "%s: %d: %s\n", what, ret, b ? bcc_error(b) : "");
}

static int stress_ignore_event(void *ctx, int cpu, const void *data, size_t size)
{
	return 0;
}

static void stress_attach(struct bcc *b)
{
	int ret = bcc_open_perf(b, "e", stress_ignore_event, NULL, NULL);

	if (ret == 0)
		ret = bcc_attach_perf_event(b, "f",
			&BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
				.config = PERF_COUNT_SW_CONTEXT_SWITCHES, .sample_period = 10,
				.pid = getpid(), .cpu = -1),
			NULL);
	if (ret == 0)
		ret = bcc_poll(b, 1);
	if (ret < 0)
		stress_failed("attaching", ret, b);
}

static void stress_use(struct bcc *b, bool attaches)
{
	struct bcc_table *h = bcc_table_find(b, "h");
	uint32_t key = 7;
	uint64_t value = 42, read = 0;
	int ret = h ? bcc_table_set(h, &key, sizeof(key), &value, sizeof(value), 0) : -ENOENT;

	if (ret == 0)
		ret = bcc_table_get(h, &key, sizeof(key), &read, sizeof(read));
	if (ret < 0 || read != value)
		stress_failed("the table", ret, b);
	if (attaches) {
		stress_attach(b);
	} else {
		ret = bcc_program_load(bcc_program_find(b, "f"), BPF_PROG_TYPE_KPROBE, NULL);
		if (ret < 0)
			stress_failed("loading", ret, b);
	}
}

static void stress_symbols(void)
{
	struct bcc_symbols *s = NULL;
	uint64_t address = 0;
	int ret = bcc_symbols_open_process(getpid(), NULL, &s);

	if (ret == 0)
		ret = bcc_symbols_find(s, NULL, "main", &address);
	if (ret < 0) {
		__atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
		fprintf(stderr, "symbols: %d: %s\n", ret, bcc_symbols_error(s));
	}
	bcc_symbols_close(s);
}

static void stress_one(enum kind kind, unsigned number)
{
	static const char *const texts[KINDS] = {right, right, public, wrong, right};
	static const int expected[KINDS] = {[WRONG] = -EINVAL, [CANCELLED] = -ECANCELED};
	int cancel_fd = kind == CANCELLED ? eventfd(1, EFD_CLOEXEC) : 0, ret;
	char flag[32], namespace[32];
	const char *const flags[] = {flag};
	struct bcc *b = NULL;

	snprintf(flag, sizeof(flag), "-DN=%u", kind == CACHED ? 0 : number);
	snprintf(namespace, sizeof(namespace), "stress-%u", number);
	ret = bcc_open_text(texts[kind],
		&BCC_OPTS(struct bcc_open_opts, .cflags = flags, .cflags_count = 1, .cancel_fd = cancel_fd,
			.maps_namespace = namespace),
		&b);
	if (ret != expected[kind])
		stress_failed("opening", ret, b);
	else if (ret == 0)
		stress_use(b, kind != PUBLIC);
	bcc_close(b);
	if (cancel_fd > 0)
		close(cancel_fd);
	if (number % 16 == 0)
		stress_symbols();
	__atomic_add_fetch(&done[kind], 1, __ATOMIC_RELAXED);
}

static void *stress_run(void *arg)
{
	unsigned first = *(unsigned *)arg;

	for (unsigned i = 0; i < HANDLES; i++)
		stress_one((first + i) % KINDS, first + i);
	return NULL;
}

/* Numbers that no earlier text had are compiled. */
static void stress_round(unsigned first)
{
	unsigned firsts[THREADS];
	pthread_t threads[THREADS];

	for (unsigned i = 0; i < THREADS; i++) {
		firsts[i] = first + i * HANDLES;
		if (pthread_create(&threads[i], NULL, stress_run, &firsts[i])) {
			perror("pthread_create");
			exit(2);
		}
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 1 ? strtol(argv[1], NULL, 10) : 0);
	char cache[] = "/tmp/bcc-stress-XXXXXX";
	unsigned round = 0;

	if (argc > 2 || !mkdtemp(cache)) {
		fprintf(stderr, "usage: %s [SECONDS]\n", argv[0]);
		return 2;
	}
	setenv("BCC_CACHE", "1", 1);
	setenv("BCC_CACHE_DIR", cache, 1);
	do
		stress_round(round++ * THREADS * HANDLES + 1);
	while (time(NULL) < end && !failures);
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		stress_failed("a process is left", 0, NULL);
	bcc_cache_clear();
	if (rmdir(cache))
		stress_failed("the cache's folder is not empty", -errno, NULL);
	printf("%u rounds of %d threads with %d handles: %lu compiled, %lu cached, %lu shared, %lu wrong, %lu cancelled; %lu failures\n",
		round, THREADS, HANDLES, done[RIGHT], done[CACHED], done[PUBLIC], done[WRONG],
		done[CANCELLED], failures);
	return failures != 0;
}
