/* SPDX-License-Identifier: Apache-2.0 */
/* What tracepoints report: fields of every kind and length are compared with what the test did, and the
 * structs of all of this kernel's tracepoints with its own description of them. */
#include "own_events.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>

/* A directory of tracefs, in a mount of this process's own if none is mounted. */
static const char *events_folder(void)
{
	static const char folder[] = "/sys/kernel/tracing/events";

	if (access(folder, R_OK | X_OK) == 0)
		return folder;
	if (geteuid() || unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL))
		test_missing("tracefs cannot be mounted: %s", strerror(errno));
	return folder;
}

static struct bcc *open_tracing(const char *text, int programs)
{
	struct bcc *b = open_test_text(text, NULL);

	expect_return(b, bcc_attach_all(b), programs);
	return b;
}

/* The only element of table "out". */
static void read_out(struct bcc *b, void *value, size_t size)
{
	uint32_t zero = 0;

	expect_ok(b, bcc_table_get(table_of(b, "out"), &zero, sizeof(zero), value, size));
}

struct executed {
	char all[64], few[8], first[4], text[64];
	int64_t all_result, text_length;
	uint32_t count;
};

#define EXECUTED                                                                                                   \
	"#include <linux/sched.h>\n"                                                                               \
	"struct executed { char all[64], few[8], first[4], text[64]; s64 all_result, text_length; u32 count; };\n" \
	"BPF_ARRAY(out, struct executed, 1);\n"                                                                    \
	"static inline struct executed *own(void)\n"                                                               \
	"{ int zero = 0; struct task_struct *t = (struct task_struct *)bpf_get_current_task();\n"                  \
	"  return t->real_parent->tgid == PID ? out.lookup(&zero) : NULL; }\n"

