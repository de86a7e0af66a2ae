#include "bytes/json.h"

// What it would assert is either checked here or cannot happen; a wrong document must never end the program.
#define RAPIDJSON_ASSERT(condition) static_cast<void>(0)
#ifdef __clang__
// Its stack adds an offset to a null pointer to see that it has no room yet: harmless, but UBSan ends the
// program.
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/writer.h>
#ifdef __clang__
#pragma clang attribute pop
#endif

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "bytes/excerpt.h"
#include "bytes/heap_sort.h"
#include "bytes/json_builder.h"
#include "bytes/utf8.h"

namespace strata {
namespace {

// RapidJSON's own allocator answers a lack of memory with a null pointer that its stack then writes to.
struct ThrowingAllocator {
  void* Malloc(size_t bytes) { return ::operator new(bytes); }
  void* Realloc(void* old, size_t old_bytes, size_t bytes) {
    void* fresh = ::operator new(bytes);
    if (old != nullptr) std::memcpy(fresh, old, std::min(old_bytes, bytes));
    Free(old);
    return fresh;
  }
  static void Free(void* memory) { ::operator delete(memory); }
};

// The number that `text` (valid JSON) stands for; nothing if no double is near it: it would be infinite, or
// zero though it has other digits than 0.
std::optional<double> ToDouble(const std::string& text) {
#ifdef __cpp_lib_to_chars
  double value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) return std::nullopt;
  return value;
#else
  // libc++ 19 has no from_chars for double. Where it is used (WebAssembly) there is no locale that could
  // spoil strtod.
  const double value = std::strtod(text.c_str(), nullptr);
  if (std::isinf(value)) return std::nullopt;
  if (value == 0 &&
      text.substr(0, text.find_first_of("eE")).find_first_of("123456789") != std::string::npos) {
    return std::nullopt;
  }
  return value;
#endif
}

// Takes RapidJSON's events. Returning false stops the parser; error() then tells why.
//
// Numbers come as text: the conversion of RapidJSON 1.1.0 reads outside its tables for some of them
// ("0.000...1" with 400 zeros) and rounds some others wrongly.
class Handler {
 public:
  explicit Handler(uint32_t depth_max) : depth_max_(depth_max) {}

  bool Null() { return builder_.Null(), true; }
  bool Bool(bool value) { return builder_.Bool(value), true; }
  bool RawNumber(const char* text, rapidjson::SizeType bytes, bool) {
    const std::string_view digits(text, bytes);
    int64_t integer = 0;
    if (digits.find_first_of(".eE") == std::string_view::npos &&
        std::from_chars(text, text + bytes, integer).ec == std::errc()) {
      builder_.Integer(integer);
      return true;
    }
    const std::optional<double> number = ToDouble(std::string(digits));
    if (!number) return Stop({"the number ", Excerpt(digits), " is outside the range of a double"});
    builder_.Double(*number);
    return true;
  }
  bool String(const char* text, rapidjson::SizeType bytes, bool) {
    if (!IsUtf8({text, bytes})) return Stop({"a string is not valid UTF-8, or has half of a surrogate pair"});
    builder_.String({text, bytes});
    return true;
  }
  bool Key(const char* text, rapidjson::SizeType bytes, bool) {
    if (!IsUtf8({text, bytes})) return Stop({"a key is not valid UTF-8, or has half of a surrogate pair"});
    builder_.Key({text, bytes});
    return true;
  }
  bool StartObject() { return MayNest() && (builder_.StartObject(), true); }
  bool StartArray() { return MayNest() && (builder_.StartArray(), true); }
  bool EndObject(rapidjson::SizeType) {
    if (const auto key = builder_.EndObject()) {
      return Stop({"the key \"", Excerpt(*key), "\" comes twice in one object"});
    }
    return true;
  }
  bool EndArray(rapidjson::SizeType) { return builder_.EndArray(), true; }

  // Never called with the flags we use.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

  const std::string& error() const { return error_; }
  JsonValue Take() { return builder_.Take(); }

 private:
  bool MayNest() {
    if (builder_.depth() < depth_max_) return true;
    return Stop({"arrays and objects are nested more than ", depth_max_, " deep"});
  }
  bool Stop(std::initializer_list<MessagePart> error) {
    error_ = Message(error);
    return false;
  }

  uint32_t depth_max_;
  JsonBuilder builder_;
  std::string error_;
};

std::unexpected<Error> Malformed(size_t byte, std::string_view what) {
  return Fail(ErrorCode::kInvalidArgument, {"JSON, byte ", byte, ": ", what});
}

// Where rapidjson::Writer puts its characters.
struct StringSink {
  using Ch = char;
  std::string* out;
  void Put(char c) { out->push_back(c); }
  void Flush() {}
};

}  // namespace

