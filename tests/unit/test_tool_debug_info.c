/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that are inlined at addresses of processes: of this one, of one that has ended, and of one whose
 * file is damaged. */
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "tool_description.h"

#include "tools/lib/debug_info.h"
#include "tools/lib/stack_snapshot.h"

#define ALWAYS static inline __attribute__((always_inline))

/* Known to the linker, so that it is not inlined. */
uint64_t debug_info_here(void);
uint64_t debug_info_outside(int number);

__attribute__((noinline)) uint64_t debug_info_here(void)
{
	/* calls of a function without effects would become one */
	__asm__ volatile("" : : : "memory");
	return (uint64_t)__builtin_return_address(0) - 1;
}

ALWAYS uint64_t debug_info_inner(void)
{
	uint64_t address = debug_info_here();

	/* no jump into the callee, and no call in common with another one */
	__asm__ volatile("# inner" : "+r"(address));
	return address;
}

ALWAYS uint64_t debug_info_outer(void)
{
	return debug_info_inner();
}

/* An address in debug_info_inner(), in debug_info_outer(), in this function. */
__attribute__((noinline)) uint64_t debug_info_outside(int number)
{
	uint64_t address = number ? debug_info_here() : debug_info_outer();

	__asm__ volatile("# outside" : "+r"(address));
	return address;
}

static void check(const struct symbol_owner *owner, uint64_t address, const char *first, const char *second)
{
	unsigned count = 7;
	const char *names = debug_info_inlined(owner, address, &count);

	assert_int_equal(count, !!first + !!second);
	if (first)
		assert_string_equal(names, first);
	if (second)
		assert_string_equal(names + strlen(names) + 1, second);
}

static void check_all(const struct symbol_owner *owner)
{
	check(owner, debug_info_outside(0), "debug_info_inner", "debug_info_outer");
	check(owner, debug_info_outside(1), NULL, NULL);
	check(owner, 0x10, NULL, NULL);
	check(owner, UINT64_MAX, NULL, NULL);
}

static void test_names(void **state)
{
	const struct symbol_owner self = {.pid = getpid(), .start = 1};

	debug_info_open();
	check_all(&self);
	/* what is known already */
	check_all(&self);
	debug_info_close();
	check(&self, debug_info_outside(0), NULL, NULL);
	debug_info_close();
}

