# SPDX-License-Identifier: Apache-2.0
"""What texts do to the language: macros, unions, bit fields, loops, pointers into the kernel and out of it."""
from corpus import *

HEAD = r"""
BPF_ARRAY(out, u64, 16);
static __always_inline void put(int slot, u64 value) { out.update(&slot, &value); }
#define CURRENT ((struct task_struct *)bpf_get_current_task())
"""


def at_getpgid(body, before=""):
    return HEAD + before + "RAW_TRACEPOINT_PROBE(sys_enter) {\n  if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != __NR_getpgid) return 0;\n" + body + "\n  return 0;\n}\n"


def outputs(b, count):
    getpgid()
    return [slot(b, "out", i) for i in range(count)]


@case(at_getpgid("""
  struct pt_regs *regs = (struct pt_regs *)ctx->args[0];
  put(0, regs->orig_ax);
  put(1, PT_REGS_PARM1_SYSCALL(regs));
""", "#ifndef PT_REGS_PARM1_SYSCALL\n#define PT_REGS_PARM1_SYSCALL(r) ((r)->di)\n#endif\n"))
def registers(b):
    equal(outputs(b, 2), [121, 0])


@case(at_getpgid("""
  struct list_head *head = &CURRENT->children, *at = head->next;
  int n = 0;
  u64 sum = 0;
  for (int i = 0; i < 8; i++) {
    if (at == head) break;
    struct task_struct *child = container_of(at, struct task_struct, sibling);
    n++;
    sum += child->tgid;
    at = at->next;
  }
  put(0, n);
  put(1, sum);
"""))
def list_of_children(b):
    children = []
    for _ in range(3):
        child = os.fork()
        if not child:
            import signal

            signal.pause()
        children.append(child)
    values = outputs(b, 2)
    for child in children:
        os.kill(child, 9)
        os.waitpid(child, 0)
    equal(values, [3, sum(children)])


@case(at_getpgid("""
  union { u64 whole; struct { u32 low, high; }; u8 bytes[8]; } u = {.whole = bpf_get_current_pid_tgid()};
  put(0, u.high);
  put(1, u.low);
  put(2, u.bytes[0]);
"""))
def unions(b):
    equal(outputs(b, 3), [os.getpid(), os.getpid(), os.getpid() & 0xFF])


@case(at_getpgid("""
  struct bits { u32 a:3, b:5; s32 c:4; u64 d:40; } x = {.a = 9, .b = 31, .c = -3, .d = -1};
  put(0, x.a);
  put(1, x.b);
  put(2, (s64)x.c);
  put(3, x.d);
  put(4, sizeof(x));
"""))
def bit_fields(b):
    equal(outputs(b, 5), [1, 31, 2**64 - 3, 2**40 - 1, 8])


@case(at_getpgid("""
  put(0, CURRENT->in_execve);
  put(1, CURRENT->no_cgroup_migration);
  put(2, CURRENT->signal->is_child_subreaper);
""".replace("CURRENT->no_cgroup_migration", "CURRENT->sched_reset_on_fork")))
def kernel_bit_fields(b):
    libc.prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    equal(outputs(b, 3), [0, 0, 1])


@case(at_getpgid("""
  static const u32 table[] = {3, 1, 4, 1, 5, 9, 2, 6};
  u64 sum = 0;
  for (int i = 0; i < sizeof(table) / sizeof(*table); i++)
    sum += table[i] * (i + 1);
  put(0, sum);
  put(1, table[bpf_get_current_pid_tgid() & 7]);
"""))
def constant_table(b):
    values = [3, 1, 4, 1, 5, 9, 2, 6]
    equal(outputs(b, 2), [sum(v * (i + 1) for i, v in enumerate(values)), values[os.getpid() & 7]])


@case(at_getpgid("""
  put(0, state_of(2));
  put(1, state_of(7));
  put(2, state_of(9));
""", r"""
enum state { IDLE, BUSY = 5, DONE };
typedef enum state state_t;
static state_t state_of(int n) {
  switch (n) {
  case 1 ... 3: return BUSY;
  case 7: return DONE;
  default: return IDLE;
  }
}
"""))
def case_ranges(b):
    equal(outputs(b, 3), [5, 6, 0])


@case(at_getpgid("""
  struct point p = {.x = 3, .y = -4};
  struct shape s = {.corner = {p, {1, 2}}, .n = 2}, copy = s;
  put(0, area(&copy));
  put(1, sizeof(struct shape));
""", r"""
struct point { s32 x, y; };
struct shape { struct point corner[2]; u8 n; };
static __always_inline s64 area(const struct shape *s) {
  return (s64)(s->corner[0].x - s->corner[1].x) * (s->corner[0].y - s->corner[1].y);
}
"""))
def nested_structures(b):
    equal(outputs(b, 2), [2**64 - 12, 20])


@case(at_getpgid("""
  u64 (*unused)(void) = 0;
  typeof(CURRENT->tgid) n = CURRENT->tgid;
  put(0, n);
  put(1, __builtin_types_compatible_p(typeof(n), pid_t));
  put(2, ({ int t = 40; t + 2; }));
  put(3, n ?: 7);
""".replace("  u64 (*unused)(void) = 0;\n", "")))
def gnu_extensions(b):
    equal(outputs(b, 4), [os.getpid(), 1, 42, os.getpid()])


