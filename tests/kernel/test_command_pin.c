/* SPDX-License-Identifier: Apache-2.0 */
/* bpfcc pin and unpin: what is pinned stays and runs, in both layouts; a command that fails or is killed, at
 * whichever step, leaves everything or nothing; what is not its own is left alone. Pins are in a bpf file
 * system of the test's own. */
#include <bcc/bcc.h>

#include <bpf/bpf.h>
#include <dirent.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>

#include "tool_run.h"

#define BPFCC "command/bpfcc"
#define ROOT "/sys/fs/bpf"

/* counts the calls of getpriority(2) of one process */
static const char text[] =
	"#include \"vmlinux.h\"\n"
	"#include <bpf/bpf_helpers.h>\n"
	"struct {\n"
	"	__uint(type, BPF_MAP_TYPE_ARRAY);\n"
	"	__uint(max_entries, 1);\n"
	"	__type(key, u32);\n"
	"	__type(value, u64);\n"
	"} seen SEC(\".maps\");\n"
	"const volatile int targ_pid = 0, call = 0;\n"
	"SEC(\"raw_tp/sys_enter\") int count(struct bpf_raw_tracepoint_args *ctx) {\n"
	"	u32 zero = 0;\n"
	"	u64 *value = bpf_map_lookup_elem(&seen, &zero);\n"
	"	if (value && bpf_get_current_pid_tgid() >> 32 == targ_pid && ctx->args[1] == call)\n"
	"		__sync_fetch_and_add(value, 1);\n"
	"	return 0;\n"
	"}\n"
	"SEC(\"socket\") int filter(struct __sk_buff *skb) { return 0; }\n"
	"SEC(\"?socket\") int asked_for(struct __sk_buff *skb) { return 1; }\n"
	"SEC(\"perf_event\") int sample(void *ctx) { return 0; }\n"
	"char LICENSE[] SEC(\"license\") = \"GPL\";\n";

static char folder[] = "/tmp/bcc-pin-XXXXXX", object[64], set_pid[32], set_call[32];

