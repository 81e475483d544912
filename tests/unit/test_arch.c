/* SPDX-License-Identifier: Apache-2.0 */
/* The architectures: what each struct must have, and what can be checked against the C library or the
 * kernel. */
#include <elf.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/user.h>
#include <sys/utsname.h>
#include <cmocka.h>

#include "common/arch/arch.h"

static bool has_register(const struct bcc_arch *arch, const char *name)
{
	for (size_t i = 0; name && i < arch->register_count; i++)
		if (!strcmp(arch->registers[i].name, name))
			return true;
	return false;
}

/* The search for a name that is not in the list would not end. */
static void test_all_roles_are_registers(void **state)
{
	for (const struct bcc_arch *const *a = bcc_arches; *a; a++) {
		unsigned count = bcc_arch_argument_count(*a);

		assert_true(has_register(*a, (*a)->instruction_pointer));
		assert_true(has_register(*a, (*a)->stack_pointer));
		assert_true(has_register(*a, (*a)->frame_pointer));
		assert_true(has_register(*a, (*a)->result));
		assert_true(has_register(*a, (*a)->return_address));
		assert_in_range(count, 1, BCC_ARGUMENTS_MAX);
		/* system calls have six arguments, and a program may name as many as a function has */
		for (unsigned i = 0; i < count || i < 6; i++) {
			assert_true(i >= count || has_register(*a, (*a)->arguments[i]));
			assert_true(has_register(*a, (*a)->system_call_arguments[i]));
		}
	}
}

static void test_all_have_the_rest(void **state)
{
	for (const struct bcc_arch *const *a = bcc_arches; *a; a++) {
		assert_true(*(*a)->kernel_directory && *(*a)->triple && *(*a)->cpu);
		assert_true((*a)->elf_machine);
		assert_ptr_equal(bcc_arch_of_elf((*a)->elf_machine), *a);
		assert_true((*a)->kernel_start >> 63 || !(*a)->kernel_addresses_are_negative);
		/* names of the same register are adjacent: each register becomes one case label */
		for (size_t i = 1; i < (*a)->register_count; i++)
			assert_true((*a)->registers[i].offset >= (*a)->registers[i - 1].offset);
	}
	assert_null(bcc_arch_of_elf(EM_NONE));
	assert_null(bcc_arch_of_elf(EM_SPARC));
}

static void test_the_host(void **state)
{
	struct utsname name;
	extern const ElfW(Ehdr) __ehdr_start;
	size_t length = (size_t)(strchr(bcc_arch_host->triple, '-') - bcc_arch_host->triple);

	assert_int_equal(__ehdr_start.e_machine, bcc_arch_host->elf_machine);
	assert_int_equal(uname(&name), 0);
	assert_int_equal(strlen(name.machine), length);
	assert_memory_equal(name.machine, bcc_arch_host->triple, length);
#ifdef __x86_64__
	/* names and offsets as in the kernel's PTRACE_GETREGS */
	assert_int_equal(bcc_arch_argument_offset(bcc_arch_host, 0), offsetof(struct user_regs_struct, rdi));
	assert_int_equal(bcc_arch_argument_offset(bcc_arch_host, 3), offsetof(struct user_regs_struct, rcx));
	assert_int_equal(
		bcc_arch_system_call_offset(bcc_arch_host, 3), offsetof(struct user_regs_struct, r10));
	assert_int_equal(
		bcc_arch_instruction_pointer_offset(bcc_arch_host), offsetof(struct user_regs_struct, rip));
#endif
}

static void test_registers(void **state)
{
	struct bcc_register_part part;

	assert_true(bcc_arch_register_find(&bcc_arch_x86_64, "ah", 2, &part));
	assert_int_equal(part.pt_regs, 80);
	assert_int_equal(part.bytes, 1);
	assert_int_equal(part.first_byte, 1);
	assert_true(bcc_arch_register_find(&bcc_arch_x86_64, "eipx", 3, &part));
	assert_int_equal(part.bytes, 4);
	assert_false(bcc_arch_register_find(&bcc_arch_x86_64, "", 0, &part));
	assert_false(bcc_arch_register_find(&bcc_arch_x86_64, "xmm0", 4, &part));
	assert_true(bcc_arch_register_find(&bcc_arch_arm64, "wsp", 3, &part));
	assert_int_equal(part.pt_regs, 248);
	assert_int_equal(part.bytes, 4);
	assert_true(bcc_arch_register_find(&bcc_arch_arm64, "lr", 2, &part));
	assert_string_equal(part.name, "regs[30]");
	assert_false(bcc_arch_register_find(&bcc_arch_arm64, "x31", 3, &part));
	assert_false(bcc_arch_register_find(&bcc_arch_arm64, "pc", 2, &part));
	assert_int_equal(bcc_arch_argument_count(&bcc_arch_x86_64), 6);
	assert_int_equal(bcc_arch_argument_count(&bcc_arch_arm64), 8);
	assert_int_equal(bcc_arch_argument_offset(&bcc_arch_arm64, 7), 56);
}

static void test_system_calls(void **state)
{
	assert_string_equal(bcc_arch_system_call_of("sys_read"), "read");
	assert_string_equal(bcc_arch_system_call_of("__x64_sys_read"), "read");
	assert_string_equal(bcc_arch_system_call_of("__arm64_sys_read"), "read");
	assert_null(bcc_arch_system_call_of("vfs_read"));
	assert_null(bcc_arch_system_call_of("__x64_sy"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_roles_are_registers),
		cmocka_unit_test(test_all_have_the_rest),
		cmocka_unit_test(test_the_host),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_system_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
