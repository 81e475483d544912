# What `cmake --install` installs where. Everything finds its neighbours relative to itself, so that the
# installed tree can be moved; the includes of program texts are inside the compiler library,
# share/bcc/include is for editors.
include(CMakePackageConfigHelpers)

set(BCC_COMPILER_DIR ${CMAKE_INSTALL_LIBDIR}/bcc) # where libbcc.so.0 looks for it, relative to itself
set(BCC_TOOLS_DIR ${CMAKE_INSTALL_DATADIR}/bcc/tools)
set(BCC_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/bcc)

install(TARGETS bcc bcc_bpf EXPORT bcc-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS bcc-compile RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/bcc)
install(TARGETS bcc-compiler LIBRARY DESTINATION ${BCC_COMPILER_DIR})
get_property(BCC_HEADER_NAMES GLOBAL PROPERTY BCC_HEADER_NAMES)
install(FILES ${BCC_HEADER_NAMES} DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/bcc) # beside bcc-compile
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/bcc DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/frontends/include ${CMAKE_BINARY_DIR}/frontends/include DESTINATION ${CMAKE_INSTALL_DATADIR}/bcc FILES_MATCHING PATTERN *.h)
file(GLOB BCC_DOCS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/docs/*.md ${CMAKE_SOURCE_DIR}/docs/*.svg)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE ${CMAKE_SOURCE_DIR}/CHANGELOG.md ${BCC_DOCS} DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${CMAKE_SOURCE_DIR}/docs/bcc-cache.1 ${CMAKE_SOURCE_DIR}/docs/bpfcc.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

file(RELATIVE_PATH BCC_BIN_TO_LIB /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
set_target_properties(bpfcc PROPERTIES INSTALL_RPATH $ORIGIN/${BCC_BIN_TO_LIB})
install(TARGETS bpfcc RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${CMAKE_SOURCE_DIR}/command/bpfcc-pin.service DESTINATION lib/systemd/system)
set(BCC_COMPLETIONS ${CMAKE_SOURCE_DIR}/command/completions)
install(FILES ${BCC_COMPLETIONS}/bpfcc.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME bpfcc)
install(FILES ${BCC_COMPLETIONS}/_bpfcc DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${BCC_COMPLETIONS}/bpfcc.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

get_property(BCC_TOOLS GLOBAL PROPERTY BCC_TOOLS)
if(BCC_TOOLS)
  file(RELATIVE_PATH BCC_TOOLS_TO_LIB /${BCC_TOOLS_DIR} /${CMAKE_INSTALL_LIBDIR})
  set_target_properties(${BCC_TOOLS} PROPERTIES INSTALL_RPATH $ORIGIN/${BCC_TOOLS_TO_LIB})
  install(TARGETS ${BCC_TOOLS} RUNTIME DESTINATION ${BCC_TOOLS_DIR})
  # manual pages and completions, which the build has made of the tools
  set(BCC_TOOL_PAGES ${CMAKE_BINARY_DIR}/tools/pages/)
  install(DIRECTORY ${BCC_TOOL_PAGES} DESTINATION ${CMAKE_INSTALL_MANDIR}/man8 FILES_MATCHING PATTERN *.8)
  install(DIRECTORY ${BCC_TOOL_PAGES} DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions FILES_MATCHING PATTERN _*)
  install(DIRECTORY ${BCC_TOOL_PAGES} DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
    FILES_MATCHING PATTERN *.fish)
  foreach(tool ${BCC_TOOLS})
    install(FILES ${BCC_TOOL_PAGES}${tool}.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
      RENAME ${tool} OPTIONAL)
  endforeach()
endif()

file(RELATIVE_PATH BCC_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_SOURCE_DIR}/cmake/libbcc.pc.in ${CMAKE_BINARY_DIR}/libbcc.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/libbcc.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(EXPORT bcc-targets NAMESPACE bcc:: DESTINATION ${BCC_CMAKE_DIR})
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/bccConfig.cmake.in ${CMAKE_BINARY_DIR}/bccConfig.cmake
  INSTALL_DESTINATION ${BCC_CMAKE_DIR})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/bccConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_BINARY_DIR}/bccConfig.cmake ${CMAKE_BINARY_DIR}/bccConfigVersion.cmake DESTINATION ${BCC_CMAKE_DIR})