static int set_up(void **state)
{
	char path[64];
	struct tool_run run;
	FILE *file;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("bpf", ROOT, "bpf", 0, NULL) || !mkdtemp(folder) || chmod(folder, 0755) ||
		prctl(PR_SET_CHILD_SUBREAPER, 1))
		return -1;
	snprintf(path, sizeof(path), "%s/pins.bpf.c", folder);
	snprintf(object, sizeof(object), "%s/pins.bpf.o", folder);
	snprintf(set_pid, sizeof(set_pid), "targ_pid=%d", getpid());
	snprintf(set_call, sizeof(set_call), "call=%d", (int)SYS_getpriority);
	file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file))
		return -1;
	tool_start(&run, BPFCC, "build", path, "-o", object);
	tool_end(&run, 300);
	if (run.status)
		fprintf(stderr, "%s\n", run.errors);
	tool_free(&run);
	return run.status;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int tear_down(void **state)
{
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- what is pinned ---- */

static int names_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The files in the bpf file system, in order, a blank between two. */
static void pinned(char *out, size_t size)
{
	char *names[64], *folders[16] = {strdup("")};
	size_t count = 0, folder_count = 1, used = 0;

	for (size_t i = 0; i < folder_count; i++) {
		char path[PATH_MAX];
		struct dirent *entry;
		DIR *dir;

		snprintf(path, sizeof(path), ROOT "/%s", folders[i]);
		dir = opendir(path);
		assert_non_null(dir);
		while ((entry = readdir(dir))) {
			char *inner;

			/* the kernel's own have dots: maps.debug */
			if (strchr(entry->d_name, '.'))
				continue;
			assert_true(asprintf(&inner, "%s%s%s", folders[i], *folders[i] ? "/" : "",
					    entry->d_name) > 0);
			if (entry->d_type == DT_DIR) {
				assert_true(folder_count < 16);
				folders[folder_count++] = inner;
			} else {
				assert_true(count < 64);
				names[count++] = inner;
			}
		}
		closedir(dir);
		free(folders[i]);
	}
	qsort(names, count, sizeof(*names), names_order);
	*out = '\0';
	for (size_t i = 0; i < count; i++) {
		used += snprintf(out + used, size - used, "%s%s", i ? " " : "", names[i]);
		assert_true(used < size);
		free(names[i]);
	}
	/* not one folder is left where nothing is pinned */
	assert_true(count || folder_count == 1);
}

static void expect_pinned(const char *expected)
{
	char found[4096];

	pinned(found, sizeof(found));
	assert_string_equal(found, expected);
}

#define ALL "pins/count pins/filter pins/links/count pins/maps/seen pins/sample"
#define ALL_ANDROID                                                                                          \
	"link_pins_raw_tp_sys_enter map_pins_seen prog_pins_perf_event prog_pins_raw_tp_sys_enter "          \
	"prog_pins_socket"

static void check(int status, const char *errors, const char *verb, const char *a, const char *b,
	const char *c, const char *d, const char *e)
{
	struct tool_run run;

	tool_start(&run, BPFCC, verb, a, b, c, d, e);
	tool_end(&run, 120);
	if (run.status != status || !strstr(run.errors, errors) || !*run.errors != !*errors)
		fail_msg("%s %s: status %d, \"%s\"; expected %d, \"%s\"", verb, a, run.status, run.errors,
			status, errors);
	tool_free(&run);
}

static void unpin(void)
{
	check(0, "", "unpin", "pins", NULL, NULL, NULL, NULL);
	expect_pinned("");
}

static void unpin_android(void)
{
	check(0, "", "unpin", "-landroid", object, NULL, NULL, NULL);
	expect_pinned("");
}

/* ---- it stays, and runs ---- */

static uint32_t link_id(const char *path)
{
	struct bcc_link_info info = {.size = sizeof(info)};
	struct bcc_link *link;
	struct bcc *b;

	assert_int_equal(bcc_open_empty(&b), 0);
	assert_int_equal(bcc_open_link(b, path, &link), 0);
	assert_int_equal(bcc_link_info(link, &info), 0);
	bcc_close(b);
	return info.id;
}

/* The kernel removes a link a little after the last who had it. */
static void expect_link_gone(uint32_t id)
{
	int fd = -1;

	for (int i = 0; i < 1200; i++) {
		fd = bpf_link_get_fd_by_id(id);
		if (fd < 0)
			break;
		close(fd);
		usleep(50000);
	}
	assert_int_equal(fd, -ENOENT);
}

static void expect_counts(const char *table_path, int calls)
{
	struct bcc_table *table;
	uint64_t before = 0, after = 0;
	uint32_t zero = 0;
	struct bcc *b;

	assert_int_equal(bcc_open_empty(&b), 0);
	assert_int_equal(bcc_table_open_pinned(b, table_path, &table), 0);
	assert_int_equal(bcc_table_get(table, &zero, sizeof(zero), &before, sizeof(before)), 0);
	for (int i = 0; i < calls; i++)
		syscall(SYS_getpriority, PRIO_PROCESS, 0);
	assert_int_equal(bcc_table_get(table, &zero, sizeof(zero), &after, sizeof(after)), 0);
	assert_int_equal(after - before, calls);
	bcc_close(b);
}

static void test_stays(void **state)
{
	uint32_t id;

	check(0, "", "pin", "--set", set_pid, "--set", set_call, object);
	expect_pinned(ALL);
	expect_counts(ROOT "/pins/maps/seen", 5);
	id = link_id(ROOT "/pins/links/count");
	unpin();
	expect_link_gone(id);
	check(0, "", "pin", "-N", object, NULL, NULL, NULL);
	expect_pinned("pins/count pins/filter pins/maps/seen pins/sample");
	unpin();
}

/* Of two programs for one event the better one is attached, and the other not even loaded; one in a section
 * without a target is loaded. */
static void test_two_ways(void **state)
{
	char path[80];
	FILE *file;

	snprintf(path, sizeof(path), "%s/ways.bpf.c", folder);
	file = fopen(path, "w");
	assert_true(fputs("#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n"
			  "SEC(\"raw_tp/sched_process_exec\") int worse(void *ctx) { return 0; }\n"
			  "SEC(\"tp_btf/sched_process_exec\") int better(void *ctx) { return 0; }\n"
			  "SEC(\"raw_tp\") int nowhere(void *ctx) { return 0; }\n"
			  "char LICENSE[] SEC(\"license\") = \"GPL\";\n",
			    file) >= 0);
	assert_int_equal(fclose(file), 0);
	check(0, "", "pin", path, NULL, NULL, NULL, NULL);
	expect_pinned("ways/better ways/links/better ways/nowhere");
	check(0, "", "unpin", "ways", NULL, NULL, NULL, NULL);
	check(0, "", "pin", "--no-attach", path, NULL, NULL, NULL);
	expect_pinned("ways/better ways/nowhere ways/worse");
	check(0, "", "unpin", path, NULL, NULL, NULL, NULL);
	expect_pinned("");
}

static void test_android(void **state)
{
	uint32_t id;
	char inner[] = ROOT "/net";
	struct tool_run run;

	tool_start(&run, BPFCC, "pin", "-l", "android", "--set", set_pid, "--set", set_call, object);
	tool_end(&run, 120);
	assert_int_equal(run.status, 0);
	assert_true(tool_has_line(&run, ROOT "/map_pins_seen"));
	tool_free(&run);
	expect_pinned(ALL_ANDROID);
	expect_counts(ROOT "/map_pins_seen", 3);
	id = link_id(ROOT "/link_pins_raw_tp_sys_enter");
	unpin_android();
	expect_link_gone(id);
	/* in a folder, by another name */
	assert_int_equal(mkdir(inner, 0700), 0);
	check(0, "", "pin", "-landroid", "--name=other", "--root", inner, object);
	expect_pinned("net/link_other_raw_tp_sys_enter net/map_other_seen net/prog_other_perf_event "
		      "net/prog_other_raw_tp_sys_enter net/prog_other_socket");
	check(1, "nothing of pins is pinned", "unpin", "-landroid", "--root", inner, object, NULL);
	check(0, "", "unpin", "-landroid", "--name=other", "--root", inner, object);
	assert_int_equal(rmdir(inner), 0);
	expect_pinned("");
}

/* ---- replacing ---- */

static void test_replace(void **state)
{
	uint32_t before;

	check(0, "", "pin", object, NULL, NULL, NULL, NULL);
	before = link_id(ROOT "/pins/links/count");
	check(1, "there is something already", "pin", object, NULL, NULL, NULL, NULL);
	assert_int_equal(link_id(ROOT "/pins/links/count"), before);
	check(0, "", "pin", "--replace", object, "--set", set_pid, NULL);
	expect_pinned(ALL);
	assert_int_not_equal(link_id(ROOT "/pins/links/count"), before);
	expect_link_gone(before);
	unpin();
	check(0, "", "pin", "-landroid", object, NULL, NULL, NULL);
	before = link_id(ROOT "/link_pins_raw_tp_sys_enter");
	check(1, "there is something already", "pin", "-landroid", object, NULL, NULL, NULL);
	expect_pinned(ALL_ANDROID);
	assert_int_equal(link_id(ROOT "/link_pins_raw_tp_sys_enter"), before);
	check(0, "", "pin", "-landroid", "--replace", object, NULL, NULL);
	expect_pinned(ALL_ANDROID);
	expect_link_gone(before);
	unpin_android();
}

/* ---- killed ---- */

/* Whether a system call changes the bpf file system. */
static bool is_step(const struct __ptrace_syscall_info *info)
{
	uint64_t nr = info->entry.nr;

	return (nr == SYS_bpf && info->entry.args[0] == BPF_OBJ_PIN) || nr == SYS_mkdirat ||
	       nr == SYS_renameat2 || nr == SYS_renameat || nr == SYS_linkat;
}

/* Runs the command and kills it before its step `n`, counted from 1. Returns whether it came so far. */
static bool run_until(int n, char *const *argv)
{
	struct __ptrace_syscall_info info;
	bool killed = false;
	int status;
	pid_t pid = fork();

	if (!pid) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		/* the search for leaks stops the process by ptrace(), as we do: one of the two at a time */
		setenv("LSAN_OPTIONS", "detect_leaks=0", 1);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execv(argv[0], argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(
		ptrace(PTRACE_SETOPTIONS, pid, NULL, (long)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)), 0);
	for (int signal = 0;;) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, pid, NULL, (long)signal), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (!WIFSTOPPED(status))
			break;
		signal = WSTOPSIG(status) == (SIGTRAP | 0x80) || WSTOPSIG(status) == SIGTRAP
				 ? 0
				 : WSTOPSIG(status);
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) &&
			ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0 &&
			info.op == PTRACE_SYSCALL_INFO_ENTRY && is_step(&info) && !--n) {
			killed = true;
			kill(pid, SIGKILL);
			assert_int_equal(waitpid(pid, &status, 0), pid);
			break;
		}
	}
	assert_true(killed ? WIFSIGNALED(status) : WIFEXITED(status) && !WEXITSTATUS(status));
	/* the guardian, which is ours now */
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_int_equal(errno, ECHILD);
	return killed;
}

