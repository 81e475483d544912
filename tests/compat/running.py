# SPDX-License-Identifier: Apache-2.0
# What runs tools and looks at them: the scratch directory with what a machine is prepared with, processes and
# what they hold and use.
import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading


class Output:
    """What a process says, as it comes."""

    def __init__(self, fd):
        self.text = ""
        self.thread = threading.Thread(target=self.read, args=(fd,), daemon=True)
        self.thread.start()

    def read(self, fd):
        while True:
            try:
                data = os.read(fd, 65536)
            except OSError:
                break
            if not data:
                break
            self.text += data.decode("utf-8", "replace")


def quiet(*command):
    if not shutil.which(command[0]):
        return 127
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode


# of mkfs.ext4: what would be written later looks like the events of a test
AT_ONCE = ["-E", "lazy_itable_init=0,lazy_journal_init=0"]


class Scratch:
    """The directory of the tests' own events, and what is prepared for them in the machine."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="bcc-compat.")
        self.done = {}
        self.devices = []
        self.words = {"T": self.path, "libc": next(iter(glob.glob("/usr/lib/*-linux-gnu/libc.so.6")), "/lib64/libc.so.6")}
        os.chmod(self.path, 0o755)
        os.mkdir(self.path + "/mnt")
        with open(self.path + "/marker", "w") as file:
            file.write("marked\n")
        os.symlink("/bin/bash", self.path + "/bccmark")
        os.symlink(os.path.realpath(sys.executable), self.path + "/bccmark-py")

    def prepare(self, what):
        if what not in self.done:
            method = getattr(self, "prepare_" + what, None)
            self.done[what] = method() if method else True
        return self.done[what]

    def image(self, name, megabytes):
        path = f"{self.path}/{name}.img"
        with open(path, "wb") as file:
            file.truncate(megabytes << 20)
        quiet("modprobe", "loop")
        device = subprocess.run(["losetup", "--find", "--show", path], capture_output=True, text=True).stdout.strip()
        if device:
            self.devices.append(device)
        return device

    def file_system(self, kind, name, megabytes):
        device = self.image(name, megabytes)
        place = f"{self.path}/{name}"
        os.mkdir(place)
        quiet("modprobe", kind)
        if not device or quiet("mkfs." + kind, "-q", *(AT_ONCE if kind == "ext4" else []), device) or quiet("mount", "-t", kind, device, place):
            return False
        with open(place + "/marker", "w") as file:
            file.write("marked\n" * 1000)
        with open(place + "/large", "wb") as file:
            file.write(b"x" * (4 << 20))
        os.sync()
        self.words[name] = os.path.basename(device)
        return True

    def prepare_disk(self):
        return self.file_system("ext4", "disk", 64)

    def prepare_ext4(self):
        return self.file_system("ext4", "ext4", 64)

    def prepare_xfs(self):
        return self.file_system("xfs", "xfs", 320)

    def prepare_btrfs(self):
        return self.file_system("btrfs", "btrfs", 128)

    def prepare_f2fs(self):
        return self.file_system("f2fs", "f2fs", 64)

    def prepare_md(self):
        quiet("modprobe", "raid1")
        a, b = self.image("md-a", 48), self.image("md-b", 48)
        os.mkdir(self.path + "/md")
        return not (quiet("mdadm", "--create", "/dev/md7", "--run", "--level=1", "--raid-devices=2", "--metadata=1.2", a, b)
                    or quiet("mkfs.ext4", "-q", *AT_ONCE, "/dev/md7") or quiet("mount", "/dev/md7", self.path + "/md"))

    def prepare_host(self):
        """a file system of the machine on which this virtual one runs, which answers by interrupts"""
        with open("/proc/mounts") as file:
            mounts = [line.split() for line in file]
        place = next((words[1] for words in mounts if words[2] == "9p"), None)
        if place:
            os.symlink(place, self.path + "/host")
        return bool(place)

    def prepare_nfs(self):
        place = self.path + "/nfs"
        export = self.path + "/export"
        os.mkdir(place)
        os.mkdir(export)
        quiet("mount", "-t", "tmpfs", "export", export)
        # the second one is there, because the kernel has another way of opening one that it has to make
        for name in ("marker", "called"):
            with open(f"{export}/{name}", "w") as file:
                file.write("marked\n")
        for module in ("nfsd", "nfs", "nfsv4"):
            quiet("modprobe", module)
        quiet("mount", "-t", "nfsd", "nfsd", "/proc/fs/nfsd")
        os.makedirs("/run/rpcbind", exist_ok=True)
        quiet("rpcbind")
        os.makedirs("/var/lib/nfs/v4recovery", exist_ok=True)
        quiet("exportfs", "-o", "rw,no_root_squash,fsid=0,insecure", "127.0.0.1:" + export)
        quiet("rpc.nfsd", "1")
        quiet("rpc.mountd")
        return not quiet("mount", "-t", "nfs4", "-o", "noac,timeo=50", "127.0.0.1:/", place)

    def prepare_frequencies(self):
        """processors of 2 GHz, as far as files say"""
        place, shown = self.path + "/cpu", "/sys/devices/system/cpu"
        if os.path.exists(shown + "/cpu0/cpufreq"):
            return False
        os.mkdir(place)
        for name in ("possible", "present", "online"):
            shutil.copyfile(f"{shown}/{name}", f"{place}/{name}")
        for cpu in range(os.cpu_count()):
            os.makedirs(f"{place}/cpu{cpu}/cpufreq")
            with open(f"{place}/cpu{cpu}/cpufreq/scaling_cur_freq", "w") as file:
                file.write("2000000\n")
        return not quiet("mount", "--bind", place, shown)

    def prepare_swap(self):
        device = self.image("swap", 128)
        return bool(device) and not quiet("mkswap", device) and not quiet("swapon", device)

    def remove(self):
        for name in ("disk", "ext4", "xfs", "btrfs", "f2fs", "md", "nfs"):
            if self.done.get(name):
                # lazily: a tool or the kernel may still hold it, and the runner ends
                quiet("umount", "-l", f"{self.path}/{name}")
        if self.done.get("md"):
            quiet("mdadm", "--stop", "/dev/md7")
        if self.done.get("frequencies"):
            quiet("umount", "-l", "/sys/devices/system/cpu")
        for device in self.devices:
            # with the last one that holds it
            quiet("losetup", "--detach", device)
        shutil.rmtree(self.path, ignore_errors=True)


def stop(process, patience):
    """Ctrl-C, and after a while what cannot be refused."""
    for number, wait in ((signal.SIGINT, patience), (signal.SIGTERM, 3), (signal.SIGKILL, 30)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            pass
        try:
            return process.wait(wait)
        except subprocess.TimeoutExpired:
            continue
    return None


def traced(pid):
    """How many programs, events and tables a process and its children hold: once they are there and no more come, it is attached."""
    count = 0
    for one in [pid] + children(pid):
        try:
            for fd in os.listdir(f"/proc/{one}/fd"):
                link = os.readlink(f"/proc/{one}/fd/{fd}")
                count += link in ("anon_inode:[perf_event]", "anon_inode:bpf-prog", "anon_inode:bpf_link", "anon_inode:bpf-map")
        except OSError:
            pass
    return count


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def cpu_time(pid):
    """seconds that a process has computed"""
    try:
        with open(f"/proc/{pid}/stat") as file:
            words = file.read().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
