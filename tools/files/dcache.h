/* SPDX-License-Identifier: Apache-2.0 */
/* Where the events of dcache.bpf.h come from. */
#ifndef TOOLS_FILES_DCACHE_H
#define TOOLS_FILES_DCACHE_H

#define DCACHE_FENTRY "kretfunc__vmlinux__d_lookup kfunc__vmlinux__d_alloc_parallel"
#define DCACHE_KPROBE "kprobe__d_lookup kretprobe__d_lookup kprobe__d_alloc_parallel"

/* `less_`: what is missing if the kernel's compiler has made lookup_fast() a part of its callers. */
#define DCACHE_SOURCES(less_)                                                                                \
	{.name = "fentry and fexit on lookup_fast, d_lookup and d_alloc_parallel",                           \
		.programs = "kfunc__vmlinux__lookup_fast " DCACHE_FENTRY},                                   \
		{.name = "kprobes on lookup_fast, d_lookup and d_alloc_parallel",                            \
			.programs = "kprobe__lookup_fast " DCACHE_KPROBE},                                   \
		{.name = "fentry and fexit on d_lookup and d_alloc_parallel",                                \
			.programs = DCACHE_FENTRY,                                                           \
			.less = (less_)},                                                                    \
	{                                                                                                    \
		.name = "kprobes on d_lookup and d_alloc_parallel", .programs = DCACHE_KPROBE,               \
		.less = (less_)                                                                              \
	}

#define DCACHE_DETAILS                                                                                       \
	"Each component of a path is looked up in the cache of directory entries. What is not found at "     \
	"first, or may be about to be created, is looked up once more, and then is a miss if the file "      \
	"system has to be asked. That a file does not exist is remembered too, by most file systems."

#endif
