/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzzer of the whole compiler: changed texts and flags are opened as programs do it, in hosts of a few
 * texts each. A host that dies or hangs, a compiler that crashes, output, and files, processes, descriptors
 * or memory that stay are findings, which are kept as files. The same seed tries the same. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <glob.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bcc/bcc.h>

#include "common/array.h"
#include "mutate.h"

#define CASES_OF_A_HOST 16
#define FOLDERS 5
#define TIME_LIMIT 4000	 /* ms that the compiler may take */
#define PATIENCE 60000	 /* ms until a host that does not go on has hung: far above, for loaded machines */
#define MOST_GROWTH 4096 /* KB that a host may grow after its first text */

/* Shared with the host. */
struct progress {
	uint64_t done; /* cases */
	uint64_t accepted, refused, timed_out, out_of_memory;
	uint64_t number; /* of the case under way */
	int findings;
	char why[4096]; /* the first finding of the host */
};

static struct corpus corpus;
static struct progress *progress;
static char include_flags[FOLDERS][PATH_MAX]; /* where the tools' texts find what they include */
static uint64_t seed = 1;
static const char *folder = ".";
static char scratch[] = "/tmp/bcc-texts-XXXXXX";
static int output; /* where the host's stdout and stderr go */

static struct random texts_random(uint64_t number)
{
	return (struct random){seed * 0x2545f4914f6cdd1d + number * 0x9e3779b97f4a7c15};
}

/* ---- findings ---- */

static void texts_keep(uint64_t number, const char *why)
{
	struct random r = texts_random(number);
	char *text = mutate_text(&r, &corpus), *flags[MUTATE_MOST_FLAGS], path[4096];
	size_t count = mutate_flags(&r, flags);
	FILE *file;

	snprintf(path, sizeof(path), "%s/found-%lu-%lu.c", folder, seed, number);
	file = fopen(path, "we");
	if (file) {
		fputs(text, file);
		for (size_t i = 0; i < count; i++)
			fprintf(file, "\n// flag: %s", flags[i]);
		fprintf(file, "\n// %s\n", why);
		fclose(file);
	}
	for (size_t i = 0; i < count; i++)
		free(flags[i]);
	free(text);
	printf("finding: case %lu (%s): %s\n", number, path, why);
	fflush(stdout);
}

/* In the host. */
__attribute__((format(printf, 1, 2))) static void texts_found(const char *format, ...)
{
	va_list args;

	if (progress->findings++)
		return;
	va_start(args, format);
	vsnprintf(progress->why, sizeof(progress->why), format, args);
	va_end(args);
}

/* ---- the host ---- */

static int count_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* Without what the allocator keeps for later: large texts leave it that. */
static long resident_kb(void)
{
	unsigned long size = 0, resident = 0;
	FILE *file;

	malloc_trim(0);
	file = fopen("/proc/self/statm", "re");
	if (!file || fscanf(file, "%lu %lu", &size, &resident) != 2)
		resident = 0;
	if (file)
		fclose(file);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' && *text != '\n' && *text != '\t')
			return false;
	return true;
}

static void texts_judge(int ret, const struct bcc *b)
{
	const char *error = bcc_error(b);

	if (ret == 0)
		progress->accepted++;
	else if (ret == -ETIMEDOUT)
		progress->timed_out++;
	else if (ret == -ENOMEM)
		progress->out_of_memory++;
	else
		progress->refused++;
	if (ret > 0)
		texts_found("returned %d", ret);
	if (ret == -EIO || ret == -EPROTO || strstr(error, "the compiler crashed"))
		texts_found("%d: %s", ret, error);
	else if (ret && strlen(error) < 10)
		texts_found("%d without a message: %s", ret, error);
	else if (!is_plain(error))
		texts_found("%d: control characters in the message", ret);
}

static void texts_log(void *ctx, enum bcc_log_level level, const char *text)
{
}

