/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of kernel headers that programs use and that cannot be taken from there: what the kernel does with
 * instructions of the machine, with per-CPU memory or with its own state, said in terms that BPF has; and
 * the names of BCC's helpers.h. Each definition here goes before that of any header. A text gets those that
 * it uses, and what these use in turn: generate.py makes a table of them. Behind "#define __BCC_SINCE
 * 0x060d00" they are for kernels from 6.13 on, behind "#define __BCC_SINCE 0" for all.
 */

/* ---- predefined for the machine that BCC compiles texts for, and by kbuild ---- */
#ifdef __TARGET_ARCH_x86
#define __x86_64__ 1
#define __x86_64 1
#define __amd64__ 1
#define __amd64 1
#define bpf_target_x86
#else
#define __aarch64__ 1
#define bpf_target_arm64
#endif
#define bpf_target_defined
#define __linux__ 1
#define __linux 1
#define __gnu_linux__ 1
#define __unix__ 1
#define __unix 1
#define __GNUC__ 4
#define __GNUC_MINOR__ 2
#define __GNUC_PATCHLEVEL__ 1
#define __KERNEL__ 1
#define KBUILD_MODNAME "bcc"
#define KBUILD_BASENAME "bcc"
#define KBUILD_MODFILE "bcc"
#define BITS_PER_LONG 64
#define __BITS_PER_LONG 64
#define BITS_PER_LONG_LONG 64
#define __LITTLE_ENDIAN 1234
#define __LITTLE_ENDIAN_BITFIELD
#define __HAVE_BUILTIN_BSWAP16__
#define __HAVE_BUILTIN_BSWAP32__
#define __HAVE_BUILTIN_BSWAP64__

/* ---- types of the interface that only user space has ---- */
struct timespec {
	long tv_sec;
	long tv_nsec;
};
struct timeval {
	long tv_sec;
	long tv_usec;
};
struct itimerspec {
	struct timespec it_interval;
	struct timespec it_value;
};
struct itimerval {
	struct timeval it_interval;
	struct timeval it_value;
};
struct timezone {
	int tz_minuteswest;
	int tz_dsttime;
};

/* ---- constants of schedulers in BPF, which are only in kernels that are configured for these ---- */
enum scx_public_consts {
	SCX_OPS_NAME_LEN = 128,
	SCX_SLICE_BYPASS = 5000000,
	SCX_SLICE_DFL = 20000000,
	SCX_SLICE_INF = 0xffffffffffffffffull,
};
enum scx_dsq_id_flags {
	SCX_DSQ_FLAG_BUILTIN = 1ull << 63,
	SCX_DSQ_FLAG_LOCAL_ON = 1ull << 62,
	SCX_DSQ_INVALID = 1ull << 63,
	SCX_DSQ_GLOBAL = 1ull << 63 | 1,
	SCX_DSQ_LOCAL = 1ull << 63 | 2,
	SCX_DSQ_LOCAL_ON = 1ull << 63 | 1ull << 62,
	SCX_DSQ_LOCAL_CPU_MASK = 0xffffffffull,
};
enum scx_ent_flags {
	SCX_TASK_QUEUED = 1 << 0,
	SCX_TASK_RESET_RUNNABLE_AT = 1 << 2,
	SCX_TASK_DEQD_FOR_SLEEP = 1 << 3,
	SCX_TASK_STATE_SHIFT = 8,
	SCX_TASK_STATE_BITS = 2,
	SCX_TASK_STATE_MASK = 3 << 8,
	SCX_TASK_CURSOR = 1 << 31,
};
enum scx_task_state {
	SCX_TASK_NONE,
	SCX_TASK_INIT,
	SCX_TASK_READY,
	SCX_TASK_ENABLED,
	SCX_TASK_NR_STATES,
};
enum scx_exit_kind {
	SCX_EXIT_NONE,
	SCX_EXIT_DONE,
	SCX_EXIT_UNREG = 64,
	SCX_EXIT_UNREG_BPF,
	SCX_EXIT_UNREG_KERN,
	SCX_EXIT_SYSRQ,
	SCX_EXIT_ERROR = 1024,
	SCX_EXIT_ERROR_BPF,
	SCX_EXIT_ERROR_STALL,
};
enum scx_exit_code {
	SCX_ECODE_RSN_HOTPLUG = 1ull << 32,
	SCX_ECODE_ACT_RESTART = 1ull << 48,
};
enum scx_ops_flags {
	SCX_OPS_KEEP_BUILTIN_IDLE = 1 << 0,
	SCX_OPS_ENQ_LAST = 1 << 1,
	SCX_OPS_ENQ_EXITING = 1 << 2,
	SCX_OPS_SWITCH_PARTIAL = 1 << 3,
	SCX_OPS_ENQ_MIGRATION_DISABLED = 1 << 4,
	SCX_OPS_ALLOW_QUEUED_WAKEUP = 1 << 5,
	SCX_OPS_BUILTIN_IDLE_PER_NODE = 1 << 6,
	SCX_OPS_HAS_CGROUP_WEIGHT = 1 << 16,
};
enum scx_enq_flags {
	SCX_ENQ_WAKEUP = 1,
	SCX_ENQ_HEAD = 0x10,
	SCX_ENQ_CPU_SELECTED = 0x400,
	SCX_ENQ_PREEMPT = 1ull << 32,
	SCX_ENQ_REENQ = 1ull << 40,
	SCX_ENQ_LAST = 1ull << 41,
	SCX_ENQ_CLEAR_OPSS = 1ull << 56,
	SCX_ENQ_DSQ_PRIQ = 1ull << 57,
};
enum scx_deq_flags {
	SCX_DEQ_SLEEP = 1,
	SCX_DEQ_CORE_SCHED_EXEC = 1ull << 32,
};
enum scx_pick_idle_cpu_flags {
	SCX_PICK_IDLE_CORE = 1,
	SCX_PICK_IDLE_IN_NODE = 2,
};
enum scx_kick_flags {
	SCX_KICK_IDLE = 1,
	SCX_KICK_PREEMPT = 2,
	SCX_KICK_WAIT = 4,
};
enum scx_wake_flags {
	SCX_WAKE_FORK = 4,
	SCX_WAKE_TTWU = 8,
	SCX_WAKE_SYNC = 16,
};
enum scx_tg_flags {
	SCX_TG_ONLINE = 1,
	SCX_TG_INITED = 2,
};
enum scx_dsq_iter_flags {
	SCX_DSQ_ITER_REV = 1 << 16,
};
enum scx_cpu_preempt_reason {
	SCX_CPU_PREEMPT_RT,
	SCX_CPU_PREEMPT_DL,
	SCX_CPU_PREEMPT_STOP,
	SCX_CPU_PREEMPT_UNKNOWN,
};

