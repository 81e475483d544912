#!/usr/bin/env python3
"""embed_text.py OUT SYMBOL BASE FILE...: writes a C file that holds the files' contents as strings."""
import os
import sys


def quoted(line):
    escaped = line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("?", "\\?")
    return '"' + escaped + '\\n"'


def main(out, symbol, base, paths):
    os.makedirs(os.path.dirname(out), exist_ok=True)
    with open(out, "w") as f:
        f.write('#include "embedded_text.h"\n\nconst struct bcc_text %s[] = {\n' % symbol)
        for path in paths:
            with open(path) as text:
                lines = text.read().split("\n")
            if lines and lines[-1] == "":
                lines.pop()
            f.write('{"%s",\n%s},\n' % (os.path.relpath(path, base), "\n".join(map(quoted, lines)) or '""'))
        f.write("{0, 0},\n};\n")


if __name__ == "__main__":
    main(*sys.argv[1:4], sys.argv[4:])
