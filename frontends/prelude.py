#!/usr/bin/env python3
"""prelude.py OUT [-IDIR] FILE...: writes a C file that holds the files in pieces (frontends/prelude.h), so that
a text gets only those that it needs. FILE is NAME=PATH, or NAME=PATH=DEFINED,… if the whole file is one piece.

The files are C headers of this form:

    file         { comment | "#pragma once" | include | piece }
    include      #include "FILE"      next to the includer or in DIR: its pieces are inserted here
    piece        directive            #define or #undef, with its continued lines
               | conditional          from #if… to its #endif, nested ones included
               | declaration          up to a line in column 0 that starts with } or, starting with a name,
                                      ends with ;

A piece defines the names after its #define and #undef; a declaration defines its struct, union or enum, its
(*const NAME), or the function, the first NAME( in it. A piece takes each piece that defines a word of it,
anywhere in its text, and because macros concatenate names,
    PREFIX##argument             if any piece has this, a word W also takes PREFIXW
    __BCC_GLUE2(NAME, number)    takes NAME0, NAME1, …

Methods of tables are split further, because a text that calls one does not need the others (what the macros
are for: table_kinds.h):

    method       #define __BCC_METHOD_name(M, t, MAP, KEY, LEAF)
                         M(t, LINKAGE, RESULT, NAME, (PARAMETERS), BODY), once or more
    kind         #define __BCC_KIND_NAME(...)
                         then, each on its own line, __BCC_METHOD_name(__VA_ARGS__) or
                         __BCC_KIND_NAME(__VA_ARGS__)
    walk         #define __BCC_WALK_NAME(t, linkage, …)  what it takes from a row
    use          __BCC_KIND_##KIND(__BCC_WALK_NAME, t, MAP, KEY, LEAF)

Each walk over a kind is expanded here, because every level of macros costs clang time for every token: it
becomes a macro __BCC_WALK_NAME_KIND(t, MAP, KEY, LEAF), which is a head and a part for each line of the kind. A
method's part defines its NAMEs: it is given to a text that mentions one of them, or that mentions a method whose
BODY calls it as __bcc_##t##_NAME. The part of another kind is always given."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cmake"))
from embed_text import quoted  # noqa: E402

WORD = re.compile(r"[A-Za-z_]\w*")
METHOD = re.compile(r"#define (__BCC_METHOD_\w+)\(M, t, MAP, KEY, LEAF\)[ \t]*\\\n(.*)", flags=re.S)
ROW = re.compile(r"\bM\(t, ")
KIND = re.compile(r"#define __BCC_KIND_(\w+)\(\.\.\.\)[ \t]*\\\n(.*)", flags=re.S)
PART = re.compile(r"\s+__BCC_(METHOD|KIND)_(\w+)\(__VA_ARGS__\)[\s\\]*")
WALK = re.compile(r"#define (__BCC_WALK_\w+)\((t, linkage, result, method, args, \.\.\.)\)[\s\\]*(.*)", flags=re.S)
USE = re.compile(r"__BCC_KIND_##KIND\((__BCC_WALK_\w+), ")


def without_comments(text):
    return re.sub(r'/\*.*?\*/|("(?:\\.|[^"\\])*")', lambda m: m.group(1) or " ", text, flags=re.S)


def logical_lines(text):
    lines = iter(text.split("\n"))
    for line in lines:
        while line.endswith("\\"):
            line += "\n" + next(lines)
        yield line


def with_includes(path, folders):
    """Its lines, and where it includes another file those of that."""
    for line in logical_lines(without_comments(open(path).read())):
        include = re.match(r'#include "(.+)"', line)
        if include:
            places = [os.path.join(folder, include.group(1)) for folder in [os.path.dirname(path)] + folders]
            yield from with_includes(next(filter(os.path.exists, places), places[0]), folders)
        elif line.strip() and not line.startswith("#pragma once"):
            yield line


def pieces_of(lines):
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


def rows_of(method):
    """The arguments of each M(…): t, linkage, result, name, parameters, body"""
    for start in ROW.finditer(method):
        arguments, depth, at = ["t", ""], 0, start.end()
        while depth >= 0:
            c = method[at]
            depth += (c == "(") - (c == ")")
            if c == "," and depth == 0 and len(arguments) < 6:
                arguments.append("")
            elif depth >= 0:
                arguments[-1] += c
            at += 1
        yield [argument.strip() for argument in arguments]


def walk_text(walk, row):
    """What the preprocessor would make of the row, with the macro of that walk for M"""
    names, text = walk
    values = dict(zip(names.replace("...", "__VA_ARGS__").split(", "), row))
    return re.sub(r"(?:##)?\b(?!t\b)(%s)\b" % "|".join(values), lambda m: values[m.group(1)], text)


def methods_of(pieces):
    """{name of a method's macro: (the names of methods for whose sake a text needs it, its rows)}"""
    rows, called = {}, {}
    for _, _, text in pieces:
        method = METHOD.fullmatch(text)
        if method:
            rows[method.group(1)] = list(rows_of(method.group(2)))
            for other in re.findall(r"__bcc_##t##_(\w+)", text):
                called.setdefault(other, set()).update(row[3] for row in rows[method.group(1)])
    needed = {macro: set().union(*({row[3]} | called.get(row[3], set()) for row in rows[macro])) for macro in rows}
    return {macro: (sorted(needed[macro]), rows[macro]) for macro in rows}


def parts_of(kind, name, walk, methods):
    """(what it defines, text) of the head and each part"""
    yield ["%s_%s" % (name, kind.group(1))], "#define %s_%s(t, MAP, KEY, LEAF)\\" % (name, kind.group(1))
    for line in kind.group(2).split("\n"):
        part = PART.fullmatch(line)
        if not part:
            sys.exit("prelude.py: neither a method nor a kind: " + line)
        if part.group(1) == "KIND":
            yield [], "%s_%s(t, MAP, KEY, LEAF)\\" % (name, part.group(2))
        else:
            defined, rows = methods["__BCC_METHOD_" + part.group(2)]
            yield defined, "".join(walk_text(walk, row) + "\\\n" for row in rows).rstrip("\n")
    yield [], ""  # ends the macro


def read(folders, files):
    """(file's number, what it defines, text, whether it is a part of the last piece that is none)"""
    pieces = []
    for number, file in enumerate(files):
        path, *whole = file.split("=")[1:]
        if whole:
            pieces.append((number, whole[0].split(","), "\n".join(with_includes(path, folders))))
        else:
            pieces += [(number, defined_by(p), p) for p in pieces_of(with_includes(path, folders))]
    methods = methods_of(pieces)
    walks = {walk.group(1): walk.groups()[1:] for walk in (WALK.fullmatch(text) for _, _, text in pieces) if walk}
    for number, names, text in pieces:
        kind = KIND.fullmatch(text)
        if kind:
            for name in walks:
                for i, (defined, part) in enumerate(parts_of(kind, name, walks[name], methods)):
                    yield number, defined, part, i > 0
        elif names[0] not in methods and names[0] not in walks:
            yield number, names, USE.sub(r"\1_##KIND(", text), False


def words_of(piece, prefixes, defined):
    """The names in it, and those that macros make of them."""
    words = set(WORD.findall(piece))
    glued = "|".join(map(re.escape, re.findall(r"__BCC_GLUE2\((\w+)", piece))) or "$^"
    return words | {p + w for p in prefixes for w in words} | {n for n in defined if re.fullmatch(r"(?:%s)\d+" % glued, n)}


def narrow(text):
    """Without the spaces around the ends of a macro's lines; between two words one is needed."""
    text = re.sub(r"[ \t]*\\\n[ \t]*", r"\\\n", text)
    return re.sub(r"(?<=\w)(?=\\\n\w)", " ", text)


def main(out, *arguments):
    folders = [a[2:] for a in arguments if a.startswith("-I")]
    pieces = list(read(folders, [a for a in arguments if not a.startswith("-I")]))
    prefixes = {prefix for _, _, text, _ in pieces for prefix in re.findall(r"(\w+)##", text)}
    where = {}
    for i, (_, names, _, is_part) in enumerate(pieces):
        for name in () if is_part else names:
            where.setdefault(name, set()).add(i)
    with open(out, "w") as f:
        f.write('#include "prelude.h"\n\nconst struct bcc_prelude_piece bcc_prelude_pieces[] = {\n')
        for i, (number, names, text, is_part) in enumerate(pieces):
            takes = sorted(set().union(*(where.get(word, ()) for word in words_of(text, prefixes, where))) - {i})
            f.write("{%d, %d, (const char *const[]){%s}, (const short[]){%s},\n%s},\n" % (
                number, is_part, ", ".join(['"%s"' % n for n in dict.fromkeys(names)] + ["0"]),
                ", ".join(map(str, takes + [-1])),
                "\n".join(map(quoted, narrow(text).split("\n")))))
        f.write("};\nconst unsigned bcc_prelude_piece_count = %d;\n" % len(pieces))


main(*sys.argv[1:])
