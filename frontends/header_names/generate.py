#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the tables of names that programs know from kernel headers and that BTF does not hold: macros, inline functions, constants and
types. table.h has the format; header_names.c says how they are read.

usage: generate.py [--cc CC] [--own FILE]... --out FOLDER TREE...
       generate.py [--cc CC] --stand-ins FILE --out C_FILE
  CC      gcc, which can leave macros as they are
  --own   headers of the library's: what they define is left out
  TREE    SERIES=COMMON:BUILD, the halves of a tree of kernel headers, or SERIES=uapi:FOLDER, exported headers (linux-libc-dev); the
          newest first. FOLDER/uapi.names has what they say to user space, FOLDER/kernel.names the rest, if there is any.
  --stand-ins  the definitions that go before those of any header, as a table in C
"""
import argparse
import multiprocessing
import os
import re
import struct
import subprocess
import sys
import tempfile

# These first, in this order: what other headers define once more, for special configurations, comes second.
FIRST = """linux/types.h linux/kernel.h linux/sched.h linux/skbuff.h linux/fs.h linux/mm.h net/sock.h net/tcp.h linux/blkdev.h
linux/netdevice.h linux/if_ether.h linux/ip.h linux/ipv6.h linux/tcp.h linux/udp.h linux/icmp.h linux/in.h linux/in6.h linux/spinlock.h
linux/module.h linux/pci.h linux/usb.h linux/of.h linux/acpi.h linux/xarray.h linux/nodemask.h linux/bpf.h linux/filter.h
linux/perf_event.h linux/ftrace.h linux/trace_events.h linux/security.h linux/cgroup.h linux/memcontrol.h linux/pagemap.h linux/rmap.h
linux/swap.h linux/pid_namespace.h linux/nsproxy.h linux/mount.h linux/namei.h linux/uio.h linux/socket.h net/inet_sock.h
net/inet_connection_sock.h net/ip.h net/ipv6.h net/udp.h net/route.h net/dst.h net/neighbour.h net/netlink.h net/genetlink.h
linux/ethtool.h linux/kvm_host.h linux/crypto.h linux/io_uring.h""".split()

# Folders of a tree's include/ that programs have use for: not the constants of device trees, nor those of
# one test suite.
FOLDERS = """linux uapi net rdma scsi sound drm crypto media acpi keys target video misc xen kvm ras pcmcia vdso memory clocksource cxl soc ufs
mtd asm asm-generic""".split()

# Headers that earlier kernels had, and that programs still include.
FORMER = """asm/kaiser.h linux/autoconf.h linux/blk-cgroup.h linux/bootmem.h linux/cleancache.h linux/config.h linux/cryptohash.h
linux/elevator.h linux/flex_array.h linux/frontswap.h linux/genhd.h linux/irda.h linux/kaiser.h linux/kmemcheck.h linux/ncp.h
linux/percpu_ida.h linux/raid/xor.h linux/sched/rt.h linux/sched/sysctl.h linux/timekeeping32.h linux/wanrouter.h linux/xattr_security.h
net/dn.h net/dst_metadata.h net/flow.h net/inet_frag.h net/netevent.h net/tcp_memcontrol.h net/udp_tunnel.h""".split()

# What a build makes of its configuration and its structs: numbers of that kernel, not of the one that runs.
# Stand-ins say what can be said of any.
OF_ONE_KERNEL = "include/generated/"

# Numbers of system calls, which the C library's <sys/syscall.h> calls SYS_close.
SYSTEM_CALL = "__NR_"

WORD = re.compile(r"[A-Za-z_]\w*")
TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|[A-Za-z_]\w*|\.?\d(?:[\w.]|(?<=[eEpP])[+-])*|->|\.\.\.|##|[^\s\w]')
KEYWORDS = set("""auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Bool _Alignas _Alignof _Static_assert
_Generic _Noreturn __attribute__ __attribute __extension__ __inline __inline__ __volatile__ __const typeof __typeof__ __typeof
__alignof__ __builtin_offsetof __signed__ __restrict __label__ __int128 __int128_t __VA_ARGS__ __VA_OPT__ asm __asm__ __asm
__FILE__ __LINE__ __func__ __FUNCTION__ __COUNTER__ __auto_type""".split())
TYPE_WORDS = set("char int long short signed unsigned void _Bool const volatile __signed__ float double struct union enum register static".split())
STATEMENT_STARTS = set("{ } ; ( )".split())

OBJECT, CALL, FUNCTION, DECLARATION, TYPE, MACHINE = range(1, 7)


class Definition:
    __slots__ = ("kind", "names", "text", "header", "line", "order", "needs", "editions")

    def __init__(self, kind, names, text, header, line, order, needs):
        self.kind, self.names, self.text, self.header, self.line = kind, names, text, header, line
        self.order, self.needs, self.editions = order, needs, 0


# ---- a tree, and its headers as one text without conditions ----

class Tree:
    def __init__(self, argument):
        self.series, where = argument.split("=", 1)
        self.exists = {}
        self.exported = where.startswith("uapi:")
        if self.exported:
            root = where.split(":", 1)[1]
            self.roots = [(root, "include/uapi/")] + [
                (os.path.join(root, d), "arch/include/uapi/") for d in sorted(os.listdir(root)) if d.endswith("-linux-gnu")]
            self.forced = []
            self.by_length = sorted(self.roots, key=lambda r: -len(r[0]))
            return
        common, build = where.split(":")
        arch = "arch/x86/include" if os.path.isdir(build + "/arch/x86/include/generated") else "arch/arm64/include"
        self.roots = [(os.path.join(base, folder), folder + "/") for base, folder in (
            (common, arch), (build, arch + "/generated"), (common, "include"), (build, "include"), (common, arch + "/uapi"),
            (build, arch + "/generated/uapi"), (common, "include/uapi"), (build, "include/generated/uapi"))]
        self.by_length = sorted(self.roots, key=lambda r: -len(r[0]))
        self.forced = [common + "/include/linux/" + name for name in ("compiler-version.h", "kconfig.h", "compiler_types.h")]
        self.forced = [name for name in self.forced if os.path.exists(name)]

    def headers(self):
        """Their names as they are included, those of the kernel itself first."""
        names = {}
        for root, _ in self.roots:
            for folder in FOLDERS:
                for where, folders, files in os.walk(os.path.join(root, folder)):
                    folders.sort()
                    for name in sorted(files):
                        if name.endswith(".h"):
                            names.setdefault(os.path.relpath(os.path.join(where, name), root), None)
        return list(names)

    def includes(self):
        """{header: those that it includes}, whatever the configuration; by the names in the kernel's sources."""
        found = {}
        for root, name in self.roots:
            for folder in FOLDERS:
                for where, _, files in os.walk(os.path.join(root, folder)):
                    for file in files:
                        path = os.path.join(where, file)
                        shown = self.shown(path)
                        if file.endswith(".h") and shown and shown not in found:
                            found[shown] = self.included_by(path)
        return found

    def included_by(self, path):
        with open(path, encoding="utf-8", errors="replace") as f:
            names = re.findall(r'^[ \t]*#[ \t]*include[ \t]*([<"][^>"\n]+)', f.read(), re.M)
        places = []
        for name in names:
            near = os.path.normpath(os.path.join(os.path.dirname(path), name[1:]))
            far = [os.path.join(root, name[1:]) for root, _ in self.roots]
            for place in ([near] if name[0] == '"' else []) + far:
                if place not in self.exists:
                    self.exists[place] = os.path.exists(place)
                if self.exists[place]:
                    shown = self.shown(place)
                    if shown:
                        places.append(shown)
                    break
        return list(dict.fromkeys(places))

    def shown(self, path):
        """include/linux/skbuff.h: as it is called in the kernel's sources."""
        for root, name in self.by_length:
            if path.startswith(root + "/"):
                return name + path[len(root) + 1:]
        return None

    def flags(self):
        flags = ["-nostdinc", "-std=gnu11", "-O2"] + ["-I" + root for root, _ in self.roots]
        if not self.exported:
            flags += ["-D__KERNEL__", "-DCC_USING_FENTRY", "-D__DISABLE_EXPORTS", "-D__NO_FORTIFY"]
        for name in self.forced:
            flags += ["-include", name]
        return flags


COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*', re.S)


def blank(m):
    """In place of a comment: as many lines."""
    text = m.group()
    return text if text[0] in "\"'" else " " + "\n" * text.count("\n")


# Of headers for user space all are read but those for other word sizes.
OTHER_SIZES = re.compile(r"_(?:32|x32)\.h$")


def preprocessed(cc, tree, headers, includes):
    """All of them in one, with their macros unexpanded. Those that include what is not there are left out; and those of the kernel's own that
    others include come where these include them, or not at all: there are several of a kind, one for each configuration."""
    included = {inner for header, inners in includes.items() for inner in inners if inner != header}

    def is_alone(name):
        shown = next((where + name for _, where in tree.roots if where + name in includes), None)
        return shown is None or shown not in included or (is_uapi(shown) and not OTHER_SIZES.search(shown))

    first = [h for h in FIRST if h in set(headers)]
    names = first + [h for h in headers if h not in set(first) and is_alone(h)]
    left_out = set()
    with tempfile.TemporaryDirectory() as folder:
        source, out = folder + "/all.c", folder + "/all.i"
        while True:
            present = [h for h in names if h not in left_out]
            with open(source, "w") as f:
                f.write("".join("#include <%s>\n" % h for h in present))
            with open(out, "wb") as f:
                run = subprocess.run([cc, "-E", "-w", "-fdirectives-only", "-dD", *tree.flags(), source], stdout=f, stderr=subprocess.PIPE)
            messages = run.stderr.decode(errors="replace")
            if "fatal error: " not in messages:
                break
            # "In file included from a.h:1,\n from all.c:17:" or "all.c:17:10: fatal error: …"
            places = re.findall(re.escape(source) + r":(\d+)", messages[:messages.rindex("fatal error: ")])
            if not places:
                sys.exit("generate.py: " + messages[-2000:])
            left_out.add(present[int(places[-1]) - 1])
        with open(out, encoding="utf-8", errors="replace") as f:
            return COMMENT.sub(blank, f.read())


