/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types become BTF: then a program's types are declared, looked up and printed as the kernel's are. What the
 * text of a BPF program has no use for is left out: names of types of integers, functions that pointers point
 * to. Values of enumerations are integers, and the enumerators stand beside the types. Pointers are marked as
 * those into a process's memory.
 *
 * Types refer to each other in circles, and BTF has them in a row. So there is a row of nodes, whose places
 * are the numbers in BTF: what a node refers to is put at its end, if it is not there yet, and has a number
 * before it is written.
 */
#include "dwarf_signature.h"

#include <bpf/btf.h>
#include <ctype.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#include "common/array.h"
#include "dwarf_operand.h"
#include "dwarf_unit.h"

enum {
	NODES = 4096,	   /* what would be more is void */
	STRUCTS = 128,	   /* with members; further ones are bytes; fewer if there is no room for them */
	MEMBERS = 256,	   /* of a struct */
	ENUMERATORS = 256, /* of an enumeration */
	ARGUMENTS = 32,	   /* of a function */
	STEPS = 64,	   /* from a type to what it is a name for; more is a circle */
	DIMENSIONS = 8,	   /* of an array */
	NAME_SIZE = 128,   /* longer names are cut */
	IN_REGISTERS = 16  /* bytes of a structure that a function can return without a pointer to it */
};

enum node_kind {
	NODE_VOID,
	NODE_INT,
	NODE_FLOAT,
	NODE_POINTER,
	NODE_TAG,
	NODE_ARRAY,
	NODE_STRUCT,
	NODE_BYTES
};

struct node {
	enum node_kind kind;
	Dwarf_Die die; /* of structs */
	char name[NAME_SIZE];
	uint32_t target, count, size; /* number; elements; bytes */
	bool is_union, is_signed, is_char, is_bool, is_enum;
};

/* Which number a DIE has. */
struct known {
	void *die;
	uint32_t number;
	UT_hash_handle hh;
};

static struct translation {
	const struct libdw *dw;
	const char *prefix;
	struct btf *btf;
	struct node nodes[NODES];
	uint32_t count, structs, most_structs;
	struct known *known;
	struct known room[NODES];
	uint32_t known_count;
} *t;

/* ---- attributes ---- */

static bool dwarf_signature_number(Dwarf_Die *die, unsigned name, uint64_t *number)
{
	Dwarf_Attribute attribute;
	Dwarf_Word word;

	if (!t->dw->dwarf_attr_integrate(die, name, &attribute) || t->dw->dwarf_formudata(&attribute, &word))
		return false;
	*number = word;
	return true;
}

static bool dwarf_signature_die(Dwarf_Die *die, unsigned name, Dwarf_Die *to)
{
	Dwarf_Attribute attribute;

	return t->dw->dwarf_attr_integrate(die, name, &attribute) && t->dw->dwarf_formref_die(&attribute, to);
}

static bool dwarf_signature_has(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attribute;

	return t->dw->dwarf_attr_integrate(die, name, &attribute);
}

/* The name, of which everything that C does not allow is '_'; "": it has none. */
static void dwarf_signature_name(Dwarf_Die *die, const char *prefix, char *name)
{
	Dwarf_Attribute attribute;
	const char *text = t->dw->dwarf_attr_integrate(die, DW_AT_name, &attribute)
				   ? t->dw->dwarf_formstring(&attribute)
				   : NULL;

	snprintf(name, NAME_SIZE, "%s%s", text && *text ? prefix : "", text ? text : "");
	for (char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at) || (at == name && isdigit((unsigned char)*at)))
			*at = '_';
}

/* ---- nodes ---- */

static uint32_t dwarf_signature_add(const struct node *node)
{
	if (t->count == NODES)
		return 0;
	t->nodes[t->count++] = *node;
	return t->count;
}

