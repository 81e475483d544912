// SPDX-License-Identifier: Apache-2.0
// Shared by the programs of this directory: they exit with 0 if BCC's C++ API did what it should, with 1 and
// a line if it did not, with 77 if this kernel lacks something.
#pragma once

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "BPF.h"

[[noreturn]] inline void fail(const char *file, int line, const std::string &what)
{
	std::fprintf(stderr, "%s:%d: %s\n", file, line, what.c_str());
	std::exit(1);
}

#define CHECK(CONDITION)                                                                                     \
	do {                                                                                                 \
		if (!(CONDITION))                                                                            \
			fail(__FILE__, __LINE__, #CONDITION);                                                \
	} while (0)

#define CHECK_OK(STATUS)                                                                                     \
	do {                                                                                                 \
		const ebpf::StatusTuple check_status = (STATUS);                                             \
		if (!check_status.ok())                                                                      \
			fail(__FILE__, __LINE__, #STATUS ": " + check_status.msg());                         \
	} while (0)

// Permission to use BPF, tested by creating a map with one element.
inline void need_bpf()
{
	int fd = bcc_create_map(BPF_MAP_TYPE_ARRAY, "probe", 4, 4, 1, 0);

	if (fd < 0) {
		std::puts("SKIP: BPF needs root here");
		std::exit(77);
	}
	close(fd);
}

inline bool have_kprobes()
{
	return access("/sys/bus/event_source/devices/kprobe", F_OK) == 0;
}
