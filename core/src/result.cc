#include "strata/result.h"

#include <utility>

namespace strata {

struct Error::Detail {
  ErrorCode code;
  std::string message;
};

Error::Error(ErrorCode code, std::string message) : detail_(new Detail{code, std::move(message)}) {}

Error::Error(const Error& other) : detail_(other.detail_ == nullptr ? nullptr : new Detail(*other.detail_)) {}

ErrorCode Error::code() const { return detail_ == nullptr ? ErrorCode::kInternal : detail_->code; }

const std::string& Error::message() const {
  static const std::string none;
  return detail_ == nullptr ? none : detail_->message;
}

bool operator==(const Error& a, const Error& b) { return a.code() == b.code() && a.message() == b.message(); }

Status::Status(Error error) : error_(std::move(error)) {
  if (error_.detail_ == nullptr) error_ = Fail(ErrorCode::kInternal, "");
}

void Error::Free(const Detail* detail) noexcept { delete detail; }

Failure Fail(ErrorCode code, std::string_view message) {
  return Fail(code, std::initializer_list<MessagePart>{message});
}

Failure Fail(ErrorCode code, std::initializer_list<MessagePart> message) {
  return Failure(new Error::Detail{code, Message(message)});
}

std::string_view ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "INVALID_ARGUMENT";
    case ErrorCode::kNotFound:
      return "NOT_FOUND";
    case ErrorCode::kAlreadyExists:
      return "ALREADY_EXISTS";
    case ErrorCode::kFailedPrecondition:
      return "FAILED_PRECONDITION";
    case ErrorCode::kCorruption:
      return "CORRUPTION";
    case ErrorCode::kUnsupportedFormat:
      return "UNSUPPORTED_FORMAT";
    case ErrorCode::kUnavailable:
      return "UNAVAILABLE";
    case ErrorCode::kIoError:
      return "IO_ERROR";
    case ErrorCode::kNoSpace:
      return "NO_SPACE";
    case ErrorCode::kOutOfMemory:
      return "OUT_OF_MEMORY";
    case ErrorCode::kReadOnly:
      return "READ_ONLY";
    case ErrorCode::kClosed:
      return "CLOSED";
    case ErrorCode::kAborted:
      return "ABORTED";
    case ErrorCode::kFenced:
      return "FENCED";
    case ErrorCode::kUnsupported:
      return "UNSUPPORTED";
    case ErrorCode::kInternal:
      return "INTERNAL";
  }
  return "INTERNAL";  // A number that is none of them.
}

}  // namespace strata
