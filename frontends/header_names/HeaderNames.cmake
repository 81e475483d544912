# Tables of names of kernel headers: stand_ins.c, part of the compiler library, and beside that library
# uapi.names and kernel.names, which it can do without. They are made of the headers that are found: those
# that scripts/setup unpacked, the newest first, or what is installed for programs. BCC_HEADER_TREES names
# others, as generate.py takes them.
set(BCC_HEADER_TREES "" CACHE STRING "Trees of kernel headers, SERIES=COMMON:BUILD, newest first; empty: those that are found")

set(BCC_HEADER_NAMES_FROM "" CACHE PATH "The libbcc folder of another build of this source, whose tables are copied: making them takes a minute")

set(HEADER_TREES ${BCC_HEADER_TREES})
if(NOT HEADER_TREES)
  if(DEFINED ENV{XDG_CACHE_HOME})
    set(cache $ENV{XDG_CACHE_HOME})
  else()
    set(cache $ENV{HOME}/.cache)
  endif()
  foreach(series 6.12 6.1)
    # of more than one release the newest
    file(GLOB builds ${cache}/libbcc/headers/linux-headers-${series}.*-* /usr/src/linux-headers-${series}.*-*)
    list(FILTER builds EXCLUDE REGEX "-(common|rt|cloud|common-rt)(-[a-z0-9]+)?$")
    list(SORT builds COMPARE NATURAL ORDER DESCENDING)
    foreach(build ${builds})
      string(REGEX REPLACE "-[^-]+$" "-common" common ${build})
      if(EXISTS ${build}/include/generated/autoconf.h AND EXISTS ${common}/include/linux/kconfig.h)
        list(APPEND HEADER_TREES ${series}=${common}:${build})
        break()
      endif()
    endforeach()
  endforeach()
  if(NOT HEADER_TREES)
    file(STRINGS /usr/include/linux/version.h version REGEX "LINUX_VERSION_(MAJOR|PATCHLEVEL)")
    string(REGEX REPLACE ".*MAJOR ([0-9]+).*PATCHLEVEL ([0-9]+).*" "\\1.\\2" version "${version}")
    set(HEADER_TREES ${version}=uapi:/usr/include)
  endif()
endif()
message(STATUS "Names of kernel headers: ${HEADER_TREES}")

set(STAND_INS ${CMAKE_CURRENT_BINARY_DIR}/stand_ins.c)
set(HEADER_NAMES ${CMAKE_BINARY_DIR}/libbcc/uapi.names)
if(NOT HEADER_TREES MATCHES "=uapi:")
  list(APPEND HEADER_NAMES ${CMAKE_BINARY_DIR}/libbcc/kernel.names)
endif()
# generate.py asks gcc to leave macros as they are, which clang cannot
find_program(BCC_GCC NAMES gcc REQUIRED)
set(own_headers ${TEXT_INCLUDES})
list(FILTER own_headers INCLUDE REGEX "include/bcc/(core|types|language|packets|errno|probes|tables|table_kinds)\\.h$|linux/kconfig\\.h$")
list(TRANSFORM own_headers PREPEND --own= OUTPUT_VARIABLE own_options)
set(generate ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/header_names/generate.py --cc ${BCC_GCC})
add_custom_command(OUTPUT ${STAND_INS}
  COMMAND ${generate} --stand-ins ${CMAKE_CURRENT_SOURCE_DIR}/header_names/stand_ins.h --out ${STAND_INS}
  DEPENDS header_names/generate.py header_names/stand_ins.h VERBATIM)
if(BCC_HEADER_NAMES_FROM)
  set(made ${HEADER_NAMES})
  list(TRANSFORM made REPLACE "^.*/" "${BCC_HEADER_NAMES_FROM}/")
  add_custom_command(OUTPUT ${HEADER_NAMES}
    COMMAND ${CMAKE_COMMAND} -E copy ${made} ${CMAKE_BINARY_DIR}/libbcc
    DEPENDS ${made} VERBATIM)
else()
  add_custom_command(OUTPUT ${HEADER_NAMES}
    COMMAND ${generate} ${own_options} --out ${CMAKE_BINARY_DIR}/libbcc ${HEADER_TREES}
    DEPENDS header_names/generate.py VERBATIM)
endif()
add_custom_target(bcc_header_names ALL DEPENDS ${HEADER_NAMES})
set_property(GLOBAL PROPERTY BCC_HEADER_NAMES ${HEADER_NAMES})
