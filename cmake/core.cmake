# strata_core: the engine, a static library. Users include core/include, the engine itself also core/src.
set(core ${PROJECT_SOURCE_DIR}/core)
file(GLOB_RECURSE core_sources CONFIGURE_DEPENDS ${core}/src/*.cc)
if(EMSCRIPTEN)
  # Done by JavaScript there: bindings/wasm.
  list(FILTER core_sources EXCLUDE REGEX "/src/(env/posix[^/]*|bytes/number_text[.]cc)$")
  # Each module links one of the two: cmake/wasm.cmake.
  list(FILTER core_sources EXCLUDE REGEX "/src/(index/index_suite|collection/text_search)(_missing)?[.]cc$")
else()
  list(FILTER core_sources EXCLUDE REGEX "_missing[.]cc$")
endif()
if(NOT core_sources)
  # A library with no source cannot be archived.
  file(WRITE ${PROJECT_BINARY_DIR}/empty.cc "")
  set(core_sources ${PROJECT_BINARY_DIR}/empty.cc)
endif()

add_library(strata_core STATIC ${core_sources})
target_include_directories(strata_core PUBLIC ${core}/include PRIVATE ${core}/src)
target_link_libraries(strata_core PUBLIC strata_dependencies PRIVATE strata_warnings)

if(EMSCRIPTEN)
  # A page pays for every byte before its first search. Only what measures distances and walks graphs is built for
  # speed: with -Oz walks are a sixth slower (word2vec-300), and the rest showed no difference.
  string(JOIN "|" for_speed
    "vector/(.*kernels|fast_scan)"
    "quant/(scalar_source|product_source|quantized_tables|k_means|balanced_rotation|rabit_[a-z]*|random_rotation)"
    "index/(hnsw_layer_search|lsh_(hash_family|probes|search|tables)|kd_tree_search|kd_lsh_search)"
    "text/(text_scorer|tokenizer|scanned_texts|stop_words)")
  foreach(source ${core_sources})
    if(NOT source MATCHES "/src/(${for_speed})[.]")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS -Oz)
    endif()
  endforeach()
  add_library(strata_wasm_options INTERFACE)
  target_compile_options(strata_wasm_options INTERFACE
    -msimd128 $<$<BOOL:${STRATA_RELAXED_SIMD}>:-mrelaxed-simd>
    # One whole: what is inlined or left out is decided with every caller in sight (7% of the size).
    -flto
    # Older than SIMD in every engine, yet not on by default in clang 19.
    -mbulk-memory -mnontrapping-fptoint
    # Nothing is caught: when memory is out, JavaScript throws and starts another instance (bindings/wasm/call_frame.h).
    -fno-exceptions -fno-rtti
  )
  target_link_options(strata_wasm_options INTERFACE -flto -fno-exceptions -fno-rtti)
  target_link_libraries(strata_core PUBLIC strata_wasm_options)
endif()