Result<JsonValue> ParseJson(std::string_view utf8, const JsonLimits& limits) {
  if (utf8.size() > limits.bytes_max) {
    return Fail(ErrorCode::kInvalidArgument,
                {"JSON has ", utf8.size(), " bytes, at most ", limits.bytes_max, " are allowed"});
  }
  Handler handler(limits.depth_max);
  rapidjson::MemoryStream stream(utf8.data(), utf8.size());
  rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, ThrowingAllocator> reader;
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
  if (result.IsError()) {
    return Malformed(result.Offset(), handler.error().empty() ? rapidjson::GetParseError_En(result.Code())
                                                              : std::string_view(handler.error()));
  }
  // MemoryStream shows its end as a zero byte, so a real one looks like the end.
  if (stream.Tell() != utf8.size()) return Malformed(stream.Tell(), "found a zero byte, expected the end");
  return handler.Take();
}

Result<JsonValue> ParseMetadata(std::string_view metadata) {
  STRATA_ASSIGN_OR_RETURN(JsonValue value, ParseJson(metadata.empty() ? "{}" : metadata));
  if (value.view().kind() != JsonKind::kObject) {
    return Fail(ErrorCode::kInvalidArgument, "expected a JSON object, found another JSON value");
  }
  return value;
}

Result<void> CheckMetadata(std::string_view metadata) {
  STRATA_RETURN_IF_ERROR(ParseMetadata(metadata));
  return {};
}

std::string WriteJson(JsonView value) {
  std::string text;
  StringSink sink{&text};
  rapidjson::Writer<StringSink, rapidjson::UTF8<>, rapidjson::UTF8<>, ThrowingAllocator> writer(sink);
  const auto size = [](std::string_view string) { return static_cast<rapidjson::SizeType>(string.size()); };

  struct Open {
    size_t end;
    bool is_object;
  };
  std::vector<Open> open;
  const std::span<const JsonNode> nodes = value.nodes();
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!open.empty() && open.back().is_object) {
      const std::string_view key = JsonView(&nodes[i++], value.text()).string();
      writer.Key(key.data(), size(key));
    }
    const JsonView one(&nodes[i], value.text());
    switch (one.kind()) {
      case JsonKind::kNull:
        writer.Null();
        break;
      case JsonKind::kBool:
        writer.Bool(one.boolean());
        break;
      case JsonKind::kInteger:
        writer.Int64(one.integer());
        break;
      case JsonKind::kDouble:
        writer.Double(one.number());
        break;
      case JsonKind::kString:
        writer.String(one.string().data(), size(one.string()));
        break;
      case JsonKind::kArray:
        writer.StartArray();
        break;
      case JsonKind::kObject:
        writer.StartObject();
        break;
    }
    if (one.is_container()) open.push_back({i + nodes[i].extent, one.kind() == JsonKind::kObject});
    while (!open.empty() && open.back().end == i + 1) {
      open.back().is_object ? writer.EndObject() : writer.EndArray();
      open.pop_back();
    }
  }
  return text;
}

std::vector<JsonMember> SortedMembers(JsonView object) {
  std::vector<JsonMember> members;
  for (const JsonMember member : object.members()) members.push_back(member);
  HeapSort(members, {}, &JsonMember::key);
  return members;
}

// Recursion is bounded by the depth that ParseJson() lets in.
bool JsonEquals(JsonView a, JsonView b) {
  if (a.is_number() && b.is_number()) return a.number() == b.number();
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case JsonKind::kNull:
      return true;
    case JsonKind::kBool:
      return a.boolean() == b.boolean();
    case JsonKind::kString:
      return a.string() == b.string();
    case JsonKind::kArray: {
      if (a.size() != b.size()) return false;
      auto other = b.elements().begin();
      for (const JsonView element : a.elements()) {
        if (!JsonEquals(element, *other)) return false;
        ++other;
      }
      return true;
    }
    case JsonKind::kObject: {
      if (a.size() != b.size()) return false;
      const std::vector<JsonMember> left = SortedMembers(a), right = SortedMembers(b);
      for (size_t i = 0; i < left.size(); ++i) {
        if (left[i].key != right[i].key || !JsonEquals(left[i].value, right[i].value)) return false;
      }
      return true;
    }
    default:
      return false;  // Both kinds of number are above.
  }
}

}  // namespace strata
