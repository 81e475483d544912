/* SPDX-License-Identifier: Apache-2.0 */
/* Loops over what open-coded iterators give; included by programs that use them. */
#pragma once

extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end)
	__attribute__((weak, section(".ksyms")));
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __attribute__((weak, section(".ksyms")));
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __attribute__((weak, section(".ksyms")));

#define bpf_for_each(type, current, ...)                                                                             \
	for (struct bpf_iter_##type __bcc_it __attribute__((aligned(8), cleanup(bpf_iter_##type##_destroy))),        \
		*__bcc_it_begun __attribute__((unused)) = (bpf_iter_##type##_new(&__bcc_it, ##__VA_ARGS__),          \
			(void)bpf_iter_##type##_destroy, (void *)0);                                                 \
		((current) = bpf_iter_##type##_next(&__bcc_it));)
#define bpf_for(i, start, end)                                                                                       \
	for (struct bpf_iter_num __bcc_it __attribute__((aligned(8), cleanup(bpf_iter_num_destroy))),                \
		*__bcc_it_begun __attribute__((unused)) = (bpf_iter_num_new(&__bcc_it, (start), (end)),              \
			(void)bpf_iter_num_destroy, (void *)0);                                                      \
		({                                                                                                   \
			int *__bcc_next = bpf_iter_num_next(&__bcc_it);                                              \
			/* the verifier learns the bounds */                                                         \
			(__bcc_next ? ((i) = *__bcc_next, (i) >= (start) && (i) < (end)) : ((i) = 0, 0));            \
		});)
#define bpf_repeat(n)                                                                                                \
	for (struct bpf_iter_num __bcc_it __attribute__((aligned(8), cleanup(bpf_iter_num_destroy))),                \
		*__bcc_it_begun __attribute__((unused)) = (bpf_iter_num_new(&__bcc_it, 0, (n)),                      \
			(void)bpf_iter_num_destroy, (void *)0);                                                      \
		bpf_iter_num_next(&__bcc_it);)
