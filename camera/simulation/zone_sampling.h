// camera/simulation/zone_sampling.h - private: what a sensor counts of one zone, from the distribution of its light.
#pragma once

#include <array>

#include "camera/simulation/counter_random.h"
#include "camera/simulation/zone_scene.h"
#include "isp/statistics.h"

namespace argent {

/// One zone's light before it is counted; levels of the sensor, 1 = saturation.
struct ZoneLight {
  static constexpr int kCells = ZoneScene::kCells + 1;  ///< the last one is what moves before the scene
  std::array<std::array<float, kCells>, 3> level{};
  std::array<float, kCells> weight{};  ///< sum 1
  std::array<float, 2> focus{};        ///< scores without noise
  float falloff = 1;
  int quads = 0;          ///< of the zone
  int counted_quads = 0;  ///< of them in the histograms
};

struct ZoneNoise {
  NoiseModel sensor;
  float relative = 0;  ///< on the means, on top
};

/// A level's chance to be counted as saturated, and the mean of what is counted.
struct Counted {
  float mean = 0, clipped = 0;
};
Counted counted(float level, float deviation);

/// Fills `zone` and adds to the histograms of `out`.
void sample_zone(Statistics& out, Statistics::Zone& zone, const ZoneLight& light, const ZoneNoise& noise, CounterRandom& random);

}  // namespace argent