/* Without names, const and volatile. `named` is the last struct's name on the way, if it has one. */
static int dwarf_signature_bare(Dwarf_Die *die, char *named)
{
	int tag = t->dw->dwarf_tag(die);

	for (int i = 0; i < STEPS; i++, tag = t->dw->dwarf_tag(die)) {
		if (tag == DW_TAG_typedef)
			dwarf_signature_name(die, t->prefix, named);
		else if (tag != DW_TAG_const_type && tag != DW_TAG_volatile_type &&
			 tag != DW_TAG_restrict_type && tag != DW_TAG_atomic_type &&
			 tag != DW_TAG_immutable_type)
			return tag;
		if (!dwarf_signature_die(die, DW_AT_type, die))
			return 0;
	}
	return 0;
}

static uint32_t dwarf_signature_type_of(Dwarf_Die *die);

static uint32_t dwarf_signature_bytes(uint64_t size)
{
	return dwarf_signature_add(
		&(struct node){.kind = NODE_BYTES, .target = 1, .count = size < UINT32_MAX ? size : 0});
}

static uint32_t dwarf_signature_pointer(Dwarf_Die *die)
{
	uint32_t number = dwarf_signature_add(&(struct node){.kind = NODE_POINTER});
	uint32_t tag = number ? dwarf_signature_add(&(struct node){.kind = NODE_TAG}) : 0;

	if (tag) {
		t->nodes[number - 1].target = tag;
		/* not now: the types that lead to each other by pointers can be a long way */
		t->nodes[tag - 1].die = *die;
	}
	return number;
}

static uint32_t dwarf_signature_array(Dwarf_Die *die)
{
	uint32_t counts[DIMENSIONS], element = dwarf_signature_type_of(die);
	unsigned dimensions = 0;
	Dwarf_Die range;

	if (!element || t->dw->dwarf_child(die, &range))
		return 0;
	do {
		uint64_t count = 0;

		if (t->dw->dwarf_tag(&range) != DW_TAG_subrange_type || dimensions == DIMENSIONS)
			continue;
		if (!dwarf_signature_number(&range, DW_AT_count, &count) &&
			dwarf_signature_number(&range, DW_AT_upper_bound, &count))
			count++;
		counts[dimensions++] = count < INT32_MAX ? count : 0;
	} while (!t->dw->dwarf_siblingof(&range, &range));
	while (element && dimensions)
		element = dwarf_signature_add(
			&(struct node){.kind = NODE_ARRAY, .target = element, .count = counts[--dimensions]});
	return element;
}

static uint32_t dwarf_signature_base(Dwarf_Die *die)
{
	struct node node = {.kind = NODE_INT};
	uint64_t encoding = 0, size = 0;
	char name[sizeof(node.name)];

	dwarf_signature_number(die, DW_AT_encoding, &encoding);
	dwarf_signature_number(die, DW_AT_byte_size, &size);
	dwarf_signature_name(die, "", name);
	if (size > 16 || !size || size & (size - 1))
		return dwarf_signature_bytes(size);
	node.size = size;
	if (encoding == DW_ATE_float && size >= 4)
		node.kind = NODE_FLOAT;
	else if (encoding == DW_ATE_complex_float || encoding == DW_ATE_imaginary_float ||
		 encoding == DW_ATE_decimal_float)
		return dwarf_signature_bytes(size);
	/* of BPF C, in which it has a sign; arm64's has none */
	node.is_char = size == 1 && (encoding == DW_ATE_signed_char ||
					    (encoding == DW_ATE_unsigned_char && !strcmp(name, "char")));
	node.is_bool = size == 1 && encoding == DW_ATE_boolean;
	node.is_signed = encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
	return dwarf_signature_add(&node);
}

static uint32_t dwarf_signature_struct(Dwarf_Die *die, int tag, const char *named)
{
	struct node node = {.kind = NODE_STRUCT, .die = *die, .is_union = tag == DW_TAG_union_type};
	uint64_t size = 0;

	if (!dwarf_signature_number(die, DW_AT_byte_size, &size) ||
		dwarf_signature_has(die, DW_AT_declaration))
		return 0;
	if (size > INT32_MAX || ++t->structs > t->most_structs)
		return dwarf_signature_bytes(size);
	node.size = size;
	dwarf_signature_name(die, t->prefix, node.name);
	if (!*node.name)
		strcpy(node.name, named);
	return dwarf_signature_add(&node);
}

