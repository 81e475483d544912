/* SPDX-License-Identifier: Apache-2.0 */
/* What cache.bpf.h counts, and what comes of it. For BPF texts and for C. */
#ifndef TOOLS_MEMORY_CACHE_H
#define TOOLS_MEMORY_CACHE_H

#include <stdint.h>

/* Pages; these only count up. */
struct cache_counts {
	uint64_t accessed; /* that programs read, or whose access faulted */
	uint64_t added;	   /* to the cache, whatever for */
	uint64_t written;  /* of these, those that were added to be written to */
	uint64_t dirtied;
};

/* Programs of cache_access.bpf.h. */
#define CACHE_TRACEPOINTS                                                                                    \
	"raw_tracepoint__mm_filemap_get_pages raw_tracepoint__mm_filemap_fault "                             \
	"raw_tracepoint__mm_filemap_map_pages"
#define CACHE_FUNCTIONS                                                                                      \
	"kretfunc__vmlinux__filemap_read kfunc__vmlinux__filemap_fault "                                     \
	"kretfunc__vmlinux__filemap_map_pages"

/* Where the numbers come from. */
#define CACHE_SOURCES                                                                                          \
	{.name = "tracepoints filemap:mm_filemap_get_pages, mm_filemap_fault and mm_filemap_map_pages",        \
		.programs = CACHE_TRACEPOINTS},                                                                \
		{.name = "fentry and fexit on filemap_read, filemap_fault and filemap_map_pages",              \
			.programs = CACHE_FUNCTIONS},                                                          \
		{.name = "fentry and fexit on generic_file_buffered_read and filemap_fault",                   \
			.programs =                                                                            \
				"kretfunc__vmlinux__generic_file_buffered_read kfunc__vmlinux__filemap_fault", \
			.less = "accesses to mapped files are only seen if they have to be read"}

#define CACHE_DETAILS                                                                                          \
	"Numbers are pages of regular files, also where the kernel keeps many pages together (large folios). " \
	"A miss is a page that had to be read into the cache, also if that was done ahead; a hit is a page "   \
	"that a program read and that was there. If more is read ahead in an interval than is used, all "      \
	"that was used counts as missed. A fault in a mapping of a file is one page, whatever else is mapped " \
	"along with it. Pages that are added to be written to are no misses. What is not seen: direct I/O, "   \
	"files of tmpfs, DAX, and reads of block devices, by file systems too."

/* Pages that were read into the cache, no more than were accessed. */
static inline uint64_t cache_misses(const struct cache_counts *c)
{
	/* an interval may begin between the two */
	uint64_t misses = c->added > c->written ? c->added - c->written : 0;

	return misses < c->accessed ? misses : c->accessed;
}

#endif
