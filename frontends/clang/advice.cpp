// SPDX-License-Identifier: Apache-2.0
#include "advice.h"

#include <cstddef>

#include <bcc/map_types.h>

#include "clang.h"
#include "common/suggestions.h"

namespace
{

struct entry {
	const char *name, *advice;
};

template <size_t N> llvm::StringRef find(const entry (&entries)[N], llvm::StringRef name)
{
	for (const entry &e : entries)
		if (name == e.name)
			return e.advice;
	return "";
}

#define PRINT                                                                                                    \
	"a BPF program has no standard output: print with bpf_trace_printk(\"…\\n\", …), or send a struct with " \
	"BPF_PERF_OUTPUT or BPF_RINGBUF_OUTPUT"
#define FORMAT                                                                                               \
	"BPF has no such function of the C library: send the values and format them in user space, or use "  \
	"bpf_snprintf() (Linux 5.13)"
#define COMPARE                                                                                                 \
	"BPF has no such function of the C library: compare with bpf_strncmp(s, size, \"…\") (Linux 5.17), or " \
	"__builtin_memcmp() with a constant size, or character by character"
#define LENGTH                                                                                                  \
	"BPF has no such function of the C library: bpf_probe_read_kernel_str() and bpf_probe_read_user_str() " \
	"return the length of what they copy"
#define COPY                                                                                                    \
	"BPF has no such function of the C library: copy with __builtin_memcpy() and a constant size, or with " \
	"bpf_probe_read_kernel_str() or bpf_probe_read_user_str()"
#define SEARCH                                                                                               \
	"BPF has no such function of the C library: search in a loop whose end is a constant, or in user space"
#define ALLOCATE                                                                                              \
	"BPF has no heap: use a variable (up to 512 bytes of stack), an element of a BPF_PERCPU_ARRAY, or a " \
	"table that is keyed by what the memory belongs to"
#define WAIT "a BPF program cannot wait: it runs to its end at each event"
#define END "a BPF program ends by return"
#define CLOCK "take bpf_ktime_get_ns(), nanoseconds since boot"
#define RANDOM "take bpf_get_prandom_u32()"
#define PROCESS "take bpf_get_current_pid_tgid() >> 32, which is the process's number"
#define READ_USER "take bpf_probe_read_user(to, size, from)"
#define READ_KERNEL "take bpf_probe_read_kernel(to, size, from), or just follow the pointer"
#define WRITE_USER "take bpf_probe_write_user(to, from, size)"
#define LOCK                                                                                                 \
	"BPF has no locks of the kernel: use atomic_increment() or __sync_fetch_and_add(), or bpf_spin_lock()"
#define MATH "BPF has no floating point: count in integers, and divide in user space"
#define PARSE                                                                                                \
	"BPF has no such function of the C library: take bpf_strtol() or bpf_strtoul() (Linux 5.2), or parse in user space"
#define PARAMETERS                                                                                           \
	"only arguments in registers have such a macro; those after are on the stack at PT_REGS_SP(ctx)"
#define USER_SPACE "BPF programs cannot make system calls: do that in user space, with what the program sends"

const entry functions[] = {
	{"printf", PRINT},
	{"fprintf", PRINT},
	{"puts", PRINT},
	{"putchar", PRINT},
	{"printk", PRINT},
	{"pr_info", PRINT},
	{"pr_err", PRINT},
	{"pr_warn", PRINT},
	{"pr_notice", PRINT},
	{"pr_debug", PRINT},
	{"print", PRINT},
	{"perror", PRINT},
	{"trace_printk", "it is called bpf_trace_printk()"},
	{"bpf_printf", "it is called bpf_trace_printk()"},
	{"bpf_print", "it is called bpf_trace_printk()"},
	{"sprintf", FORMAT},
	{"snprintf", FORMAT},
	{"vsnprintf", FORMAT},
	{"strcmp", COMPARE},
	{"strncmp", COMPARE},
	{"strcasecmp", COMPARE},
	{"memcmp", "it needs a constant size in BPF"},
	{"strlen", LENGTH},
	{"strnlen", LENGTH},
	{"strcpy", COPY},
	{"strncpy", COPY},
	{"strlcpy", COPY},
	{"strscpy", COPY},
	{"strcat", COPY},
	{"strncat", COPY},
	{"bcopy", COPY},
	{"bzero", "take __builtin_memset(to, 0, size) with a constant size"},
	{"strstr", SEARCH},
	{"strchr", SEARCH},
	{"strrchr", SEARCH},
	{"strtok", SEARCH},
	{"memchr", SEARCH},
	{"malloc", ALLOCATE},
	{"calloc", ALLOCATE},
	{"realloc", ALLOCATE},
	{"alloca", ALLOCATE},
	{"kmalloc", ALLOCATE},
	{"kzalloc", ALLOCATE},
	{"vmalloc", ALLOCATE},
	{"free", "BPF has no heap: there is nothing to free; entries of a table go with delete()"},
	{"kfree", "BPF has no heap: there is nothing to free; entries of a table go with delete()"},
	{"sleep", WAIT},
	{"usleep", WAIT},
	{"nanosleep", WAIT},
	{"msleep", WAIT},
	{"udelay", WAIT},
	{"schedule", WAIT},
	{"wait", WAIT},
	{"pause", WAIT},
	{"exit", END},
	{"_exit", END},
	{"abort", END},
	{"panic", END},
	{"assert", "a BPF program cannot abort; test with if and return"},
	{"BUG_ON", "a BPF program cannot abort; test with if and return"},
	{"WARN_ON", "a BPF program cannot warn; test with if, and bpf_trace_printk()"},
	{"time", CLOCK},
	{"clock", CLOCK},
	{"clock_gettime", CLOCK},
	{"gettimeofday", CLOCK},
	{"ktime_get", CLOCK},
	{"ktime_get_ns", CLOCK},
	{"rand", RANDOM},
	{"random", RANDOM},
	{"srand", RANDOM},
	{"get_random_u32", RANDOM},
	{"getpid", PROCESS},
	{"getppid", "take ((struct task_struct *)bpf_get_current_task())->real_parent->tgid"},
	{"gettid", "take (u32)bpf_get_current_pid_tgid(), which is the thread's number"},
	{"getuid", "take (u32)bpf_get_current_uid_gid()"},
	{"geteuid", "take (u32)bpf_get_current_uid_gid()"},
	{"getgid", "take bpf_get_current_uid_gid() >> 32"},
	{"get_current", "take (struct task_struct *)bpf_get_current_task()"},
	{"smp_processor_id", "take bpf_get_smp_processor_id()"},
	{"get_task_comm", "take bpf_get_current_comm(to, size), or the field task->comm"},
	{"bpf_get_comm", "it is called bpf_get_current_comm(to, size)"},
	{"bpf_get_pid", PROCESS},
	{"bpf_get_current_pid", PROCESS},
	{"bpf_get_current_tgid", PROCESS},
	{"bpf_get_current_uid", "take (u32)bpf_get_current_uid_gid()"},
	{"bpf_get_current_ppid", "take ((struct task_struct *)bpf_get_current_task())->real_parent->tgid"},
	{"bpf_ktime_get", CLOCK},
	{"bpf_get_time", CLOCK},
	{"bpf_get_cpu_id", "take bpf_get_smp_processor_id()"},
	{"bpf_get_random", RANDOM},
	{"copy_from_user", READ_USER},
	{"get_user", READ_USER},
	{"strncpy_from_user", "take bpf_probe_read_user_str(to, size, from)"},
	{"copy_to_user", WRITE_USER},
	{"put_user", WRITE_USER},
	{"probe_kernel_read", READ_KERNEL},
	{"copy_from_kernel_nofault", READ_KERNEL},
	{"spin_lock", LOCK},
	{"spin_unlock", LOCK},
	{"mutex_lock", LOCK},
	{"mutex_unlock", LOCK},
	{"atomic_inc", LOCK},
	{"atomic_add", LOCK},
	{"pthread_mutex_lock", LOCK},
	{"sqrt", MATH},
	{"pow", MATH},
	{"log", MATH},
	{"log10", MATH},
	{"floor", MATH},
	{"ceil", MATH},
	{"round", MATH},
	{"log2", "take bpf_log2() or bpf_log2l(), which give a histogram's slot"},
	{"log2l", "take bpf_log2l(), which gives a histogram's slot"},
	{"atoi", PARSE},
	{"strtol", PARSE},
	{"strtoul", PARSE},
	{"sscanf", PARSE},
	{"kstrtol", PARSE},
	{"open", USER_SPACE},
	{"close", USER_SPACE},
	{"read", USER_SPACE},
	{"write", USER_SPACE},
	{"fopen", USER_SPACE},
	{"fclose", USER_SPACE},
	{"socket", USER_SPACE},
	{"send", USER_SPACE},
	{"kill", "take bpf_send_signal(number), which goes to the process that runs"},
	{"system", USER_SPACE},
	{"fork", USER_SPACE},
	{"PT_REGS_PARM7", PARAMETERS},
	{"PT_REGS_PARM8", PARAMETERS},
	{"PT_REGS_PARM9", PARAMETERS},
	{"PT_REGS_PARM0", "arguments are counted from 1: PT_REGS_PARM1(ctx)"},
	{"PT_REGS_RETVAL", "it is called PT_REGS_RC(ctx)"},
	{"PT_REGS_ARG1", "it is called PT_REGS_PARM1(ctx)"},
	{"PT_REGS_ARG2", "it is called PT_REGS_PARM2(ctx)"},
	{"perf_submit",
		"it is a method of a table: BPF_PERF_OUTPUT(events); events.perf_submit(ctx, &data, sizeof(data))"},
	{"perf_event_output",
		"BPF_PERF_OUTPUT(events); events.perf_submit(ctx, &data, sizeof(data)) does that"},
};

#define TYPE(name) "the kernel's types are u8, u16, u32 and u64, s8 to s64: take " name
#define PYTHON "this is Python; the text is C"
#define CPP "this is C++; the text is C"
#define MACRO "macros of the kernel are not in its BTF, which types are taken from: #define it in the text"

const entry names[] = {
	{"current", "take (struct task_struct *)bpf_get_current_task()"},
	{"errno", "a helper returns what went wrong: a negative number"},
	{"stdout", PRINT},
	{"stderr", PRINT},
	{"jiffies", "take bpf_jiffies64(), or bpf_ktime_get_ns() for nanoseconds"},
	{"pid", "declare it: u32 pid = bpf_get_current_pid_tgid() >> 32"},
	{"comm", "declare it: char comm[16]; bpf_get_current_comm(comm, sizeof(comm))"},
	{"ctx", "it is the first parameter, int NAME(struct pt_regs *ctx); TRACEPOINT_PROBE() calls it args"},
	{"args",
		"a tracepoint's fields are in args where the function is defined with TRACEPOINT_PROBE(category, event)"},
	{"ret", "in KRETFUNC_PROBE it is the last argument; in a kretprobe take PT_REGS_RC(ctx)"},
	{"retval", "in a kretprobe take PT_REGS_RC(ctx)"},
	{"nullptr", CPP ": take NULL"},
	{"auto", CPP ": name the type"},
	{"class", CPP ": take struct"},
	{"template", CPP},
	{"namespace", CPP},
	{"using", CPP},
	{"public", CPP},
	{"private", CPP},
	{"virtual", CPP},
	{"std", CPP},
	{"cout", CPP "; " PRINT},
	{"None", PYTHON ": take NULL or 0"},
	{"True", PYTHON ": take true"},
	{"False", PYTHON ": take false"},
	{"TRUE", "take true"},
	{"FALSE", "take false"},
	{"null", "take NULL"},
	{"self", PYTHON},
	{"def", PYTHON ": int NAME(struct pt_regs *ctx) { … }"},
	{"import", PYTHON ": #include, and types of the kernel need none"},
	{"from", PYTHON ": #include, and types of the kernel need none"},
	{"elif", PYTHON ": else if"},
	{"pass", PYTHON},
	{"lambda", PYTHON},
	{"BPF", PYTHON ": what calls BPF(text=…) does not belong into the text"},
	{"b", "what works with the text from outside, as b[\"table\"], does not belong into the text"},
	{"function", "the text is C: int NAME(struct pt_regs *ctx) { … }"},
	{"func", "the text is C: int NAME(struct pt_regs *ctx) { … }"},
	{"fn", "the text is C: int NAME(struct pt_regs *ctx) { … }"},
	{"let", "the text is C: name the type, as u64 x = …"},
	{"var", "the text is C: name the type, as u64 x = …"},
	{"const_cast", CPP},
	{"static_cast", CPP ": write (TYPE)value"},
	{"reinterpret_cast", CPP ": write (TYPE)value"},
	{"uint8", TYPE("u8")},
	{"uint16", TYPE("u16")},
	{"uint32", TYPE("u32")},
	{"uint64", TYPE("u64")},
	{"int8", TYPE("s8")},
	{"int16", TYPE("s16")},
	{"int32", TYPE("s32")},
	{"int64", TYPE("s64")},
	{"i32", TYPE("s32")},
	{"i64", TYPE("s64")},
	{"U32", TYPE("u32")},
	{"U64", TYPE("u64")},
	{"unit", "unsigned int is meant?"},
	{"unit32_t", TYPE("u32")},
	{"unit64_t", TYPE("u64")},
	{"integer", "take int or s64"},
	{"boolean", "take bool"},
	{"byte", TYPE("u8")},
	{"DWORD", TYPE("u32")},
	{"str", "text is an array of characters: char NAME[SIZE]"},
	{"string",
		"text is an array of characters: char NAME[SIZE]; as a key of a table, a struct that has one"},
	{"String", "text is an array of characters: char NAME[SIZE]"},
	{"AF_INET", MACRO " (2)"},
	{"AF_INET6", MACRO " (10)"},
	{"AF_UNIX", MACRO " (1)"},
	{"ETH_P_IP", MACRO " (0x0800)"},
	{"ETH_P_IPV6", MACRO " (0x86DD)"},
};

#define USER_HEADER                                                                                               \
	"the C library is not there in BPF; leave the line out (BPF's helpers, u8 to u64 and the kernel's types " \
	"need no header)"

const entry headers[] = {
	{"bpf_helpers.h", "libbpf's headers are in the folder bpf: #include <bpf/bpf_helpers.h>"},
	{"stdio.h", USER_HEADER},
	{"stdlib.h", USER_HEADER},
	{"unistd.h", USER_HEADER},
	{"time.h", USER_HEADER},
	{"math.h", USER_HEADER},
	{"assert.h", USER_HEADER},
	{"ctype.h", USER_HEADER},
	{"pthread.h", USER_HEADER},
	{"strings.h", USER_HEADER},
	{"inttypes.h", USER_HEADER},
	{"fcntl.h", USER_HEADER},
	{"signal.h", USER_HEADER},
	{"sys/types.h", USER_HEADER},
	{"sys/socket.h", USER_HEADER},
	{"sys/time.h", USER_HEADER},
	{"sys/stat.h", USER_HEADER},
	{"netinet/in.h", USER_HEADER},
	{"arpa/inet.h", USER_HEADER},
	{"iostream", CPP},
	{"string", CPP},
	{"vector", CPP},
	{"bcc/bcc.h", "it is for the program that compiles this text; leave the line out"},
	{"bcc/BPF.h", "it is for the program that compiles this text; leave the line out"},
};

const entry macros[] = {
	{"BPF_MAP", "did you mean BPF_HASH or BPF_TABLE?"},
	{"BPF_HASHMAP", "did you mean BPF_HASH?"},
	{"BPF_HASH_MAP", "did you mean BPF_HASH?"},
	{"BPF_DICT", "did you mean BPF_HASH?"},
	{"BPF_LRU_HASH", "it is BPF_TABLE(\"lru_hash\", key, leaf, name, entries)"},
	{"BPF_LRU_PERCPU_HASH", "it is BPF_TABLE(\"lru_percpu_hash\", key, leaf, name, entries)"},
	{"BPF_HISTO", "did you mean BPF_HISTOGRAM?"},
	{"BPF_HIST", "did you mean BPF_HISTOGRAM?"},
	{"BPF_COUNTER", "a counter is BPF_ARRAY(name, u64, 1) or BPF_HASH(name)"},
	{"BPF_RINGBUF", "did you mean BPF_RINGBUF_OUTPUT(name, pages)?"},
	{"BPF_RING_BUFFER", "did you mean BPF_RINGBUF_OUTPUT(name, pages)?"},
	{"BPF_PERF", "did you mean BPF_PERF_OUTPUT or BPF_PERF_ARRAY?"},
	{"BPF_PERF_BUFFER", "did you mean BPF_PERF_OUTPUT(name)?"},
	{"BPF_PERF_EVENT", "did you mean BPF_PERF_OUTPUT or BPF_PERF_ARRAY?"},
	{"BPF_EVENTS", "did you mean BPF_PERF_OUTPUT(name) or BPF_RINGBUF_OUTPUT(name, pages)?"},
	{"BPF_STACKTRACE", "did you mean BPF_STACK_TRACE(name, entries)?"},
	{"BPF_STACKS", "did you mean BPF_STACK_TRACE(name, entries)?"},
	{"TRACEPOINT", "did you mean TRACEPOINT_PROBE(category, event)?"},
	{"KPROBE",
		"a kprobe is a function that is named after its target: int kprobe__FUNCTION(struct pt_regs *ctx)"},
	{"KRETPROBE",
		"a kretprobe is a function that is named after its target: int kretprobe__FUNCTION(struct pt_regs *ctx)"},
	{"KPROBE_PROBE",
		"a kprobe is a function that is named after its target: int kprobe__FUNCTION(struct pt_regs *ctx)"},
	{"UPROBE", "a uprobe is any function; which one goes where is said when it is attached"},
	{"USDT_PROBE", "a static probe is any function; which one goes where is said when it is attached"},
	{"FENTRY", "did you mean KFUNC_PROBE(function, arguments…)?"},
	{"FEXIT", "did you mean KRETFUNC_PROBE(function, arguments…)?"},
	{"LSM", "did you mean LSM_PROBE(hook, arguments…)?"},
	{"MODULE_LICENSE", "the license is said by #define BPF_LICENSE GPL"},
	{"LICENSE", "the license is said by #define BPF_LICENSE GPL"},
};

#define ENTRIES "user space lists the entries; a program looks at one with lookup()"
#define COUNTS "BPF_HASH, BPF_ARRAY and BPF_HISTOGRAM tables have it"
#define RING "tables of BPF_RINGBUF_OUTPUT have it"
#define QUEUES "tables of BPF_QUEUE and BPF_STACK have it"

const entry methods[] = {
	{"get", "take lookup(&key), which returns a pointer or NULL"},
	{"find", "take lookup(&key), which returns a pointer or NULL"},
	{"contains", "take lookup(&key), which returns a pointer or NULL"},
	{"has", "take lookup(&key), which returns a pointer or NULL"},
	{"set", "take update(&key, &value)"},
	{"put", "take update(&key, &value)"},
	{"add", "take update(&key, &value), or increment(key, amount)"},
	{"remove", "take delete(&key)"},
	{"del", "take delete(&key)"},
	{"erase", "take delete(&key)"},
	{"pop_item", "take lookup(&key), then delete(&key)"},
	{"inc", "take increment(key)"},
	{"incr", "take increment(key)"},
	{"decrement", "take increment(key, -1)"},
	{"items", ENTRIES},
	{"keys", ENTRIES},
	{"values", ENTRIES},
	{"clear", "user space empties a table; a program takes delete(&key)"},
	{"print_log2_hist", "it belongs to the program in user space"},
	{"open_perf_buffer", "it belongs to the program in user space"},
	{"open_ring_buffer", "it belongs to the program in user space"},
	{"submit",
		"a table of BPF_PERF_OUTPUT has perf_submit(ctx, &data, sizeof(data)), one of BPF_RINGBUF_OUTPUT "
		"ringbuf_output(&data, sizeof(data), 0)"},
	{"output",
		"a table of BPF_PERF_OUTPUT has perf_submit(ctx, &data, sizeof(data)), one of BPF_RINGBUF_OUTPUT "
		"ringbuf_output(&data, sizeof(data), 0)"},
	{"perf_submit", "tables of BPF_PERF_OUTPUT have it"},
	{"perf_submit_skb", "tables of BPF_PERF_OUTPUT have it"},
	{"ringbuf_output", RING},
	{"ringbuf_reserve", RING},
	{"ringbuf_submit", RING},
	{"ringbuf_discard", RING},
	{"ringbuf_query", RING},
	{"lookup", "hashes and arrays have it"},
	{"lookup_or_init", "hashes and arrays have it"},
	{"lookup_or_try_init", "hashes and arrays have it"},
	{"update", "hashes and arrays have it"},
	{"insert", "hashes and arrays have it"},
	{"delete", "hashes have it"},
	{"increment", COUNTS},
	{"atomic_increment", COUNTS},
	{"push", QUEUES},
	{"pop", QUEUES},
	{"peek", QUEUES},
	{"get_stackid", "tables of BPF_STACK_TRACE have it"},
	{"get_stack", "tables of BPF_STACK_TRACE have get_stackid(ctx, flags)"},
	{"perf_read", "tables of BPF_PERF_ARRAY have it"},
	{"perf_counter_value", "tables of BPF_PERF_ARRAY have it"},
	{"call", "tables of BPF_PROG_ARRAY have it"},
	{"redirect_map", "tables of BPF_DEVMAP, BPF_CPUMAP and BPF_XSKMAP have it"},
	{"check_current_task", "tables of BPF_CGROUP_ARRAY have it"},
	{"sk_storage_get", "tables of BPF_SK_STORAGE have it"},
	{"inode_storage_get", "tables of BPF_INODE_STORAGE have it"},
	{"task_storage_get", "tables of BPF_TASK_STORAGE have it"},
};

const entry method_usages[] = {
	{"perf_submit", "it is perf_submit(ctx, &data, sizeof(data))"},
	{"perf_submit_skb", "it is perf_submit_skb(skb, packet_size, &data, sizeof(data))"},
	{"ringbuf_output", "it is ringbuf_output(&data, sizeof(data), flags)"},
	{"ringbuf_reserve", "it is ringbuf_reserve(sizeof(struct …))"},
	{"ringbuf_submit", "it is ringbuf_submit(data, flags)"},
	{"ringbuf_discard", "it is ringbuf_discard(data, flags)"},
	{"lookup", "it is lookup(&key)"},
	{"lookup_or_init", "it is lookup_or_init(&key, &value)"},
	{"lookup_or_try_init", "it is lookup_or_try_init(&key, &value)"},
	{"update", "it is update(&key, &value)"},
	{"insert", "it is insert(&key, &value)"},
	{"delete", "it is delete(&key)"},
	{"increment", "it is increment(key) or increment(key, amount)"},
	{"atomic_increment", "it is atomic_increment(key) or atomic_increment(key, amount)"},
	{"push", "it is push(&value, flags)"},
	{"pop", "it is pop(&value)"},
	{"peek", "it is peek(&value)"},
	{"get_stackid",
		"it is get_stackid(ctx, flags); flags are 0 for the kernel's stack, BPF_F_USER_STACK for the process's"},
	{"perf_read", "it is perf_read(cpu)"},
	{"perf_counter_value", "it is perf_counter_value(cpu, &value, sizeof(value))"},
	{"call", "it is call(ctx, index)"},
	{"redirect_map", "it is redirect_map(index, flags)"},
};

const bcc::macro_usage usages[] = {
	{"BPF_HASH", "BPF_HASH(name, key = u64, leaf = u64, entries = 10240)", 1, 4, 0, true, -1},
	{"BPF_PERCPU_HASH", "BPF_PERCPU_HASH(name, key = u64, leaf = u64, entries = 10240)", 1, 4, 0, true,
		-1},
	{"BPF_ARRAY", "BPF_ARRAY(name, leaf = u64, entries = 10240)", 1, 3, 0, true, -1},
	{"BPF_PERCPU_ARRAY", "BPF_PERCPU_ARRAY(name, leaf = u64, entries = 10240)", 1, 3, 0, true, -1},
	{"BPF_HISTOGRAM", "BPF_HISTOGRAM(name, key = int, entries = 64)", 1, 3, 0, true, -1},
	{"BPF_LPM_TRIE", "BPF_LPM_TRIE(name, key = u64, leaf = u64, entries = 10240)", 1, 4, 0, true, -1},
	{"BPF_TABLE", "BPF_TABLE(\"type\", key, leaf, name, entries)", 5, 5, 3, true, -1},
	{"BPF_F_TABLE", "BPF_F_TABLE(\"type\", key, leaf, name, entries, flags)", 6, 6, 3, true, -1},
	{"BPF_TABLE_PUBLIC", "BPF_TABLE_PUBLIC(\"type\", key, leaf, name, entries)", 5, 5, 3, true, -1},
	{"BPF_TABLE_SHARED", "BPF_TABLE_SHARED(\"type\", key, leaf, name, entries)", 5, 5, 3, true, -1},
	{"BPF_TABLE_PINNED", "BPF_TABLE_PINNED(\"type\", key, leaf, name, entries, \"path\", flags = 0)", 6,
		7, 3, true, -1},
	{"BPF_PERF_OUTPUT", "BPF_PERF_OUTPUT(name)", 1, 1, 0, true, -1},
	{"BPF_PERF_ARRAY", "BPF_PERF_ARRAY(name, entries)", 2, 2, 0, true, -1},
	{"BPF_RINGBUF_OUTPUT", "BPF_RINGBUF_OUTPUT(name, pages)", 2, 2, 0, true, -1},
	{"BPF_USER_RINGBUF", "BPF_USER_RINGBUF(name, pages)", 2, 2, 0, true, -1},
	{"BPF_QUEUE", "BPF_QUEUE(name, leaf, entries, flags = 0)", 3, 4, 0, true, -1},
	{"BPF_STACK", "BPF_STACK(name, leaf, entries, flags = 0)", 3, 4, 0, true, -1},
	{"BPF_QUEUESTACK", "BPF_QUEUESTACK(\"queue\" or \"stack\", name, leaf, entries, flags)", 5, 5, 1,
		true, -1},
	{"BPF_BLOOM_FILTER", "BPF_BLOOM_FILTER(name, leaf, entries)", 3, 3, 0, true, -1},
	{"BPF_STACK_TRACE", "BPF_STACK_TRACE(name, entries)", 2, 2, 0, true, -1},
	{"BPF_STACK_TRACE_BUILDID", "BPF_STACK_TRACE_BUILDID(name, entries)", 2, 2, 0, true, -1},
	{"BPF_PROG_ARRAY", "BPF_PROG_ARRAY(name, entries)", 2, 2, 0, true, -1},
	{"BPF_CGROUP_ARRAY", "BPF_CGROUP_ARRAY(name, entries)", 2, 2, 0, true, -1},
	{"BPF_DEVMAP", "BPF_DEVMAP(name, entries)", 2, 2, 0, true, -1},
	{"BPF_DEVMAP_HASH", "BPF_DEVMAP_HASH(name, entries)", 2, 2, 0, true, -1},
	{"BPF_CPUMAP", "BPF_CPUMAP(name, entries)", 2, 2, 0, true, -1},
	{"BPF_XSKMAP", "BPF_XSKMAP(name, entries, \"path\" if it is to be pinned)", 2, 3, 0, true, -1},
	{"BPF_ARRAY_OF_MAPS", "BPF_ARRAY_OF_MAPS(name, \"inner table\", entries)", 3, 3, 0, true, -1},
	{"BPF_HASH_OF_MAPS", "BPF_HASH_OF_MAPS(name, key = int, \"inner table\", entries = 10240)", 2, 4, 0,
		true, -1},
	{"BPF_SOCKMAP", "BPF_SOCKMAP(name, entries)", 2, 2, 0, true, -1},
	{"BPF_SOCKHASH", "BPF_SOCKHASH(name, key = u32, entries = 10240)", 1, 3, 0, true, -1},
	{"BPF_REUSEPORT_ARRAY", "BPF_REUSEPORT_ARRAY(name, entries)", 2, 2, 0, true, -1},
	{"BPF_SK_STORAGE", "BPF_SK_STORAGE(name, leaf)", 2, 2, 0, true, -1},
	{"BPF_INODE_STORAGE", "BPF_INODE_STORAGE(name, leaf)", 2, 2, 0, true, -1},
	{"BPF_TASK_STORAGE", "BPF_TASK_STORAGE(name, leaf)", 2, 2, 0, true, -1},
	{"BPF_CGROUP_STORAGE", "BPF_CGROUP_STORAGE(name, leaf)", 2, 2, 0, true, -1},
	{"BPF_PERCPU_CGROUP_STORAGE", "BPF_PERCPU_CGROUP_STORAGE(name, leaf)", 2, 2, 0, true, -1},
	{"TRACEPOINT_PROBE", "TRACEPOINT_PROBE(category, event) { … args->FIELD … }", 2, 2, 0, false, 1},
	{"RAW_TRACEPOINT_PROBE", "RAW_TRACEPOINT_PROBE(event) { … ctx->args[0] … }", 1, 1, 0, false, -1},
	{"KFUNC_PROBE", "KFUNC_PROBE(function, its arguments with types…) { … }", 1, 0, 0, false, -1},
	{"KRETFUNC_PROBE", "KRETFUNC_PROBE(function, its arguments with types…, int ret) { … }", 1, 0, 0,
		false, -1},
	{"KMOD_RET", "KMOD_RET(function, its arguments with types…, int ret) { … }", 1, 0, 0, false, -1},
	{"LSM_PROBE", "LSM_PROBE(hook, its arguments with types…) { … }", 1, 0, 0, false, -1},
	{"BPF_ITER", "BPF_ITER(target) { … ctx->task … }", 1, 1, 0, false, -1},
};

} // namespace

