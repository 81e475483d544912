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
#include "tools/lib/expr/signature.h"
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

/* ---- arguments ---- */

struct debug_info_part {
	char letter;
	unsigned int low : 3, high : 5;
};

typedef struct {
	short shorts[2][3];
} debug_info_unnamed;

enum debug_info_choice { DEBUG_INFO_NONE, DEBUG_INFO_ONE, DEBUG_INFO_LESS = -200 };

struct debug_info_record {
	int number;
	const char *text;
	struct debug_info_part part;
	struct debug_info_record *next;
	union {
		long whole;
		unsigned char first;
	};
	debug_info_unnamed *unnamed;
	enum debug_info_choice choice;
	void (*call)(int);
	double ratio;
};

struct debug_info_large {
	long numbers[4];
};

long debug_info_called(
	struct debug_info_record *record, unsigned short count, double weight, const char *name);
struct debug_info_large debug_info_returned(int first, struct debug_info_part part, int last);

__attribute__((noinline)) long debug_info_called(
	struct debug_info_record *record, unsigned short count, double weight, const char *name)
{
	__asm__ volatile("" : : "r"(record), "r"(name) : "memory");
	return count + (long)weight;
}

__attribute__((noinline)) struct debug_info_large debug_info_returned(
	int first, struct debug_info_part part, int last)
{
	struct debug_info_large large = {{first, part.letter, last}};

	__asm__ volatile("" : : : "memory");
	return large;
}

static const struct parameter *parameter(const struct signature *s, const char *name)
{
	int i = signature_find(s, &(struct token){.kind = TOKEN_NAME, .text = name, .length = strlen(name)});

	assert_in_range(i, 0, 31);
	return &s->parameters[i];
}

static void check_parameter(const struct signature *s, const char *name, unsigned number,
	const char *declared, const char *why_not)
{
	const struct parameter *p = parameter(s, name);
	struct buffer text = {0};

	assert_int_equal(p->number, number);
	signature_write(&text, p, "in_", true);
	buffer_char(&text, '\0');
	assert_string_equal(text.data, declared);
	buffer_free(&text);
	if (why_not)
		assert_string_equal(p->why_not, why_not);
	else
		assert_null(p->why_not);
}

#define USER "__attribute__((btf_type_tag(\"user\")))"

static void check_called(const char *path)
{
	static const char record[] = "struct p0_debug_info_record {\n"
				     "	int number;\n"
				     "	char " USER " *text;\n"
				     "	struct p0_debug_info_part part;\n"
				     "	struct p0_debug_info_record " USER " *next;\n"
				     "	union {\n"
				     "		long long whole;\n"
				     "		unsigned char first;\n"
				     "	};\n"
				     "	struct p0_debug_info_unnamed " USER " *unnamed;\n"
				     "	int choice;\n"
				     "	void " USER " *call;\n"
				     "	double ratio;\n"
				     "};\n";
	static const char part[] = "struct p0_debug_info_part {\n"
				   "	char letter;\n"
				   "	unsigned int low: 3;\n"
				   "	unsigned int high: 5;\n"
				   "};\n";
	static const char unnamed[] = "struct p0_debug_info_unnamed {\n"
				      "	short shorts[2][3];\n"
				      "};\n";
	struct buffer declarations = {0};
	struct signature s;

	signature_of_program(path, "debug_info_called", "p0_", &s, &declarations);
	buffer_char(&declarations, '\0');
	assert_int_equal(s.count, 4);
	if (!strstr(declarations.data, record) || !strstr(declarations.data, part) ||
		!strstr(declarations.data, unnamed))
		fail_msg("%s", declarations.data);
	check_parameter(&s, "record", 1, "struct p0_debug_info_record " USER " *in_record", NULL);
	check_parameter(&s, "count", 2, "unsigned short in_count", NULL);
	check_parameter(&s, "weight", 0, "double in_weight", "it is a floating-point number");
	check_parameter(&s, "name", 3, "char " USER " *in_name", NULL);
	assert_true(parameter(&s, "name")->is_user);
	signature_free(&s);
	buffer_free(&declarations);
}

static void check_enumerator(const struct signature *s, const char *name, int64_t expected)
{
	int64_t value = 77;
	bool found = signature_enumerator(
		s, &(struct token){.kind = TOKEN_NAME, .text = name, .length = strlen(name)}, &value);

	assert_int_equal(found, expected != 77);
	assert_int_equal(value, expected);
}