static pid_t start_waiting(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_ended(void **state)
{
	struct symbol_owner child = {.pid = start_waiting(), .start = 1}, later;

	debug_info_open();
	debug_info_see(&child);
	end(child.pid);
	check_all(&child);
	debug_info_see(&child);
	/* another process with the same ID, of which nothing has been seen */
	later = child;
	later.start = 2;
	check(&later, debug_info_outside(0), NULL, NULL);
	debug_info_close();
}

/* Whatever kills the reader costs the process that it was asked about, and no other. */
static void test_killed(void **state)
{
	struct symbol_owner self = {.pid = getpid(), .start = 1}, other = {.pid = getpid(), .start = 2};

	fclose(stderr);
	debug_info_open();
	for (self.start = 100; self.start < 110; self.start++) {
		kill(debug_info_reader(), SIGKILL);
		check(&self, debug_info_outside(0), NULL, NULL);
		check(&self, debug_info_outside(1), NULL, NULL);
		other.start++;
		check_all(&other);
	}
	debug_info_close();
}

/* ---- damage ---- */

/* A copy of this program, mapped for writing. */
static char *copy_self(char *path, size_t *size)
{
	int fd = mkstemp(path), self = open("/proc/self/exe", O_RDONLY);
	struct stat st;
	char *bytes;

	if (fd < 0 || self < 0)
		fail_msg("no copy of this program");
	assert_int_equal(stat("/proc/self/exe", &st), 0);
	*size = st.st_size;
	assert_int_equal(ftruncate(fd, st.st_size), 0);
	bytes = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(bytes != MAP_FAILED);
	for (size_t done = 0; done < *size;) {
		ssize_t n = pread(self, bytes + done, *size - done, (off_t)done);

		assert_true(n > 0);
		done += n;
	}
	assert_int_equal(chmod(path, 0700), 0);
	close(self);
	close(fd);
	return bytes;
}

/* Changes some bytes of each section that a name begins with; from another `seed`, others. */
static int damage(char *bytes, const char *sections, unsigned seed)
{
	const Elf64_Ehdr *header = (const void *)bytes;
	const Elf64_Shdr *section = (const void *)(bytes + header->e_shoff);
	const char *names = bytes + section[header->e_shstrndx].sh_offset;
	int changed = 0;

	for (int i = 0; i < header->e_shnum; i++) {
		char *at = bytes + section[i].sh_offset;

		if (strncmp(names + section[i].sh_name, sections, strlen(sections)) || !section[i].sh_size)
			continue;
		for (int n = 0; n < 200; n++) {
			seed = seed * 1103515245 + 12345;
			at[(seed >> 8) % section[i].sh_size] = (char)(seed >> 16);
		}
		changed++;
	}
	return changed;
}

/* A stack that is full of addresses of the code. */
static void unwind_anything(const struct symbol_owner *owner, uint64_t code, unsigned seed)
{
	struct stack_snapshot *s = calloc(1, sizeof(*s) + 4 * SNAPSHOT_PAGE);
	uint64_t frames[STACK_FRAMES], *words = (uint64_t *)s->bytes;
	enum dwarf_end end;

	assert_non_null(s);
	s->stack = 0x7ffe00000000;
	s->pages = 4;
	for (int i = 0; i < 4 * SNAPSHOT_PAGE / 8; i++) {
		seed = seed * 1103515245 + 12345;
		words[i] = seed & 0x100 ? code + (seed >> 16) % 4096 : s->stack + (seed >> 12) % 16384;
	}
	for (int i = 0; i < SNAPSHOT_REGISTERS; i++)
		s->registers[i] = s->stack + (uint64_t)i * 128;
#if defined(__x86_64__)
	s->registers[16] = code;
	s->registers[17] = 0x33;
#else
	s->registers[32] = code;
	s->registers[33] = 0;
#endif
	assert_in_range(debug_info_unwind(owner, s, frames, &end), 0, STACK_FRAMES);
	free(s);
}

/* Runs the copy, and asks for addresses of its code. */
static void ask_damaged(const char *path, unsigned seed)
{
	int out[2];
	uint64_t address = 0;
	struct symbol_owner child = {.start = seed};
	unsigned count;

	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	child.pid = fork();
	assert_true((pid_t)child.pid >= 0);
	if (!child.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(out[1], STDOUT_FILENO);
		execl(path, path, "wait", NULL);
		_exit(127);
	}
	close(out[1]);
	assert_int_equal(read(out[0], &address, sizeof(address)), sizeof(address));
	close(out[0]);
	for (int i = 0; i < 64; i++)
		debug_info_inlined(&child, address + 16 * i, &count);
	for (int i = 0; i < 64; i++)
		unwind_anything(&child, address + 4 * i, seed + i);
	end((pid_t)child.pid);
}

static void test_damaged(void **state)
{
	const struct symbol_owner self = {.pid = getpid(), .start = 1};

	debug_info_open();
	for (unsigned seed = 1; seed <= 12; seed++) {
		char path[] = "/tmp/bcc-debug-info-XXXXXX";
		size_t size;
		char *bytes = copy_self(path, &size);

		assert_true(damage(bytes, ".debug_", seed) > 0);
		assert_true(damage(bytes, seed % 2 ? ".eh_frame" : ".eh_frame_hdr", seed) > 0);
		munmap(bytes, size);
		ask_damaged(path, seed);
		unlink(path);
	}
	check_all(&self);
	debug_info_close();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_ended),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_killed),
	};

	/* a damaged copy: says where its code is */
	if (argc > 1) {
		uint64_t address = (uint64_t)debug_info_here;

		if (write(STDOUT_FILENO, &address, sizeof(address)) == sizeof(address))
			pause();
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
