#include "strata/result.h"

namespace strata {

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
