# Two WebAssembly modules: strata, the database, and strata_text, the built-in text embedder, which most pages do
# not load. Each is a .mjs and a .wasm in the build folder.
# cmake/core.cmake applies strata_wasm_options, so that the engine and its bindings agree on the instruction set.
set(bindings ${PROJECT_SOURCE_DIR}/bindings/wasm)
file(GLOB database_sources CONFIGURE_DEPENDS ${bindings}/*.cc)
file(GLOB text_sources CONFIGURE_DEPENDS ${bindings}/text/*.cc)
add_executable(strata ${database_sources})
add_executable(strata_text ${text_sources} ${bindings}/batch_decoder.cc ${bindings}/call_frame.cc
  ${bindings}/json_writer.cc ${bindings}/reply.cc)

# strata.d.mts describes what the bindings export. Emscripten runs the module for it, which Node 20 cannot do with
# relaxed SIMD (the exports are the same), and needs TypeScript's compiler on PATH, which is there after `npm ci`.
set(tsc_folder ${PROJECT_SOURCE_DIR}/node_modules/.bin)
if(NOT STRATA_RELAXED_SIMD AND EXISTS ${tsc_folder}/tsc)
  target_link_options(strata PRIVATE --emit-tsd strata.d.mts)
  set_property(TARGET strata PROPERTY RULE_LAUNCH_LINK "env \"PATH=${tsc_folder}:$ENV{PATH}\"")
endif()

foreach(module strata strata_text)
  set_target_properties(${module} PROPERTIES SUFFIX .mjs)
  target_include_directories(${module} PRIVATE ${PROJECT_SOURCE_DIR}/core/src ${bindings})
  target_link_libraries(${module} PRIVATE strata_core strata_warnings strata_wasm_options embind)
  target_compile_options(${module} PRIVATE -Oz)
  target_link_options(${module} PRIVATE
    -Oz
    --no-entry
    -sSTRICT
    # An ES module factory. js/ fetches and compiles the .wasm itself (instantiateWasm), because Emscripten's own loader
    # would fetch() a file path in Node 20. So the code for `node` is left out, although Node runs this: all of it is
    # for loading files, and its import of node:module makes bundlers for the browser complain.
    -sMODULARIZE -sEXPORT_ES6 -sENVIRONMENT=web,worker
    -sINCOMING_MODULE_JS_API=instantiateWasm
    -sEXPORTED_RUNTIME_METHODS=HEAPU8,HEAPU32,HEAPF32
    -sEXPORTED_FUNCTIONS=_malloc,_free
    # Both builds must come with the same strata.mjs, since dist/ ships one for both. Shortened names of imports and
    # exports would follow how often the code uses each; as a side effect of this library they are not shortened.
    -lexports.js
    # Works under a content security policy without 'unsafe-eval'.
    -sDYNAMIC_EXECUTION=0
    # All files are the Env's business.
    -sFILESYSTEM=0
    # malloc returns null when memory is out, operator new throws, and the binding turns that into OUT_OF_MEMORY.
    -sABORTING_MALLOC=0
    -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=4GB
    # Each growth adds 5%: memory never shrinks, so a generous step would stay resident for nothing.
    -sMEMORY_GROWTH_GEOMETRIC_STEP=0.05
    # The default of 64 kB is little for recursive code such as expression trees.
    -sSTACK_SIZE=1MB
    # 64-bit integers cross as BigInt.
    -sWASM_BIGINT
    # Every engine with SIMD has these, so no fallbacks for older ones are generated.
    -sTEXTDECODER=2 -sMIN_CHROME_VERSION=95 -sMIN_FIREFOX_VERSION=100 -sMIN_SAFARI_VERSION=160400
    -sMIN_NODE_VERSION=200000
  )
endforeach()
