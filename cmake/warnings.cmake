# The warnings our own code is built with; all of them are errors.
#
# Sign conversion is left out: mixing size_t with the ptrdiff_t of iterators and of Eigen is everywhere and harmless.
# A narrowing conversion is not, and what fits in 64 bits natively may not in WebAssembly's 32.
add_library(strata_warnings INTERFACE)
target_compile_options(strata_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Werror
  -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wundef
  # A designated initializer that leaves the defaults alone is how option structs are meant to be used.
  -Wno-missing-field-initializers
)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # These look through inlined library code and are wrong about it in GCC 12 (PR 105651 and its kin), more so under
  # a sanitizer. They stay visible but do not stop the build; clang builds the same code with its own versions.
  target_compile_options(strata_warnings INTERFACE
    -Wno-restrict
    -Wno-error=maybe-uninitialized -Wno-error=array-bounds
    -Wno-error=stringop-overflow -Wno-error=stringop-overread
  )
endif()
