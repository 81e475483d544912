/* SPDX-License-Identifier: Apache-2.0 */
/* Samples of software counters. Page faults can be counted exactly: one for each new page that is touched, at
 * a known address. */
#include <limits.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "testlib.h"

#define PAGES 61

static const char text[] = "#include <uapi/linux/ptrace.h>\n"
			   "#include <uapi/linux/bpf_perf_event.h>\n"
			   "BPF_ARRAY(counts, u64, 4);\n"
			   "BPF_ARRAY(range, u64, 2);\n"
			   "static inline void count(int slot)\n"
			   "{\n"
			   "	u64 *v = counts.lookup(&slot);\n"
			   "	if (v) __sync_fetch_and_add(v, 1);\n"
			   "}\n"
			   "int on_fault(struct bpf_perf_event_data *ctx)\n"
			   "{\n"
			   "	int first = 0, second = 1;\n"
			   "	u64 *start = range.lookup(&first), *end = range.lookup(&second);\n"
			   "	if (start && end && ctx->addr >= *start && ctx->addr < *end) count(0);\n"
			   "	return 0;\n"
			   "}\n"
			   "int on_clock(struct bpf_perf_event_data *ctx)\n"
			   "{\n"
			   "	if (bpf_get_current_pid_tgid() >> 32 == PID) count(1);\n"
			   "	return 0;\n"
			   "}\n"
			   "int on_period(struct bpf_perf_event_data *ctx)\n"
			   "{\n"
			   "	if (bpf_get_current_pid_tgid() >> 32 == PID) count(2);\n"
			   "	return 0;\n"
			   "}\n";

static struct bcc *open_text(void)
{
	return open_test_text(text, NULL);
}

static struct bcc_perf_event_opts faults_of(pid_t pid)
{
	return BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_PAGE_FAULTS, .sample_period = 1, .pid = pid, .cpu = -1);
}

/* Memory in which `parts` times PAGES pages fault one by one when touched; only faults there are counted. */
static char *watched_memory(struct bcc *b, int parts)
{
	size_t size = (size_t)parts * PAGES * sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(memory, MAP_FAILED);
	madvise(memory, size, MADV_NOHUGEPAGE);
	set_table_u64(b, "range", 0, (uintptr_t)memory);
	set_table_u64(b, "range", 1, (uintptr_t)memory + size);
	return memory;
}

static void *touch_part(void *part)
{
	for (int i = 0; i < PAGES; i++)
		((volatile char *)part)[i * sysconf(_SC_PAGESIZE)] = 1;
	return NULL;
}

static char *part_of(char *memory, int part)
{
	return memory + (size_t)part * PAGES * sysconf(_SC_PAGESIZE);
}

static void test_counts_exactly(void **state)
{
	struct bcc *b = open_text();
	char *memory = watched_memory(b, 2);
	struct bcc_perf_event_opts opts = faults_of(getpid());
	struct bcc_link *link;

	expect_ok(b, bcc_attach_perf_event(b, "on_fault", &opts, &link));
	touch_part(memory);
	assert_int_equal(table_u64(b, "counts", 0), PAGES);
	touch_part(memory); /* they are present now */
	assert_int_equal(table_u64(b, "counts", 0), PAGES);
	bcc_detach(link);
	touch_part(part_of(memory, 1));
	assert_int_equal(table_u64(b, "counts", 0), PAGES);
	munmap(memory, 2 * (part_of(memory, 1) - memory));
	bcc_close(b);
}

static pthread_barrier_t attached;

static void *touch_when_attached(void *part)
{
	pthread_barrier_wait(&attached);
	return touch_part(part);
}

/* A process is its threads: those that were there before, and those that came later. */
static void test_process_is_all_its_threads(void **state)
{
	struct bcc *b = open_text();
	char *memory = watched_memory(b, 4);
	struct bcc_perf_event_opts opts = faults_of(getpid());
	pthread_t early[2], late;

	pthread_barrier_init(&attached, NULL, 3);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&early[i], NULL, touch_when_attached, part_of(memory, i)), 0);
	expect_ok(b, bcc_attach_perf_event(b, "on_fault", &opts, NULL));
	pthread_barrier_wait(&attached);
	assert_int_equal(pthread_create(&late, NULL, touch_part, part_of(memory, 2)), 0);
	touch_part(part_of(memory, 3));
	for (int i = 0; i < 2; i++)
		pthread_join(early[i], NULL);
	pthread_join(late, NULL);
	assert_int_equal(table_u64(b, "counts", 0), 4 * PAGES);
	pthread_barrier_destroy(&attached);
	munmap(memory, 2 * (part_of(memory, 2) - memory));
	bcc_close(b);
}

