# SPDX-License-Identifier: Apache-2.0
# Our tools and their namesakes: which events both are shown, and what of their output has to agree.
import collections

Pair = collections.namedtuple("Pair", "name args work count rows truth namesake theirs prepare defect within since total amounts")
pairs = []


def pair(name, args, work, count, rows, truth=1, namesake="bcc", theirs=None, prepare=(), defect=None, within=0,
         since=False):
    """
    name      of both tools
    args      of both; {pid}: the process that makes the events, {T}: the scratch directory
    work      a function of pair_events.py, which makes `count` events of the tool's own kind
    rows      the pattern of a row that is about them; its groups are compared, in any order. Times, addresses of memory and what
              else differs between two observers of one event are outside of the groups
    truth     how many rows, or counted events, there have to be for each of the `count`; None: the kernel decides
    namesake  "bcc": of bpfcc-tools; "libbpf-tools", where BCC has no tool of this name
    theirs    (args, rows) of the namesake where they are not ours
    prepare   as in cases.py; "tty": the namesake's output is a terminal, of which the text is compared
    defect    why the namesake shows something else, and that it is a fault of its own
    within    percent by which sums may differ: samples are taken, and times read, at moments of their own
    since     of tools that cannot be asked for one process, and print repeatedly: only what is printed after both were attached
    """
    pairs.append(Pair(name, args, work, count, rows, truth, namesake, theirs, prepare, defect, within, since, None, False))


def sum_pair(name, args, work, count, rows, truth=1, last=False, most=False, amounts=False, **rest):
    """of tools that count: the sum of the numbers that are the group "n", or the last group, of `rows`, for each value of the other
    groups; with `last` the number that was printed last, with `most` the greatest; `amounts`: the numbers are of microseconds or bytes, not of events"""
    pair(name, args, work, count, rows, truth, **rest)
    pairs[-1] = pairs[-1]._replace(total="last" if last else "most" if most else "sum", amounts=amounts)


SLOTS = r"^ *\d+ -> \d+ +: (\d+) "

# ---- rows
pair("opensnoop", "-p {pid}", "opens", 5000, r"^({pid}) +(\S+) +(-?\d+) +(\d+) (\S+)$")
pair("execsnoop", "", "execs", 100, r"^(\S+) +(\d+) +({pid}) +(-?\d+) (.*)$")
sum_pair("runqlat", "-p {pid}", "sleeps", 4000, SLOTS, truth=None)
pair("tcpconnect", "-p {pid}", "connections", 600, r"^({pid}) +(\S+) +(4) +(\S+) +(\S+) +(\d+)")
pair("exitsnoop", "", "exits", 400, r"^(\S+) +(\d+) +({pid}) +(\d+) +[\d.]+ +(\S.*?) *$")
pair("tcplife", "-D 31789", "connections", 600, r"^(\d+) +(\S+) +(\S+) +(\d+) +(\S+) +(31789) +(\d+) +(\d+) [\d.]+$")
pair("statsnoop", "-p {pid}", "statfs", 5000, r"^({pid}) +(\S+) +(-?\d+) +(\d+) /tmp\S+/(?:marker|missing)$",
     theirs=("-p {pid}", r"^({pid}) +(\S+) +(-?\d+) +(\d+) *$"), defect="its PATH is empty: it takes the system call's registers for its argument")
pair("killsnoop", "-p {pid}", "kills", 5000, r"^\S+ +({pid}) +(\S+) +(\d+) +(\d+) +(-?\d+)$")
pair("sigsnoop", "-p {pid}", "kills", 5000, r"^\S+ +({pid}) +(\S+) +(\d+) +(\d+) +\S+ +(-?\d+) *$", truth=None, namesake="libbpf-tools",
     theirs=("-p {pid}", r"^\S+ +({pid}) +(\S+) +(\d+) +(\d+) +(-?\d+) *$"))
pair("syncsnoop", "", "syncs", 300, r"^[\d.]+ +(?:bccmark-py +)?(sync)(?:\(\))? *$")
pair("mountsnoop", "", "mounts", 200, r"^(\S+) +({pid}) +({pid}) +(\d+) +((?:mount|umount)\(.*)$", truth=2,
     defect="it leaves out calls of which it lost one of several events")