/* ---- reading and order: a program's reads are what the rewriter makes of them, and barriers are for CPUs
 * that write ---- */
#define READ_ONCE(x) (x)
#define __READ_ONCE(x) (x)
#define READ_ONCE_NOCHECK(x) (x)
#define WRITE_ONCE(x, value) ((x) = (value))
#define ACCESS_ONCE(x) (x)
#define data_race(expression) (expression)
#define smp_load_acquire(pointer) (*(pointer))
#define smp_store_release(pointer, value) ((void)(*(pointer) = (value)))
#define barrier() __asm__ volatile("" : : : "memory")
#define barrier_var(variable) __asm__ volatile("" : "+r"(variable))
#define barrier_data(pointer) __asm__ volatile("" : : "r"(pointer) : "memory")
#define mb() barrier()
#define rmb() barrier()
#define wmb() barrier()
#define smp_mb() barrier()
#define smp_rmb() barrier()
#define smp_wmb() barrier()
#define smp_mb__before_atomic() barrier()
#define smp_mb__after_atomic() barrier()
#define smp_read_barrier_depends() barrier()
#define cpu_relax() barrier()
#define prefetch(pointer) ((void)(pointer))
#define prefetchw(pointer) ((void)(pointer))
#define OPTIMIZER_HIDE_VAR(variable) barrier_var(variable)
#define RELOC_HIDE(pointer, offset) ((__typeof__(pointer))((unsigned long)(pointer) + (offset)))
#define absolute_pointer(value) ((void *)(value))
#define untagged_addr(address) (address)
#define __force

/* ---- counters ---- */
#define atomic_read(v) ((v)->counter)
#define raw_atomic_read(v) ((v)->counter)
#define arch_atomic_read(v) ((v)->counter)
#define atomic_read_acquire(v) ((v)->counter)
#define atomic64_read(v) ((v)->counter)
#define raw_atomic64_read(v) ((v)->counter)
#define arch_atomic64_read(v) ((v)->counter)
#define atomic64_read_acquire(v) ((v)->counter)
#define atomic_long_read(v) ((v)->counter)
#define raw_atomic_long_read(v) ((v)->counter)
#define atomic_long_read_acquire(v) ((v)->counter)
#define refcount_read(r) ((unsigned int)(r)->refs.counter)
#define kref_read(k) refcount_read(&(k)->refcount)
#define local_read(l) ((l)->a.counter)
#define local64_read(l) local_read(&(l)->a)
#define instrument_atomic_read(address, size) ((void)0)
#define instrument_read(address, size) ((void)0)
#define kcsan_check_read(address, size) ((void)0)
#define kcsan_check_access(address, size, type) ((void)0)
#define kcsan_atomic_next(count) ((void)0)
#define kasan_check_read(address, size) ((void)0)
#define ASSERT_EXCLUSIVE_WRITER(x) ((void)0)
#define ASSERT_EXCLUSIVE_ACCESS(x) ((void)0)
#define ASSERT_EXCLUSIVE_BITS(x, mask) ((void)0)

/* ---- bits ---- */
#define test_bit(number, address)                                                                            \
	((((const unsigned long *)(address))[(unsigned long)(number) / 64] >>                                \
		 ((unsigned long)(number) % 64)) &                                                           \
		1)
#define _test_bit(number, address) test_bit(number, address)
#define __test_bit(number, address) test_bit(number, address)
#define arch_test_bit(number, address) test_bit(number, address)
#define const_test_bit(number, address) test_bit(number, address)
#define generic_test_bit(number, address) test_bit(number, address)
#define test_bit_acquire(number, address) test_bit(number, address)
#define _test_bit_acquire(number, address) test_bit(number, address)
#define __ffs(word) ((unsigned long)__builtin_ctzl(word))
#define __ffs64(word) ((unsigned long)__builtin_ctzll(word))
#define ffz(word) __ffs(~(word))
#define __fls(word) (63ul - __builtin_clzl(word))
static __always_inline int ffs(int x)
{
	return x ? __builtin_ctz(x) + 1 : 0;
}
static __always_inline int fls(unsigned int x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}
static __always_inline int fls64(unsigned long long x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}
#define fls_long(x) fls64(x)
#define hweight8(x) ((unsigned int)__builtin_popcount((unsigned char)(x)))
#define hweight16(x) ((unsigned int)__builtin_popcount((unsigned short)(x)))
#define hweight32(x) ((unsigned int)__builtin_popcount((unsigned int)(x)))
#define hweight64(x) ((unsigned long)__builtin_popcountll(x))
#define hweight_long(x) hweight64(x)
#define __arch_hweight8(x) hweight8(x)
#define __arch_hweight16(x) hweight16(x)
#define __arch_hweight32(x) hweight32(x)
#define __arch_hweight64(x) hweight64(x)

/* ---- numbers ---- */
#define ilog2(n) ((int)(63 - __builtin_clzll((unsigned long long)(n) | 1)))
#define __ilog2_u32(n) ilog2((unsigned int)(n))
#define __ilog2_u64(n) ilog2(n)
static __always_inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return n <= 1 ? 1 : 1ul << (64 - __builtin_clzl(n - 1));
}
static __always_inline unsigned long rounddown_pow_of_two(unsigned long n)
{
	return 1ul << (63 - __builtin_clzl(n | 1));
}
static __always_inline int order_base_2(unsigned long n)
{
	return n <= 1 ? 0 : 64 - __builtin_clzl(n - 1);
}
static __always_inline int get_order(unsigned long size)
{
	unsigned long pages = (size - 1) >> PAGE_SHIFT;

	return pages ? 64 - __builtin_clzl(pages) : 0;
}
#define min(x, y)                                                                                            \
	({                                                                                                   \
		__typeof__(x) __bcc_x = (x);                                                                 \
		__typeof__(y) __bcc_y = (y);                                                                 \
		__bcc_x < __bcc_y ? __bcc_x : __bcc_y;                                                       \
	})
