# tests/fuzz/<name>_fuzz.cc -> program <name>_fuzz, run as `<name>_fuzz -max_total_time=60 CORPUS_FOLDER`.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "libFuzzer needs clang; use the preset: cmake --preset fuzz")
endif()
file(GLOB fuzz_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*_fuzz.cc)
foreach(source IN LISTS fuzz_sources)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/core/src ${PROJECT_SOURCE_DIR}/tests/core)
  target_link_libraries(${name} PRIVATE strata_core strata_warnings)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endforeach()
# The engine needs coverage counters too, or the fuzzer is blind to it.
target_compile_options(strata_core PRIVATE -fsanitize=fuzzer-no-link)