# ---- that text as definitions ----

SCAN = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[{}();]|\S')
MARKER = re.compile(r'# (\d+) "((?:[^"\\]|\\.)*)"((?: \d)*)')
DEFINE = re.compile(r"#\s*define\s+(\w+)(\([^)]*\))?\s*(.*)", re.S)
GUARD = re.compile(r"\w*_H_*$|_\w+_H_\w*$")


class Reader:
    """Cuts the text into macros and declarations: (file, line, position, "define", name, parameters, body) or (…, "code", text, pack)."""

    def __init__(self, text):
        self.lines = text.split("\n")
        self.macros = {} # defined at this point: name: its parameters, or None

    def items(self):
        file, number, code, start, depth, pack = None, 0, [], None, 0, []
        for position, line in enumerate(self.lines):
            if line.lstrip().startswith("#"):
                line = line.lstrip()
                marker = MARKER.match(line)
                if marker:
                    number = int(marker.group(1)) - 1
                    file = marker.group(2)
                    continue
                number += 1
                define = DEFINE.match(line)
                if define:
                    name, parameters, body = define.groups()
                    self.macros[name] = parameters
                    yield (file, number, position, "define", name, parameters, body.strip())
                elif line.startswith("#undef "):
                    self.macros.pop(line[7:].strip(), None)
                else:
                    m = re.match(r"#\s*pragma\s+pack\s*\((.*)\)", line)
                    if m:
                        self.pack(pack, m.group(1).replace(" ", ""))
                continue
            number += 1
            if not line or line.isspace():
                continue
            if not code:
                start, depth, body_opened = (file, number, position), 0, False
            begin = 0
            for m in SCAN.finditer(line):
                c = m.group()
                if c == "{" or c == "(":
                    if c == "{" and depth == 0:
                        body_opened = self.is_function("\n".join(code) + "\n" + line[begin:m.start()])
                    depth += 1
                elif c == "}" or c == ")":
                    depth -= 1
                    if depth < 0:
                        depth = 0
                    ends = c == "}" and depth == 0 and body_opened
                    if ends:
                        yield (*start, "code", "\n".join(code + [line[begin:m.end()]]).strip(), pack[-1] if pack else None)
                        code, begin, start, body_opened = [], m.end(), (file, number, position), False
                elif c == ";" and depth == 0:
                    text = "\n".join(code + [line[begin:m.end()]]).strip()
                    if text != ";":
                        yield (*start, "code", text, pack[-1] if pack else None)
                    code, begin, start, body_opened = [], m.end(), (file, number, position), False
            rest = line[begin:]
            if rest.strip() or code:
                code.append(rest)
            if code and depth == 0 and self.is_invocation("\n".join(code)):
                yield (*start, "code", "\n".join(code).strip(), pack[-1] if pack else None)
                code = []

    @staticmethod
    def pack(stack, argument):
        if argument.startswith("push"):
            stack.append(argument.split(",")[-1] if "," in argument else None)
        elif argument.startswith("pop") or not argument:
            if stack:
                stack.pop()
        else:
            stack[:] = [argument]

    @staticmethod
    def is_function(before):
        before = re.sub(r"__attribute__\s*\(\(.*?\)\)", " ", before, flags=re.S).strip()
        return "(" in before and not re.search(r"=\s*$|=\s*\(", before) and not re.match(
            r"(?:typedef\s+)?(?:struct|union|enum)\s+\w*\s*(?:\w+\s*)?$", before)

    def is_invocation(self, code):
        m = re.match(r"\s*(\w+)\s*\(.*\)\s*$", code, re.S)
        return bool(m and self.macros.get(m.group(1)) is not None)


ATTRIBUTE = re.compile(r"__attribute__\s*\(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\)")


def is_static(text):
    return bool(re.match(r"(?:\w+\s+)*?static\b", text)) or re.match(r"(?:extern\s+)?(?:__always_inline|inline|__inline)\b", text)


def before_parentheses(tokens, macros):
    """Index of a function's name: the first word before a "(" that is no macro with parameters, nor an attribute."""
    depth = 0
    for i, t in enumerate(tokens):
        if t == "(":
            if depth == 0 and i and WORD.fullmatch(tokens[i - 1]) and tokens[i - 1] not in KEYWORDS and macros.get(tokens[i - 1]) is None:
                return i - 1
            depth += 1
        elif t == ")":
            depth -= 1
        elif t == "{" and depth == 0:
            return None
    return None


