#include "reference_database.h"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

#include "support/random.h"

namespace strata {
namespace {

constexpr uint64_t kSeed = 20260601;
constexpr int64_t kBookCount = 40;
constexpr uint32_t kBookDimension = 4;
constexpr WriteToken kFlushedToken{.client = 71, .request = 3};
constexpr WriteToken kLoggedToken{.client = 72, .request = 9};

CollectionOptions BookOptions() {
  CollectionOptions options;
  options.dimension = kBookDimension;
  options.metric = Metric::kCosine;
  options.hnsw_m = 4;
  options.hnsw_ef_construction = 16;
  options.text_index = true;
  return options;
}

CollectionOptions PlaceOptions() {
  CollectionOptions options;
  options.dimension = 2;
  options.metric = Metric::kL2;
  options.hnsw_m = 4;
  options.hnsw_ef_construction = 16;
  options.quantization = Quantization::kNone;
  options.indexed = {"open"};
  return options;
}

CollectionOptions WordOptions() {
  CollectionOptions options;
  options.dimension = 0;
  options.text_index = true;
  return options;
}

// Every third book has a text, every seventh no vector.
WriteOp Book(int64_t number, Random& random) {
  WriteOp op;
  op.record.id = number;
  if (number % 2 == 1) op.record.id = "book-" + std::to_string(number);
  if (number % 7 != 0) {
    for (uint32_t i = 0; i < kBookDimension; ++i)
      op.record.vector.push_back(static_cast<float>(random.Unit()) - 0.5f);
  }
  op.record.metadata = "{\"year\":" + std::to_string(1990 + number % 10) + ",\"tag\":\"" +
                       (number % 4 == 0 ? "red" : "blue") + "\"}";
  if (number % 3 == 0) op.record.text = "text of book " + std::to_string(number);
  return op;
}

WriteOp Place(int64_t number, Random& random) {
  WriteOp op;
  op.record.id = number;
  op.record.vector = {static_cast<float>(random.Unit()), static_cast<float>(random.Unit())};
  op.record.metadata = number % 2 == 0 ? "{\"open\":true}" : "{\"open\":false}";
  return op;
}

WriteOp Word(const char* word, const char* text) {
  WriteOp op;
  op.record.id = std::string(word);
  op.record.text = text;
  return op;
}

WriteOp Deletion(RecordId id) {
  WriteOp op;
  op.kind = WriteOp::Kind::kDelete;
  op.record.id = std::move(id);
  return op;
}

Collection* Open(Database& database, const char* name, const CollectionOptions& options) {
  return database.OpenCollection(name, options).value();
}

// What segments and manifest hold at the end.
void WriteSegments(Env* env, Random& random) {
  const auto database = Database::Open(env, ReferenceOptions()).value();
  Collection* const books = Open(*database, "books", BookOptions());
  Collection* const places = Open(*database, "places", PlaceOptions());
  Collection* const words = Open(*database, "words", WordOptions());
  Collection* const gone = Open(*database, "gone", PlaceOptions());
  std::vector<WriteOp> ops;
  for (int64_t i = 0; i < kBookCount; ++i) ops.push_back(Book(i, random));
  books->Write(std::move(ops)).value();
  ops.clear();
  for (int64_t i = 0; i < 20; ++i) ops.push_back(Place(i, random));
  places->Write(ops, kFlushedToken).value();
  gone->Write(std::move(ops)).value();
  words->Write({Word("tree", "a plant"), Word("log", "part of a tree")}).value();
  database->Compact().value();  // One segment each, with its index.
  books->Write({Deletion(int64_t{4}), Deletion("book-9"), Book(6, random), Book(kBookCount, random)}).value();
  places->Write({Deletion(int64_t{5})}).value();
  database->Flush().value();  // A second segment of books; dead rows in the first ones.
  database->Close().value();
}

// What is in the logs at the end. Closing and opening in between begins a second log.
void WriteLogs(Env* env, Random& random) {
  auto database = Database::Open(env, ReferenceOptions()).value();
  Collection* books = Open(*database, "books", BookOptions());
  books->Write({Book(50, random), Deletion(int64_t{8})}, kLoggedToken).value();
  Open(*database, "late", PlaceOptions())->Write({Place(1, random), Place(2, random)}).value();
  database->Drop("gone").value();
  database->Close().value();

  database = Database::Open(env, ReferenceOptions()).value();
  books = Open(*database, "books", BookOptions());
  books->Write({Book(51, random), Book(2, random)}).value();
  Open(*database, "words", WordOptions())->Write({Deletion("log"), Word("leaf", "grows on a tree")}).value();
  database->Close().value();
}

std::string TextOf(const RecordId& id) {
  if (const auto* number = std::get_if<int64_t>(&id)) return std::to_string(*number);
  return "\"" + std::get<std::string>(id) + "\"";
}

// The bits: equal text is an equal number.
std::string TextOf(float number) { return std::to_string(std::bit_cast<uint32_t>(number)); }

std::string TextOf(std::span<const float> vector) {
  std::string text = "[";
  for (const float x : vector) text += TextOf(x) + " ";
  return text + "]";
}

std::string TextOf(const Record& record) {
  return TextOf(record.id) + " " + TextOf(record.vector) + " " + record.metadata + " " +
         record.text.value_or("-") + "\n";
}

std::string TextOf(const SearchReply& reply) {
  std::string text;
  for (const Hit& hit : reply.hits) {
    text += TextOf(hit.distance) + " " + TextOf(hit.score) + " " +
            TextOf(Record{.id = hit.id, .vector = hit.vector, .metadata = hit.metadata, .text = hit.text});
  }
  return text;
}

template <typename T>
std::string NumbersOf(const std::vector<T>& numbers) {
  std::string text;
  for (const T number : numbers) text += std::to_string(number) + " ";
  return text;
}

class Reader {
 public:
  explicit Reader(Database& database) : database_(database) {}

