# SPDX-License-Identifier: Apache-2.0
"""Python imports this before a tool of bpfcc-tools: saves the first text that the tool compiles, and its flags, and ends the tool."""
import os

if os.environ.get("BENCH_TEXTS"):
    import bcc.libbcc

    create = bcc.libbcc.lib.bpf_module_create_c_from_string

    def keep(text, debug, flags, count, *rest):
        if not text.strip():  # tools ask so what the kernel can
            return create(text, debug, flags, count, *rest)
        path = os.path.join(os.environ["BENCH_TEXTS"], os.environ["BENCH_TOOL"])
        with open(path + ".flags", "wb") as f:
            f.write(b"\n".join(flags[i] for i in range(count)))
        with open(path + ".c", "wb") as f:
            f.write(text)
        os._exit(0)

    bcc.libbcc.lib.bpf_module_create_c_from_string = keep
