# bcc_embed_text(OUT file.c SYMBOL name FILES a b …): generates a C file with the array
#   const struct bcc_text NAME[] = {{"relative/name", "contents"}, …, {0}};
# of the files, their names relative to BASE (default: the current source directory).
find_package(Python3 REQUIRED COMPONENTS Interpreter)
function(bcc_embed_text)
  cmake_parse_arguments(A "" "OUT;SYMBOL;BASE" "FILES" ${ARGN})
  if(NOT A_BASE)
    set(A_BASE ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
  add_custom_command(OUTPUT ${A_OUT}
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/embed_text.py ${A_OUT} ${A_SYMBOL} ${A_BASE} ${A_FILES}
    DEPENDS ${A_FILES} ${CMAKE_SOURCE_DIR}/cmake/embed_text.py VERBATIM)
endfunction()