static uint32_t dwarf_signature_new(Dwarf_Die *die, int tag, const char *named)
{
	uint64_t size = 0;

	switch (tag) {
	case DW_TAG_base_type:
		return dwarf_signature_base(die);
	case DW_TAG_enumeration_type:
		dwarf_signature_number(die, DW_AT_byte_size, &size);
		return size == 1 || size == 2 || size == 4 || size == 8
			       ? dwarf_signature_add(&(struct node){.kind = NODE_INT,
					 .die = *die,
					 .size = size,
					 .is_signed = true,
					 .is_enum = true})
			       : 0;
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
		return dwarf_signature_pointer(die);
	case DW_TAG_array_type:
		return dwarf_signature_array(die);
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
		return dwarf_signature_struct(die, tag, named);
	default:
		dwarf_signature_number(die, DW_AT_byte_size, &size);
		return size ? dwarf_signature_bytes(size) : 0;
	}
}

/* The number of a type; 0: void, or nothing that is known. */
static uint32_t dwarf_signature_type(Dwarf_Die *die)
{
	char named[NAME_SIZE] = "";
	int tag = dwarf_signature_bare(die, named);
	struct known *known;
	void *key = die->addr;

	if (!tag)
		return 0;
	HASH_FIND_PTR(t->known, &key, known);
	if (known)
		return known->number;
	if (t->known_count == NODES)
		return 0;
	known = &t->room[t->known_count++];
	known->die = key;
	HASH_ADD_PTR(t->known, die, known);
	/* an array of itself has no elements */
	known->number = dwarf_signature_new(die, tag, named);
	return known->number;
}

static uint32_t dwarf_signature_type_of(Dwarf_Die *die)
{
	Dwarf_Die type;

	return dwarf_signature_die(die, DW_AT_type, &type) ? dwarf_signature_type(&type) : 0;
}

/* ---- BTF ---- */

static int dwarf_signature_write_int(const struct node *n)
{
	static const char *const names[][2] = {{"unsigned char", "signed char"}, {"unsigned short", "short"},
		{"unsigned int", "int"}, {"unsigned long long", "long long"},
		{"unsigned __int128", "__int128"}};
	unsigned power = __builtin_ctz(n->size);

	if (n->is_bool)
		return btf__add_int(t->btf, "_Bool", 1, BTF_INT_BOOL);
	if (n->is_char)
		return btf__add_int(t->btf, "char", 1, n->is_signed ? BTF_INT_SIGNED : 0);
	return btf__add_int(t->btf, names[power][n->is_signed], n->size, n->is_signed ? BTF_INT_SIGNED : 0);
}

static int dwarf_signature_write_float(const struct node *n)
{
	return btf__add_float(t->btf,
		n->size == 4   ? "float"
		: n->size == 8 ? "double"
			       : "long double",
		n->size);
}

/* In bits, from the beginning of the struct; `width`: of bit fields. */
static bool dwarf_signature_place(Dwarf_Die *member, uint64_t *offset, uint64_t *width)
{
	uint64_t bytes = 0, bits = 0, unit = 0;

	*width = 0;
	dwarf_signature_number(member, DW_AT_bit_size, width);
	if (*width > 64)
		return false;
	if (dwarf_signature_number(member, DW_AT_data_bit_offset, offset))
		return *offset < 1 << 30;
	/* a union's members have none */
	if (dwarf_signature_has(member, DW_AT_data_member_location) &&
		!dwarf_signature_number(member, DW_AT_data_member_location, &bytes))
		return false;
	if (bytes >= 1 << 27)
		return false;
	*offset = bytes * 8;
	/* DWARF 2 and 3 count from the highest bit of the unit */
	if (*width && dwarf_signature_number(member, DW_AT_bit_offset, &bits)) {
		Dwarf_Die type;
		char named[NAME_SIZE];

		if (!dwarf_signature_number(member, DW_AT_byte_size, &unit) &&
			(!dwarf_signature_die(member, DW_AT_type, &type) ||
				!dwarf_signature_bare(&type, named) ||
				!dwarf_signature_number(&type, DW_AT_byte_size, &unit)))
			return false;
		if (unit > 16 || bits + *width > unit * 8)
			return false;
		*offset += unit * 8 - bits - *width;
	}
	return true;
}

