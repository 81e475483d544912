/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of this folder: the state of an object being opened, and what of it stays with the
 * handle. */
#ifndef LIBBCC_OBJECT_BUILD_H
#define LIBBCC_OBJECT_BUILD_H

#include "libbcc/handle.h"
#include "btf.h"
#include "elf.h"
#include "map_attributes.h"

/* Lives until the handle is closed. */
struct bcc_object {
	char *license;
	/* what another object has to define, behind where it is used; NULL: nothing; else there are programs'
	 * names and nothing more */
	char *undefined;
	/* what the text submits to buffers, all strings: for each, the buffer's name, the fields as
	 * "NAME#TYPE", and an empty one; NULL: nothing */
	char *events;
	size_t events_size;
	/* arrays behind global variables: programs hold references too; kept so that their creator is
	 * known */
	int *data_fds;
	size_t data_fd_count;
	struct btf *kernel_btf; /* kernel/kernel_btf.c; NULL until first needed */
	/* BTF of the modules whose functions programs call, by their number there; [0] is not used */
	int *module_fds;
	size_t module_fd_count;
	/* initial entries of tables of programs: set once a program is loaded (program_slots.c) */
	struct bcc_program_slot *slots;
	size_t slot_count;
	struct bcc_struct_ops *struct_ops; /* struct_ops.h */
	size_t struct_ops_count;
	void *bytes;		 /* a copy of the ELF object, while `build` points into it */
	size_t size;		 /* of that */
	struct bcc_build *build; /* until the object is created: bcc_object_create() */
	int failed;		 /* result of a creation that failed */
};

/* A function of the object: instructions [first, first + count) of an executable section. */
struct bcc_function {
	const char *name;
	uint32_t section;
	uint32_t first, count;
	bool is_program;
};

/* map_def.c: a table as defined in the text. */
struct bcc_map_def {
	uint32_t type, key_size, value_size, max_entries, flags, numa_node, pinning;
	uint64_t extra;
	uint32_t btf_key_type, btf_value_type;
	uint32_t inner_type;	/* BTF id of the inner table's definition, 0: none */
	uint32_t values_offset; /* of the initial entries, 0: none */
};

/* A table to be created: its definition in the text, and what else the text says about it. */
struct bcc_wanted_table {
	struct bcc_map_def def;
	struct bcc_table_words words;
};

