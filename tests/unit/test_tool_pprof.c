/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles for pprof, read again. */
#include <errno.h>
#include <zlib.h>

#include "tool_description.h"

#include "pprof.pb-c.h"
#include "tools/lib/pprof.h"

static void add(struct pprof *p, const char *a, const char *b, const char *c, uint64_t weight)
{
	const char *names[] = {a, b, c};
	struct stack_path path = {0};

	for (int i = 0; i < 3 && names[i]; i++)
		stack_path_add(&path, STACK_PATH_USER, names[i], strlen(names[i]));
	pprof_add(p, &path, weight);
	stack_path_free(&path);
}

static Pprof__Profile *read_again(const char *path)
{
	static uint8_t bytes[65536];
	gzFile f = gzopen(path, "rb");
	int size;

	assert_non_null(f);
	assert_false(gzdirect(f));
	size = gzread(f, bytes, sizeof(bytes));
	assert_in_range(size, 1, sizeof(bytes) - 1);
	gzclose(f);
	return pprof__profile__unpack(NULL, size, bytes);
}

/* The name of a frame of a sample; 0 is the innermost. */
static const char *name_of(const Pprof__Profile *profile, size_t sample, size_t frame)
{
	uint64_t id = profile->sample[sample]->location_id[frame];
	const Pprof__Location *location = profile->location[id - 1];

	assert_int_equal(location->id, id);
	assert_int_equal(location->n_line, 1);
	id = location->line[0]->function_id;
	assert_int_equal(profile->function[id - 1]->id, id);
	return profile->string_table[profile->function[id - 1]->name];
}

static void test_profile(void **state)
{
	char path[] = "/tmp/bcc-pprof-XXXXXX";
	struct pprof *p = pprof_new();
	Pprof__Profile *profile;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	add(p, "sh", "main", "f<int>", 30);
	add(p, "sh", "main", "main", 12);
	add(p, NULL, NULL, NULL, 1);
	assert_int_equal(pprof_write(p, path, "time", "microseconds", 1700000000000000000, 5000), 0);
	pprof_free(p);
	profile = read_again(path);
	unlink(path);
	assert_non_null(profile);
	assert_int_equal(profile->n_sample, 3);
	assert_int_equal(profile->n_function, 3);
	assert_int_equal(profile->n_location, 3);
	assert_string_equal(profile->string_table[0], "");
	assert_string_equal(profile->string_table[profile->sample_type[0]->type], "time");
	assert_string_equal(profile->string_table[profile->sample_type[0]->unit], "microseconds");
	assert_int_equal(profile->sample[0]->value[0], 30);
	assert_int_equal(profile->sample[0]->n_location_id, 3);
	assert_string_equal(name_of(profile, 0, 0), "f<int>");
	assert_string_equal(name_of(profile, 0, 1), "main");
	assert_string_equal(name_of(profile, 0, 2), "sh");
	assert_int_equal(profile->sample[1]->value[0], 12);
	assert_string_equal(name_of(profile, 1, 0), "main");
	assert_string_equal(name_of(profile, 1, 1), "main");
	assert_int_equal(profile->sample[2]->n_location_id, 0);
	assert_true(profile->time_nanos == 1700000000000000000 && profile->duration_nanos == 5000);
	pprof__profile__free_unpacked(profile, NULL);
}

static void test_failure(void **state)
{
	struct pprof *p = pprof_new();

	assert_int_equal(pprof_write(p, "/none/x.pb.gz", "time", "microseconds", 0, 0), -ENOENT);
	pprof_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_profile),
		cmocka_unit_test(test_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