/* A base class is a member, too. */
static bool dwarf_signature_is_member(int tag, Dwarf_Die *die)
{
	return tag == DW_TAG_inheritance ||
	       (tag == DW_TAG_member && !dwarf_signature_has(die, DW_AT_external));
}

struct member {
	uint32_t type;
	uint64_t offset, width, bits; /* width: of bit fields; bits: that it takes */
	char name[NAME_SIZE];
};

/* How many bits a value of this type takes. */
static uint64_t dwarf_signature_bits(uint32_t number)
{
	const struct node *n = number ? &t->nodes[number - 1] : NULL;

	if (!n)
		return 0;
	switch (n->kind) {
	case NODE_POINTER:
		return 8 * sizeof(uint64_t);
	case NODE_ARRAY:
	case NODE_BYTES:
		/* elements are made before */
		return n->target < number ? n->count * dwarf_signature_bits(n->target) : 0;
	default:
		return 8ULL * n->size;
	}
}

/* Returns how many there are. */
static unsigned dwarf_signature_members(Dwarf_Die *of, struct member *members)
{
	unsigned count = 0;
	Dwarf_Die die;

	if (t->dw->dwarf_child(of, &die))
		return 0;
	do {
		struct member *m = &members[count];
		int tag = t->dw->dwarf_tag(&die);

		m->type = dwarf_signature_is_member(tag, &die) ? dwarf_signature_type_of(&die) : 0;
		if (!m->type || !dwarf_signature_place(&die, &m->offset, &m->width))
			continue;
		m->bits = m->width ? m->width : dwarf_signature_bits(m->type);
		dwarf_signature_name(&die, "", m->name);
		if (tag == DW_TAG_inheritance)
			snprintf(m->name, sizeof(m->name), "base_%u", m->type);
		/* a class without members takes a byte that belongs to others */
		count += tag != DW_TAG_inheritance || m->bits > 8;
	} while (count < MEMBERS && !t->dw->dwarf_siblingof(&die, &die));
	return count;
}

