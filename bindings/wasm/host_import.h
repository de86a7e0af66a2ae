#pragma once

// Declares a function that JavaScript gives under `name`: js/src/engine/host_functions.ts. Addresses and
// unsigned numbers arrive there as signed ones.
#define STRATA_HOST_IMPORT(name) extern "C" [[clang::import_module("strata"), clang::import_name(name)]]
