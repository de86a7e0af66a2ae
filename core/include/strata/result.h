#pragma once

#include <cstdint>
#include <expected>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "strata/message.h"

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

// Lets a class of one pointer be passed and returned in a register although it has a destructor, where the
// compiler can do so (clang).
#if __has_cpp_attribute(clang::trivial_abi)
#define STRATA_TRIVIAL_ABI [[clang::trivial_abi]]
#else
#define STRATA_TRIVIAL_ABI
#endif

class Failure;
class Status;

// What went wrong. A single pointer: most of the engine's code only passes errors on, and that code is
// downloaded by every page.
class STRATA_TRIVIAL_ABI Error {
 public:
  // kInternal without a message, as is an error that was moved from.
  Error() = default;
  Error(ErrorCode code, std::string message);
  Error(Failure failure) noexcept;
  Error(const Error& other);
  Error(Error&& other) noexcept : detail_(std::exchange(other.detail_, nullptr)) {}
  Error& operator=(Error other) noexcept {
    std::swap(detail_, other.detail_);
    return *this;
  }
  // Inlined always: mostly it follows a test that has settled whether there is anything to do, and is left
  // out.
  [[gnu::always_inline]] ~Error() {
    if (detail_ != nullptr) Free(detail_);
  }

  ErrorCode code() const;
  // Names the thing, the place, what was found and what was expected.
  const std::string& message() const;

  friend bool operator==(const Error& a, const Error& b);

 private:
  friend class Failure;
  friend class Status;
  friend Failure Fail(ErrorCode code, std::string_view message);
  friend Failure Fail(ErrorCode code, std::initializer_list<MessagePart> message);
  struct Detail;
  static void Free(const Detail* detail) noexcept;

  const Detail* detail_ = nullptr;
};

// What a call without a value answers: an error, or none. It does what std::expected<void, Error> does, as
// one pointer: half of all results are of this kind.
class STRATA_TRIVIAL_ABI Status {
 public:
  Status() = default;
  Status(Error error);
  Status(Failure failure) noexcept;
  Status(const Status&) = default;
  Status(Status&&) noexcept = default;
  Status& operator=(const Status&) = default;
  Status& operator=(Status&&) noexcept = default;
  [[gnu::always_inline]] ~Status() = default;

  bool has_value() const { return error_.detail_ == nullptr; }
  explicit operator bool() const { return has_value(); }
  // Throws std::bad_expected_access if there is an error.
  void value() const {
    if (!has_value()) std::expected<void, Error>(std::unexpect, error_).value();
  }
  Error& error() { return error_; }
  const Error& error() const { return error_; }

 private:
  friend struct PassedError;

  Error error_;  // That of a success points to nothing.
};

template <typename T = void>
using Result = std::conditional_t<std::is_void_v<T>, Status, std::expected<T, Error>>;

// What a function with any Result returns to fail: a new error on its way into the Result, which must take it
// up. Unlike std::unexpected it fits a register and leaves nothing behind to destroy, at each of 200 places.
class [[nodiscard]] Failure {
 public:
  template <typename T>
  operator std::expected<T, Error>() const {
    return std::expected<T, Error>(std::unexpect, *this);
  }

 private:
  friend class Error;
  friend Failure Fail(ErrorCode code, std::string_view message);
  friend Failure Fail(ErrorCode code, std::initializer_list<MessagePart> message);
  explicit Failure(const Error::Detail* detail) : detail_(detail) {}

  const Error::Detail* detail_;
};

// The same for an error that another Result holds.
struct PassedError {
  Error& error;

  template <typename T>
  operator std::expected<T, Error>() && {
    return std::expected<T, Error>(std::unexpect, std::move(error));
  }
  operator Status() && {
    Status status;
    status.error_ = std::move(error);
    return status;
  }
};

inline Error::Error(Failure failure) noexcept : detail_(failure.detail_) {}
inline Status::Status(Failure failure) noexcept : error_(failure) {}

Failure Fail(ErrorCode code, std::string_view message);
Failure Fail(ErrorCode code, std::initializer_list<MessagePart> message);

}  // namespace strata

// Evaluates an expression of type Result<...>; returns its error from the enclosing function, if it has one.
#define STRATA_CONCAT_INNER(a, b) a##b
#define STRATA_CONCAT(a, b) STRATA_CONCAT_INNER(a, b)
#define STRATA_RETURN_IF_ERROR(expression)                              \
  do {                                                                  \
    if (auto strata_status = (expression); !strata_status) [[unlikely]] \
      return ::strata::PassedError{strata_status.error()};              \
  } while (false)

// STRATA_ASSIGN_OR_RETURN(auto x, F()): x = the value of F(), or return F()'s error.
#define STRATA_ASSIGN_OR_RETURN(target, expression) \
  STRATA_ASSIGN_OR_RETURN_INNER(STRATA_CONCAT(strata_result_, __LINE__), target, expression)
#define STRATA_ASSIGN_OR_RETURN_INNER(result, target, expression) \
  auto result = (expression);                                     \
  if (!result) [[unlikely]]                                       \
    return ::strata::PassedError{result.error()};                 \
  target = std::move(*result)
