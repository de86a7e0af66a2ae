#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "bytes/row_bitmap.h"

namespace strata {

// Codes are bytes of 0..127, seven bits each. Two such bytes multiply to at most 16,129, so two products fit
// the signed 16-bit lanes that x86's maddubs and WebAssembly's relaxed dot product add them in: with eight
// bits those saturate, and differently on every machine.
inline constexpr int kCodeMax = 127;

// Rows of codes are a multiple of this long, so that kernels have no tail.
inline constexpr size_t kCodeAlignment = 16;

// A table of codes: row r lies at bytes + r * stride. A row may hold other things than its code, at places
// where the query is 0.
struct CodeTable {
  const uint8_t* bytes = nullptr;
  size_t stride = 0;      // A multiple of kCodeAlignment.
  size_t code_bytes = 0;  // Of a row; codes come first.
};

// out[i] = sum over j < stride of query[j] * row[j], for the table's rows[i]. Exact up to 2^17 code bytes.
// Four rows at a time share the loads of the query and keep four streams from memory under way, which is
// where the time goes.
void CodeDots(const uint8_t* query, const CodeTable& table, std::span<const Row> rows, int32_t* out);

}  // namespace strata
