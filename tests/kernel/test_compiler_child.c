/* SPDX-License-Identifier: Apache-2.0 */
/* Texts are compiled in a separate process: whatever happens to it, the caller survives and gets an error,
 * and nothing stays behind. */
#include "compiler_child.h"

#include "common/array.h"

static int open_with(const char *text, struct bcc_open_opts opts, struct bcc **b)
{
	opts.size = sizeof(opts);
	return bcc_open_text(text, &opts, b);
}

static void expect_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	assert_int_equal(errno, ECHILD);
}

static void expect_works(void)
{
	struct bcc *b;

	expect_ok(b, bcc_open_text(SMALL_TEXT, NULL, &b));
	assert_int_equal(bcc_program_count(b), 1);
	bcc_close(b);
}

/* For use in a child of the test. */
static const char *what_fails(void)
{
	static char why[4096];
	struct bcc *b;
	int ret = bcc_open_text(SMALL_TEXT, NULL, &b);

	snprintf(why, sizeof(why), "%d: %s", ret, bcc_error(b));
	bcc_close(b);
	return ret ? why : NULL;
}

/* ---- limits ---- */

static void test_time(void **state)
{
	char *text = slow_text();
	struct bcc *b;

	expect_return(b, open_with(text, (struct bcc_open_opts){.time_limit = 300}, &b), -ETIMEDOUT);
	expect_sentence(b, "the compiler needed more than 0.3 s");
	bcc_close(b);
	expect_no_children();
	free(text);
}

static void test_memory(void **state)
{
	static const char *const texts[] = {
		/* in one allocation */
		"int big[1 << 28] = {[0 ... (1 << 28) - 1] = 7};\nint f(void *ctx) { return big[3]; }\n",
		/* in many allocations */
		"#define A(x) x x x x x x x x\n#define B(x) A(A(A(x)))\n#define C(x) B(B(B(x)))\nint f(void *ctx) { int y = 1; C(y++;) return y; }\n",
	};
	struct bcc *b;

	not_with_sanitizers("memory is not limited");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		expect_return(b, open_with(texts[i], (struct bcc_open_opts){.memory_limit = 64 << 20}, &b),
			-ENOMEM);
		expect_sentence(b, "the compiler needed more than 64 MB of memory");
		bcc_close(b);
	}
	expect_return(b, bcc_open_text(texts[0], NULL, &b), -ENOMEM);
	expect_sentence(b, "the compiler needed more than 1 GB of memory");
	bcc_close(b);
	expect_no_children();
}

/* `depth` nested operators. The caller frees it. */
static char *nested_text(size_t depth)
{
	char *text = malloc(depth + 100);
	size_t begin;

	if (!text)
		return NULL;
	begin = sprintf(text, "int f(void *ctx) { int x = 1; return ");
	memset(text + begin, '~', depth);
	strcpy(text + begin + depth, "x; }\n");
	return text;
}

/* However deep clang recurses, it does not use the caller's stack. */
static void test_nesting(void **state)
{
	char *text;
	struct bcc *b;

	not_with_sanitizers("a stack that is full is its own error");
	text = nested_text(1000000);
	assert_non_null(text);
	expect_return(b, bcc_open_text(text, NULL, &b), -EINVAL);
	expect_sentence(b, "nested too deeply");
	bcc_close(b);
	free(text);
	text = nested_text(1000);
	assert_non_null(text);
	expect_ok(b, bcc_open_text(text, NULL, &b));
	bcc_close(b);
	free(text);
	expect_no_children();
}

/* ---- ended from outside ---- */

static void cancel_when_it_compiles(struct meanwhile *m)
{
	await_compiler_of(getpid());
	assert_int_equal(eventfd_write(m->cancel_fd, 1), 0);
}

static void test_cancelled(void **state)
{
	struct meanwhile m = {.act = cancel_when_it_compiles, .cancel_fd = eventfd(0, EFD_CLOEXEC)};
	const struct bcc_open_opts opts = {.cancel_fd = m.cancel_fd, .time_limit = UINT32_MAX};
	char *text = slow_text();
	eventfd_t count;
	struct bcc *b;

	assert_true(m.cancel_fd > 0);
	begin_meanwhile(&m);
	expect_return(b, open_with(text, opts, &b), -ECANCELED);
	pthread_join(m.thread, NULL);
	expect_sentence(b, "cancelled");
	bcc_close(b);
	expect_no_children();
	/* as long as nobody has read it */
	expect_return(b, open_with(SMALL_TEXT, opts, &b), -ECANCELED);
	bcc_close(b);
	assert_int_equal(eventfd_read(m.cancel_fd, &count), 0);
	expect_ok(b, open_with(SMALL_TEXT, opts, &b));
	/* loading stops before its next program */
	assert_int_equal(eventfd_write(m.cancel_fd, 1), 0);
	expect_return(b, bcc_program_load(bcc_program_find(b, "f"), 1, NULL), -ECANCELED);
	expect_sentence(b, "cancelled");
	assert_int_equal(eventfd_read(m.cancel_fd, &count), 0);
	assert_true(bcc_program_load(bcc_program_find(b, "f"), 1, NULL) > 0);
	bcc_close(b);
	free(text);
	/* one that is not open */
	close(m.cancel_fd);
	expect_return(b, open_with(SMALL_TEXT, opts, &b), -EBADF);
	bcc_close(b);
}

