# bench/native/<name>.cc -> program bench_<name> (Google Benchmark).
find_package(benchmark REQUIRED)
file(GLOB bench_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/native/*.cc)
foreach(source IN LISTS bench_sources)
  get_filename_component(name ${source} NAME_WE)
  add_executable(bench_${name} ${source})
  target_include_directories(bench_${name} PRIVATE ${PROJECT_SOURCE_DIR}/core/src)
  target_link_libraries(bench_${name} PRIVATE strata_core strata_warnings benchmark::benchmark_main)
endforeach()