pair("shmsnoop", "-p {pid}", "shms", 1000, 
     r"^({pid}) +(\S+) +(SHM\w+) +(\w+) +(key: [^(]*|shmid: 0x\w+, cmd: \d+|shmid: .*shmflg.*?|shmaddr: \S+)", truth=4)
pair("sofdsnoop", "-p {pid}", "descriptors", 1000, r"^(SEND|RECV) +({pid}) +(\S+) +(\d+):\S+ +(\d+) ", truth=2,
     defect="it shows nothing that is received, and looks for names when the descriptors may be closed")
pair("capable", "-p {pid}", "chowns", 3000, r"^\S+ +(\d+) +({pid}) +(\S+) +(\d+) +(CAP_CHOWN) +(\S+)", truth=None)
pair("threadsnoop", "", "thread_starts", 600, r"^\d+ +({pid}) +(?:b')?([^\s']+)'? +\S+$")
pair("bashreadline", "", "lines", 300, r"^\S+ +(\d+) +(echo bcc-.*?) *$")
pair("gethostlatency", "-p {pid}", "names", 500, r"^\S+ +({pid}) +(\S+) +[\d.]+ +(\S+)")
pair("tcpaccept", "-p {pid}", "connections", 600, r"^({pid}) +(\S+) +(4) +(\S+) +(\d+) +(\S+) +(\d+) *$")
pair("tcpconnlat", "-p {pid}", "connections", 600, r"^({pid}) +(\S+) +(4) +(\S+) +(\S+) +(\d+) +[\d.]+$")
pair("tcpstates", "-D 31789", "connections", 500, r"^\w+ +\d+ +\S+ +(\S+) +(\d+) +(\S+) +(31789) +(\S+) +-> (\S+) +\S+$", truth=5)
pair("tcptracer", "-p {pid}", "connections", 500, r"^([CXA]) +({pid}) +(\S+) +(4) +(\S+) +(\S+) +(\d+) +(\d+) *$", truth=4)
pair("tcpretrans", "", "retransmissions", 1, r"^\S+ +\d+ +(4) +(\S+) +(\S)> (\S+:31789) +(\w+) *$", truth=None)
pair("tcpdrop", "", "retransmissions", 1, r"^\S+ +\d+ +(4) +(\S+) +> (\S+:31789) +(\w+) \((\S+)\)", truth=None)
pair("bindsnoop", "-p {pid}", "binds", 3000, r"^ *({pid}) +(\S+) +(\S+) +(127\S+) +(\d+) +(\S+) +(\d+) *$",
     defect="PROT and OPTS are read where other kernels have them")
pair("solisten", "-p {pid}", "listens", 3000, r"^({pid}) +(\S+) +(\S+) +(\d+) +(\d+) +(\S+) *$")
sum_pair("tcprtt", "-P 31789", "connections", 500, SLOTS, truth=None)
pair("runqslower", "-p {pid} 0", "sleeps", 4000, r"^\S+ +(\S+) +({pid}) +\d+ *$", truth=None)
sum_pair("cpudist", "-p {pid}", "sleeps", 4000, SLOTS, truth=None)
pair("oomkill", "", "kills_by_memory", 3, r"Triggered by PID (\d+) \(\"(\S+)\"\), OOM kill of PID (\d+) \(\"(\S+)\"\), (\d+) pages")

# ---- disks and files
DISK = ("disk",)
sum_pair("biolatency", "-d {disk}", "writes", 1000, SLOTS, truth=2, prepare=DISK)
pair("biotop", "-C 9999", "writes", 1000, r"^({pid}) +(\S+) +([RW]) +(\d+) +(\d+) +(\S+) +(\d+) +(\d+)(?:\.\d+)? +[\d.]+ *$", truth=None, prepare=DISK)
pair("biosnoop", "-d {disk}", "writes", 1000, r"^[\d.]+ +(\S+) +({pid}) +(\S+) +([RW]) +(\d+) +(\d+) +[\d.]+ *$", truth=2, prepare=DISK)
sum_pair("bitesize", "", "writes", 1000, r"^ *(\d+) -> \d+ +: (\d+) ", truth=None, prepare=DISK)
pair("biopattern", "-d {disk} 9999", "writes", 1000, r"^\S+ +(\S+) +(\d+) +(\d+) +(\d+) +(\d+) *$", truth=None, prepare=DISK,
     defect="it does not count the first request of a disk")
