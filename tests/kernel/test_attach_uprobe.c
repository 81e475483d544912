/* SPDX-License-Identifier: Apache-2.0 */
/* uprobes and uretprobes at functions of this program and of libc, called a known number of times with known
 * arguments and results. */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/unit/small_zip.h"
#include "testlib.h"

#define CALLS 113
#define OWN_PROGRAM "/proc/self/exe"

static const char text[] =
	"#include <uapi/linux/ptrace.h>\n"
	"BPF_ARRAY(counts, u64, 8);\n"
	"static inline void count(int slot, u64 amount)\n"
	"{\n"
	"	u64 *v = counts.lookup(&slot);\n"
	"	if (v) __sync_fetch_and_add(v, amount);\n"
	"}\n"
	"static inline int is_ours(void) { return bpf_get_current_pid_tgid() >> 32 == PID; }\n"
	"int on_entry(struct pt_regs *ctx)\n"
	"{\n"
	"	if (is_ours()) { count(0, 1); count(1, PT_REGS_PARM1(ctx)); count(2, PT_REGS_PARM2(ctx)); }\n"
	"	return 0;\n"
	"}\n"
	"int on_return(struct pt_regs *ctx)\n"
	"{\n"
	"	if (is_ours()) { count(3, 1); count(4, PT_REGS_RC(ctx)); }\n"
	"	return 0;\n"
	"}\n"
	/* whoever calls: for processes that the test names by PID when it attaches */
	"int on_any(struct pt_regs *ctx) { count(5, 1); return 0; }\n";

long bcc_test_target(long a, long b);

__attribute__((noinline)) long bcc_test_target(long a, long b)
{
	__asm__ volatile("" : "+r"(a), "+r"(b));
	return 3 * a + b;
}

static long call_target(void)
{
	long sum = 0;

	for (long i = 1; i <= CALLS; i++)
		sum += bcc_test_target(i, 10 * i);
	return sum;
}

static struct bcc *open_text(void)
{
	if (access("/sys/bus/event_source/devices/uprobe", F_OK))
		test_missing("this kernel has no uprobes");
	return open_test_text(text, NULL);
}

static struct bcc_uprobe_opts at_target(void)
{
	return BCC_OPTS(struct bcc_uprobe_opts, .symbol = "bcc_test_target");
}

static void test_arguments_and_results(void **state)
{
	struct bcc *b = open_text();
	struct bcc_uprobe_opts opts = at_target();
	struct bcc_link *entry, *exit;
	long sum;

	expect_ok(b, bcc_attach_uprobe(b, "on_entry", OWN_PROGRAM, &opts, &entry));
	opts.retprobe = true;
	expect_ok(b, bcc_attach_uprobe(b, "on_return", OWN_PROGRAM, &opts, &exit));
	sum = call_target();
	bcc_detach(entry);
	bcc_detach(exit);
	call_target();
	assert_int_equal(table_u64(b, "counts", 0), CALLS);
	assert_int_equal(table_u64(b, "counts", 1), CALLS * (CALLS + 1) / 2);
	assert_int_equal(table_u64(b, "counts", 2), 10 * CALLS * (CALLS + 1) / 2);
	assert_int_equal(table_u64(b, "counts", 3), CALLS);
	assert_int_equal(table_u64(b, "counts", 4), sum);
	bcc_close(b);
}

static int find_self(struct dl_phdr_info *info, size_t size, void *ctx)
{
	*(uintptr_t *)ctx = info->dlpi_addr;
	return 1; /* the program comes first */
}

/* The same location by its address in the file (PIE or not), and as an offset from an earlier one. */
static void test_address(void **state)
{
	struct bcc *b = open_text();
	uintptr_t base = 0;
	struct bcc_uprobe_opts opts = BCC_OPTS(struct bcc_uprobe_opts);
	struct bcc_link *link;

	dl_iterate_phdr(find_self, &base);
	opts.address = (uintptr_t)bcc_test_target - base;
	expect_ok(b, bcc_attach_uprobe(b, "on_entry", OWN_PROGRAM, &opts, &link));
	call_target();
	bcc_detach(link);
	assert_int_equal(table_u64(b, "counts", 0), CALLS);
	opts.address -= 2;
	opts.offset = 2;
	expect_ok(b, bcc_attach_uprobe(b, "on_entry", OWN_PROGRAM, &opts, &link));
	call_target();
	assert_int_equal(table_u64(b, "counts", 0), 2 * CALLS);
	bcc_close(b);
}