/* Kills the command before each of its steps in turn: what is pinned then is one of the two. */
static int kill_at_all_steps(char *const *argv, const char *before, const char *after, void (*restore)(void))
{
	char found[4096];
	int n = 1, changed = 0;

	for (; run_until(n, argv); n++) {
		pinned(found, sizeof(found));
		if (!strcmp(found, after)) {
			changed++;
			restore();
		} else {
			assert_string_equal(found, before);
		}
	}
	expect_pinned(after);
	/* only what comes after the publication can be too late */
	assert_true(changed < 3);
	return n - 1;
}

static void pin_again(void)
{
	check(0, "", "pin", object, NULL, NULL, NULL, NULL);
}

static void pin_android_again(void)
{
	check(0, "", "pin", "-landroid", object, NULL, NULL, NULL);
}

static void test_killed(void **state)
{
	char path[PATH_MAX], pin[] = "pin", un[] = "unpin", android[] = "-landroid", replace[] = "-R";
	uint32_t id;

	tool_path(path, sizeof(path), BPFCC);
	/* folders: 1 and 2 in it and 3 of the layout, 5 pins, publication and its end */
	assert_int_equal(kill_at_all_steps((char *const[]){path, pin, object, NULL}, "", ALL, unpin), 13);
	assert_int_equal(kill_at_all_steps((char *const[]){path, un, object, NULL}, ALL, "", pin_again), 5);
	assert_int_equal(kill_at_all_steps((char *const[]){path, pin, android, object, NULL}, "", ALL_ANDROID,
				 unpin_android),
		14);
	id = link_id(ROOT "/link_pins_raw_tp_sys_enter");
	/* 3 more for each that is replaced */
	for (int n = 1; run_until(n, (char *const[]){path, pin, android, replace, object, NULL}); n++) {
		expect_pinned(ALL_ANDROID);
		if (n < 28)
			assert_int_equal(link_id(ROOT "/link_pins_raw_tp_sys_enter"), id);
	}
	assert_int_not_equal(link_id(ROOT "/link_pins_raw_tp_sys_enter"), id);
	assert_int_equal(kill_at_all_steps((char *const[]){path, un, android, object, NULL}, ALL_ANDROID, "",
				 pin_android_again),
		9);
}

