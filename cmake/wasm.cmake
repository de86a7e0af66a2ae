# The WebAssembly module: strata_core plus bindings/wasm, as strata.mjs and strata.wasm in the build folder.
# cmake/core.cmake applies strata_wasm_options, so that the engine and its bindings agree on the instruction set.
file(GLOB_RECURSE binding_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bindings/wasm/*.cc)
if(NOT binding_sources)
  message(WARNING "bindings/wasm has no source yet: strata.wasm is not built")
  return()
endif()

add_executable(strata ${binding_sources})
set_target_properties(strata PROPERTIES SUFFIX .mjs)
target_include_directories(strata PRIVATE ${PROJECT_SOURCE_DIR}/core/src ${PROJECT_SOURCE_DIR}/bindings/wasm)
target_link_libraries(strata PRIVATE strata_core strata_warnings strata_wasm_options embind)
target_compile_options(strata PRIVATE -Oz)
target_link_options(strata PRIVATE
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

# strata.d.mts describes what the bindings export. Emscripten runs the module for it, which Node 20 cannot do with
# relaxed SIMD (the exports are the same), and needs TypeScript's compiler on PATH, which is there after `npm ci`.
set(tsc_folder ${PROJECT_SOURCE_DIR}/node_modules/.bin)
if(NOT STRATA_RELAXED_SIMD AND EXISTS ${tsc_folder}/tsc)
  target_link_options(strata PRIVATE --emit-tsd strata.d.mts)
  set_property(TARGET strata PROPERTY RULE_LAUNCH_LINK "env \"PATH=${tsc_folder}:$ENV{PATH}\"")
endif()
