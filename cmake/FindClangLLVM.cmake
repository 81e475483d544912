# The distribution's LLVM and clang of major version BCC_LLVM_VERSION, as the target bcc_llvm.
set(_tools /usr/lib/llvm-${BCC_LLVM_VERSION}) # programs of this machine
set(_root ${CMAKE_SYSROOT}${_tools}) # libraries of the machine that is built for
find_package(LLVM REQUIRED CONFIG PATHS ${_root}/lib/cmake/llvm NO_DEFAULT_PATH)
find_library(BCC_CLANG_CPP NAMES clang-cpp PATHS ${_root}/lib NO_DEFAULT_PATH REQUIRED)
find_library(BCC_LLVM_LIB NAMES LLVM LLVM-${BCC_LLVM_VERSION} PATHS ${_root}/lib NO_DEFAULT_PATH REQUIRED)
add_library(bcc_llvm INTERFACE)
target_include_directories(bcc_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
target_compile_definitions(bcc_llvm INTERFACE BCC_LLVM_MAJOR=${LLVM_VERSION_MAJOR}
  __STDC_CONSTANT_MACROS __STDC_FORMAT_MACROS __STDC_LIMIT_MACROS)
target_link_libraries(bcc_llvm INTERFACE ${BCC_CLANG_CPP} ${BCC_LLVM_LIB})

# Only archives of this version are tested; sanitizers need to see the library's calls.
set(_default OFF)
if(BCC_LLVM_VERSION EQUAL 19 AND NOT BCC_SANITIZE AND EXISTS ${_root}/lib/libclangCodeGen.a)
  set(_default ON)
endif()
option(BCC_STATIC_LLVM "Link LLVM and clang into the compiler library" ${_default})
if(BCC_STATIC_LLVM)
  include(StaticLLVM)
endif()