static int dwarf_signature_compare(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Members are written by their places: compilers may order them as they like. Those that others overlap, such
 * as what is put into the padding of a base class, C cannot have. */
static int dwarf_signature_write_struct(const struct node *n)
{
	static struct member members[MEMBERS];
	Dwarf_Die of = n->die;
	unsigned count = dwarf_signature_members(&of, members);
	int number = n->is_union ? btf__add_union(t->btf, n->name, n->size)
				 : btf__add_struct(t->btf, n->name, n->size);
	uint64_t end = 0;

	qsort(members, count, sizeof(*members), dwarf_signature_compare);
	for (unsigned i = 0; i < count && number > 0; i++) {
		const struct member *m = &members[i];

		if ((!n->is_union && m->offset < end) || m->offset + m->bits > 8ULL * n->size)
			continue;
		end = m->offset + m->bits;
		if (btf__add_field(t->btf, m->name, (int)m->type, m->offset, m->width))
			return -1;
	}
	return number;
}

/* Behind the types: their numbers are those of the nodes. */
static bool dwarf_signature_write_enumerators(const struct node *n)
{
	Dwarf_Die of = n->die, die;
	unsigned count = 0;

	if (t->dw->dwarf_child(&of, &die))
		return true;
	if (btf__add_enum64(t->btf, "", n->size, true) < 0)
		return false;
	do {
		Dwarf_Attribute attribute;
		char name[NAME_SIZE];
		Dwarf_Sword value;

		if (t->dw->dwarf_tag(&die) != DW_TAG_enumerator ||
			!t->dw->dwarf_attr_integrate(&die, DW_AT_const_value, &attribute) ||
			t->dw->dwarf_formsdata(&attribute, &value))
			continue;
		dwarf_signature_name(&die, "", name);
		if (*name && btf__add_enum64_value(t->btf, name, (uint64_t)value))
			return false;
	} while (++count < ENUMERATORS && !t->dw->dwarf_siblingof(&die, &die));
	return true;
}

static int dwarf_signature_write(uint32_t i)
{
	struct node *n = &t->nodes[i];

	switch (n->kind) {
	case NODE_INT:
		return dwarf_signature_write_int(n);
	case NODE_FLOAT:
		return dwarf_signature_write_float(n);
	case NODE_POINTER:
		return btf__add_ptr(t->btf, (int)n->target);
	case NODE_TAG:
		n->target = dwarf_signature_type_of(&n->die);
		return btf__add_type_tag(t->btf, "user", (int)n->target);
	case NODE_STRUCT:
		return dwarf_signature_write_struct(n);
	default:
		return btf__add_array(t->btf, 1, (int)n->target, n->count);
	}
}

/* ---- the function ---- */

/* Its address in the file. Of several with this name, any. */
static bool dwarf_signature_address(Dwfl_Module *module, const char *function, GElf_Addr *address)
{
	int count = t->dw->dwfl_module_getsymtab(module);

	for (int i = 1; i < count; i++) {
		GElf_Sym symbol;
		const char *name =
			t->dw->dwfl_module_getsym_info(module, i, &symbol, address, NULL, NULL, NULL);

		if (name && GELF_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_shndx != SHN_UNDEF &&
			!strcmp(name, function))
			return true;
	}
	return false;
}

static bool dwarf_signature_subprogram(Dwarf_Die *unit, uint64_t address, Dwarf_Die *function)
{
	Dwarf_Die *scopes = NULL;
	int count = t->dw->dwarf_getscopes(unit, address, &scopes);
	bool found = false;

	for (int i = 0; i < count && !found; i++) {
		Dwarf_Addr entry;

		found = t->dw->dwarf_tag(&scopes[i]) == DW_TAG_subprogram &&
			!t->dw->dwarf_entrypc(&scopes[i], &entry) && entry == address;
		*function = scopes[i];
	}
	if (count > 0)
		free(scopes);
	return found;
}

/* Languages that call functions as C does, and those that do so but for structures. Others have registers of
 * their own, or pass addresses of what is declared. */
enum language { LANGUAGE_C, LANGUAGE_SIMILAR, LANGUAGE_OTHER };

static enum language dwarf_signature_language(Dwarf_Die *unit)
{
	enum { C17 = 0x2c, CPP_17 = 0x2a, CPP_20 = 0x2b }; /* newer than the <dwarf.h> of elfutils 0.188 */

	switch (t->dw->dwarf_srclang(unit)) {
	case DW_LANG_C:
	case DW_LANG_C89:
	case DW_LANG_C99:
	case DW_LANG_C11:
	case C17:
		return LANGUAGE_C;
	case DW_LANG_C_plus_plus:
	case DW_LANG_C_plus_plus_03:
	case DW_LANG_C_plus_plus_11:
	case DW_LANG_C_plus_plus_14:
	case CPP_17:
	case CPP_20:
	case DW_LANG_Rust:
		return LANGUAGE_SIMILAR;
	default:
		return LANGUAGE_OTHER;
	}
}

/* Whether the arguments are where the calling convention has them, and whether one comes before them: the
 * address where a structure that is returned goes. */
static bool dwarf_signature_is_called(Dwarf_Die *unit, Dwarf_Die *function, bool *has_hidden)
{
	uint64_t convention = DW_CC_normal, size = 0;
	char named[NAME_SIZE];
	Dwarf_Die type;
	int tag;

	*has_hidden = false;
	dwarf_signature_number(function, DW_AT_calling_convention, &convention);
	if (convention == DW_CC_nocall || dwarf_signature_language(unit) == LANGUAGE_OTHER)
		return false;
	if (!dwarf_signature_die(function, DW_AT_type, &type))
		return true;
	tag = dwarf_signature_bare(&type, named);
	if (tag != DW_TAG_structure_type && tag != DW_TAG_class_type && tag != DW_TAG_union_type &&
		tag != DW_TAG_array_type)
		return true;
	/* other languages return small ones in memory, too, and have rules of their own for which */
	if (dwarf_signature_language(unit) != LANGUAGE_C ||
		!dwarf_signature_number(&type, DW_AT_byte_size, &size))
		return false;
#ifdef __x86_64__
	*has_hidden = size > IN_REGISTERS;
#endif
	return true;
}

struct argument {
	uint32_t type;
	char name[NAME_SIZE];
};

static unsigned dwarf_signature_arguments(Dwarf_Die *function, struct argument *arguments)
{
	unsigned count = 0;
	Dwarf_Die argument;

	if (t->dw->dwarf_child(function, &argument))
		return 0;
	do {
		if (t->dw->dwarf_tag(&argument) != DW_TAG_formal_parameter)
			continue;
		dwarf_signature_name(&argument, "", arguments[count].name);
		arguments[count].type = dwarf_signature_type_of(&argument);
		/* where the next ones are is not known */
		if (!arguments[count].type)
			break;
		count++;
	} while (count < ARGUMENTS && !t->dw->dwarf_siblingof(&argument, &argument));
	return count;
}

static bool dwarf_signature_write_types(void)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (dwarf_signature_write(i) != (int)i + 1)
			return false;
	for (uint32_t i = 0; i < t->count; i++)
		if (t->nodes[i].is_enum && !dwarf_signature_write_enumerators(&t->nodes[i]))
			return false;
	return true;
}

