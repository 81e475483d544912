/* SPDX-License-Identifier: Apache-2.0 */
/* fentry, fexit and LSM hooks: reads of known sizes, opens that are allowed and one that is not. */
#include <arpa/inet.h>
#include <fcntl.h>

#include "testlib.h"

#define CALLS 97
#define SIZE 100000 /* of the first read; no other read here is this large */

static const char text[] =
	"#include <linux/fs.h>\n"
	"BPF_ARRAY(counts, u64, 8);\n"
	"static inline void count(int slot, u64 amount)\n"
	"{\n"
	"	u64 *v = counts.lookup(&slot);\n"
	"	if (v && bpf_get_current_pid_tgid() >> 32 == PID)\n"
	"		__sync_fetch_and_add(v, amount);\n"
	"}\n"
	"KFUNC_PROBE(vfs_read, struct file *file, char *buf, size_t count_, loff_t *pos)\n"
	"{\n"
	"	if (count_ > 100000) { count(0, 1); count(1, count_); }\n"
	"	return 0;\n"
	"}\n"
	"KRETFUNC_PROBE(vfs_read, struct file *file, char *buf, size_t count_, loff_t *pos, long ret)\n"
	"{\n"
	"	if (count_ > 100000) { count(2, 1); count(3, ret); }\n"
	"	return 0;\n"
	"}\n";

/* dev_queue_xmit is inline since 6.0, in a function with a parameter more; kmem_cache_alloc is called
 * kmem_cache_alloc_noprof since 6.10. */
static const char renamed_text[] =
	"#include <linux/skbuff.h>\n"
	"BPF_ARRAY(counts, u64, 8);\n"
	"struct kmem_cache;\n"
	"KFUNC_PROBE(dev_queue_xmit, struct sk_buff *skb)\n"
	"{\n"
	"	if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;\n"
	"	counts.increment(0);\n"
	"	counts.increment(1, skb->len);\n"
	"	return 0;\n"
	"}\n"
	"KRETFUNC_PROBE(kmem_cache_alloc, struct kmem_cache *cache, gfp_t flags, void *ret)\n"
	"{\n"
	"	char name[5] = {};\n"
	"	if (bpf_get_current_pid_tgid() >> 32 != PID || !ret) return 0;\n"
	"	bpf_probe_read_kernel_str(name, sizeof(name), cache->name);\n"
	"	if (name[0] == 'f' && name[1] == 'i' && name[2] == 'l' && name[3] == 'p') counts.increment(2);\n"
	"	return 0;\n"
	"}\n";

static const char other_result_text[] =
	"#include <linux/skbuff.h>\n"
	"KRETFUNC_PROBE(dev_queue_xmit, struct sk_buff *skb, int ret) { return ret; }\n";

static const char lsm_text[] =
	"#include <linux/fs.h>\n"
	"BPF_ARRAY(counts, u64, 4);\n"
	"LSM_PROBE(file_open, struct file *file)\n"
	"{\n"
	"	int zero = 0, one = 1;\n"
	"	u64 *seen = counts.lookup(&zero), *deny = counts.lookup(&one);\n"
	"	if (!seen || !deny || bpf_get_current_pid_tgid() >> 32 != PID) return 0;\n"
	"	__sync_fetch_and_add(seen, 1);\n"
	"	return *deny ? -13 : 0;\n"
	"}\n"
	"int plain(void *ctx) { return 0; }\n";

/* Trampolines may be missing or not allowed: then the message says so and what to use instead. */
static void attach_or_skip(struct bcc *b, int expected)
{
	int n = bcc_attach_all(b);

	if (n == -EPERM || n == -EOPNOTSUPP) {
		expect_sentence(b, "trampoline");
		expect_sentence(b, "tracepoints");
		bcc_close(b);
		test_missing("this kernel refuses fentry and fexit");
	}
	expect_return(b, n, expected);
}

/* /dev/zero returns as much as was asked for. */
static void read_zeros(void)
{
	static char buf[SIZE + CALLS];
	int fd = open("/dev/zero", O_RDONLY);

	for (int i = 1; i <= CALLS; i++)
		assert_int_equal(read(fd, buf, SIZE + i), SIZE + i);
	close(fd);
}

static void test_entry_and_exit(void **state)
{
	struct bcc *b = open_test_text(text, NULL);
	uint64_t bytes = (uint64_t)CALLS * SIZE + CALLS * (CALLS + 1) / 2;

	attach_or_skip(b, 2);
	read_zeros();
	assert_int_equal(table_u64(b, "counts", 0), CALLS);
	assert_int_equal(table_u64(b, "counts", 1), bytes);
	assert_int_equal(table_u64(b, "counts", 2), CALLS);
	assert_int_equal(table_u64(b, "counts", 3), bytes);
	bcc_close(b);
}

static void test_attach_and_detach(void **state)
{
	struct bcc *b = open_test_text(text, NULL);
	struct bcc_link *link;
	int err = bcc_attach_fentry(b, "kfunc__vmlinux__vfs_read", "vfs_read", false, &link);

	if (err == -EPERM || err == -EOPNOTSUPP) {
		bcc_close(b);
		test_missing("this kernel refuses fentry and fexit");
	}
	expect_ok(b, err);
	read_zeros();
	bcc_detach(link);
	read_zeros();
	assert_int_equal(table_u64(b, "counts", 0), CALLS);
	/* a loaded program has one target, and can be attached to it again */
	expect_return(b, bcc_attach_fentry(b, "kfunc__vmlinux__vfs_read", "vfs_write", false, NULL), -EBUSY);
	expect_ok(b, bcc_attach_fentry(b, "kfunc__vmlinux__vfs_read", "vfs_read", false, NULL));
	read_zeros();
	assert_int_equal(table_u64(b, "counts", 0), 2 * CALLS);
	bcc_close(b);
}