def declarator_name(text):
    """Of a typedef, or a variable, without bodies."""
    flat = ATTRIBUTE.sub(" ", text)
    while "{" in flat:
        shorter = re.sub(r"\{[^{}]*\}", " ", flat)
        if shorter == flat:
            return None
        flat = shorter
    flat = re.sub(r"=.*", "", flat, flags=re.S)
    m = re.search(r"\(\s*(?:\w+\s+)*\*+\s*(?:const\s+)?(\w+)\s*(?:\[[^\]]*\]\s*)*\)\s*\(", flat) or re.search(r"\(\s*\*\s*\(\s*\*\s*(\w+)", flat)
    if m:
        return m.group(1)
    flat = re.sub(r"\[[^\]]*\]", " ", flat)
    m = re.search(r"\b(\w+)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*;$", flat)
    if m and m.group(1) not in KEYWORDS and not m.group(1).startswith("__align"):
        return m.group(1)
    flat = re.sub(r"\b__\w*(?:align|packed|bitwise|deprecated)\w*\b(\s*\([^()]*\))?", " ", flat)
    words = WORD.findall(flat)
    words = [w for w in words if w not in KEYWORDS or w in ()]
    return words[-1] if words else None


def declared_names(tokens):
    """Of variables: "extern char *a, b[4];"."""
    parts, depth = [[]], 0
    for t in tokens:
        depth += (t in "([{") - (t in ")]}")
        if t == "," and not depth:
            parts[-1].append(";")
            parts.append([])
        else:
            parts[-1].append(t)
    names = [declarator_name(" ".join(part)) for part in parts]
    return [n for n in names if n]


def enumerators(tokens):
    """Of all enum bodies in the tokens."""
    names, i = [], 0
    while i < len(tokens):
        if tokens[i] == "enum":
            j = i + 1
            while j < len(tokens) and (WORD.fullmatch(tokens[j]) and tokens[j] not in ("struct", "union")):
                j += 1
            if j < len(tokens) and tokens[j] == "{":
                depth, expects = 1, True
                j += 1
                while j < len(tokens) and depth:
                    t = tokens[j]
                    if t in "{([":
                        depth += 1
                    elif t in "})]":
                        depth -= 1
                    elif depth == 1 and t == ",":
                        expects = True
                    elif depth == 1 and expects and WORD.fullmatch(t):
                        if tokens[j + 1:j + 2] != ["("]: # what a macro makes has another name
                            names.append(t)
                        expects = False
                    else:
                        expects = expects and False
                    j += 1
                i = j
                continue
        i += 1
    return names


def tags_defined(tokens):
    found = []
    for i, t in enumerate(tokens):
        if t in ("struct", "union", "enum"):
            j = i + 1
            while j < len(tokens) and tokens[j] in ("__attribute__", "("):
                depth = 0
                j += 1
                while j < len(tokens):
                    depth += tokens[j] == "("
                    depth -= tokens[j] == ")"
                    j += 1
                    if depth <= 0:
                        break
            if j + 1 < len(tokens) and WORD.fullmatch(tokens[j]) and tokens[j + 1] == "{":
                found.append(tokens[j])
    return found


def used_names(tokens, parameters=()):
    """Names in code that its own scope does not define: ordinary ones, and tags as "#tag". Members may be macros, with their dot."""
    own, names = set(parameters), {}
    previous, before = "", ""
    declaring = False # inside of "type name, name;"
    depth = 0
    for i, t in enumerate(tokens):
        following = tokens[i + 1] if i + 1 < len(tokens) else ""
        if WORD.fullmatch(t) and t not in KEYWORDS:
            if previous in ("struct", "union", "enum"):
                names["#" + t] = None
            elif previous in ("->", "."):
                names["." + t] = None
            elif previous == "goto":
                pass
            else:
                is_declared = following in (";", ",", "=", ")", "[", ":", "(") and (
                    (WORD.fullmatch(previous) and previous not in KEYWORDS) or previous in TYPE_WORDS or
                    (previous == "*" and (WORD.fullmatch(before) and (before not in KEYWORDS or before in TYPE_WORDS) or before == "*")
                     and (declaring or following == ")" )))
                # a macro behind another, as in the arguments of an attribute
                is_declared = is_declared and not (t.isupper() and len(t) > 3 and following == ")")
                if is_declared and following != "(":
                    own.add(t)
                elif previous == "," and declaring and depth == declaring_depth and following in (";", ",", "=", "["):
                    own.add(t)
                elif t not in own:
                    names[t + "(" if following == "(" else t] = None
        if t in "([{":
            depth += 1
        elif t in ")]}":
            depth -= 1
        if previous in ("", "{", "}", ";", "(", ")") or t == "":
            declaring = (t in TYPE_WORDS or (WORD.fullmatch(t) is not None and t not in KEYWORDS and (
                WORD.fullmatch(following) is not None or following == "*")))
            declaring_depth = depth
        before, previous = previous, t
    return [n for n in names if n.rstrip("(") not in own]