pair("mdflush", "", "flushes", 200, r"^\S+ +(\d+) +(\S+) +(md\w+) *$", truth=None, prepare=("md",))
SLOWER = r"^\S+ +(?:b')?([^\s']+)'? +({pid}) +([RWOS]) +(\d+) +(\d+) +[\d.]+ (?:b')?([^\s']+)'? *$"
BYTES = "it prints b'…' around names"
pair("ext4slower", "-p {pid} 0", "file_calls", 800, SLOWER, truth=4, prepare=DISK)
sum_pair("ext4dist", "-p {pid}", "file_calls", 800, SLOTS, truth=None, prepare=DISK)
pair("xfsslower", "-p {pid} 0", "file_calls_xfs", 400, SLOWER, truth=4, prepare=("xfs",), defect=BYTES)
sum_pair("xfsdist", "-p {pid}", "file_calls_xfs", 400, SLOTS, truth=None, prepare=("xfs",))
pair("btrfsslower", "-p {pid} 0", "file_calls_btrfs", 200, SLOWER, truth=4, prepare=("btrfs",),
     defect="it does not see reads")
sum_pair("btrfsdist", "-p {pid}", "file_calls_btrfs", 200, SLOTS, truth=None, prepare=("btrfs",),
         defect="it does not see reads")
pair("nfsslower", "-p {pid} 0", "file_calls_nfs", 100, SLOWER.replace("RWOS", "RWO"), truth=3, prepare=("nfs",),
     defect="it does not see opens for which the server is asked for the name")
sum_pair("nfsdist", "-p {pid}", "file_calls_nfs", 100, SLOTS, truth=None, prepare=("nfs",), defect="it does not count fsyncs")
pair("f2fsslower", "-p {pid} 0", "file_calls_f2fs", 200, SLOWER, truth=4, prepare=("f2fs",))
pair("fsslower", "-t ext4 -p {pid} -m 0", "file_calls", 800, SLOWER.replace("RWOS", "RWO"), truth=3, namesake="libbpf-tools",
     prepare=DISK, defect="an fsync is F there, with LL_MAX bytes")
sum_pair("fsdist", "-t ext4 -p {pid}", "file_calls", 800, SLOTS, truth=None, namesake="libbpf-tools", prepare=DISK)
sum_pair("biostacks", "-d {disk}", "writes", 1000, SLOTS, truth=None, namesake="libbpf-tools", prepare=DISK)
sum_pair("readahead", "", "read_aheads", 20, SLOTS, truth=1024, namesake="libbpf-tools", prepare=DISK)
pair("fileslower", "-p {pid} 0", "file_calls", 800, r"^[\d.]+ +(\S+) +({pid}) +([RW]) +(\d+) +[\d.]+ (\S+) *$", truth=2, prepare=DISK)
pair("filetop", "-C -p {pid} 9999", "file_calls", 800, r"^({pid}) +(\S+) +(\d+) +(\d+) +(\d+) +(\d+) +(R) (called) *$", truth=None, prepare=DISK)
pair("dirtop", "-C -p {pid} -d {T}/disk 9999", "file_calls", 800, r"^(\d+) +(\d+) +(\d+) +(\d+) +(\S+/disk) *$", truth=None, prepare=DISK)
pair("filelife", "-p {pid}", "short_lives", 1000, r"^\S+ +({pid}) +(\S+) +[\d.]+ +(\S+) *$", prepare=DISK)
pair("filegone", "-p {pid}", "short_lives", 1000, r"^\S+ +({pid}) +(\S+) +(DELETE|RENAME) +(?:\S*/)?([^/\s]+)(?: > (?:\S*/)?(\S+))? *$", truth=2, prepare=DISK)
sum_pair("vfsstat", "-p {pid} --columns READS,WRITES,FSYNCS,OPENS 1", "file_calls", 800, r"^ *\d+ +\d+ +\d+ +(\d+) *$", prepare=DISK,
         theirs=("-p {pid} 1", r"^\S+: +\d+ +\d+ +\d+ +(\d+) +\d+ *$"))
pair("slabratetop", "-C -r 999 9999", "memory_files", 2000, r"^(shmem_inode_cache) +(\d+) +(\d+) *$", truth=None,
     defect="it does not see what kmem_cache_alloc_lru() allocates, such as inodes")