/* The first of a pair of instructions, which load 64 bits. */
static inline bool bcc_insn_is_load64(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

/* externs.c: of a symbol of the kernel. */
struct bcc_kernel_address {
	uint64_t address; /* 0: it is hidden */
	bool is_found, is_static;
};

struct bcc_build {
	struct bcc *b;
	struct bcc_elf elf;
	struct bcc_btf_ext ext;
	struct bcc_function *functions; /* sorted by section and offset */
	size_t function_count;
	const struct bcc_section *maps;	      /* .maps, NULL: none */
	uint64_t *table_offsets;	      /* offset in .maps of b->tables[i] */
	struct bcc_wanted_table *wanted;      /* for b->tables[i] */
	int *section_fds;		      /* array for a data section, -1: not needed yet */
	int *section_types;		      /* BTF id of its variables, -1: none, 0: not looked up yet */
	uint8_t **section_values;	      /* of a data section that was changed before it was created */
	struct bcc_kconfig_variable *kconfig; /* kconfig.c */
	size_t kconfig_count;
	uint32_t kconfig_bytes;
	int kconfig_fd;		 /* -1: not needed yet */
	struct bcc_table *arena; /* that has the text's variables; NULL: none */
	uint64_t arena_at;	 /* their place in it, in bytes */
	/* of each symbol of the object that it does not define; NULL: not read yet */
	struct bcc_kernel_address *kernel_addresses;
	struct core_search *core; /* core/relocate.c; NULL: the object has no relocations */
};

/* Reads the definition struct with BTF id `id`. Returns -EINVAL with an error message that names table
 * `name`. */
int bcc_map_def_read(
	const struct btf *btf, const char *name, uint32_t id, struct bcc_map_def *def, struct bcc_err *err);

/* maps.c: reads what the tables of the text should be, then creates them. */
int bcc_build_read_maps(struct bcc_build *build);
int bcc_build_maps(struct bcc_build *build);
/* The table at `offset` of .maps; NULL if none starts there. */
struct bcc_table *bcc_build_table_at(struct bcc_build *build, uint64_t offset);
/* map_create.c */

/* Creates a map with BTF if the kernel accepts that, otherwise without. Returns a descriptor or a negative
 * errno. */
int bcc_map_create(const struct bcc *b, const char *name, const struct bcc_map_def *def, int inner_fd);
/* The same for a table of the text: returns 0 and a descriptor, or a negative errno with the error
 * recorded. */
int bcc_table_create(struct bcc *b, const char *name, const struct bcc_map_def *def, int inner_fd, int *out);
/* Creates a map like those that table `name` will hold. */
int bcc_table_create_inner(struct bcc *b, const char *name, const struct bcc_map_def *def, int *out);

/* arena.c: maps the text's arenas, before its programs are loaded, and puts variables into the first. */
#define BCC_ARENA_SECTION ".addr_space.1"
int bcc_build_arena(struct bcc_build *build);
void bcc_arena_close(struct bcc_table *t);

/* data.c: the descriptor of the array for data section `index`, created on first use. */
int bcc_build_data(struct bcc_build *build, uint32_t index);
/* Whether the variable at `offset` of that section is initialised with addresses, as no loader can. */
bool bcc_build_has_addresses(struct bcc_build *build, uint32_t index, uint64_t offset);

struct bcc_data {
	const void *value; /* NULL: zeros */
	uint32_t bytes;
	uint32_t type; /* BTF id, 0: none */
	bool constant;
};

/* An array of one element that lives as long as the object. Returns its descriptor, or a negative errno with
 * the error recorded. */
int bcc_build_array(struct bcc_build *build, const char *name, const struct bcc_data *data);

/* kconfig.c: `extern … __kconfig`. */
int bcc_build_read_kconfig(struct bcc_build *build);
/* Sets the pair `insn` to the address of that variable. Returns 1, 0 if there is none of that name, or a
 * negative errno with the error recorded. */
int bcc_build_kconfig_address(
	struct bcc_build *build, const struct bcc_symbol *symbol, struct bpf_insn *insn);

/* variables.c: the list of the text's global variables. */
int bcc_build_variables(struct bcc_build *build);

/* event_types.c: the list of what the text submits to its buffers. */
int bcc_build_event_types(struct bcc_build *build);

/* refused_events.c: the counters of events that ring buffers refused. */
int bcc_build_refused_events(struct bcc_build *build);

/* functions.c */
int bcc_build_functions(struct bcc_build *build);
/* The function that starts at instruction `first` of a section; NULL if none does. */
const struct bcc_function *bcc_build_function_at(
	const struct bcc_build *build, uint32_t section, uint64_t first);

/* externs.c: sets `*name` to a symbol that neither the object nor the kernel defines; NULL: there is none.
 * Works before the types are completed. */
int bcc_build_undefined(const struct bcc_build *build, const char **name);
/* Where it is used first: a line, and the file; 0: the object does not say. */
unsigned bcc_build_line_of_use(const struct bcc_build *build, const char *name, const char **file);

/* externs.c: what the text declares and the kernel defines. Sets `insn` to call it, or the pair `insn` to its
 * address. BCC_EXTERN_OPTIONAL…: used by the compiler, in code that has an alternative; FIRST is given up
 * before the others. -ESRCH: this kernel has none, which is not recorded as an error. */
enum { BCC_EXTERN_OPTIONAL_FIRST = 1, BCC_EXTERN_OPTIONAL };
int bcc_build_extern_call(struct bcc_build *build, const struct bcc_symbol *symbol, struct bpf_insn *insn);
int bcc_build_extern_address(struct bcc_build *build, const struct bcc_symbol *symbol, struct bpf_insn *insn);
/* Turns such an instruction into the one for a kernel that lacks the function. */
void bcc_extern_forget(struct bpf_insn *insn);

/* link.c: reads the programs' names, then makes the programs followed by their subprograms, with all
 * relocations resolved. */
int bcc_build_read_programs(struct bcc_build *build);
int bcc_build_programs(struct bcc_build *build);

#endif