static void texts_open(uint64_t number)
{
	struct random r = texts_random(number);
	char *text = mutate_text(&r, &corpus), *flags[MUTATE_MOST_FLAGS];
	size_t count = mutate_flags(&r, flags), before = count_descriptors(), after;
	const char *all[MUTATE_MOST_FLAGS + FOLDERS];
	struct bcc_open_opts opts = {.size = sizeof(opts),
		.cflags = all,
		.cflags_count = count + FOLDERS,
		.deferred = true,
		.time_limit = TIME_LIMIT,
		.compiler = BCC_COMPILER_CHILD,
		.log = texts_log};
	struct bcc *b = NULL;
	int ret;

	if (random_below(&r, 16) == 0)
		opts.debug = random_below(&r, 8);
	if (random_below(&r, 16) == 0)
		opts.memory_limit = 32 << 20;
	opts.name = mutate_name(&r);
	for (size_t i = 0; i < FOLDERS; i++)
		all[i] = include_flags[i];
	for (size_t i = 0; i < count; i++)
		all[FOLDERS + i] = flags[i];
	ret = bcc_open_text(text, &opts, &b);
	texts_judge(ret, b);
	for (size_t i = 0; ret == 0 && i < bcc_program_count(b); i++)
		if (!*bcc_program_name(bcc_program_at(b, i)))
			texts_found("a program without a name");
	bcc_warnings(b);
	bcc_close(b);
	after = count_descriptors();
	if (after != before)
		texts_found("%zu descriptors became %zu", before, after);
	if (waitpid(-1, NULL, WNOHANG | __WALL) != -1 || errno != ECHILD)
		texts_found("a child is left");
	for (size_t i = 0; i < count; i++)
		free(flags[i]);
	free(text);
}

static void texts_host(uint64_t first, size_t count)
{
	long before = 0;

	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	for (uint64_t i = 0; i < count && !progress->findings; i++) {
		progress->number = first + i;
		texts_open(first + i);
		if (i == 0)
			before = resident_kb();
		progress->done++;
	}
	if (resident_kb() > before + MOST_GROWTH)
		texts_found("the host has grown from %ld to %ld KB", before, resident_kb());
	_exit(0);
}

/* ---- around the host ---- */

/* Whether it has ended; false: it hangs. */
static bool texts_await(pid_t host)
{
	struct pollfd end = {.fd = syscall(SYS_pidfd_open, host, 0), .events = POLLIN};
	uint64_t done = progress->done;
	bool ended;

	if (end.fd < 0)
		return true;
	while (!(ended = poll(&end, 1, PATIENCE) > 0) && progress->done != done)
		done = progress->done;
	close(end.fd);
	return ended;
}

static void texts_check_output(void)
{
	char said[512] = "";
	off_t size = lseek(output, 0, SEEK_END);

	if (size > 0 && pread(output, said, sizeof(said) - 1, 0) > 0)
		texts_found("printed: %s", said);
	if (ftruncate(output, 0) == 0)
		lseek(output, 0, SEEK_SET);
}

static void texts_check_files(void)
{
	DIR *dir = opendir(".");
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		texts_found("left behind: %s", entry->d_name);
		unlink(entry->d_name);
		rmdir(entry->d_name);
	}
	if (dir)
		closedir(dir);
}

/* Returns whether there was a finding. */
static bool texts_batch(uint64_t first, size_t count)
{
	pid_t host;
	int status = 0;

	progress->findings = 0;
	progress->why[0] = '\0';
	progress->number = first;
	fflush(stdout);
	host = fork();
	if (host < 0) {
		perror("fork");
		exit(2);
	}
	if (host == 0)
		texts_host(first, count);
	if (!texts_await(host)) {
		texts_found("the host hangs");
		kill(host, SIGKILL);
	}
	waitpid(host, &status, 0);
	if (status && !progress->findings)
		texts_found("the host has died: status %#x", status);
	/* orphans come to this process */
	if (waitpid(-1, NULL, WNOHANG | __WALL) != -1)
		texts_found("a process is left behind");
	texts_check_output();
	texts_check_files();
	if (!progress->findings)
		return false;
	texts_keep(progress->number, progress->why);
	return true;
}

