#!/usr/bin/env python3
"""helper_defs.py IN OUT: libbpf's bpf_helper_defs.h without comments, with const pointers and BCC's sizes."""
import re
import sys

# Of these BCC's helpers.h has parameters of 64 bits. Cut to 32 bits, a size whose 64 bits were compared is
# one that the verifier knows nothing about.
WIDE = {
    "bpf_probe_read": "size",
    "bpf_probe_read_str": "size",
    "bpf_probe_read_user": "size",
    "bpf_probe_read_user_str": "size",
    "bpf_probe_read_kernel": "size",
    "bpf_probe_read_kernel_str": "size",
    "bpf_skb_store_bytes": "offset|len",
    "bpf_csum_diff": "from_size|to_size",
}


def widened(match):
    names = WIDE.get(match.group(1), "")
    return re.sub(rf"__u32 ({names})\b", r"__u64 \1", match.group(0)) if names else match.group(0)


with open(sys.argv[1]) as f:
    text = f.read()
text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
text = re.sub(r"\(\*(bpf_\w+)\)", r"(*const \1)", text)
text = re.sub(r"\(\*const (bpf_\w+)\)\([^)]*\)", widened, text)
text = re.sub(r"\n\s*\n+", "\n", text)
with open(sys.argv[2], "w") as f:
    f.write("/* Made from libbpf's bpf_helper_defs.h. */\n" + text)
