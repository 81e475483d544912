#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bpf_text.py OUT TOP LIB FILE [DEPFILE]: writes a C file with the string tool_text: the BPF text FILE with
what it includes in quotes, each once, and with tool_text_name. Such files are looked for beside the one that
includes them and in LIB. #line says where in the tree, which begins at TOP, each part is from. A text that
only includes another one is that one, so that tools with several names compile it once."""
import os
import re
import sys

INCLUDE = re.compile(r'\s*#\s*include\s*"([^"]+)"')


def find(name, beside, lib):
    for folder in (beside, lib):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return os.path.realpath(path)
    sys.exit("bpf_text.py: %s includes %s, which is neither there nor in %s" % (beside, name, lib))


def lines_of(path, top, lib, seen):
    seen.append(path)
    name = os.path.relpath(path, top)
    yield '#line 1 "%s"\n' % name
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            found = INCLUDE.match(line)
            if not found:
                yield line
                continue
            other = find(found[1], os.path.dirname(path), lib)
            if other not in seen:
                yield from lines_of(other, top, lib, seen)
            yield '#line %d "%s"\n' % (number + 1, name)


def quoted(line):
    return '"%s\\n"' % line.rstrip("\n").replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace(
        "?", "\\?")


def text_of(path, lib, seen):
    """The file, or the one that it only includes."""
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file if line.strip() and not re.match(r"/\*.*\*/$", line)]
    found = INCLUDE.match(lines[0]) if len(lines) == 1 else None
    if not found:
        return path
    seen.append(path)
    return text_of(find(found[1], os.path.dirname(path), lib), lib, seen)


def main(out, top, lib, path, depfile=None):
    seen = []
    path = text_of(path, lib, seen)
    text = "\n".join(map(quoted, lines_of(os.path.realpath(path), os.path.realpath(top), lib, seen)))
    os.makedirs(os.path.dirname(out), exist_ok=True)
    with open(out, "w", encoding="utf-8") as file:
        file.write("extern const char tool_text[], tool_text_name[];\n")
        file.write("const char tool_text_name[] = \"%s\";\n" % os.path.basename(path)[:-len(".bpf.c")])
        file.write("const char tool_text[] =\n%s;\n" % text)
    if depfile:
        with open(depfile, "w", encoding="utf-8") as file:
            file.write("%s: %s\n" % (out, " ".join(seen)))


if __name__ == "__main__":
    main(*sys.argv[1:])
