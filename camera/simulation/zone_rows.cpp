#include "camera/simulation/zone_rows.h"

#include <algorithm>

namespace argent {

void ZoneRow::add(const ZoneLight& light) {
  for (std::size_t k = 0; k < ZoneLight::kCells; k++) {
    if (!(light.weight[k] > 0)) continue;
    level_[cells_] = light.level[1][k];
    weight_[cells_] = light.weight[k];
    sum_ += level_[cells_] * weight_[cells_];
    highest_ = std::max(highest_, level_[cells_]);
    cells_++;
  }
  zones_++;
}

float ZoneRow::counted(float factor) const {
  if (factor * highest_ <= 1) return factor * sum_ / zones_;
  float sum = 0;
  for (std::size_t i = 0; i < cells_; i++) sum += weight_[i] * std::min(1.0f, factor * level_[i]);
  return sum / zones_;
}

}  // namespace argent
