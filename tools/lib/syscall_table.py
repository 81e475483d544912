#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a table of the system calls that the compiler's headers have.

usage: syscall_table.py OUTPUT.c COMPILER [OPTION...]
"""
import re
import subprocess
import sys

NAME = re.compile(r"#define __NR_(\w+) (.*)")
# words of the headers that are no calls
OTHERS = ("syscalls", "arch_specific_syscall", "Linux", "OABI_SYSCALL_BASE", "SYSCALL_BASE", "SYSCALL_MASK")


def calls(compiler, header):
    """Pairs of names and what stands for their numbers; nothing if the compiler has no such header."""
    result = subprocess.run([*compiler, "-dM", "-E", "-x", "c", "-"], input="#include <%s>\n" % header,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    for line in result.stdout.splitlines() if result.returncode == 0 else ():
        match = NAME.fullmatch(line)
        if match and match[1] not in OTHERS:
            yield match[1], match[2]


def table(name, rows):
    return "const struct syscall_row %s[] = {\n%s\t{-1, NULL},\n};\n" % (
        name, "".join("\t{%s, \"%s\"},\n" % (number, call) for call, number in sorted(rows)))


def main():
    output, *compiler = sys.argv[1:]
    native = [(name, "__NR_" + name) for name, _ in calls(compiler, "asm/unistd.h")]
    if not native:
        sys.exit("syscall_table.py: %s has no system calls in <asm/unistd.h>" % compiler[0])
    # what programs of 32 bits call, if they have numbers of their own: those of x86
    other = [(name, number) for name, number in calls(compiler, "asm/unistd_32.h") if number.isdigit()]
    with open(output, "w", encoding="utf-8") as file:
        file.write("#include <asm/unistd.h>\n#include <stddef.h>\n\n#include \"syscall_name.h\"\n\n"
                   + table("syscall_rows", native) + table("syscall_rows_32", other))


main()
