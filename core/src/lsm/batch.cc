#include "lsm/batch.h"

#include <cstring>
#include <protozero/pbf_writer.hpp>

#include "bytes/protobuf.h"

namespace strata {
namespace {

enum BatchTag : uint32_t {
  kSequence = 1,
  kClient = 2,
  kRequest = 3,
  kKind = 4,
  kCollection = 5,
  kName = 6,
  kOptions = 7,
  kOp = 8,
};

enum OpTag : uint32_t { kKey = 1, kErase = 2, kVector = 3, kMetadata = 4, kText = 5 };

// All tags above are below 16, so that each takes one byte.
size_t FieldBytes(size_t content_bytes) {
  return 1 + static_cast<size_t>(protozero::length_of_varint(content_bytes)) + content_bytes;
}

size_t VectorBytes(const BatchOp& op) { return op.vector.size() * sizeof(float); }

// The size of the Op message, so that it is written in place and not moved when its length is known.
size_t OpBytes(const BatchOp& op) {
  size_t bytes = FieldBytes(op.key.size());
  if (op.erase) return bytes + 2;
  if (!op.vector.empty()) bytes += FieldBytes(VectorBytes(op));
  if (!op.metadata.empty()) bytes += FieldBytes(op.metadata.size());
  if (op.text) bytes += FieldBytes(op.text->size());
  return bytes;
}

// Appends the field `op`. Its key and length are written by hand: protozero 1.7 can write a nested message of
// known size, but its parent cannot be used after that.
void WriteOp(const BatchOp& op, std::string& batch) {
  protozero::add_varint_to_buffer(&batch, BytesField(kOp));
  protozero::add_varint_to_buffer(&batch, OpBytes(op));
  protozero::pbf_writer message(batch);
  message.add_bytes(kKey, op.key);
  if (op.erase) {
    message.add_bool(kErase, true);
    return;
  }
  // The same bytes as a packed float field, in one copy instead of one per number.
  if (!op.vector.empty()) {
    message.add_bytes(kVector, reinterpret_cast<const char*>(op.vector.data()), VectorBytes(op));
  }
  if (!op.metadata.empty()) message.add_string(kMetadata, op.metadata);
  if (op.text) message.add_string(kText, *op.text);
}

Result<BatchOp> ParseOp(MessageReader message) {
  BatchOp op;
  while (message.Next()) {
    switch (message.field()) {
      case BytesField(kKey):
        op.key = message.bytes();
        break;
      case VarintField(kErase):
        op.erase = message.number() != 0;
        break;
      case BytesField(kVector): {
        const std::string_view floats = message.bytes();
        if (floats.size() % sizeof(float) != 0) {
          return Fail(ErrorCode::kCorruption, {"batch: a vector of ", floats.size(), " bytes"});
        }
        op.vector.resize(floats.size() / sizeof(float));
        if (!floats.empty()) std::memcpy(op.vector.data(), floats.data(), floats.size());
        break;
      }
      case BytesField(kMetadata):
        op.metadata = message.bytes();
        break;
      case BytesField(kText):
        op.text = message.bytes();
        break;
    }
  }
  return op;
}

Result<Batch> Parse(MessageReader& message) {
  Batch batch;
  uint64_t kind = 0;
  while (message.Next()) {
    switch (message.field()) {
      case VarintField(kSequence):
        batch.sequence = message.number();
        break;
      case Fixed64Field(kClient):
        batch.client = message.number();
        break;
      case VarintField(kRequest):
        batch.request = message.number();
        break;
      case VarintField(kKind):
        kind = message.number();
        break;
      case VarintField(kCollection):
        batch.collection = message.number32();
        break;
      case BytesField(kName):
        batch.name = message.bytes();
        break;
      case BytesField(kOptions): {
        STRATA_ASSIGN_OR_RETURN(batch.options, DecodeOptions(message.bytes()));
        break;
      }
      case BytesField(kOp): {
        STRATA_ASSIGN_OR_RETURN(BatchOp && op, ParseOp(message.message()));
        batch.ops.push_back(std::move(op));
        break;
      }
    }
  }
  if (kind == 0) return Fail(ErrorCode::kCorruption, "batch: has no kind");
  if (kind > static_cast<uint64_t>(Batch::Kind::kDropCollection)) {
    return Fail(ErrorCode::kUnsupportedFormat, {"batch: this build knows no kind of number ", kind});
  }
  batch.kind = static_cast<Batch::Kind>(kind);
  return batch;
}

}  // namespace

std::string EncodeBatch(const Batch& batch) {
  constexpr size_t kNumbersBytesMax = 64;  // Fields 1 to 5.
  const bool creates = batch.kind == Batch::Kind::kCreateCollection;
  const std::string options = creates ? EncodeOptions(batch.options) : std::string();
  size_t bytes_max = kNumbersBytesMax + FieldBytes(batch.name.size()) + FieldBytes(options.size());
  for (const BatchOp& op : batch.ops) bytes_max += FieldBytes(OpBytes(op));

  std::string bytes;
  bytes.reserve(bytes_max);
  protozero::pbf_writer message(bytes);
  message.add_uint64(kSequence, batch.sequence);
  if (batch.client != 0) message.add_fixed64(kClient, batch.client);
  if (batch.request != 0) message.add_uint64(kRequest, batch.request);
  message.add_uint32(kKind, static_cast<uint32_t>(batch.kind));
  message.add_uint32(kCollection, batch.collection);
  if (creates) {
    message.add_string(kName, batch.name);
    message.add_message(kOptions, options);
  }
  for (const BatchOp& op : batch.ops) WriteOp(op, bytes);
  return bytes;
}

Result<Batch> DecodeBatch(std::span<const std::byte> bytes) { return ParseMessage(bytes, "batch", Parse); }

}  // namespace strata