#define max(x, y)                                                                                            \
	({                                                                                                   \
		__typeof__(x) __bcc_x = (x);                                                                 \
		__typeof__(y) __bcc_y = (y);                                                                 \
		__bcc_x > __bcc_y ? __bcc_x : __bcc_y;                                                       \
	})
#define min_t(type, x, y) min((type)(x), (type)(y))
#define max_t(type, x, y) max((type)(x), (type)(y))
static __always_inline unsigned long long __bcc_umin(unsigned long long x, unsigned long long y)
{
	return x < y ? x : y;
}
static __always_inline unsigned long long __bcc_umax(unsigned long long x, unsigned long long y)
{
	return x > y ? x : y;
}
#define umin(x, y) __bcc_umin(x, y)
#define umax(x, y) __bcc_umax(x, y)
#define MIN(x, y) ((x) < (y) ? (x) : (y))
#define MAX(x, y) ((x) > (y) ? (x) : (y))
#define MIN_T(type, x, y) MIN((type)(x), (type)(y))
#define MAX_T(type, x, y) MAX((type)(x), (type)(y))
static __always_inline long long __bcc_smin(long long x, long long y)
{
	return x < y ? x : y;
}
static __always_inline long long __bcc_smax(long long x, long long y)
{
	return x > y ? x : y;
}
#define __bcc_min2(x, y)                                                                                     \
	((__typeof__((x) + (y)))((__typeof__((x) + (y)))-1 > 0 ? __bcc_umin(x, y) : __bcc_smin(x, y)))
#define __bcc_max2(x, y)                                                                                     \
	((__typeof__((x) + (y)))((__typeof__((x) + (y)))-1 > 0 ? __bcc_umax(x, y) : __bcc_smax(x, y)))
#define min3(x, y, z) __bcc_min2(x, __bcc_min2(y, z))
#define max3(x, y, z) __bcc_max2(x, __bcc_max2(y, z))
#define min_not_zero(x, y)                                                                                   \
	({                                                                                                   \
		__typeof__(x) __bcc_one = (x);                                                               \
		__typeof__(y) __bcc_other = (y);                                                             \
		!__bcc_one ? __bcc_other : !__bcc_other ? __bcc_one : __bcc_min2(__bcc_one, __bcc_other);    \
	})
#define clamp(value, low, high)                                                                              \
	({                                                                                                   \
		__typeof__(value) __bcc_value = (value), __bcc_low = (low), __bcc_high = (high);             \
		__bcc_value<__bcc_low ? __bcc_low : __bcc_value> __bcc_high ? __bcc_high : __bcc_value;      \
	})
#define clamp_t(type, value, low, high) clamp((type)(value), (type)(low), (type)(high))
#define clamp_val(value, low, high) clamp_t(__typeof__(value), value, low, high)
#define swap(x, y)                                                                                           \
	do {                                                                                                 \
		__typeof__(x) __bcc_swapped = (x);                                                           \
		(x) = (y);                                                                                   \
		(y) = __bcc_swapped;                                                                         \
	} while (0)
#define abs(x)                                                                                               \
	({                                                                                                   \
		__typeof__(x) __bcc_signed = (x);                                                            \
		__bcc_signed < 0 ? -__bcc_signed : __bcc_signed;                                             \
	})
#define abs_diff(x, y) ((x) > (y) ? (x) - (y) : (y) - (x))
#define typecheck(type, x) 1
#define typecheck_fn(type, x) ((void)0)
#define __typecheck(x, y) 1
#define is_signed_type(type) (((type)(-1)) < (type)1)
#define is_unsigned_type(type) (!is_signed_type(type))

/* ---- division: a 64-bit machine's own, where BPF has it; signed division it has not ---- */
static __always_inline unsigned long long div_u64(unsigned long long dividend, unsigned int divisor)
{
	return dividend / divisor;
}
static __always_inline unsigned long long div64_u64(unsigned long long dividend, unsigned long long divisor)
{
	return dividend / divisor;
}
#define div64_ul(dividend, divisor) div64_u64(dividend, divisor)
static __always_inline unsigned long long div_u64_rem(
	unsigned long long dividend, unsigned int divisor, unsigned int *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}
static __always_inline unsigned long long div64_u64_rem(
	unsigned long long dividend, unsigned long long divisor, unsigned long long *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}
static __always_inline long long div64_s64(long long dividend, long long divisor)
{
	unsigned long long quotient = (unsigned long long)(dividend < 0 ? -dividend : dividend) /
				      (unsigned long long)(divisor < 0 ? -divisor : divisor);

	return (dividend < 0) != (divisor < 0) ? -(long long)quotient : (long long)quotient;
}
#define div64_long(dividend, divisor) div64_s64(dividend, divisor)
static __always_inline long long div_s64(long long dividend, int divisor)
{
	return div64_s64(dividend, divisor);
}
static __always_inline long long div_s64_rem(long long dividend, int divisor, int *remainder)
{
	long long quotient = div64_s64(dividend, divisor);

	*remainder = dividend - quotient * divisor;
	return quotient;
}
#define do_div(n, base)                                                                                      \
	({                                                                                                   \
		unsigned int __bcc_base = (base);                                                            \
		unsigned int __bcc_rest = (unsigned long long)(n) % __bcc_base;                              \
		(n) = (unsigned long long)(n) / __bcc_base;                                                  \
		__bcc_rest;                                                                                  \
	})
#define sector_div(n, base) do_div(n, base)
#define ktime_divns(time, divisor) div64_s64(time, divisor)
#define ktime_to_us(time) div64_s64(time, 1000)
#define ktime_to_ms(time) div64_s64(time, 1000000)
#define array_size(a, b) ((size_t)(a) * (size_t)(b))
#define array3_size(a, b, c) ((size_t)(a) * (size_t)(b) * (size_t)(c))
#define size_mul(a, b) ((size_t)(a) * (size_t)(b))
#define size_add(a, b) ((size_t)(a) + (size_t)(b))
#define size_sub(a, b) ((size_t)(a) - (size_t)(b))
#define DIV64_U64_ROUND_UP(dividend, divisor) div64_u64((dividend) + (divisor) - 1, divisor)
#define DIV64_U64_ROUND_CLOSEST(dividend, divisor) div64_u64((dividend) + (divisor) / 2, divisor)
/* The upper halves of the product, by its four parts: there is no multiplication of 128 bits. */
static __always_inline unsigned long long mul_u64_u64_shr(
	unsigned long long a, unsigned long long b, unsigned int shift)
{
	unsigned long long low = (a & 0xffffffff) * (b & 0xffffffff), high = (a >> 32) * (b >> 32);
	unsigned long long one = (a >> 32) * (b & 0xffffffff), other = (a & 0xffffffff) * (b >> 32);
	unsigned long long middle = (low >> 32) + (one & 0xffffffff) + (other & 0xffffffff);

	low = (low & 0xffffffff) | middle << 32;
	high += (one >> 32) + (other >> 32) + (middle >> 32);
	return !shift ? low : shift < 64 ? low >> shift | high << (64 - shift) : high >> (shift & 63);
}
#define mul_u64_u32_shr(a, mul, shift) mul_u64_u64_shr(a, (unsigned int)(mul), shift)
#define mul_u64_u32_div(a, mul, divisor)                                                                     \
	((unsigned long long)(a) * (unsigned int)(mul) / (unsigned int)(divisor))
