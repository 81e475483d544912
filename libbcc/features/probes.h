/* SPDX-License-Identifier: Apache-2.0 */
/* What the files share that list probes: one for each source of knowledge. */
#ifndef LIBBCC_FEATURES_PROBES_H
#define LIBBCC_FEATURES_PROBES_H

#include "features.h"

struct bcc_probe_search {
	struct bcc_features *f;
	int kind;
	struct bcc_probes_opts opts;
	bcc_probe_fn fn;
	void *ctx;
};

/* Whether it is one of those that are asked for; first, since describing one takes longer. */
bool bcc_probe_wanted(const struct bcc_probe_search *s, const char *place, const char *name);

/* They call s->fn for each that is wanted. They return 0, what it returned, or a negative errno with the
 * error recorded. */
int bcc_probes_of_types(const struct bcc_probe_search *s);    /* raw_tracepoint to struct_ops */
int bcc_probes_perf_events(const struct bcc_probe_search *s); /* hardware, software, cache */
int bcc_probes_pmu_events(const struct bcc_probe_search *s);
int bcc_probes_user_functions(const struct bcc_probe_search *s);
int bcc_probes_static(const struct bcc_probe_search *s);

#endif