static int handler_fd;

static void cancel_in_handler(int signal)
{
	eventfd_write(handler_fd, 1);
}

static void test_cancelled_by_a_handler(void **state)
{
	const struct sigaction action = {.sa_handler = cancel_in_handler};
	const struct itimerval soon = {.it_value.tv_usec = 200000};
	struct sigaction before;
	char *text = slow_text();
	struct bcc *b;

	handler_fd = eventfd(0, EFD_CLOEXEC);
	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &soon, NULL);
	expect_return(b, open_with(text, (struct bcc_open_opts){.cancel_fd = handler_fd}, &b), -ECANCELED);
	bcc_close(b);
	sigaction(SIGALRM, &before, NULL);
	close(handler_fd);
	free(text);
	expect_no_children();
}

static void signal_the_compiler(struct meanwhile *m)
{
	kill(await_compiler_of(getpid()), m->signal);
}

static void expect_killed_by(int signal, const char *sentence)
{
	struct meanwhile m = {.act = signal_the_compiler, .signal = signal};
	char *text = slow_text();
	struct bcc *b;

	begin_meanwhile(&m);
	expect_return(b, bcc_open_text(text, NULL, &b), -EIO);
	pthread_join(m.thread, NULL);
	expect_sentence(b, sentence);
	expect_sentence(b, "BCC_CRASH_DIR");
	bcc_close(b);
	free(text);
	expect_no_children();
	expect_works();
}

static void test_compiler_killed(void **state)
{
	expect_killed_by(SIGKILL, "the compiler was killed (SIGKILL)");
	expect_killed_by(SIGSEGV, "the compiler crashed (SIGSEGV)");
	expect_killed_by(SIGABRT, "the compiler crashed (SIGABRT)");
}

/* Signals for a whole process group are meant for the caller. */
static void interrupt_and_cancel(struct meanwhile *m)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGUSR1, SIGALRM, SIGPIPE};
	pid_t compiler = await_compiler_of(getpid());

	for (int i = 0; i < 50; i++) /* until it has passed its first steps */
		rest();
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		kill(compiler, signals[i]);
	for (int i = 0; i < 50; i++)
		rest();
	assert_int_equal(eventfd_write(m->cancel_fd, 1), 0);
}

static void test_group_signals(void **state)
{
	struct meanwhile m = {.act = interrupt_and_cancel, .cancel_fd = eventfd(0, EFD_CLOEXEC)};
	char *text = slow_text();
	struct bcc *b;

	begin_meanwhile(&m);
	expect_return(b, open_with(text, (struct bcc_open_opts){.cancel_fd = m.cancel_fd}, &b), -ECANCELED);
	pthread_join(m.thread, NULL);
	bcc_close(b);
	close(m.cancel_fd);
	free(text);
}

static void test_text_is_kept(void **state)
{
	struct meanwhile m = {.act = signal_the_compiler, .signal = SIGSEGV};
	char folder[] = "/tmp/bcc-child-XXXXXX", path[512], line[128] = "";
	const char *const flags[] = {"-DFLAG=1"};
	char *text = slow_text(), *kept;
	struct bcc *b;
	FILE *file;

	assert_non_null(mkdtemp(folder));
	setenv("BCC_CRASH_DIR", folder, 1);
	begin_meanwhile(&m);
	expect_return(
		b, open_with(text, (struct bcc_open_opts){.cflags = flags, .cflags_count = 1}, &b), -EIO);
	pthread_join(m.thread, NULL);
	unsetenv("BCC_CRASH_DIR");
	expect_sentence(b, "text and flags are kept in ");
	kept = strstr(bcc_error(b), folder);
	assert_non_null(kept);
	snprintf(path, sizeof(path), "%s", kept);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	assert_memory_equal(line, text, strlen(line));
	while (fgets(line, sizeof(line), file))
		;
	assert_string_equal(line, "// flag: -DFLAG=1\n");
	fclose(file);
	bcc_close(b);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	free(text);
}