#define mul_u32_u32(a, b) ((unsigned long long)(unsigned int)(a) * (unsigned int)(b))
#define mul_u64_add_u64_div_u64(a, b, c, d) (((unsigned long long)(a) * (b) + (c)) / (d))

/* ---- byte order ---- */
#define swab16(x) ((__u16)__builtin_bswap16((__u16)(x)))
#define swab32(x) ((__u32)__builtin_bswap32((__u32)(x)))
#define swab64(x) ((__u64)__builtin_bswap64((__u64)(x)))
#define swab(x) swab64(x)
#define __swab16(x) swab16(x)
#define __swab32(x) swab32(x)
#define __swab64(x) swab64(x)
#define __swab(x) swab64(x)
#define ___constant_swab16(x) swab16(x)
#define ___constant_swab32(x) swab32(x)
#define ___constant_swab64(x) swab64(x)
#define __swab16p(pointer) swab16(*(pointer))
#define __swab32p(pointer) swab32(*(pointer))
#define __swab64p(pointer) swab64(*(pointer))
#define swahw32(x) ((__u32)(((__u32)(x) << 16) | ((__u32)(x) >> 16)))

/* ---- errors and assertions: what the kernel asserts has been asserted there ---- */
#define BUG() ((void)0)
#define BUG_ON(condition) ((void)(condition))
#define WARN(condition, ...) (!!(condition))
#define WARN_ON(condition) (!!(condition))
#define WARN_ON_ONCE(condition) (!!(condition))
#define WARN_ONCE(condition, ...) (!!(condition))
#define WARN_TAINT(condition, ...) (!!(condition))
#define WARN_TAINT_ONCE(condition, ...) (!!(condition))
#define VM_BUG_ON(condition) ((void)0)
#define VM_BUG_ON_PAGE(condition, page) ((void)0)
#define VM_BUG_ON_FOLIO(condition, folio) ((void)0)
#define VM_BUG_ON_PGFLAGS(condition, page) ((void)0)
#define VM_BUG_ON_VMA(condition, vma) ((void)0)
#define VM_BUG_ON_MM(condition, mm) ((void)0)
#define VM_WARN_ON(condition) ((void)0)
#define VM_WARN_ON_ONCE(condition) (!!(condition))
#define VM_WARN_ON_ONCE_PAGE(condition, page) (!!(condition))
#define VM_WARN_ON_ONCE_FOLIO(condition, folio) (!!(condition))
#define VM_WARN_ON_FOLIO(condition, folio) ((void)0)
#define CHECK_DATA_CORRUPTION(condition, ...) (!!(condition))
#define DEBUG_NET_WARN_ON_ONCE(condition) ((void)0)
#define DEBUG_NET_WARN_ONCE(condition, ...) ((void)0)
#define DEBUG_LOCKS_WARN_ON(condition) ((void)0)
#define SCHED_WARN_ON(condition) (!!(condition))
#define BUILD_BUG() ((void)0)
#define BUILD_BUG_ON(condition) ((void)sizeof(char[1 - 2 * !!(condition)]))
#define BUILD_BUG_ON_MSG(condition, message) BUILD_BUG_ON(condition)
#define BUILD_BUG_ON_ZERO(condition) ((int)sizeof(struct { int : (-!!(condition)); }))
#define BUILD_BUG_ON_NOT_POWER_OF_2(n) BUILD_BUG_ON((n) == 0 || (((n) & ((n) - 1)) != 0))
#define BUILD_BUG_ON_INVALID(expression) ((void)(sizeof((long)(expression))))
#define compiletime_assert(condition, message) ((void)0)
#define compiletime_assert_atomic_type(type) ((void)0)
#define compiletime_assert_rwonce_type(type) ((void)0)
#define __must_be_array(array) 0
#define printk(...) ((void)0)
#define pr_emerg(...) ((void)0)
#define pr_alert(...) ((void)0)
#define pr_crit(...) ((void)0)
#define pr_err(...) ((void)0)
#define pr_warn(...) ((void)0)
#define pr_warn_once(...) ((void)0)
#define pr_notice(...) ((void)0)
#define pr_info(...) ((void)0)
#define pr_debug(...) ((void)0)
#define pr_cont(...) ((void)0)
#define net_dbg_ratelimited(...) ((void)0)
#define net_err_ratelimited(...) ((void)0)
#define net_warn_ratelimited(...) ((void)0)

