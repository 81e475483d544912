/* SPDX-License-Identifier: Apache-2.0 */
/* Containers are found by what their runtimes have written down, here recorded in a directory. */
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

#include "tool_description.h"

#include "tools/lib/container.h"

#define DOCKER "1111111111111111111111111111111111111111111111111111111111111111"
#define PODMAN "2222222222222222222222222222222222222222222222222222222222222222"
#define CRIO "3333333333333333333333333333333333333333333333333333333333333333"
#define CRI "4444444444444444444444444444444444444444444444444444444444444444"
#define STOPPED "5555555555555555555555555555555555555555555555555555555555555555"
#define LIKE_PODMAN "2222222222222222222222222222222222222222222222222222222222229999"

static char root[] = "/tmp/bcc-containers-XXXXXX";

static void make(const char *path, const char *text)
{
	char full[512];
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *at = full + strlen(root) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(full, 0755);
		*at = '/';
	}
	if (!text)
		return;
	f = fopen(full, "we");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int set_up(void **state)
{
	assert_non_null(mkdtemp(root));
	make("/var/lib/docker/containers/" DOCKER "/config.v2.json",
		"{\"ID\":\"" DOCKER "\",\"Name\":\"/web\",\"State\":{\"Running\":true}}");
	make("/var/lib/docker/containers/" STOPPED "/config.v2.json",
		"{\"ID\":\"" STOPPED "\",\"Name\":\"/old\"}");
	make("/var/lib/docker/containers/broken/config.v2.json", "{\"ID\": [");
	make("/var/lib/docker/containers/odd/config.v2.json", "[1, null]");
	make("/var/lib/containers/storage/overlay-containers/containers.json",
		"[{\"id\":\"" PODMAN "\",\"names\":[\"db\",\"other\"]},{\"id\":\"" CRIO
		"\",\"names\":[\"k8s_nginx_pod-1_default_1234_0\"]},{\"id\":7},{\"names\":{}}]");
	make("/run/containers/storage/overlay-containers/volatile-containers.json",
		"[{\"id\":\"" LIKE_PODMAN "\",\"names\":[\"twice\"]},{\"id\":\"" PODMAN
		"\",\"names\":[\"twice\"]}]");
	make("/run/containerd/io.containerd.runtime.v2.task/k8s.io/" CRI "/config.json",
		"{\"annotations\":{\"io.kubernetes.cri.container-name\":\"api\"}}");
	make("/run/containerd/io.containerd.runtime.v2.task/default/redis/config.json", "{}");
	make("/sys/fs/cgroup/system.slice/docker-" DOCKER ".scope/", NULL);
	make("/sys/fs/cgroup/machine.slice/libpod-" PODMAN ".scope/container/", NULL);
	make("/sys/fs/cgroup/machine.slice/libpod-conmon-" PODMAN ".scope/", NULL);
	make("/sys/fs/cgroup/machine.slice/libpod-" LIKE_PODMAN ".scope/", NULL);
	make("/sys/fs/cgroup/kubepods.slice/pod1.slice/crio-" CRIO ".scope/", NULL);
	make("/sys/fs/cgroup/kubepods/pod2/" CRI "/", NULL);
	make("/sys/fs/cgroup/default/redis/", NULL);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int tear_down(void **state)
{
	return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void check_found(const char *name, const char *expected)
{
	char why[256] = "", *found = container_cgroup(root, name, why, sizeof(why));

	if (!found)
		fail_msg("%s: %s", name, why);
	assert_string_equal(found + strlen(root), expected);
	free(found);
}

static void check_missing(const char *name, const char *expected)
{
	char why[256] = "";

	assert_null(container_cgroup(root, name, why, sizeof(why)));
	if (!strstr(why, expected))
		fail_msg("%s: %s", name, why);
}

static void test_found(void **state)
{
	check_found("web", "/sys/fs/cgroup/system.slice/docker-" DOCKER ".scope");
	check_found("111111111111", "/sys/fs/cgroup/system.slice/docker-" DOCKER ".scope");
	check_found(DOCKER, "/sys/fs/cgroup/system.slice/docker-" DOCKER ".scope");
	check_found("db", "/sys/fs/cgroup/machine.slice/libpod-" PODMAN ".scope");
	check_found("other", "/sys/fs/cgroup/machine.slice/libpod-" PODMAN ".scope");
	check_found("nginx", "/sys/fs/cgroup/kubepods.slice/pod1.slice/crio-" CRIO ".scope");
	check_found("k8s_nginx_pod-1_default_1234_0",
		"/sys/fs/cgroup/kubepods.slice/pod1.slice/crio-" CRIO ".scope");
	check_found("api", "/sys/fs/cgroup/kubepods/pod2/" CRI);
	check_found("redis", "/sys/fs/cgroup/default/redis");
}

static void test_missing(void **state)
{
	check_missing("", "no container ''");
	check_missing("none", "no container 'none' is known");
	check_missing("we", "no container 'we'");
	check_missing("ngin", "no container 'ngin'");
	check_missing("old", "'old' (555555555555) does not run");
	check_missing("abcdefabcdef", "(abcdefabcdef) does not run");
	check_missing("twice", "there are several containers 'twice'");
	check_missing("22222222", "there are several containers '22222222'");
	check_missing("1111111", "no container '1111111'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