/* The guardian killed as well: the next command does its work, and leaves alone what somebody is at. */
static void test_left(void **state)
{
	int table = bpf_map_create(BPF_MAP_TYPE_ARRAY, "left", 4, 4, 1, NULL), busy;

	assert_int_equal(mkdir(ROOT "/bpfcc-unfinished-1", 0700), 0);
	assert_int_equal(mkdir(ROOT "/bpfcc-unfinished-1/new", 0700), 0);
	assert_int_equal(mkdir(ROOT "/bpfcc-unfinished-1/old", 0700), 0);
	assert_int_equal(mkdir(ROOT "/bpfcc-unfinished-2", 0700), 0);
	assert_int_equal(mkdir(ROOT "/bpfcc-unfinished-2/new", 0700), 0);
	assert_int_equal(bpf_obj_pin(table, ROOT "/bpfcc-unfinished-1/new/map_a"), 0);
	assert_int_equal(link(ROOT "/bpfcc-unfinished-1/new/map_a", ROOT "/map_a"), 0);
	assert_int_equal(bpf_obj_pin(table, ROOT "/bpfcc-unfinished-1/new/map_b"), 0);
	assert_int_equal(bpf_obj_pin(table, ROOT "/map_b"), 0);
	assert_int_equal(bpf_obj_pin(table, ROOT "/bpfcc-unfinished-1/old/map_c"), 0);
	assert_int_equal(bpf_obj_pin(table, ROOT "/bpfcc-unfinished-2/new/map_d"), 0);
	busy = open(ROOT "/bpfcc-unfinished-2", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(busy, LOCK_EX), 0);
	check(0, "", "pin", "-N", object, NULL, NULL, NULL);
	expect_pinned(
		"bpfcc-unfinished-2/new/map_d map_b map_c pins/count pins/filter pins/maps/seen pins/sample");
	close(busy);
	check(0, "", "unpin", "pins", NULL, NULL, NULL, NULL);
	expect_pinned("map_b map_c");
	assert_int_equal(unlink(ROOT "/map_b"), 0);
	assert_int_equal(unlink(ROOT "/map_c"), 0);
	close(table);
}

