/* SPDX-License-Identifier: Apache-2.0 */
/* Types out of BTF that no compiler would write: chains, circles and holes must end in text or an error. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <bpf/btf.h>

#include "libbcc/table/table.h"
#include "libbcc/table/type_description.h"

struct fake {
	struct bcc b;
	struct bcc_table t;
};

static void begin(struct fake *f)
{
	memset(f, 0, sizeof(*f));
	f->b.btf = btf__new_empty();
	assert_non_null(f->b.btf);
	f->t.owner = &f->b;
	f->t.name = "table";
}

static void end(struct fake *f)
{
	bcc_table_types_free(&f->t);
	bcc_type_fields_free(&f->b);
	bcc_err_clear(&f->b.err);
	btf__free(f->b.btf);
}

static void test_modifiers_say_nothing(void **state)
{
	const struct bcc_field *fields;
	struct fake f;
	int u32, constant;

	begin(&f);
	u32 = btf__add_typedef(f.b.btf, "u32", btf__add_int(f.b.btf, "unsigned int", 4, 0));
	constant = btf__add_const(f.b.btf, btf__add_volatile(f.b.btf, u32));
	f.t.btf_key_type = btf__add_struct(f.b.btf, "key", 8);
	assert_int_equal(btf__add_field(f.b.btf, "pid", constant, 0, 0), 0);
	assert_int_equal(btf__add_field(f.b.btf, "next", u32, 32, 0), 0);
	f.t.btf_value_type = constant;
	assert_string_equal(bcc_table_key_type(&f.t), "struct key { u32 pid; u32 next; }");
	assert_string_equal(bcc_table_value_type(&f.t), "u32");
	assert_int_equal(bcc_table_key_fields(&f.t, &fields), 2);
	assert_string_equal(fields[0].type, "u32");
	assert_int_equal(fields[1].bit_offset, 32);
	assert_int_equal(bcc_table_value_fields(&f.t, &fields), 1);
	assert_string_equal(fields->name, "");
	assert_int_equal(fields->bit_size, 32);
	end(&f);
}

static void test_no_types(void **state)
{
	const struct bcc_field *fields = (void *)1;
	struct fake f;

	begin(&f);
	assert_string_equal(bcc_table_key_type(&f.t), "");
	assert_int_equal(bcc_table_key_fields(&f.t, &fields), 0);
	assert_null(fields);
	/* an id past the end */
	f.t.btf_key_type = 4711;
	assert_string_equal(bcc_table_key_type(&f.t), "");
	assert_int_equal(bcc_table_key_fields(&f.t, &fields), -EINVAL);
	assert_non_null(strstr(f.b.err.text, "missing"));
	end(&f);
}

static void test_enums(void **state)
{
	const struct bcc_field *fields;
	struct fake f;

	begin(&f);
	f.t.btf_key_type = btf__add_enum(f.b.btf, "state", 4);
	btf__add_enum_value(f.b.btf, "BAD", -1);
	btf__add_enum_value(f.b.btf, "GOOD", 1);
	f.t.btf_value_type = btf__add_enum64(f.b.btf, "big", 8, false);
	btf__add_enum64_value(f.b.btf, "HUGE", UINT64_MAX);
	assert_string_equal(bcc_table_key_type(&f.t), "enum state { BAD = -1, GOOD = 1 }");
	assert_string_equal(bcc_table_value_type(&f.t), "enum big { HUGE = 18446744073709551615 }");
	assert_int_equal(bcc_table_key_fields(&f.t, &fields), 1);
	assert_true(fields->is_signed);
	assert_int_equal(bcc_table_value_fields(&f.t, &fields), 1);
	assert_int_equal(fields->bit_size, 64);
	end(&f);
}

static void test_circle_of_structs(void **state)
{
	const struct bcc_field *fields;
	struct fake f;
	int id;

	/* nameless, with two nameless members of its own type: 2^depth when nothing stops it */
	begin(&f);
	id = btf__add_struct(f.b.btf, NULL, 8);
	btf__add_field(f.b.btf, NULL, id, 0, 0);
	btf__add_field(f.b.btf, NULL, id, 0, 0);
	f.t.btf_key_type = id;
	bcc_table_key_type(&f.t);
	assert_int_equal(bcc_table_key_fields(&f.t, &fields), -ELOOP);
	assert_non_null(strstr(f.b.err.text, "cannot be read"));
	end(&f);
}

static void test_circle_of_pointers(void **state)
{
	struct fake f;
	int id;

	begin(&f);
	id = btf__add_ptr(f.b.btf, 1);
	assert_int_equal(id, 1);
	f.t.btf_key_type = id;
	bcc_table_key_type(&f.t);
	end(&f);
}

static void test_circle_of_typedefs_and_arrays(void **state)
{
	const struct bcc_field *fields;
	struct fake f;

	begin(&f);
	assert_int_equal(btf__add_typedef(f.b.btf, "a", 2), 1);
	assert_int_equal(btf__add_typedef(f.b.btf, "b", 1), 2);
	assert_int_equal(btf__add_array(f.b.btf, 3, 3, 4), 3);
	assert_int_equal(btf__add_const(f.b.btf, 4), 4);
	for (int id = 1; id <= 4; id++) {
		f.t.btf_key_type = id;
		free(f.t.key_decl);
		f.t.key_decl = NULL;
		bcc_table_key_type(&f.t);
		assert_true(bcc_table_key_fields(&f.t, &fields) < 0);
	}
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modifiers_say_nothing),
		cmocka_unit_test(test_no_types),
		cmocka_unit_test(test_enums),
		cmocka_unit_test(test_circle_of_structs),
		cmocka_unit_test(test_circle_of_pointers),
		cmocka_unit_test(test_circle_of_typedefs_and_arrays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