def parameters_of(tokens, at):
    """Names of a function's parameters: the word before each "," or ")" of the outermost list, or in (*name)(…)."""
    names, depth, i = [], 0, at
    while i < len(tokens):
        t = tokens[i]
        if t == "(":
            depth += 1
            if tokens[i + 1:i + 2] == ["*"] and depth >= 2 and i + 2 < len(tokens) and WORD.fullmatch(tokens[i + 2]):
                names.append(tokens[i + 2])
        elif t in (")", ",", "[") and depth == 1:
            if WORD.fullmatch(tokens[i - 1]) and i - 2 > at and tokens[i - 2] not in ("struct", "union", "enum", "(", ","):
                names.append(tokens[i - 1])
        if t == ")":
            depth -= 1
            if not depth:
                break
        i += 1
    return names


IS_ASM = re.compile(r"\b(?:asm|__asm__|__asm|__seg_gs|__seg_fs)\b")


class Edition:
    """What one tree defines."""

    def __init__(self, cc, tree, own):
        self.tree, self.own = tree, own
        self.series = tree.series
        self.definitions = []
        self.shown = {}
        self.made_by_macros = []
        self.generators = {}
        self.headers = tree.includes()
        self.read(preprocessed(cc, tree, tree.headers(), self.headers))
        self.expand(cc)
        del self.generators, self.shown, self.made_by_macros

    def header(self, path):
        if path not in self.shown:
            self.shown[path] = self.tree.shown(path)
        return self.shown[path]

    def read(self, text):
        reader = Reader(text)
        for file, line, position, what, *rest in reader.items():
            header = self.header(file) if file else None
            if not header or header.startswith(OF_ONE_KERNEL):
                continue
            if what == "define":
                name, parameters, body = rest
                self.generators[name] = (parameters, body)
                if name in self.own or body == name or name.startswith("__builtin_") or (GUARD.match(name) and not body):
                    continue
                self.definitions.append(self.macro(name, parameters, body, header, line, position))
                if name.startswith(SYSTEM_CALL) and parameters is None and "unistd" in header:
                    self.definitions.append(self.macro("SYS_" + name[len(SYSTEM_CALL):], None, name, header, line, position))
            elif what == "code":
                self.code(rest[0], rest[1], header, line, position, reader.macros)

    @staticmethod
    def kind_of(text, kind):
        return MACHINE if IS_ASM.search(text) else kind

    def macro(self, name, parameters, body, header, line, order):
        tokens = TOKEN.findall(body)
        own = WORD.findall(parameters) if parameters else []
        needs = [n for n in used_names(tokens, own) if n.rstrip("(") != name]
        kind = self.kind_of(body, CALL if parameters is not None else OBJECT)
        return Definition(kind, [name], "#define %s%s %s" % (name, parameters or "", body), header, line, order, needs)

    def code(self, text, pack, header, line, order, macros):
        tokens = TOKEN.findall(text)
        if not tokens or tokens[0] in ("asm", "__asm__", "_Static_assert", "static_assert"):
            return
        if len(tokens) > 1 and tokens[1] == "(" and macros.get(tokens[0]) is not None:
            self.made_by_macros.append((text, header, line, order))
            return
        if text.endswith("}") and Reader.is_function(text[:text.index("{")]):
            return self.function(text, tokens, header, line, order, macros)
        defined = tags_defined(tokens)
        constants = enumerators(tokens)
        if pack:
            text = "\n#pragma pack(push, %s)\n%s\n#pragma pack(pop)" % (pack, text)
        if tokens[0] == "typedef":
            name = declarator_name(" ".join(tokens[1:]))
            names = ([name] if name else []) + ["#" + t for t in defined] + constants
            self.type(names, text, tokens, header, line, order)
        elif tokens[0] == "extern" and len(defined) == 1 and "}" in tokens: # of a type and a variable in one
            tag = text.index(defined[0])
            end = text.rindex("}") + 1
            self.type(["#" + defined[0]] + constants, text[len("extern"):end] + ";", tokens, header, line, order)
            self.code(text[:tag] + defined[0] + text[end:], pack, header, line, order, macros)
        elif defined or (constants and tokens[0] == "enum"):
            self.type(["#" + t for t in defined] + constants, text, tokens, header, line, order)
        elif "{" in tokens and "=" in tokens[:tokens.index("{")] and is_static(text): # data, which the text has then
            name = declarator_name(" ".join(tokens))
            if name and name not in self.own:
                needs = [n for n in used_names(tokens, [name]) if n.rstrip("(") != name]
                self.definitions.append(Definition(self.kind_of(text, FUNCTION), [name], text, header, line, order, needs))
        elif "{" not in tokens or tokens[0] == "extern":
            at = before_parentheses(tokens, macros)
            names = [tokens[at]] if at is not None else declared_names(tokens)
            names = [n for n in names if n not in self.own]
            if len(tokens) > 2 and names and not (tokens[0] in ("struct", "union", "enum") and len(tokens) == 3):
                needs = [n for n in used_names(tokens, names) if n.rstrip("(") not in names]
                self.definitions.append(Definition(DECLARATION, names, text, header, line, order, needs))

    def type(self, names, text, tokens, header, line, order):
        names = [n for n in names if n not in self.own]
        if not names:
            return
        needs = [n for n in used_types(tokens) if n.rstrip("(") not in names]
        self.definitions.append(Definition(TYPE, names, text, header, line, order, needs))

    def function(self, text, tokens, header, line, order, macros):
        at = before_parentheses(tokens, macros)
        if at is None or tokens[at] in self.own:
            return
        name = tokens[at]
        if not is_static(text):
            return
        text = re.sub(r"^(\s*)extern\b", r"\1static", text)
        kind = self.kind_of(text, FUNCTION)
        needs = [n for n in used_names(tokens, [name, *parameters_of(tokens, at + 1)]) if n.rstrip("(") != name]
        if not re.search(r"\bstatic\b", text[:text.index("(")]):
            text = "static " + text
        self.definitions.append(Definition(kind, [name], text, header, line, order, needs))

    def expand(self, cc):
        """Declarations that macros make: PAGEFLAG(Referenced, …) is PageReferenced() and more. Only macros of this kind are expanded,
        which is those that stand for themselves, and the macros at the beginning of lines in these."""
        queue = [WORD.match(text).group() for text, *_ in self.made_by_macros]
        expanded = set()
        while queue:
            name = queue.pop()
            if name in expanded or name not in self.generators:
                continue
            expanded.add(name)
            depth = 0
            for t in TOKEN.findall(self.generators[name][1]):
                depth += t in "({["
                depth -= t in ")}]"
                if depth == 0 and t in self.generators and self.generators[t][0] is not None:
                    queue.append(t)
        lines = ["#define %s%s %s" % (n, self.generators[n][0] or "", self.generators[n][1]) for n in sorted(expanded)]
        for i, (text, *_) in enumerate(self.made_by_macros):
            lines += ['# 1 "%d"' % i, text]
        run = subprocess.run([cc, "-E", "-undef", "-x", "c", "-"], input="\n".join(lines) + "\n", capture_output=True, text=True)
        reader = Reader(run.stdout)
        for file, _, _, what, *rest in reader.items():
            if what == "code" and file and file.isdigit():
                _, header, line, order = self.made_by_macros[int(file)]
                self.code(rest[0], None, header, line, order, {})


