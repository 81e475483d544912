/* SPDX-License-Identifier: Apache-2.0 */
/* Texts against the running kernel's headers, if the caller names them or there is no BTF: what programs read
 * is what this process knows about itself. */
#include "testlib.h"

#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "common/array.h"

static struct utsname kernel;
static char tree[PATH_MAX];

/* Run once at a getpgid() of this process, FILE_FD and SOCKET_FD being open files. */
static const char text[] =
	"#include <uapi/linux/ptrace.h>\n#include <linux/sched.h>\n#include <linux/cred.h>\n#include <linux/fdtable.h>\n"
	"#include <linux/fs.h>\n#include <net/inet_sock.h>\n"
	"BPF_ARRAY(out, u64, 32);\n"
	"static inline void put(int slot, u64 value) { out.update(&slot, &value); }\n"
	"RAW_TRACEPOINT_PROBE(sys_enter) {\n"
	"  if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != NR) return 0;\n"
	"  struct task_struct *t = (struct task_struct *)bpf_get_current_task(), *child;\n"
	"  struct pt_regs *regs = (struct pt_regs *)ctx->args[0];\n"
	"  struct inode *inode = file_inode(t->files->fdt->fd[FILE_FD]);\n"
	"  struct socket *socket = t->files->fdt->fd[SOCKET_FD]->private_data;\n"
	"  u64 children = 0, sum = 0, i = 0;\n"
	"  put(0, t->pid); put(1, t->tgid); put(2, t->real_parent->tgid); put(3, __kuid_val(t->cred->uid));\n"
	"  put(4, *(u64 *)&t->comm[0]); put(5, current->group_leader->tgid); put(6, PT_REGS_PARM1(regs));\n"
	"  list_for_each_entry(child, &t->children, sibling) { if (i++ == 20) break; children++; sum += child->tgid; }\n"
	"  put(7, children); put(8, sum);\n"
	"  put(9, inode->i_ino); put(10, inode->i_size); put(11, S_ISREG(inode->i_mode)); put(12, S_ISDIR(inode->i_mode));\n"
	"  put(13, ntohs(inet_sk(socket->sk)->inet_sport)); put(14, socket->sk->sk_family); put(15, READ_ONCE(socket->sk->sk_protocol));\n"
	"#ifdef __BCC_HEADERS\n  put(16, 1);\n#endif\n"
	"  put(17, LINUX_VERSION_CODE >> 8);\n"
	"  return 0;\n}\n";

static uint64_t out[32];

/* Fills out[] from a process that has one file, one socket and three children. */
static void run(const char *kernel_source, int file, int socket, int group)
{
	char flags[4][64];
	const char *cflags[] = {flags[0], flags[1], flags[2], flags[3]};
	struct bcc *b;

	snprintf(flags[0], sizeof(flags[0]), "-DPID=%d", getpid());
	snprintf(flags[1], sizeof(flags[1]), "-DNR=%d", SYS_getpgid);
	snprintf(flags[2], sizeof(flags[2]), "-DFILE_FD=%d", file);
	snprintf(flags[3], sizeof(flags[3]), "-DSOCKET_FD=%d", socket);
	if (bcc_open_text(text,
		    &BCC_OPTS(struct bcc_open_opts, .cflags = cflags, .cflags_count = 4,
			    .kernel_source = kernel_source),
		    &b))
		fail_msg("%s", bcc_error(b));
	expect_return(b, bcc_attach_all(b), 1);
	syscall(SYS_getpgid, group);
	for (unsigned i = 0; i < ARRAY_SIZE(out); i++)
		out[i] = table_u64(b, "out", i);
	bcc_close(b);
}

