#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "bytes/row_bitmap.h"
#include "vector/code_kernels.h"
#include "vector/packed_levels.h"

namespace strata {

// Dot products of a coded query with codes of few bits (packed_levels.h). One version for each instruction
// set, chosen when the program starts.

// A query that is measured against codes of one bit is cut into bit planes: component i is
// b0 + 2 b1 + 4 b2 - 8 b3, and plane j holds all b_j as a code of one bit does.
inline constexpr uint32_t kQueryPlanes = 4;
inline constexpr int kQueryPlaneMax = 7;  // Of components that may be of either sign.

// The sum of the query's components where the row has a one, for each of the table's rows[i]:
// out[i] = |plane0 & row| + 2 |plane1 & row| + 4 |plane2 & row| - 8 |plane3 & row|, |.| counting ones.
// `planes` (kQueryPlanes, table.code_bytes) row-major. Exact up to 2^24 dimensions.
void BitDots(const uint8_t* planes, const CodeTable& table, std::span<const Row> rows, int32_t* out);

// out[i] = sum over j of query[j] * level j of the row, for the table's rows[i], codes of 2 to 8 bits. The
// query's components are in [-kQueryByteMax, kQueryByteMax]: two products of such with levels of up to 255
// fit the signed 16 bits that x86 adds them in. Exact up to 2^17 dimensions.
inline constexpr int kQueryByteMax = 63;
void PackedDots(const int8_t* query, uint32_t bits, const CodeTable& table, std::span<const Row> rows,
                int32_t* out);

}  // namespace strata