static void dwarf_signature_translate(Dwarf_Die *unit, Dwarf_Die *function)
{
	struct argument arguments[ARGUMENTS];
	bool has_hidden;
	unsigned count;
	int prototype;

	if (!dwarf_signature_is_called(unit, function, &has_hidden))
		return;
	/* what bytes are */
	dwarf_signature_add(&(struct node){.kind = NODE_INT, .size = 1, .is_char = true, .is_signed = true});
	count = dwarf_signature_arguments(function, arguments);
	dwarf_signature_type_of(function);
	if (!dwarf_signature_write_types())
		return;
	prototype = btf__add_func_proto(t->btf, (int)dwarf_signature_type_of(function));
	if (has_hidden && btf__add_func_param(t->btf, "", 1))
		return;
	for (unsigned i = 0; i < count; i++)
		if (btf__add_func_param(t->btf, arguments[i].name, (int)arguments[i].type))
			return;
	if (prototype > 0)
		btf__add_func(t->btf, "function", BTF_FUNC_STATIC, prototype);
}

/* ---- a static probe ---- */

enum { VARIABLES = 256 }; /* that can be seen at one place */

struct variable {
	uint32_t type;
	unsigned number; /* of the argument; 0: it is none */
	char name[NAME_SIZE];
};

static struct {
	struct dwarf_operand_place place;
	struct bcc_usdt_operand operands[BCC_USDT_MAX_ARGUMENTS];
	unsigned operand_count;
	struct variable variables[VARIABLES]; /* each name once, that of the innermost scope */
	unsigned count;
} seen;

static bool dwarf_signature_is_seen(const char *name)
{
	for (unsigned i = 0; i < seen.count; i++)
		if (!strcmp(seen.variables[i].name, name))
			return true;
	return false;
}

