#include "reply.h"

namespace strata {
namespace {

constexpr size_t kBlockAlignment = 8;

void AppendU32(std::string& to, uint32_t value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

}  // namespace

void Reply::EncodeTo(std::string* out) const {
  std::string& encoded = *out;
  size_t bytes_max = kHeadBytes + json.text().size();
  for (const Block& block : blocks_) bytes_max += 8 + kBlockAlignment + block.bytes.size();
  encoded.clear();
  encoded.reserve(bytes_max);
  AppendU32(encoded, static_cast<uint32_t>(json.text().size()));
  AppendU32(encoded, static_cast<uint32_t>(blocks_.size()));
  for (const Block& block : blocks_) {
    AppendU32(encoded, block.kind);
    AppendU32(encoded, block.count);
  }
  encoded += json.text();
  for (const Block& block : blocks_) {
    encoded.resize((encoded.size() + kBlockAlignment - 1) / kBlockAlignment * kBlockAlignment);
    encoded.append(reinterpret_cast<const char*>(block.bytes.data()), block.bytes.size());
  }
}

}  // namespace strata
