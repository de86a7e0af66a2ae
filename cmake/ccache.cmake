# Compiles through ccache where it is installed. Paths are made relative, so that a fresh clone elsewhere hits what
# this one compiled. Emscripten has a setting of its own for this (tools/setup/emscripten.sh).
find_program(STRATA_CCACHE ccache)
if(STRATA_CCACHE AND NOT EMSCRIPTEN)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${STRATA_CCACHE})
endif()
