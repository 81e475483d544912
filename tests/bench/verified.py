#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""
usage: verified.py BUILD [TEXT...]

How many instructions the verifier follows in large programs (tests/bench/large), compiled by this library and
by BCC's: all programs of a text together, and the ratio. It fails if a text is not loaded. scripts/bench calls
it, and there have to be kernel headers for BCC.
"""
import glob
import os
import re
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
KPROBE, SOCKET, XDP, TRACEPOINT = 2, 1, 6, 5
KINDS = {
    "dns_names": SOCKET,
    "http2_frames": KPROBE,
    "http_filter": SOCKET,
    "http_requests": KPROBE,
    "kafka_requests": KPROBE,
    "mysql_statements": TRACEPOINT,
    "postgres_messages": TRACEPOINT,
    "redis_commands": TRACEPOINT,
    "tls_records": KPROBE,
    "xdp_headers": XDP,
}


def load(path):
    """Loads the programs of a text, which has the verifier's totals written to stderr; prints their sizes."""
    from bcc.libbcc import lib

    with open(path, "rb") as f:
        text = f.read()
    module = lib.bpf_module_create_c_from_string(text, 0, None, 0, False, None)
    if not module:
        sys.exit("not compiled")
    kind = KINDS[os.path.basename(path)[:-2]]
    for i in range(lib.bpf_num_functions(module)):
        name = lib.bpf_function_name(module, i)
        size = lib.bpf_function_size(module, name)
        # 4: the totals alone
        fd = lib.bcc_func_load(module, kind, name, lib.bpf_function_start(module, name), size, b"GPL",
                               lib.bpf_module_kern_version(module), 4, None, 0, None, -1)
        if fd < 0:
            sys.exit("%s is not loaded" % name.decode())
        os.close(fd)
        print(size // 8)


def measure(path, library):
    """(instructions, followed) of all programs of a text; or why there are none."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("BCC_")}
    env.update(BCC_CACHE="0", **({"LD_LIBRARY_PATH": library} if library else {}))
    done = subprocess.run([sys.executable, __file__, "--load", path], env=env, capture_output=True, text=True,
                          errors="replace")
    sizes = [int(line) for line in done.stdout.split()]
    followed = [int(n) for n in re.findall(r"processed (\d+) insns", done.stderr)]
    if done.returncode or not sizes or len(followed) != len(sizes):
        return None, done.stderr.strip()[-300:]
    return (sum(sizes), sum(followed)), None


def main():
    library = os.path.join(os.path.abspath(sys.argv[1]), "libbcc")
    failed = 0
    print("%-20s %8s %8s  %9s %9s  %s" % ("", "code", "BCC's", "followed", "BCC's", "ratio"))
    for path in sorted(glob.glob(here + "/large/*.c")):
        name = os.path.basename(path)[:-2]
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        (ours, why), (theirs, why_not) = measure(path, library), measure(path, None)
        if not ours or not theirs:
            print("%-20s ours: %s; BCC's: %s" % (name, why or "%d, %d" % ours, why_not or "%d, %d" % theirs))
            failed += 1
            continue
        print("%-20s %8d %8d  %9d %9d  %.2f" % (name, ours[0], theirs[0], ours[1], theirs[1], ours[1] / theirs[1]),
              flush=True)
    sys.exit(failed > 0)


if sys.argv[1:2] == ["--load"]:
    load(sys.argv[2])
elif len(sys.argv) > 1:
    main()
else:
    sys.exit(__doc__)
