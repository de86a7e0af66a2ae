#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "bytes/excerpt.h"
#include "bytes/json.h"
#include "bytes/json_builder.h"
#include "bytes/number_text.h"
#include "bytes/utf8.h"

namespace strata {
namespace {

constexpr std::string_view kEscapes = "\"\\/bfnrt";
constexpr std::string_view kEscaped = "\"\\/\b\f\n\r\t";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// RFC 8259, one pass, without recursion. Of its methods those that return bool stop at the first error, which
// Stop() notes.
class Parser {
 public:
  Parser(std::string_view text, uint32_t depth_max) : text_(text), depth_max_(depth_max) {}

  Result<JsonValue> Parse() {
    if (ParseAll()) return builder_.Take();
    return Fail(ErrorCode::kInvalidArgument, {"JSON, byte ", at_, ": ", error_});
  }

 private:
  bool ParseAll() {
    if (!TakeValue()) return false;
    // Here a value is complete, or an array or object has just begun.
    while (!brackets_.empty()) {
      const bool in_object = brackets_.back() == '{';
      if (Take(in_object ? '}' : ']')) {
        if (!Close(in_object)) return false;
        continue;
      }
      if (!just_begun_ && !Take(',')) return Stop({"expected a comma or ", in_object ? "}" : "]"});
      just_begun_ = false;
      if (in_object && !TakeKey()) return false;
      if (!TakeValue()) return false;
    }
    return Peek() == kEnd || Stop({"expected the end"});
  }

  bool Close(bool is_object) {
    brackets_.pop_back();
    just_begun_ = false;
    if (!is_object) return builder_.EndArray(), true;
    const auto twice = builder_.EndObject();
    return !twice || Stop({"the key \"", Excerpt(*twice), "\" comes twice in one object"});
  }

  bool TakeKey() {
    if (Peek() != '"') return Stop({"expected a key in quotes"});
    std::string_view key;
    if (!TakeString(&key)) return false;
    builder_.Key(key);
    return Take(':') || Stop({"expected a colon after the key"});
  }

  // A value, or the beginning of an array or object.
  bool TakeValue() {
    const int next = Peek();
    switch (next) {
      case '{':
      case '[':
        if (brackets_.size() == depth_max_) {
          return Stop({"arrays and objects are nested more than ", depth_max_, " deep"});
        }
        ++at_;
        brackets_ += static_cast<char>(next);
        just_begun_ = true;
        next == '{' ? builder_.StartObject() : builder_.StartArray();
        return true;
      case '"': {
        std::string_view string;
        if (!TakeString(&string)) return false;
        builder_.String(string);
        return true;
      }
      case 't':
        return TakeWord("true") && (builder_.Bool(true), true);
      case 'f':
        return TakeWord("false") && (builder_.Bool(false), true);
      case 'n':
        return TakeWord("null") && (builder_.Null(), true);
      default:
        return TakeNumber();
    }
  }

  bool TakeWord(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return Stop({"expected a value"});
    at_ += word.size();
    return true;
  }

  bool TakeNumber() {
    const size_t start = at_;
    if (at_ < text_.size() && text_[at_] == '-') ++at_;
    const size_t first = at_;
    if (!TakeDigits() || (text_[first] == '0' && at_ > first + 1)) return Stop({"expected a value"});
    const size_t integer_end = at_;
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      if (!TakeDigits()) return Stop({"expected a digit"});
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (!TakeDigits()) return Stop({"expected a digit"});
    }
    const std::string_view number = text_.substr(start, at_ - start);
    int64_t integer = 0;
    if (at_ == integer_end &&
        std::from_chars(number.data(), number.data() + number.size(), integer).ec == std::errc()) {
      builder_.Integer(integer);
      return true;
    }
    const std::optional<double> value = NearestDouble(number);
    if (!value) return Stop({"the number ", Excerpt(number), " is outside the range of a double"});
    builder_.Double(*value);
    return true;
  }

  bool TakeDigits() {
    const size_t start = at_;
    while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
    return at_ > start;
  }

