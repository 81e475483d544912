/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/array.h"
#include "common/suggestions.h"

static const char *const names[] = {"tcp_v4_connect", "tcp_v6_connect", "tcp_v4_connect.isra.0",
	"__tcp_v4_connect", "udp_sendmsg", "vfs_read", "vfs_readv", "vfs_write", "x"};

static void expect(const char *wanted, const char *text)
{
	struct bcc_near_names near;
	char buf[512];

	bcc_near_init(&near, wanted);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		bcc_near_offer(&near, names[i]);
	assert_string_equal(bcc_near_text(&near, buf, sizeof(buf)), text);
}

static void test_nearest_first(void **state)
{
	expect("vfs_raed", "; did you mean vfs_read or vfs_readv?");
	expect("vfs_rea", "; did you mean vfs_read or vfs_readv?");
	expect("tcp_v4_connec", "; did you mean tcp_v4_connect, __tcp_v4_connect or tcp_v4_connect.isra.0?");
	expect("nothing_like_these", "");
	expect("", "");
}

static void test_derived_names_first(void **state)
{
	struct bcc_near_names near;

	bcc_near_init(&near, "tcp_v4_connect");
	bcc_near_offer(&near, "tcp_v6_connect");
	bcc_near_offer(&near, "tcp_v4_connect.isra.0");
	assert_string_equal(near.best[0].name, "tcp_v4_connect.isra.0");
}

/* Names from files may have any length, and the buffer may be too small for them. */
static void test_limits(void **state)
{
	struct bcc_near_names near;
	char name[4096], buf[16];

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	bcc_near_init(&near, name);
	bcc_near_offer(&near, name + 1);
	assert_int_equal(near.count, 0);
	bcc_near_init(&near, name + sizeof(name) - BCC_NEAR_LENGTH);
	bcc_near_offer(&near, name + 1);
	assert_int_equal(near.count, 0);
	bcc_near_offer(&near, name + sizeof(name) - BCC_NEAR_LENGTH + 1);
	assert_int_equal(near.count, 1);
	assert_int_equal(strlen(bcc_near_text(&near, buf, sizeof(buf))), sizeof(buf) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest_first),
		cmocka_unit_test(test_derived_names_first),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