static void test_bad_input(void **state)
{
	struct bcc *b = open_test_text(text, NULL);

	expect_return(
		b, bcc_attach_fentry(b, "kfunc__vmlinux__vfs_read", "vfs_no_such", false, NULL), -ESRCH);
	expect_sentence(b, "vfs_no_such");
	expect_return(b, bcc_attach_fentry(b, "kfunc__vmlinux__vfs_read", NULL, false, NULL), -EINVAL);
	expect_return(b, bcc_attach_fentry(b, "absent", "vfs_read", true, NULL), -ENOENT);
	bcc_close(b);
}

static void test_lsm_sees_and_denies(void **state)
{
	struct bcc *b = open_test_text(lsm_text, NULL);
	int n = bcc_attach_all(b);

	if (n == -EPERM || n == -EOPNOTSUPP) {
		expect_sentence(b, n == -EPERM ? "trampoline" : "BPF LSM is not active");
		bcc_close(b);
		test_missing("this kernel has no active BPF LSM, or refuses it");
	}
	expect_return(b, n, 1);
	set_table_u64(b, "counts", 0, 0);
	for (int i = 0; i < CALLS; i++)
		close(open("/dev/null", O_RDONLY));
	assert_int_equal(table_u64(b, "counts", 0), CALLS);
	set_table_u64(b, "counts", 1, 1);
	assert_int_equal(open("/dev/null", O_RDONLY), -1);
	assert_int_equal(errno, EACCES);
	set_table_u64(b, "counts", 1, 0);
	expect_return(b, bcc_attach_lsm(b, "plain", "no_such_hook", NULL), -ESRCH);
	expect_sentence(b, "no_such_hook");
	bcc_close(b);
	close(open("/dev/null", O_RDONLY));
}

/* Datagrams of CALLS sizes to a port of this process's own. */
static uint64_t send_datagrams(void)
{
	static char payload[CALLS];
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	uint64_t bytes = 0;

	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	for (int i = 1; i <= CALLS; i++) {
		assert_int_equal(sendto(fd, payload, i, 0, (struct sockaddr *)&address, size), i);
		bytes += 14 + 20 + 8 + i; /* headers of Ethernet, IP and UDP */
	}
	close(fd);
	return bytes;
}

static void test_renamed(void **state)
{
	struct bcc *b = open_test_text(renamed_text, NULL);
	uint64_t bytes, files;

	attach_or_skip(b, 2);
	bytes = send_datagrams();
	assert_int_equal(table_u64(b, "counts", 0), CALLS);
	assert_int_equal(table_u64(b, "counts", 1), bytes);
	files = table_u64(b, "counts", 2);
	for (int i = 0; i < CALLS; i++)
		close(open("/dev/null", O_RDONLY));
	assert_int_equal(table_u64(b, "counts", 2) - files, CALLS);
	bcc_close(b);

	/* the result is elsewhere */
	b = open_test_text(other_result_text, NULL);
	assert_int_equal(bcc_attach_all(b), -ESRCH);
	expect_sentence(b, "no function dev_queue_xmit");
	bcc_close(b);
}

/* Programs that may wait can read the memory of the process, whether it is there or not yet. */
static void test_sleepable_lsm(void **state)
{
	static const char sleepable[] =
		"BPF_ARRAY(counts, u64, 1);\n"
		"SEC(\"lsm.s/file_open\") int BPF_PROG(opened, struct file *file)\n"
		"{\n"
		"	u64 value = 0;\n"
		"	if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;\n"
		"	if (!bpf_copy_from_user(&value, sizeof(value), (void *)ADDRESS)) counts.increment(0, value);\n"
		"	return 0;\n"
		"}\n"
		"SEC(\"lsm.s/capable\") int BPF_PROG(may_not_wait) { return 0; }\n";
	static uint64_t value = 1234567;
	char flag[64];
	struct bcc *b;
	int ret;

	snprintf(flag, sizeof(flag), "-DADDRESS=%pULL", (void *)&value);
	b = open_test_text(sleepable, flag);
	ret = bcc_attach_lsm(b, "opened", "file_open", NULL);
	if (ret == -EPERM || ret == -EOPNOTSUPP) {
		bcc_close(b);
		test_missing("this kernel has no active BPF LSM, or refuses it");
	}
	expect_ok(b, ret);
	set_table_u64(b, "counts", 0, 0);
	close(open("/dev/null", O_RDONLY));
	assert_int_equal(table_u64(b, "counts", 0), value);
	expect_return(b, bcc_attach_lsm(b, "may_not_wait", "capable", NULL), -EINVAL);
	expect_sentence(b, "may wait");
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entry_and_exit),
		cmocka_unit_test(test_attach_and_detach),
		cmocka_unit_test(test_renamed),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_lsm_sees_and_denies),
		cmocka_unit_test(test_sleepable_lsm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
