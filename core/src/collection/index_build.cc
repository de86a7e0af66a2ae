#include "collection/index_build.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "index/index_kinds.h"

namespace strata {
namespace {

// Of the merged segments, the one whose index holds the most rows; null if none has one ready.
const SegmentHandle* LargestIndexed(EngineContext* context, const CollectionOptions& options,
                                    const std::vector<SegmentHandle>& segments) {
  const SegmentHandle* largest = nullptr;
  for (const SegmentHandle& handle : segments) {
    if (!handle.index || handle.index->Get(context, options) == nullptr) continue;
    if (largest == nullptr || handle.live_rows() > largest->live_rows()) largest = &handle;
  }
  return largest;
}

}  // namespace

bool WantsIndex(const CollectionOptions& options) {
  // Scalar codes would not make an exact scan much faster; smaller ones do.
  const bool wants_codes = options.quantization > Quantization::kSq8;
  return options.dimension != 0 && (options.index != IndexType::kFlat || wants_codes);
}

Result<std::unique_ptr<IndexBuild>> IndexBuild::Start(EngineContext* context,
                                                      const CollectionOptions& options,
                                                      const SegmentHandle& segment,
                                                      const SegmentBuild* merged) {
  std::unique_ptr<IndexBuild> build(new IndexBuild(context, options, segment));
  IndexBuildOptions build_options{
      .collection = options, .seed = segment.file(), .env = context->env, .reuse = {}};
  if (merged != nullptr) {
    if (const SegmentHandle* largest = LargestIndexed(context, options, merged->segments())) {
      build->reused_ = largest->index;
      build_options.reuse.index = largest->index->loaded();
      build_options.reuse.new_row.assign(largest->segment->row_count(), kNoRow);
      const auto source = static_cast<uint32_t>(merged->memtables().size() +
                                                static_cast<size_t>(largest - merged->segments().data()));
      for (Row row = 0; row < merged->origins().size(); ++row) {
        const SegmentBuild::Origin& origin = merged->origins()[row];
        if (origin.source == source) build_options.reuse.new_row[origin.row] = row;
      }
    }
  }
  STRATA_ASSIGN_OR_RETURN(build->builder_, MakeIndexBuilder(build_options, build->rows_.get()));
  return build;
}

Result<bool> IndexBuild::Step(uint64_t deadline_micros) {
  if (!builder_) return true;
  const uint64_t now = context_->env->NowMicros();
  const uint64_t micros = deadline_micros > now ? deadline_micros - now : 1;
  STRATA_ASSIGN_OR_RETURN(const bool built, builder_->Step(micros));
  if (!built) return false;
  STRATA_RETURN_IF_ERROR(Save());
  return true;
}

Result<void> IndexBuild::Save() {
  std::unique_ptr<VectorIndex> index = builder_->Finish();
  builder_.reset();
  reused_.reset();
  const FileHeader header = context_->NewHeader(FileKind::kIndex, segment_.file());
  auto lease = std::make_shared<FileLease>(header.file, context_->trash, /*wanted=*/false);
  STRATA_ASSIGN_OR_RETURN(const auto& writer, SectionWriter::Create(context_->env, header));
  STRATA_RETURN_IF_ERROR(index->Save(*writer));
  STRATA_RETURN_IF_ERROR(writer->Finish());
  slot_ = std::make_shared<IndexSlot>(std::move(lease), std::move(index));
  return {};
}

}  // namespace strata
