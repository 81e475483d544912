#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# Events for two tools to see at once, many of one kind. It reads lines "NAME COUNT" from stdin, makes the
# events and prints a line when it has made them, so that its PID is known before the tools start.
import ctypes
import gc
import mmap
import os
import pty
import signal
import socket
import sys
import threading
import time

import work

libc = ctypes.CDLL(None, use_errno=True)
marker, missing = work.here + "/marker", work.here + "/missing"


def paced(count):
    """numbers of events, with pauses so short and often that no reader has to lose any: what is measured is its work, not its losses"""
    for number in range(count):
        if number % 20 == 19:
            time.sleep(0.06)
        yield number


def opens(count):
    for number in paced(count):
        try:
            # of which the kernel has not heard yet
            os.close(os.open(f"{missing}-{os.getpid()}-{number}" if number % 4 == 3 else marker, os.O_RDONLY))
        except FileNotFoundError:
            pass


def execs(count):
    for number in paced(count):
        pid = os.posix_spawn("/bin/true", ["true", "bcc-argument", str(number)], {})
        os.waitpid(pid, 0)


def sleeps(count):
    for _ in range(count):
        time.sleep(0.0005)


def connections(count):
    """each from connect to close; the client sends 3000 bytes and gets 2000"""
    server = work.listener(5)
    for _ in range(count):
        client = socket.create_connection(("127.0.0.1", work.PORT))
        peer, _ = server.accept()
        client.sendall(b"q" * 3000)
        peer.recv(3000, socket.MSG_WAITALL)
        peer.sendall(b"a" * 2000)
        client.recv(2000, socket.MSG_WAITALL)
        client.close()
        peer.close()
        time.sleep(0.002)
    server.close()


def exits(count):
    """of processes with the codes 0 and 42, and of some that a signal ends"""
    for number in paced(count):
        pid = os.fork()
        if pid == 0:
            if number % 4 == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            os._exit(42 * (number % 2))
        os.waitpid(pid, 0)


def statfs(count):
    for number in paced(count):
        try:
            os.statvfs(missing if number % 4 == 3 else marker)
        except FileNotFoundError:
            pass


def kills(count):
    """signals to itself that are ignored, and some to a process that cannot be"""
    for number in paced(count):
        try:
            os.kill((1 << 22) + 1 if number % 4 == 3 else os.getpid(), signal.SIGWINCH)
        except ProcessLookupError:
            pass


def syncs(count):
    for _ in paced(count):
        os.sync()


def mounts(count):
    place = (work.here + "/mnt").encode()
    for _ in paced(count):
        libc.mount(b"bcc-mount", place, b"tmpfs", 0, b"size=1m")
        libc.umount2(place, 0)


def shms(count):
    for _ in paced(count):
        work.shm()


def descriptors(count):
    for _ in paced(count):
        work.pass_fd()


def chowns(count):
    for number in paced(count):
        os.chown(marker, 1 + number % 2, -1)


def thread_starts(count):
    for _ in paced(count):
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()


def lines(count):
    """to an interactive shell"""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv("/bin/bash", ["bash", "--norc", "-i"])
    for number in range(count):
        os.write(fd, f"echo bcc-{number}\n".encode())
        said = b""
        while f"\nbcc-{number}\r".encode() not in said:
            said += os.read(fd, 4096)
    os.write(fd, b"exit\n")
    try:
        while os.read(fd, 4096):
            pass
    except OSError:
        pass
    os.waitpid(pid, 0)


def names(count):
    for _ in paced(count):
        work.dns()


def retransmissions(count):
    for _ in range(count):
        work.tcp_retransmit()


def binds(count):
    for number in paced(count):
        with socket.socket(type=socket.SOCK_DGRAM if number % 2 else socket.SOCK_STREAM) as end:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            end.bind(("127.0.0.1", work.PORT))


def listens(count):
    for number in paced(count):
        with socket.socket() as end:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            end.bind(("127.0.0.1", work.PORT))
            end.listen(1 + number % 8)


def writes(count):
    """direct ones to the disk, of 64 KB, each read again"""
    path = work.here + "/disk/direct"
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_DIRECT)
    with mmap.mmap(-1, 65536) as area:
        for number in paced(count):
            os.pwrite(fd, area, 65536 * (number % 64))
            os.preadv(fd, [area], 65536 * (number % 64))
    os.close(fd)