/* Whether an argument that the user declares so, with a name of his own, is the program's. */
static void check_same(struct signature *s, const char *declared, unsigned number, const char *expected)
{
	const char *name = strstr(declared, "own");
	struct parameter p = {.name = name,
		.name_length = 3,
		.from = declared,
		.end = declared + strlen(declared),
		.number = number};
	const struct parameter *same = signature_same(s, &p, "p0_");

	assert_int_equal(same != NULL, expected != NULL);
	if (same)
		assert_string_equal(same->from, expected);
}

static void test_names_of_programs(void **state)
{
	struct buffer declarations = {0};
	struct signature s;

	signature_of_program("/proc/self/exe", "debug_info_called", "p0_", &s, &declarations);
	check_enumerator(&s, "DEBUG_INFO_NONE", 0);
	check_enumerator(&s, "DEBUG_INFO_ONE", 1);
	check_enumerator(&s, "DEBUG_INFO_LESS", -200);
	check_enumerator(&s, "DEBUG_INFO_N", 77);
	check_same(&s, "struct debug_info_record *own", 1, "struct p0_debug_info_record " USER " *own");
	check_same(&s, "const struct debug_info_record *own", 1, "struct p0_debug_info_record " USER " *own");
	check_same(&s, "struct record *own", 1, NULL);
	check_same(&s, "struct debug_info_record *own", 2, NULL);
	check_same(&s, "void *own", 1, NULL);
	check_same(&s, "struct own", 1, NULL);
	signature_free(&s);
	buffer_free(&declarations);
}

static void check_none(const char *path, const char *function)
{
	struct buffer declarations = {0};
	struct signature s;

	signature_of_program(path, function, "p0_", &s, &declarations);
	assert_int_equal(s.count, 0);
	assert_int_equal(declarations.size, 0);
	signature_free(&s);
}

static void test_arguments(void **state)
{
	struct buffer declarations = {0};
	struct signature s;

	check_called("/proc/self/exe");
	/* what is returned in memory has its address before the first argument, on x86 */
	signature_of_program("/proc/self/exe", "debug_info_returned", "p0_", &s, &declarations);
#ifdef __x86_64__
	check_parameter(&s, "first", 2, "int in_first", NULL);
#else
	check_parameter(&s, "first", 1, "int in_first", NULL);
#endif
	assert_string_equal(parameter(&s, "part")->why_not, "it is a structure");
	assert_string_equal(parameter(&s, "last")->why_not,
		"an argument before it is a structure, which can take several registers");
	signature_free(&s);
	buffer_free(&declarations);
	check_none("/proc/self/exe", "debug_info_called.isra.0");
	check_none("/proc/self/exe", "no_such_function");
	check_none("/proc/self/exe", "malloc");
	check_none("/proc/self", "debug_info_called");
	check_none("/none", "debug_info_called");
}

/* The debug information in a file of its own, which the program's file names. */
static void test_separate_file(void **state)
{
	char folder[] = "/tmp/bcc-debug-info-XXXXXX", self[PATH_MAX] = "", command[3 * PATH_MAX], path[64];

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/program", folder);
	snprintf(command, sizeof(command),
		"cd %s && objcopy --only-keep-debug '%s' separate.dbg && objcopy --strip-debug "
		"--remove-section=.note.gnu.build-id '%s' program",
		folder, self, self);
	assert_int_equal(system(command), 0);
	check_none(path, "debug_info_called");
	snprintf(command, sizeof(command), "cd %s && objcopy --add-gnu-debuglink=separate.dbg program",
		folder);
	assert_int_equal(system(command), 0);
	check_called(path);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
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
	struct buffer declarations = {0};
	struct signature s;

	debug_info_open();
	for (unsigned seed = 1; seed <= 12; seed++) {
		char path[] = "/tmp/bcc-debug-info-XXXXXX";
		size_t size;
		char *bytes = copy_self(path, &size);

		assert_true(damage(bytes, ".debug_", seed) > 0);
		assert_true(damage(bytes, seed % 2 ? ".eh_frame" : ".eh_frame_hdr", seed) > 0);
		munmap(bytes, size);
		ask_damaged(path, seed);
		signature_of_program(path, "debug_info_called", "p0_", &s, &declarations);
		signature_free(&s);
		unlink(path);
	}
	check_all(&self);
	debug_info_close();
	buffer_free(&declarations);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_names_of_programs),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_separate_file),
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