/* ---- locks and read-side sections: a program takes none of the kernel's ---- */
#define lockdep_assert(condition) ((void)0)
#define lockdep_assert_once(condition) ((void)0)
#define lockdep_assert_held(lock) ((void)0)
#define lockdep_assert_held_write(lock) ((void)0)
#define lockdep_assert_held_read(lock) ((void)0)
#define lockdep_assert_held_once(lock) ((void)0)
#define lockdep_assert_not_held(lock) ((void)0)
#define lockdep_is_held(lock) 1
#define lockdep_is_held_type(lock, how) 1
#define lockdep_sock_is_held(sk) 1
#define lockdep_rtnl_is_held() 1
#define lockdep_assert_irqs_disabled() ((void)0)
#define lockdep_assert_irqs_enabled() ((void)0)
#define lockdep_assert_preemption_disabled() ((void)0)
#define might_sleep() ((void)0)
#define might_sleep_if(condition) ((void)0)
#define might_fault() ((void)0)
#define cant_sleep() ((void)0)
#define cond_resched() 0
#define rcu_read_lock() ((void)0)
#define rcu_read_unlock() ((void)0)
#define rcu_read_lock_bh() ((void)0)
#define rcu_read_unlock_bh() ((void)0)
#define rcu_read_lock_sched() ((void)0)
#define rcu_read_unlock_sched() ((void)0)
#define rcu_read_lock_held() 1
#define rcu_read_lock_bh_held() 1
#define rcu_read_lock_sched_held() 1
#define rcu_read_lock_any_held() 1
#define RCU_LOCKDEP_WARN(condition, message) ((void)0)
#define rcu_dereference(pointer) (pointer)
#define rcu_dereference_raw(pointer) (pointer)
#define rcu_dereference_raw_check(pointer) (pointer)
#define rcu_dereference_bh(pointer) (pointer)
#define rcu_dereference_sched(pointer) (pointer)
#define rcu_dereference_check(pointer, condition) (pointer)
#define rcu_dereference_bh_check(pointer, condition) (pointer)
#define rcu_dereference_sched_check(pointer, condition) (pointer)
#define rcu_dereference_protected(pointer, condition) (pointer)
#define rcu_dereference_rtnl(pointer) (pointer)
#define rcu_dereference_bh_rtnl(pointer) (pointer)
#define rtnl_dereference(pointer) (pointer)
#define rcu_access_pointer(pointer) (pointer)
#define unrcu_pointer(pointer) (pointer)
#define srcu_dereference(pointer, domain) (pointer)
#define srcu_dereference_check(pointer, domain, condition) (pointer)
#define rtnl_is_locked() 1
/* the owner's address, and below it three bits of the lock's own */
#define mutex_is_locked(lock) (((lock)->owner.counter & ~7l) != 0)
#define preempt_disable() ((void)0)
#define preempt_enable() ((void)0)
#define local_irq_save(flags) ((void)0)
#define local_irq_restore(flags) ((void)0)
#define read_seqcount_begin(s) ((s)->sequence & ~1u)
#define read_seqcount_retry(s, start) 0
#define __read_seqcount_begin(s) ((s)->sequence & ~1u)
#define __read_seqcount_retry(s, start) 0
#define raw_read_seqcount_begin(s) ((s)->sequence & ~1u)
#define read_seqbegin(s) 0u
#define read_seqretry(s, start) 0
#define u64_stats_fetch_begin(s) 0u
#define u64_stats_fetch_retry(s, start) 0
#define u64_stats_read(p) ((p)->v.a.a.counter)

/* ---- code that the kernel patches: each switch as it was built ---- */
#define static_branch_likely(key) 1
#define static_branch_unlikely(key) 0
#define static_branch_maybe(config, key) 0
#define static_key_true(key) 1
#define static_key_false(key) 0
#define static_key_enabled(key) 0
#define cpu_feature_enabled(bit) 0
#define static_cpu_has(bit) 0
#define boot_cpu_has(bit) 0
#define alternative(...) ((void)0)
#define cgroup_bpf_enabled(type) 0
#define unlikely_notrace(x) unlikely(x)
#define likely_notrace(x) likely(x)
#define page_fixed_fake_head(page) (page)
#define page_is_fake_head(page) 0
#define PagePoisoned(page) 0
#define PF_POISONED_CHECK(page) (page)

/* ---- the task and the CPU that the program runs on, and time ---- */
#define current ((struct task_struct *)bpf_get_current_task())
#define get_current() current
#define task_active_pid_ns(task) ns_of_pid(task_pid(task))
#define current_thread_info() ((struct thread_info *)current)
#define smp_processor_id() ((int)bpf_get_smp_processor_id())
#define raw_smp_processor_id() smp_processor_id()
#define __smp_processor_id() smp_processor_id()
#define numa_node_id() ((int)bpf_get_numa_node_id())
#define jiffies ((unsigned long)bpf_jiffies64())
#define jiffies_64 bpf_jiffies64()
#define get_jiffies_64() bpf_jiffies64()
#define jiffies_to_msecs(time) ((unsigned int)((unsigned long)(time) * 1000 / HZ))
#define jiffies_to_usecs(time) ((unsigned int)((unsigned long)(time) * 1000000 / HZ))
#define jiffies_to_nsecs(time) ((u64)(time) * 1000000000 / HZ)
#define jiffies64_to_nsecs(time) ((u64)(time) * 1000000000 / HZ)
#define jiffies64_to_msecs(time) ((u64)(time) * 1000 / HZ)
#define msecs_to_jiffies(time) (((unsigned long)(time) * HZ + 999) / 1000)
#define usecs_to_jiffies(time) (((unsigned long)(time) * HZ + 999999) / 1000000)
#define nsecs_to_jiffies(time) ((unsigned long)((u64)(time) * HZ / 1000000000))
#define nsecs_to_jiffies64(time) ((u64)(time) * HZ / 1000000000)
#define ktime_get() ((long long)bpf_ktime_get_ns())
#define ktime_get_ns() bpf_ktime_get_ns()
#define ktime_get_mono_fast_ns() bpf_ktime_get_ns()
#define ktime_get_boottime_ns() bpf_ktime_get_boot_ns()
#define ktime_get_boottime() ((long long)bpf_ktime_get_boot_ns())
#define ktime_get_coarse_ns() bpf_ktime_get_coarse_ns()
#define local_clock() bpf_ktime_get_ns()
#define sched_clock() bpf_ktime_get_ns()
#define get_random_u32() bpf_get_prandom_u32()
#define prandom_u32() bpf_get_prandom_u32()
#define HZ CONFIG_HZ
#define SHIFT_HZ                                                                                             \
	(HZ < 24	    ? 4                                                                              \
		: HZ < 48   ? 5                                                                              \
		: HZ < 96   ? 6                                                                              \
		: HZ < 192  ? 7                                                                              \
		: HZ < 384  ? 8                                                                              \
		: HZ < 768  ? 9                                                                              \
		: HZ < 1536 ? 10                                                                             \
		: HZ < 3072 ? 11                                                                             \
			    : 12)
/* one bit more where it still fits */
#define SEC_JIFFIE_SC (31 - SHIFT_HZ + !(((NSEC_PER_SEC << 2) / TICK_NSEC) << (29 - SHIFT_HZ) & 0x80000000))
#define PAGE_SIZE __BCC_PAGE_SIZE
#define PAGE_SHIFT (__builtin_ctzl(__BCC_PAGE_SIZE))
#define PAGE_MASK (~(PAGE_SIZE - 1))

