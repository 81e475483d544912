/* SPDX-License-Identifier: Apache-2.0 */
/* Inline functions and macros of kernel headers, with none installed: what they read is what this process
 * knows of itself. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <bpf/libbpf.h>

#include "kernel_symbols.h"
#include "testlib.h"

#define SLOTS 16

static uint64_t out[SLOTS];

static const char head[] = "BPF_ARRAY(out, u64, 16);\n"
			   "static inline void put(int slot, u64 value) { out.update(&slot, &value); }\n";

/* Runs `program` for as long as `act` takes, and fills out[]. */
static void run(const char *program, const char *flag, void (*act)(void))
{
	struct bcc *b;
	char *text;
	int programs;

	/* one command makes both tables, or only the other where no kernel has headers */
	if (access(HEADER_TABLES "/kernel.names", R_OK)) {
		if (access(HEADER_TABLES "/uapi.names", R_OK))
			fail_msg("the build made no " HEADER_TABLES "/uapi.names");
		test_too_old("this build has no headers of a kernel, and so no kernel.names");
	}
	assert_true(asprintf(&text, "%s%s", head, program) > 0);
	b = open_test_text(text, flag);
	programs = bcc_attach_all(b);
	if (programs != 1)
		fail_msg("%d programs: %s", programs, bcc_error(b));
	act();
	for (uint32_t i = 0; i < SLOTS; i++)
		out[i] = table_u64(b, "out", i);
	bcc_close(b);
	free(text);
}

static void getpgid_once(void)
{
	syscall(SYS_getpgid, 0);
}

/* A program at this process's getpgid(), with `t`, the current task. */
#define AT_GETPGID(statements)                                                                               \
	"RAW_TRACEPOINT_PROBE(sys_enter) {\n"                                                                \
	"  struct task_struct *t = current;\n"                                                               \
	"  if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != __NR_getpgid) return 0;\n"         \
	"  " statements "\n"                                                                                 \
	"  return 0;\n}\n"

static void test_task(void **state)
{
	struct rlimit files;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	run(AT_GETPGID(
		    "put(0, task_pid_nr(t)); put(1, task_tgid_nr(t)); put(2, thread_group_leader(t));\n"
		    "put(3, task_rlimit(t, RLIMIT_NOFILE)); put(4, get_nr_threads(t)); put(5, task_nice(t) + 100);\n"
		    "put(6, pid_nr(task_pgrp(t))); put(7, task_is_running(t)); put(8, is_global_init(t));\n"
		    "put(9, t->flags & PF_KTHREAD); put(10, same_thread_group(t, t->real_parent));"),
		NULL, getpgid_once);
	assert_int_equal(out[0], getpid());
	assert_int_equal(out[1], getpid());
	assert_int_equal(out[2], 1);
	assert_int_equal(out[3], files.rlim_cur);
	assert_int_equal(out[4], 1);
	assert_int_equal(out[5], getpriority(PRIO_PROCESS, 0) + 100);
	assert_int_equal(out[6], getpgid(0));
	assert_int_equal(out[7], 1);
	assert_int_equal(out[8], getpid() == 1);
	assert_int_equal(out[9], 0);
	assert_int_equal(out[10], 0);
}

static void test_lists(void **state)
{
	pid_t children[3];
	uint64_t sum = 0;

	for (int i = 0; i < 3; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			pause();
			_exit(0);
		}
		assert_true(children[i] > 0);
		sum += children[i];
	}
	run(AT_GETPGID(
		    "struct task_struct *c; int n = 0; u64 sum = 0;\n"
		    "list_for_each_entry(c, &t->children, sibling) { if (n++ >= 8) break; sum += c->tgid; }\n"
		    "put(0, n); put(1, sum); put(2, list_empty(&t->children));"),
		NULL, getpgid_once);
	for (int i = 0; i < 3; i++) {
		kill(children[i], SIGKILL);
		assert_int_equal(waitpid(children[i], NULL, 0), children[i]);
	}
	assert_int_equal(out[0], 3);
	assert_int_equal(out[1], sum);
	assert_int_equal(out[2], 0);
}

