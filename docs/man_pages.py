#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes manual pages of section 3 from Doxygen's XML: one for each call, and libbcc(3) for what they have in common.

usage: docs/man_pages.py XML_DIR OUTPUT_DIR VERSION
"""
import os
import re
import sys
import xml.etree.ElementTree as ElementTree


def escape(text):
    """Plain text for groff, on one line."""
    text = re.sub(r"\s+", " ", text).replace("\\", "\\e").replace("-", "\\-")
    return "".join(c if ord(c) < 128 else "\\[u%04X]" % ord(c) for c in text)


def bold(text):
    return "\\fB" + escape(text) + "\\fP"


def inline(node):
    """The text of an element with its children; what refers to a call or is code stands out."""
    parts = [escape(node.text or "")]
    for child in node:
        if child.tag in ("computeroutput", "ref"):
            parts.append("\\fB" + inline(child) + "\\fP")
        elif child.tag not in ("parameterlist", "simplesect"):
            parts.append(inline(child))
        parts.append(escape(child.tail or ""))
    return "".join(parts)


def line(text):
    """A line of text that groff does not take for a request."""
    text = text.strip()
    return "\\&" + text if text[:1] in (".", "'") else text


def paragraphs(node):
    """The paragraphs of a description, without its lists of parameters and sections."""
    found = []
    for para in node.findall("para"):
        text = line(inline(para))
        if text:
            found.append(text)
    return found


def plain(node):
    return re.sub(r"\s+", " ", "".join(node.itertext())).strip() if node is not None else ""


def described(member):
    return paragraphs(member.find("briefdescription")) + paragraphs(member.find("detaileddescription"))


def in_one(member):
    """A short description, which Doxygen parts after its first sentence."""
    return [" ".join(described(member))]


class Manual:
    def __init__(self, directory):
        self.directory = directory
        self.structs, self.typedefs, self.groups, self.files = {}, {}, [], {}
        for compound in ElementTree.parse(os.path.join(directory, "index.xml")).getroot().findall("compound"):
            root = ElementTree.parse(os.path.join(directory, compound.get("refid") + ".xml")).getroot().find("compounddef")
            if compound.get("kind") == "struct":
                self.structs[root.findtext("compoundname")] = root
            elif compound.get("kind") == "file":
                self.files[root.findtext("compoundname")] = root
            elif compound.get("kind") == "group":
                self.groups.append(root)
                for member in root.iter("memberdef"):
                    if member.get("kind") == "typedef":
                        self.typedefs[member.findtext("name")] = member


def functions(group):
    return [m for m in group.iter("memberdef") if m.get("kind") == "function"]


def header_of(function):
    return function.find("location").get("file")


def prototype(function):
    params = []
    for param in function.findall("param"):
        kind = plain(param.find("type"))
        name = param.findtext("declname") or ""
        params.append(kind if not name else kind + ("" if kind.endswith("*") else " ") + name)
    kind = plain(function.find("type"))
    return "%s%s%s(%s);" % (kind, "" if kind.endswith("*") else " ", function.findtext("name"), ", ".join(params) or "void")


def list_of(member, kind):
    """The items of Doxygen's list of parameters or returned values: names and a description."""
    for items in member.iter("parameterlist"):
        if items.get("kind") == kind:
            for item in items.findall("parameteritem"):
                yield plain(item.find("parameternamelist")), " ".join(paragraphs(item.find("parameterdescription")))


def section_of(member, kind, title=None):
    for section in member.iter("simplesect"):
        if section.get("kind") == kind and (title is None or section.findtext("title") == title):
            yield from paragraphs(section)


def heading(name, section, version):
    return ['.\\" Made by docs/man_pages.py from the comments of the header: change those.',
            '.TH %s %s "" "libbcc %s" "libbcc"' % (escape(name), section, version), ".nh", ".ad l"]


def items(pairs):
    out = []
    for name, text in pairs:
        out += [".TP", bold(name), line(text) or "\\&"]
    return out


def text_of(found):
    out = []
    for number, paragraph in enumerate(found):
        out += [".PP", paragraph] if number else [paragraph]
    return out


def members(manual, name):
    """A struct's members as a list."""
    out = []
    for member in manual.structs[name].iter("memberdef"):
        declaration = plain(member.find("type"))
        declaration += ("" if declaration.endswith("*") else " ") + member.findtext("name") + plain(member.find("argsstring"))
        if "(*" in plain(member.find("type")):
            declaration = plain(member.find("type")) + member.findtext("name") + plain(member.find("argsstring"))
        out += [".TP", bold(declaration)] + in_one(member)
    return out


