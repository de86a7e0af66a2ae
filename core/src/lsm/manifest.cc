#include "lsm/manifest.h"

#include <cassert>
#include <cstring>
#include <memory>
#include <protozero/pbf_writer.hpp>

#include "bytes/protobuf.h"
#include "env/file_name.h"
#include "file/section_file.h"
#include "lsm/options_message.h"

namespace strata {
namespace {

constexpr SectionId kManifestSection = 1;
constexpr uint32_t kBlockBytes = 64u << 10;

enum ManifestTag : uint32_t { kSequence = 1, kNextCollection = 2, kCollection = 3, kClient = 4 };
enum CollectionTag : uint32_t { kId = 1, kName = 2, kOptions = 3, kSegment = 4 };
enum SegmentTag : uint32_t { kFile = 1, kIndexFile = 2, kRowCount = 3, kDeadRows = 4, kDeadBitmap = 5 };
enum ClientTag : uint32_t { kClientId = 1, kClientRequest = 2, kClientSequence = 3 };

size_t BitmapBytes(uint32_t row_count) { return (size_t{row_count} + 7) / 8; }

// The dead rows as differences, each as a varint.
std::string EncodeDeadRows(const RowBitmap& dead) {
  std::string bytes;
  Row previous = 0;
  dead.ForEach([&](Row row) {
    protozero::add_varint_to_buffer(&bytes, row - previous);
    previous = row;
  });
  return bytes;
}

void WriteSegment(const SegmentEntry& segment, protozero::pbf_writer& collection) {
  assert(segment.dead.row_count() == segment.row_count);
  protozero::pbf_writer message(collection, kSegment);
  message.add_uint64(kFile, segment.file);
  message.add_uint64(kIndexFile, segment.index_file);
  message.add_uint32(kRowCount, segment.row_count);
  const size_t bitmap_bytes = BitmapBytes(segment.row_count);
  const uint32_t dead_count = segment.dead.Count();
  if (dead_count == 0) return;
  // A difference takes a byte at the least; with more rows than that there is no need to try.
  std::string rows = dead_count < bitmap_bytes ? EncodeDeadRows(segment.dead) : std::string();
  if (!rows.empty() && rows.size() < bitmap_bytes) {
    message.add_bytes(kDeadRows, rows);
  } else {
    message.add_bytes(kDeadBitmap, reinterpret_cast<const char*>(segment.dead.words().data()), bitmap_bytes);
  }
}

void WriteCollection(const CollectionEntry& collection, protozero::pbf_writer& manifest) {
  protozero::pbf_writer message(manifest, kCollection);
  message.add_uint32(kId, collection.id);
  message.add_string(kName, collection.name);
  message.add_message(kOptions, EncodeOptions(collection.options));
  for (const SegmentEntry& segment : collection.segments) WriteSegment(segment, message);
}

std::string Encode(const Manifest& manifest) {
  std::string bytes;
  protozero::pbf_writer message(bytes);
  message.add_uint64(kSequence, manifest.sequence);
  message.add_uint32(kNextCollection, manifest.next_collection);
  for (const CollectionEntry& collection : manifest.collections) WriteCollection(collection, message);
  for (const ClientEntry& client : manifest.clients) {
    protozero::pbf_writer entry(message, kClient);
    entry.add_fixed64(kClientId, client.client);
    entry.add_uint64(kClientRequest, client.request);
    entry.add_uint64(kClientSequence, client.sequence);
  }
  return bytes;
}

// Reads a manifest's message. Everything that could make it allocate is checked against storage first.
class ManifestParser {
 public:
  ManifestParser(Env* env, FileNumber file) : env_(env), name_(FileName(file)) {}

  Result<Manifest> Parse(MessageReader& message) const {
    Manifest manifest;
    while (message.Next()) {
      switch (message.field()) {
        case VarintField(kSequence):
          manifest.sequence = message.number();
          break;
        case VarintField(kNextCollection):
          manifest.next_collection = message.number32();
          break;
        case BytesField(kCollection): {
          STRATA_ASSIGN_OR_RETURN(CollectionEntry && collection, ParseCollection(message.message()));
          manifest.collections.push_back(std::move(collection));
          break;
        }
        case BytesField(kClient):
          manifest.clients.push_back(ParseClient(message.message()));
          break;
      }
    }
    return manifest;
  }

 private:
  Failure Damaged(std::initializer_list<MessagePart> what) const {
    return Fail(ErrorCode::kCorruption, {name_, ": manifest: ", Message(what)});
  }

