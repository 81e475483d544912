#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the linker's version script of libbcc.so.0: a call that a release had keeps its version, others get this one.

usage: libbcc/version_map.py OUT VERSION RECORD INCLUDE_DIR    RECORD: libbcc/libbcc.abi, of the last release

A program that is linked with the library asks for its calls by name and version, so that one can be changed later without
breaking it. The functions of BCC's library (libbcc/abi/functions) have no version there, and are left without one here.
"""
import os
import re
import sys

HEADERS = ("bcc.h", "symbols.h", "usdt.h", "cache.h", "kernel_features.h", "loaded.h")  # of the C API


def declared(path):
    """The calls that a public header declares."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    return re.findall(r"\bBCC_API [^;(]*?\b(bcc_\w+)\(", text)


def released(path):
    """The calls of the last release, with the versions that brought them."""
    with open(path, encoding="utf-8") as file:
        return dict(re.findall(r"<elf-symbol name='(bcc_\w+)' version='(LIBBCC_[\d.]+)'", file.read()))


def main(out, version, record, include):
    versions = released(record)
    for header in HEADERS:
        for call in declared(os.path.join(include, header)):
            versions.setdefault(call, "LIBBCC_" + version)
    nodes = sorted(set(versions.values()), key=lambda node: [int(part) for part in re.findall(r"\d+", node)])
    before = ""
    with open(out, "w", encoding="utf-8") as file:
        for node in nodes:
            calls = sorted(call for call in versions if versions[call] == node)
            file.write("%s {\n%s}%s;\n" % (node, "".join("\t%s;\n" % call for call in calls), before))
            before = " " + node


if __name__ == "__main__":
    main(*sys.argv[1:])
