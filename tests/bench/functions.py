#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""functions.py BUILD SCRATCH LIST: which functions the compiler library runs for the packaged tools' texts, by valgrind, into
LIST: those used by most texts first. Called by scripts/order-functions."""
import collections
import os
import re
import subprocess
import sys

import texts

build, scratch, listing = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3]
library = os.path.join(build, "libbcc/libbcc.so.0")
compiler = os.path.join(build, "libbcc/libbcc-compiler.so")
named = re.compile(r"c?fn=\(\d+\) (\S+)")


def functions_of(path, flags):
    """Each once; none if the text was not compiled."""
    profile = os.path.join(scratch, "profile")
    done = subprocess.run(["valgrind", "--tool=callgrind", "--demangle=no", "--callgrind-out-file=" + profile,
                           os.path.join(build, "tests/bench/bench_abi"), library, "0", "compile", path, *flags],
                          env=dict(texts.common, BCC_CACHE="0", BCC_COMPILER="inprocess"), capture_output=True)
    if done.returncode:
        return []
    with open(profile, errors="replace") as f:
        # callgrind calls a recursive function NAME'2 within itself
        return list(dict.fromkeys(m.group(1).split("'")[0] for m in map(named.match, f) if m))


def defined():
    symbols = subprocess.run(["nm", compiler], capture_output=True, text=True, check=True).stdout
    return {fields[2] for fields in map(str.split, symbols.splitlines()) if len(fields) == 3 and fields[1] in "tTwW"}


own, counts = defined(), collections.Counter()
# a third of the texts uses nearly all functions that any text uses
for tool, (path, flags) in texts.capture(os.path.join(scratch, "texts"), 3).items():
    found = functions_of(path, flags)
    print("%-20s %6d functions" % (tool, len(found)), flush=True)
    counts.update(name for name in found if name in own)
with open(listing, "w") as f:
    f.writelines(name + "\n" for name, _ in counts.most_common())