/* ---- its end follows the caller's ---- */

/* What a process does until it is killed. */
static void compile_for_long(void)
{
	char *text = slow_text();
	struct bcc *b;

	bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .time_limit = UINT32_MAX), &b);
	_exit(0);
}

static void copy_descriptors(struct meanwhile *m)
{
	char byte;

	await_compiler_of(getpid());
	/* it lives until the test closes its end */
	if (fork() == 0) {
		while (read(m->cancel_fd, &byte, 1) < 0)
			;
		_exit(0);
	}
}

static void host_with_copies(int lifeline)
{
	struct meanwhile m = {.act = copy_descriptors, .cancel_fd = lifeline};

	begin_meanwhile(&m);
	compile_for_long();
}

/* Tests that wait for a process to end give up after this time. */
#define PATIENCE_MS 60000

static void expect_ends_with(pid_t host)
{
	struct pollfd compiler = {.events = POLLIN};

	compiler.fd = syscall(SYS_pidfd_open, await_compiler_of(host), 0);
	assert_true(compiler.fd >= 0);
	assert_int_equal(kill(host, SIGKILL), 0);
	assert_int_equal(poll(&compiler, 1, PATIENCE_MS), 1);
	assert_int_equal(waitpid(host, NULL, 0), host);
	close(compiler.fd);
}

static void test_caller_killed(void **state)
{
	pid_t host = fork();

	assert_true(host >= 0);
	if (host == 0)
		compile_for_long();
	expect_ends_with(host);
}

static void test_caller_killed_with_copies(void **state)
{
	int lifeline[2];
	pid_t host;

	assert_int_equal(pipe(lifeline), 0);
	host = fork();
	assert_true(host >= 0);
	if (host == 0) {
		close(lifeline[1]);
		host_with_copies(lifeline[0]);
	}
	close(lifeline[0]);
	for (int i = 0; i < 100; i++) /* the copy is made meanwhile; otherwise the test is only easier */
		rest();
	expect_ends_with(host);
	close(lifeline[1]);
}

/* ---- signals and children of the caller ---- */

static const char *with_ignored_children(void)
{
	signal(SIGCHLD, SIG_IGN);
	return what_fails();
}

static void wait_for_all(int signal)
{
	int before = errno;

	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = before;
}

static const char *with_a_greedy_handler(void)
{
	signal(SIGCHLD, wait_for_all);
	for (int i = 0; i < 10; i++) {
		const char *why = what_fails();

		if (why)
			return why;
	}
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? NULL : "a child is left";
}

static const char *with_blocked_signals(void)
{
	sigset_t all, now;
	const char *why;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	why = what_fails();
	sigprocmask(SIG_SETMASK, NULL, &now);
	if (!why && (!sigismember(&now, SIGTERM) || !sigismember(&now, SIGCHLD)))
		why = "the mask has changed";
	return why;
}

/* Even if it is ended from outside and its status is not available, that is reported. */
static const char *killed_with_ignored_children(void)
{
	struct meanwhile m = {.act = signal_the_compiler, .signal = SIGKILL};
	char *text = slow_text();
	struct bcc *b;
	int ret;

	signal(SIGCHLD, SIG_IGN);
	begin_meanwhile(&m);
	ret = bcc_open_text(text, NULL, &b);
	return ret == -EIO && strstr(bcc_error(b), "the compiler") ? NULL : bcc_error(b);
}

static const char *with_own_children(void)
{
	pid_t own = fork(), other = fork();
	const char *why;
	int status;

	if (!own)
		_exit(7);
	if (!other) {
		pause();
		_exit(0);
	}
	why = what_fails();
	if (!why && (waitpid(own, &status, 0) != own || WEXITSTATUS(status) != 7))
		why = "the status of a child is lost";
	if (!why && waitpid(other, &status, WNOHANG) != 0)
		why = "another child is not as it was";
	kill(other, SIGKILL);
	return why;
}

static void test_children_of_the_caller(void **state)
{
	in_child(with_ignored_children);
	in_child(with_a_greedy_handler);
	in_child(with_blocked_signals);
	in_child(killed_with_ignored_children);
	in_child(with_own_children);
}

/* ---- descriptors, forks and threads ---- */

