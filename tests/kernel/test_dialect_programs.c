/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each program of tests/dialect/ leaves values in its table "out", and its second line says which: slots and
 * numbers, PID and PPID being this process's; and since which kernel, if not since the oldest. A program
 * called `run` is run by itself, `packet` on a packet, others are attached where their sections say, and see
 * a system call, getpgid(4660).
 */
#include "common/array.h"
#include "own_events.h"

#include <glob.h>
#include <sys/utsname.h>

/* IPv4, with UDP as its protocol. */
static const uint8_t packet[64] = {[12] = 0x08, [14] = 0x45, [22] = 64, [23] = 17};

static const char *read_line(const char *path, char *line, int size)
{
	FILE *f = fopen(path, "re");
	bool is_read = f && fgets(line, size, f) /* the license */ && fgets(line, size, f);

	if (f)
		fclose(f);
	if (!is_read)
		fail_msg("%s cannot be read", path);
	return line + strspn(line, "/* ");
}

static bool is_too_old(const char *line)
{
	const char *since = strstr(line, "Linux ");
	int major, minor, wanted_major, wanted_minor;
	struct utsname name;

	if (!since || sscanf(since, "Linux %d.%d", &wanted_major, &wanted_minor) != 2 || uname(&name) ||
		sscanf(name.release, "%d.%d", &major, &minor) != 2)
		return false;
	return major != wanted_major ? major < wanted_major : minor < wanted_minor;
}

static void compare(struct bcc *b, const char *path, const char *line)
{
	int compared = 0;

	while (*line >= '0' && *line <= '9') {
		char *at;
		uint32_t slot = strtoul(line, &at, 10);
		uint64_t expected;

		assert_int_equal(*at, '=');
		at++;
		if (!strncmp(at, "PPID", 4)) {
			expected = getppid();
			at += 4;
		} else if (!strncmp(at, "PID", 3)) {
			expected = getpid();
			at += 3;
		} else {
			expected = strtoull(at, &at, 10);
		}
		if (table_u64(b, "out", slot) != expected)
			fail_msg("%s: value %u is %llu, not %llu", path, slot,
				(unsigned long long)table_u64(b, "out", slot), (unsigned long long)expected);
		compared++;
		line = at + strspn(at, " ");
	}
	assert_true(compared > 0);
}

/* The section names what needs kprobes. */
static bool wants_kprobes(const char *path)
{
	return strstr(path, "/kernel_function.") || strstr(path, "/system_call.");
}

static void run_program(const char *path)
{
	struct bcc_test_run run = BCC_OPTS(struct bcc_test_run, .data = NULL);
	struct bcc_test_run on_packet =
		BCC_OPTS(struct bcc_test_run, .data = packet, .data_size = sizeof(packet));
	const struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts, .deferred = true);
	int pid = getpid(), attached = 0;
	struct bcc_variable *own;
	struct bcc *b = NULL;
	const char *line;
	char buf[256];

	line = read_line(path, buf, sizeof(buf));
	if (is_too_old(line) || (wants_kprobes(path) && !have_kprobes()))
		return;
	if (bcc_open_file(path, &opts, &b))
		fail_msg("%s: %s", path, bcc_error(b));
	own = bcc_variable_find(b, "own_process");
	if (own)
		expect_ok(b, bcc_variable_set(own, &pid, sizeof(pid)));
	for (size_t i = 0; i < bcc_program_count(b); i++) {
		struct bcc_program *p = bcc_program_at(b, i);
		int ret = 0;

		if (!strcmp(bcc_program_name(p), "run"))
			ret = bcc_program_test_run(p, &run);
		else if (!strcmp(bcc_program_name(p), "packet"))
			ret = bcc_program_test_run(p, &on_packet);
		else
			attached++;
		if (ret)
			fail_msg("%s: %s", path, bcc_error(b));
	}
	if (attached && bcc_attach_all(b) <= 0)
		fail_msg("%s: %s", path, bcc_error(b));
	if (attached)
		own_event(4660);
	compare(b, path, line);
	bcc_close(b);
}

static void test_program(void **state)
{
	if (geteuid() != 0)
		test_missing("BPF needs root here");
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		test_missing("this kernel has no BTF");
	run_program(*state);
}

int main(void)
{
	/* an emulated machine takes a second for each */
	size_t step = getenv("BCC_TEST_NO_SKIP") ? 12 : 1, count = 0;
	static struct CMUnitTest tests[256];
	glob_t found;
	int ret;

	if (glob(DIALECT_PROGRAMS "/*.bpf.c", 0, NULL, &found) || found.gl_pathc < 100 ||
		found.gl_pathc > ARRAY_SIZE(tests)) {
		fprintf(stderr, "these are not the programs of %s\n", DIALECT_PROGRAMS);
		return 1;
	}
	for (size_t i = 0; i < found.gl_pathc; i += step)
		tests[count++] = (struct CMUnitTest){.name = strrchr(found.gl_pathv[i], '/') + 1,
			.test_func = test_program,
			.initial_state = found.gl_pathv[i]};
	ret = _cmocka_run_group_tests("programs", tests, count, NULL, NULL);
	globfree(&found);
	return ret;
}
