# SPDX-License-Identifier: Apache-2.0
# The commands of Debian's bpfcc-tools that are run: one case for each. A case has the arguments of the tool,
# the events that the test makes for it, and what the tool must print about exactly these.
import collections

Case = collections.namedtuple("Case", "name args work expect end target prepare here need")
Need = collections.namedtuple("Need", "why since says", defaults=((0, 0), ""))
cases = []


def case(name, args, work, expect, end="match", target=None, prepare=(), here=False, need=None):
    """
    name     the command without -bpfcc
    args     its arguments; {pid}: of the target, {T}: the scratch directory
    work     bash text that makes the events, run again and again by a bash called "bccmark"; "py:NAME": work.py's NAME
    expect   the pattern that the output has to contain
    end      match: stop when the pattern was seen; interrupt: let the work run some times, press Ctrl-C, look then;
             exit: the tool ends by itself
    target   command of a process that lives as long as the tool
    prepare  what the case needs in the machine: "disk" a block device with ext4, or the name of another file system; "swap"; …
    here     works on this machine's own kernel without kprobes: tracepoints, uprobes, perf events
    need     why the tool cannot show anything on this kind of machine; Need(why, …): only on kernels from a version on, or when it
             says so itself
    """
    cases.append(Case(name, args, work, expect, end, target, prepare, here, need))


MARK = r"bccmark"

# ---- processes and system calls
case("execsnoop", "", "/bin/true bcc-argument", r"true +\d+ +\d+ +0 .*true bcc-argument")
case("exitsnoop", "", "exit 42", r"bccmark .*code 42", here=True)
case("opensnoop", "", "read x < $T/marker", r"bccmark +\d+ +0 .*/marker")
case("statsnoop", "", "stat -f $T/stat-me", r"stat +-1 +2")
case("killsnoop", "", "kill -WINCH $$", r"bccmark +28 +\d+ +0")
case("syncsnoop", "", "sync", r"\S+ +sync")
case("syscount", "-i 1 -P", "end=$((SECONDS + 3)); while ((SECONDS < end)); do test -e $T/x; done", r"\d+ +bccmark +\d+", here=True)
case("pidpersec", "", "for i in {1..5}; do (:); done", r"PIDs/sec: [1-9]")
case("capable", "", "chown 1 $T/marker", r"(chown|bccmark) +0 +CAP_CHOWN")
case("mountsnoop", "", "mount -t tmpfs bcc-mount $T/mnt; umount $T/mnt", r'mount\("bcc-mount".*mnt".*"tmpfs"')
case("threadsnoop", "", "py:threads", r"bccmark-py", here=True)
case("trace", "'do_sys_openat2(int dfd, const char *name, void *how) \"%d\", dfd'", "read x < $T/marker", r"bccmark +do_sys_openat2 +-100")
case("argdist", "-i 1 -C 'p:c:dup2(int a, int b):int:b'", "exec 77>&1", r"b = 77", here=True)
case("bashreadline", "", "py:readline", r"\d+ +echo bcc-readline", here=True)
case("gethostlatency", "", "py:dns", r"bccmark-py +[\d.]+ +localhost", here=True)
case("sslsniff", "", "py:tls", r"bcc-tls-secret", here=True)
case("ttysnoop", "/dev/tty1", "py:tty", r"bcc-tty-text")
case("shmsnoop", "", "py:shm", r"bccmark-py +SHMGET .*size: 12345")
case("sofdsnoop", "", "py:pass_fd", r"SEND .*bccmark-py .*/passed|bccmark-py")
case("inject", "kmalloc -v '__x64_sys_dup2() => kmalloc()'", "exec 77>&1", r"dup2: Cannot allocate memory",
     need=Need("kmalloc() is inlined in these kernels, and CONFIG_BPF_KPROBE_OVERRIDE is off", says="b'kmalloc', it's not traceable"))

