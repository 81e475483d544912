#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""manual.py OUT [EMULATOR...] TOOL: makes of what `TOOL --describe` prints its manual page OUT/NAME.8 and the completions of
shells, OUT/NAME.bash, OUT/_NAME (zsh) and OUT/NAME.fish."""
import json
import os
import re
import subprocess
import sys

GROUPS = (("tool", None), ("filters", "Filters"), ("output", "Output"), ("running", "Running"))
# options whose argument is one of these, and options whose argument is a file
CHOICES = {"output": "table json csv", "time-format": "local utc local-ms utc-ms local-us utc-us rfc3339 epoch boot",
           "debug": "source ir asm verifier libbpf"}
FILES = ("output-file", "cgroupmap", "mntnsmap", "cgroup", "libc", "shared")


def sentence(text):
    return text[:1].upper() + text[1:]


# ---- the manual page

def roff(text):
    """Text as roff shows it: no line begins a request, and dashes stay dashes."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def synopsis(tool):
    parts = [".B " + roff(tool["tool"]), "[\\fIoption\\fR...]"]
    for argument in tool["arguments"]:
        parts.append("[\\fI%s\\fR]" % roff(argument["name"]))
    if tool.get("intervals"):
        parts.append("[\\fIinterval\\fR [\\fIcount\\fR]]")
    if tool.get("command"):
        parts.append("[\\fB\\-\\-\\fR \\fIcommand\\fR...]")
    return parts


def option_heading(option):
    value = option.get("argument")
    form = "[%s\\fI%s\\fR]" if option.get("optional") else "%s\\fI%s\\fR"
    names = []
    if "letter" in option:
        names.append("\\fB\\-%s\\fR%s" % (option["letter"], " " + form % ("", roff(value)) if value else ""))
    names.append("\\fB\\-\\-%s\\fR%s" % (roff(option["name"]), form % ("=", roff(value)) if value else ""))
    return ", ".join(names)


def option_lines(tool):
    for argument in tool["arguments"]:
        yield from (".TP", "\\fI%s\\fR" % roff(argument["name"]), roff(sentence(argument["help"])) + ".")
    for group, heading in GROUPS:
        options = [option for option in tool["options"] if option["group"] == group and not option.get("hidden")]
        if options and heading:
            yield ".SS " + heading
        for option in options:
            yield from (".TP", option_heading(option), roff(sentence(option["help"])) + ".")
    yield from (".TP", "\\fB\\-h\\fR, \\fB\\-\\-help\\fR", "Show a summary of the options and exit.")


def column_lines(tool):
    for view in tool["views"]:
        for column in view["columns"]:
            yield from (".TP", "\\fB%s\\fR" % roff(column.get("heading", column["name"])))
            yield "%s (%s in JSON: %s).%s" % (
                roff(sentence(column.get("help", ""))), column["type"], roff(column["json"]),
                " Not shown by default; its name is %s." % roff(column["name"]) if column.get("hidden") else "")
        if view["kind"] == "histogram":
            yield "A histogram in %s, with powers of two as intervals." % view.get("unit", "units")


def page(tool):
    name = tool["tool"]
    yield '.TH "%s" 8 "" "libbcc %s" "BPF tools"' % (name.upper(), tool["version"])
    yield from (".SH NAME", "%s \\- %s" % (name, roff(tool["purpose"].rstrip("."))))
    yield from (".SH SYNOPSIS", *synopsis(tool))
    yield from (".SH DESCRIPTION", roff(tool["purpose"]))
    if "details" in tool:
        yield from (".PP", roff(tool["details"]).replace("\n\n", "\n.PP\n"))
    yield ".PP\nIt needs root, or the capabilities CAP_BPF and CAP_PERFMON, and BTF or headers of the kernel."
    yield from (".SH OPTIONS", *option_lines(tool))
    yield from (".SH OUTPUT", *column_lines(tool))
    if tool["sources"]:
        yield from (".SH SOURCES", "The first that works on the running kernel is used; \\fB\\-\\-verbose\\fR says which.")
        for source in tool["sources"]:
            yield from (".TP", roff(source["name"]), roff(source.get("less", "Shows everything.")))
    if tool["examples"]:
        yield ".SH EXAMPLES"
        for example in tool["examples"]:
            yield from (".TP", "\\fB%s %s\\fR" % (name, roff(example["arguments"])),
                        roff(sentence(example["shows"])) + ".")
    yield from (".SH EXIT STATUS", "0, or 1 if the programs could not be loaded or the output not written, or 2 if the",
                "command line is wrong.")


