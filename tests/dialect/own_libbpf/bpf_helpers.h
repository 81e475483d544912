/* SPDX-License-Identifier: Apache-2.0 */
/* As programs have copies of libbpf's header, older than the kernel. */
#ifndef __BPF_HELPERS__
#define __BPF_HELPERS__

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int(*name)[val]
#define __type(name, val) typeof(val) *name
#define __always_inline inline __attribute__((always_inline))
#define OF_OWN_HEADER 4711

static void *(*bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*bpf_map_update_elem)(
	void *map, const void *key, const void *value, unsigned long long flags) = (void *)2;
static unsigned long long (*bpf_get_current_pid_tgid)(void) = (void *)14;
static unsigned long long (*bpf_get_current_task)(void) = (void *)35;
static long (*bpf_probe_read_kernel)(void *to, unsigned int size, const void *from) = (void *)113;

#endif
