// SPDX-License-Identifier: Apache-2.0
// The public headers in C++ with a user's warnings, which are errors here, and the options of the C API.
#include <bcc/BPF.h>
#include <bcc/bcc.h>
#include <bcc/cache.h>
#include <bcc/kernel_features.h>
#include <bcc/loaded.h>
#include <bcc/symbols.h>
#include <bcc/usdt.h>

#include <cstdio>

static int expect(bool holds, const char *what)
{
	if (!holds)
		std::printf("not so: %s\n", what);
	return !holds;
}

int main()
{
	const int pid = 7;
	const auto none = BCC_OPTS(struct bcc_open_opts);
	const auto named = BCC_OPTS(struct bcc_open_opts, .name = "probe.c", .debug = BCC_DEBUG_IR);
	const auto local = BCC_OPTS(struct bcc_usdt_opts, .pid = pid);
	int wrong = 0;

	wrong += expect(none.size == sizeof(none) && !none.name && !none.debug && !none.log, "all are zero");
	wrong += expect(named.size == sizeof(named) && !named.cflags, "others are zero");
	wrong +=
		expect(std::string(named.name) == "probe.c" && named.debug == BCC_DEBUG_IR, "fields by name");
	wrong += expect(local.pid == pid, "a local variable's value");
	return wrong ? 1 : 0;
}
