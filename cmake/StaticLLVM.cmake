# LLVM and clang as archives: the target bcc_llvm_static, or bcc_llvm_archives without the shared libraries
# that they need. Only the parts that are used are linked, and only the BPF target. The library loads in a
# third of the time, because nothing has to be looked up by name, and takes 40 MB less memory.
execute_process(COMMAND ${_tools}/bin/llvm-config --link-static --libs bpf passes core bitreader bitwriter option coverage lto
    frontendopenmp frontendhlsl frontenddriver instrumentation
  OUTPUT_VARIABLE _llvm OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(_llvm)
list(FILTER _llvm EXCLUDE REGEX Polly) # a package of its own; frontends/clang/static/no_polly.cpp stands in for it
foreach(name Frontend CodeGen Driver Parse Sema Analysis Edit AST ASTMatchers Lex Basic Serialization Support APINotes ExtractAPI InstallAPI)
  file(GLOB _archive ${_root}/lib/libclang${name}.a) # not all versions have all
  list(APPEND _clang ${_archive})
endforeach()
find_library(BCC_ZSTD zstd REQUIRED)
find_library(BCC_XML2 xml2 REQUIRED)

add_library(bcc_llvm_archives INTERFACE)
target_link_directories(bcc_llvm_archives INTERFACE ${_root}/lib)
target_link_libraries(bcc_llvm_archives INTERFACE -Wl,--start-group ${_clang} ${_llvm} -Wl,--end-group)
add_library(bcc_llvm_static INTERFACE)
target_link_libraries(bcc_llvm_static INTERFACE bcc_llvm_archives ZLIB::ZLIB ${BCC_ZSTD} ${BCC_XML2} ${CMAKE_DL_LIBS} m)
target_link_options(bcc_llvm_archives INTERFACE -static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,--exclude-libs,ALL -Wl,-Bsymbolic)

# relative relocations take a hundredth of the room; glibc 2.36 can read them
include(CheckLinkerFlag)
include(CheckCSourceCompiles)
check_linker_flag(C -Wl,-z,pack-relative-relocs BCC_LINKER_PACKS)
check_c_source_compiles("#include <features.h>\n#if !__GLIBC_PREREQ(2, 36)\n#error\n#endif\nint main(void) { return 0; }" BCC_GLIBC_UNPACKS)
if(BCC_LINKER_PACKS AND BCC_GLIBC_UNPACKS)
  target_link_options(bcc_llvm_static INTERFACE -Wl,-z,pack-relative-relocs)
endif()

# The linker places the functions that compiling needs, of LLVM's 50 MB, next to each other (found by
# scripts/order-functions): half as much of the library is then mapped. Other linkers leave the order
# unchanged.
set(BCC_FUNCTION_ORDER ${CMAKE_SOURCE_DIR}/cmake/llvm-${BCC_LLVM_VERSION}.order)
if(EXISTS ${_tools}/bin/ld.lld AND EXISTS ${BCC_FUNCTION_ORDER})
  target_link_options(bcc_llvm_archives INTERFACE -B${_tools}/bin -fuse-ld=lld
    -Wl,--symbol-ordering-file=${BCC_FUNCTION_ORDER} -Wl,--no-warn-symbol-ordering)
  set_property(TARGET bcc_llvm_archives APPEND PROPERTY INTERFACE_LINK_DEPENDS ${BCC_FUNCTION_ORDER})
  include(OtherTargets)
else()
  message(STATUS "Not ordering the functions of LLVM: this needs ${_tools}/bin/ld.lld and ${BCC_FUNCTION_ORDER}")
endif()