  std::vector<Answer> ReadAll() {
    for (const std::string& name : database_.CollectionNames()) {
      Note("collection names", name);
      auto collection = database_.FindCollection(name);
      if (collection) {
        ReadCollection(name, **collection);
      } else {
        Note("find " + name, std::unexpected(collection.error()));
      }
    }
    AskForRepeatedWrites();
    ReadStats();
    return std::move(answers_);
  }

 private:
  void Note(std::string call, Result<std::string> given) {
    answers_.push_back({std::move(call), std::move(given)});
  }

  template <typename Given, typename Function>
  void Note(std::string call, const Given& given, Function&& text_of) {
    if (given) {
      Note(std::move(call), text_of(*given));
    } else {
      Note(std::move(call), std::unexpected(given.error()));
    }
  }

  static Failure DamagedIndex() { return Fail(ErrorCode::kCorruption, "an index is damaged"); }

  void ReadCollection(const std::string& name, Collection& collection) {
    const auto number = [](uint64_t count) { return std::to_string(count); };
    Note(name + " count", collection.Count(), number);
    for (const RecordId& id : std::vector<RecordId>{int64_t{1}, int64_t{2}, int64_t{4}, int64_t{6}, "book-7",
                                                    "book-9", int64_t{50}, "tree", "log", "leaf"}) {
      Note(name + " get " + TextOf(id), collection.Get(id),
           [](const std::optional<Record>& record) { return record ? TextOf(*record) : "none"; });
    }
    Scan(name + " scan", collection, {});
    Scan(name + " scan by prefix", collection, {.prefix = "book-1"});
    for (const char* filter : {"year >= 1995 and tag = \"red\"", "open = true", "not (year = 1993)"}) {
      Note(name + " count " + filter, collection.Count(filter), number);
      Scan(name + " scan " + filter, collection, {.filter = filter});
    }
    if (collection.options().dimension != 0) Search(name, collection);
    SearchText(name, collection);
    Inspect(name, collection);
  }

  void Scan(std::string call, Collection& collection, const ScanOptions& options) {
    const auto scan = [&]() -> Result<std::string> {
      std::string text;
      STRATA_ASSIGN_OR_RETURN(const auto cursor, collection.Scan(options));
      for (;;) {
        STRATA_ASSIGN_OR_RETURN(const std::vector<Record> records, cursor->Next(7));
        if (records.empty()) return text;
        for (const Record& record : records) text += TextOf(record);
      }
    };
    Note(std::move(call), scan());
  }

  void Search(const std::string& name, Collection& collection) {
    std::vector<float> query(collection.options().dimension, 0.25f);
    query[0] = -0.5f;
    const char* const filter = collection.options().indexed ? "open = true" : "tag = \"blue\"";
    for (const bool exact : {true, false}) {
      SearchOptions options{.k = 5, .exact = exact, .include_text = true, .include_vector = true};
      const std::string how = exact ? " exact search" : " walking search";
      const auto text_of = [](const SearchReply& reply) { return TextOf(reply); };
      Note(name + how, collection.Search(query, options), text_of);
      options.filter = filter;
      Note(name + how + " with a filter", collection.Search(query, options), text_of);
    }
  }