static void texts_read(const char *tree)
{
	static const char *const patterns[] = {
		"tools/*/*.bpf.c", "examples/*.c", "tests/kernel/*.c", "tests/unit/*.c"};
	static const char *const folders[FOLDERS] = {"lib", "files", "net", "process", "sched"};

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		char pattern[4096];
		glob_t found;

		snprintf(pattern, sizeof(pattern), "%s/%s", tree, patterns[i]);
		if (glob(pattern, 0, NULL, &found) == 0)
			for (size_t j = 0; j < found.gl_pathc; j++)
				corpus_add_file(&corpus, found.gl_pathv[j]);
		globfree(&found);
	}
	for (size_t i = 0; i < FOLDERS; i++)
		snprintf(include_flags[i], PATH_MAX, "-I%.*s/tools/%s", PATH_MAX - 32, tree, folders[i]);
}

/* What the library opens once for a process and keeps is not a leak of a text. */
static bool texts_begin(void)
{
	struct bcc *b;
	int ret = bcc_open_text("TRACEPOINT_PROBE(sched, sched_switch) { return args->prev_pid; }\n",
		&BCC_OPTS(struct bcc_open_opts, .deferred = true), &b);

	/* without tracefs there is nothing to keep */
	bcc_close(b);
	return ret != -ELIBACC;
}

static int texts_run(long seconds, long only)
{
	time_t end = time(NULL) + seconds;
	int findings = 0;
	uint64_t number = 0;

	if (only >= 0)
		return texts_batch(only, 1);
	while (time(NULL) < end) {
		findings += texts_batch(number, CASES_OF_A_HOST);
		number += CASES_OF_A_HOST;
	}
	return findings;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"seconds", required_argument, NULL, 's'},
		{"seed", required_argument, NULL, 'r'}, {"keep", required_argument, NULL, 'k'},
		{"case", required_argument, NULL, 'c'}, {0}};
	long seconds = 20, only = -1;
	int option, findings;
	char *tree, *kept;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's')
			seconds = atol(optarg);
		else if (option == 'r')
			seed = strtoull(optarg, NULL, 10);
		else if (option == 'k')
			folder = optarg;
		else if (option == 'c')
			only = atol(optarg);
		else
			folder = NULL;
	}
	if (!folder || optind != argc - 1) {
		fprintf(stderr, "usage: %s [--seconds N] [--seed N] [--case N] [--keep FOLDER] TREE\n",
			argv[0]);
		return 2;
	}
	tree = realpath(argv[optind], NULL);
	if (!tree) {
		perror(argv[optind]);
		return 2;
	}
	kept = realpath(folder, NULL);
	if (!kept) {
		perror(folder);
		return 2;
	}
	folder = kept;
	texts_read(tree);
	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	output = memfd_create("output", MFD_CLOEXEC);
	if (!corpus.count || progress == MAP_FAILED || output < 0 || !texts_begin() || !mkdtemp(scratch) ||
		chdir(scratch)) {
		fprintf(stderr, "%s cannot begin: %zu texts, %s\n", argv[0], corpus.count, strerror(errno));
		return 2;
	}
	setenv("TMPDIR", scratch, 1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	findings = texts_run(seconds, only);
	printf("%zu own texts; %lu changed: %lu accepted, %lu refused, %lu out of time, %lu out of memory; %d findings\n",
		corpus.count, progress->done, progress->accepted, progress->refused, progress->timed_out,
		progress->out_of_memory, findings);
	if (chdir("/") == 0)
		rmdir(scratch);
	corpus_free(&corpus);
	free(tree);
	return findings > 0;
}
