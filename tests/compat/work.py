#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# Events for tools to see: work.py NAME makes those of one kind, once. It runs as a program called
# "bccmark-py", so that tools which print the command's name show whose events they are.
import ctypes
import errno
import mmap
import os
import pty
import socket
import struct
import subprocess
import sys
import threading
import time

here = os.environ.get("T", "/tmp")
libc = ctypes.CDLL(None, use_errno=True)
PORT = 31789


def listener(backlog):
    """at PORT, for which it waits where another run of these tests has it just now"""
    deadline = time.monotonic() + 20
    while True:
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", PORT))
            server.listen(backlog)
            return server
        except OSError as error:
            server.close()
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def tcp():
    """a connection over the loopback device: listen, connect, accept, data both ways, close"""
    server = listener(5)
    client = socket.create_connection(("127.0.0.1", PORT))
    peer, _ = server.accept()
    for _ in range(20):
        client.sendall(b"q" * 3000)
        peer.recv(3000, socket.MSG_WAITALL)
        peer.sendall(b"a" * 2000)
        client.recv(2000, socket.MSG_WAITALL)
    client.close()
    peer.close()
    server.close()


def tcp_retransmit():
    """a connection to where no answer comes from: the packets are dropped on the way"""
    rule = ["tc", "qdisc"]
    subprocess.run(rule + ["add", "dev", "lo", "root", "netem", "loss", "100%"], stderr=subprocess.DEVNULL)
    client = socket.socket()
    client.settimeout(4)
    try:
        client.connect(("127.0.0.1", PORT))
    except OSError:
        pass
    subprocess.run(rule + ["del", "dev", "lo", "root"], stderr=subprocess.DEVNULL)