llvm::StringRef bcc::advice_for_function(llvm::StringRef name)
{
	return find(functions, name);
}

const char *bcc_function_advice(const char *name)
{
	llvm::StringRef function = name, advice = find(functions, function);

	// what the kernel's headers make of it: _printk, __kmalloc_noprof
	if (advice.empty()) {
		function = function.ltrim('_');
		function.consume_back("_noprof");
		advice = find(functions, function);
	}
	return advice.data(); // which are literals
}

llvm::StringRef bcc::advice_for_name(llvm::StringRef name)
{
	return find(names, name);
}

llvm::StringRef bcc::advice_for_header(llvm::StringRef file)
{
	return find(headers, file);
}

llvm::StringRef bcc::advice_for_macro(llvm::StringRef name)
{
	return find(macros, name);
}

llvm::StringRef bcc::advice_for_method(llvm::StringRef name)
{
	return find(methods, name);
}

llvm::StringRef bcc::usage_of_method(llvm::StringRef name)
{
	return find(method_usages, name);
}

const bcc::macro_usage *bcc::usage_of(llvm::StringRef macro)
{
	for (const macro_usage &u : usages)
		if (macro == u.macro)
			return &u;
	return nullptr;
}

bool bcc::is_table_type(llvm::StringRef word, std::string &near)
{
	// each row's words, separated by spaces
	static const char *const rows[] = {
#define WORDS(name, number, words, shape, traits) words,
		BCC_MAP_TYPES(WORDS)
#undef WORDS
			"histogram extern"};
	std::string wanted = word.str();
	char text[3 * BCC_NEAR_LENGTH + 32];
	bcc_near_names names;

	bcc_near_init(&names, wanted.c_str());
	for (llvm::StringRef row : rows) {
		while (!row.empty()) {
			auto [first, rest] = row.split(' ');

			if (word == first)
				return true;
			bcc_near_offer(&names, first.str().c_str());
			row = rest;
		}
	}
	near = bcc_near_text(&names, text, sizeof(text));
	if (near.empty())
		near = " (there are hash, array, percpu_hash, percpu_array, lru_hash, lpm_trie, queue, stack and others)";
	return false;
}