/* ---- numbers of the machine, which the loader puts in the place of these symbols' addresses ---- */
extern const char __bcc_cpu_ids[];
extern const char __bcc_possible_cpus[];
extern const char __bcc_task_bits[];
#define nr_cpu_ids ((unsigned int)(unsigned long)__bcc_cpu_ids)
#define num_possible_cpus() ((unsigned int)(unsigned long)__bcc_possible_cpus)
#define nr_cpumask_bits nr_cpu_ids
#define small_cpumask_bits nr_cpu_ids
#define large_cpumask_bits nr_cpu_ids

/* ---- the kernel's address space: where its parts begin is chosen at each start ---- */
#define __bcc_weak __attribute__((weak))
#ifdef __TARGET_ARCH_x86
extern __bcc_weak unsigned long __bcc_any_page_offset_base;
#define PAGE_OFFSET                                                                                          \
	(&__bcc_any_page_offset_base		      ? __bcc_any_page_offset_base                           \
		: IS_ENABLED(CONFIG_RANDOMIZE_MEMORY) ? __BCC_KERNEL_START                                   \
						      : 0xffff888000000000ul)
#define pgtable_l5_enabled() ((unsigned long)__bcc_task_bits == 56)
static __always_inline unsigned long task_size_max(void)
{
	return (1ul << (unsigned long)__bcc_task_bits) - PAGE_SIZE;
}
#define PGDIR_SHIFT (pgtable_l5_enabled() ? 48 : 39)
#define PTRS_PER_P4D (pgtable_l5_enabled() ? 512 : 1)
#define is_vmalloc_addr(address)                                                                             \
	((unsigned long)(address) >= VMALLOC_START && (unsigned long)(address) <= VMALLOC_END)
#else
#define PAGE_OFFSET __BCC_KERNEL_START
#endif

/* ---- entries of page tables: kernels that may be guests of Xen read them by code that they patch ---- */
#define pte_val(entry) ((entry).pte)
#define pmd_val(entry) ((entry).pmd)
#define pud_val(entry) ((entry).pud)
#define p4d_val(entry) ((entry).p4d)
#define pgd_val(entry) ((entry).pgd)
#define __pte(value) ((pte_t){(value)})
#define __pmd(value) ((pmd_t){(value)})
#define __pud(value) ((pud_t){(value)})
#define __p4d(value) ((p4d_t){(value)})
#define __pgd(value) ((pgd_t){(value)})

/* ---- per-CPU memory: what each CPU has is so far from where the variable is declared ---- */
#define PER_CPU_BASE_SECTION ".bcc.kernel"
/* nothing, but declarations of such variables end with one of these */
#define PER_CPU_ATTRIBUTES __bcc_nothing(____cacheline_aligned, ____cacheline_aligned_in_smp)
#define __bcc_nothing(...)
#define __percpu
#define per_cpu_offset(cpu) (__per_cpu_offset[cpu])
#define __my_cpu_offset per_cpu_offset(smp_processor_id())
#define my_cpu_offset __my_cpu_offset
#define per_cpu_ptr(pointer, cpu) ((__typeof__(pointer))((unsigned long)(pointer) + per_cpu_offset(cpu)))
#define arch_raw_cpu_ptr(pointer) per_cpu_ptr(pointer, smp_processor_id())
#define raw_cpu_ptr(pointer) arch_raw_cpu_ptr(pointer)
#define this_cpu_ptr(pointer) arch_raw_cpu_ptr(pointer)
#define get_cpu_ptr(pointer) arch_raw_cpu_ptr(pointer)
#define put_cpu_ptr(pointer) ((void)0)
#define per_cpu(variable, cpu) (*per_cpu_ptr(&(variable), cpu))
#define get_cpu_var(variable) (*arch_raw_cpu_ptr(&(variable)))
#define put_cpu_var(variable) ((void)0)
#define this_cpu_read(variable) get_cpu_var(variable)
#define __this_cpu_read(variable) get_cpu_var(variable)
#define raw_cpu_read(variable) get_cpu_var(variable)
#define this_cpu_read_stable(variable) get_cpu_var(variable)
#define this_cpu_read_const(variable) get_cpu_var(variable)
#define this_cpu_read_1(variable) get_cpu_var(variable)
#define this_cpu_read_2(variable) get_cpu_var(variable)
#define this_cpu_read_4(variable) get_cpu_var(variable)
#define this_cpu_read_8(variable) get_cpu_var(variable)
#define raw_cpu_read_1(variable) get_cpu_var(variable)
#define raw_cpu_read_2(variable) get_cpu_var(variable)
#define raw_cpu_read_4(variable) get_cpu_var(variable)
#define raw_cpu_read_8(variable) get_cpu_var(variable)

/* ---- sets of bits: the kernel's functions for them are not to be called. A loop has an end that the
 * verifier knows, and CONFIG_NR_CPUS is at most 8192. ---- */
#define __BCC_MOST_BITS 8192
#define __bcc_bits_within(size)                                                                              \
	((unsigned long)(size) < __BCC_MOST_BITS ? (unsigned long)(size) : __BCC_MOST_BITS)
