#pragma once

#include <cstdint>
#include <limits>

namespace strata {

// How many of a walk's candidates to recompute with full vectors, for `k` answers, when the caller did not
// say.
//
// Measured with SQ8 codes on Fashion-MNIST, word2vec-300, docs-lsa, sift-5k and web-bible (l2, cosine and
// dot), ranking all rows by code: of the 10 nearest rows, 97.7% to 99.4% are among the first 10 codes, 99.85%
// to 100% among the first 12 and all among the first 15 (99.8% in the worst of the smaller samples that tests
// use). Half as many again would do; the 5 more are for small k and the odd query. A deeper rescore would be
// felt: a full vector costs as much as ten codes or more.
constexpr uint32_t DefaultRescoreDepth(uint32_t k) {
  const uint64_t depth = uint64_t{k} + k / 2 + 5;
  return depth < std::numeric_limits<uint32_t>::max() ? static_cast<uint32_t>(depth)
                                                      : std::numeric_limits<uint32_t>::max();
}

}  // namespace strata