/* ---- bad input ---- */

static void test_refused(void **state)
{
	int table = bpf_map_create(BPF_MAP_TYPE_ARRAY, "other", 4, 4, 1, NULL);
	struct tool_run run;

	check(1, "is not a folder of a bpf file system", "pin", "--root", folder, object, NULL, NULL);
	check(1, "No such file or directory", "pin", "--root", ROOT "/none", object, NULL, NULL);
	check(1, "cannot be a name", "pin", "--name=a/b", object, NULL, NULL, NULL);
	check(1, "cannot be a name", "pin", "--name=..", object, NULL, NULL, NULL);
	check(1, "cannot be a name", "pin", "--name=a.b", object, NULL, NULL, NULL);
	check(1, "--set nothing: no file has such a variable", "pin", object, "--set", "nothing=1", "-N",
		NULL);
	check(1, "--attach nothing=lo: no file has this program", "pin", object, "--attach=nothing=lo", NULL,
		NULL, NULL);
	expect_pinned("");
	check(1, "needs --name", "pin", "-", NULL, NULL, NULL, NULL);
	check(2, "--layout x", "pin", "-lx", object, NULL, NULL, NULL);
	check(2, "a file, or --folder, is missing", "pin", NULL, NULL, NULL, NULL, NULL);
	check(1, "nothing of pins is pinned", "unpin", "pins", NULL, NULL, NULL, NULL);
	if (get_nprocs() > 1) /* a link for each CPU */
		check(1, "--no-attach pins programs and tables only", "pin", "--attach=sample=profile:hz:1",
			object, NULL, NULL, NULL);
	expect_pinned("");
	tool_start_as(&run, 65534, BPFCC, "pin", "-N", object, NULL);
	tool_end(&run, 120);
	assert_int_equal(run.status, 1);
	assert_non_null(strstr(run.errors, "permit"));
	tool_free(&run);
	expect_pinned("");

	/* pins of others with the same names */
	check(0, "", "pin", "-N", object, NULL, NULL, NULL);
	assert_int_equal(bpf_obj_pin(table, ROOT "/pins/other"), 0);
	check(1, ROOT "/pins/other is not a pinned program, but a table", "unpin", "pins", NULL, NULL, NULL,
		NULL);
	check(1, ROOT "/pins/other is not a pinned program, but a table", "pin", "-N", "-R", object, NULL,
		NULL);
	expect_pinned("pins/count pins/filter pins/maps/seen pins/other pins/sample");
	assert_int_equal(unlink(ROOT "/pins/other"), 0);
	unpin();
	assert_int_equal(bpf_obj_pin(table, ROOT "/prog_pins_socket"), 0);
	check(1, ROOT "/prog_pins_socket: there is something already", "pin", "-landroid", object, NULL, NULL,
		NULL);
	check(1, ROOT "/prog_pins_socket is not a pinned program, but a table", "pin", "-landroid", "-R",
		object, NULL, NULL);
	check(1, ROOT "/prog_pins_socket is not a pinned program, but a table", "unpin", "-landroid", object,
		NULL, NULL, NULL);
	expect_pinned("prog_pins_socket");
	assert_int_equal(unlink(ROOT "/prog_pins_socket"), 0);
	assert_int_equal(symlink("/etc", ROOT "/pins"), 0);
	check(1, "is not a folder of pins", "unpin", "pins", NULL, NULL, NULL, NULL);
	assert_int_equal(unlink(ROOT "/pins"), 0);
	close(table);
}

