/* SPDX-License-Identifier: Apache-2.0 */
#include "opaque_structs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"

/* As <linux/bpf.h> and the kernel's iterators define them; they do not change once they are there. */
static const struct opaque_struct {
	const char *tag;
	unsigned size;
} opaque_structs[] = {
	{"bpf_spin_lock", 4},	    /* Linux 5.1 */
	{"bpf_timer", 16},	    /* 5.15 */
	{"bpf_dynptr", 16},	    /* 5.19 */
	{"bpf_list_head", 16},	    /* 6.2 */
	{"bpf_list_node", 24},	    /* 6.2; 16 bytes before 6.5 */
	{"bpf_rb_root", 16},	    /* 6.3 */
	{"bpf_rb_node", 32},	    /* 6.3; 24 bytes before 6.5 */
	{"bpf_refcount", 4},	    /* 6.4 */
	{"bpf_iter_num", 8},	    /* 6.4 */
	{"bpf_iter_task_vma", 8},   /* 6.7 */
	{"bpf_iter_task", 24},	    /* 6.7 */
	{"bpf_iter_css", 24},	    /* 6.7 */
	{"bpf_iter_css_task", 8},   /* 6.7 */
	{"bpf_wq", 16},		    /* 6.10 */
	{"bpf_iter_bits", 16},	    /* 6.11 */
	{"bpf_iter_scx_dsq", 48},   /* 6.12 */
	{"bpf_iter_kmem_cache", 8}, /* 6.13 */
	{"bpf_res_spin_lock", 4},   /* 6.15 */
	{"bpf_task_work", 8},	    /* 6.18 */
};

unsigned bcc_opaque_struct_size(const char *tag)
{
	for (size_t i = 0; i < ARRAY_SIZE(opaque_structs); i++)
		if (!strcmp(opaque_structs[i].tag, tag))
			return opaque_structs[i].size;
	return 0;
}

int bcc_opaque_structs_add(struct bcc_names *names, char **types)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return -ENOMEM;
	fputs(*types ? *types : "", out);
	for (size_t i = 0; i < ARRAY_SIZE(opaque_structs); i++) {
		const struct opaque_struct *s = &opaque_structs[i];
		unsigned word = s->size % 8 ? 4 : 8;

		if (!bcc_names_lacks_tag(names, s->tag) || bcc_names_defines_tag(names, s->tag))
			continue;
		fprintf(out, "struct %s {\n\tunsigned %s opaque[%u];\n} __attribute__((aligned(%u)));\n",
			s->tag, word == 8 ? "long long" : "int", s->size / word, word);
		bcc_names_know_tag(names, s->tag);
	}
	if (fclose(out)) {
		free(text);
		return -ENOMEM;
	}
	free(*types);
	*types = text;
	return 0;
}