# ---- CPU and scheduler
case("cpudist", "1", "py:burn", r"usecs +: count(.|\n)*-> \d+ +: [1-9]")
case("runqlat", "1", "py:burn", r"usecs +: count(.|\n)*-> \d+ +: [1-9]")
case("runqlen", "1 20", "py:burn", r"runqlen +: count(.|\n)*: [1-9]", here=True)
case("runqslower", "1", "py:burn", r"\d\d:\d\d:\d\d +\S+ +\d+ +\d+", here=True)
case("cpuunclaimed", "1", "py:burn", r"%CPU +[\d.]+%, unclaimed idle", here=True,
     need=Need("the processors of an emulated machine are not sampled at one time", says="samples arrived at skewed offsets"))
case("profile", "-F 99 -f 10", "py:burn", r"bccmark-py;.* \d+", end="exit", here=True)
case("offcputime", "-f 5", "sleep 0.1", r"sleep;.*schedule.* \d+|sleep.* \d+", end="exit")
case("offwaketime", "-f 5", "sleep 0.1; :", r"bccmark.* \d+", end="exit")
case("wakeuptime", "-f 5", "sleep 0.1; :", r"bccmark.* \d+|sleep.* \d+", end="exit")
case("hardirqs", "1", "py:burn", r"\S+ +\d+\n")
case("softirqs", "1", "py:burn", r"(timer|sched|rcu) +\d+", here=True)
case("llcstat", "1", "py:burn", r"Total References", need="no cache events of hardware in an emulated processor")
case("criticalstat", "-d 100", "py:burn", r"bccmark", need="CONFIG_PREEMPTIRQ_TRACEPOINTS is off in Debian's kernels")
case("klockstat", "-d 5", "py:locks", r"\w+\+0x[0-9a-f]+ +\d+ +[1-9]|\S+ +\d+ +[1-9]\d* +\d+ +\d+", end="exit")
case("deadlock", "{pid} --binary /usr/lib/x86_64-linux-gnu/libc.so.6", "", r"bcc-deadlock|Potential Deadlock", target="deadlock")
case("kvmexit", "1", ":", r"EXIT_REASON_\w+ +[1-9]", need="the machine has no KVM")
case("ppchcalls", "-i 1", ":", r"H_[A-Z_]+ +[1-9]", need="PowerPC only")

# ---- functions
case("funccount", "-i 1 vfs_ope*", "read x < $T/marker", r"vfs_open +[1-9]")
case("funclatency", "-i 1 vfs_open", "read x < $T/marker", r"nsecs +: count(.|\n)*: [1-9]")
case("funcslower", "-u 1 vfs_open", "read x < $T/marker", r"bccmark +\d+ +[\d.]+ +\S+ +vfs_open")
case("funcinterval", "-i 1 vfs_open", "read x < $T/marker; read x < $T/marker", r"nsecs +: count(.|\n)*: [1-9]")
case("stackcount", "-i 1 vfs_open", "read x < $T/marker", r"vfs_open\n(.*\n)+ +[1-9]")
case("memleak", "-p {pid} -a 1 40", "", r"[1-9]\d* bytes in \d+ allocations from stack", target="leak", here=True)

# ---- files
case("filelife", "", ": > $T/short-lived; rm $T/short-lived", r"(bccmark|rm) +[\d.]+ +short-lived")
case("filegone", "", ": > $T/gone; rm $T/gone", r"rm +DELETE +gone")
case("fileslower", "0", "read x < $T/disk/marker; cat $T/disk/marker", r"(bccmark|cat) .*marker", prepare=("disk",))
case("filetop", "-C 1", "for i in {1..20}; do cat $T/disk/marker >/dev/null; done", r"cat .*marker", prepare=("disk",))
case("dirtop", "-C -d {T}/disk 1", "for i in {1..20}; do cat $T/disk/marker >/dev/null; done", r"[1-9]\d* +\d+ +\d+ +\d+ .*/disk", prepare=("disk",))
case("vfscount", "", "read x < $T/marker", r"vfs_\w+'? +[1-9]", end="interrupt")
case("vfsstat", "1", "for i in {1..20}; do read x < $T/marker; done", r"\d\d:\d\d:\d\d: +\d+ +\d+ +\d+ +[1-9]")
case("cachestat", "1", "cat $T/disk/marker >/dev/null", r"\n +[1-9]\d* +\d+ +\d+ +[\d.]+%", prepare=("disk",))
case("cachetop", "1", "cat $T/disk/marker > /dev/null; for i in {1..50}; do cat $T/disk/marker >/dev/null; done", r"cat|bccmark", prepare=("disk", "tty"))
case("dcstat", "1", "for i in {1..50}; do test -e $T/nothing-$i; done", r"\d\d:\d\d:\d\d: +[1-9]")
case("dcsnoop", "", "test -e $T/never-was-$RANDOM", r"bccmark +M .*never-was")
case("readahead", "-d 5", "echo 3 >/proc/sys/vm/drop_caches; cat $T/disk/large >/dev/null", r"Read-ahead unused pages: \d+", end="exit", prepare=("disk",),
     need=Need("probes __page_cache_alloc(), which kernels from 5.16 on do not have", since=(5, 16)))
