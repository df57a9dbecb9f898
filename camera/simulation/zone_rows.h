// camera/simulation/zone_rows.h - private: the green light of a row of zones, whose pixels saturate one by one.
//
// Sums of rows lose contrast by that: where a light pulses, a pixel that stays saturated shows nothing of it.
#pragma once

#include <array>
#include <cstddef>

#include "camera/simulation/zone_sampling.h"
#include "isp/statistics.h"

namespace argent {

class ZoneRow {
 public:
  /// One more zone, at most Statistics::kMaxGrid.
  void add(const ZoneLight& light);

  /// Mean of what all pixels count of `factor` times the light: of min(1, factor x level). 0..1.
  float counted(float factor) const;

 private:
  static constexpr std::size_t kMost = std::size_t{Statistics::kMaxGrid} * ZoneLight::kCells;
  std::array<float, kMost> level_, weight_;  // only the first cells_ are set
  std::size_t cells_ = 0;
  float zones_ = 0, sum_ = 0;  ///< of the levels by weight
  float highest_ = 0;
};

}  // namespace argent
