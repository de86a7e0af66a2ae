#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "bytes/row_bitmap.h"

namespace strata {

// A set of rows of one segment in few bytes, in the shortest of three forms (docs/formats/attributes.md): the
// gaps between the rows, the gaps between the rows that are not in it, or a bit for each row. The empty set
// is no bytes.

// Appends the set of `rows`, ascending and all less than `row_count`.
void AppendRowList(std::span<const Row> rows, uint32_t row_count, std::string* out);

// Whether `list` is a set of rows less than `row_count`, as AppendRowList() makes them.
bool IsRowList(std::string_view list, uint32_t row_count);

// Adds the rows of `list`, for which IsRowList() is true, to `rows`.
void AddRowList(std::string_view list, RowBitmap* rows);

}  // namespace strata
