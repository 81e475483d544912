/* SPDX-License-Identifier: Apache-2.0 */
/* What users of trace and argdist type. */
#ifndef TESTS_UNIT_TOOL_EXPR_LINES_H
#define TESTS_UNIT_TOOL_EXPR_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* What follows the tool's name in BCC's example texts, manual and help; and more of the same kind. */
static const char *const traces[] = {
	"sys_execve \"%s\", arg1",
	"sys_read (arg3 > 20000) \"read %d bytes\", arg3",
	"do_sys_open \"%s\", arg2@user",
	"r:bash:readline \"%s\", retval",
	"r::sys_futex \"%d\", retval",
	"r:c:read ((int)retval < 0) \"read failed: %d\", retval",
	"t:block:block_rq_complete \"sectors=%d\", args->nr_sector",
	"p:c:inet_pton",
	"u:pthread:pthread_create \"%U\", arg3",
	"u:ruby:method__entry \"%s.%s\", arg1, arg2",
	"r:/usr/lib64/libtinfo.so:curses_version \"Version=%s\", retval",
	"p:c:open (STRCMP(\"test.txt\", arg1)) \"opening %s\", arg1",
	"p:c:open(char *filename) \"opening %s\", filename",
	"p::SyS_nanosleep(struct timespec *ts) \"sleep for %lld ns\", ts->tv_nsec",
	"clockevents_program_event",
	"sys_open",
	"p:/tmp/a.out:main+0xd \"%x\", ctx->dx",
	"do_sys_open",
	"kfree_skb+0x12",
	"r::do_sys_open \"%llx\", retval",
	"c:open (arg2 == 42) \"%s %d\", arg1, arg2",
	"c:malloc \"size = %d\", arg1",
	"p:c:write (arg1 == 1) \"writing %d bytes to STDOUT\", arg3",
	"r::__kmalloc (retval == 0) \"kmalloc failed!\"",
	"r:c:malloc (retval) \"allocated = %x\", retval",
	"u:pthread:pthread_create (arg4 != 0)",
	"u:pthread:libpthread:pthread_create (arg4 != 0)",
	"__x64_sys_nanosleep",
	"p::uprobe_register(struct inode *inode) \"a_ops = %llx\", inode->i_mapping->a_ops",
	"p::__account_cfs_rq_runtime(struct cfs_rq *cfs_rq) \"%d\", cfs_rq->runtime_remaining",
	"udpv6_sendmsg(struct sock *sk) (sk->sk_dport == 13568)",
	"mntns_install \"users = %d\", $task->fs->users",
	"r:c:write ((int)retval < 0) \"write failed: %d\", retval",
	"__x64_sys_clone",
	"p:/tmp/a.out:main+0x25 \"%x\", ctx->dx",
	"r::uprobe_register \"ret = %d\", retval",
	"t:sched:sched_switch (args->prev_state == TASK_STATE_MAX || args->prev_state == 0)",
	/* names that the kernel knows, and what BCC's tool does not have */
	"vfs_read \"%s %zu at %p\", file->f_path.dentry->d_name.name, count, buf",
	/* a function's type has the name's letter in it */
	"iterate_fd \"%p %u\", f, n",
	"r::vfs_read (retval > 0 && $latency > 1000) \"%s: %lld\", file->f_path.dentry->d_name.name, $latency",
	"r:c:write(int fd, const void *data, size_t size) \"%d of %zu to %d\", retval, $entry(size), fd",
	"t:sched:sched_switch (args->prev_pid != 0) \"%s -> %s\", args->prev_comm, args->next_comm",
	"t:sched:sched_process_exec \"%s\", args->data_loc_filename",
	"t:sched:sched_process_exec (STRCMP(\"sh\", args->data_loc_filename))",
	"sys_openat (STRSTR(\"tmp\", filename)) \"%s %d\", filename, flags",
	"tcp_connect(struct sock *sk) \"%d\", ntohs(sk->sk_dport)",
	"c:f \"%d %i %u %x %X %o %c %5d %-8s| %hhu %hd %lx %llu %zu 0x%08x %% %K %U\", arg1, arg2, arg3, arg4, "
	"arg5, arg6, arg7, arg8, arg9, arg1, -1, ~arg2, !arg3, 'x', '\\n', arg4, arg5",
	"c:f (STRSTR(\"tmp\", arg1) || !STRCMP(\"a\\\"b\", arg2)) \"%s\", $comm",
	"c:f ($pid == 1 || $tid == 1 || $tgid == 2 || $uid == 0 || $gid == 0 || $cpu == 3)",
	"c:f(struct timespec *a, int n[2], void (*done)(int, char *), bool b) \"%d %d %p %d %d\", a[1].tv_nsec, *n, "
	"done, b ? n[1] : sizeof(struct timespec), ((struct timespec *)n)->tv_sec",
	"c:f (arg1 % 2 == 0 && (arg2 << 3 | arg3 >> 1 ^ arg4 & 7) - 1 <= 100 / 3 + 2 * arg5)",
	"c:f (*(int *)arg1 == 5 && &((struct timespec *)arg2)->tv_nsec)",
};