  // What is between the quotes, decoded: in `text_` itself, or in scratch_ until the next string.
  bool TakeString(std::string_view* string) {
    const size_t start = ++at_;
    bool copied = false;
    size_t copied_end = start;
    for (;; ++at_) {
      if (at_ == text_.size()) return Stop({"expected a closing quote"});
      const char c = text_[at_];
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20) return Stop({"a control character must be escaped"});
      if (c != '\\') continue;
      if (!copied) scratch_.clear();
      copied = true;
      scratch_ += text_.substr(copied_end, at_ - copied_end);
      if (!TakeEscape()) return false;
      copied_end = at_ + 1;
    }
    const std::string_view rest = text_.substr(copied_end, at_ - copied_end);
    if (copied) scratch_ += rest;
    *string = copied ? std::string_view(scratch_) : rest;
    ++at_;
    return IsUtf8(*string) || Stop({"the text before is not valid UTF-8, or has half of a surrogate pair"});
  }

  // Leaves at_ on its last character.
  bool TakeEscape() {
    const char escape = ++at_ < text_.size() ? text_[at_] : '\0';
    const size_t known = kEscapes.find(escape);
    if (known != std::string_view::npos) {
      scratch_ += kEscaped[known];
      return true;
    }
    uint32_t unit = 0;
    if (escape != 'u' || !TakeHex(&unit)) return Stop({"unknown escape"});
    uint32_t low = 0;
    if (unit >= 0xd800 && unit < 0xdc00 && text_.substr(at_ + 1).starts_with("\\u")) {
      at_ += 2;
      if (!TakeHex(&low)) return Stop({"unknown escape"});
      if (low < 0xdc00 || low > 0xdfff) return Stop({"half of a surrogate pair"});
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    AppendUtf8(unit);
    return true;
  }

  // The four digits after at_.
  bool TakeHex(uint32_t* unit) {
    const std::string_view digits = text_.substr(std::min(at_ + 1, text_.size())).substr(0, 4);
    const auto end = digits.data() + digits.size();
    if (digits.size() < 4 || std::from_chars(digits.data(), end, *unit, 16).ptr != end) return false;
    at_ += 4;
    return true;
  }

  // Half of a surrogate pair gives what IsUtf8() refuses.
  void AppendUtf8(uint32_t code_point) {
    const int more = code_point < 0x80 ? 0 : code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;
    constexpr uint8_t kLead[] = {0x00, 0xc0, 0xe0, 0xf0};
    scratch_ += static_cast<char>(kLead[more] | code_point >> (6 * more));
    for (int i = more; i-- > 0;) scratch_ += static_cast<char>(0x80 | (code_point >> (6 * i) & 0x3f));
  }

  // The next character that is not white space, or kEnd.
  int Peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || (text_[at_] >= '\t' && text_[at_] <= '\r' &&
                                                        text_[at_] != '\v' && text_[at_] != '\f'))) {
      ++at_;
    }
    return at_ < text_.size() ? static_cast<unsigned char>(text_[at_]) : kEnd;
  }
  bool Take(char wanted) {
    if (Peek() != wanted) return false;
    ++at_;
    return true;
  }

  bool Stop(std::initializer_list<MessagePart> error) {
    error_ = Message(error);
    return false;
  }

  static constexpr int kEnd = -1;

  std::string_view text_;
  const uint32_t depth_max_;
  size_t at_ = 0;
  std::string brackets_;     // Of the arrays and objects that are open, outermost first.
  bool just_begun_ = false;  // Nothing has followed the last of them yet.
  std::string scratch_;
  JsonBuilder builder_;
  std::string error_;
};

}  // namespace

Result<JsonValue> ParseJson(std::string_view utf8, const JsonLimits& limits) {
  if (utf8.size() > limits.bytes_max) {
    return Fail(ErrorCode::kInvalidArgument,
                {"JSON has ", utf8.size(), " bytes, at most ", limits.bytes_max, " are allowed"});
  }
  return Parser(utf8, limits.depth_max).Parse();
}

Result<JsonValue> ParseMetadata(std::string_view metadata) {
  STRATA_ASSIGN_OR_RETURN(JsonValue && value, ParseJson(metadata.empty() ? "{}" : metadata));
  if (value.view().kind() != JsonKind::kObject) {
    return Fail(ErrorCode::kInvalidArgument, "expected a JSON object, found another JSON value");
  }
  return value;
}

Result<void> CheckMetadata(std::string_view metadata) {
  STRATA_RETURN_IF_ERROR(ParseMetadata(metadata));
  return {};
}

}  // namespace strata
