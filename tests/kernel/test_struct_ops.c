/* SPDX-License-Identifier: Apache-2.0 */
/* A struct of functions that the kernel calls: a congestion control for TCP, which sockets of this process
 * use by its name. */
#include "own_events.h"

#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

/* Slot 0 counts sockets that begin to use it, 1 acknowledgements. */
#define TEXT(section)                                                                                        \
	"#include \"vmlinux.h\"\n"                                                                           \
	"#include <bpf/bpf_helpers.h>\n"                                                                     \
	"#include <bpf/bpf_tracing.h>\n"                                                                     \
	"char LICENSE[] SEC(\"license\") = \"GPL\";\n"                                                       \
	"struct {\n"                                                                                         \
	"	__uint(type, BPF_MAP_TYPE_ARRAY);\n"                                                               \
	"	__uint(max_entries, 2);\n"                                                                         \
	"	__type(key, u32);\n"                                                                               \
	"	__type(value, u64);\n"                                                                             \
	"} out SEC(\".maps\");\n"                                                                            \
	"static __always_inline void count(u32 slot)\n"                                                      \
	"{\n"                                                                                                \
	"	u64 *sum = bpf_map_lookup_elem(&out, &slot);\n"                                                    \
	"	if (sum)\n"                                                                                        \
	"		__sync_fetch_and_add(sum, 1);\n"                                                                  \
	"}\n"                                                                                                \
	"SEC(\"struct_ops/init\") void BPF_PROG(own_init, struct sock *sk)\n"                                \
	"{\n"                                                                                                \
	"	count(0);\n"                                                                                       \
	"}\n"                                                                                                \
	"SEC(\"struct_ops\") __u32 BPF_PROG(own_ssthresh, struct sock *sk)\n"                                \
	"{\n"                                                                                                \
	"	return ((struct tcp_sock *)sk)->snd_cwnd;\n"                                                       \
	"}\n"                                                                                                \
	"SEC(\"struct_ops/cong_avoid\") void BPF_PROG(own_avoid, struct sock *sk, u32 ack, u32 acked)\n"     \
	"{\n"                                                                                                \
	"	count(1);\n"                                                                                       \
	"}\n"                                                                                                \
	"SEC(\"struct_ops/undo_cwnd\") __u32 BPF_PROG(own_undo, struct sock *sk)\n"                          \
	"{\n"                                                                                                \
	"	return ((struct tcp_sock *)sk)->snd_cwnd;\n"                                                       \
	"}\n"                                                                                                \
	"SEC(\"" section "\") struct tcp_congestion_ops own = {\n"                                           \
	"	.init = (void *)own_init,\n"                                                                       \
	"	.ssthresh = (void *)own_ssthresh,\n"                                                               \
	"	.cong_avoid = (void *)own_avoid,\n"                                                                \
	"	.undo_cwnd = (void *)own_undo,\n"                                                                  \
	"	.name = NAME,\n"                                                                                   \
	"};\n"

enum { NAME_SIZE = 16 }; /* the most that TCP_CONGESTION takes */

static char name[NAME_SIZE], define[64];

static struct bcc *open_struct(const char *text)
{
	snprintf(name, sizeof(name), "bcc_%d", getpid());
	snprintf(define, sizeof(define), "-DNAME=\"%s\"", name);
	return open_test_text(text, define);
}

/* The kernel's types name what struct_ops links are attached as. */
static bool has_links(void)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	int id = kernel ? btf__find_by_name_kind(kernel, "bpf_attach_type", BTF_KIND_ENUM) : -1;
	const struct btf_type *t = id > 0 ? btf__type_by_id(kernel, id) : NULL;
	bool found = false;

	for (int i = 0; t && i < btf_vlen(t); i++)
		found |= !strcmp(btf__name_by_offset(kernel, btf_enum(t)[i].name_off), "BPF_STRUCT_OPS");
	btf__free(kernel);
	return found;
}

static void need_struct_ops(struct bcc *b)
{
	if (!has_links()) {
		expect_fails(b, bcc_attach_all(b), -EOPNOTSUPP, "Linux 6.4");
		bcc_close(b);
		test_too_old("no links of struct_ops before Linux 6.4");
	}
}

/* 0, or what using the congestion control fails with. */
static int use(int fd)
{
	return setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, strlen(name)) ? errno : 0;
}

static int use_with_new(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), ret;

	assert_true(fd >= 0);
	ret = use(fd);
	close(fd);
	return ret;
}

/* Sends `bytes` over a connection that uses it, and waits until they are acknowledged. */
static void send_over_connection(size_t bytes)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int listening = socket(AF_INET, SOCK_STREAM, 0), from = socket(AF_INET, SOCK_STREAM, 0), to, left;
	char buf[4096] = "", used[NAME_SIZE] = "";
	socklen_t used_length = sizeof(used);

	assert_int_equal(bind(listening, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(listening, 1), 0);
	assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &length), 0);
	assert_int_equal(connect(from, (struct sockaddr *)&address, length), 0);
	to = accept(listening, NULL, NULL);
	assert_true(to >= 0);
	assert_int_equal(use(from), 0);
	assert_int_equal(getsockopt(from, IPPROTO_TCP, TCP_CONGESTION, used, &used_length), 0);
	assert_string_equal(used, name);
	for (size_t sent = 0; sent < bytes; sent += sizeof(buf)) {
		assert_int_equal(send(from, buf, sizeof(buf), 0), sizeof(buf));
		assert_int_equal(recv(to, buf, sizeof(buf), MSG_WAITALL), sizeof(buf));
	}
	do
		assert_int_equal(ioctl(from, SIOCOUTQ, &left), 0);
	while (left && !usleep(1000));
	close(from);
	close(to);
	close(listening);
}