static void test_file(void **state)
{
	char path[] = "/tmp/bcc-names-XXXXXX", flag[32];
	int fd = mkstemp(path), null;
	struct stat st;

	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(ftruncate(fd, 123456), 0);
	assert_int_equal(fchmod(fd, 0640), 0);
	assert_int_equal(fstat(fd, &st), 0);
	null = open("/dev/null", O_RDONLY);
	assert_int_equal(dup2(null, 200), 200);
	snprintf(flag, sizeof(flag), "-DFD=%d", fd);
	run(AT_GETPGID(
		    "struct file *f = t->files->fdt->fd[FD]; struct inode *i = file_inode(f);\n"
		    "put(0, i->i_ino); put(1, i_size_read(i)); put(2, S_ISREG(i->i_mode)); put(3, i->i_mode & S_IRGRP);\n"
		    "put(4, f->f_mode & FMODE_WRITE); put(5, d_inode(f->f_path.dentry) == i); put(6, d_unlinked(f->f_path.dentry));\n"
		    "i = file_inode(t->files->fdt->fd[200]); put(7, imajor(i)); put(8, iminor(i)); put(9, S_ISCHR(i->i_mode));"),
		flag, getpgid_once);
	close(fd);
	close(null);
	close(200);
	assert_int_equal(out[0], st.st_ino);
	assert_int_equal(out[1], 123456);
	assert_int_equal(out[2], 1);
	assert_int_equal(out[3], S_IRGRP);
	assert_int_equal(out[4], 2);
	assert_int_equal(out[5], 1);
	assert_int_equal(out[6], 1);
	assert_int_equal(out[7], 1);
	assert_int_equal(out[8], 3);
	assert_int_equal(out[9], 1);
}

static int sender, receiver;
static struct sockaddr_in address;

static void send_datagram(void)
{
	char data[100] = "";

	assert_int_equal(sendto(sender, data, sizeof(data), 0, (struct sockaddr *)&address, sizeof(address)),
		sizeof(data));
	assert_int_equal(recv(receiver, data, sizeof(data), 0), sizeof(data));
}

static void test_packet(void **state)
{
	socklen_t length = sizeof(address);
	char flag[32];

	receiver = socket(AF_INET, SOCK_DGRAM, 0);
	sender = socket(AF_INET, SOCK_DGRAM, 0);
	assert_true(receiver >= 0 && sender >= 0);
	address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (bind(receiver, (struct sockaddr *)&address, sizeof(address)))
		test_missing("no loopback device: %s", strerror(errno));
	assert_int_equal(getsockname(receiver, (struct sockaddr *)&address, &length), 0);
	snprintf(flag, sizeof(flag), "-DPORT=%d", ntohs(address.sin_port));
	run("RAW_TRACEPOINT_PROBE(net_dev_queue) {\n"
	    "  struct sk_buff *skb = (struct sk_buff *)ctx->args[0];\n"
	    "  if (ip_hdr(skb)->protocol != IPPROTO_UDP || be16_to_cpu(udp_hdr(skb)->dest) != PORT) return 0;\n"
	    "  put(0, be32_to_cpu(ip_hdr(skb)->daddr)); put(1, ntohs(udp_hdr(skb)->len)); put(2, ip_hdrlen(skb));\n"
	    "  put(3, ntohs(ip_hdr(skb)->tot_len)); put(4, skb_transport_offset(skb) - skb_network_offset(skb));\n"
	    "  put(5, skb_shinfo(skb)->nr_frags); put(6, ntohs(eth_hdr(skb)->h_proto)); put(7, skb->len - ETH_HLEN);\n"
	    "  put(8, sock_net(skb->sk)->ns.inum); put(9, inet_sk(skb->sk)->inet_dport == udp_hdr(skb)->dest);\n"
	    "  put(10, skb->dev->flags & IFF_LOOPBACK); put(11, ipv4_is_loopback(ip_hdr(skb)->daddr));\n"
	    "  return 0;\n}\n",
		flag, send_datagram);
	close(sender);
	close(receiver);
	assert_int_equal(out[0], INADDR_LOOPBACK);
	assert_int_equal(out[1], 108);
	assert_int_equal(out[2], 20);
	assert_int_equal(out[3], 128);
	assert_int_equal(out[4], 20);
	assert_int_equal(out[5], 0);
	assert_int_equal(out[6], 0x0800);
	assert_int_equal(out[7], 128);
	assert_int_not_equal(out[8], 0);
	assert_int_equal(out[10], 8);
	assert_int_equal(out[11], 1);
}

