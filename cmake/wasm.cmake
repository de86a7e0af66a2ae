# Three WebAssembly modules: strata, the database with the kinds of index that most pages need; strata_suite, the
# database with all of them and with text search, loaded once a collection asks for one of these; and strata_text, the
# built-in text embedder, which most pages do not load. Each is one .wasm file; js/src/engine/instantiate.ts starts it,
# with no JavaScript of Emscripten's.
# cmake/core.cmake applies strata_wasm_options, so that the engine and its bindings agree on the instruction set.
set(bindings ${PROJECT_SOURCE_DIR}/bindings/wasm)
file(GLOB database_sources CONFIGURE_DEPENDS ${bindings}/*.cc)
file(GLOB text_sources CONFIGURE_DEPENDS ${bindings}/text/*.cc)
add_executable(strata ${database_sources} ${core}/src/index/index_suite_missing.cc
  ${core}/src/collection/text_search_missing.cc)
add_executable(strata_suite ${database_sources} ${core}/src/index/index_suite.cc
  ${core}/src/collection/text_search.cc)
add_executable(strata_text ${text_sources} ${bindings}/batch_decoder.cc ${bindings}/call_frame.cc
  ${bindings}/embind_runtime.cc ${bindings}/json_writer.cc ${bindings}/reply.cc ${bindings}/sbrk.cc)

foreach(module strata strata_suite strata_text)
  set_target_properties(${module} PROPERTIES SUFFIX .wasm)
  target_include_directories(${module} PRIVATE ${PROJECT_SOURCE_DIR}/core/src ${bindings})
  target_link_libraries(${module} PRIVATE strata_core strata_warnings strata_wasm_options)
  # embind tells types apart by addresses; their names would be for error messages that it never makes here.
  target_compile_definitions(${module} PRIVATE EMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0)
  target_compile_options(${module} PRIVATE -Oz)
  target_link_options(${module} PRIVATE
    -Oz
    # Optimizers go over the whole until nothing gets smaller (0.3% more).
    -sBINARYEN_EXTRA_PASSES=converge
    --no-entry
    -sSTRICT
    # Imports are ours alone (bindings/wasm/host_import.h), none is made for JavaScript of Emscripten's.
    -sSTANDALONE_WASM
    # malloc returns null when memory is out, and operator new calls what call_frame.cc sets for that.
    -sABORTING_MALLOC=0
    -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=4GB
    # The default of 64 kB is little for recursive code such as expression trees.
    -sSTACK_SIZE=1MB
  )
endforeach()
