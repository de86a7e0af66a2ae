#include "batch_decoder.h"

#include <bit>
#include <cmath>
#include <string>
#include <utility>

#include "bytes/little_endian.h"

namespace strata {
namespace {

constexpr uint8_t kKindMask = 0x0f;
constexpr uint8_t kHasVector = 0x10;
constexpr uint8_t kHasMetadata = 0x20;
constexpr uint8_t kHasText = 0x40;
constexpr uint8_t kIdInteger = 1;
constexpr uint8_t kIdString = 2;

// Reads from the front of bytes that may end anywhere.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  bool done() const { return at_ == bytes_.size(); }

  Failure Malformed(const char* what) const {
    return Fail(ErrorCode::kInvalidArgument, {"request: ", what, " at byte ", at_, " of ", bytes_.size()});
  }

  template <typename T>
  Result<T> Number() {
    if (bytes_.size() - at_ < sizeof(T)) return Malformed("cut number");
    const T value = LoadLittleEndian<T>(bytes_.data() + at_);
    at_ += sizeof(T);
    return value;
  }

  Result<std::string> Text() {
    STRATA_ASSIGN_OR_RETURN(const uint32_t size, Number<uint32_t>());
    if (bytes_.size() - at_ < size) return Malformed("cut text");
    std::string text(reinterpret_cast<const char*>(bytes_.data() + at_), size);
    at_ += size;
    return text;
  }

  Result<RecordId> Id() {
    STRATA_ASSIGN_OR_RETURN(const uint8_t type, Number<uint8_t>());
    if (type == kIdString) {
      STRATA_ASSIGN_OR_RETURN(std::string && text, Text());
      return RecordId(std::move(text));
    }
    if (type != kIdInteger) return Malformed("unknown type of id");
    STRATA_ASSIGN_OR_RETURN(const uint64_t bits, Number<uint64_t>());
    const double value = std::bit_cast<double>(bits);
    // Also false for NaN. What is in this range converts without overflow.
    const bool safe = std::fabs(value) <= static_cast<double>(kIdIntegerMax) && value == std::trunc(value);
    if (!safe) return Malformed("an id that is not a safe integer");
    return RecordId(static_cast<int64_t>(value));
  }

 private:
  std::span<const std::byte> bytes_;
  size_t at_ = 0;
};

Result<WriteOp> ReadOp(Reader& reader, std::span<const float>& floats) {
  STRATA_ASSIGN_OR_RETURN(const uint8_t head, reader.Number<uint8_t>());
  const uint8_t kind = head & kKindMask;
  if (kind > static_cast<uint8_t>(WriteOp::Kind::kDelete)) return reader.Malformed("unknown kind of op");
  WriteOp op{.kind = static_cast<WriteOp::Kind>(kind), .record = {}};
  STRATA_ASSIGN_OR_RETURN(op.record.id, reader.Id());
  if (head & kHasVector) {
    STRATA_ASSIGN_OR_RETURN(const uint32_t count, reader.Number<uint32_t>());
    if (count > floats.size()) return reader.Malformed("vector without numbers");
    op.record.vector.assign(floats.begin(), floats.begin() + count);
    floats = floats.subspan(count);
  }
  if (head & kHasMetadata) {
    STRATA_ASSIGN_OR_RETURN(op.record.metadata, reader.Text());
  }
  if (head & kHasText) {
    STRATA_ASSIGN_OR_RETURN(op.record.text, reader.Text());
  }
  return op;
}

}  // namespace

Result<std::vector<WriteOp>> DecodeBatch(std::span<const std::byte> head, std::span<const float> floats) {
  Reader reader(head);
  std::vector<WriteOp> ops;
  while (!reader.done()) {
    STRATA_ASSIGN_OR_RETURN(WriteOp && op, ReadOp(reader, floats));
    ops.push_back(std::move(op));
  }
  if (!floats.empty()) return reader.Malformed("numbers that belong to no vector");
  return ops;
}

Result<std::vector<std::string>> DecodeTexts(std::span<const std::byte> bytes) {
  Reader reader(bytes);
  std::vector<std::string> texts;
  while (!reader.done()) {
    STRATA_ASSIGN_OR_RETURN(std::string && text, reader.Text());
    texts.push_back(std::move(text));
  }
  return texts;
}

Result<std::vector<RecordId>> DecodeIds(std::span<const std::byte> bytes) {
  Reader reader(bytes);
  std::vector<RecordId> ids;
  while (!reader.done()) {
    STRATA_ASSIGN_OR_RETURN(RecordId && id, reader.Id());
    ids.push_back(std::move(id));
  }
  return ids;
}

}  // namespace strata
