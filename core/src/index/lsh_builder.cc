#include "index/lsh_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "bytes/append.h"
#include "index/lsh_index.h"
#include "index/rescore.h"
#include "vector/distance.h"

namespace strata {
namespace {

// Recall is counted on the 10 nearest of so many rows. A reach that finds 95% of them is off by about 1%
// then, as what queries find differs by about 10%.
constexpr uint32_t kQueries = 128;
constexpr uint32_t kNeighbours = 10;

// Part of the neighbours that may be missed which is kept back: rows as queries are a little easier than
// queries that are no rows, and so are searches without a filter than those with one. (Aimed at 0.95 without
// it, searches of Fashion-MNIST, word2vec-300 and sift-5k had 0.94 to 0.96, and through a filter of one half
// 0.93 to 0.96.)
constexpr double kMargin = 0.3;

// Rows that stand for all when the rows measured are counted.
constexpr uint32_t kSampleRows = 512;

// Rows hashed between two looks at the clock.
constexpr size_t kGroup = 16;

}  // namespace

LshIndexBuilder::LshIndexBuilder(const IndexBuildOptions& options, RowVectors* rows,
                                 std::unique_ptr<RowCoder> coder)
    : options_(options),
      rows_(rows),
      coder_(std::move(coder)),
      sample_(options.collection.metric, rows, kQueries, DefaultRescoreDepth(kNeighbours)) {}

Result<void> LshIndexBuilder::StartProjecting() {
  const CollectionOptions& collection = options_.collection;
  const size_t row_count = sample_.rows().size();
  goal_ = {.recall = 1 - (1 - kMargin) * (1 - collection.recall_target / 1000.0),
           .row_count = static_cast<uint32_t>(row_count),
           .row_bytes = coder_ ? coder_->memory_bytes() / std::max<size_t>(1, rows_->row_count())
                               : collection.dimension * sizeof(float),
           .table_count = collection.lsh_tables,
           .hash_count = collection.lsh_hashes};
  if (uint64_t{std::max(goal_.table_count, LshTuner::kTableCountMax)} * row_count >
      std::numeric_limits<uint32_t>::max()) {
    return Fail(ErrorCode::kUnsupported, {"lsh tables over ", row_count, " rows"});
  }
  family_.emplace(LshTuner::FamilyShape(collection.metric, collection.dimension, goal_),
                  std::isnormal(sample_.longest()) ? sample_.longest() : 1, options_.seed);
  points_.resize(kGroup * family_->point_stride());
  products_.resize(kGroup * family_->function_count());
  sample_count_ = std::min<size_t>(row_count, kSampleRows);
  centre_.resize(family_->point_stride());
  return {};
}

Result<void> LshIndexBuilder::ProjectSample() {
  const std::vector<Row>& present = sample_.rows();
  const size_t stride = family_->point_stride();
  const size_t count = std::min(kGroup, sample_count_ - sampled_);
  for (size_t i = 0; i < count; ++i, ++sampled_) {
    STRATA_ASSIGN_OR_RETURN(const float* const vector,
                            rows_->Get(present[sampled_ * present.size() / sample_count_]));
    float* const point = &points_[i * stride];
    family_->PrepareRow(vector, point);
    for (size_t j = 0; j < stride; ++j) centre_[j] += point[j];
  }
  family_->Project(points_.data(), count, products_.data());
  AppendAll(std::span(products_).first(count * family_->function_count()), &sample_products_);
  return {};
}

Result<void> LshIndexBuilder::ProjectQuery(size_t query) {
  const std::span<const Candidate> nearest = sample_.Neighbours(query);
  if (nearest.empty()) return {};
  const std::span<const float> vector = sample_.Query(query);
  LshTuner::Query& projected = queries_.emplace_back();
  projected.distance =
      std::sqrt(family_->SquaredPointDistance(nearest.back().distance, Norm(vector.data(), vector.size())));
  projected.products.resize(family_->function_count());
  family_->PrepareQuery(vector.data(), points_.data());
  family_->Project(points_.data(), 1, projected.products.data());
  const size_t count = std::min<size_t>(nearest.size(), kNeighbours);
  for (size_t i = 0; i < count; ++i) {
    STRATA_ASSIGN_OR_RETURN(const float* const neighbour, rows_->Get(nearest[i].row));
    family_->PrepareRow(neighbour, &points_[i * family_->point_stride()]);
  }
  projected.neighbours.resize(count * family_->function_count());
  family_->Project(points_.data(), count, projected.neighbours.data());
  return {};
}

void LshIndexBuilder::StartTuning() {
  if (sample_count_ > 0) {
    for (double& sum : centre_) sum /= static_cast<double>(sample_count_);
  }
  Centre();
  tuner_.emplace(std::move(*family_), goal_, std::move(queries_), std::move(sample_products_));
}

void LshIndexBuilder::Centre() {
  if (family_->shape().kind != LshKind::kHyperplanes) return;
  const std::vector<float> centre(centre_.begin(), centre_.end());
  family_->SetCentre(centre.data());
}

void LshIndexBuilder::StartHashing() {
  plan_ = tuner_->plan();
  LshHashFamily::Shape shape = tuner_->family().shape();
  shape.table_count = plan_.table_count;
  shape.hash_count = plan_.hash_count;
  family_.emplace(shape, tuner_->family().longest(), options_.seed);
  tuner_.reset();
  if (shape.kind == LshKind::kPStable) family_->set_width(plan_.width);
  Centre();
  tables_.emplace(plan_.table_count, sample_.rows());
}

// Hashes the next kGroup rows, or as many as lie together.
Result<void> LshIndexBuilder::HashRun() {
  const std::span<const Row> hashed = tables_->rows();
  const Row first = hashed[next_hashed_];
  STRATA_ASSIGN_OR_RETURN(const std::span<const float> run, rows_->Run(first));
  const size_t run_rows = run.size() / rows_->dimension();
  size_t count = 0;
  while (count < kGroup && next_hashed_ + count < hashed.size() &&
         hashed[next_hashed_ + count] - first < run_rows) {
    family_->PrepareRow(&run[(hashed[next_hashed_ + count] - first) * rows_->dimension()],
                        &points_[count * family_->point_stride()]);
    ++count;
  }
  family_->Project(points_.data(), count, products_.data());
  for (size_t i = 0; i < count; ++i) {
    for (uint32_t table = 0; table < plan_.table_count; ++table) {
      tables_->SetKey(table, next_hashed_ + i,
                      family_->Key(table, &products_[i * family_->function_count()]));
    }
  }
  next_hashed_ += count;
  return {};
}

Result<bool> LshIndexBuilder::StepPhase(const Deadline& deadline) {
  switch (phase_) {
    case Phase::kCode:
      return coder_ ? coder_->Step(deadline) : Result<bool>(true);
    case Phase::kMeasure: {
      STRATA_ASSIGN_OR_RETURN(const bool measured, sample_.Step(deadline));
      if (measured) STRATA_RETURN_IF_ERROR(StartProjecting());
      return measured;
    }
    case Phase::kProject: {
      if (sampled_ < sample_count_) {
        STRATA_RETURN_IF_ERROR(ProjectSample());
      } else if (next_query_ < sample_.query_count()) {
        STRATA_RETURN_IF_ERROR(ProjectQuery(next_query_++));
      }
      const bool projected = sampled_ == sample_count_ && next_query_ == sample_.query_count();
      if (projected) StartTuning();
      return projected;
    }
    case Phase::kTune: {
      const bool tuned = tuner_->Step();
      if (tuned) StartHashing();
      return tuned;
    }
    case Phase::kHash:
      if (next_hashed_ < tables_->rows().size()) STRATA_RETURN_IF_ERROR(HashRun());
      return next_hashed_ == tables_->rows().size();
    case Phase::kSort:
      return tables_->SortNext();
    case Phase::kDone:
      break;
  }
  return true;
}

Result<bool> LshIndexBuilder::Step(uint64_t micros) {
  const Deadline deadline(options_.env, micros);
  while (phase_ != Phase::kDone) {
    STRATA_ASSIGN_OR_RETURN(const bool over, StepPhase(deadline));
    if (over) phase_ = static_cast<Phase>(std::to_underlying(phase_) + 1);
    if (deadline.Passed()) break;
  }
  return phase_ == Phase::kDone;
}

double LshIndexBuilder::progress() const {
  // About what each phase takes of the whole.
  constexpr double kParts[] = {0.05, 0.3, 0.05, 0.15, 0.4, 0.05};
  double done = 0;
  for (size_t phase = 0; phase < std::to_underlying(phase_); ++phase) done += kParts[phase];
  double within = 0;
  switch (phase_) {
    case Phase::kCode:
      within = coder_ ? coder_->progress() : 1;
      break;
    case Phase::kMeasure:
      within = sample_.progress();
      break;
    case Phase::kProject:
      within = static_cast<double>(sampled_ + next_query_) /
               static_cast<double>(std::max<size_t>(1, sample_count_ + sample_.query_count()));
      break;
    case Phase::kTune:
      within = tuner_->progress();
      break;
    case Phase::kHash:
      within = static_cast<double>(next_hashed_) /
               static_cast<double>(std::max<size_t>(1, tables_->rows().size()));
      break;
    case Phase::kSort:
      within = static_cast<double>(tables_->sorted_count()) / plan_.table_count;
      break;
    case Phase::kDone:
      return 1;
  }
  return done + kParts[std::to_underlying(phase_)] * std::min(1.0, within);
}

size_t LshIndexBuilder::memory_bytes() const {
  size_t floats = sample_products_.capacity() + points_.capacity() + products_.capacity();
  for (const LshTuner::Query& query : queries_) floats += query.products.size() + query.neighbours.size();
  return floats * sizeof(float) + (coder_ ? coder_->memory_bytes() : 0) + sample_.memory_bytes() +
         (tuner_ ? tuner_->memory_bytes() : 0) + (family_ ? family_->memory_bytes() : 0) +
         (tables_ ? tables_->memory_bytes() : 0);
}

std::unique_ptr<VectorIndex> LshIndexBuilder::Finish() {
  return std::make_unique<LshIndex>(options_.collection, rows_->row_count(), plan_, std::move(*family_),
                                    tables_->Finish(), coder_ ? coder_->Finish() : nullptr);
}

}  // namespace strata