def used_types(tokens):
    """In a type's definition: everything but members."""
    names = {}
    previous = ""
    for i, t in enumerate(tokens):
        if WORD.fullmatch(t) and t not in KEYWORDS:
            following = tokens[i + 1] if i + 1 < len(tokens) else ""
            if previous in ("struct", "union", "enum"):
                names["#" + t] = None
            elif following in (";", "[", ":", ",") and (WORD.fullmatch(previous) or previous in ("*", "}")) and previous not in ("sizeof",):
                if t.startswith("__"): # not the member, but an attribute behind it
                    names[t] = None
            else:
                names[t + "(" if following == "(" else t] = None
        previous = t
    return list(names)


# ---- all together, and the files ----

def merged(editions):
    """Definitions of all editions, equal ones once; each knows which editions have it, and where there among the others."""
    whole, by_text = [], {}
    for number, edition in enumerate(editions):
        for d in edition.definitions:
            key = (d.kind, tuple(d.names), " ".join(d.text.split()), d.header)
            known = by_text.get(key)
            if known and not known.editions & 1 << number:
                known.editions |= 1 << number
                known.order[number] = d.order
            elif not known:
                order, d.order = d.order, [0] * len(editions)
                d.order[number] = order
                d.editions = 1 << number
                by_text[key] = d
                whole.append(d)
    return whole


def is_uapi(header):
    return "/uapi/" in header


def is_enum(d):
    return not re.search(r"\b(?:struct|union)\b", d.text) and re.search(r"\benum\b[^;{]*\{", d.text) is not None


