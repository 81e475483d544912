#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""growth.py BUILD SCRATCH PICTURE [--quick]: the cost of 1 to 100 times as much of something. Called by scripts/bench.

CPU time, medians. The exponent of growth between ten times and a hundred times as much is that of the differences, so that what is
paid once does not count: log10((t100 - t10) / (t10 - t1)); 1 is in proportion to n."""
import math
import os
import shutil
import statistics
import subprocess
import sys

import texts

program = os.path.join(os.path.abspath(sys.argv[1]), "tests/bench/bench_growth")
scratch, picture = sys.argv[2], os.path.abspath(sys.argv[3])
quick = "--quick" in sys.argv
STEPS = (1, 3, 10, 30, 100)

# kind, what it is counted in, its number at 1x, what is measured: (name, title)
KINDS = (
    ("lines", "lines of one function", 50, (("compile", "compiled"), ("open", "opened, compiled before"))),
    ("programs", "programs", 10, (("compile", "compiled"), ("open", "opened, compiled before"), ("load", "loaded"),
                                  ("find", "each found by name"), ("close", "closed"))),
    ("tables", "tables", 10, (("compile", "compiled"), ("open", "opened, compiled before"), ("find", "each found by name"),
                              ("types", "types of each"), ("close", "closed"))),
    ("tracepoints", "tracepoints", 2, (("attach", "attached"), ("detach", "detached"))),
    ("uprobes", "uprobes", 3, (("attach", "attached one by one"), ("detach", "detached one by one"),
                               ("regex", "attached by an expression"), ("regex_one_by_one", "the same, a probe each"))),
    ("stacks", "stacks", 40, (("read", "read"), ("fold", "folded with names"))),
)


def measure(kind, base, step):
    """The medians of NAME=VALUE, or None. Short measurements are disturbed more easily."""
    n, rounds = base * step, 1 if quick else 7 if step <= 10 else 3
    cache = os.path.join(scratch, "growth-cache")
    values = []
    for _ in range(rounds):
        shutil.rmtree(cache, ignore_errors=True)
        done = subprocess.run([program, kind, str(n)], env=dict(texts.common, BCC_CACHE_DIR=cache), capture_output=True, text=True)
        if done.returncode:
            print("  %s %d: %s" % (kind, n, done.stderr.strip() or "failed"))
            return None
        values.append({k: float(v) for k, v in (word.split("=") for word in done.stdout.split())})
    return {k: statistics.median(v[k] for v in values) for k in values[0]}


def exponent(t):
    """None if the growth is below the resolution of the clock."""
    early, late = t[2] - t[0], t[4] - t[2]
    return math.log10(late / early) if early > 0.005 and late > 0 else None


def row(name, t):
    e = exponent(t)
    print("  %-44s %s %8s" % (name, " ".join("%9.2f" % v for v in t), "" if e is None else "%.2f" % e), flush=True)


def n_log_n(base):
    f = [n * math.log2(n) for n in (base, 10 * base, 100 * base)]
    return math.log10((f[2] - f[1]) / (f[1] - f[0]))


def draw(curves):
    """A panel for each kind, with curves for the library's part and (dashed) the kernel's."""
    folder = os.path.join(scratch, "growth")
    os.makedirs(folder, exist_ok=True)
    script = ["set terminal svg size 1100,1500 font 'sans-serif,11' background '#ffffff' noenhanced",
              "set output '%s'" % picture, "set multiplot layout 3,2", "set logscale xy", "set grid lc rgb '#dddddd'", "set samples 30",
              "unset mxtics", "unset mytics", "set format x '%g'",
              "set format y '%g'", "set key below left Left reverse samplen 2 maxcols 1", "set ylabel 'CPU time, ms'"]
    for kind, unit, base, names in KINDS:
        if kind not in curves:
            continue
        lines, values = [], curves[kind]
        for number, (name, title) in enumerate(names):
            for part, dash in (("", ""), ("_kernel", " dt 2")):
                points = [(base * s, v[name + part + "_ms"]) for s, v in zip(STEPS, values)]
                if max(y for _, y in points) < 0.01:
                    continue
                path = os.path.join(folder, "%s-%s%s" % (kind, name, part))
                with open(path, "w") as f:
                    f.writelines("%g %g\n" % (x, max(y, 0.001)) for x, y in points)
                label = title + (", in the kernel" if part else "")
                lines.append("'%s' with linespoints lc %d pt 7 ps 0.4%s title '%s'" % (path, number + 1, dash, label))
        top = max(v for value in values for k, v in value.items() if k.endswith("_ms"))
        floor = 0.003
        script += ["set xlabel '%s'" % unit, "set xrange [%g:%g]" % (base * 0.9, base * 110),
                   "set yrange [%g:%g]" % (floor, top * 2),
                   # in proportion to n, and n log n, from the corner
                   "a = %g; y0 = %g" % (base, floor * 1.5),
                   "plot %s, y0 * x / a lc rgb '#999999' lw 1 title 'n', "
                   "y0 * x * log(x) / (a * log(a)) lc rgb '#999999' dt 3 title 'n log n'" % ", ".join(lines)]
    script += ["unset multiplot"]
    subprocess.run(["gnuplot"], input="\n".join(script) + "\n", text=True, check=True)


print("\nAs work grows: CPU time in ms at 1, 3, 10, 30 and 100 times as much, and the exponent from 10 to 100 times")
curves = {}
for kind, unit, base, names in KINDS:
    values = [measure(kind, base, step) for step in STEPS]
    if None in values:
        continue
    curves[kind] = values
    counts = " ".join("%9d" % value.get("count", base * step) for step, value in zip(STEPS, values))
    print("\n  %-44s %s   (n log n would be %.2f)" % (unit, counts, n_log_n(base)))
    for name, title in names:
        row(title, [value[name + "_ms"] for value in values])
        if max(value[name + "_kernel_ms"] for value in values) > 0.1:
            row("… the kernel's part", [value[name + "_kernel_ms"] for value in values])
draw(curves)
print("\n  drawn: %s" % picture)
