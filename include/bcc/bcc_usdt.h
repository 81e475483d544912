/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's C functions, part 6: static probes (USDT) of a process or a file. */
#ifndef LIBBCC_USDT_H
#define LIBBCC_USDT_H

#include <stdint.h>

#ifndef BCC_API
#define BCC_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct bcc_usdt {
	const char *provider;
	const char *name;
	const char *bin_path;
	uint64_t semaphore; /* its address */
	int num_locations;
	int num_arguments;
	uint64_t semaphore_offset; /* its place in the file */
};

struct bcc_usdt_location {
	uint64_t address;
	const char *bin_path;
};

/* Which members of an argument are filled in */
#define BCC_USDT_ARGUMENT_NONE 0x0
#define BCC_USDT_ARGUMENT_CONSTANT 0x1
#define BCC_USDT_ARGUMENT_DEREF_OFFSET 0x2
#define BCC_USDT_ARGUMENT_DEREF_IDENT 0x4
#define BCC_USDT_ARGUMENT_BASE_REGISTER_NAME 0x8
#define BCC_USDT_ARGUMENT_INDEX_REGISTER_NAME 0x10
#define BCC_USDT_ARGUMENT_SCALE 0x20

struct bcc_usdt_argument {
	int size;
	int valid;
	long long constant;
	int deref_offset;
	const char *deref_ident;
	const char *base_register_name;
	const char *index_register_name;
	int scale;
};

typedef void (*bcc_usdt_cb)(struct bcc_usdt *probe);
typedef void (*bcc_usdt_uprobe_cb)(const char *binary, const char *function, uint64_t address, int pid);

BCC_API void *bcc_usdt_new_frompid(int pid, const char *path);
BCC_API void *bcc_usdt_new_frompath(const char *path);
BCC_API void bcc_usdt_close(void *usdt);
BCC_API void bcc_usdt_foreach(void *usdt, bcc_usdt_cb callback);
BCC_API int bcc_usdt_get_location(
	void *usdt, const char *provider, const char *probe, int index, struct bcc_usdt_location *location);
BCC_API int bcc_usdt_get_argument(void *usdt, const char *provider, const char *probe, int location_index,
	int argument_index, struct bcc_usdt_argument *argument);

#define BCC_USDT_HAS_FULLY_SPECIFIED_PROBE
BCC_API int bcc_usdt_enable_probe(void *usdt, const char *probe, const char *function);
BCC_API int bcc_usdt_enable_fully_specified_probe(
	void *usdt, const char *provider, const char *probe, const char *function);
BCC_API int bcc_usdt_addsem_probe(void *usdt, const char *probe, const char *function, int16_t value);
BCC_API int bcc_usdt_addsem_fully_specified_probe(
	void *usdt, const char *provider, const char *probe, const char *function, int16_t value);
BCC_API const char *bcc_usdt_genargs(void **contexts, int count);
BCC_API const char *bcc_usdt_get_probe_argctype(void *usdt, const char *probe, int index);
BCC_API const char *bcc_usdt_get_fully_specified_probe_argctype(
	void *usdt, const char *provider, const char *probe, int index);
BCC_API void bcc_usdt_foreach_uprobe(void *usdt, bcc_usdt_uprobe_cb callback);

#ifdef __cplusplus
}
#endif

#endif
