// OpInfo's entries that make one number of many.

#include "tests/models/opinfo/entries.h"

namespace argent::tensor::opinfo {
namespace {

Dims axes_of(A& a) { return a.has(1, "dim") ? a.dims(1, "dim") : Dims{}; }
Keep keep_of(A& a) { return a.flag(2, "keepdim", false) ? Keep::kYes : Keep::kNo; }

}  // namespace

std::vector<Entry> reduction_entries() {
  return {
      {"sum", [](A& a) { return sum(a.tensor().to(a.dtype(-1, "dtype", a.tensor().dtype())), axes_of(a), keep_of(a)); }},
  };
}

}  // namespace argent::tensor::opinfo
