# SPDX-License-Identifier: Apache-2.0
"""What the texts share: how a case is written, and the events that cases make of themselves."""
import contextlib
import ctypes as ct
import os
import socket
import struct
import sys
import tempfile

from bcc import BPF, PerfType, PerfSWConfig  # noqa: F401

libc = ct.CDLL(None, use_errno=True)
cases = []


class Missing(Exception):
    """This kernel lacks what the case traces with, but loads its programs."""


class Refused(Exception):
    """This kernel does not load the case's programs."""


class Case:
    def __init__(self, function, text, replace):
        self.name = function.__name__
        self.function = function
        self.text = text
        self.replace = replace


def case(text, replace=None):
    """A text and, behind it, what its Python program does. `replace`: what that puts into the text."""

    def add(function):
        if any(c.name == function.__name__ for c in cases):
            raise ValueError("two cases are called " + function.__name__)
        cases.append(Case(function, text, replace or {}))
        return function

    return add


class Program(BPF):
    """BPF with the attaching of prefixed functions put off, so that it is known what failed."""

    def _trace_autoload(self):
        pass

    def attach_prefixed(self):
        BPF._trace_autoload(self)

    def attach_kprobe(self, *args, **kwargs):
        need_kprobes()
        BPF.attach_kprobe(self, *args, **kwargs)

    def attach_kretprobe(self, *args, **kwargs):
        need_kprobes()
        BPF.attach_kretprobe(self, *args, **kwargs)

    def function_names(self):
        from bcc.libbcc import lib

        return [lib.bpf_function_name(self.module, i) for i in range(lib.bpf_num_functions(self.module))]

    def attach_syscall(self, name, entry=None, leave=None):
        event = self.get_syscall_fnname(name)
        if entry:
            self.attach_kprobe(event=event, fn_name=entry)
        if leave:
            self.attach_kretprobe(event=event, fn_name=leave)

    def listen(self, table="events"):
        """The table's events, as they will have come when poll() has returned."""
        events = []

        # what it points to is gone when the handler has returned
        def handler(cpu, data, size):
            event = self[table].event(data)
            events.append(type(event).from_buffer_copy(event))

        if hasattr(self[table], "open_ring_buffer"):
            self[table].open_ring_buffer(handler)
            self.poll = self.ring_buffer_consume
        else:
            self[table].open_perf_buffer(handler, page_cnt=64)
            self.poll = lambda: self.perf_buffer_poll(timeout=0)
        return events


def need_kprobes():
    if not os.path.exists("/sys/bus/event_source/devices/kprobe"):
        raise Missing("no kprobes")


PROBES = (b"kprobe__", b"kretprobe__")
TRAMPOLINES = (b"kfunc__", b"kretfunc__", b"lsm__")


def load_all(program):
    """Where nothing can be attached: all functions are of the kind that needs it."""
    for name in program.function_names():
        if not name.startswith((b"tracepoint__", b"raw_tracepoint__") + TRAMPOLINES):
            program.load_func(name, BPF.KPROBE)


def attempt(c):
    """Runs a case: ("ok", "n/a", "refused", "compile", "load" or "wrong", why)."""
    text = c.text
    for old, new in c.replace.items():
        text = text.replace(old, str(new() if callable(new) else new))
    try:
        program = Program(text=text, cflags=["-DPID=%d" % os.getpid(), "-w"])
    except Exception as error:
        return "compile", str(error)
    try:
        try:
            if any(name.startswith(PROBES) for name in program.function_names()):
                need_kprobes()
            program.attach_prefixed()
            c.function(program)
        except Missing as why:
            load_all(program)
            return "n/a", str(why)
    except Refused as why:
        return "refused", str(why)
    except AssertionError as error:
        return "wrong", str(error)
    except Exception as error:
        # some kernels have trampolines, and do not let a program use them
        if "super-user" in str(error) and any(n.startswith(TRAMPOLINES) for n in program.function_names()):
            return "refused", "no trampolines"
        return "load", "%s: %s" % (type(error).__name__, error)
    return "ok", ""


# ---- values ----


def equal(is_, should):
    if is_ != should:
        raise AssertionError("%r instead of %r, line %d" % (is_, should, sys._getframe(1).f_lineno))


def true(condition, what=""):
    if not condition:
        raise AssertionError("%s, line %d" % (what or "not so", sys._getframe(1).f_lineno))


def u32(value):
    return ct.c_uint(value)


def u64(value):
    return ct.c_ulonglong(value)


def slot(program, table, index=0):
    """A number in an array."""
    return program[table][ct.c_int(index)].value


def total(program, table):
    """Of all numbers of a table."""
    return sum(v.value for v in program[table].values())


def mine(events):
    """Of events, those of this process."""
    return [e for e in events if e.pid == os.getpid()]


# ---- events ----


def getpgid(times=1):
    for _ in range(times):
        libc.getpgid(0)


def spawn(*argv):
    """Runs a program; its process number, when it has ended."""
    child = os.posix_spawn(argv[0], argv, {"HOME": "/"}, file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    os.waitpid(child, 0)
    return child


def fork(code=0):
    """A child that ends at once; its process number, when it has ended."""
    child = os.fork()
    if not child:
        os._exit(code)
    os.waitpid(child, 0)
    return child


@contextlib.contextmanager
def scratch(content=b""):
    """A file of its own; its path."""
    with tempfile.NamedTemporaryFile(prefix="corpus-") as file:
        file.write(content)
        file.flush()
        yield file.name


@contextlib.contextmanager
def connection(family=socket.AF_INET):
    """Both ends of a TCP connection, and the server's port."""
    with socket.socket(family) as server:
        server.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        server.listen(1)
        with socket.create_connection(server.getsockname()[:2]) as client:
            peer, _ = server.accept()
            with peer:
                yield client, peer, server.getsockname()[1]


@contextlib.contextmanager
def datagrams():
    """A UDP socket that sends and one that receives, and the receiver's port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(20)
        sender.connect(receiver.getsockname())
        yield sender, receiver, receiver.getsockname()[1]


@contextlib.contextmanager
def xdp(program, name):
    """The function sees what arrives at the loopback device."""
    program.attach_xdp("lo", program.load_func(name, BPF.XDP), BPF.XDP_FLAGS_SKB_MODE)
    try:
        yield
    finally:
        program.remove_xdp("lo", BPF.XDP_FLAGS_SKB_MODE)


@contextlib.contextmanager
def filtered(program, name):
    """A raw socket of the loopback device that gets what the function lets through."""
    function = program.load_func(name, BPF.SOCKET_FILTER)
    BPF.attach_raw_socket(function, "lo")
    with socket.socket(fileno=os.dup(function.sock)) as raw:
        yield raw