case("slabratetop", "-C 1", "for i in {1..50}; do : < $T/marker; done", r"\w+ +[1-9]\d* +\d+")
for fs in ("ext4", "xfs", "btrfs"):
    case(fs + "dist", "1", f"read x < $T/{fs}/marker; echo x > $T/{fs}/new; sync -f $T/{fs}", r"operation = '?\w+'?(.|\n)*: [1-9]", prepare=(fs,))
    case(fs + "slower", "0", f"cat $T/{fs}/marker; echo x > $T/{fs}/new; sync -f $T/{fs}", r"(cat|bccmark|sync)'? +\d+ +[RWOS] +\d+ .*(marker|new)", prepare=(fs,))
case("nfsdist", "1", "cat $T/nfs/marker", r"operation = '?\w+'?(.|\n)*: [1-9]", prepare=("nfs",))
case("nfsslower", "0", "cat $T/nfs/marker", r"(cat|bccmark) .*marker", prepare=("nfs",))
case("zfsdist", "1", ":", r"operation = '?\w+'?(.|\n)*: [1-9]", need="Debian's kernels do not have ZFS")
case("zfsslower", "0", ":", r"bccmark +\d+ +[RWOS] +\d+", need="Debian's kernels do not have ZFS")

# ---- block devices
case("biolatency", "1", "py:ioprio", r"usecs +: count(.|\n)*: [1-9]", prepare=("disk",))
case("biolatpcts", "{disk} -i 1", "py:ioprio", r"write +\S*[1-9]", prepare=("disk",))
case("biopattern", "1", "py:ioprio", r"\d\d:\d\d:\d\d +\S+ +\d+ +\d+ +[1-9]", prepare=("disk",))
case("biosnoop", "", "py:ioprio", r"\S+ +\d+ +{disk} +[RW] +\d+ +\d+", prepare=("disk",))
case("biotop", "-C 1", "py:ioprio", r"\d+ +\S+ +[RW] +\d+ +\d+ +{disk}", prepare=("disk",))
case("bitesize", "", "py:ioprio", r"Kbytes +: count(.|\n)*: [1-9]", end="interrupt", prepare=("disk",))
case("mdflush", "", "echo x > $T/md/x; sync -f $T/md", r"\S+ +md\d+", prepare=("md",))
case("virtiostat", "1", "cat /run/vm/control/command", r"virtio\S* +\S+ +\S+ +[1-9]")

# ---- memory
case("compactsnoop", "", "py:compact", r"\S+ +\d+ +\d+ +\S+ +\d+ +\S+ +[\d.]+",
     need=Need("reads the fifth argument of the raw tracepoint mm_compaction_begin, which has four", says="mm_compaction_begin|raw tracepoint"))
case("drsnoop", "", "py:reclaim", r"\S+ +\d+ +[\d.]+ +\d+", prepare=("swap",))
case("oomkill", "", "py:oom", r"OOM kill of PID \d+ \(\"bccmark-py")

# ---- network
case("tcpconnect", "", "py:tcp", r"bccmark-py +4 +127\.0\.0\.1 +127\.0\.0\.1 +31789")
case("tcpaccept", "", "py:tcp", r"bccmark-py +4 +127\.0\.0\.1 +\d+ +127\.0\.0\.1 +31789",
     need=Need("finds the protocol by the order of fields that struct sock had before 6.9", since=(6, 9)))