static __always_inline unsigned long __bcc_bitmap_word(unsigned long word, unsigned long left)
{
	return left < 64 ? word & ((1ul << left) - 1) : word;
}
static __always_inline unsigned int __bitmap_weight(const unsigned long *bitmap, unsigned int size)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < __BCC_MOST_BITS && i < size; i += 64)
		count += __builtin_popcountl(__bcc_bitmap_word(bitmap[i / 64], size - i));
	return count;
}
/* The first bit from `from` on that is set in `bitmap`, once the bits of `flip` are changed in each word. */
static __always_inline unsigned long __bcc_find_bit(const unsigned long *bitmap, const unsigned long *other,
	unsigned long size, unsigned long from, unsigned long flip)
{
	for (unsigned long i = 0; i < __BCC_MOST_BITS && i < size; i += 64) {
		unsigned long word = (bitmap[i / 64] & (other ? other[i / 64] : ~0ul)) ^ flip;

		if (from >= i + 64)
			continue;
		if (from > i)
			word &= ~0ul << (from - i & 63);
		word = __bcc_bitmap_word(word, size - i);
		if (word)
			return i + __builtin_ctzl(word);
	}
	return size;
}
#define _find_first_bit(bitmap, size) __bcc_find_bit(bitmap, NULL, size, 0, 0)
#define _find_next_bit(bitmap, size, from) __bcc_find_bit(bitmap, NULL, size, from, 0)
#define _find_first_zero_bit(bitmap, size) __bcc_find_bit(bitmap, NULL, size, 0, ~0ul)
#define _find_next_zero_bit(bitmap, size, from) __bcc_find_bit(bitmap, NULL, size, from, ~0ul)
#define _find_first_and_bit(bitmap, other, size) __bcc_find_bit(bitmap, other, size, 0, 0)
#define _find_next_and_bit(bitmap, other, size, from) __bcc_find_bit(bitmap, other, size, from, 0)
static __always_inline unsigned long _find_last_bit(const unsigned long *bitmap, unsigned long size)
{
	unsigned long found = size;

	for (unsigned long i = 0; i < __BCC_MOST_BITS && i < size; i += 64) {
		unsigned long word = __bcc_bitmap_word(bitmap[i / 64], size - i);

		if (word)
			found = i + 63 - __builtin_clzl(word);
	}
	return found;
}
static __always_inline bool __bitmap_equal(
	const unsigned long *bitmap, const unsigned long *other, unsigned int size)
{
	for (unsigned int i = 0; i < __BCC_MOST_BITS && i < size; i += 64)
		if (__bcc_bitmap_word(bitmap[i / 64] ^ other[i / 64], size - i))
			return false;
	return true;
}
static __always_inline bool __bitmap_subset(
	const unsigned long *bitmap, const unsigned long *other, unsigned int size)
{
	for (unsigned int i = 0; i < __BCC_MOST_BITS && i < size; i += 64)
		if (__bcc_bitmap_word(bitmap[i / 64] & ~other[i / 64], size - i))
			return false;
	return true;
}
static __always_inline bool __bitmap_intersects(
	const unsigned long *bitmap, const unsigned long *other, unsigned int size)
{
	for (unsigned int i = 0; i < __BCC_MOST_BITS && i < size; i += 64)
		if (__bcc_bitmap_word(bitmap[i / 64] & other[i / 64], size - i))
			return true;
	return false;
}
#define for_each_set_bit(bit, bitmap, size)                                                                  \
	for ((bit) = 0; (bit) < __bcc_bits_within(size); (bit)++)                                            \
		if (!test_bit(bit, bitmap)) {                                                                \
		} else
#define for_each_clear_bit(bit, bitmap, size)                                                                \
	for ((bit) = 0; (bit) < __bcc_bits_within(size); (bit)++)                                            \
		if (test_bit(bit, bitmap)) {                                                                 \
		} else
#define for_each_cpu(cpu, mask) for_each_set_bit(cpu, cpumask_bits(mask), nr_cpu_ids)
#define for_each_cpu_and(cpu, mask, other)                                                                   \
	for_each_cpu(cpu, mask) if (!test_bit(cpu, cpumask_bits(other)))                                     \
	{                                                                                                    \
	}                                                                                                    \
	else

/* ---- numbers of the kernel that runs, which headers have from the kernel that they were built for ---- */
#define UTS_RELEASE __BCC_RELEASE
#define LINUX_VERSION_MAJOR (LINUX_VERSION_CODE >> 16)
#define LINUX_VERSION_PATCHLEVEL (LINUX_VERSION_CODE >> 8 & 0xff)
#define LINUX_VERSION_SUBLEVEL (LINUX_VERSION_CODE & 0xff)
#define NR_PAGEFLAGS __NR_PAGEFLAGS
#define MAX_NR_ZONES __MAX_NR_ZONES
#define ZONES_SHIFT (MAX_NR_ZONES < 2 ? 0 : MAX_NR_ZONES <= 2 ? 1 : MAX_NR_ZONES <= 4 ? 2 : 3)
#define NR_CPUS_BITS order_base_2(CONFIG_NR_CPUS)
#define SPINLOCK_SIZE sizeof(spinlock_t)
#define LRU_GEN_WIDTH (IS_ENABLED(CONFIG_LRU_GEN) ? 3 : 0)
#define __LRU_REFS_WIDTH (IS_ENABLED(CONFIG_LRU_GEN) ? 2 : 0)

/* ---- members that have become others since the kernels of the tables ---- */
#define __BCC_SINCE 0x060d00
/* one less than there are; those that are released have the upper two bits */
#define file_count(file)                                                                                     \
	({                                                                                                   \
		unsigned long __bcc_references = (file)->f_ref.refcnt.counter;                               \
		__bcc_references >= 0xc000000000000000ul ? 0 : __bcc_references + 1;                         \
	})
#define __BCC_SINCE 0x060f00
#define folio_large_nr_pages(folio) (1l << ((folio)->_flags_1 & 0xff))
#define folio_nr_pages(folio) (folio_test_large(folio) ? folio_large_nr_pages(folio) : 1)
#define __BCC_SINCE 0x061200
/* a struct by now, in the same place */
#define __bcc_page_flags(page) (*(const unsigned long *)(page))
#define page_to_nid(page) ((int)(__bcc_page_flags(page) >> NODES_PGSHIFT & NODES_MASK))
#define folio_nid(folio) page_to_nid(folio)
#define page_zonenum(page) ((enum zone_type)(__bcc_page_flags(page) >> ZONES_PGSHIFT & ZONES_MASK))
#define page_to_section(page) (__bcc_page_flags(page) >> SECTIONS_PGSHIFT & SECTIONS_MASK)
#define __BCC_SINCE 0

/* ---- strings and memory, as far as a program can ---- */
#define strlen(string) __builtin_strlen(string)
static __always_inline int __bcc_strncmp(const char *a, const char *b, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++) {
		unsigned char one = a[i], other = b[i];

		if (one != other)
			return one < other ? -1 : 1;
		if (!one)
			break;
	}
	return 0;
}
#define strncmp(a, b, count) __bcc_strncmp(a, b, count)
/* As far as the shorter of two that are known goes; for others 256 characters. */
#define __bcc_room(string) (__builtin_object_size(string, 1) < 256 ? __builtin_object_size(string, 1) : 256)
#define strcmp(a, b) __bcc_strncmp(a, b, __bcc_room(a) < __bcc_room(b) ? __bcc_room(a) : __bcc_room(b))
static __always_inline char *__bcc_strchr(const char *string, unsigned long room, char c)
{
	for (unsigned long i = 0; i < room; i++) {
		if (string[i] == c)
			return (char *)string + i;
		if (!string[i])
			break;
	}
	return NULL;
}
#define strchr(string, c) __bcc_strchr(string, __bcc_room(string), c)
#define unsafe_memcpy(to, from, size, reason) __builtin_memcpy((to), (from), (size))
#define struct_size(pointer, member, count) (sizeof(*(pointer)) + sizeof(*(pointer)->member) * (count))
#define flex_array_size(pointer, member, count) (sizeof(*(pointer)->member) * (count))

