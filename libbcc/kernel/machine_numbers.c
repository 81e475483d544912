/* SPDX-License-Identifier: Apache-2.0 */
#include "machine_numbers.h"

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <string.h>

#include "common/array.h"
#include "common/cleanup.h"
#include "common/cpu_list.h"
#include "common/read_file.h"

static uint64_t machine_numbers_possible_cpus(void)
{
	int count = libbpf_num_possible_cpus();

	return count > 0 ? count : 0;
}

static uint64_t machine_numbers_cpu_ids(void)
{
	return bcc_cpus_end("possible");
}

/* The word is not there if the kernel does not use what the CPU has. */
static uint64_t machine_numbers_task_bits(void)
{
	bcc_auto_fd int fd = open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC);
	bcc_auto_free char *text = NULL;
	char *flags, *end;
	size_t length;

	if (fd < 0 || bcc_read_text(fd, &text, &length))
		return 47;
	flags = strstr(text, "\nflags");
	end = flags ? strchr(flags + 1, '\n') : NULL;
	if (!end)
		return 47;
	*end = ' ';
	end[1] = '\0';
	return strstr(flags, " la57 ") ? 56 : 47;
}

uint64_t bcc_machine_number(const char *name)
{
	static const struct {
		const char *name;
		uint64_t (*read)(void);
	} numbers[] = {
		{"__bcc_cpu_ids", machine_numbers_cpu_ids},
		{"__bcc_possible_cpus", machine_numbers_possible_cpus},
		{"__bcc_task_bits", machine_numbers_task_bits},
	};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (!strcmp(numbers[i].name, name))
			return numbers[i].read();
	return 0;
}
