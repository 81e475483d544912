/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accesses to pages of files in the cache: by reads, and by faults in mappings. The text defines
 *
 *	static inline int cache_access(struct address_space *mapping, u64 first, u64 last,
 *		enum cache_kind kind)
 *
 * The sources are in cache.h.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/version.h>

enum cache_kind {
	CACHE_READ,	 /* all of a read */
	CACHE_READ_REST, /* what is still to be read of one */
	CACHE_FAULT,	 /* one page of these, and then perhaps once more */
};

static inline int cache_access(struct address_space *mapping, u64 first, u64 last, enum cache_kind kind);

/* linux/stat.h, linux/mm_types.h */
#define CACHE_TYPE_MASK 0170000
#define CACHE_REGULAR 0100000
#define CACHE_FAULT_NOPAGE 0x100

static inline bool cache_is_of_file(struct address_space *mapping)
{
	return (mapping->host->i_mode & CACHE_TYPE_MASK) == CACHE_REGULAR;
}

static inline u64 cache_folio_pages(u64 folio)
{
	u64 flags = 0;

	/* the first member, of a type that has changed */
	bpf_probe_read_kernel(&flags, sizeof(flags), (void *)folio);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	if (flags & 1UL << PG_head)
		return 1ULL << (((struct folio *)folio)->_flags_1 & 0xff);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
	if (flags & 1UL << PG_head)
		return 1ULL << ((struct folio *)folio)->_folio_order;
#endif
	return 1;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 16, 0)
typedef struct folio cache_folio;
#else
typedef struct page cache_folio;
#endif

RAW_TRACEPOINT_PROBE(mm_filemap_get_pages)
{
	return cache_access(
		(struct address_space *)ctx->args[0], ctx->args[1], ctx->args[2], CACHE_READ_REST);
}

RAW_TRACEPOINT_PROBE(mm_filemap_fault)
{
	return cache_access((struct address_space *)ctx->args[0], ctx->args[1], ctx->args[1], CACHE_FAULT);
}

RAW_TRACEPOINT_PROBE(mm_filemap_map_pages)
{
	return cache_access((struct address_space *)ctx->args[0], ctx->args[1], ctx->args[2], CACHE_FAULT);
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
/* `returned` counts what had been read before too. */
static inline int cache_read(struct kiocb *iocb, s64 already, s64 returned)
{
	s64 bytes = returned - already;
	u64 end = iocb->ki_pos;

	if (bytes <= 0)
		return 0;
	return cache_access(
		iocb->ki_filp->f_mapping, (end - bytes) / PAGE_SIZE, (end - 1) / PAGE_SIZE, CACHE_READ);
}

KFUNC_PROBE(filemap_fault, struct vm_fault *fault)
{
	struct address_space *mapping = fault->vma->vm_file->f_mapping;

	return cache_access(mapping, fault->pgoff, fault->pgoff, CACHE_FAULT);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0)
KRETFUNC_PROBE(filemap_read, struct kiocb *iocb, struct iov_iter *iter, ssize_t already, ssize_t returned)
{
	return cache_read(iocb, already, returned);
}

KRETFUNC_PROBE(filemap_map_pages, struct vm_fault *fault, u64 first, u64 last, int result)
{
	struct address_space *mapping = fault->vma->vm_file->f_mapping;

	return result & CACHE_FAULT_NOPAGE ? cache_access(mapping, first, last, CACHE_FAULT) : 0;
}
#else
KRETFUNC_PROBE(generic_file_buffered_read, struct kiocb *iocb, struct iov_iter *iter, ssize_t already,
	ssize_t returned)
{
	return cache_read(iocb, already, returned);
}
#endif
#endif
