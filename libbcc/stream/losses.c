/* SPDX-License-Identifier: Apache-2.0 */
#include "losses.h"

#include <errno.h>
#include <unistd.h>

#include "libbcc/attach/attach.h"

int bcc_losses_open(struct bcc_losses *losses, struct perf_event_attr *attr, int cpu)
{
	int fd;

	attr->read_format = PERF_FORMAT_LOST;
	fd = bcc_perf_event_open(attr, -1, cpu);
	losses->counted = fd >= 0;
	if (fd != -EINVAL)
		return fd;
	attr->read_format = 0;
	return bcc_perf_event_open(attr, -1, cpu);
}

uint64_t bcc_losses_total(const struct bcc_losses *losses, int fd)
{
	struct {
		uint64_t value, lost;
	} counts;

	if (!losses->counted || read(fd, &counts, sizeof(counts)) != sizeof(counts) ||
		counts.lost < losses->recorded)
		return losses->recorded;
	return counts.lost;
}

void bcc_losses_record(struct bcc_losses *losses, uint64_t count)
{
	losses->recorded += count;
}

uint64_t bcc_losses_tell(struct bcc_losses *losses, uint64_t total)
{
	uint64_t more = total > losses->told ? total - losses->told : 0;

	losses->told += more;
	return more;
}
