#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace strata {

// Every way a call can fail. The numbers cross the WebAssembly boundary and never change meaning; the
// TypeScript union in js/src/errors.ts lists the same names, and a test compares the two.
enum class ErrorCode : uint8_t {
  kInvalidArgument = 1,     // The caller passed something no call could accept.
  kNotFound = 2,            // A record, collection or file is not there.
  kAlreadyExists = 3,       // insert() of an id that is live; creating a file twice.
  kFailedPrecondition = 4,  // The call is right, the state is not: options differ from the stored ones.
  kCorruption = 5,          // Bytes read back are not bytes we wrote.
  kUnsupportedFormat = 6,   // Written by a newer version.
  kUnavailable = 7,         // Another process or tab holds the database.
  kIoError = 8,             // The operating system or browser refused a read or write.
  kNoSpace = 9,             // Disk full or quota exceeded; reads and deletes still work.
  kOutOfMemory = 10,        // Growth failed or the memory budget is used up; the write was not applied.
  kReadOnly = 11,           // Opened read-only, or a failed sync ended writing until reopened.
  kClosed = 12,             // The database or collection was closed.
  kAborted = 13,            // The caller's AbortSignal fired.
  kFenced = 14,             // A newer owner opened the database; this one may not write any more.
  kUnsupported = 15,        // This build or place cannot do it (no OPFS, no threads, no vectors).
  kInternal = 16,           // A bug of ours.
};

// The stable upper-case name of `code`, for example "INVALID_ARGUMENT".
std::string_view ErrorCodeName(ErrorCode code);

// What went wrong. `message` names the thing, the place, what was found and what was expected.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

template <typename T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return std::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace strata

// Evaluates an expression of type Result<...>; returns its error from the enclosing function, if it has one.
#define STRATA_CONCAT_INNER(a, b) a##b
#define STRATA_CONCAT(a, b) STRATA_CONCAT_INNER(a, b)
#define STRATA_RETURN_IF_ERROR(expression)                              \
  do {                                                                  \
    if (auto strata_status = (expression); !strata_status) [[unlikely]] \
      return std::unexpected(std::move(strata_status).error());         \
  } while (false)

// STRATA_ASSIGN_OR_RETURN(auto x, F()): x = the value of F(), or return F()'s error.
#define STRATA_ASSIGN_OR_RETURN(target, expression) \
  STRATA_ASSIGN_OR_RETURN_INNER(STRATA_CONCAT(strata_result_, __LINE__), target, expression)
#define STRATA_ASSIGN_OR_RETURN_INNER(result, target, expression) \
  auto result = (expression);                                     \
  if (!result) [[unlikely]]                                       \
    return std::unexpected(std::move(result).error());            \
  target = std::move(*result)
