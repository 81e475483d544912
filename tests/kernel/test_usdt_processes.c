/* SPDX-License-Identifier: Apache-2.0 */
/* Static probes of processes: of one or of all, that start later, end, or see other files than the tracer. */
#include <bcc/usdt.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "two_places.h"

#define WAIT_SECONDS 60

static const char text[] = COUNTING_TEXT;

struct child {
	pid_t pid;
	int tell, done;
};

enum { FIRE = 'f', END = 'e' };

/* Fires each time it is told to, and replies with the current value of the semaphore. */
static void serve(int tell, int done)
{
	char byte;

	while (read(tell, &byte, 1) == 1 && byte == FIRE) {
		unsigned char now = bcc_test_semaphore;

		fire_all(FIRED);
		if (write(done, &now, 1) != 1)
			break;
	}
	_exit(0);
}

static struct child start_child(void (*run)(int tell, int done))
{
	struct child child;
	int tell[2], done[2];

	assert_int_equal(pipe2(tell, O_CLOEXEC) | pipe2(done, O_CLOEXEC), 0);
	fflush(stdout);
	child.pid = fork();
	assert_true(child.pid >= 0);
	if (!child.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* is kept across exec */
		close(tell[1]);
		close(done[0]);
		run(tell[0], done[1]);
	}
	close(tell[0]);
	close(done[1]);
	child.tell = tell[1];
	child.done = done[0];
	return child;
}

/* What the child saw of the semaphore. */
static unsigned let_fire(const struct child *child)
{
	unsigned char semaphore;
	char byte = FIRE;

	assert_int_equal(write(child->tell, &byte, 1), 1);
	assert_int_equal(read(child->done, &semaphore, 1), 1);
	return semaphore;
}

static void end_child(const struct child *child)
{
	char byte = END;

	/* a child that was killed does not read it */
	signal(SIGPIPE, SIG_IGN);
	if (write(child->tell, &byte, 1) < 0)
		assert_int_equal(errno, EPIPE);
	close(child->tell);
	close(child->done);
	assert_int_equal(waitpid(child->pid, NULL, 0), child->pid);
}

/* Of three processes with the probe, only the named one is seen, and only its semaphore is incremented. */
static void test_one_process(void **state)
{
	struct bcc *b = open_probing(text, NULL);
	struct child named = start_child(serve), other = start_child(serve);
	struct bcc_usdt_opts opts = BCC_OPTS(struct bcc_usdt_opts, .pid = named.pid);
	struct bcc_link *link;

	assert_int_equal(let_fire(&named), 0);
	expect_ok(b, bcc_attach_usdt(b, "on_any", NULL, "bcc_test", "twice", &opts, &link));
	assert_int_equal(let_fire(&named), 2); /* one for each location */
	assert_int_equal(let_fire(&other), 0);
	fire_all(FIRED);
	assert_int_equal(table_u64(b, "counts", 1), 2 * FIRED);
	bcc_detach(link);
	assert_int_equal(let_fire(&named), 0);
	assert_int_equal(table_u64(b, "counts", 1), 2 * FIRED);
	end_child(&named);
	end_child(&other);
	bcc_close(b);
}

/* Without a copy of the descriptor that holds the probe. */
static void serve_in_new_program(int tell, int done)
{
	char in[16], out[16];

	snprintf(in, sizeof(in), "%d", dup(tell));
	snprintf(out, sizeof(out), "%d", dup(done));
	execl(OWN_PROGRAM, OWN_PROGRAM, "serve", in, out, NULL);
	_exit(2);
}

/* Without a process, all have it: those that run, and those that start later. */
static void test_semaphore_of_all(void **state)
{
	struct bcc *b = open_probing(text, NULL);
	struct child before = start_child(serve), after;
	struct bcc_link *link;

	assert_int_equal(bcc_test_semaphore, 0);
	expect_ok(b, bcc_attach_usdt(b, "on_any", OWN_PROGRAM, "bcc_test", "twice", NULL, &link));
	assert_int_equal(bcc_test_semaphore, 2);
	after = start_child(serve_in_new_program);
	assert_int_equal(let_fire(&before), 2);
	assert_int_equal(let_fire(&after), 2);
	bcc_detach(link);
	assert_int_equal(bcc_test_semaphore, 0);
	assert_int_equal(let_fire(&before), 0);
	assert_int_equal(let_fire(&after), 0);
	end_child(&before);
	end_child(&after);
	bcc_close(b);
}

