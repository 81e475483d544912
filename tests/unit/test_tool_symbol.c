/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of processes by address, while they run and when they have ended. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "tool_description.h"

#include <bcc/symbols.h>

#include "tools/lib/symbol.h"

/* Known to the linker, so that it has a symbol. */
int symbol_target(int number);

__attribute__((noinline)) int symbol_target(int number)
{
	return number * 3;
}

static void check(const struct symbol_owner *owner, uint64_t address, unsigned flags, const char *expected)
{
	struct buffer b = {0};

	symbol_add(&b, owner, address, flags);
	buffer_char(&b, '\0');
	assert_string_equal(b.data, expected);
	buffer_free(&b);
}

static void test_names(void **state)
{
	const struct symbol_owner self = {.pid = getpid(), .start = 1};
	uint64_t address = (uint64_t)symbol_target;

	check(&self, address, 0, "symbol_target");
	check(&self, address + 1, BCC_SYMBOL_OFFSET, "symbol_target+0x1");
	check(&self, address + 1, BCC_SYMBOL_OFFSET | BCC_SYMBOL_MODULE,
		"symbol_target+0x1 [unit_tool_symbol]");
	check(&self, 0x10, BCC_SYMBOL_OFFSET | BCC_SYMBOL_MODULE, "0x10");
	symbol_close();
}

/* Behind the last frame in code there is one that stands for what is not known. */
static void test_stack_frames(void **state)
{
	const struct symbol_owner self = {.pid = getpid(), .start = 1}, gone = {.pid = 4000000, .start = 1};
	const uint64_t code = (uint64_t)symbol_target, data = (uint64_t)&self;
	uint64_t stack[130];
	char unaligned[sizeof(stack) + 1];

	for (size_t i = 0; i < 130; i++)
		stack[i] = i < 2 ? code + i : data;
	assert_int_equal(symbol_stack_frames(&self, stack, 130), 3);
	memcpy(unaligned + 1, stack, sizeof(stack));
	assert_int_equal(symbol_stack_frames(&self, unaligned + 1, 130), 3);
	assert_int_equal(symbol_stack_frames(&self, stack, 3), 3);
	assert_int_equal(symbol_stack_frames(&self, stack, 2), 2);
	/* between frames that are code, others stay: of what is no longer mapped */
	stack[100] = code;
	assert_int_equal(symbol_stack_frames(&self, stack, 130), 102);
	stack[50] = 0;
	assert_int_equal(symbol_stack_frames(&self, stack, 130), 3);
	stack[1] = 0;
	assert_int_equal(symbol_stack_frames(&self, stack, 130), 1);
	/* nothing is known */
	assert_int_equal(symbol_stack_frames(&self, &stack[2], 30), 30);
	assert_int_equal(symbol_stack_frames(&gone, &stack[2], 30), 30);
	assert_int_equal(symbol_stack_frames(&self, stack, 0), 0);
	symbol_close();
}

/* Code that is made at run time belongs to no file. */
static void test_made_code(void **state)
{
	const struct symbol_owner self = {.pid = getpid(), .start = 1};
	char *made = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t stack[3] = {(uint64_t)symbol_target, (uint64_t)made, (uint64_t)made + 8};

	assert_ptr_not_equal(made, MAP_FAILED);
	assert_int_equal(symbol_stack_frames(&self, stack, 3), 3);
	munmap(made, 4096);
	symbol_close();
	assert_int_equal(symbol_stack_frames(&self, stack, 3), 2);
	symbol_close();
}

/* What was looked at once is known later; another process with the same ID is another one. */
static void test_ended(void **state)
{
	struct symbol_owner child = {.start = 1};
	uint64_t address = (uint64_t)symbol_target;
	char number[32];

	child.pid = fork();
	assert_true((int)child.pid >= 0);
	if (!child.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	check(&child, address, 0, "symbol_target");
	kill(child.pid, SIGKILL);
	assert_int_equal(waitpid(child.pid, NULL, 0), child.pid);
	check(&child, address, 0, "symbol_target");
	child.start = 2;
	sprintf(number, "0x%lx", (unsigned long)address);
	check(&child, address, 0, number);
	symbol_close();
}

/* More processes than are kept: those that were used last are. */
static void test_many(void **state)
{
	struct symbol_owner self = {.pid = getpid()};

	for (self.start = 0; self.start < 200; self.start++)
		check(&self, (uint64_t)symbol_target, 0, "symbol_target");
	for (self.start = 0; self.start < 200; self.start += 50)
		check(&self, (uint64_t)symbol_target, 0, "symbol_target");
	symbol_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_stack_frames),
		cmocka_unit_test(test_made_code),
		cmocka_unit_test(test_ended),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