def without_internal_types(definitions):
    """What structs of the kernel's own hold is only known of the kernel that runs. Others are not left out: constants, what is on the
    wire or on a disk, which has neither pointers nor what the kernel builds its structs of."""
    plain = {n for d in definitions if d.kind == TYPE and is_uapi(d.header) for n in d.names}
    bases = set("""u8 u16 u32 u64 s8 s16 s32 s64 bool size_t uint uint8_t uint16_t uint32_t uint64_t int8_t int16_t int32_t
    int64_t""".split())
    others = {n.rstrip("(") for d in definitions if d.kind != TYPE for n in d.names}
    candidates = [d for d in definitions if d.kind == TYPE and not is_uapi(d.header)]
    pending = [d for d in candidates if not re.search(r"[*^]|\btypeof\b", d.text)]
    # An enum alone is nothing but constants; what else it names are arguments of attributes: __mode(byte).
    kept, grew = {id(d) for d in candidates if is_enum(d)}, True
    plain.update(n for d in candidates if id(d) in kept for n in d.names)
    while grew:
        grew = False
        for d in pending:
            if id(d) in kept:
                continue
            if all(n.rstrip("(").lstrip("#") in bases or n.rstrip("(") in plain or n.startswith("__") or (
                    n.rstrip("(") in others and not n.startswith("#")) for n in d.needs):
                kept.add(id(d))
                plain.update(d.names)
                grew = True
    return [d for d in definitions if d.kind != TYPE or is_uapi(d.header) or id(d) in kept]


class Reach:
    """Which headers come with which."""

    def __init__(self, headers):
        self.headers, self.known = headers, {}

    def of(self, header):
        found = self.known.get(header)
        if found is None:
            found, queue = {header}, [header]
            while queue:
                for inner in self.headers.get(queue.pop(), ()):
                    if inner not in found:
                        found.add(inner)
                        queue.append(inner)
            self.known[header] = found
        return found


def resolve(definitions, reach):
    """Leaves of each definition's needs those that some table has."""
    by_name = {}
    for d in definitions:
        for n in d.names:
            by_name.setdefault(n, []).append(d)

    def is_needed(d, need):
        name, called = need.rstrip("("), need.endswith("(")
        if name.startswith("#"):
            return name in by_name
        member = name.startswith(".")
        if member:
            name = name[1:]
        known = by_name.get(name, ())
        if not called and d.kind not in (OBJECT, CALL): # which may be the name of a call
            known = [k for k in known if k.kind != CALL]
        if member:
            known = [k for k in known if k.kind == OBJECT]
        if not member and (called or not name.islower() or any(k.kind == TYPE for k in known)):
            return bool(known)
        return any(k.header in reach.of(d.header) for k in known)

    for d in definitions:
        d.needs = list(dict.fromkeys(n.strip(".("). strip() for n in d.needs if is_needed(d, n)))


class Strings:
    def __init__(self):
        self.data, self.known = bytearray(b"\0"), {"": 0}

    def add(self, text):
        at = self.known.get(text)
        if at is None:
            at = self.known[text] = len(self.data)
            self.data += text.encode() + b"\0"
        return at


def compact(text):
    """Without indentation; a line stays a line, for the compiler's messages."""
    return re.sub(r"[ \t]*\n[ \t\n]*", "\n", re.sub(r"[ \t]+", " ", text)).strip()


EDITIONS = 2
MOST_DEFINITIONS, MOST_NEEDS = 256, 1024 # of a name, and of a definition, as table.h has them


def table(editions, definitions, headers, note):
    """The bytes of a file; table.h says what they are."""
    strings, names, needs, lists, includes = Strings(), {}, [], [], []
    header_names = sorted(headers, key=str.encode)
    number_of = {h: i for i, h in enumerate(header_names)}
    records = bytearray()
    for i, d in enumerate(definitions):
        for name in d.names:
            names.setdefault(name, []).append(i)
        text = compact(d.text) if d.kind != MACHINE else ""
        records += struct.pack("<IIIIIHBB%dI" % EDITIONS, strings.add(text), len(text.encode()), number_of[d.header], d.line, len(needs),
                               len(d.needs), d.kind, d.editions, *(d.order + [0] * EDITIONS)[:EDITIONS])
        needs += [strings.add(n) for n in d.needs]
        if len(d.needs) > MOST_NEEDS:
            sys.exit("generate.py: %s needs %d names" % (d.names[0], len(d.needs)))
    if max(map(len, names.values()), default=0) > MOST_DEFINITIONS:
        sys.exit("generate.py: a name has more than %d definitions" % MOST_DEFINITIONS)
    name_records = bytearray()
    for name in sorted(names, key=str.encode):
        name_records += struct.pack("<III", strings.add(name), len(lists), len(names[name]))
        lists += names[name]
    header_records = bytearray()
    for h in header_names:
        inner = [number_of[x] for x in headers[h] if x in number_of]
        header_records += struct.pack("<III", strings.add(h), len(includes), len(inner))
        includes += inner
    edition_records = b"".join(struct.pack("<II", strings.add(s), version_code(s)) for s in editions)

    def words(values):
        return struct.pack("<%dI" % len(values), *values)

    parts = [(edition_records, len(editions)), (header_records, len(header_names)), (name_records, len(names)), (records, len(definitions)),
             (words(lists), len(lists)), (words(needs), len(needs)), (words(includes), len(includes)), (strings.data, len(strings.data))]
    data = bytearray(note.encode() + b"\0")
    places = []
    for part, count in parts:
        data += b"\0" * (-len(data) % 4)
        places.append((len(data), count))
        data += part
    data += b"\0" * (-len(data) % 4)
    head = struct.pack("<8sII", b"BCCNAMES", 1, 16 + 8 * len(places) + len(data))
    for place, count in places:
        head += struct.pack("<II", 16 + 8 * len(places) + place, count)
    return head + data


