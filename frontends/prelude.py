#!/usr/bin/env python3
"""prelude.py OUT FILE...: writes a C file that holds the files in pieces (frontends/prelude.h): a macro, a declaration or a
whole conditional block each, with what it defines and which other pieces it takes; of macros of methods, each method. FILE: NAME=PATH; NAME=PATH=DEFINED,… is
one piece."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cmake"))
from embed_text import quoted  # noqa: E402

WORD = re.compile(r"[A-Za-z_]\w*")


def without_comments(text):
    return re.sub(r'/\*.*?\*/|("(?:\\.|[^"\\])*")', lambda m: m.group(1) or " ", text, flags=re.S)


def logical_lines(text):
    lines = iter(text.split("\n"))
    for line in lines:
        while line.endswith("\\"):
            line += "\n" + next(lines)
        yield line


def with_includes(path):
    """Its lines, and where it includes a neighbour those of that."""
    for line in logical_lines(without_comments(open(path).read())):
        include = re.match(r'#include "(.+)"', line)
        if include:
            yield from with_includes(os.path.join(os.path.dirname(path), include.group(1)))
        elif line.strip() and not line.startswith("#pragma once"):
            yield line


def pieces_of(lines):
    """A directive, a block of #if to #endif, or what ends in column 0."""
    piece, depth = [], 0
    for line in lines:
        depth += bool(re.match(r"#if", line)) - bool(re.match(r"#endif", line))
        piece.append(line)
        alone = len(piece) == 1 and line.startswith("#")
        if depth == 0 and (alone or re.match(r"#endif|\}|[^\s#].*;$", line)):
            yield "\n".join(piece)
            piece = []
    if piece:
        sys.exit("prelude.py: no end of: " + piece[0])


def defined_by(piece):
    names = re.findall(r"^#(?:define|undef) (\w+)", piece, flags=re.M)
    if not piece.startswith("#"):
        declaration = (re.match(r"(?:struct|union|enum) (\w+)\s*[;{]", piece) or re.search(r"\(\*const (\w+)\)", piece)
                       or re.search(r"(\w+)\(", piece))
        names.append(declaration.group(1))
    if not names:
        sys.exit("prelude.py: what is defined by: " + piece)
    return names


def words_of(piece):
    """The names in it, and those that it puts together: __BCC_TABLE(KIND, …) and __BCC_KIND(KIND, …) of the table's kind,
    __BCC_GLUE2(NAME, number)."""
    words = set(WORD.findall(piece))
    for kind in re.findall(r"__BCC_(?:TABLE|KIND)\((\w+)", piece):
        words |= {"__BCC_%s_%s" % (kind, part) for part in ("METHODS", "MEMBERS", "VALUES")}
    for prefix in re.findall(r"__BCC_GLUE2\((\w+)", piece):
        words |= {prefix + str(number) for number in range(17)}
    return words


# Where in a macro of a kind's methods something of one method begins; or of all of another kind.
PART = re.compile(r"\s+(?:__BCC_INLINE\([^,]+, name, (\w+)\)|void __bcc_##name##_(\w+)\(|.*\(\*(\w+)\)\(|__BCC_SET\(name, (\w+)\)"
                  r"|__BCC_\w+_(?:METHODS|MEMBERS|VALUES)\(name\))")


def parts_of(piece):
    """A macro of methods falls into what a text needs of it: [method or None, text]"""
    parts = []
    for line in piece.split("\n"):
        begin = PART.match(line)
        if begin or not parts:
            parts.append([begin and next(filter(None, begin.groups()), None), ""])
        parts[-1][1] += line.rstrip("\\ \t") + "\\\n"
    return parts + [[None, ""]] # ends the macro


def callers(pieces):
    """{method: those that take it}, for one that a text calls may call another; of increment() the rewriter makes increment_by()"""
    found = {}
    for _, _, text in pieces:
        for method, part in parts_of(text):
            for other in re.findall(r"__bcc_##name##_(\w+)", part):
                found.setdefault(other, {other}).add(method or other)
            if method and method.endswith("_by"):
                found.setdefault(method, {method}).add(method[:-3])
    return found


def read(arguments):
    """(file's number, what it defines, text, whether it is a part of the last that is none)"""
    pieces = []
    for number, argument in enumerate(arguments):
        path, *whole = argument.split("=")[1:]
        if whole:
            pieces.append((number, whole[0].split(","), "\n".join(with_includes(path))))
        else:
            pieces += [(number, defined_by(p), p) for p in pieces_of(with_includes(path))]
    taken_by = callers(pieces)
    for number, names, text in pieces:
        if not re.match(r"#define __BCC_\w+_(METHODS|MEMBERS|VALUES)\(name\)", text):
            yield number, names, text, False
            continue
        for i, (method, part) in enumerate(parts_of(text)):
            methods = sorted(taken_by.get(method, {method})) if method else []
            yield number, methods if i else names, part.rstrip("\n"), i > 0


def main(out, arguments):
    pieces = list(read(arguments))
    where = {}
    for i, (_, names, _, is_part) in enumerate(pieces):
        for name in () if is_part else names:
            where.setdefault(name, set()).add(i)
    with open(out, "w") as f:
        f.write('#include "prelude.h"\n\nconst struct bcc_prelude_piece bcc_prelude_pieces[] = {\n')
        for i, (number, names, text, is_part) in enumerate(pieces):
            takes = sorted(set().union(*(where.get(word, ()) for word in words_of(text))) - {i})
            f.write("{%d, %d, (const char *const[]){%s}, (const short[]){%s},\n%s},\n" % (
                number, is_part, ", ".join(['"%s"' % n for n in dict.fromkeys(names)] + ["0"]), ", ".join(map(str, takes + [-1])),
                "\n".join(map(quoted, text.split("\n")))))
        f.write("};\nconst unsigned bcc_prelude_piece_count = %d;\n" % len(pieces))


main(sys.argv[1], sys.argv[2:])