static const char *with_closed_stdio(void)
{
	const char *why;

	for (int fd = 0; fd < 3; fd++)
		close(fd);
	why = what_fails();
	for (int fd = 0; fd < 3 && !why; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			why = "a descriptor is left open";
	return why;
}

/* As daemons do. The descriptor of bcc-compile, opened first, is among them. */
static const char *with_all_closed(void)
{
	syscall(SYS_close_range, 3, ~0U, 0);
	/* the in_child() pipe is closed too: errors can only be reported by the status */
	if (what_fails())
		return "it does not work";
	/* and its number belongs to another file */
	for (int i = 0; i < 20; i++)
		open("/dev/null", O_RDWR | O_CLOEXEC);
	return what_fails();
}

static int count_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void test_descriptors(void **state)
{
	int before = count_descriptors();

	expect_works();
	assert_int_equal(count_descriptors(), before);
	in_child(with_closed_stdio);
	in_child(with_all_closed);
}

static const char *forked(void)
{
	const char *why = what_fails();
	pid_t child = fork();
	int status;

	if (!child)
		_exit(what_fails() != NULL);
	if (!why)
		why = what_fails();
	waitpid(child, &status, 0);
	return why ? why : status ? "it fails in a child" : NULL;
}

static void test_forks(void **state)
{
	in_child(forked);
}

static void *compile_some(void *arg)
{
	for (int i = 0; i < 4; i++) {
		const struct bcc_open_opts opts = {.size = sizeof(opts)};
		struct bcc *b;

		if (bcc_open_text(SMALL_TEXT, &opts, &b) == 0)
			++*(int *)arg;
		bcc_close(b);
	}
	return NULL;
}

static void test_threads(void **state)
{
	/* bytes; musl's threads have 128 KB, and programs with thousands of threads choose less */
	static const size_t stacks[] = {64 << 10, 96 << 10, 128 << 10, 8 << 20};
	pthread_t threads[12];
	int done[ARRAY_SIZE(threads)] = {0};
	pthread_attr_t attributes;
	size_t size;

	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		pthread_attr_init(&attributes);
		size = stacks[i % ARRAY_SIZE(stacks)];
		if (size < (size_t)PTHREAD_STACK_MIN)
			size = PTHREAD_STACK_MIN;
		assert_int_equal(pthread_attr_setstacksize(&attributes, size), 0);
		assert_int_equal(pthread_create(&threads[i], &attributes, compile_some, &done[i]), 0);
		pthread_attr_destroy(&attributes);
	}
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(done[i], 4);
	}
	expect_no_children();
}

static size_t resident_bytes(void)
{
	unsigned long size = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%lu %lu", &size, &resident), 2);
	fclose(file);
	return resident * sysconf(_SC_PAGESIZE);
}

static const char *memory_of_the_caller(void)
{
	size_t before = resident_bytes(), after;
	static char why[64];

	if (what_fails())
		return what_fails();
	after = resident_bytes();
	snprintf(why, sizeof(why), "%zu KB more than before", (after - before) >> 10);
	return after > before + (4 << 20) ? why : NULL;
}

static void test_memory_of_the_caller(void **state)
{
	in_child(memory_of_the_caller);
}

/* ---- in its own process ---- */

static const char *in_process(void)
{
	static char why[4096];
	char *text = nested_text(1000); /* more than fits on the stack of a small thread */
	struct bcc *b;
	int ret;

	ret = open_with(SMALL_TEXT, (struct bcc_open_opts){.compiler = BCC_COMPILER_INPROCESS}, &b);
	if (ret == 0 && bcc_program_count(b) != 1)
		return "there is no program";
	bcc_close(b);
	setenv("BCC_COMPILER", "inprocess", 1);
	if (ret == 0)
		ret = bcc_open_text(text, NULL, &b);
	snprintf(why, sizeof(why), "%d: %.4000s", ret, bcc_error(b));
	if (ret)
		return why;
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		return "there is a child";
	setenv("BCC_COMPILER", "nonsense", 1);
	ret = bcc_open_text(SMALL_TEXT, NULL, &b);
	return ret == -EINVAL && strstr(bcc_error(b), "nonsense") ? NULL : "nonsense is accepted";
}

static void test_in_process(void **state)
{
	struct bcc *b;

	in_child(in_process);
	expect_return(b, open_with(SMALL_TEXT, (struct bcc_open_opts){.compiler = 3}, &b), -EINVAL);
	expect_sentence(b, "enum bcc_compiler");
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_cancelled_by_a_handler),
		cmocka_unit_test(test_compiler_killed),
		cmocka_unit_test(test_group_signals),
		cmocka_unit_test(test_text_is_kept),
		cmocka_unit_test(test_caller_killed),
		cmocka_unit_test(test_caller_killed_with_copies),
		cmocka_unit_test(test_children_of_the_caller),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_forks),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_memory_of_the_caller),
		cmocka_unit_test(test_in_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