def version_code(series):
    numbers = [int(n) for n in re.findall(r"\d+", series)[:2]] + [0, 0]
    return numbers[0] << 16 | numbers[1] << 8


def names_defined_in(paths):
    names = set()
    for path in paths:
        with open(path) as f:
            text = COMMENT.sub(blank, f.read())
        names.update(re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", text, re.M))
        names.update(re.findall(r"^typedef\b.*?(\w+);", text, re.M))
        names.update(re.findall(r"^static\b[^;{]*?(\w+)\(", text, re.M))
    return names


def write(path, data):
    with open(path + ".new", "wb") as f:
        f.write(data)
    os.replace(path + ".new", path)


class StandIns(Edition):
    """One file of definitions, read as headers are. What stands behind "#define __BCC_SINCE VERSION" is for kernels from that version on: it
    is kept where others have the line."""

    def __init__(self, cc, path):
        self.tree, self.own, self.series = None, set(), "0"
        self.definitions, self.made_by_macros, self.generators = [], [], {}
        self.path = path
        run = subprocess.run([cc, "-E", "-undef", "-fdirectives-only", "-dD", "-D__TARGET_ARCH_" + TARGETS[os.uname().machine], path],
                             capture_output=True, text=True, check=True)
        self.shown = {}
        self.read(COMMENT.sub(blank, run.stdout))
        since = 0
        for d in self.definitions:
            if d.names == ["__BCC_SINCE"]:
                since = int(d.text.split()[-1], 0)
            d.line = since
        self.definitions = [d for d in self.definitions if d.names != ["__BCC_SINCE"]]

    @staticmethod
    def kind_of(text, kind):
        return kind # assembly in them is BPF's

    def header(self, path):
        return "include/bcc/stand_ins.h" if path == self.path else None


TARGETS = {"x86_64": "x86", "aarch64": "arm64"}

UAPI_NOTE = ("SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note\nDefinitions of the Linux kernel's headers for user space, "
             "include/uapi, of Linux %s, made by generate.py; each header's own license is said in it.\n")
KERNEL_NOTE = ("SPDX-License-Identifier: GPL-2.0\nDefinitions of the Linux kernel's headers of Linux %s, made by generate.py; each "
               "header's own license is said in it.\n")


def read_tree(arguments):
    return Edition(*arguments)


def make_stand_ins(cc, path, out):
    stand_ins = StandIns(cc, path)
    merged([stand_ins]) # gives the definitions an edition
    for d in stand_ins.definitions:
        d.needs = list(dict.fromkeys(n.rstrip("(") for n in d.needs if not n.startswith(".")))
    data = table(["0"], stand_ins.definitions, {"include/bcc/stand_ins.h": []}, "SPDX-License-Identifier: Apache-2.0\n")
    numbers = struct.unpack("<%dI" % (len(data) // 4), data)
    with open(out, "w") as f:
        f.write('#include "header_names/table.h"\n\nconst uint32_t bcc_stand_ins[] = {\n')
        for i in range(0, len(numbers), 12):
            f.write(",".join("%#x" % n for n in numbers[i:i + 12]) + ",\n")
        f.write("};\nconst size_t bcc_stand_ins_size = sizeof(bcc_stand_ins);\n")


def make_tables(cc, trees, own, out):
    with multiprocessing.Pool(len(trees)) as pool:
        editions = pool.map(read_tree, [(cc, tree, own) for tree in trees])
    headers = {}
    for edition in editions:
        for header, inner in edition.headers.items():
            headers.setdefault(header, inner)
        for d in edition.definitions:
            headers.setdefault(d.header, [])
    for header in FORMER:
        headers.setdefault("include/" + header, [])
    definitions = without_internal_types(merged(editions))
    resolve(definitions, Reach(headers))
    series = [tree.series for tree in trees]
    said = " and ".join(series)
    write(out + "/uapi.names", table(series, [d for d in definitions if is_uapi(d.header)], headers, UAPI_NOTE % said))
    if not all(tree.exported for tree in trees):
        write(out + "/kernel.names", table(series, [d for d in definitions if not is_uapi(d.header)], headers, KERNEL_NOTE % said))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--stand-ins")
    parser.add_argument("--own", action="append", default=[])
    parser.add_argument("--out", required=True)
    parser.add_argument("trees", nargs="*")
    options = parser.parse_args()
    if options.stand_ins:
        make_stand_ins(options.cc, options.stand_ins, options.out)
    else:
        make_tables(options.cc, [Tree(t) for t in options.trees][:EDITIONS], names_defined_in(options.own), options.out)


if __name__ == "__main__":
    main()