/* The bytes of a number, an enumeration or a pointer; 0: it is none. */
static uint64_t dwarf_signature_scalar(Dwarf_Die *variable)
{
	char named[NAME_SIZE];
	uint64_t size = 0;
	Dwarf_Die type;
	int tag;

	if (!dwarf_signature_die(variable, DW_AT_type, &type))
		return 0;
	tag = dwarf_signature_bare(&type, named);
	if (tag != DW_TAG_base_type && tag != DW_TAG_enumeration_type && tag != DW_TAG_pointer_type)
		return 0;
	if (!dwarf_signature_number(&type, DW_AT_byte_size, &size) && tag == DW_TAG_pointer_type)
		size = sizeof(uint64_t);
	return size;
}

/* The first argument that it is. */
static unsigned dwarf_signature_argument_of(Dwarf_Die *variable)
{
	uint64_t size = dwarf_signature_scalar(variable);

	for (unsigned i = 0; i < seen.operand_count && size; i++)
		if (dwarf_operand_is(&seen.place, &seen.operands[i], variable, size))
			return i + 1;
	return 0;
}

static void dwarf_signature_see(Dwarf_Die *scope)
{
	Dwarf_Die die;

	if (t->dw->dwarf_child(scope, &die))
		return;
	do {
		struct variable *v = &seen.variables[seen.count];
		int tag = t->dw->dwarf_tag(&die);

		if (tag != DW_TAG_variable && tag != DW_TAG_formal_parameter)
			continue;
		dwarf_signature_name(&die, "", v->name);
		if (!*v->name || dwarf_signature_is_seen(v->name))
			continue;
		v->number = dwarf_signature_argument_of(&die);
		v->type = v->number ? dwarf_signature_type_of(&die) : 0;
		seen.count++;
	} while (seen.count < VARIABLES && !t->dw->dwarf_siblingof(&die, &die));
}

static bool dwarf_signature_is_function(int tag)
{
	return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
}

/* From the innermost block on, up to the function that it is written in. */
static void dwarf_signature_see_scopes(Dwarf_Die *unit)
{
	Dwarf_Die *scopes = NULL;
	int count = t->dw->dwarf_getscopes(unit, seen.place.address - seen.place.bias, &scopes);

	for (int i = 0; i < count && !seen.place.function; i++)
		if (t->dw->dwarf_tag(&scopes[i]) == DW_TAG_subprogram &&
			dwarf_signature_has(&scopes[i], DW_AT_frame_base))
			seen.place.function = &scopes[i];
	for (int i = 0; i < count && seen.count < VARIABLES; i++) {
		dwarf_signature_see(&scopes[i]);
		if (dwarf_signature_is_function(t->dw->dwarf_tag(&scopes[i])))
			break;
	}
	seen.place.function = NULL;
	if (count > 0)
		free(scopes);
}

static void dwarf_signature_read_operands(const char *text)
{
	while (seen.operand_count < ARRAY_SIZE(seen.operands) &&
		bcc_usdt_operand_next(bcc_arch_host, &text, &seen.operands[seen.operand_count]))
		seen.operand_count++;
}

static void dwarf_signature_write_variables(void)
{
	int prototype = btf__add_func_proto(t->btf, 0);

	for (unsigned i = 0; i < seen.count; i++) {
		const struct variable *v = &seen.variables[i];
		char name[NAME_SIZE + 16];

		snprintf(name, sizeof(name), "%u %s", v->number, v->name);
		if (v->number && v->type && btf__add_func_param(t->btf, name, (int)v->type))
			return;
	}
	if (prototype > 0)
		btf__add_func(t->btf, "function", BTF_FUNC_STATIC, prototype);
}

/* `text`: the address and the arguments. */
static void dwarf_signature_find_probe(Dwfl_Module *module, const char *text)
{
	Dwarf_Addr bias = 0;
	Dwarf_Die *unit;
	char *end;

	memset(&seen, 0, sizeof(seen));
	seen.place.dw = t->dw;
	seen.place.module = module;
	seen.place.address = strtoull(text, &end, 16);
	dwarf_signature_read_operands(end);
	unit = dwarf_unit_of(t->dw, module, seen.place.address, &bias);
	if (!unit)
		return;
	seen.place.bias = bias;
	dwarf_signature_add(&(struct node){.kind = NODE_INT, .size = 1, .is_char = true, .is_signed = true});
	dwarf_signature_see_scopes(unit);
	if (dwarf_signature_write_types())
		dwarf_signature_write_variables();
}