def flushes(count):
    """of a file on a mirror of two devices"""
    with open(work.here + "/md/flushed", "w") as file:
        for _ in paced(count):
            file.write("x")
            file.flush()
            os.fsync(file.fileno())


def file_calls(count, where="disk"):
    """an open, a write and a read of 500 bytes, an fsync of a file"""
    path = f"{work.here}/{where}/called"
    for _ in paced(count):
        fd = os.open(path, os.O_RDWR | os.O_CREAT)
        os.write(fd, b"x" * 500)
        os.pread(fd, 500, 0)
        os.fsync(fd)
        os.close(fd)


def file_calls_xfs(count):
    file_calls(count, "xfs")


def file_calls_btrfs(count):
    file_calls(count, "btrfs")


def file_calls_f2fs(count):
    file_calls(count, "f2fs")


def file_calls_nfs(count):
    file_calls(count, "nfs")


def short_lives(count):
    """files that are made, get another name, and are deleted"""
    for number in paced(count):
        path = f"{work.here}/disk/short-{number}"
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT))
        os.rename(path, path + "-renamed")
        os.unlink(path + "-renamed")


def memory_files(count):
    for _ in paced(count):
        os.close(os.memfd_create("bcc"))


def parents(count):
    for _ in paced(count):
        os.getppid()


def leaks(count):
    for _ in paced(count):
        libc.malloc(12345)


def kills_by_memory(count):
    for _ in range(count):
        work.oom()


def burns(count):
    """milliseconds of computing"""
    end = time.process_time() + count / 1000
    while time.process_time() < end:
        sum(range(1000))


def crowd(count):
    """three processes that compute on one processor for so many milliseconds"""
    pids = []
    for _ in range(3):
        pid = os.fork()
        if pid == 0:
            os.sched_setaffinity(0, {0})
            end = time.monotonic() + count / 1000
            while time.monotonic() < end:
                pass
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)


def interrupts(count):
    for _ in paced(count):
        os.statvfs(work.here + "/host")


def read_aheads(count):
    """of a file that is not in the page cache"""
    path = work.here + "/disk/large"
    for _ in range(count):
        fd = os.open(path, os.O_RDONLY)
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        while os.read(fd, 65536):
            pass
        os.close(fd)


def pipe_bytes(count):
    """that a process writes and reads itself"""
    ends = os.pipe()
    for _ in paced(count):
        os.write(ends[1], b"x")
        os.read(ends[0], 1)
    for end in ends:
        os.close(end)


def page_reads(count):
    fd = os.open(work.here + "/disk/large", os.O_RDONLY)
    for number in paced(count):
        os.pread(fd, 4096, number % 1000 * 4096)
    os.close(fd)


def pages(count):
    """reads of a page that is in the cache, of one that was dropped just before, and two writes to one"""
    fd = os.open(work.here + "/disk/large", os.O_RDWR)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
    for number in paced(count):
        at = (number + 1) % 1000 * 4096
        os.pwrite(fd, b"x", at)
        os.fsync(fd)
        os.posix_fadvise(fd, at, 4096, os.POSIX_FADV_DONTNEED)
        os.pread(fd, 4096, at)
        os.pread(fd, 4096, at)
    os.close(fd)


def secrets(count):
    for _ in range(count):
        work.tls()


def terminal_texts(count):
    for _ in paced(count):
        work.tty()


def losses(count):
    for _ in range(count):
        work.tcp_lossy()


def reclaims(count):
    for _ in range(count):
        work.reclaim()


def compactions(count):
    for _ in range(count):
        work.compact()


def bcc_called():
    pass


def python_calls(count):
    for _ in paced(count):
        bcc_called()


def python_collections(count):
    for number in paced(count):
        gc.collect(number % 3)


def inversions(count):
    """two threads, one after the other, that take two mutexes in different orders"""
    mutexes = [ctypes.create_string_buffer(64) for _ in range(2)]

    def take(first, second):
        for mutex in (first, second):
            libc.pthread_mutex_lock(mutex)
        for mutex in (second, first):
            libc.pthread_mutex_unlock(mutex)

    for _ in range(count):
        for order in (mutexes, mutexes[::-1]):
            thread = threading.Thread(target=take, args=order)
            thread.start()
            thread.join()


if __name__ == "__main__":
    # what is mapped is there before a tool counts faults
    libc.mlockall(1)
    libc.munlockall()
    print("here", flush=True)
    for line in sys.stdin:
        name, number = line.split()
        globals()[name](int(number))
        print("done", flush=True)