  // With an index ("books", "words") and without.
  void SearchText(const std::string& name, Collection& collection) {
    const auto text_of = [](const SearchReply& reply) { return TextOf(reply); };
    for (const char* text : {"text of a book", "books 6 and 39", "parts of trees"}) {
      SearchOptions options{.k = 5, .include_text = true};
      options.text = text;
      Note(name + " search for " + text, collection.Search({}, options), text_of);
      options.filter = "tag = \"red\"";
      Note(name + " search with a filter for " + text, collection.Search({}, options), text_of);
      if (collection.options().dimension == 0) continue;
      const std::vector<float> query(collection.options().dimension, 0.25f);
      Note(name + " search by vector and for " + text, collection.Search(query, options), text_of);
    }
  }

  void Inspect(const std::string& name, Collection& collection) {
    Inspector& inspect = collection.inspect();
    for (const SegmentInfo& info : inspect.Segments()) {
      const std::string segment = name + " segment " + std::to_string(info.file);
      Note(segment, NumbersOf(std::vector<uint64_t>{info.index_file, info.rows, info.dead_rows, info.bytes}));
      if (info.index == "damaged") {
        damaged_index_ = true;
        Note(segment + " index", DamagedIndex());
      } else {
        Note(segment + " index", info.index + " " + NumbersOf(info.layer_rows));
      }
      Note(segment + " id of row 1", inspect.IdOf(info.file, 1),
           [](const RecordId& id) { return TextOf(id); });
      if (info.index_file == 0) continue;
      if (collection.options().quantization != Quantization::kNone) {
        Note(segment + " codebooks", inspect.Codebooks(info.file),
             [](const Codebook& book) { return book.type + " " + TextOf(book.minimum) + TextOf(book.step); });
      }
      Note(segment + " graph", inspect.Graph(info.file, 0), [](const GraphLayer& layer) {
        return NumbersOf(layer.rows) + "| " + NumbersOf(layer.offsets) + "| " + NumbersOf(layer.links);
      });
    }
    std::string nodes;
    for (const MemtableNode& node : inspect.Memtable()) {
      nodes += TextOf(node.id) + " " + NumbersOf(std::vector<int32_t>{node.left, node.right, node.height});
    }
    Note(name + " memtable", nodes);
    Note(name + " projection", inspect.ProjectPca(10), [](const Projection& projection) {
      return std::to_string(projection.ids.size()) + TextOf(projection.points) + TextOf(projection.variance);
    });
  }

  // A write that was applied before is known by its client's request, and not done again.
  void AskForRepeatedWrites() {
    auto collection = database_.FindCollection("places");
    for (const WriteToken token : {kFlushedToken, kLoggedToken}) {
      const auto written = collection ? (*collection)->Write({Deletion(int64_t{3})}, token)
                                      : std::unexpected(collection.error());
      Note("repeated write", written, [](const WriteReply& reply) {
        return std::to_string(reply.sequence) + (reply.repeated ? " repeated" : " done");
      });
    }
  }

  // Without what follows from the files that are there (`files`, `bytes`) or from memory.
  void ReadStats() {
    const auto stats = database_.Stats();
    Note("stats", stats, [](const DatabaseStats& all) {
      std::string text = NumbersOf(std::vector<uint64_t>{all.sequence, all.durable_sequence, all.epoch});
      for (const CollectionStats& one : all.collections) {
        text += one.name + " " +
                NumbersOf(std::vector<uint64_t>{one.records, one.memtable_records, one.memtable_bytes,
                                                one.segments, one.dead_rows});
      }
      return text;
    });
    Note("indexed rows", damaged_index_ ? Result<DatabaseStats>(DamagedIndex()) : stats,
         [](const DatabaseStats& all) {
           std::string text;
           for (const CollectionStats& one : all.collections) text += std::to_string(one.indexed_rows) + " ";
           return text;
         });
  }

  Database& database_;
  std::vector<Answer> answers_;
  bool damaged_index_ = false;
};

}  // namespace

DatabaseOptions ReferenceOptions() {
  DatabaseOptions options;
  options.index_rows_min = 10;
  return options;
}

MemoryEnv MakeReferenceDatabase() {
  MemoryEnv env({.can_crash = false, .random_seed = kSeed});
  Random random(kSeed);
  WriteSegments(&env, random);
  WriteLogs(&env, random);
  return env;
}

ReadOutcome ReadEverything(Env* env, const DatabaseOptions& options) {
  ReadOutcome outcome;
  auto database = Database::Open(env, options);
  if (!database) {
    outcome.answers.push_back({"open", std::unexpected(std::move(database).error())});
    return outcome;
  }
  outcome.report = (*database)->recovery();
  outcome.answers = Reader(**database).ReadAll();
  if (std::ranges::any_of(outcome.answers, [](const Answer& answer) { return !answer.given; })) {
    if (auto damages = (*database)->Verify()) outcome.damages = std::move(*damages);
  }
  return outcome;
}

}  // namespace strata
