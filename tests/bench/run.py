#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py BUILD SCRATCH [--quick]: this library, the packaged libbcc and libbpf, alternately. Called by scripts/bench."""
import os
import statistics
import subprocess
import sys
import time

import texts as captured

here, common = captured.here, captured.common
build, scratch = os.path.abspath(sys.argv[1]), sys.argv[2]
quick = "--quick" in sys.argv
rounds = 1 if quick else 3
ours = os.path.join(build, "libbcc/libbcc.so.0")
program = os.path.join(build, "tests/bench/bench_%s")


def packaged_library():
    for line in subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout.splitlines():
        if line.strip().startswith("libbcc.so.0 "):
            return line.split("=> ")[1]
    sys.exit("the packaged library is missing: apt-get install libbpfcc")


def kernel_headers():
    """BCC looks for the running kernel's headers below /lib/modules: scripts/bench has put some there."""
    for half in ("build", "source"):
        if not os.path.exists("/lib/modules/%s/%s/include" % (os.uname().release, half)):
            sys.exit("BCC needs kernel headers, and there are none: run scripts/bench")
    return os.path.realpath("/lib/modules/%s/build" % os.uname().release)


upstream, headers = packaged_library(), kernel_headers()
environment = {
    ours: dict(common, BCC_CACHE="0"),
    upstream: common,
}


def run(command, env):
    """The NAME=VALUE of the command's last line, or None."""
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        return None
    return {k: float(v) for k, v in (word.split("=") for word in lines[-1].split())}


def abi(library, *args, env=None):
    begin = str(time.clock_gettime_ns(time.CLOCK_MONOTONIC))
    return run([program % "abi", library, begin, *args], env or environment[library])


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


def row(name, a, b, unit, digits=1):
    ratio = b / a if a else float("inf")
    print("  %-44s %10.*f %10.*f %s  %6.1f" % (name, digits, a, digits, b, unit.ljust(8), ratio), flush=True)


def heading(text, left="ours", right="upstream"):
    print("\n%s\n  %-44s %10s %10s           ratio" % (text, "", left, right), flush=True)


# ---- texts ----


def alternate(texts, mode, ours_env):
    """For each text that both take: medians of time and memory of either."""
    results = []
    for tool, (path, flags) in texts.items():
        values = {ours: [], upstream: []}
        for _ in range(rounds):
            for library in (ours, upstream):
                env = ours_env if library == ours else environment[library]
                values[library].append(abi(library, mode, path, *flags, env=env))
        if None in values[ours] or None in values[upstream]:
            who = [name for name, library in (("ours", ours), ("upstream", upstream)) if None in values[library]]
            print("  (%s: not compiled by %s)" % (tool, " nor ".join(who)))
            continue
        results.append((tool, *({k: statistics.median(v[k] for v in values[library]) for k in values[library][0]}
                                for library in (ours, upstream))))
    return results


def starts(title, results):
    heading(title)
    for name, part in (("median", 0.5), ("90th percentile", 0.9), ("slowest", 1.0)):
        row("%s of %d texts" % (name, len(results)), percentile([a["ms"] for _, a, _ in results], part),
            percentile([b["ms"] for _, _, b in results], part), "ms")
    row("all of them", sum(a["ms"] for _, a, _ in results), sum(b["ms"] for _, _, b in results), "ms")
    ratios = {tool: b["ms"] / a["ms"] for tool, a, b in results}
    worst = min(ratios, key=ratios.get)
    print("  ratio text by text: median %.1f, least %.1f (%s)" % (statistics.median(ratios.values()), ratios[worst], worst))
    print("  … below 10: %s" % (", ".join("%s %.1f" % (t, r) for r, t in sorted((r, t) for t, r in ratios.items()) if r < 10)
                             or "none"))
    row("CPU time: median", statistics.median(a["cpu_ms"] for _, a, _ in results),
        statistics.median(b["cpu_ms"] for _, _, b in results), "ms")
    row("memory: median", statistics.median(a["rss_mb"] for _, a, _ in results),
        statistics.median(b["rss_mb"] for _, _, b in results), "MB")
    row("memory: most", max(a["rss_mb"] for _, a, _ in results), max(b["rss_mb"] for _, _, b in results), "MB")


