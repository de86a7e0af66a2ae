# Toolchain file for the wasm-* presets: the Emscripten that tools/setup/emscripten.sh put into .toolchain/.
get_filename_component(STRATA_TOOLCHAIN_DIR "${CMAKE_CURRENT_LIST_DIR}/../.toolchain" ABSOLUTE)
if(NOT EXISTS ${STRATA_TOOLCHAIN_DIR}/stamp)
  message(FATAL_ERROR "No Emscripten in ${STRATA_TOOLCHAIN_DIR}. Run `npm run setup` (or tools/setup/packages.sh wasm "
                      "and tools/setup/emscripten.sh) first.")
endif()
include(${STRATA_TOOLCHAIN_DIR}/emscripten/cmake/Modules/Platform/Emscripten.cmake)
