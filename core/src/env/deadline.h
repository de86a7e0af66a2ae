#pragma once

#include <cstdint>

#include "strata/env.h"

namespace strata {

// When a bounded step of background work should return.
class Deadline {
 public:
  Deadline(Env* env, uint64_t micros) : env_(env), start_(env->NowMicros()), micros_(micros) {}
  bool Passed() const { return env_->NowMicros() - start_ >= micros_; }

 private:
  Env* env_;
  uint64_t start_;
  uint64_t micros_;
};

}  // namespace strata