def warm(texts):
    env = dict(common, BCC_CACHE_DIR=os.path.join(scratch, "cache"))
    for path, flags in texts.values():
        abi(ours, "compile", path, *flags, env=env)
    results = alternate(texts, "load", env)
    starts("Warm: from the start of a process to loaded programs, compiled before", results)
    rest = [a["ms"] - a["kernel_ms"] for _, a, _ in results]
    print("  ours beside the kernel's part (bpf()): median %.2f ms, most %.2f ms" % (statistics.median(rest), max(rest)))


# ---- running programs ----


def events():
    heading("One event: eight dereferences from the current task (raw_syscalls:sys_enter, kernel's run-time statistics)")
    path, count = os.path.join(here, "event.c"), "2000000"
    cost = {}
    for _ in range(rounds):
        for library in (ours, upstream):
            for flags in ([], ["-DEMPTY"]):
                value = abi(library, "event", path, count, *flags)
                if value:
                    cost.setdefault((library, bool(flags)), []).append(value["ns"])
    if len(cost) == 4:
        full, empty = ({l: min(cost[l, e]) for l in (ours, upstream)} for e in (False, True))
        row("empty program", empty[ours], empty[upstream], "ns")
        row("above it", max(full[ours] - empty[ours], 0.01), full[upstream] - empty[upstream], "ns")


def attaching():
    heading("Attaching")
    path = os.path.join(here, "attach.c")
    values = {library: [abi(library, "attach", path, "50") for _ in range(2 * rounds + 1)] for library in (ours, upstream)}
    if all(None not in v for v in values.values()):
        for name, key in (("a uprobe", "uprobe"), ("the first tracepoint", "first_tracepoint"), ("a tracepoint", "tracepoint")):
            row(name, *(min(v[key + "_us"] for v in values[library]) for library in (ours, upstream)), "us")
            row("… CPU time", *(statistics.median(v[key + "_cpu_us"] for v in values[library])
                                for library in (ours, upstream)), "us")


def data():
    seconds = "1" if quick else "3"
    heading("Buffers: 64-byte events to a callback, producer and reader on a CPU each", "ours", "libbpf")
    for kind in ("ring", "perf"):
        values = {who: [] for who in ("ours", "libbpf")}
        for _ in range(rounds + 2):
            for who in values:
                value = run([program % "data", kind, who, seconds], environment[ours])
                if value:
                    values[who].append(value)
        if all(values.values()):
            best = {who: max(v["million_per_s"] for v in values[who]) for who in values}
            cpu = {who: statistics.median(v["cpu_ns_per_event"] for v in values[who]) for who in values}
            print("  %-44s %10.2f %10.2f million/s %5.2f" % (kind + " buffer", best["ours"], best["libbpf"],
                                                             best["ours"] / best["libbpf"]))
            row("its reader's CPU time an event", cpu["ours"], cpu["libbpf"], "ns")
            print("  events lost without being counted: %d" % max(v["uncounted"] for v in values["ours"]))
    heading("Tables: a hash of 100,000 entries", "ours", "calls")
    values = {who: [run([program % "data", "table", who, "100000"], environment[ours]) for _ in range(rounds)]
              for who in ("ours", "calls")}
    if all(None not in v for v in values.values()):
        row("read in batches", *(min(v["ms"] for v in values[who]) for who in ("ours", "calls")), "ms")
        row("read entry by entry, as BCC does", min(v["ms"] for v in values["ours"]),
            min(v["one_by_one_ms"] for v in values["calls"]), "ms")


print("kernel %s, %d CPUs; upstream: %s with headers of %s" % (os.uname().release, os.cpu_count(), upstream,
                                                              os.path.basename(headers)))
texts = captured.capture(os.path.join(scratch, "texts"), 6 if quick else 1)
starts("Cold: from the start of a process to a compiled text", alternate(texts, "compile", environment[ours]))
warm(texts)
events()
attaching()
data()