sum_pair("syscount", "-p {pid} -T 999", "parents", 5000, r"^(getppid) +(\d+) *$")
pair("tcptop", "-C -p {pid} 9999", "connections", 300, r"^({pid}) +(?:b')?([^\s']+)'? +(\S+) +(\S+) +(\d+) +(\d+) *$", truth=None,
     defect=BYTES)
sum_pair("tcpsubnet", "-i 9999 127.0.0.0/8", "connections", 300, r"^(127\S+) +(\d+) *$", amounts=True, truth=5000)

# ---- stacks and probes of the user
sum_pair("funccount", "-p {pid} vfs_fsync_range", "file_calls", 800, r"^(vfs_fsync_range) +(\d+) *$", prepare=DISK)
sum_pair("stackcount", "-p {pid} -f vfs_fsync_range", "file_calls", 800, r"^(\S*vfs_fsync_range) (\d+)$", prepare=DISK)
sum_pair("funclatency", "-p {pid} vfs_fsync_range", "file_calls", 800, SLOTS, prepare=DISK)
pair("funcslower", "-p {pid} -u 1 vfs_fsync_range", "file_calls", 800, r"^(\S+) +({pid}) +[\d.]+ +(\w+) +(\w+) *$", prepare=DISK)
pair("trace", "-p {pid} 'vfs_fsync_range(struct file *file, long start) \"%d\", start'", "file_calls", 800,
     r"^({pid}) +({pid}) +(\S+) +(vfs_fsync_range) +(.*?) *$", prepare=DISK)
sum_pair("offcputime", "-p {pid} -f -K", "sleeps", 2000, r"^(bccmark-py;\S*?do_nanosleep)\S* (\d+)$", amounts=True, truth=None, within=5)
sum_pair("wakeuptime", "-p {pid} -f", "sleeps", 2000, r"^[^;]+;.*;try_to_wake_up;(bccmark-py) (\d+)$", amounts=True, truth=None, within=5,
         theirs=("-p {pid} -f", r"^[^;]+;.*;(bccmark-py) (\d+)$"),
         defect="its lines for flame graphs have callers on top of what they call, unlike its own example")
sum_pair("offwaketime", "-p {pid} -f -K", "sleeps", 2000, r"^(bccmark-py;.*?do_nanosleep)[^-]*;--;.* (\d+)$", amounts=True, truth=None, within=5)
sum_pair("profile", "-p {pid} -F 99 -f", "burns", 3000, r"^(bccmark-py);.* (\d+)$", truth=None, within=10)
sum_pair("memleak", "-p {pid} -z 12345 -Z 12345 1", "leaks", 1000, r"^\s*\d+ bytes in (\d+) allocations from stack", last=True)
sum_pair("argdist", "-p {pid} -C 't:syscalls:sys_enter_kill():int:args->sig'", "kills", 3000, r"^\s+(?P<n>\d+)\s+(args->sig) = (28)$")
sum_pair("funcinterval", "-p {pid} vfs_fsync_range", "file_calls", 800, SLOTS, truth=None, prepare=DISK)
LOCKS = r" +\d+ +(\d+) +\d+ +\d+ *$"
sum_pair("klockstat", "-p {pid} -n 99", "pipe_bytes", 1000, r"^ *pipe_(?:read|write)\+\S+" + LOCKS, truth=None,
         theirs=("-p {pid} -n 99", r"^ *b'vfs_(?:read|write)\+\S+" + LOCKS),
         defect="it names whoever called the function that took the lock, and shows mutexes only")
pair("deadlock", "{pid} --binary {libc}", "inversions", 1,
     r"^Mutex M\d+ \((0x\w+)\) acquired here while holding Mutex M\d+ \((0x\w+)\) in Thread (\d+) \((\S+)\):$", truth=2,
     defect="it does not know where threads were created that have ended since")
pair("tplist", "'syscalls:*'", "parents", 1, r"^(syscalls:\w+)$", truth=None)
# ---- runtimes of languages: of Python, which the events are made with; since 3.11 it tells of returns only
pair("pythonflow", "{pid}", "python_calls", 500, r"^\d+ +({pid}) +\d+ +[\d.]+ +(<-) (\S*bcc_called) *$")
pair("pythongc", "{pid}", "python_collections", 300, r"^ *[\d.]+ +[\d.]+ +(gen .*?) *$",
     defect="it shows None for what was collected")