def tcp_lossy():
    """a connection whose segments are lost now and then, so that its congestion state changes"""
    rule = ["tc", "qdisc"]
    server = listener(5)
    client = socket.create_connection(("127.0.0.1", PORT))
    peer, _ = server.accept()
    client.settimeout(10)
    peer.settimeout(10)
    subprocess.run(rule + ["add", "dev", "lo", "root", "netem", "loss", "20%"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(30):
            client.sendall(b"q" * 100000)
            peer.recv(100000, socket.MSG_WAITALL)
    except OSError:
        pass
    subprocess.run(rule + ["del", "dev", "lo", "root"], stderr=subprocess.DEVNULL)


def tty():
    """text for a terminal in two pieces: tools that know no more than the kernels of their time look only at these"""
    fd = os.open("/dev/tty1", os.O_WRONLY | os.O_NOCTTY)
    os.writev(fd, [b"bcc-tty-text", b"\r\n"])
    os.close(fd)


def dns():
    socket.getaddrinfo("localhost", 80)


def pass_fd():
    """a descriptor through a socket, received in the same process"""
    a, b = socket.socketpair()
    with open(here + "/passed", "w") as file:
        socket.send_fds(a, [b"x"], [file.fileno()])
        socket.recv_fds(b, 1, 1)


def shm():
    shmget, shmat = libc.shmget, libc.shmat
    shmat.restype = ctypes.c_void_p
    number = shmget(0, 12345, 0o1600)
    at = shmat(number, None, 0)
    libc.shmdt(ctypes.c_void_p(at))
    libc.shmctl(number, 0, None)


def threads():
    all = [threading.Thread(target=time.sleep, args=(0.01,)) for _ in range(3)]
    for thread in all:
        thread.start()
    for thread in all:
        thread.join()


def locks():
    """threads that wait for each other's locks in the kernel"""
    def touch():
        for _ in range(200):
            with open(here + "/locked", "a") as file:
                file.write("x")
                os.fsync(file.fileno())
    all = [threading.Thread(target=touch) for _ in range(4)]
    for thread in all:
        thread.start()
    for thread in all:
        thread.join()


def readline():
    """a line for an interactive shell"""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv("/bin/bash", ["bash", "--norc", "-i"])
    os.write(fd, b"echo bcc-readline\nexit\n")
    try:
        while os.read(fd, 4096):
            pass
    except OSError:
        pass
    os.waitpid(pid, 0)


def burn():
    """computes for half a second, then sleeps a little"""
    end = time.process_time() + 0.5
    while time.process_time() < end:
        sum(range(1000))
    time.sleep(0.05)


def memory():
    """touches 32 MB"""
    with mmap.mmap(-1, 32 << 20) as area:
        for at in range(0, len(area), 4096):
            area[at] = 1


def swap():
    """pushes its memory out to the swap device and reads it in again"""
    with mmap.mmap(-1, 8 << 20) as area:
        for at in range(0, len(area), 4096):
            area[at] = 1
        area.madvise(21)  # MADV_PAGEOUT
        time.sleep(0.2)
        sum(area[at] for at in range(0, len(area), 4096))


def stalls():
    """how often the kernel had to take memory from elsewhere for a process that wanted some"""
    with open("/proc/vmstat") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("allocstall"))


def reclaim():
    """takes memory until the kernel has to take it from elsewhere"""
    with open("/proc/meminfo") as file:
        facts = dict(line.split(":") for line in file)
    size = int(facts["MemTotal"].split()[0]) * 1024
    before = stalls()
    with mmap.mmap(-1, size) as area:
        for at in range(0, size, 4096):
            area[at] = 1
            if at % (1 << 20) == 0 and stalls() > before:
                break


def compact():
    with open("/proc/sys/vm/compact_memory", "w") as file:
        file.write("1")
    # a huge page, which needs contiguous memory
    with mmap.mmap(-1, 64 << 20) as area:
        area.madvise(14)  # MADV_HUGEPAGE
        for at in range(0, len(area), 4096):
            area[at] = 1


def oom():
    """a process that takes more than its control group may"""
    group = "/sys/fs/cgroup/bcc-oom"
    os.makedirs(group, exist_ok=True)
    with open("/sys/fs/cgroup/cgroup.subtree_control", "w") as file:
        file.write("+memory")
    with open(group + "/memory.max", "w") as file:
        file.write("20M")
    # swap that another case has enabled would absorb the excess
    if os.path.exists(group + "/memory.swap.max"):
        with open(group + "/memory.swap.max", "w") as file:
            file.write("0")
    pid = os.fork()
    if pid == 0:
        with open(group + "/cgroup.procs", "w") as file:
            file.write(str(os.getpid()))
        area = mmap.mmap(-1, 100 << 20)
        for at in range(0, len(area), 4096):
            area[at] = 1
        os._exit(0)
    os.waitpid(pid, 0)


def tls():
    """text through a TLS connection, by programs that use SSL_write() and SSL_read()"""
    cert, port = here + "/cert.pem", str(PORT + 2)
    if not os.path.exists(cert):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1",
                        "-keyout", cert + ".key", "-out", cert], stderr=subprocess.DEVNULL, check=True)
    received = here + "/tls.received"
    with open(received, "wb") as output:
        server = subprocess.Popen(["openssl", "s_server", "-quiet", "-accept", port, "-cert", cert, "-key", cert + ".key"],
                                  stdin=subprocess.PIPE, stdout=output, stderr=subprocess.DEVNULL)
    end, deadline = None, time.monotonic() + 20
    while os.path.getsize(received) == 0 and time.monotonic() < deadline:
        if end is None or end.poll() is not None:  # the server was not there yet
            end = subprocess.Popen(["openssl", "s_client", "-quiet", "-connect", "127.0.0.1:" + port],
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            end.stdin.write(b"bcc-tls-secret\n")
            end.stdin.flush()
        time.sleep(0.1)
    for process in (end, server):
        process.kill()
        process.wait()


def ioprio():
    """direct reads and writes on the file system of the block device"""
    path = here + "/disk/direct"
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_DIRECT)
    with mmap.mmap(-1, 65536) as area:
        for _ in range(8):
            os.pwrite(fd, area, 0)
            os.preadv(fd, [area], 0)
    os.fsync(fd)
    os.close(fd)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