def types_of(manual, function):
    """Structs and callbacks that the parameters name, and those that these name."""
    wanted, found = [plain(param.find("type")) for param in function.findall("param")], []
    while wanted:
        for word in re.findall(r"\w+", wanted.pop(0)):
            if word in found:
                continue
            if word in manual.structs:
                found.append(word)
                wanted += [plain(m.find("type")) for m in manual.structs[word].iter("memberdef")]
            elif word in manual.typedefs:
                found.append(word)
                wanted.append(plain(manual.typedefs[word].find("argsstring")))
    return found


def call_page(manual, group, function, version):
    name = function.findtext("name")
    brief = described(function)[0]
    first = brief[:-1] if brief.endswith(".") else brief
    out = heading(name, 3, version)
    out += [".SH NAME", "%s \\- %s" % (escape(name), first[0].lower() + first[1:] if first[1:2].islower() else first)]
    out += [".SH SYNOPSIS", ".nf", bold("#include <%s>" % header_of(function)), ".PP", ".fi", bold(prototype(function)),
            ".PP", "Link with " + bold("-lbcc") + "."]
    out += [".SH DESCRIPTION"] + text_of(described(function))
    out += items(list_of(function, "param"))
    for kind in types_of(manual, function):
        if kind in manual.structs:
            out += [".SS struct " + escape(kind)] + text_of(described(manual.structs[kind])) + members(manual, kind)
        else:
            typedef = manual.typedefs[kind]
            out += [".SS " + escape(kind), bold("%s%s%s;" % (plain(typedef.find("type")), kind, plain(typedef.find("argsstring")))),
                    ".PP"] + in_one(typedef) + items(list_of(typedef, "param"))
            out += [".TP", "Returns"] + text_of(list(section_of(typedef, "return"))) if list(section_of(typedef, "return")) else []
    returned = list(section_of(function, "return"))
    if returned:
        out += [".SH RETURN VALUE"] + text_of(returned)
    errors = list(list_of(function, "retval"))
    if errors:
        out += [".SH ERRORS"] + items(errors)
    kernel = list(section_of(function, "par", "Kernel"))
    if kernel:
        out += [".SH VERSIONS"] + text_of(kernel)
    others = sorted({f.findtext("name") for f in functions(group)} - {name})
    out += [".SH SEE ALSO", ", ".join(["\\fBlibbcc\\fP(3)"] + [bold(other) + "(3)" for other in others])]
    return out


def overview(manual, version):
    """libbcc(3): the comments at the top of the headers, and the calls of each group."""
    bcc = manual.files["bcc.h"]
    out = heading("libbcc", 3, version)
    out += [".SH NAME", "libbcc \\- compile BPF C at run time, load it, attach it, read what it reports"]
    out += [".SH SYNOPSIS", ".nf"] + [bold("#include <bcc/%s>" % name) for name in sorted(manual.files)]
    out += [".fi", ".PP", "Link with " + bold("-lbcc") + "."]
    out += [".SH DESCRIPTION"] + text_of(described(bcc))
    for section in bcc.find("detaileddescription").iter("simplesect"):
        if section.get("kind") == "par":
            out += [".SS " + escape(section.findtext("title"))] + text_of(paragraphs(section))
    for name, root in sorted(manual.files.items()):
        if root is not bcc:
            out += [".SS " + escape(name)] + text_of(described(root))
    out += [".SH CALLS"]
    for group in manual.groups:
        out += [".SS " + escape(group.findtext("title"))] + text_of(paragraphs(group.find("detaileddescription")))
        out += items((f.findtext("name") + "(3)", paragraphs(f.find("briefdescription"))[0]) for f in functions(group))
        for enum in group.iter("memberdef"):
            if enum.get("kind") == "enum":
                out += [".PP"] + in_one(enum)
                out += items((v.findtext("name"), in_one(v)[0]) for v in enum.findall("enumvalue"))
    out += [".SH SEE ALSO", "\\fBbcc\\-cache\\fP(1), \\fBbpf\\fP(2)"]
    return out


def main(xml, output, version):
    manual = Manual(xml)
    os.makedirs(output, exist_ok=True)
    for old in os.listdir(output):
        os.unlink(os.path.join(output, old))
    pages = {"libbcc": overview(manual, version)}
    for group in manual.groups:
        for function in functions(group):
            pages[function.findtext("name")] = call_page(manual, group, function, version)
    for name, lines in pages.items():
        with open(os.path.join(output, name + ".3"), "w") as file:
            file.write("\n".join(lines) + "\n")


main(*sys.argv[1:])
