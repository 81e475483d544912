/* SPDX-License-Identifier: Apache-2.0 */
/* Programs at the kernel's security hooks. */
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "common/cleanup.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/kernel/private_mount.h"
#include "cookie.h"
#include "lsm.h"

#define SECURITYFS_MAGIC 0x73636673 /* include/uapi/linux/magic.h */
#define SYS_LSM_LIST_MODULES 461    /* Linux 6.8 */
#define BPF_LSM_ID 110		    /* LSM_ID_BPF of include/uapi/linux/lsm.h */
#define LSM_MAX 64

/* Opens securityfs' list "capability,yama,bpf" at its usual mount point, otherwise in a private mount of our
 * own. */
static int open_list(void)
{
	bcc_auto_fd int mount = -1;
	struct statfs fs;

	if (!statfs("/sys/kernel/security", &fs) && fs.f_type == SECURITYFS_MAGIC)
		return open("/sys/kernel/security/lsm", O_RDONLY | O_CLOEXEC);
	mount = bcc_mount_private("securityfs");
	return mount < 0 ? -1 : openat(mount, "lsm", O_RDONLY | O_CLOEXEC);
}

static bool list_has_bpf(char *list)
{
	char *name;

	while ((name = strsep(&list, ",\n")))
		if (!strcmp(name, "bpf"))
			return true;
	return false;
}

int bcc_lsm_is_active(void)
{
	uint64_t ids[LSM_MAX];
	uint32_t size = sizeof(ids);
	long count = syscall(SYS_LSM_LIST_MODULES, ids, &size, 0);
	bcc_auto_fd int fd = -1;
	char list[512];
	ssize_t n;

	for (long i = 0; i < count; i++)
		if (ids[i] == BPF_LSM_ID)
			return 1;
	if (count >= 0)
		return 0;
	fd = open_list();
	n = fd < 0 ? -1 : read(fd, list, sizeof(list) - 1);
	if (n < 0)
		return -1;
	list[n] = '\0';
	return list_has_bpf(list);
}

static int lsm_attach(struct bcc *b, struct bcc_program *p, const char *hook, struct bcc_link **link)
{
	int ret, fd;

	if (!hook || !*hook)
		return bcc_fail(&b->err, -EINVAL, "the name of the LSM hook is missing");
	if (!bcc_lsm_is_active())
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"LSM hook %s: this kernel's BPF LSM is not active; it needs CONFIG_BPF_LSM and "
			"\"bpf\" in the kernel parameter lsm=",
			hook);
	ret = bcc_attach_load(p, BCC_KIND_LSM, hook);
	if (ret)
		return ret;
	fd = bcc_attach_to_target(p);
	if (fd < 0 && bcc_cookie_refused(p, fd, 5, 19))
		return -EOPNOTSUPP;
	if (fd == -EPERM || fd == -EACCES)
		return bcc_fail_permission(&b->err, "no permission to use LSM hook %s", hook);
	if (fd < 0)
		return bcc_fail(&b->err, fd, "LSM hook %s cannot be attached: %s", hook, strerror(-fd));
	return bcc_link_add(p, &fd, 1, link);
}

int bcc_attach_lsm(struct bcc *b, const char *prog, const char *hook, struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);

	if (!p)
		return b ? b->err.code : -EINVAL;
	return lsm_attach(b, p, hook, link);
}

int bcc_lsm_auto(struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	return lsm_attach(p->owner, p, target, link);
}