  Result<CollectionEntry> ParseCollection(MessageReader message) const {
    CollectionEntry collection;
    while (message.Next()) {
      switch (message.field()) {
        case VarintField(kId):
          collection.id = message.number32();
          break;
        case BytesField(kName):
          collection.name = message.bytes();
          break;
        case BytesField(kOptions): {
          STRATA_ASSIGN_OR_RETURN(collection.options, DecodeOptions(message.bytes()));
          break;
        }
        case BytesField(kSegment): {
          STRATA_ASSIGN_OR_RETURN(SegmentEntry && segment, ParseSegment(message.message()));
          collection.segments.push_back(std::move(segment));
          break;
        }
      }
    }
    return collection;
  }

  Result<SegmentEntry> ParseSegment(MessageReader message) const {
    SegmentEntry segment;
    std::string_view dead_rows;
    std::string_view dead_bitmap;
    while (message.Next()) {
      switch (message.field()) {
        case VarintField(kFile):
          segment.file = message.number();
          break;
        case VarintField(kIndexFile):
          segment.index_file = message.number();
          break;
        case VarintField(kRowCount):
          segment.row_count = message.number32();
          break;
        case BytesField(kDeadRows):
          dead_rows = message.bytes();
          break;
        case BytesField(kDeadBitmap):
          dead_bitmap = message.bytes();
          break;
      }
    }
    const auto file_bytes = env_->Size(segment.file);
    if (!file_bytes) {
      if (file_bytes.error().code() != ErrorCode::kNotFound) return std::unexpected(file_bytes.error());
      return Damaged({"segment ", FileName(segment.file), " is missing"});
    }
    if (segment.row_count > *file_bytes) {
      return Damaged({"segment ", FileName(segment.file), " has ", *file_bytes, " bytes, too few for ",
                      segment.row_count, " rows"});
    }
    segment.dead = RowBitmap(segment.row_count);
    STRATA_RETURN_IF_ERROR(dead_bitmap.empty() ? SetDeadRows(dead_rows, segment.dead)
                                               : SetDeadBitmap(dead_bitmap, segment.dead));
    return segment;
  }

  Result<void> SetDeadRows(std::string_view bytes, RowBitmap& dead) const {
    uint64_t row = 0;
    while (!bytes.empty()) {
      const std::optional<uint64_t> difference = TakeVarint(&bytes);
      if (!difference || *difference >= dead.row_count() - row) {
        return Damaged({"a dead row past the last of ", dead.row_count()});
      }
      row += *difference;
      dead.Set(static_cast<Row>(row));
    }
    return {};
  }

  Result<void> SetDeadBitmap(std::string_view bytes, RowBitmap& dead) const {
    if (bytes.size() != BitmapBytes(dead.row_count())) {
      return Damaged({"dead rows of ", bytes.size(), " bytes for ", dead.row_count(), " rows"});
    }
    std::memcpy(dead.mutable_words().data(), bytes.data(), bytes.size());
    const uint32_t tail = dead.row_count() % 64;
    if (tail != 0 && dead.words().back() >> tail != 0) return Damaged({"dead rows past the last one"});
    return {};
  }

  static ClientEntry ParseClient(MessageReader message) {
    ClientEntry client;
    while (message.Next()) {
      switch (message.field()) {
        case Fixed64Field(kClientId):
          client.client = message.number();
          break;
        case VarintField(kClientRequest):
          client.request = message.number();
          break;
        case VarintField(kClientSequence):
          client.sequence = message.number();
          break;
      }
    }
    return client;
  }

  Env* env_;
  FileName name_;
};

}  // namespace

Result<void> WriteManifest(Env* env, const FileHeader& header, const Manifest& manifest) {
  const std::string bytes = Encode(manifest);
  STRATA_ASSIGN_OR_RETURN(const auto& writer, SectionWriter::Create(env, header));
  STRATA_RETURN_IF_ERROR(writer->Begin(kManifestSection, kBlockBytes));
  STRATA_RETURN_IF_ERROR(writer->Append(std::as_bytes(std::span(bytes))));
  STRATA_RETURN_IF_ERROR(writer->End());
  STRATA_RETURN_IF_ERROR(writer->Finish());
  return {};
}

Result<Manifest> ReadManifest(Env* env, FileNumber file, const DatabaseId& database) {
  STRATA_ASSIGN_OR_RETURN(const auto& reader, SectionReader::Open(env, nullptr, FileKind::kManifest, file));
  if (reader->header().database != database) {
    return Fail(ErrorCode::kCorruption, {FileName(file), ": is a manifest of another database"});
  }
  STRATA_ASSIGN_OR_RETURN(const std::vector<std::byte>& bytes, reader->ReadSection(kManifestSection));
  const ManifestParser parser(env, file);
  return ParseMessage(bytes, FileName(file).view(),
                      [&](MessageReader& message) { return parser.Parse(message); });
}

}  // namespace strata
