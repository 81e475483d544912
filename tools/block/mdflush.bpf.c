/* SPDX-License-Identifier: Apache-2.0 */
/* Each flush that an md device is asked for, where it is asked for I/O. */
#include "mdflush.h"
#include "event.bpf.h"
#include "filter.bpf.h"

#include <linux/blk_types.h>
#include <linux/blkdev.h>
#include <linux/version.h>

#define MD_MAJOR 9

const volatile u32 only_disk; /* 0: all */

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#define BIO(ctx) ((struct bio *)(ctx)->args[0])
#else
#define BIO(ctx) ((struct bio *)(ctx)->args[1])
#endif

static inline struct gendisk *disk_of(struct bio *bio)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0)
	return bio->bi_bdev->bd_disk;
#else
	return bio->bi_disk;
#endif
}

RAW_TRACEPOINT_PROBE(block_bio_queue)
{
	struct bio *bio = BIO(ctx);
	struct event event = {};
	struct gendisk *disk;

	if (!(bio->bi_opf & 1U << __REQ_PREFLUSH))
		return 0;
	disk = disk_of(bio);
	if (disk->major != MD_MAJOR || current_is_unwanted())
		return 0;
	event.device = (u32)MD_MAJOR << 20 | (u32)disk->first_minor;
	if (only_disk && event.device != only_disk)
		return 0;
	event_task(&event.task);
	event.sector = bio->bi_iter.bi_sector;
	event.bytes = bio->bi_iter.bi_size;
	event_send(ctx, &event, sizeof(event));
	return 0;
}
