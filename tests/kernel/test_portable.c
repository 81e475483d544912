/* SPDX-License-Identifier: Apache-2.0 */
/* Objects for other kernels: of one that was made on another kernel, and of one that is made here. */
#include "testlib.h"

#include <bpf/btf.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* ---- what is true ---- */

static uint64_t own_uts_namespace(void)
{
	char link[64] = "";

	assert_true(readlink("/proc/self/ns/uts", link, sizeof(link) - 1) > 0);
	return strtoull(strchr(link, '[') + 1, NULL, 10);
}

/* Field 48 of /proc/self/stat: where the arguments begin. */
static uint64_t own_arguments(void)
{
	FILE *file = fopen("/proc/self/stat", "re");
	char line[2048] = "", *at;

	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	fclose(file);
	at = strrchr(line, ')');
	for (int field = 2; field < 48; field++)
		at = strchr(at + 1, ' ');
	return strtoull(at, NULL, 10);
}

static int own_oom_score(void)
{
	FILE *file = fopen("/proc/self/oom_score_adj", "re");
	int score = -1;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%d", &score), 1);
	fclose(file);
	return score;
}

/* Two letters of a name, as the programs note them. */
#define TWO(a, b) ((a) << 8 | (b))

static void *rename_and_end(void *tid)
{
	*(pid_t *)tid = syscall(SYS_gettid);
	prctl(PR_SET_NAME, "qz-renamed");
	return NULL;
}

static void set_wanted(struct bcc *b, int pid)
{
	expect_ok(b, bcc_variable_set(bcc_variable_find(b, "wanted"), &pid, sizeof(pid)));
}

/* Executes a program in a child that waits until it is wanted. */
static pid_t run_true(struct bcc *b)
{
	int pipes[2], status;
	char none;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		close(pipes[1]);
		if (read(pipes[0], &none, 1) == 0)
			execl("/bin/true", "true", NULL);
		_exit(127);
	}
	close(pipes[0]);
	set_wanted(b, child);
	close(pipes[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	return child;
}

static void check(struct bcc *b)
{
	struct bcc_test_run run = {.size = sizeof(run)};
	char name[16];
	pthread_t thread;
	pid_t child, tid = 0;

	assert_int_equal(prctl(PR_GET_NAME, name), 0);
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "ask"), &run));
	assert_int_equal(table_u64(b, "out", 0), getpid());
	assert_int_equal(table_u64(b, "out", 1), getpid());
	assert_int_equal(table_u64(b, "out", 2), own_uts_namespace());
	assert_int_equal(table_u64(b, "out", 3), own_arguments());
	assert_int_equal(table_u64(b, "out", 4), TWO(name[0], name[1]));

	set_wanted(b, getpid());
	expect_return(b, bcc_attach_all(b), 4);
	assert_int_equal(pthread_create(&thread, NULL, rename_and_end, &tid), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(table_u64(b, "out", 10), tid);
	assert_int_equal(table_u64(b, "out", 5), TWO('q', 'z'));
	assert_int_equal((int64_t)table_u64(b, "out", 6), own_oom_score());
	syscall(SYS_getpgid, 4711);
	assert_int_equal(table_u64(b, "out", 9), 4711);
	child = run_true(b);
	assert_int_equal(table_u64(b, "out", 7), TWO('b', 'i'));
	assert_int_equal(table_u64(b, "out", 8), child);
}

static void need_kernel(void)
{
	if (geteuid() != 0)
		test_missing("BPF needs root here");
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		test_missing("this kernel has no BTF");
}

static void test_object_of_another_kernel(void **state)
{
	struct bcc *b;

	need_kernel();
#ifndef __x86_64__
	test_missing("the object is for x86-64");
#endif
	expect_ok(b, bcc_open_file(DATA "/portable-6.18.bpf.o", NULL, &b));
	check(b);
	bcc_close(b);
}

static struct bcc *compile(const char *text)
{
	const struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts, .deferred = true, .portable = true);
	struct bcc *b;

	if (text)
		expect_ok(b, bcc_open_text(text, &opts, &b));
	else
		expect_ok(b, bcc_open_file(DATA "/portable.c", &opts, &b));
	return b;
}

static void test_object_of_this_kernel(void **state)
{
	struct bcc *text, *b;
	const void *object;
	size_t size;

	need_kernel();
	text = compile(NULL);
	object = bcc_object(text, &size);
	assert_non_null(object);
	expect_ok(b, bcc_open_object(object, size, NULL, &b));
	check(b);
	bcc_close(b);
	/* the handle that compiled it can run it as well */
	expect_ok(text, bcc_create(text));
	assert_null(bcc_object(text, &size));
	assert_int_equal(size, 0);
	check(text);
	bcc_close(text);
}

/* Types of a kernel whose task_struct has `tgid` elsewhere, or of another size. */
static void write_types(const char *path, int bytes)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED),
	    large = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	const void *data;
	uint32_t size;
	FILE *file;

	assert_true(btf__add_struct(btf, "task_struct", 64) > 0);
	assert_int_equal(btf__add_field(btf, "tgid", bytes == 4 ? number : large, 16 * 8, 0), 0);
	data = btf__raw_data(btf, &size);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
	btf__free(btf);
}

/* A field of another size is never read as if it had that of the kernel that the text was compiled on. */
static void test_field_of_another_size(void **state)
{
	char path[] = "/tmp/bcc-types-XXXXXX";
	struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts, .btf_path = path);
	int fd = mkstemp(path);
	struct bcc *text, *b;
	const void *object;
	size_t size;

	need_kernel();
	assert_true(fd >= 0);
	close(fd);
	text = compile("#include <linux/sched.h>\nSEC(\"syscall\") int f(void *ctx)\n"
		       "{ struct task_struct *t = (void *)bpf_get_current_task(); return t->tgid; }\n");
	object = bcc_object(text, &size);
	assert_non_null(object);
	for (int bytes = 4; bytes <= 8; bytes += 4) {
		int ret;

		write_types(path, bytes);
		expect_ok(b, bcc_open_object(object, size, &opts, &b));
		ret = bcc_program_load(bcc_program_find(b, "f"), BCC_PROG_TYPE_AUTO, NULL);
		assert_int_equal(ret >= 0, bytes == 4);
		if (bytes == 8)
			expect_sentence(b, "has another size in this kernel");
		bcc_close(b);
	}
	bcc_close(text);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_object_of_another_kernel),
		cmocka_unit_test(test_object_of_this_kernel),
		cmocka_unit_test(test_field_of_another_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