case("tcpconnlat", "", "py:tcp", r"bccmark-py +4 +127\.0\.0\.1 +127\.0\.0\.1 +31789 +[\d.]+")
case("tcplife", "", "py:tcp", r"127\.0\.0\.1 +\d+ +127\.0\.0\.1 +31789 +58 +39|127\.0\.0\.1 +\d+ +127\.0\.0\.1 +31789")
case("tcpstates", "", "py:tcp", r"127\.0\.0\.1 +\d+ +127\.0\.0\.1 +31789 +\S+ +-> ESTABLISHED", here=True)
case("tcptracer", "", "py:tcp", r"C +\d+ +bccmark-py +4 +127\.0\.0\.1 +127\.0\.0\.1 +\d+ +31789")
case("tcptop", "-C 1", "py:tcp", r"127\.0\.0\.1:31789 +[1-9]|bccmark-py +127\.0\.0\.1")
case("tcprtt", "-i 1", "py:tcp", r"usecs +: count(.|\n)*: [1-9]")
case("tcpcong", "5", "py:tcp_lossy", r"127\.0\.0\.1/\d+ +127\.0\.0\.1/\d+ +\d+")
case("tcpdrop", "", "py:tcp_retransmit", r"127\.0\.0\.1:\d+ +> 127\.0\.0\.1:\d+")
case("tcpretrans", "", "py:tcp_retransmit", r"127\.0\.0\.1:31789 +SYN_SENT")
case("tcpsubnet", "-i 1 127.0.0.0/8", "py:tcp", r"127\.0\.0\.0/8 +[1-9]")
case("tcpsynbl", "", "py:tcp", r"backlog_max = 5(.|\n)*: [1-9]", end="interrupt")
case("bindsnoop", "", "py:tcp", r"bccmark-py .*127\.0\.0\.1 +31789")
case("solisten", "", "py:tcp", r"bccmark-py .* 5 +31789 +127\.0\.0\.1")
case("netqtop", "-n lo -i 1", "py:tcp", r"TX(.|\n)* 0 +[1-9]", prepare=("net",))

# ---- the machine itself
case("bpflist", "", "", r"\d+ +opensnoop\S* +(map|prog) +[1-9]", end="exit", target="opensnoop")
case("reset-trace", "-v", "", r"(?i)kprobe_events|uprobe_events", end="exit")
case("tplist", "'syscalls:sys_enter_open*'", "", r"syscalls:sys_enter_openat\n", end="exit", here=True)

# ---- databases
case("dbslower", "postgres -m 0", "", r"bcc-query", target="postgres")
case("dbstat", "postgres -i 1", "", r"latency(.|\n)*: [1-9]", target="postgres")
case("mysqld_qslower", "{pid} 0", "", r"SELECT", target="mysqld", need="Debian has no MySQL, and its MariaDB no static probes")

# ---- runtimes of languages: each runs a program that calls a function of this name
NO_PROBES = {"node": "Node.js is built without static probes", "perl": "Debian's Perl is built without static probes",
             "tcl": "Debian's Tcl is built without static probes"}
SHOWN = {"calls": r"bcc_called\S* +[1-9]", "flow": r"(->|<-) .*bcc_called", "gc": r"\n *[\d.]+ +[\d.]+ +\S",
         "objnew": r"\S+ +[1-9]\d* +\d+", "stat": r"{pid} +\S+.* +[1-9]", "threads": r"bcc-thread"}
for language, tools in {
    "java": "calls flow gc objnew stat threads", "node": "gc stat", "perl": "calls flow stat",
    "php": "calls flow stat", "python": "calls flow gc stat", "ruby": "calls flow gc objnew stat",
    "tcl": "calls flow objnew stat",
}.items():
    for tool in tools.split():
        shown = r"(->|<-) .*(sleep|initialize)" if language + tool == "rubyflow" else SHOWN[tool]
        args = {"stat": "1", "calls": "{pid} 1", "objnew": "{pid} 1"}.get(tool, "{pid}")
        case(language + tool, args, "", shown, target=language, need=NO_PROBES.get(language))
case("cobjnew", "{pid} 1", "", r"block size 12345 +[1-9]", target="leak", here=True)