static int find_offset(struct dl_phdr_info *info, size_t size, void *ctx)
{
	uint64_t *found = ctx, address = (uintptr_t)bcc_test_target - info->dlpi_addr;

	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD && address - segment->p_vaddr < segment->p_filesz)
			*found = address - segment->p_vaddr + segment->p_offset;
	}
	return 1;
}

/* Code that is mapped from a file in an archive, as Android does it with the libraries of its packages. */
static void test_archive(void **state)
{
	char path[] = "/tmp/bcc-archive-XXXXXX", inside[64];
	struct zip_file files[] = {
		{.name = "text", .bytes = "four", .size = 4}, {.name = "lib/libtarget.so"}};
	struct bcc *b = open_text();
	struct bcc_uprobe_opts opts = at_target();
	uint64_t offset = 0, page = (uint64_t)sysconf(_SC_PAGESIZE);
	int self = open(OWN_PROGRAM, O_RDONLY), fd = mkstemp(path);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	struct bcc_link *link;
	long (*target)(long, long);
	struct stat st;
	char *code;

	if (self < 0 || !out || fstat(self, &st))
		abort();
	files[1].size = (uint32_t)st.st_size;
	files[1].bytes = mmap(NULL, files[1].size, PROT_READ, MAP_PRIVATE, self, 0);
	assert_ptr_not_equal(files[1].bytes, MAP_FAILED);
	write_zip(out, files, 2, (uint32_t)page);
	assert_int_equal(fflush(out), 0);
	dl_iterate_phdr(find_offset, &offset);
	assert_int_not_equal(offset, 0);
	code = mmap(NULL, 2 * page, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
		(off_t)(files[1].offset + offset / page * page));
	assert_ptr_not_equal(code, MAP_FAILED);
	target = (long (*)(long, long))(uintptr_t)(code + offset % page);

	snprintf(inside, sizeof(inside), "%s!/lib/libtarget.so", path);
	expect_ok(b, bcc_attach_uprobe(b, "on_entry", inside, &opts, &link));
	for (long i = 1; i <= CALLS; i++)
		assert_int_equal(target(i, 10 * i), 13 * i);
	call_target(); /* of the program itself, where there is no probe */
	bcc_detach(link);
	assert_int_equal(target(1, 1), 4);
	assert_int_equal(table_u64(b, "counts", 0), CALLS);
	assert_int_equal(table_u64(b, "counts", 1), CALLS * (CALLS + 1) / 2);

	/* all that match a pattern */
	assert_int_equal(bcc_attach_uprobes(b, "on_any", inside, "^bcc_test_target$", NULL, &link), 1);
	assert_int_equal(target(2, 1), 7);
	bcc_detach(link);
	assert_int_equal(table_u64(b, "counts", 5), 1);

	snprintf(inside, sizeof(inside), "%s!/lib/missing.so", path);
	assert_int_equal(bcc_attach_uprobe(b, "on_entry", inside, &opts, &link), -ENOENT);
	bcc_close(b);
	munmap(code, 2 * page);
	munmap((void *)files[1].bytes, files[1].size);
	fclose(out);
	close(self);
	unlink(path);
}

/* Libraries by short name; strlen is a function whose code the dynamic loader chooses. */
static void test_libc_by_short_name(void **state)
{
	size_t (*volatile length)(const char *) = strlen;
	int (*volatile key_delete)(pthread_key_t) = pthread_key_delete;
	struct bcc *b = open_text();
	struct bcc_link *link;

	for (pid_t pid = 0; pid <= getpid(); pid += getpid()) {
		struct bcc_uprobe_opts opts =
			BCC_OPTS(struct bcc_uprobe_opts, .symbol = "strlen", .pid = pid);
		void *libc = dlopen("libc.so.6", RTLD_NOLOAD | RTLD_LAZY);

		/* a sanitizer puts its own in front */
		if (libc)
			length = (size_t (*)(const char *))dlsym(libc, "strlen");
		set_table_u64(b, "counts", 0, 0);
		expect_ok(b, bcc_attach_uprobe(b, "on_entry", "c", &opts, &link));
		for (int i = 0; i < CALLS; i++)
			length("four");
		bcc_detach(link);
		assert_int_equal(table_u64(b, "counts", 0), CALLS);
		/* of libpthread before glibc 2.34, of libc since */
		opts.symbol = "pthread_key_delete";
		set_table_u64(b, "counts", 0, 0);
		expect_ok(b, bcc_attach_uprobe(b, "on_entry", "pthread", &opts, &link));
		for (int i = 0; i < CALLS; i++)
			key_delete(PTHREAD_KEYS_MAX - 1);
		bcc_detach(link);
		assert_int_equal(table_u64(b, "counts", 0), CALLS);
		if (libc)
			dlclose(libc);
	}
	bcc_close(b);
}