/* Attaches to its parent, reports that, and waits to be killed. */
static void trace_parent(int tell, int done)
{
	struct bcc *b = open_test_text(text, NULL);
	struct bcc_usdt_opts opts = BCC_OPTS(struct bcc_usdt_opts, .pid = getppid());
	char byte = bcc_attach_usdt(b, "on_any", OWN_PROGRAM, "bcc_test", "twice", &opts, NULL) ? END : FIRE;

	if (write(done, &byte, 1) == 1)
		while (read(tell, &byte, 1) < 0)
			continue;
	_exit(1);
}

static void test_tracer_is_killed(void **state)
{
	struct bcc *b = open_probing(text, NULL); /* skips if nothing can be attached */
	struct child tracer = start_child(trace_parent);
	char byte;

	assert_int_equal(read(tracer.done, &byte, 1), 1);
	assert_int_equal(byte, FIRE);
	assert_int_equal(bcc_test_semaphore, 2);
	kill(tracer.pid, SIGKILL);
	end_child(&tracer);
	/* the kernel removes probes asynchronously */
	for (int i = 0; bcc_test_semaphore && i < WAIT_SECONDS * 100; i++)
		usleep(10000);
	assert_int_equal(bcc_test_semaphore, 0);
	bcc_close(b);
}

#define PRIVATE_DIRECTORY "/tmp/bcc-test-usdt"
#define PRIVATE_PROGRAM PRIVATE_DIRECTORY "/program"

static void copy_self(const char *to)
{
	int in = open(OWN_PROGRAM, O_RDONLY | O_CLOEXEC),
	    out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	char buf[65536];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, n) != n)
			_exit(3);
	close(in);
	close(out);
}

/* In a mount namespace of its own, from a file that no other process can see. */
static void serve_privately(int tell, int done)
{
	char in[16], out[16];

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("none", PRIVATE_DIRECTORY, "tmpfs", 0, NULL))
		_exit(1);
	copy_self(PRIVATE_PROGRAM);
	snprintf(in, sizeof(in), "%d", dup(tell));
	snprintf(out, sizeof(out), "%d", dup(done));
	execl(PRIVATE_PROGRAM, PRIVATE_PROGRAM, "serve", in, out, NULL);
	_exit(2);
}

static void expect_private_fires(struct bcc *b, const struct child *child, const char *binary)
{
	struct bcc_usdt_opts opts = BCC_OPTS(struct bcc_usdt_opts, .pid = child->pid);
	struct bcc_link *link;

	set_table_u64(b, "counts", 1, 0);
	expect_ok(b, bcc_attach_usdt(b, "on_any", binary, "bcc_test", "twice", &opts, &link));
	assert_int_equal(let_fire(child), 2);
	assert_int_equal(table_u64(b, "counts", 1), 2 * FIRED);
	bcc_detach(link);
}

static void test_other_mount_namespace(void **state)
{
	struct bcc *b = open_probing(text, NULL);
	struct bcc_usdt_list *list;
	struct child child;

	mkdir(PRIVATE_DIRECTORY, 0700);
	child = start_child(serve_privately);
	assert_int_equal(let_fire(&child), 0);
	expect_return(
		b, bcc_attach_usdt(b, "on_any", PRIVATE_PROGRAM, "bcc_test", "twice", NULL, NULL), -ENOENT);
	expect_private_fires(b, &child, PRIVATE_PROGRAM);
	expect_private_fires(b, &child, NULL);
	assert_int_equal(bcc_usdt_list_open(NULL, child.pid, &list), 0);
	assert_true(bcc_usdt_list_count(list) >= 3);
	assert_string_equal(bcc_usdt_list_at(list, 0)->binary, PRIVATE_PROGRAM);
	bcc_usdt_list_close(list);
	end_child(&child);
	rmdir(PRIVATE_DIRECTORY);
	bcc_close(b);
}

/* Processes that end while their files are being looked at. */
static void test_process_ends(void **state)
{
	struct bcc_usdt_list *list;

	for (int i = 0; i < 50; i++) {
		pid_t pid = fork();
		int r;

		assert_true(pid >= 0);
		if (!pid) {
			usleep(10 * i);
			_exit(0);
		}
		r = bcc_usdt_list_open(NULL, pid, &list);
		if (r)
			assert_true(*bcc_usdt_list_error(list) != '\0');
		bcc_usdt_list_close(list);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		assert_int_equal(bcc_usdt_list_open(NULL, pid, &list), -ESRCH);
		bcc_usdt_list_close(list);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_process),
		cmocka_unit_test(test_semaphore_of_all),
		cmocka_unit_test(test_tracer_is_killed),
		cmocka_unit_test(test_other_mount_namespace),
		cmocka_unit_test(test_process_ends),
	};

	if (argc == 4 && !strcmp(argv[1], "serve"))
		serve(atoi(argv[2]), atoi(argv[3]));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
