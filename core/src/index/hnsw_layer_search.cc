#include "index/hnsw_layer_search.h"

namespace strata {

template bool SearchLayer(const HnswGraph&, uint32_t, const WalkGoal&, CodeSource&, WalkScratch&, Tracker,
                          WalkCounters&);

}  // namespace strata