static const struct {
	const char *text;
	bool is_histogram;
	size_t values;
	const char *label;
} distributions[] = {
	{"p:c:malloc(size_t size):size_t:size", false, 1, NULL},
	{"p:c:write(int fd, void *buf, size_t len):size_t:len", true, 1, NULL},
	{"p:c:write(int fd, void *buf, size_t len):size_t:len:fd==1", true, 1, NULL},
	{"p::__kmalloc(size_t size):size_t:size", true, 1, NULL},
	{"p:c:puts(char *str):char*:str", false, 1, NULL},
	{"r:c:gets():char*:(char*)$retval:$retval!=0", false, 1, NULL},
	{"r:c:read()", true, 1, NULL},
	{"r::__vfs_read():u32:$PID:$latency > 100000", false, 1, NULL},
	{"r:c:malloc(size_t size):u64:$latency/$entry(size);ns per byte", true, 1, "ns per byte"},
	{"p::__kmalloc(size_t size, gfp_t flags):gfp_t,size_t:flags,size", false, 2, NULL},
	{"t:net:net_dev_start_xmit():u16:args->protocol", false, 1, NULL},
	{"r:c:open(char *file):u64:$latency/1000:STRCMP(\"test.txt\",$entry(file))", true, 1, NULL},
	{"p:c:write():int:$PID;write per process", false, 1, "write per process"},
	{"p::__kmalloc(u64 size):u64:size", true, 1, NULL},
	{"p:c:malloc(size_t size):size_t:size:size==16", false, 1, NULL},
	{"r:c:gets():char*:$retval#snooped strings", false, 1, "snooped strings"},
	{"r::__kmalloc(size_t size):u64:$latency/$entry(size)#ns per byte", true, 1, "ns per byte"},
	{"p::__kmalloc(size_t size, gfp_t flags):size_t:size:flags&GFP_ATOMIC", false, 1, NULL},
	{"p:c:write(int fd):int:fd", false, 1, NULL},
	{"r::__vfs_read(void *file, void *buf, size_t count):size_t:\n            $entry(count):$latency > 1000000",
		true, 1, NULL},
	{"p:c:write(int fd, const void *buf, size_t count):size_t:count:fd==1", true, 1, NULL},
	{"p:c:fork()#fork calls", false, 1, "fork calls"},
	{"t:block:block_rq_complete():u32:args->nr_sector", true, 1, NULL},
	{"t:irq:irq_handler_entry():int:args->irq", false, 1, NULL},
	{"u:pthread:pthread_start():u64:arg2", false, 1, NULL},
	{"p:c:sleep(u32 seconds):u32:seconds", true, 1, NULL},
	{"p:c:nanosleep(struct timespec *req):long:req->tv_nsec", true, 1, NULL},
	{"p:c:write(int fd, char* buf, size_t len):char*:buf:fd==1", false, 1, NULL},
	{"p::__account_cfs_rq_runtime(struct cfs_rq *cfs_rq):s64:cfs_rq->runtime_remaining", false, 1, NULL},
	{"p::do_sys_open(int dfd, const char __user *filename, int flags,\n            umode_t "
	 "mode):char*:filename:STRCMP(\"sample.txt\", filename)",
		false, 1, NULL},
	/* and more */
	{"p:c:f(int a):int:a > 0 ? a : -a:a != 1 ? true : false#a:b # c", false, 1, "a:b # c"},
	{"p:c:f(unsigned int a, char b):unsigned int,char,const char *:a,b,$comm", false, 3, NULL},
};

#endif
