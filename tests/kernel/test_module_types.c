/* SPDX-License-Identifier: Apache-2.0 */
/* Types that a module defines: overlayfs stores with each of its inodes where the file really is, which the
 * test knows. */
#include "own_events.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "common/array.h"

static char folder[] = "/tmp/bcc-overlay-XXXXXX";
static ino_t upper_inode;
static int file = -1;

static const char *in_folder(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* A file on an overlay of its own, in a mount namespace of its own. */
static void make_file(void)
{
	static const char *const folders[] = {"lower", "upper", "work", "merged"};
	char options[512];
	struct stat st;

	if (geteuid() != 0 || unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		test_missing("mount namespaces need root");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(mount("tmpfs", folder, "tmpfs", 0, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		assert_int_equal(mkdir(in_folder(folders[i]), 0755), 0);
	snprintf(options, sizeof(options), "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work", folder,
		folder, folder);
	if (mount("overlay", in_folder("merged"), "overlay", 0, options))
		test_missing("this kernel has no overlayfs");
	file = open(in_folder("merged/file"), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	assert_true(file >= 0);
	assert_int_equal(stat(in_folder("upper/file"), &st), 0);
	upper_inode = st.st_ino;
}

static int remove_file(void **state)
{
	if (file >= 0)
		close(file);
	umount2(in_folder("merged"), MNT_DETACH);
	umount2(folder, MNT_DETACH);
	rmdir(folder);
	return 0;
}

#define FILE_OF_EVENT                                                                                        \
	"struct task_struct *task = (struct task_struct *)bpf_get_current_task();\n"                         \
	"struct file *file = task->files->fdt->fd[n];\n"

#define BEFORE                                                                                                     \
	"#include <linux/sched.h>\n#include <linux/fs.h>\n#include <linux/fdtable.h>\n#include <linux/dcache.h>\n" \
	"BPF_ARRAY(out, u64, 4);\n"                                                                                \
	"static inline void put(int slot, u64 value) { out.update(&slot, &value); }\n"

static void test_values(void **state)
{
	struct bcc *b;

	make_file();
	if (access("/sys/kernel/btf/overlay", R_OK))
		test_missing("overlayfs is no module here, or has no types");
	b = open_own_events(BEFORE, FILE_OF_EVENT
		"struct ovl_inode *inode = container_of(file->f_inode, struct ovl_inode, vfs_inode);\n"
		"put(0, inode->__upperdentry->d_inode->i_ino);\n"
		"put(1, inode->vfs_inode.i_ino == file->f_inode->i_ino); put(2, file->f_inode->i_ino);\n");
	own_event(file);
	assert_int_equal(table_u64(b, "out", 0), upper_inode);
	assert_int_equal(table_u64(b, "out", 1), 1);
	assert_int_not_equal(table_u64(b, "out", 2), 0);
	bcc_close(b);
}

/* Where libbpf says that i_wr_refcnt of struct zonefs_inode_info is, in bytes. */
static unsigned true_offset(void)
{
	char command[512], unpacked[] = "/tmp/bcc-module-XXXXXX";
	struct btf *kernel = btf__load_vmlinux_btf(), *module;
	const struct btf_type *t;
	struct utsname name;
	unsigned offset = 0;
	int fd = mkstemp(unpacked), id;

	assert_true(fd >= 0);
	close(fd);
	uname(&name);
	/* Debian's are not packed in 6.1, and xz in 6.12 */
	snprintf(command, sizeof(command),
		"cd /lib/modules/%s/kernel/fs/zonefs && { cat zonefs.ko || xz -dc zonefs.ko.xz; } >%s 2>/dev/null",
		name.release, unpacked);
	if (access("/sys/module/zonefs", F_OK) == 0 || libbpf_get_error(kernel) || system(command)) {
		unlink(unpacked);
		btf__free(kernel);
		test_missing("this kernel has no zonefs module with a file, or has loaded it");
	}
	module = btf__parse_elf_split(unpacked, kernel);
	unlink(unpacked);
	assert_int_equal(libbpf_get_error(module), 0);
	id = btf__find_by_name_kind(module, "zonefs_inode_info", BTF_KIND_STRUCT);
	assert_true(id > 0);
	t = btf__type_by_id(module, id);
	for (int i = 0; i < btf_vlen(t); i++)
		if (!strcmp(btf__name_by_offset(module, btf_members(t)[i].name_off), "i_wr_refcnt"))
			offset = btf_member_bit_offset(t, i) / 8;
	btf__free(module);
	btf__free(kernel);
	assert_int_not_equal(offset, 0);
	return offset;
}

/* Its types are in its file. */
static void test_module_that_is_not_loaded(void **state)
{
	char text[256];
	struct bcc *b;

	snprintf(text, sizeof(text),
		"int kprobe__f(struct pt_regs *ctx, struct zonefs_inode_info *z)\n"
		"{ _Static_assert(__builtin_offsetof(struct zonefs_inode_info, i_wr_refcnt) == %u, \"\"); return z->i_wr_refcnt; }\n",
		true_offset());
	if (bcc_open_text(text, NULL, &b))
		fail_msg("%s", bcc_error(b));
	bcc_close(b);
}

/* The message says what is lacking, whereas clang only knows that the type is incomplete. */
static void test_module_without_file(void **state)
{
	struct bcc *b;

	if (geteuid() != 0 || unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		test_missing("mount namespaces need root");
	if (!access("/lib/modules", F_OK) && mount("tmpfs", "/lib/modules", "tmpfs", 0, NULL))
		test_missing("/lib/modules cannot be hidden");
	assert_int_equal(bcc_open_text("int kprobe__f(struct pt_regs *ctx, struct zonefs_inode_info *z)\n"
				       "{ return z->i_flags; }\n",
				 NULL, &b),
		-EINVAL);
	expect_sentence(b, "incomplete definition of type 'struct zonefs_inode_info'");
	expect_sentence(b, "zonefs_inode_info is not a type of this kernel or of a loaded module");
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_values, remove_file),
		cmocka_unit_test(test_module_that_is_not_loaded),
		cmocka_unit_test(test_module_without_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