static void test_numbers(void **state)
{
	run(AT_GETPGID(
		    "u64 n = t->tgid; u64 three = n - n + 3;\n"
		    "put(0, ilog2(three << 20)); put(1, roundup_pow_of_two(three << 4)); put(2, fls64(three)); put(3, __ffs(three << 7));\n"
		    "put(4, hweight64(three << 9)); put(5, div64_s64(-(s64)three * 10, 7) + 100); put(6, mul_u64_u32_shr(three << 40, 3, 32));\n"
		    "put(7, test_bit(1, (unsigned long *)&three)); put(8, clamp_val(three, 5, 9)); put(9, get_order(three << 13));\n"
		    "put(10, swab32(three)); put(11, max3(three, 7, 5)); put(12, order_base_2(three)); put(13, DIV_ROUND_UP(three, 2));"),
		NULL, getpgid_once);
	assert_int_equal(out[0], 21);
	assert_int_equal(out[1], 64);
	assert_int_equal(out[2], 2);
	assert_int_equal(out[3], 7);
	assert_int_equal(out[4], 2);
	assert_int_equal(out[5], 96);
	assert_int_equal(out[6], 9 << 8);
	assert_int_equal(out[7], 1);
	assert_int_equal(out[8], 5);
	assert_int_equal(out[9], 3);
	assert_int_equal(out[10], 0x03000000);
	assert_int_equal(out[11], 7);
	assert_int_equal(out[12], 2);
	assert_int_equal(out[13], 2);
}

/* The number of an option in the configuration that this kernel was built with; 0: there is no file, or not
 * the option. */
static long configured(const char *option)
{
	struct utsname kernel;
	char command[512];
	long value = 0;
	FILE *file;

	assert_int_equal(uname(&kernel), 0);
	snprintf(command, sizeof(command),
		"zcat -f /proc/config.gz /boot/config-%s 2>/dev/null | sed -n 's/^%s=//p'", kernel.release,
		option);
	file = popen(command, "re");
	assert_non_null(file);
	if (fscanf(file, "%ld", &value) != 1)
		value = 0;
	pclose(file);
	return value;
}

/* Numbers of builds are those of this kernel, not of the one whose headers were read. */
static void test_numbers_of_builds(void **state)
{
	long hz = configured("CONFIG_HZ"), cpus = configured("CONFIG_NR_CPUS");
	struct utsname kernel;

	if (!hz || !cpus)
		test_too_old("the configuration of this kernel is not in /proc/config.gz or /boot");
	assert_int_equal(uname(&kernel), 0);
	run(AT_GETPGID(
		    "static const char release[] = UTS_RELEASE;\n"
		    "put(0, HZ); put(1, jiffies_to_msecs(5 * HZ)); put(2, jiffies_to_nsecs(1)); put(3, TICK_NSEC);\n"
		    "put(4, 1ul << SHIFT_HZ); put(5, NR_CPUS); put(6, sizeof(struct cpumask));\n"
		    "put(7, MAX_NR_ZONES); put(8, sizeof(((struct pglist_data *)0)->node_zones) / sizeof(struct zone));\n"
		    "put(9, sizeof(release) - 1); put(10, *(u32 *)release); put(11, 1ul << NR_CPUS_BITS);\n"
		    "put(12, sizeof(spinlock_t) == SPINLOCK_SIZE); put(13, LINUX_VERSION_MAJOR);\n"
		    "put(14, SEC_CONVERSION); put(15, SEC_CONVERSION >> SEC_JIFFIE_SC);"),
		NULL, getpgid_once);
	assert_int_equal(out[0], hz);
	assert_int_equal(out[1], 5000);
	assert_int_equal(out[2], 1000000000 / hz);
	assert_int_equal(out[3], (1000000000 + hz / 2) / hz);
	assert_true(out[4] <= (uint64_t)hz * 4 / 3 && out[4] > (uint64_t)hz * 2 / 3);
	assert_int_equal(out[5], cpus);
	assert_int_equal(out[6], (cpus + 63) / 64 * 8);
	assert_true(out[7] >= 2);
	assert_int_equal(out[7], out[8]);
	assert_int_equal(out[9], strlen(kernel.release));
	assert_memory_equal(&out[10], kernel.release, 4);
	assert_true(out[11] >= (uint64_t)cpus && out[11] < (uint64_t)cpus * 2);
	assert_int_equal(out[12], 1);
	assert_int_equal(out[13], atoi(kernel.release));
	/* a factor of 32 bits, all of which are used; the last may be rounded up */
	assert_int_equal(out[14] >> 31, 1);
	assert_int_equal(out[15], hz);
}

