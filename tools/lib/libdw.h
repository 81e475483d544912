/* SPDX-License-Identifier: Apache-2.0 */
/* elfutils' libdw, which is loaded when something asks for it: tools start without it. */
#ifndef TOOLS_LIB_LIBDW_H
#define TOOLS_LIB_LIBDW_H

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

/* The functions that are called. */
#define LIBDW_FUNCTIONS(FUNCTION)                                                                            \
	FUNCTION(dwarf_attr)                                                                                 \
	FUNCTION(dwarf_attr_integrate)                                                                       \
	FUNCTION(dwarf_cfi_addrframe)                                                                        \
	FUNCTION(dwarf_child)                                                                                \
	FUNCTION(dwarf_entrypc)                                                                              \
	FUNCTION(dwarf_formref_die)                                                                          \
	FUNCTION(dwarf_formsdata)                                                                            \
	FUNCTION(dwarf_formstring)                                                                           \
	FUNCTION(dwarf_formudata)                                                                            \
	FUNCTION(dwarf_frame_cfa)                                                                            \
	FUNCTION(dwarf_getlocation_addr)                                                                     \
	FUNCTION(dwarf_getscopes)                                                                            \
	FUNCTION(dwarf_getscopes_die)                                                                        \
	FUNCTION(dwarf_haspc)                                                                                \
	FUNCTION(dwarf_siblingof)                                                                            \
	FUNCTION(dwarf_srclang)                                                                              \
	FUNCTION(dwarf_tag)                                                                                  \
	FUNCTION(dwfl_addrmodule)                                                                            \
	FUNCTION(dwfl_attach_state)                                                                          \
	FUNCTION(dwfl_begin)                                                                                 \
	FUNCTION(dwfl_build_id_find_debuginfo)                                                               \
	FUNCTION(dwfl_end)                                                                                   \
	FUNCTION(dwfl_frame_pc)                                                                              \
	FUNCTION(dwfl_getthread_frames)                                                                      \
	FUNCTION(dwfl_module_addrdie)                                                                        \
	FUNCTION(dwfl_module_eh_cfi)                                                                         \
	FUNCTION(dwfl_module_getsym_info)                                                                    \
	FUNCTION(dwfl_module_getsymtab)                                                                      \
	FUNCTION(dwfl_module_nextcu)                                                                         \
	FUNCTION(dwfl_report_begin_add)                                                                      \
	FUNCTION(dwfl_report_elf)                                                                            \
	FUNCTION(dwfl_report_end)                                                                            \
	FUNCTION(dwfl_standard_find_debuginfo)                                                               \
	FUNCTION(dwfl_thread_state_register_pc)                                                              \
	FUNCTION(dwfl_thread_state_registers)

#define LIBDW_MEMBER(name) __typeof__(name) *name;
struct libdw {
	LIBDW_FUNCTIONS(LIBDW_MEMBER)
};

/* The functions; NULL if the library is not installed. */
const struct libdw *libdw_load(void);

#endif
