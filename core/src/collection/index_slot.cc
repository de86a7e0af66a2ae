#include "collection/index_slot.h"

#include <string>

#include "file/section_file.h"
#include "index/index_kinds.h"

namespace strata {
namespace {

Result<std::unique_ptr<VectorIndex>> Load(EngineContext* context, FileNumber file,
                                          const CollectionOptions& options, uint32_t row_count) {
  STRATA_ASSIGN_OR_RETURN(auto&& reader, SectionReader::Open(context->env, nullptr, FileKind::kIndex, file));
  if (reader->header().database != context->database) {
    return Fail(ErrorCode::kCorruption, {"index file ", file, " belongs to another database"});
  }
  return LoadIndex(options, row_count, *reader);
}

}  // namespace

VectorIndex* IndexSlot::Get(EngineContext* context, const CollectionOptions& options) {
  if (state_ != State::kStored) return index_.get();
  auto loaded = Load(context, file(), options, row_count_);
  if (loaded) {
    index_ = std::move(*loaded);
    state_ = State::kReady;
    context->TakeFromCache(index_->memory_bytes());
    return index_.get();
  }
  state_ = State::kDamaged;
  context->notes.push_back(
      Message({"vector index set aside, searches of its segment scan until it is rebuilt: ",
               loaded.error().message()}));
  return nullptr;
}

}  // namespace strata