@case(at_getpgid("""
  char text[24] = {};
  u64 n = bpf_get_current_pid_tgid() >> 32;
  int i = 0;
  for (u64 rest = n; rest && i < 20; rest /= 10, i++)
    text[i] = '0' + rest % 10;
  put(0, i);
  put(1, text[0]);
  put(2, n % 1000 / 7);
  put(3, (s64)-17 / 4 == -4);
""").replace("(s64)-17 / 4 == -4", "n << 3 >> 1"))
def divisions(b):
    pid = os.getpid()
    equal(outputs(b, 4), [len(str(pid)), ord(str(pid)[-1]), pid % 1000 // 7, pid << 2])


@case(at_getpgid("""
  put(0, bpf_htons(0x1234));
  put(1, htonl(0x12345678));
  put(2, bpf_htonll(0x1122334455667788ULL));
  put(3, be32_to_cpu(cpu_to_be32(77)));
  put(4, __builtin_bswap16(0x0102));
  put(5, ilog2(1000));
  put(6, roundup_pow_of_two(1000));
  put(7, bpf_log2l(1000));
  put(8, min(3, 5) + max(3, 5));
  put(9, ALIGN(13, 8) + DIV_ROUND_UP(13, 8));
""", "#include <linux/kernel.h>\n#include <asm/byteorder.h>\n"))
def arithmetic_macros(b):
    equal(outputs(b, 10), [0x3412, 0x78563412, 0x8877665544332211, 77, 0x0201, 9, 1024, 10, 8, 18])


@case(at_getpgid("""
  struct task_struct *t = CURRENT;
  int depth = 0;
  #pragma clang loop unroll(full)
  for (int i = 0; i < 10; i++) {
    if (t->tgid == 1) goto done;
    t = t->real_parent;
    depth++;
  }
done:
  put(0, depth > 0);
  put(1, t->tgid);
"""))
def up_to_init(b):
    depth, pid = 0, os.getpid()
    while pid > 1 and depth < 10:
        with open("/proc/%d/stat" % pid) as stat:
            pid = int(stat.read().rpartition(")")[2].split()[1])
        depth += 1
    if pid == 1:
        equal(outputs(b, 2), [1, 1])


@case(at_getpgid("""
  char comm[TASK_COMM_LEN];
  bpf_get_current_comm(comm, sizeof(comm));
  put(0, is_me(comm));
  put(1, sizeof(name) - 1);
""", r"""
static const char name[] = "corpus-name";
static bool is_me(const char *comm) {
  for (int i = 0; i < sizeof(name); i++)
    if (comm[i] != name[i]) return false;
  return true;
}
"""))
def constant_string(b):
    libc.prctl(15, b"corpus-name", 0, 0, 0)
    equal(outputs(b, 2), [1, 11])


@case(at_getpgid("""
  counter++;
  limits.low += 2;
  put(0, counter);
  put(1, limits.low);
  put(2, limits.high);
""", "static u64 counter = 40;\nstruct { u32 low, high; } limits = {1, 9};\n"))
def global_variables(b):
    getpgid(2)
    equal(outputs(b, 3), [43, 7, 9])


@case(at_getpgid("""
  struct big *s = scratch.lookup(&(int){0});
  int zero = 0;
  s = scratch.lookup(&zero);
  if (!s) return 0;
  for (int i = 0; i < 64; i++)
    s->data[i] = i * i;
  u64 sum = 0;
  for (int i = 0; i < 64; i++)
    sum += s->data[i];
  put(0, sum);
  put(1, sizeof(*s));
""".replace("  struct big *s = scratch.lookup(&(int){0});\n", "  struct big *s;\n"), "struct big { u64 data[64]; char name[3000]; };\nBPF_PERCPU_ARRAY(scratch, struct big, 1);\n"))
def large_scratch(b):
    equal(outputs(b, 2), [sum(i * i for i in range(64)), 512 + 3000])


@case(at_getpgid("""
  struct pid *pid = CURRENT->thread_pid;
  struct upid *first = pid->numbers;
  struct hlist_node *node = pid->tasks[PIDTYPE_TGID].first;
  put(0, first->nr);
  put(1, pid->count.refs.counter > 0);
  put(2, node != NULL);
  put(3, first[0].ns->level);
"""))
def arrays_in_kernel(b):
    equal(outputs(b, 4), [os.getpid(), 1, 1, 0])


@case(at_getpgid("""
  struct file *f = NULL;
  u64 n = 0;
  put(0, f->f_pos);
  n = ((struct task_struct *)0x10)->tgid;
  put(1, n);
  put(2, bpf_probe_read_kernel(&n, sizeof(n), (void *)8) < 0);
"""))
def null_pointers(b):
    equal(outputs(b, 3), [0, 0, 1])


@case(at_getpgid("""
  struct both b = { .kind = K_SECOND, .second = {.b = 5} };
  put(0, b.kind);
  put(1, b.second.b);
  put(2, offsetof(struct both, second.b));
  put(3, sizeof(struct packed_t));
  put(4, __alignof__(struct aligned_t));
""", r"""
typedef enum { K_FIRST, K_SECOND } kind_e;
struct both { kind_e kind; union { struct { u32 a; } first; struct { u64 a; u16 b; } second; }; };
struct packed_t { u8 a; u64 b; u16 c; } __attribute__((packed));
struct aligned_t { u8 a; } __attribute__((aligned(16)));
"""))
def layouts(b):
    equal(outputs(b, 5), [1, 5, 16, 11, 16])
