#!/usr/bin/env python3
"""helper_defs.py IN OUT: libbpf's bpf_helper_defs.h without comments and with const pointers."""
import re
import sys

with open(sys.argv[1]) as f:
    text = f.read()
text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
text = re.sub(r"\(\*(bpf_\w+)\)", r"(*const \1)", text)
text = re.sub(r"\n\s*\n+", "\n", text)
with open(sys.argv[2], "w") as f:
    f.write("/* Made from libbpf's bpf_helper_defs.h. */\n" + text)
