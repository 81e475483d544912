/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's C functions, part 3: one perf buffer, read by hand. */
#ifndef PERF_READER_H
#define PERF_READER_H

#include "libbpf.h"

#ifdef __cplusplus
extern "C" {
#endif

struct perf_reader;

BCC_API struct perf_reader *perf_reader_new(
	perf_reader_raw_cb raw_cb, perf_reader_lost_cb lost_cb, void *cb_cookie, int page_cnt);
BCC_API void perf_reader_free(void *ptr);
BCC_API int perf_reader_mmap(struct perf_reader *reader);
BCC_API void perf_reader_event_read(struct perf_reader *reader);
BCC_API int perf_reader_poll(int num_readers, struct perf_reader **readers, int timeout);
BCC_API int perf_reader_consume(int num_readers, struct perf_reader **readers);
BCC_API int perf_reader_fd(struct perf_reader *reader);
BCC_API void perf_reader_set_fd(struct perf_reader *reader, int fd);

#ifdef __cplusplus
}
#endif

#endif
