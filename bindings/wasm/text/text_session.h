#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "call_frame.h"
#include "strata/text.h"
#include "text/lsa_trainer.h"

namespace strata {

// A text embedder as JavaScript sees it: a model, and one in training. js/src/embed/text_engine.ts is the
// caller. A module of its own, because most pages get their vectors elsewhere. call_frame.h says how calls
// begin and end.
class TextSession {
 public:
  // What `call` means. Arguments are taken in the order floats, head, body; lists of texts are packed as
  // DecodeTexts() reads them. A head that is empty stands for the built-in stop words, else its first byte
  // says that a list follows.
  enum Call : uint32_t {
    kBegin = 0,  // Starts training. Floats: the numbers of LsaOptions in their order; head: stop words.
    kAdd = 1,    // Body: texts to learn from.
    kStep = 2,   // Replies whether there is more to do; block: the part done.
    kFinish =
        3,  // Replies with id, dimension and terms; block: their vectors. The model can embed from now on.
    kLoad = 4,   // Floats: vectors; head: stop words; body: terms. Replies with id and dimension.
    kEmbed = 5,  // Body: texts. Blocks: their vectors, words per text, unknown words per text.
  };

  uintptr_t Input(uint32_t bytes) { return frame_.Input(bytes); }
  uintptr_t ReplyAt() const { return frame_.ReplyAt(); }

  int Run(uint32_t call, uint32_t float_count, uint32_t head_bytes, uint32_t body_bytes);

 private:
  Result<void> Dispatch(uint32_t call, uint32_t float_count, uint32_t head_bytes, uint32_t body_bytes,
                        Reply& reply);
  Result<void> Begin(std::span<const float> numbers, std::span<const std::byte> stop_words);
  Result<void> Step(Reply& reply);
  Result<void> Finish(Reply& reply);
  Result<void> Embed(std::span<const std::byte> texts, Reply& reply) const;
  Result<LsaTrainer*> Trainer() const;

  CallFrame frame_;
  std::unique_ptr<LsaTrainer> trainer_;
  std::optional<LsaModel> model_;
};

}  // namespace strata