/* A child runs `path`, which ends at once. */
static void execute(const char *path)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		execl(path, "name", (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void expect_message(const char *text, const char *message)
{
	struct bcc *b = NULL;

	assert_int_equal(bcc_open_text(text, NULL, &b), -EINVAL);
	if (!strstr(bcc_error(b), message))
		fail_msg("'%s' is not in:\n%s", message, bcc_error(b));
	bcc_close(b);
}

/* Who takes it for a member of the event is told how to read it. */
static void tracepoints_dynamic_field_as_member(void **state)
{
	expect_message(
		"TRACEPOINT_PROBE(sched, sched_process_exec) { bpf_trace_printk(\"%s\", args->filename); return 0; }",
		"TP_DATA_LOC_READ_STR(to, filename, sizeof(to)) reads it as text");
	expect_message(
		"#include <vmlinux.h>\n#include <bpf/bpf_helpers.h>\n"
		"SEC(\"tp/sched/sched_process_exec\") int f(struct trace_event_raw_sched_process_exec *ctx)\n"
		"{ bpf_printk(\"%s\", ctx->filename); return 0; }\n"
		"char LICENSE[] SEC(\"license\") = \"GPL\";",
		"it is at (void *)ctx + (ctx->__data_loc_filename & 0xffff)");
}

/* The length of the field is only known at the event. */
static void tracepoints_data_loc(void **state)
{
	char folder[] = "/tmp/language-XXXXXX", path[64];
	struct executed e;
	struct bcc *b;

	b = open_tracing(EXECUTED
		"TRACEPOINT_PROBE(sched, sched_process_exec)\n"
		"{ struct executed *e = own(); if (!e) return 0; e->count++;\n"
		"  e->all_result = TP_DATA_LOC_READ(e->all, filename); TP_DATA_LOC_READ(e->few, filename);\n"
		"  TP_DATA_LOC_READ_CONST(e->first, filename, 4); char text[64] = {};\n"
		"  e->text_length = TP_DATA_LOC_READ_STR(text, filename, sizeof(text));\n"
		"  __builtin_memcpy(e->text, text, sizeof(text)); return 0; }\n",
		1);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/true-by-another-name", folder);
	assert_int_equal(symlink("/bin/true", path), 0);
	execute(path);
	unlink(path);
	rmdir(folder);
	read_out(b, &e, sizeof(e));
	assert_int_equal(e.count, 1);
	assert_int_equal(e.all_result, 0);
	assert_string_equal(e.all, path);
	assert_memory_equal(e.few, path, sizeof(e.few));
	assert_memory_equal(e.first, path, sizeof(e.first));
	assert_string_equal(e.text, path);
	assert_int_equal(e.text_length, strlen(path) + 1);
	bcc_close(b);
}

/* As in records of user_events: the offset of the data counts from the end of the field. No tracepoint of the
 * kernel has one, so the program makes the record. */
static void tracepoints_rel_loc(void **state)
{
	struct executed e;
	struct bcc *b = open_own_events(
		"struct executed { char all[64], few[8], first[4], text[64]; s64 all_result, text_length; u32 count; };\n"
		"BPF_ARRAY(out, struct executed, 1);\n"
		"struct record { u64 common; u32 number; int rel_loc_message; u16 after; char bytes[30]; };\n",
		"int zero = 0; struct executed *e = out.lookup(&zero); if (!e || n != 77) return 0; e->count++;\n"
		"struct record r = {.rel_loc_message = 6 << 16 | 4, .bytes = \"__hello\\0next\"}, *args = &r;\n"
		"e->all_result = TP_REL_LOC_READ(e->all, message); TP_REL_LOC_READ(e->few, message);\n"
		"TP_REL_LOC_READ_CONST(e->first, message, 4); char text[64] = {};\n"
		"e->text_length = TP_REL_LOC_READ_STR(text, message, sizeof(text));\n"
		"__builtin_memcpy(e->text, text, sizeof(text));");

	own_event(77);
	read_out(b, &e, sizeof(e));
	assert_int_equal(e.count, 1);
	assert_int_equal(e.all_result, 0);
	assert_string_equal(e.all, "hello");
	assert_memory_equal(e.few, "hello\0\0\0", 8);
	assert_memory_equal(e.first, "hell", 4);
	assert_string_equal(e.text, "hello");
	assert_int_equal(e.text_length, 6);
	bcc_close(b);
}

struct connected {
	uint32_t count, sport, dport, family, protocol, family_of_sock;
	uint8_t saddr[4], daddr[4], mapped[16];
	int32_t from, to;
};

static void loopback_up(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (ioctl(s, SIOCSIFFLAGS, &lo))
		test_missing("the loopback device cannot be used: %s", strerror(errno));
	close(s);
}

/* Integers of 16 and 32 bits, arrays of bytes, and a pointer that can be followed. */
static void tracepoints_arrays_and_pointers(void **state)
{
	static const uint8_t loopback[4] = {127, 0, 0, 1}, mapped[16] = {[10] = 0xff, 0xff, 127, 0, 0, 1};
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, from;
	socklen_t length = sizeof(at);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
	    client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct connected c;
	struct bcc *b;

	assert_true(server >= 0 && client >= 0);
	loopback_up();
	b = open_tracing(
		"#include <net/sock.h>\n"
		"struct connected { u32 count, sport, dport, family, protocol, family_of_sock; u8 saddr[4], daddr[4], mapped[16];\n"
		"  s32 from, to; };\n"
		"BPF_ARRAY(out, struct connected, 1);\n"
		"TRACEPOINT_PROBE(sock, inet_sock_set_state)\n"
		"{ int zero = 0; struct connected *c = out.lookup(&zero);\n"
		"  if (!c || bpf_get_current_pid_tgid() >> 32 != PID || args->newstate != TCP_SYN_SENT) return 0;\n"
		"  const struct sock *sk = args->skaddr;\n"
		"  c->count++; c->sport = args->sport; c->dport = args->dport; c->family = args->family;\n"
		"  c->protocol = args->protocol; c->family_of_sock = sk->__sk_common.skc_family;\n"
		"  __builtin_memcpy(c->saddr, args->saddr, 4); for (int i = 0; i < 4; i++) c->daddr[i] = args->daddr[i];\n"
		"  __builtin_memcpy(c->mapped, args->daddr_v6, 16); c->from = args->oldstate; c->to = args->newstate;\n"
		"  return 0; }\n",
		1);
	assert_int_equal(bind(server, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(server, 1), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&at, &length), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(client, (struct sockaddr *)&from, &length), 0);
	read_out(b, &c, sizeof(c));
	assert_int_equal(c.count, 1);
	assert_int_equal(c.dport, ntohs(at.sin_port));
	/* 0 is reported before the kernel has chosen a port */
	assert_true(c.sport == 0 || c.sport == ntohs(from.sin_port));
	assert_int_equal(c.family, AF_INET);
	assert_int_equal(c.family_of_sock, AF_INET);
	assert_int_equal(c.protocol, IPPROTO_TCP);
	assert_memory_equal(c.saddr, loopback, 4);
	assert_memory_equal(c.daddr, loopback, 4);
	assert_memory_equal(c.mapped, mapped, 16);
	assert_int_equal(c.from, 7); /* TCP_CLOSE */
	assert_int_equal(c.to, 2);   /* TCP_SYN_SENT */
	close(client);
	close(server);
	bcc_close(b);
}

struct switched {
	char comm[16];
	uint32_t count;
	int32_t priority;
	int64_t state;
};

static void tracepoints_names_of_tasks(void **state)
{
	struct switched s = {.count = 0};
	char old[16];
	struct bcc *b;

	b = open_tracing(
		"struct switched { char comm[16]; u32 count; s32 priority; s64 state; };\n"
		"BPF_ARRAY(out, struct switched, 1);\n"
		"TRACEPOINT_PROBE(sched, sched_switch)\n"
		"{ int zero = 0; struct switched *s = out.lookup(&zero); if (!s || args->prev_pid != PID) return 0;\n"
		"  if (args->prev_comm[0] != '<' || !(args->prev_state & 1)) return 0;\n"
		"  __builtin_memcpy(s->comm, args->prev_comm, sizeof(s->comm)); s->priority = args->prev_prio;\n"
		"  s->state = args->prev_state; s->count++; return 0; }\n",
		1);
	prctl(PR_GET_NAME, old);
	prctl(PR_SET_NAME, "<sleeps a bit>");
	/* a sleep that is over before it begins causes no switch */
	for (int tries = 0; tries < 1000 && !s.count; tries++) {
		usleep(1000);
		read_out(b, &s, sizeof(s));
	}
	prctl(PR_SET_NAME, old);
	assert_true(s.count >= 1);
	assert_string_equal(s.comm, "<sleeps a bit>");
	assert_int_equal(s.state & 1, 1);
	/* 100 to 139 are the priorities of time-sharing tasks */
	assert_in_range(s.priority, 100, 139);
	bcc_close(b);
}

/* Pointers of system calls point to user memory, and are followed there. */
static void tracepoints_pointers_of_system_calls(void **state)
{
	static const char path[] = "/no/such/file/of/a/language/test";
	struct executed e;
	struct bcc *b;

	if (chdir(events_folder()) || access("syscalls/sys_enter_openat", F_OK))
		test_too_old("this kernel has no CONFIG_FTRACE_SYSCALLS");
	b = open_tracing(
		"struct executed { char all[64], few[8], first[4], text[64]; s64 all_result, text_length; u32 count; };\n"
		"BPF_ARRAY(out, struct executed, 1);\n"
		"TRACEPOINT_PROBE(syscalls, sys_enter_openat)\n"
		"{ int zero = 0; struct executed *e = out.lookup(&zero);\n"
		"  if (!e || bpf_get_current_pid_tgid() >> 32 != PID || args->flags != 01234000) return 0;\n"
		"  e->count++; e->text_length = bpf_probe_read_user_str(e->text, sizeof(e->text), args->filename);\n"
		"  e->first[0] = args->filename[4]; e->all_result = args->dfd; return 0; }\n",
		1);
	assert_int_equal(syscall(SYS_openat, AT_FDCWD, path, 01234000, 0), -1);
	read_out(b, &e, sizeof(e));
	assert_int_equal(e.count, 1);
	assert_string_equal(e.text, path);
	assert_int_equal(e.text_length, sizeof(path));
	assert_int_equal(e.first[0], path[4]);
	assert_int_equal((int32_t)e.all_result, AT_FDCWD);
	bcc_close(b);
}

/* Writes a C assertion of what one line of a format says, as far as another parser of such lines understands
 * it. */
static unsigned write_field(FILE *out, const char *line, const char *category, const char *event)
{
	char declaration[256], *name, *bracket;
	unsigned offset, size;
	const char *loc = "";

	if (sscanf(line, "\tfield:%255[^;];\toffset:%u;\tsize:%u;", declaration, &offset, &size) != 3 ||
		offset < 8 || size == 0)
		return 0;
	if (!strncmp(declaration, "__data_loc ", 11))
		loc = "data_loc_";
	else if (!strncmp(declaration, "__rel_loc ", 10))
		loc = "rel_loc_";
	bracket = *loc ? NULL : strchr(declaration, '[');
	if (bracket)
		*bracket = '\0';
	name = strrchr(declaration, ' ');
	assert_non_null(name);
	fprintf(out, "A(%s__%s, %s%s, %u, %u)\n", category, event, loc, name + 1 + strspn(name + 1, "*"),
		offset, size);
	return 1;
}

static unsigned write_event(FILE *out, int folder, const char *category, const char *event)
{
	static char format[1 << 16];
	char path[600], *line, *rest = format;
	size_t length = 0;
	unsigned fields = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s/format", category, event);
	fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	while ((n = read(fd, format + length, sizeof(format) - 1 - length)) > 0)
		length += n;
	close(fd);
	format[length] = '\0';
	fprintf(out, "struct tracepoint__%s__%s;\n", category, event);
	while ((line = strsep(&rest, "\n")))
		fields += write_field(out, line, category, event);
	return fields;
}

static unsigned write_category(FILE *out, int folder, const char *category)
{
	int fd = openat(folder, category, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	unsigned fields = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		if (entry->d_type == DT_DIR && *entry->d_name != '.')
			fields += write_event(out, folder, category, entry->d_name);
	closedir(dir);
	return fields;
}

/* Under the names that they had before Linux 6.9, and under those that they have since then. */
static void tracepoints_renamed_fields(void **state)
{
	char path[] = "/tmp/language-XXXXXX", event[128];
	int fd = mkstemp(path);
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 5};
	struct {
		uint64_t old_type, new_type, old_pid, new_pid, count;
	} out;
	struct bcc *b;

	assert_true(fd >= 0);
	unlink(path);
	snprintf(event, sizeof(event), "%s/filelock/fcntl_setlk", events_folder());
	if (access(event, F_OK))
		test_missing("this kernel has no tracepoint filelock:fcntl_setlk");
	b = open_tracing(
		"struct out { u64 old_type, new_type, old_pid, new_pid, count; };\n"
		"BPF_ARRAY(out, struct out, 1);\n"
		"TRACEPOINT_PROBE(filelock, fcntl_setlk) {\n"
		"  int zero = 0; struct out *o = out.lookup(&zero);\n"
		"  if (!o || bpf_get_current_pid_tgid() >> 32 != PID || args->fl_start != 10) return 0;\n"
		"  o->old_type = args->fl_type; o->new_type = args->type;\n"
		"  o->old_pid = args->fl_pid; o->new_pid = args->pid;\n"
		"  o->count++; return 0; }\n",
		1);
	assert_non_null(strstr(bcc_warnings(b), "is used in its place"));
	assert_int_equal(fcntl(fd, F_SETLK, &lock), 0);
	read_out(b, &out, sizeof(out));
	bcc_close(b);
	close(fd);
	assert_int_equal(out.count, 1);
	assert_int_equal(out.old_type, F_WRLCK);
	assert_int_equal(out.new_type, F_WRLCK);
	assert_int_equal(out.old_pid, getpid());
	assert_int_equal(out.new_pid, getpid());
}

/* C puts each field where the kernel says that it is. Of the hundreds of system calls, which are all alike, a
 * test above covers one. */
static void tracepoints_of_this_kernel(void **state)
{
	int folder = open(events_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = folder < 0 ? NULL : fdopendir(dup(folder));
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct dirent *entry;
	unsigned fields = 0;

	assert_non_null(dir);
	fputs("#define A(event, field, offset, size) _Static_assert(\\\n"
	      "  __builtin_offsetof(struct tracepoint__##event, field) == offset && \\\n"
	      "  sizeof(((struct tracepoint__##event *)0)->field) == size, #event \".\" #field);\n",
		out);
	while ((entry = readdir(dir)))
		/* "ftrace" are the tracer's own records, not tracepoints */
		if (entry->d_type == DT_DIR && *entry->d_name != '.' && strcmp(entry->d_name, "ftrace") &&
			strcmp(entry->d_name, "syscalls"))
			fields += write_category(out, folder, entry->d_name);
	fputs("int program(void *ctx) { return 0; }\n", out);
	fclose(out);
	bcc_close(open_test_text(text, NULL));
	printf("%u fields\n", fields);
	assert_true(fields > 500);
	free(text);
	closedir(dir);
	close(folder);
}

struct locked {
	uint32_t writes, odd;
};

/* Written for kernels that tell the name of the lock's cgroup between the two. */
static void tracepoints_moved_arguments(void **state)
{
	enum { MAPPINGS = 100 };
	struct locked l;
	struct bcc *b =
		open_tracing("struct locked { u32 writes, odd; };\n"
			     "BPF_ARRAY(out, struct locked, 1);\n"
			     "RAW_TRACEPOINT_PROBE(mmap_lock_acquire_returned) {\n"
			     "  struct task_struct *t = (struct task_struct *)bpf_get_current_task();\n"
			     "  struct mm_struct *mm = (struct mm_struct *)ctx->args[0];\n"
			     "  u64 write = (u8)ctx->args[2], success = (u8)ctx->args[3];\n"
			     "  struct locked *l; int zero = 0;\n"
			     "  if (bpf_get_current_pid_tgid() >> 32 != PID || t->mm != mm) return 0;\n"
			     "  l = out.lookup(&zero);\n"
			     "  if (!l) return 0;\n"
			     "  l->odd += write > 1 || success != 1;\n"
			     "  l->writes += write;\n"
			     "  return 0;\n"
			     "}\n",
			1);

	for (int i = 0; i < MAPPINGS; i++) {
		void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		assert_ptr_not_equal(p, MAP_FAILED);
		munmap(p, 4096);
	}
	read_out(b, &l, sizeof(l));
	assert_int_equal(l.odd, 0);
	/* reading the table takes the lock for reading only, if at all */
	assert_in_range(l.writes, 2 * MAPPINGS, 3 * MAPPINGS);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tracepoints_data_loc),
		cmocka_unit_test(tracepoints_dynamic_field_as_member),
		cmocka_unit_test(tracepoints_rel_loc),
		cmocka_unit_test(tracepoints_arrays_and_pointers),
		cmocka_unit_test(tracepoints_names_of_tasks),
		cmocka_unit_test(tracepoints_pointers_of_system_calls),
		cmocka_unit_test(tracepoints_renamed_fields),
		cmocka_unit_test(tracepoints_moved_arguments),
		cmocka_unit_test(tracepoints_of_this_kernel),
	};

	if (geteuid()) {
		printf("SKIP: loading BPF programs needs root\n");
		return getenv("BCC_TEST_NO_SKIP") ? 1 : 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
