#include "env/file_name.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace strata {
namespace {

constexpr size_t kDigitsMin = 8;
constexpr std::string_view kSuffix = ".strata";

}  // namespace

FileName::FileName(FileNumber file) {
  char digits[20];
  const auto count = static_cast<size_t>(std::to_chars(digits, std::end(digits), file).ptr - digits);
  char* at = text_;
  for (size_t i = count; i < kDigitsMin; ++i) *at++ = '0';
  at = std::copy_n(digits, count, at);
  at = std::copy(kSuffix.begin(), kSuffix.end(), at);
  size_ = static_cast<uint32_t>(at - text_);
}

std::optional<FileNumber> ParseFileName(std::string_view name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  FileNumber file = 0;
  std::from_chars(name.data(), name.data() + (name.size() - kSuffix.size()), file);
  // Printing the number again settles signs, spaces, missing or needless zeros and overflow at one stroke.
  if (FileName(file).view() != name) return std::nullopt;
  return file;
}

}  // namespace strata