/* An object whose table has a name that leads out of the folder. */
static void test_hostile_name(void **state)
{
	char path[80], *bytes, *at;
	int fd = open(object, O_RDONLY | O_CLOEXEC), changed = 0;
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	bytes = malloc(st.st_size);
	assert_int_equal(read(fd, bytes, st.st_size), st.st_size);
	close(fd);
	for (at = bytes; (at = memmem(at, bytes + st.st_size - at, "\0seen", 6)); at++, changed++)
		memcpy(at + 1, "../x", 4);
	assert_true(changed);
	snprintf(path, sizeof(path), "%s/hostile.bpf.o", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, bytes, st.st_size), st.st_size);
	close(fd);
	free(bytes);
	check(1, "the object has a name that cannot be one of a file", "pin", "-N", path, NULL, NULL, NULL);
	expect_pinned("");
	assert_int_equal(unlink(path), 0);
}

/* A folder of objects, as the unit has one: what is wrong with one of them does not stop the others. */
static void test_folder(void **state)
{
	char objects[64], path[128];
	struct tool_run run;
	FILE *file;

	snprintf(objects, sizeof(objects), "%s/objects", folder);
	assert_int_equal(mkdir(objects, 0755), 0);
	snprintf(path, sizeof(path), "%s/b-damaged.bpf.o", objects);
	file = fopen(path, "w");
	assert_true(fputs("\177ELF", file) >= 0);
	assert_int_equal(fclose(file), 0);
	for (int i = 0; i < 4; i++) {
		static const char *const names[] = {"a.bpf.o", "c.o", "c.second.o", "README"};

		snprintf(path, sizeof(path), "%s/%s", objects, names[i]);
		assert_int_equal(link(object, path), 0);
	}
	tool_start(&run, BPFCC, "pin", "-N", "--folder", objects);
	tool_end(&run, 120);
	assert_int_equal(run.status, 1);
	assert_string_equal(run.text, ROOT "/a\n" ROOT "/c\n");
	assert_non_null(strstr(run.errors, "b-damaged.bpf.o"));
	assert_non_null(strstr(run.errors, "c.second.o: another file has the same name up to the first dot"));
	tool_free(&run);
	expect_pinned("a/count a/filter a/maps/seen a/sample c/count c/filter c/maps/seen c/sample");
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/c.second.o", objects);
	assert_int_equal(unlink(path), 0);
	/* the damaged one is not pinned, which is no failure */
	check(0, "", "unpin", "--folder", objects, NULL, NULL, NULL);
	expect_pinned("");
	check(1, "No such file or directory", "pin", "--folder", "/bcc/no/folder", NULL, NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_two_ways),
		cmocka_unit_test(test_android),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_hostile_name),
		cmocka_unit_test(test_folder),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