static void test_congestion_control(void **state)
{
	struct bcc *b = open_struct(TEXT(".struct_ops.link")), *second = open_struct(TEXT(".struct_ops"));

	need_struct_ops(b);
	assert_int_equal(use_with_new(), ENOENT);
	expect_return(b, bcc_attach_all(b), 1);
	for (int i = 0; i < 3; i++)
		send_over_connection(64 * 1024);
	assert_int_equal(table_u64(b, "out", 0), 3);
	assert_true(table_u64(b, "out", 1) >= 3);
	expect_fails(second, bcc_attach_all(second), -EEXIST, "of that name already");
	bcc_close(b);
	assert_int_equal(use_with_new(), ENOENT);
	/* the same of a section that libbpf registers without a link */
	expect_return(second, bcc_attach_all(second), 1);
	send_over_connection(4096);
	assert_int_equal(table_u64(second, "out", 0), 1);
	bcc_close(second);
	assert_int_equal(use_with_new(), ENOENT);
}

static void test_by_name(void **state)
{
	struct bcc *b = open_struct(TEXT("?.struct_ops.link"));
	struct bcc_link *link;

	expect_return(b, bcc_attach_all(b), 0);
	expect_fails(b, bcc_attach_struct_ops(b, "other", NULL), -ENOENT, "no struct \"other\"");
	expect_fails(b, bcc_attach_struct_ops(b, NULL, NULL), -EINVAL, "missing");
	bcc_close(b);
	b = open_struct(TEXT(".struct_ops.link"));
	need_struct_ops(b);
	expect_ok(b, bcc_attach_struct_ops(b, "own", &link));
	assert_int_equal(use_with_new(), 0);
	expect_ok(b, bcc_detach(link));
	assert_int_equal(use_with_new(), ENOENT);
	expect_ok(b, bcc_attach_struct_ops(b, "own", NULL));
	assert_int_equal(use_with_new(), 0);
	bcc_close(b);
}

/* It goes with the process, however that ends. */
static void test_killed(void **state)
{
	struct bcc *b = open_struct(TEXT(".struct_ops.link"));
	int status;
	pid_t child;

	need_struct_ops(b);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		if (bcc_attach_all(b) != 1 || use_with_new())
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(use_with_new(), ENOENT);
	bcc_close(b);
}

static void test_errors(void **state)
{
	static const char start[] =
		"#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\nchar LICENSE[] SEC(\"license\") = \"GPL\";\n";
	static const struct {
		const char *text;
		int code;
		const char *sentence;
		bool is_created;
	} cases[] = {
		{"struct no_such_ops { int (*f)(void); };\n"
		 "SEC(\"struct_ops\") int f(void *ctx) { return 0; }\n"
		 "SEC(\".struct_ops.link\") struct no_such_ops own = {.f = (void *)f};\n",
			-ESRCH, "no such struct that programs may implement", true},
		{"SEC(\"struct_ops\") int f(void *ctx) { return 0; }\n"
		 "SEC(\".struct_ops.link\") struct no_such_ops own = {.f = (void *)f, .number = 5, .name = \"own\"};\n",
			-ESRCH, "no such struct that programs may implement", true},
		{"struct tcp_congestion_ops___v2 { int no_such_member; };\n"
		 "SEC(\"struct_ops\") int f(void *ctx) { return 0; }\n"
		 "SEC(\".struct_ops.link\") struct tcp_congestion_ops___v2 own = {.no_such_member = 1};\n",
			-ESRCH, "has no member no_such_member", true},
		{"struct tcp_congestion_ops___v2 { char name[3]; };\n"
		 "SEC(\"struct_ops\") int f(void *ctx) { return 0; }\n"
		 "SEC(\".struct_ops.link\") struct tcp_congestion_ops___v2 own = {.name = \"a\"};\n",
			-ESRCH, "another size than this kernel's has member name", true},
		{"SEC(\"struct_ops\") int f(void *ctx) { return 0; }\n"
		 "SEC(\".struct_ops.link\") struct tcp_congestion_ops own = {.init = (void *)f, .release = (void *)f};\n",
			-EINVAL, "one member only: f", false},
		{"SEC(\".struct_ops.link\") int number = 1;\n"
		 "SEC(\"struct_ops\") int f(void *ctx) { return 0; }\n",
			-EINVAL, "not a struct", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts, .deferred = true);
		struct bcc *b = NULL;
		char *text;

		if (geteuid() != 0)
			test_missing("BPF needs root here");
		assert_true(asprintf(&text, "%s%s", start, cases[i].text) > 0);
		if (bcc_open_text(text, &opts, &b))
			fail_msg("%s: %s", cases[i].text, bcc_error(b));
		if (cases[i].is_created) {
			expect_ok(b, bcc_create(b));
			expect_fails(
				b, bcc_attach_struct_ops(b, "own", NULL), cases[i].code, cases[i].sentence);
			expect_fails(b, bcc_attach_all(b), cases[i].code, cases[i].sentence);
		} else {
			expect_fails(b, bcc_create(b), cases[i].code, cases[i].sentence);
		}
		bcc_close(b);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_congestion_control),
		cmocka_unit_test(test_by_name), cmocka_unit_test(test_killed), cmocka_unit_test(test_errors)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
