# clang's lists of builtins for all its targets are 40 % of what is relocated when the library is loaded, one
# page fault for each 4 KB. Only BPF's are used, and those of the machine whose kernel headers are read: a
# linker script replaces the others (frontends/clang/static/no_builtins.cpp). From LLVM 20 on, the lists have
# another form.
if(BCC_LLVM_VERSION VERSION_GREATER_EQUAL 20)
  return()
endif()
set(_others AArch64 AMDGPU ARC ARM AVR BaseSPIR CSKY DirectX Hexagon Lanai Le64 LoongArch M68k MSP430 Mips NVPTX
  PNaCl PPC RISCV SPIRV64AMDGCN Sparc SystemZ TCE VE WebAssembly X86_32 X86_64 XCore)
# those of the machine, by the name that uname -m has for it
set(_own_x86_64 X86_32 X86_64)
set(_own_aarch64 AArch64)
list(REMOVE_ITEM _others ${_own_${CMAKE_SYSTEM_PROCESSOR}})
set(_script "HIDDEN(_ZN5clang27CreateRISCVIntrinsicManagerERNS_4SemaE = bcc_no_intrinsics);\n")
foreach(_target ${_others})
  set(_class ${_target}TargetInfo)
  string(LENGTH ${_class} _length)
  string(APPEND _script "HIDDEN(_ZNK5clang7targets${_length}${_class}17getTargetBuiltinsEv = bcc_no_builtins);\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/other_targets.ld CONTENT "${_script}" @ONLY)
target_link_options(bcc_llvm_archives INTERFACE ${CMAKE_BINARY_DIR}/other_targets.ld)
set_property(TARGET bcc_llvm_archives APPEND PROPERTY INTERFACE_LINK_DEPENDS ${CMAKE_BINARY_DIR}/other_targets.ld)
target_sources(bcc_llvm_archives INTERFACE ${CMAKE_SOURCE_DIR}/frontends/clang/static/no_builtins.cpp)