sum_pair("tcpsynbl", "", "connections", 300, SLOTS, truth=1)

# ---- of the whole machine
sum_pair("softirqs", "-C 1", "connections", 300, r"^(net_rx) +(\d+) *$", truth=None, within=1, since=True)
sum_pair("hardirqs", "-C 1", "interrupts", 5000, r"^virtio\d+-requests +(\d+) *$", truth=None, within=5, since=True, prepare=("host",))
sum_pair("pidpersec", "", "execs", 200, r"PIDs/sec: (\d+)", truth=None, within=3, since=True)
sum_pair("runqlen", "9999", "crowd", 3000, r"^ *(2) +: (\d+) ", truth=None, within=10)
pair("ksnoop", "-p {pid} trace 'vfs_fsync_range(start)'", "file_calls", 800,
     r"^ *\d+ +\d+ +({pid}) (vfs_fsync_range)\(\n\s+(start) =\s+(?:\(loff_t\))?(\w+)", namesake="libbpf-tools", prepare=DISK,
     defect="it prints no call there, without ours beside it either")
sum_pair("cpufreq", "-f 99", "burns", 3000, r"^comm = bccmark-py\n +MHz .*\n(?: +\d+ +: 0 .*\n)* +(2000) +: (\d+) ", truth=None, within=10,
         namesake="libbpf-tools", prepare=("frequencies",), theirs=("-f 99", r"^ +bccmark-py +: count .*\n +(2000) +: (\d+) "))
# that the machine is busy; in emulated machines BCC's finds that it cannot sample all processors at one time
sum_pair("cpuunclaimed", "1", "crowd", 5000, r"^(%CPU) +(\d+)\.", truth=None, within=10, most=True, amounts=True, since=True)
sum_pair("cachestat", "1", "page_reads", 20000, r"^ *(\d+) +\d+ +\d+ +[\d.]+% +\d+ +\d+ *$", truth=None, within=5, since=True, prepare=DISK,
         defect="it counts calls of mark_page_accessed(), which reads do not make any more")
sum_pair("cachetop", "-p {pid} 9999", "pages", 1000, r"^ *({pid}) +(\w+) +(\S+) +(?P<n>\d+) +(\d+) +(\d+) ", prepare=DISK + ("tty",),
         defect="it sees neither reads nor misses, and its HITS are what was written")
sum_pair("dcstat", "1", "opens", 5000, r"^\S+: +(\d+) +\d+ +\d+ +[\d.]+ *$", truth=None, within=5, since=True)
pair("dcsnoop", "", "opens", 2000, r"^[\d.]+ +({pid}) +(\S+) +(M) +(missing-\S+) *$", truth=None)
pair("tcpcong", "-R 31789 9999", "losses", 1, r"^(127\S+) +(127\S+) +\d+ +\d+ +\d+ +\d+ +\d+ +(\d+) *$", truth=None)
pair("compactsnoop", "", "compactions", 1, r"^(\S+) +({pid}) +(\d+) +(\S+) +(-?\d+) +(\S+) +[\d.]+ +(\w+)", truth=None)
# of packets that are not too many for either to print the number in full
sum_pair("netqtop", "-n lo -i 1", "connections", 60, r"^ (0) +\S+ +\d+ +(?P<n>\d+) +", truth=None, since=True)
pair("drsnoop", "-p {pid}", "reclaims", 1, r"^(\S+) +({pid}) +[\d.]+ +(\d+) *$", truth=None, prepare=("swap",))
sum_pair("biolatpcts", "-p 50 {disk}", "writes", 1000, r"^(write|read) +([\d.]+)", truth=None, last=True, amounts=True, within=20, since=True,
         prepare=DISK)
# the loop device syncs its file too
sum_pair("vfscount", "", "file_calls", 800, r"^\w+ +(?:b')?(vfs_fsync_range)'? +(\d+) *$", truth=None, prepare=DISK, defect=BYTES)
pair("sslsniff", "", "secrets", 5, r"^(WRITE/SEND|READ/RECV) +[\d.]+ +(openssl) +(\d+) +(15) *$", truth=2)
pair("ttysnoop", "-C /dev/tty1", "terminal_texts", 200, r"(bcc-tty-text)")
