/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probes by perf_event_open(): the kernel creates the probe with the event and removes it with the last
 * descriptor, so that nothing can stay behind, as lines in kprobe_events of tracefs could. Layout of
 * attr.config: /sys/bus/event_source/devices/NAME/format,
 * Documentation/ABI/testing/sysfs-bus-event_source-devices-format.
 */
#include "probe_pmu.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/kernel_errno.h"
#include "attach.h"
#include "misread_instruction.h"

#define EVENT_SOURCES "/sys/bus/event_source/devices"

/* These numbers never change while the kernel runs. 0: not known yet, otherwise the number + 1. */
static struct numbers {
	const char *pmu;
	atomic_int type, retprobe, ref_ctr_offset;
} known[] = {{.pmu = "kprobe"}, {.pmu = "uprobe"}};

static struct numbers *numbers_of(const char *pmu)
{
	return !strcmp(pmu, known[0].pmu) ? &known[0] : &known[1];
}

/* Reads the number that `format` matches in an attribute file of an event source; -1 if there is none,
 * -EMFILE if no descriptors are left. */
static int probe_pmu_read_number(const char *pmu, const char *file, const char *format, atomic_int *kept)
{
	bcc_auto_file FILE *f = NULL;
	char path[128];
	int number = *kept;

	if (number)
		return number - 1;
	snprintf(path, sizeof(path), EVENT_SOURCES "/%s/%s", pmu, file);
	f = fopen(path, "re");
	if (!f && (errno == EMFILE || errno == ENFILE))
		return -EMFILE;
	if (!f || fscanf(f, format, &number) != 1 || number < 0)
		return -1;
	*kept = number + 1;
	return number;
}

bool bcc_probe_pmu_exists(const char *pmu)
{
	return probe_pmu_read_number(pmu, "type", "%d", &numbers_of(pmu)->type) >= 0;
}

int bcc_probe_pmu_open(const struct bcc_probe_request *request)
{
	struct perf_event_attr attr = {.disabled = 1};
	struct numbers *numbers = numbers_of(request->pmu);
	int type = probe_pmu_read_number(request->pmu, "type", "%d", &numbers->type);

	if (type < 0)
		return type == -EMFILE ? type : -ENODEV;
	attr.type = type;
	if (numbers == &known[1] && bcc_misread_in(request->target, request->offset))
		return -KERNEL_ENOTSUPP;
	if (request->retprobe) {
		int bit = probe_pmu_read_number(
			request->pmu, "format/retprobe", "config:%d", &numbers->retprobe);

		if (bit < 0 || bit > 63)
			return -EOPNOTSUPP;
		attr.config |= 1ULL << bit;
	}
	if (request->ref_ctr_offset) {
		int shift = probe_pmu_read_number(
			request->pmu, "format/ref_ctr_offset", "config:%d-63", &numbers->ref_ctr_offset);

		if (shift < 0 || shift > 63)
			return -EOPNOTSUPP;
		if (request->ref_ctr_offset >> (64 - shift))
			return -ERANGE;
		attr.config |= request->ref_ctr_offset << shift;
	}
	attr.config1 = (uintptr_t)request->target;
	attr.config2 = request->offset;
	/* an event that is not for one process must name a CPU; the probe fires on all */
	return bcc_perf_event_open(&attr, request->pid ? request->pid : -1, request->pid ? -1 : 0);
}
