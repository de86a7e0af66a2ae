#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strata/env.h"
#include "support/result_matchers.h"

namespace strata {

inline std::span<const std::byte> BytesOf(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

inline std::string TextOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// All of a file.
inline Result<std::vector<std::byte>> ReadFile(Env* env, FileNumber file) {
  STRATA_ASSIGN_OR_RETURN(const uint64_t size, env->Size(file));
  std::vector<std::byte> bytes(static_cast<size_t>(size));
  STRATA_RETURN_IF_ERROR(env->ReadAt(file, 0, bytes));
  return bytes;
}

// Makes the file hold exactly `bytes`, whether it was there or not.
inline void WriteFile(Env* env, FileNumber file, std::span<const std::byte> bytes) {
  if (!env->Size(file)) {
    ASSERT_THAT(env->Create(file), IsOk());
  }
  ASSERT_THAT(env->Truncate(file, 0), IsOk());
  ASSERT_THAT(env->WriteAt(file, 0, bytes), IsOk());
}

// Calls check(what) with the file damaged in each of these ways, one after the other, and whole again at the
// end: every byte with one bit flipped, and all bits flipped; cut after every byte.
template <typename Check>
void ForEachDamage(Env* env, FileNumber file, Check&& check) {
  auto whole = ReadFile(env, file);
  ASSERT_THAT(whole, IsOk());
  for (size_t at = 0; at < whole->size(); ++at) {
    for (const auto flipped : {std::byte{1} << (at % 8), std::byte{0xff}}) {
      const std::byte damaged = (*whole)[at] ^ flipped;
      ASSERT_THAT(env->WriteAt(file, at, std::span(&damaged, 1)), IsOk());
      SCOPED_TRACE(testing::Message() << "byte " << at << " of " << whole->size() << " flipped");
      check("flip");
    }
    ASSERT_THAT(env->WriteAt(file, at, std::span(*whole).subspan(at, 1)), IsOk());
  }
  for (size_t size = whole->size(); size-- > 0;) {
    ASSERT_THAT(env->Truncate(file, size), IsOk());
    SCOPED_TRACE(testing::Message() << "cut to " << size << " of " << whole->size() << " bytes");
    check("cut");
  }
  WriteFile(env, file, *whole);
}

// "00 41 ff": how docs/formats/ writes bytes. A golden-bytes test compares these, so that the page can be
// checked by eye.
inline std::string Hex(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0) text += i % 16 == 0 ? '\n' : ' ';
    text += kDigits[static_cast<uint8_t>(bytes[i]) >> 4];
    text += kDigits[static_cast<uint8_t>(bytes[i]) & 15];
  }
  return text;
}

}  // namespace strata