/* Children count if they inherit the event, and only then. */
static void test_inherit(void **state)
{
	for (int inherit = 0; inherit < 2; inherit++) {
		struct bcc *b = open_text();
		char *memory = watched_memory(b, 1);
		struct bcc_perf_event_opts opts = faults_of(getpid());
		pid_t child;

		opts.inherit = inherit;
		expect_ok(b, bcc_attach_perf_event(b, "on_fault", &opts, NULL));
		child = fork();
		if (!child) {
			touch_part(memory);
			_exit(0);
		}
		assert_int_equal(waitpid(child, NULL, 0), child);
		assert_int_equal(table_u64(b, "counts", 0), inherit ? PAGES : 0);
		munmap(memory, part_of(memory, 1) - memory);
		bcc_close(b);
	}
}

/* Uses CPU time for this long. */
static void spin(double seconds)
{
	struct timespec begin, now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
	do {
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	} while (now.tv_sec - begin.tv_sec + (now.tv_nsec - begin.tv_nsec) / 1e9 < seconds);
}

/* 100 samples for each second of every CPU's time are as many as one every 10 ms. This is not compared with
 * this process's CPU time: a virtual machine that its host stops has fewer of both. */
static void test_frequency_on_all_cpus(void **state)
{
	struct bcc *b = open_text();
	struct bcc_perf_event_opts opts = BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK, .sample_freq = 100, .cpu = -1);
	uint64_t by_period, by_frequency;

	expect_ok(b, bcc_attach_perf_event(b, "on_clock", &opts, NULL));
	opts.sample_freq = 0;
	opts.sample_period = 10000000;
	expect_ok(b, bcc_attach_perf_event(b, "on_period", &opts, NULL));
	set_table_u64(b, "counts", 1, 0);
	set_table_u64(b, "counts", 2, 0);
	do {
		spin(0.01);
		by_frequency = table_u64(b, "counts", 1);
		by_period = table_u64(b, "counts", 2);
	} while (by_period < 100 && by_frequency < 200);
	assert_in_range(by_frequency, by_period / 2, by_period * 2);
	bcc_close(b);
}

static void expect_refused(struct bcc *b, struct bcc_perf_event_opts opts, int code, const char *sentence)
{
	expect_return(b, bcc_attach_perf_event(b, "on_fault", &opts, NULL), code);
	expect_sentence(b, sentence);
}

static void test_bad_input(void **state)
{
	struct bcc *b = open_text();
	struct bcc_perf_event_opts good = faults_of(getpid()), opts = good;

	expect_return(b, bcc_attach_perf_event(b, "on_fault", NULL, NULL), -EINVAL);
	expect_return(b, bcc_attach_perf_event(b, "absent", &good, NULL), -ENOENT);
	opts.sample_period = 0;
	expect_refused(b, opts, -EINVAL, "either sample_period or sample_freq");
	opts.sample_period = opts.sample_freq = 10;
	expect_refused(b, opts, -EINVAL, "either sample_period or sample_freq");
	opts = good;
	opts.pid = INT_MAX;
	expect_refused(b, opts, -ESRCH, "no process");
	opts.pid = -5;
	expect_refused(b, opts, -EINVAL, "pid -5");
	opts = good;
	opts.pid = 0;
	opts.cpu = 100000;
	expect_refused(b, opts, -EINVAL, "no such CPU");
	opts = good;
	opts.config = 1000000;
	assert_true(bcc_attach_perf_event(b, "on_fault", &opts, NULL) < 0);
	expect_sentence(b, "config 0xf4240");
	opts = good;
	opts.type = 4000000000u;
	expect_refused(b, opts, -ENOENT, "no counter");
	opts = good;
	opts.sample_period = 0;
	opts.sample_freq = UINT_MAX;
	expect_refused(b, opts, -EINVAL, "perf_event_max_sample_rate");
	bcc_close(b);
}

/* A machine without the hardware reports that; one with it samples. */
static void test_hardware_counter(void **state)
{
	struct bcc *b = open_text();
	struct bcc_perf_event_opts opts = BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_HARDWARE,
		.config = PERF_COUNT_HW_CPU_CYCLES, .sample_period = 1000000, .pid = getpid(), .cpu = -1);
	int err = bcc_attach_perf_event(b, "on_clock", &opts, NULL);

	if (err) {
		assert_true(err == -ENOENT || err == -ENODEV || err == -EOPNOTSUPP);
		expect_sentence(b, "no counter");
		expect_sentence(b, "cpu-clock");
	} else {
		while (table_u64(b, "counts", 1) <= 10)
			spin(0.1);
	}
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts_exactly),
		cmocka_unit_test(test_process_is_all_its_threads),
		cmocka_unit_test(test_inherit),
		cmocka_unit_test(test_frequency_on_all_cpus),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_hardware_counter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
