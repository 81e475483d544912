#!/usr/bin/env python3
"""table_types.py MAP_TYPES OUT: the rows of include/bcc/map_types.h for program texts: __BCC_TYPE_NAME, the
number of each type, and __BCC_TYPE_OF(word), the number that a word of BPF_TABLE() stands for, or 0."""
import re
import sys

with open(sys.argv[1]) as f:
    text = f.read()
rows = re.findall(r'^\tX\((\w+), (\d+), "([^"]*)",', text, flags=re.M)
extern = re.search(r"#define BCC_MAP_TYPE_EXTERN (\w+)", text)
if not rows or len(rows) != text.count("\tX(") or not extern:
    sys.exit("table_types.py: %s has rows of another form" % sys.argv[1])
with open(sys.argv[2], "w") as f:
    f.write("/* Made of include/bcc/map_types.h. */\n#pragma once\n\n")
    for name, number, _ in rows + [("EXTERN", extern.group(1), "")]:
        f.write("#define __BCC_TYPE_%s %s\n" % (name, number))
    f.write("#define __BCC_TYPE_OF(word) \\\n\t(")
    for _, number, words in rows:
        for word in words.split():
            f.write('__BCC_IS(word, "%s") ? %s : \\\n\t' % (word, number))
    f.write("0)\n")
