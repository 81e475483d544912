# SPDX-License-Identifier: Apache-2.0
"""The texts of the packaged tools, as they hand them to their library."""
import glob
import os
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
# the environment, without the library's settings
common = {k: v for k, v in os.environ.items() if not k.startswith("BCC_")}


def capture(folder, every=1):
    """{tool: (path, flags)}, of each `every`th command in tools.list; kept in the folder."""
    os.makedirs(folder, exist_ok=True)
    env = dict(common, PYTHONPATH=os.path.join(here, "capture"), PYTHONDONTWRITEBYTECODE="1", BENCH_TEXTS=folder)
    with open(os.path.join(here, "tools.list")) as f:
        lines = f.read().splitlines()
    # a formatter that takes the list for a program's text joins its lines
    if any(line != line.strip() or not line for line in lines):
        sys.exit("tools.list: each line is one command")
    commands = [line.replace("$$", str(os.getpid())).split() for line in lines]
    for tool, *args in commands[::every]:
        path = "/usr/sbin/%s-bpfcc" % tool
        if os.path.exists(path):
            try:
                subprocess.run([path, *args], env=dict(env, BENCH_TOOL=tool), stdin=subprocess.DEVNULL,
                               capture_output=True, timeout=20)
            except subprocess.TimeoutExpired:
                pass
    texts = {}
    for path in sorted(glob.glob(folder + "/*.c")):
        with open(path[:-2] + ".flags") as f:
            texts[os.path.basename(path)[:-2]] = (path, f.read().split("\n") if f else [])
    return {tool: (path, [f for f in flags if f]) for tool, (path, flags) in texts.items()}
