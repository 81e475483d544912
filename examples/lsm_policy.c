/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a program that decides. At an LSM hook it says whether the kernel goes on: here nobody may open
 * one file. The rule ends with the process. Needs Linux 5.7 with "bpf" in /sys/kernel/security/lsm, and a
 * file system whose device stat() tells (overlayfs has one of its own).
 *
 *   # ./lsm_policy /etc/secret &
 *   Nobody may open /etc/secret now. Ctrl-C to end.
 *   # cat /etc/secret
 *   cat: /etc/secret: Operation not permitted
 */
#include <bcc/bcc.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static const char text[] = "#include <linux/fs.h>\n"
			   "#define EPERM 1\n"
			   "\n"
			   "const volatile u64 inode;\n"
			   "const volatile u32 device; /* as the kernel numbers it: major << 20 | minor */\n"
			   "\n"
			   "LSM_PROBE(file_open, struct file *file)\n"
			   "{\n"
			   "	if (file->f_inode->i_ino == inode && file->f_inode->i_sb->s_dev == device)\n"
			   "		return -EPERM;\n"
			   "	return 0;\n"
			   "}\n";

int main(int argc, char **argv)
{
	uint32_t device;
	uint64_t inode;
	struct stat st;
	struct bcc *b = NULL;
	sigset_t set;
	int ret, signal;

	if (argc != 2 || stat(argv[1], &st)) {
		fprintf(stderr, "usage: %s FILE\n", argv[0]);
		return 2;
	}
	inode = st.st_ino;
	device = major(st.st_dev) << 20 | minor(st.st_dev);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);

	ret = bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .deferred = true), &b);
	if (ret < 0)
		goto out;
	ret = bcc_variable_set(bcc_variable_find(b, "inode"), &inode, sizeof(inode));
	if (ret < 0)
		goto out;
	ret = bcc_variable_set(bcc_variable_find(b, "device"), &device, sizeof(device));
	if (ret < 0)
		goto out;
	ret = bcc_create(b);
	if (ret < 0)
		goto out;
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	printf("Nobody may open %s now. Ctrl-C to end.\n", argv[1]);
	fflush(stdout);
	sigwait(&set, &signal);
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
