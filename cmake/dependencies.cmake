# Third-party libraries, all from packages (tools/setup/packages.sh), as one target: strata_dependencies.
#
# All but Highway's run-time dispatch are header-only, so the same headers serve WebAssembly. There they come from
# links in .toolchain/include (made by tools/setup/emscripten.sh), because a cross build must not see /usr/include.
add_library(strata_dependencies INTERFACE)
target_compile_definitions(strata_dependencies INTERFACE
  XXH_INLINE_ALL
  EIGEN_MPL2_ONLY
  # Threads are ours to start; Eigen must not.
  EIGEN_DONT_PARALLELIZE
)

if(EMSCRIPTEN)
  target_include_directories(strata_dependencies SYSTEM INTERFACE
    ${STRATA_TOOLCHAIN_DIR}/include ${STRATA_TOOLCHAIN_DIR}/include/eigen3)
  # A .wasm file is built for one instruction set; there is nothing to choose at run time and no libhwy to ask.
  # XXH_SIZE_OPT: the loops of XXH3 as loops.
  target_compile_definitions(strata_dependencies INTERFACE HWY_COMPILE_ONLY_STATIC XXH_SIZE_OPT=1)
  # xxHash 0.8.2 and later would use an arm_neon.h made for WebAssembly, of which Debian's Emscripten ships only a stub.
  target_compile_options(strata_dependencies INTERFACE "-DXXH_HAS_INCLUDE(x)=0")
else()
  find_package(Threads REQUIRED)
  find_package(Eigen3 3.4 REQUIRED NO_MODULE)
  find_library(STRATA_HWY_LIBRARY hwy REQUIRED)
  find_path(STRATA_HEADERS NAMES protozero/pbf_reader.hpp REQUIRED)
  target_include_directories(strata_dependencies SYSTEM INTERFACE ${STRATA_HEADERS})
  target_link_libraries(strata_dependencies INTERFACE Eigen3::Eigen ${STRATA_HWY_LIBRARY} Threads::Threads)
endif()