static uint64_t number_in(const char *path, const char *before, int nth)
{
	char text[65536], *at;
	FILE *file = fopen(path, "re");
	uint64_t number = 0;
	size_t length;

	assert_non_null(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = '\0';
	at = strstr(text, before);
	assert_non_null(at);
	at += strlen(before);
	for (int i = 0; i <= nth; i++)
		number = strtoull(at, &at, 10);
	return number;
}

static uint64_t namespace_of_init(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

/* One more than the last number in "0-3,8-11". */
static int cpu_ids(void)
{
	FILE *file = fopen("/sys/devices/system/cpu/possible", "re");
	char list[4096] = "";
	int last;

	assert_non_null(file);
	assert_non_null(fgets(list, sizeof(list), file));
	fclose(file);
	last = strlen(list) - 1;
	while (last && strchr("0123456789", list[last - 1]))
		last--;
	return atoi(list + last) + 1;
}

/* The last page that a process can have, and the next. */
static void test_numbers_of_machine(void **state)
{
	int ids = cpu_ids();
	long page = sysconf(_SC_PAGESIZE);
	void *last, *next;

	run(AT_GETPGID(
		    "put(0, nr_cpu_ids); put(1, num_possible_cpus()); put(2, TASK_SIZE); put(3, PAGE_OFFSET);\n"
		    "int bit, n = 0; unsigned long set = 0x8000000000010400;\n"
		    "for_each_set_bit(bit, &set, 64) n += bit; put(4, n);\n"
		    "put(5, bitmap_weight((unsigned long *)&t->comm, 128)); put(6, (u64)t > PAGE_OFFSET);"),
		NULL, getpgid_once);
	assert_int_equal(out[0], ids);
	assert_int_equal(out[1], libbpf_num_possible_cpus());
	assert_int_equal(out[4], 10 + 16 + 63);
	assert_int_equal(out[6], 1);
#ifdef __x86_64__
	last = mmap((void *)(out[2] - page), page, PROT_READ,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	next = mmap(
		(void *)out[2], page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	assert_ptr_equal(last, (void *)(out[2] - page));
	assert_ptr_equal(next, MAP_FAILED);
	munmap(last, page);
#endif
}

/* They are compared with those that a socket has. */
static void test_addresses(void **state)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), other = socket(AF_INET, SOCK_DGRAM, 0);
	char flag[64];

	assert_true(fd >= 0 && other >= 0);
	snprintf(flag, sizeof(flag), "-DFD=%d", fd | other << 16);
	run(AT_GETPGID(
		    "struct socket *s = t->files->fdt->fd[FD & 0xffff]->private_data;\n"
		    "struct socket *o = t->files->fdt->fd[FD >> 16]->private_data;\n"
		    "put(0, s->sk->sk_prot->sendmsg == tcp_sendmsg); put(1, s->sk->sk_prot->sendmsg == udp_sendmsg);\n"
		    "put(2, o->sk->sk_prot->sendmsg == tcp_sendmsg); put(3, o->sk->sk_prot->sendmsg == udp_sendmsg);\n"
		    "put(4, (u64)tcp_sendmsg);"),
		flag, getpgid_once);
	close(fd);
	close(other);
	assert_int_equal(out[0], 1);
	assert_int_equal(out[1], 0);
	assert_int_equal(out[2], 0);
	assert_int_equal(out[3], 1);
	assert_true(out[4] != 0);
}

#define AT_INIT_TASK                                                                                         \
	AT_GETPGID("put(0, init_task.pid + 1); put(1, *(u64 *)init_task.comm); put(2, &init_task == t);\n"   \
		   "put(3, init_net.ns.inum);")

static void test_variables(void **state)
{
	char command_line[9] = "";
	int ids = cpu_ids();
	FILE *file;

	if (!kernel_has("init_task")) {
		struct bcc *b;
		char *text;

		/* the only one that needs it cannot be loaded, and says why */
		assert_true(asprintf(&text, "%s%s", head, AT_INIT_TASK) > 0);
		b = open_test_text(text, NULL);
		assert_true(bcc_attach_all(b) < 0);
		assert_non_null(strstr(bcc_error(b), "this kernel has no init_task in /proc/kallsyms"));
		bcc_close(b);
		free(text);
		return;
	}
	run(AT_INIT_TASK, NULL, getpgid_once);
	assert_int_equal(out[0], 1);
	assert_memory_equal(&out[1], "swapper", 7);
	assert_int_equal(out[2], 0);
	assert_int_equal(out[3], namespace_of_init("/proc/1/ns/net"));
	run(AT_GETPGID(
		    "put(0, num_online_cpus()); put(1, totalram_pages() * (PAGE_SIZE / 1024));\n"
		    "put(2, sysctl_tcp_mem[0]); put(3, sysctl_tcp_mem[2]); put(4, *(u64 *)saved_command_line);\n"
		    "put(5, init_pid_ns.ns.inum); put(6, init_user_ns.ns.inum); put(7, tick_nsec);\n"
		    "int cpu; u64 sum = 0, ids = 0;\n"
		    "for_each_possible_cpu(cpu) { ids += cpu + 1; sum += (u64)per_cpu_ptr(&cpu_info, cpu) - per_cpu_offset(cpu) == (u64)&cpu_info; }\n"
		    "put(8, ids); put(9, sum); put(10, cpumask_weight(cpu_possible_mask)); put(11, cpu_possible(nr_cpu_ids - 1));\n"
		    "put(12, this_cpu_read(this_cpu_off) == per_cpu_offset(smp_processor_id()));\n"
		    "put(13, (u64)page_address(virt_to_page(t)) == ((u64)t & PAGE_MASK)); put(14, (u64)phys_to_virt(__pa(t)) == (u64)t);\n"
		    "put(15, page_to_pfn(virt_to_page(t)) < max_pfn);"),
		NULL, getpgid_once);
	file = fopen("/proc/cmdline", "re");
	assert_non_null(file);
	assert_int_equal(fread(command_line, 1, 8, file), 8);
	fclose(file);
	assert_int_equal(out[0], sysconf(_SC_NPROCESSORS_ONLN));
	assert_int_equal(out[1], number_in("/proc/meminfo", "MemTotal:", 0));
	assert_int_equal(out[2], number_in("/proc/sys/net/ipv4/tcp_mem", "", 0));
	assert_int_equal(out[3], number_in("/proc/sys/net/ipv4/tcp_mem", "", 2));
	assert_memory_equal(&out[4], command_line, 8);
	assert_int_equal(out[5], namespace_of_init("/proc/1/ns/pid"));
	assert_int_equal(out[6], namespace_of_init("/proc/1/ns/user"));
	assert_true(out[7] >= 1000000 && out[7] <= 10000000);
	assert_int_equal(out[8], (uint64_t)ids * (ids + 1) / 2);
	assert_int_equal(out[9], libbpf_num_possible_cpus());
	assert_int_equal(out[10], libbpf_num_possible_cpus());
	for (int i = 11; i < 16; i++)
		assert_int_equal(out[i], 1);
}

/* The tables of this process's memory lead to the page of which /proc/self/pagemap has the number. */
static void test_page_tables(void **state)
{
	static volatile char page[1];
	char flag[64];
	uint64_t entry;
	int fd;

#ifndef __x86_64__
	test_too_old("page tables are walked with x86's functions");
#endif
	if (!kernel_has("init_task"))
		test_too_old("/proc/kallsyms has no variables");
	page[0] = 1;
	snprintf(flag, sizeof(flag), "-DADDRESS=%#lxul", (unsigned long)page);
	run(AT_GETPGID("pgd_t *pgd = pgd_offset(t->mm, ADDRESS); p4d_t *p4d = p4d_offset(pgd, ADDRESS);\n"
		       "pud_t *pud = pud_offset(p4d, ADDRESS); pmd_t *pmd = pmd_offset(pud, ADDRESS);\n"
		       "pte_t *pte = pte_offset_kernel(pmd, ADDRESS);\n"
		       "put(0, pgd_present(*pgd)); put(1, pud_present(*pud)); put(2, pmd_present(*pmd));\n"
		       "put(3, pte_present(*pte)); put(4, pte_write(*pte)); put(5, pte_pfn(*pte));"),
		flag, getpgid_once);
	fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(
		pread(fd, &entry, sizeof(entry), (uintptr_t)page / sysconf(_SC_PAGESIZE) * sizeof(entry)),
		sizeof(entry));
	close(fd);
	for (int i = 0; i < 6; i++)
		assert_true(out[i] != 0);
	assert_int_equal(out[5], entry & ((1ul << 55) - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_task),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_packet),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_numbers_of_builds),
		cmocka_unit_test(test_numbers_of_machine),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_page_tables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
