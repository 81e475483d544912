/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: several handles in several threads. A handle belongs to one thread at a time, and needs no lock
 * then; two handles have nothing in common.
 *
 *   # ./threads 2
 *   entered: 51204 system calls
 *   returned from: 51203 system calls
 */
#include <bcc/bcc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char text[] = "u64 count;\n"
			   "\n"
			   "int count_it(struct bpf_raw_tracepoint_args *ctx)\n"
			   "{\n"
			   "	lock_xadd(&count, 1);\n"
			   "	return 0;\n"
			   "}\n";

static unsigned seconds = 1;

struct job {
	const char *tracepoint, *name;
	pthread_t thread;
	int ret;
};

static void *run(void *argument)
{
	struct job *job = argument;
	uint64_t count = 0;
	struct bcc *b;

	job->ret = bcc_open_text(text, NULL, &b);
	if (job->ret < 0)
		goto out;
	job->ret = bcc_attach_raw_tracepoint(b, "count_it", job->tracepoint, NULL);
	if (job->ret < 0)
		goto out;
	sleep(seconds);
	job->ret = bcc_variable_get(bcc_variable_find(b, "count"), &count, sizeof(count));
	if (job->ret >= 0)
		printf("%s: %llu system calls\n", job->name, (unsigned long long)count);
out:
	if (job->ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return NULL;
}

int main(int argc, char **argv)
{
	struct job jobs[] = {{.tracepoint = "sys_enter", .name = "entered"},
		{.tracepoint = "sys_exit", .name = "returned from"}};

	if (argc > 1)
		seconds = atoi(argv[1]);
	for (int i = 0; i < 2; i++) {
		if (pthread_create(&jobs[i].thread, NULL, run, &jobs[i])) {
			fprintf(stderr, "no thread could be started\n");
			return 1;
		}
	}
	for (int i = 0; i < 2; i++)
		pthread_join(jobs[i].thread, NULL);
	return jobs[0].ret < 0 || jobs[1].ret < 0;
}