/* A child that calls the function each time it is told to, until it is told to end. */
enum { CALL, DELETE, END };

struct child {
	pid_t pid;
	int tell, done;
};

static struct child start_child(void)
{
	struct child child;
	int tell[2], done[2];
	char byte;

	assert_int_equal(pipe2(tell, O_CLOEXEC) | pipe2(done, O_CLOEXEC), 0);
	child.pid = fork();
	assert_true(child.pid >= 0);
	if (!child.pid) {
		while (read(tell[0], &byte, 1) == 1 && byte == CALL) {
			call_target();
			if (write(done[1], &byte, 1) != 1)
				break;
		}
		_exit(0);
	}
	close(tell[0]);
	close(done[1]);
	child.tell = tell[1];
	child.done = done[0];
	return child;
}

static void let_child_do(const struct child *child, char byte)
{
	assert_int_equal(write(child->tell, &byte, 1), 1);
	assert_int_equal(read(child->done, &byte, 1), 1);
}

static void end_child(const struct child *child)
{
	char byte = END;

	assert_int_equal(write(child->tell, &byte, 1), 1);
	close(child->tell);
	close(child->done);
	assert_int_equal(waitpid(child->pid, NULL, 0), child->pid);
}

/* Of three processes that run the same code, only the one that was named is seen. */
static void test_one_process(void **state)
{
	struct bcc *b = open_text();
	struct child named = start_child(), other = start_child();
	struct bcc_uprobe_opts opts = at_target();
	char path[64];

	opts.pid = named.pid;
	snprintf(path, sizeof(path), "/proc/%d/exe", named.pid);
	expect_ok(b, bcc_attach_uprobe(b, "on_any", path, &opts, NULL));
	let_child_do(&named, CALL);
	let_child_do(&other, CALL);
	call_target();
	assert_int_equal(table_u64(b, "counts", 5), CALLS);
	let_child_do(&named, CALL);
	assert_int_equal(table_u64(b, "counts", 5), 2 * CALLS);
	end_child(&named);
	end_child(&other);
	bcc_close(b);
}

/* ---- a process with files of its own ---- */

#define PRIVATE_DIRECTORY "/tmp/bcc-test-private"
#define PRIVATE_LIBRARY PRIVATE_DIRECTORY "/libbcctestprivate.so.1"

static void copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "re"), *out = fopen(to, "we");
	char buf[4096];
	size_t n;

	if (!in || !out)
		_exit(2);
	while ((n = fread(buf, 1, sizeof(buf), in)))
		if (fwrite(buf, 1, n, out) != n)
			_exit(3);
	fclose(in);
	fclose(out);
}

/* In a mount namespace of its own: a library that no other process can see, loaded, and deleted when told
 * to. */
static void private_process(const char *library, int tell, int done)
{
	const char *(*version)(void);
	void *handle;
	char byte = CALL;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("none", PRIVATE_DIRECTORY, "tmpfs", 0, NULL))
		_exit(1);
	copy_file(library, PRIVATE_LIBRARY);
	handle = dlopen(PRIVATE_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	version = handle ? (const char *(*)(void))dlsym(handle, "zlibVersion") : NULL;
	while (version && write(done, &byte, 1) == 1 && read(tell, &byte, 1) == 1 && byte != END) {
		if (byte == DELETE)
			unlink(PRIVATE_LIBRARY);
		for (int i = 0; byte == CALL && i < CALLS; i++)
			version();
	}
	_exit(0);
}