/* ---- marks on declarations that say nothing to BPF ---- */
#define __init
#define __exit
#define __initdata
#define __exitdata
#define __initconst
#define __read_mostly
#define __ro_after_init
#define __cacheline_aligned
#define __cacheline_aligned_in_smp
#define ____cacheline_aligned __attribute__((aligned(64)))
#define ____cacheline_aligned_in_smp __attribute__((aligned(64)))
#define __cacheline_group_begin(group)
#define __cacheline_group_end(group)
#define __visible
#define __ref
#define __cold
#define __hot
#define __sched
#define notrace
#define noinstr
#define noinline __attribute__((noinline))
#define noinline_for_stack noinline
#define nokprobe_inline __always_inline
#define asmlinkage
#define __latent_entropy
#define __no_kasan_or_inline __always_inline
#define __no_sanitize_or_inline __always_inline
#define __no_kcsan
#define __nocfi
#define __counted_by(member)
#define __counted_by_le(member)
#define __counted_by_be(member)
#define __acquires(x)
#define __releases(x)
#define __must_hold(x)
#define __acquire(x) ((void)0)
#define __release(x) ((void)0)
#define __compiletime_error(message)
#define __compiletime_warning(message)
#define __compiletime_object_size(object) __builtin_object_size(object, 0)
#define __alloc_size(...)
#define __realloc_size(...)
#define __malloc
#define __nonstring
#define __deprecated
#define __printf(a, b)
#define __scanf(a, b)
#define __assume_aligned(...)
#define __designated_init
#define __randomize_layout
#define __no_randomize_layout
#define randomized_struct_fields_start
#define randomized_struct_fields_end
#define asm_inline asm
#define EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_GPL(symbol)
#define MODULE_LICENSE(text)
#define MODULE_AUTHOR(text)
#define MODULE_DESCRIPTION(text)
#define MODULE_VERSION(text)

/* ---- what BCC's helpers.h has beside the language ---- */
#define CUR_CPU_IDENTIFIER BPF_F_CURRENT_CPU
#define BCC_SEC(name) __attribute__((section(name), used))
#define BCC_SEC_HELPERS
#define MASK(bits) ((bits) < 64 ? (1ull << (bits)) - 1 : ~0ull)
#define MASK128(bits) ((bits) < 128 ? ((unsigned __int128)1 << (bits)) - 1 : ~(unsigned __int128)0)
#define bpf_num_cpus() __BCC_CPU_COUNT
static __always_inline unsigned __int128 bpf_ntoh128(unsigned __int128 value)
{
	return (unsigned __int128)bpf_ntohll((u64)value) << 64 | bpf_ntohll((u64)(value >> 64));
}
#define bpf_hton128(value) bpf_ntoh128(value)
static __always_inline u64 load_dword(void *skb, u64 offset)
{
	return (u64)load_word(skb, offset) << 32 | load_word(skb, offset + 4);
}
static __always_inline void bpf_store_byte(void *skb, u64 offset, u64 value)
{
	u8 bytes = value;

	bpf_skb_store_bytes(skb, offset, &bytes, sizeof(bytes), 0);
}
static __always_inline void bpf_store_half(void *skb, u64 offset, u64 value)
{
	u16 bytes = bpf_htons((u16)value);

	bpf_skb_store_bytes(skb, offset, &bytes, sizeof(bytes), 0);
}
static __always_inline void bpf_store_word(void *skb, u64 offset, u64 value)
{
	u32 bytes = bpf_htonl((u32)value);

	bpf_skb_store_bytes(skb, offset, &bytes, sizeof(bytes), 0);
}
static __always_inline void bpf_store_dword(void *skb, u64 offset, u64 value)
{
	bpf_store_word(skb, offset, (u32)value);
	bpf_store_word(skb, offset + 4, value >> 32);
}
/* A field of `size` bits that begins `first` bits behind the byte at `offset`: in the fewest bytes that a
 * load can have. */
static __always_inline u64 bpf_dext_pkt(void *skb, u64 offset, u64 first, u64 size)
{
	u64 end = first + size;

	if (end <= 8)
		return load_byte(skb, offset) >> (8 - end) & MASK(size);
	if (end <= 16)
		return load_half(skb, offset) >> (16 - end) & MASK(size);
	if (end <= 32)
		return load_word(skb, offset) >> (32 - end) & MASK(size);
	if (end <= 64)
		return load_dword(skb, offset) >> (64 - end) & MASK(size);
	return 0;
}
/* The bits of `old` with those of a field replaced; `all`: how many `old` has, `end`: where the field
 * ends. */
static __always_inline u64 __bcc_insert_bits(u64 old, u64 all, u64 end, u64 size, u64 value)
{
	u64 mask = MASK(size) << (all - end);

	return (old & ~mask) | (value << (all - end) & mask);
}
static __always_inline void bpf_dins_pkt(void *skb, u64 offset, u64 first, u64 size, u64 value)
{
	u64 end = first + size;

	if (end <= 8)
		bpf_store_byte(skb, offset, __bcc_insert_bits(load_byte(skb, offset), 8, end, size, value));
	else if (end <= 16)
		bpf_store_half(skb, offset, __bcc_insert_bits(load_half(skb, offset), 16, end, size, value));
	else if (end <= 32)
		bpf_store_word(skb, offset, __bcc_insert_bits(load_word(skb, offset), 32, end, size, value));
	else if (end <= 64) {
		u64 bytes = bpf_htonll(__bcc_insert_bits(load_dword(skb, offset), 64, end, size, value));

		bpf_skb_store_bytes(skb, offset, &bytes, sizeof(bytes), 0);
	}
}
#define bpf_map_lookup_elem_(map, key) bpf_map_lookup_elem((void *)(map), key)
#define bpf_map_update_elem_(map, key, value, flags) bpf_map_update_elem((void *)(map), key, value, flags)
#define bpf_map_delete_elem_(map, key) bpf_map_delete_elem((void *)(map), key)
