/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lookups of names in the cache of directory entries. The text defines
 *
 *	static inline int dcache_lookup(void *ctx, enum dcache_kind kind, const struct qstr *name)
 *
 * Each component of a path is looked up by lookup_fast(). What that does not find is looked up once more, by
 * d_lookup() if it may be created, such as by open(2), else right away as a name that is to be read from the
 * file system, by d_alloc_parallel(). That function also follows a d_lookup() that has found nothing, for the
 * same name.
 */
#include "filter.bpf.h"
#include "missed.bpf.h"

#include <linux/dcache.h>
#include <linux/namei.h>

enum dcache_kind {
	DCACHE_REFERENCE, /* a component of a path, whether it is found or not */
	DCACHE_FOUND,	  /* the second time */
	DCACHE_MISS,
};

static inline int dcache_lookup(void *ctx, enum dcache_kind kind, const struct qstr *name);

/* What a thread is looking up (kprobes), or has just not found. */
struct dcache_name {
	u64 parent, name;
	u32 hash, length;
};
BPF_TABLE("lru_hash", u32, struct dcache_name, dcache_missed, 16384);
BPF_TABLE("lru_hash", u32, struct dcache_name, dcache_looked_up, 16384);

static inline struct dcache_name dcache_name(const struct dentry *parent, const struct qstr *name)
{
	struct dcache_name n = {
		.parent = (u64)parent, .name = (u64)name, .hash = name->hash, .length = name->len};

	return n;
}

static inline int dcache_reference(void *ctx, struct nameidata *nd)
{
	return current_is_unwanted() ? 0 : dcache_lookup(ctx, DCACHE_REFERENCE, &nd->last);
}

static inline int dcache_second(
	void *ctx, const struct dentry *parent, const struct qstr *name, const void *found)
{
	struct dcache_name missed;
	u32 tid = bpf_get_current_pid_tgid();

	if (current_is_unwanted())
		return 0;
	if (found)
		return dcache_lookup(ctx, DCACHE_FOUND, name);
	missed = dcache_name(parent, name);
	dcache_missed.update(&tid, &missed);
	return dcache_lookup(ctx, DCACHE_MISS, name);
}

static inline int dcache_unknown(void *ctx, const struct dentry *parent, const struct qstr *name)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct dcache_name *missed, this;

	if (current_is_unwanted())
		return 0;
	missed = dcache_missed.lookup(&tid);
	this = dcache_name(parent, name);
	if (missed && missed->parent == this.parent && missed->name == this.name &&
		missed->hash == this.hash && missed->length == this.length) {
		dcache_missed.delete(&tid);
		return 0;
	}
	return dcache_lookup(ctx, DCACHE_MISS, name);
}

KFUNC_PROBE(lookup_fast, struct nameidata *nd)
{
	return dcache_reference(ctx, nd);
}

KRETFUNC_PROBE(d_lookup, const struct dentry *parent, const struct qstr *name, struct dentry *found)
{
	return dcache_second(ctx, parent, name, found);
}

KFUNC_PROBE(d_alloc_parallel, struct dentry *parent, const struct qstr *name)
{
	return dcache_unknown(ctx, parent, name);
}

int kprobe__lookup_fast(struct pt_regs *ctx, struct nameidata *nd)
{
	return dcache_reference(ctx, nd);
}

int kprobe__d_lookup(struct pt_regs *ctx, const struct dentry *parent, const struct qstr *name)
{
	struct dcache_name looked_up = dcache_name(parent, name);
	u32 tid = bpf_get_current_pid_tgid();

	if (!current_is_unwanted() && dcache_looked_up.update(&tid, &looked_up))
		event_missed();
	return 0;
}

int kretprobe__d_lookup(struct pt_regs *ctx)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct dcache_name *name = dcache_looked_up.lookup(&tid), n;

	if (!name)
		return 0;
	n = *name;
	dcache_looked_up.delete(&tid);
	return dcache_second(ctx, (const struct dentry *)n.parent, (const struct qstr *)n.name,
		(const void *)PT_REGS_RC(ctx));
}

int kprobe__d_alloc_parallel(struct pt_regs *ctx, struct dentry *parent, const struct qstr *name)
{
	return dcache_unknown(ctx, parent, name);
}
