# Native tests: one GoogleTest program per folder, so that a build links twice and not a hundred times.
find_package(GTest 1.12 REQUIRED)
find_package(rapidcheck REQUIRED)

# #include "source_dir.h" tells a test where the repository is. A header and not a -D for everyone: the path would be
# part of every compile command, and no other clone could share ccache's results.
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/source_dir.h CONTENT
"#pragma once
#define STRATA_SOURCE_DIR \"${PROJECT_SOURCE_DIR}\"
")

# strata_gtest(<name> <folder> <shards>): all of the folder's .cc files and those of tests/core/support, registered with
# ctest as <shards> runs of GoogleTest's own sharding. One process per test would be slower, and
# `<name> --gtest_filter=...` is there for a single one.
function(strata_gtest name folder shard_count)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cc)
  if(NOT sources MATCHES "_test\\.cc")
    return()
  endif()
  file(GLOB support CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/core/support/*.cc)
  list(REMOVE_ITEM support ${sources})

  add_executable(${name} ${sources} ${support})
  # Tests may look at the engine's parts, not only at its public face.
  target_include_directories(${name} PRIVATE
    ${PROJECT_SOURCE_DIR}/core/src ${PROJECT_SOURCE_DIR}/tests/core ${PROJECT_BINARY_DIR}/generated)
  target_link_libraries(${name} PRIVATE
    strata_core strata_warnings GTest::gmock_main GTest::gtest rapidcheck rapidcheck_gtest)

  # INSTANTIATE_TEST_SUITE_P wraps its naming function in another with a parameter called `info`.
  target_compile_options(${name} PRIVATE -Wno-shadow)

  math(EXPR last "${shard_count} - 1")
  foreach(shard RANGE ${last})
    add_test(NAME ${name}.${shard} COMMAND ${name} --gtest_brief=1)
    set_tests_properties(${name}.${shard} PROPERTIES
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${shard_count};GTEST_SHARD_INDEX=${shard};UBSAN_OPTIONS=print_stacktrace=1"
      TIMEOUT 1500)
  endforeach()
endfunction()

strata_gtest(strata_tests ${PROJECT_SOURCE_DIR}/tests/core 4)
strata_gtest(strata_crash_tests ${PROJECT_SOURCE_DIR}/tests/crash 2)
