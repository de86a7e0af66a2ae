#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "strata/result.h"

namespace strata {

// The buffer through which JavaScript hands a call its vectors, texts and packed bytes: it asks for the size,
// fills it, makes the call, and the call takes its parts off in the same order, floats first. Kept between
// calls while small, so that a search allocates nothing for its query.
class Arguments {
 public:
  // Room for `bytes`, or null if memory is out. Forgets what was there.
  std::byte* Prepare(size_t bytes) {
    if (!buffer_ || bytes > capacity_ || capacity_ > kKeptBytesMax) {
      buffer_.reset();
      capacity_ = 0;
      // One byte at least: null means failure.
      buffer_.reset(static_cast<std::byte*>(std::malloc(bytes > 0 ? bytes : 1)));
      if (buffer_) capacity_ = bytes;
    }
    size_ = buffer_ ? bytes : 0;
    taken_ = 0;
    return buffer_.get();
  }

  // Parts point into the buffer until the next Prepare() or Release(). kInvalidArgument if less was handed
  // in.
  Result<std::span<const std::byte>> TakeBytes(size_t bytes) {
    if (bytes > size_ - taken_) {
      return Fail(ErrorCode::kInvalidArgument,
                  {"request: ", bytes, " bytes wanted, ", size_ - taken_, " handed in"});
    }
    const std::span<const std::byte> part(buffer_.get() + taken_, bytes);
    taken_ += bytes;
    return part;
  }

  // Only before any part of bytes, so that they are aligned.
  Result<std::span<const float>> TakeFloats(size_t count) {
    if (count > size_ / sizeof(float))
      return Fail(ErrorCode::kInvalidArgument, "request: vector without numbers");
    STRATA_ASSIGN_OR_RETURN(const std::span<const std::byte> part, TakeBytes(count * sizeof(float)));
    return std::span(reinterpret_cast<const float*>(part.data()), count);
  }

  Result<std::string_view> TakeText(size_t bytes) {
    STRATA_ASSIGN_OR_RETURN(const std::span<const std::byte> part, TakeBytes(bytes));
    return std::string_view(reinterpret_cast<const char*>(part.data()), part.size());
  }

  // Gives a large buffer's memory back before a call that needs much itself.
  void Release() {
    buffer_.reset();
    capacity_ = size_ = taken_ = 0;
  }

 private:
  static constexpr size_t kKeptBytesMax = size_t{1} << 20;

  struct Freer {
    void operator()(std::byte* bytes) const { std::free(bytes); }
  };
  std::unique_ptr<std::byte, Freer> buffer_;
  size_t capacity_ = 0;
  size_t size_ = 0;
  size_t taken_ = 0;
};

}  // namespace strata