# ---- completions

def shown(tool):
    return [option for option in tool["options"] if not option.get("hidden")]


def choices(tool, option):
    if option["name"] in ("columns", "sort"):
        return " ".join(column["name"] for view in tool["views"] for column in view["columns"])
    return CHOICES.get(option["name"])


def names(option):
    return (["-" + option["letter"]] if "letter" in option else []) + ["--" + option["name"]]


def bash(tool):
    function = "_" + re.sub(r"\W", "_", tool["tool"])
    yield "%s()\n{\n\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}" % function
    yield "\tcase $before in"
    for option in shown(tool):
        if "argument" not in option:
            continue
        words = choices(tool, option)
        if words:
            action = "mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$word\")" % words
        elif option["name"] in FILES:
            action = 'mapfile -t COMPREPLY < <(compgen -f -- "$word")'
        else:
            action = "COMPREPLY=()"
        yield "\t%s) %s; return ;;" % (" | ".join(names(option)), action)
    yield "\tesac"
    every = " ".join("--" + option["name"] for option in shown(tool)) + " --help"
    yield "\tmapfile -t COMPREPLY < <(compgen -W '%s' -- \"$word\")\n}" % every
    yield "complete -F %s %s" % (function, tool["tool"])


def zsh_text(text):
    return re.sub(r"([\[\]:\\])", r"\\\1", text).replace("'", "'\\''")


def zsh(tool):
    yield "#compdef %s" % tool["tool"]
    yield "_arguments -s -S \\"
    for option in shown(tool):
        for name in names(option):
            value = ""
            if "argument" in option:
                words = choices(tool, option)
                value = "%s:%s:%s" % (":" if option.get("optional") else "", zsh_text(option["argument"]), "(%s)" % zsh_text(words) if words else
                                    "_files" if option["name"] in FILES else "")
            mark = "=" if value and name.startswith("--") else "+" if value else ""
            yield "\t'%s%s[%s]%s' \\" % (name, mark, zsh_text(option["help"]), value)
    yield "\t'(- *)'{-h,--help}'[show help]' \\"
    yield "\t'*::command:_normal'" if tool.get("command") else "\t'*:argument:'"


def fish(tool):
    for option in shown(tool):
        line = "complete -c %s -l %s" % (tool["tool"], option["name"])
        if "letter" in option:
            line += " -s %s" % option["letter"]
        if "argument" in option:
            words = choices(tool, option)
            line += "" if option.get("optional") else " -r"
            line += " -f -a '%s'" % words if words else "" if option["name"] in FILES else " -f"
        yield line + " -d '%s'" % option["help"].replace("\\", "\\\\").replace("'", "\\'")
    yield "complete -c %s -l help -s h -d 'show help'" % tool["tool"]


def write(folder, name, lines):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def main(out, *command):
    described = subprocess.run((*command, "--describe"), stdout=subprocess.PIPE, check=True)
    tool = json.loads(described.stdout)
    name = tool["tool"]
    os.makedirs(out, exist_ok=True)
    write(out, name + ".8", page(tool))
    write(out, name + ".bash", bash(tool))
    write(out, "_" + name, zsh(tool))
    write(out, name + ".fish", fish(tool))


if __name__ == "__main__":
    main(*sys.argv[1:])