static void check_reads(const char *kernel_source)
{
	enum { CHILDREN = 3, SIZE = 12345 };
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FILE *file = tmpfile();
	pid_t children[CHILDREN];
	uint64_t sum = 0;
	char name[16] = "";
	struct stat status;

	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), SIZE), 0);
	assert_int_equal(fstat(fileno(file), &status), 0);
	assert_int_equal(bind(s, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(getsockname(s, (struct sockaddr *)&address, &length), 0);
	prctl(PR_SET_NAME, "headers-test", 0, 0, 0);
	prctl(PR_GET_NAME, name, 0, 0, 0);
	for (int i = 0; i < CHILDREN; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (!children[i]) {
			pause();
			_exit(0);
		}
		sum += children[i];
	}
	run(kernel_source, fileno(file), s, getpid());
	for (int i = 0; i < CHILDREN; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	assert_int_equal(out[0], syscall(SYS_gettid));
	assert_int_equal(out[1], getpid());
	assert_int_equal(out[2], getppid());
	assert_int_equal(out[3], getuid());
	assert_memory_equal(&out[4], name, 8);
	assert_int_equal(out[5], getpid());
	assert_int_equal(out[6], getpid());
	assert_int_equal(out[7], CHILDREN);
	assert_int_equal(out[8], sum);
	assert_int_equal(out[9], status.st_ino);
	assert_int_equal(out[10], SIZE);
	assert_int_equal(out[11], 1);
	assert_int_equal(out[12], 0);
	assert_int_equal(out[13], ntohs(address.sin_port));
	assert_int_equal(out[14], AF_INET);
	assert_int_equal(out[15], IPPROTO_TCP);
	fclose(file);
	close(s);
}

static bool is_61(void)
{
	return !strncmp(kernel.release, "6.1.", 4);
}

/* The virtual machine's 6.1 always has them; what is shown on one kernel need not be shown on each. */
static void need_headers(void)
{
	char path[PATH_MAX + 64];

	if (geteuid())
		test_missing("BPF needs root here");
	snprintf(path, sizeof(path), "%s/include/generated/autoconf.h", tree);
	if (!access(path, R_OK))
		return;
	if (is_61())
		test_missing("no headers of this kernel (Debian: linux-headers-%s)", kernel.release);
	test_too_old("no headers of this kernel (Debian: linux-headers-%s)", kernel.release);
}

/* A text with headers takes 20 s in an emulated machine. That of a later kernel shows that its headers can be
 * read where BTF is missing; why they are read is the same on each. */
static void leave_to_61(void)
{
	if (getenv("BCC_TEST_NO_SKIP") && !is_61())
		test_too_old("what leads to the headers is shown on the emulated 6.1");
}

static void check_version(void)
{
	unsigned major, minor;

	assert_int_equal(sscanf(kernel.release, "%u.%u", &major, &minor), 2);
	assert_int_equal(out[17], major << 8 | minor);
}

static void test_named_tree(void **state)
{
	leave_to_61();
	need_headers();
	check_reads(tree);
	assert_int_equal(out[16], 1);
	check_version();
}

/* BTF has no inline functions: the names of headers have them. */
static void test_more_than_btf_has(void **state)
{
	if (geteuid())
		test_missing("BPF needs root here");
	check_reads(NULL);
	assert_int_equal(out[16], 0);
	check_version();
}

/* Without those, the headers are used without being asked for. */
static void test_without_names(void **state)
{
	struct bcc *b;

	leave_to_61();
	need_headers();
	assert_int_equal(setenv("BCC_HEADER_NAMES", "/nowhere", 1), 0);
	check_reads(NULL);
	assert_int_equal(out[16], 1);
	check_version();
	/* for what neither has, the errors are those without headers */
	assert_int_equal(bcc_open_text("int f(void *ctx) { return no_such_name; }", NULL, &b), -EINVAL);
	expect_sentence(b, "text.c:1:27: error: use of undeclared identifier 'no_such_name'");
	bcc_close(b);
	unsetenv("BCC_HEADER_NAMES");
}

static void hide(const char *folder)
{
	if (mount("none", folder, "tmpfs", 0, "mode=755"))
		test_missing("%s cannot be hidden: %s", folder, strerror(errno));
}

/* Debian's headers have a file with the kernel's types from 6.12 on. */
static void test_without_btf(void **state)
{
	char file[PATH_MAX];
	bool on_disk;

	need_headers();
	snprintf(file, sizeof(file), "/lib/modules/%s/build/vmlinux", kernel.release);
	on_disk = !access(file, R_OK);
	hide("/sys/kernel/btf");
	if (on_disk) {
		check_reads(NULL);
		assert_int_equal(out[16], 0);
		assert_int_equal(mount("/dev/null", file, NULL, MS_BIND, NULL), 0);
	}
	check_reads(NULL);
	if (on_disk)
		assert_int_equal(umount(file), 0);
	assert_int_equal(umount("/sys/kernel/btf"), 0);
	assert_int_equal(out[16], 1);
	check_version();
}

static void test_without_btf_and_headers(void **state)
{
	char package[128];
	struct bcc *b;

	if (geteuid())
		test_missing("BPF needs root here");
	if (access("/sys/kernel/btf", F_OK))
		test_too_old("this kernel has no BTF to hide");
	hide("/sys/kernel/btf");
	hide("/lib/modules");
	assert_int_equal(bcc_open_text("int f(void *ctx) { return 0; }", NULL, &b), -ENOENT);
	assert_int_equal(umount("/lib/modules"), 0);
	assert_int_equal(umount("/sys/kernel/btf"), 0);
	expect_sentence(b, "CONFIG_DEBUG_INFO_BTF");
	snprintf(package, sizeof(package), "linux-headers-%s", kernel.release);
	expect_sentence(b, package);
	expect_sentence(b, "include/generated/autoconf.h");
	bcc_close(b);
}

static void test_no_tree(void **state)
{
	struct bcc *b;

	if (geteuid())
		test_missing("BPF needs root here");
	assert_int_equal(bcc_open_text("int f(void *ctx) { return 0; }",
				 &BCC_OPTS(struct bcc_open_opts, .kernel_source = "/usr/share"), &b),
		-ENOENT);
	expect_sentence(b, "/usr/share is not a tree of kernel headers");
	bcc_close(b);
}

static int prepare(void **state)
{
	unsetenv("BCC_KERNEL_SOURCE");
	if (uname(&kernel))
		return -1;
	snprintf(tree, sizeof(tree), "/lib/modules/%s/build", kernel.release);
	/* unpacked, not installed */
	if (access(tree, R_OK))
		snprintf(tree, sizeof(tree), "/usr/src/linux-headers-%s", kernel.release);
	/* what is hidden is only hidden from this process */
	if (!geteuid() && !unshare(CLONE_NEWNS))
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_named_tree),
		cmocka_unit_test(test_more_than_btf_has),
		cmocka_unit_test(test_without_names),
		cmocka_unit_test(test_without_btf),
		cmocka_unit_test(test_without_btf_and_headers),
		cmocka_unit_test(test_no_tree),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
