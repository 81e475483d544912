/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, states and flags as text. */
#include "tool_description.h"

#include "common/array.h"
#include "tools/lib/address.h"
#include "tools/lib/ip_protocol.h"
#include "tools/lib/tcp.h"

static void test_addresses(void **state)
{
	static const uint8_t v4[16] = {127, 0, 0, 1}, v6[16] = {0xfe, 0x80, [15] = 1},
			     longest[16] = {[0 ... 15] = 0xff};
	struct value a, b, c;

	address_value(&a, 4, v4);
	address_port_value(&b, 6, v6, 65535);
	address_port_value(&c, 6, longest, 65535);
	/* all of a row at the same time */
	assert_string_equal(a.text, "127.0.0.1");
	assert_int_equal(a.length, 9);
	assert_string_equal(b.text, "fe80::1:65535");
	assert_string_equal(c.text, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:65535");
	assert_int_equal(c.length, 45);
}

static void test_states(void **state)
{
	assert_null(tcp_state_name(0));
	assert_string_equal(tcp_state_name(1), "ESTABLISHED");
	assert_string_equal(tcp_state_name(10), "LISTEN");
	assert_string_equal(tcp_state_name(12), "NEW_SYN_RECV");
	assert_null(tcp_state_name(14));
	assert_null(tcp_state_name(UINT32_MAX));
}

static void test_flags(void **state)
{
	char text[TCP_FLAGS_SIZE];

	assert_string_equal(tcp_flags_text(0, text), "");
	assert_string_equal(tcp_flags_text(2, text), "SYN");
	assert_string_equal(tcp_flags_text(0x12, text), "SYN|ACK");
	assert_string_equal(tcp_flags_text(0xff, text), "FIN|SYN|RST|PSH|ACK|URG|ECE|CWR");
	assert_true(strlen(text) < sizeof(text));
}

static void test_protocols(void **state)
{
	assert_string_equal(ip_protocol_name(6), "TCP");
	assert_string_equal(ip_protocol_name(262), "MPTCP");
	assert_null(ip_protocol_name(0));
	assert_null(ip_protocol_name(UINT32_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_protocols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
