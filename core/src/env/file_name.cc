#include "env/file_name.h"

#include <charconv>

namespace strata {
namespace {

constexpr size_t kDigitsMin = 8;
constexpr std::string_view kSuffix = ".strata";

}  // namespace

std::string FileName(FileNumber file) {
  std::string name = std::to_string(file);
  if (name.size() < kDigitsMin) name.insert(0, kDigitsMin - name.size(), '0');
  name += kSuffix;
  return name;
}

std::optional<FileNumber> ParseFileName(std::string_view name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  FileNumber file = 0;
  std::from_chars(name.data(), name.data() + (name.size() - kSuffix.size()), file);
  // Printing the number again settles signs, spaces, missing or needless zeros and overflow at one stroke.
  if (FileName(file) != name) return std::nullopt;
  return file;
}

}  // namespace strata