static struct child start_private(void)
{
	void *z = dlopen("libz.so.1", RTLD_LAZY);
	struct link_map *map;
	struct child child;
	int tell[2], done[2];
	char byte;

	assert_non_null(z);
	assert_int_equal(dlinfo(z, RTLD_DI_LINKMAP, &map), 0);
	assert_int_equal(pipe2(tell, O_CLOEXEC) | pipe2(done, O_CLOEXEC), 0);
	mkdir(PRIVATE_DIRECTORY, 0700);
	child.pid = fork();
	if (!child.pid)
		private_process(map->l_name, tell[0], done[1]);
	dlclose(z);
	close(tell[0]);
	close(done[1]);
	child.tell = tell[1];
	child.done = done[0];
	assert_int_equal(read(child.done, &byte, 1), 1);
	return child;
}

static void expect_private_calls(struct bcc *b, const struct child *child, const char *binary)
{
	struct bcc_uprobe_opts opts =
		BCC_OPTS(struct bcc_uprobe_opts, .symbol = "zlibVersion", .pid = child->pid);
	struct bcc_link *link;

	set_table_u64(b, "counts", 5, 0);
	expect_ok(b, bcc_attach_uprobe(b, "on_any", binary, &opts, &link));
	let_child_do(child, CALL);
	assert_int_equal(table_u64(b, "counts", 5), CALLS);
	bcc_detach(link);
}

/* A container's files are found through its process: by path, by short name, and after the file was
 * deleted. */
static void test_other_mount_namespace(void **state)
{
	struct bcc *b = open_text();
	struct child child = start_private();
	struct bcc_uprobe_opts opts = BCC_OPTS(struct bcc_uprobe_opts, .symbol = "zlibVersion");

	expect_return(b, bcc_attach_uprobe(b, "on_any", PRIVATE_LIBRARY, &opts, NULL), -ENOENT);
	expect_private_calls(b, &child, PRIVATE_LIBRARY);
	expect_private_calls(b, &child, "bcctestprivate");
	let_child_do(&child, DELETE);
	expect_private_calls(b, &child, "bcctestprivate");
	end_child(&child);
	rmdir(PRIVATE_DIRECTORY);
	bcc_close(b);
}

static volatile unsigned short semaphore __attribute__((section(".data"))) = 0;

/* The kernel increments a USDT semaphore while the probe is attached. */
static void test_reference_counter(void **state)
{
	struct bcc *b = open_text();
	struct bcc_uprobe_opts opts = at_target();
	struct bcc_link *link;
	uintptr_t base = 0;
	ElfW(Ehdr) header;
	ElfW(Phdr) segment;
	int fd = open(OWN_PROGRAM, O_RDONLY | O_CLOEXEC);

	if (access("/sys/bus/event_source/devices/uprobe/format/ref_ctr_offset", F_OK))
		test_too_old("reference counters came with Linux 4.20");
	dl_iterate_phdr(find_self, &base);
	assert_int_equal(pread(fd, &header, sizeof(header), 0), sizeof(header));
	for (int i = 0; i < header.e_phnum; i++) {
		uint64_t address = (uintptr_t)&semaphore - base;

		assert_int_equal(pread(fd, &segment, sizeof(segment), header.e_phoff + i * sizeof(segment)),
			sizeof(segment));
		if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
			address - segment.p_vaddr < segment.p_memsz)
			opts.ref_ctr_offset = address - segment.p_vaddr + segment.p_offset;
	}
	close(fd);
	assert_int_equal(semaphore, 0);
	expect_ok(b, bcc_attach_uprobe(b, "on_entry", OWN_PROGRAM, &opts, &link));
	assert_int_equal(semaphore, 1);
	bcc_detach(link);
	assert_int_equal(semaphore, 0);
	bcc_close(b);
}

static void expect_refused(
	struct bcc *b, const char *binary, const struct bcc_uprobe_opts *opts, int code, const char *sentence)
{
	expect_return(b, bcc_attach_uprobe(b, "on_entry", binary, opts, NULL), code);
	expect_sentence(b, sentence);
}

