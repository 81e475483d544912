/* SPDX-License-Identifier: Apache-2.0 */
/* What is behind the public types: the handle with its programs, tables, attachments and buffers. */
#ifndef LIBBCC_HANDLE_H
#define LIBBCC_HANDLE_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bcc/bcc.h>

#include "common/error.h"
#include "common/name_index.h"

struct btf;
struct bcc_object;     /* object/object.h: the ELF object, as long as it is needed */
struct bcc_elf_table;  /* symbols/elf/elf_table.h */
struct bcc_field_list; /* table/type_description.c */
struct bcc_streams;    /* stream/stream.h: open perf and ring buffers and their epoll */
struct bcc_trace;      /* stream/trace_pipe.c */

/* An instruction that uses something the compiler found in this kernel, and that has an alternative. */
struct bcc_optional {
	uint32_t insn;
	int kind; /* BCC_EXTERN_OPTIONAL… of object/build.h */
};

/* An instruction that needs something of another kernel, "task_struct.state". */
struct bcc_missing {
	uint32_t insn;
	char *name;
};

struct bcc_program {
	struct bcc *owner;
	const char *name;	/* name of the function */
	const char *section;	/* "kprobe/…", "fentry/…", ".bpf.fn.NAME" */
	struct bpf_insn *insns; /* relocated, with map descriptors filled in */
	size_t insn_count;
	struct bcc_optional *optional; /* object/object.h */
	size_t optional_count;
	struct bcc_missing *missing; /* object/core/relocate.h */
	size_t missing_count;
	void *func_info; /* bpf_func_info records for the kernel, may be NULL */
	size_t func_info_count, func_info_rec_size;
	void *line_info;
	size_t line_info_count, line_info_rec_size;
	int type; /* as loaded; BCC_PROG_TYPE_AUTO when not */
	int fd;	  /* -1 when not loaded */
	/* as in struct bcc_load_opts when it was loaded */
	int expected_attach_type;
	char *attach_to;
	uint64_t cookie; /* of attachments to come; 0: none */
	/* of those that the handle has opened by their path */
	bool is_opened; /* the kernel has it; insns and how it was loaded are not known */
	struct bcc_program *next;
	/* object/struct_ops.h: a struct of the kernel's, by its BTF id, and the number of the member; 0:
	 * none */
	uint32_t struct_ops_type, struct_ops_member;
};

struct bcc_table {
	struct bcc *owner;
	const char *name;
	int fd;
	uint32_t type; /* enum bpf_map_type */
	uint32_t key_size, value_size, max_entries, flags;
	uint32_t btf_key_type, btf_value_type; /* 0: none */
	struct btf *btf;		       /* of those types, owned; NULL: they are in owner->btf */
	/* filled in by table/type_description.c on first use */
	char *key_decl, *value_decl;
	char *arena; /* one as this process has it (object/arena.c); NULL: it is none */
	size_t arena_bytes;
	struct bcc_table *next; /* of those that the handle has opened by their path */
};

/* One attachment. Links of one handle form a list. */
struct bcc_link {
	struct bcc *owner;
	struct bcc_program *program; /* NULL: one of another process or handle */
	struct bcc_link *prev, *next;
	int *fds; /* link descriptors, then perf events: closing all of them detaches */
	size_t fd_count;
	/* as its program was loaded, for another to take its place (attach/link.c) */
	int type, expected_attach_type;
	/* for what no descriptor holds (attach/link_ops.h) */
	const struct bcc_link_ops *ops; /* NULL: nothing */
	void *state;			/* of `ops`, freed with the link; may be NULL */
	int made_by;			/* the process */
};

struct bcc {
	struct bcc_err err;
	bcc_log_fn log;
	void *log_ctx;
	unsigned debug;
	char *warnings; /* of bcc_warnings(), NULL: none */
	char *name;
	char *maps_namespace; /* of shared tables */
	char *btf_path;	      /* of struct bcc_open_opts; NULL: the kernel's own types */
	char *text;	      /* for errors to say where in it */
	bool portable;	      /* of struct bcc_open_opts; or an object of another origin */
	bool libbpf;	      /* the text is in that dialect: common/dialect.h */
	struct bcc_object *object;
	struct btf *btf; /* from the object */
	int btf_fd;	 /* loaded into the kernel; -1: not */
	struct bcc_program *programs;
	size_t program_count;
	struct bcc_name_index program_names;
	struct bcc_table *tables;
	size_t table_count;
	struct bcc_name_index table_names;
	struct bcc_table *opened_tables;     /* object/pinned.c */
	struct bcc_program *opened_programs; /* load/pinned_program.c */
	struct bcc_variable *variables;	     /* object/variables.c */
	size_t variable_count;
	struct bcc_name_index variable_names;
	struct bcc_variable_section *variable_sections;
	size_t variable_section_count;
	struct bcc_field_list *field_lists; /* of types that were asked for */
	struct bcc_event_type *event_types; /* object/event_types.c */
	size_t event_type_count;
	struct bcc_refused_events *refused_events; /* object/refused_events.c; NULL: nothing is counted */
	struct bcc_link *links;
	const struct bcc_elf_table *matched; /* attach/uprobe_pattern.c: of the file of the last pattern */
	struct bcc_streams *streams;
	struct bcc_trace *trace;
	int tracefs_fd; /* -1 until needed: kernel/tracefs.h */
	int cancel_fd;	/* of struct bcc_open_opts; -1: none */
};

#endif