/* Whether there is room for it. */
static bool dwarf_signature_answer(struct dwarf_answer *answer)
{
	uint32_t size = 0, last = btf__type_cnt(t->btf) - 1;
	const struct btf_type *type = btf__type_by_id(t->btf, last);
	const void *data = type && btf_is_func(type) ? btf__raw_data(t->btf, &size) : NULL;

	if (size > sizeof(answer->bytes))
		return false;
	if (data) {
		memcpy(answer->bytes, data, size);
		answer->size = size;
		answer->count = 1;
	}
	return true;
}

/* ---- the file ---- */

static int dwarf_signature_find_elf(
	Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base, char **file, Elf **elf)
{
	return -1;
}

/* The debug information may be in another file, which is found by build ID or by the name in the file: the
 * user has named this one. */
static Dwfl_Module *dwarf_signature_open(Dwfl **dwfl, const char *path)
{
	static Dwfl_Callbacks callbacks = {.find_elf = dwarf_signature_find_elf};
	Dwfl_Module *module = NULL;
	struct stat st;
	int fd;

	callbacks.find_debuginfo = t->dw->dwfl_standard_find_debuginfo;
	*dwfl = t->dw->dwfl_begin(&callbacks);
	if (!*dwfl)
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	t->dw->dwfl_report_begin_add(*dwfl);
	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode))
		module = t->dw->dwfl_report_elf(*dwfl, path, path, fd, 0, false);
	t->dw->dwfl_report_end(*dwfl, NULL, NULL);
	if (!module && fd >= 0)
		close(fd);
	return module;
}

static void dwarf_signature_find_function(Dwfl_Module *module, const char *function)
{
	Dwarf_Die *unit, found;
	Dwarf_Addr bias = 0;
	GElf_Addr address;

	if (!dwarf_signature_address(module, function, &address))
		return;
	unit = dwarf_unit_of(t->dw, module, address, &bias);
	if (unit && dwarf_signature_subprogram(unit, address - bias, &found))
		dwarf_signature_translate(unit, &found);
}

/* Returns false if it takes more room than there is. */
static bool dwarf_signature_try(Dwfl_Module *module, const char *function, struct dwarf_answer *answer)
{
	bool fits = true;

	t->btf = btf__new_empty();
	if (t->btf) {
		if (*function == '@')
			dwarf_signature_find_probe(module, function + 1);
		else
			dwarf_signature_find_function(module, function);
		fits = dwarf_signature_answer(answer);
	}
	btf__free(t->btf);
	HASH_CLEAR(hh, t->known);
	return fits;
}

void dwarf_signature_find(
	const struct libdw *dw, const char *texts, uint32_t size, struct dwarf_answer *answer)
{
	const char *path = texts, *end = texts + size, *function, *prefix;
	Dwfl *dwfl = NULL;
	Dwfl_Module *module = NULL;

	function = memchr(path, '\0', end - path);
	prefix = function ? memchr(function + 1, '\0', end - function - 1) : NULL;
	if (!prefix || !memchr(prefix + 1, '\0', end - prefix - 1))
		return;
	t = calloc(1, sizeof(*t));
	if (!t)
		return;
	t->dw = dw;
	module = dwarf_signature_open(&dwfl, path);
	for (uint32_t structs = STRUCTS; module && structs; structs /= 4) {
		memset(t, 0, sizeof(*t));
		t->dw = dw;
		t->prefix = prefix + 1;
		t->most_structs = structs;
		if (dwarf_signature_try(module, function + 1, answer))
			break;
	}
	dw->dwfl_end(dwfl);
	free(t);
	t = NULL;
}