static void test_bad_input(void **state)
{
	struct bcc *b = open_text();
	struct bcc_uprobe_opts opts = at_target();
	uintptr_t base = 0;

	expect_refused(b, "no-such-library", &opts, -ENOENT, "no-such-library");
	expect_refused(b, "/no/such/file", &opts, -ENOENT, "/no/such/file");
	expect_refused(b, "/etc/passwd", &opts, -ENOEXEC, "not an ELF");
	expect_refused(b, "/dev/null", &opts, -ENOEXEC, "not a regular file");
	expect_refused(b, "c", &opts, -ENOENT, "no function bcc_test_target");
	expect_refused(b, NULL, &opts, -EINVAL, "missing");
	expect_refused(b, "c", NULL, -EINVAL, "either a symbol or an address");
	opts.symbol = "bcc_test_targte";
	expect_refused(b, OWN_PROGRAM, &opts, -ENOENT, "did you mean bcc_test_target");
	opts.symbol = "";
	expect_refused(b, OWN_PROGRAM, &opts, -EINVAL, "empty");
	opts = at_target();
	opts.pid = INT_MAX;
	expect_refused(b, OWN_PROGRAM, &opts, -ESRCH, "no process");
	opts.pid = -1;
	expect_refused(b, OWN_PROGRAM, &opts, -EINVAL, "pid -1");
	opts = BCC_OPTS(struct bcc_uprobe_opts, .address = 1ULL << 50);
	expect_refused(b, OWN_PROGRAM, &opts, -EINVAL, "none of its segments");
	dl_iterate_phdr(find_self, &base);
	opts.address = (uintptr_t)&semaphore - base;
	expect_refused(b, OWN_PROGRAM, &opts, -EINVAL, "not executable");
	opts = at_target();
	opts.retprobe = true;
	opts.offset = 1;
	expect_refused(b, OWN_PROGRAM, &opts, -EINVAL, "cannot have an offset");
	expect_return(b, bcc_attach_uprobe(b, "absent", "c", &opts, NULL), -ENOENT);
	bcc_close(b);
}

#ifdef __x86_64__
/* The first would be taken for "je", and jump. They are only probed, never called. */
__asm__(".pushsection .text\n"
	".globl bcc_misread_one\n.type bcc_misread_one,@function\n"
	"bcc_misread_one: vpcmpeqb %xmm0,%xmm1,%xmm2\nret\n.size bcc_misread_one,.-bcc_misread_one\n"
	".globl bcc_misread_not\n.type bcc_misread_not,@function\n"
	"bcc_misread_not: push %rbp\npop %rbp\nret\n.size bcc_misread_not,.-bcc_misread_not\n"
	".popsection");

static void test_misread_instructions(void **state)
{
	struct bcc *b = open_text();
	struct bcc_uprobe_opts one = BCC_OPTS(struct bcc_uprobe_opts, .symbol = "bcc_misread_one");
	struct bcc_uprobe_opts inside =
		BCC_OPTS(struct bcc_uprobe_opts, .symbol = "bcc_misread_not", .offset = 1);
	size_t left_out = 99;
	struct bcc_multi_opts many = BCC_OPTS(struct bcc_multi_opts, .left_out = &left_out);

	expect_refused(b, OWN_PROGRAM, &one, -EINVAL, "take this vector instruction for another one");
	one.retprobe = true;
	expect_refused(b, OWN_PROGRAM, &one, -EINVAL, "take this vector instruction for another one");
	expect_ok(b, bcc_attach_uprobe(b, "on_entry", OWN_PROGRAM, &inside, NULL));
	for (int i = 0; i < 2; i++) {
		many.one_by_one = i;
		expect_return(
			b, bcc_attach_uprobes(b, "on_entry", OWN_PROGRAM, "^bcc_misread_", &many, NULL), 1);
		assert_int_equal(left_out, 1);
		expect_return(b,
			bcc_attach_uprobes(b, "on_entry", OWN_PROGRAM, "^bcc_misread_one$", &many, NULL),
			-ENOENT);
		expect_sentence(b, "begin with vector instructions");
	}
	bcc_close(b);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef __x86_64__
		cmocka_unit_test(test_misread_instructions),
#endif
		cmocka_unit_test(test_arguments_and_results),
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_archive),
		cmocka_unit_test(test_libc_by_short_name),
		cmocka_unit_test(test_one_process),
		cmocka_unit_test(test_other_mount_namespace),
		cmocka_unit_test(test_reference_counter),
		cmocka_unit_test(test_bad_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
