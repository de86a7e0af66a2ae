#include "filter/filter_object.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bytes/excerpt.h"
#include "bytes/json_builder.h"

namespace strata {
namespace {

using Kind = Expression::Kind;

// Where in the filter the parser is, for messages: filter.$or[1].year.
struct Place {
  const Place* parent = nullptr;
  std::string_view name = {};
  size_t index = 0;  // Of an element, if `name` is empty.

  std::string ToString() const {
    if (parent == nullptr) return "filter";
    if (!name.empty()) return Message({parent->ToString(), ".", Excerpt(name)});
    return Message({parent->ToString(), "[", index, "]"});
  }
};

Failure FailAt(const Place& place, std::initializer_list<MessagePart> what) {
  return Fail(ErrorCode::kInvalidArgument, {place.ToString(), ": ", Message(what)});
}

std::string Describe(JsonView value) {
  switch (value.kind()) {
    case JsonKind::kArray:
      return "an array";
    case JsonKind::kObject:
      return "an object";
    default:
      return Excerpt(WriteJson(value));
  }
}

Failure Expected(const Place& place, std::string_view what, JsonView found) {
  return FailAt(place, {"expected ", what, ", found ", Describe(found)});
}

enum class Wants : uint8_t { kAnything, kOrdered, kText, kBool, kArray };

struct Operator {
  std::string_view name;
  Kind kind;
  Wants wants;
  bool negative = false;
};

constexpr Operator kOperators[] = {
    {"$eq", Kind::kEqual, Wants::kAnything},
    {"$ne", Kind::kEqual, Wants::kAnything, true},
    {"$gt", Kind::kGreater, Wants::kOrdered},
    {"$gte", Kind::kGreaterOrEqual, Wants::kOrdered},
    {"$lt", Kind::kLess, Wants::kOrdered},
    {"$lte", Kind::kLessOrEqual, Wants::kOrdered},
    {"$in", Kind::kIn, Wants::kArray},
    {"$nin", Kind::kIn, Wants::kArray, true},
    {"$exists", Kind::kExists, Wants::kBool},
    {"$contains", Kind::kContains, Wants::kAnything},
    {"$startsWith", Kind::kStartsWith, Wants::kText},
};

Failure UnknownOperator(const Place& place, std::string_view name, bool of_field) {
  std::string known = "$and, $or, $not or the name of a metadata key";
  if (of_field) {
    known.clear();
    for (const Operator& one : kOperators) known.append(one.name).append(", ");
    known += "or $not";
  }
  return FailAt(place, {"unknown operator ", Excerpt(name), "; expected ", known});
}

// What is wrong with the operand, or nothing.
std::string_view MissingIn(JsonView operand, Wants wants) {
  switch (wants) {
    case Wants::kAnything:
      return {};
    case Wants::kOrdered:
      if (operand.is_number() || operand.kind() == JsonKind::kString || operand.kind() == JsonKind::kBool)
        return {};
      return "a number, string or boolean";
    case Wants::kText:
      return operand.kind() == JsonKind::kString ? std::string_view() : "a string";
    case Wants::kBool:
      return operand.kind() == JsonKind::kBool ? std::string_view() : "true or false";
    case Wants::kArray:
      return operand.kind() == JsonKind::kArray ? std::string_view() : "an array";
  }
  return {};
}

JsonValue CopyOf(JsonView value) {
  JsonBuilder builder;
  builder.Copy(value);
  return builder.Take();
}

// Recursion is bounded by kFilterDepthMax.
class Parser {
 public:
  Result<Expression> ParseObject(JsonView object, const Place& place, uint32_t depth) {
    if (object.kind() != JsonKind::kObject) return Expected(place, "an object", object);
    std::vector<Expression> parts;
    for (const auto& [key, value] : object.members()) {
      STRATA_ASSIGN_OR_RETURN(Expression && part, ParseMember(key, value, Place{&place, key}, depth));
      parts.push_back(std::move(part));
    }
    return MakeAnd(std::move(parts));
  }

 private:
  Result<Expression> ParseMember(std::string_view key, JsonView value, const Place& place, uint32_t depth) {
    if (!key.starts_with('$')) return ParseField(key, value, place, depth);
    if (key != "$and" && key != "$or" && key != "$not") return UnknownOperator(*place.parent, key, false);
    STRATA_RETURN_IF_ERROR(CheckDepth(place, depth));
    if (key == "$not") {
      STRATA_ASSIGN_OR_RETURN(Expression && child, ParseObject(value, place, depth + 1));
      return MakeNot(std::move(child));
    }
    if (value.kind() != JsonKind::kArray) return Expected(place, "an array of objects", value);
    if (value.size() == 0)
      return FailAt(place, {"expected an array with at least one object, found an empty one"});
    std::vector<Expression> parts;
    for (const JsonView element : value.elements()) {
      const Place inner{.parent = &place, .index = parts.size()};
      STRATA_ASSIGN_OR_RETURN(Expression && part, ParseObject(element, inner, depth + 1));
      parts.push_back(std::move(part));
    }
    return key == "$and" ? MakeAnd(std::move(parts)) : MakeOr(std::move(parts));
  }

  // An object with operators, or any other value, which is to be equal.
  Result<Expression> ParseField(std::string_view path, JsonView value, const Place& place, uint32_t depth) {
    const auto is_operator = [](const JsonMember& member) { return member.key.starts_with('$'); };
    if (value.kind() != JsonKind::kObject || !std::ranges::any_of(value.members(), is_operator)) {
      return MakeTest(Kind::kEqual, std::string(path), CopyOf(value));
    }
    std::vector<Expression> parts;
    for (const auto& [name, operand] : value.members()) {
      const Place inner{&place, name};
      STRATA_ASSIGN_OR_RETURN(Expression && part, ParseOperator(path, name, operand, inner, depth));
      parts.push_back(std::move(part));
    }
    return MakeAnd(std::move(parts));
  }

  Result<Expression> ParseOperator(std::string_view path, std::string_view name, JsonView operand,
                                   const Place& place, uint32_t depth) {
    if (name == "$not") {
      STRATA_RETURN_IF_ERROR(CheckDepth(place, depth));
      STRATA_ASSIGN_OR_RETURN(Expression && child, ParseField(path, operand, place, depth + 1));
      return MakeNot(std::move(child));
    }
    for (const Operator& one : kOperators) {
      if (one.name != name) continue;
      if (const auto missing = MissingIn(operand, one.wants); !missing.empty())
        return Expected(place, missing, operand);
      const bool exists = one.kind == Kind::kExists;
      Expression test = MakeTest(one.kind, std::string(path), exists ? JsonValue() : CopyOf(operand));
      const bool negative = one.negative || (exists && !operand.boolean());
      return negative ? MakeNot(std::move(test)) : std::move(test);
    }
    return UnknownOperator(*place.parent, name, true);
  }

  Result<void> CheckDepth(const Place& place, uint32_t depth) {
    if (depth < kFilterDepthMax) return {};
    return FailAt(place, {"$and, $or and $not are nested more than ", kFilterDepthMax, " deep"});
  }
};

}  // namespace

Result<Expression> ParseFilterObject(std::string_view json) {
  // Each level of the filter is at most two of JSON; then come the operand's own.
  const JsonLimits limits{.depth_max = 2 * kFilterDepthMax + 2 + JsonLimits().depth_max,
                          .bytes_max = kFilterBytesMax};
  Result<JsonValue> filter = ParseJson(json, limits);
  if (!filter) return Fail(filter.error().code(), {"filter: ", filter.error().message()});
  return Parser().ParseObject(*filter, Place(), 0);
}

}  // namespace strata
