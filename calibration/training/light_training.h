// calibration/training/light_training.h - from labelled statistics to a LightModel.
#pragma once

#include <functional>
#include <span>

#include "aaa/illuminants/light_model.h"
#include "calibration/evaluation/labelled_statistics.h"

namespace argent {

/// Pictures as the networks learn from them: rows of tensors.
struct LightSet {
  tensor::Tensor histograms;  ///< [N, kLights, kCells]
  tensor::Tensor facts;       ///< [N, kLights, kLightFacts]
  tensor::Tensor excluded;    ///< [N, kLights]: 0, or very low for lights that the sensor does not know
  tensor::Tensor target;      ///< [N, kLights]: the probability of each, a Gaussian about the label
  tensor::Tensor planes;      ///< [N, kPlanes, kGrid, kGrid]
  tensor::Tensor strength;    ///< [N, 2]

  std::int64_t size() const { return target.size(0); }
  LightSet rows(std::span<const std::int64_t> which) const;
};

/// Pictures without a curve or without zones to see are left out; `kept`, if not null, becomes the indices of the others.
LightSet light_set(std::span<const LabelledStatistics> pictures, std::vector<std::int64_t>* kept = nullptr);

struct LightTraining {
  std::int64_t color_steps = 200, plane_steps = 1200, batch = 128;
  double color_rate = 0.03, plane_rate = 0.003;
  std::uint64_t seed = 1;
};

/// One step: the part that learns ("colors", "planes 0", ...), how far it is, and its loss.
struct LightProgress {
  std::string_view part;
  std::int64_t step = 0, steps = 0;
  double loss = 0;
};
using LightWatch = std::function<void(const LightProgress&)>;

/// Goes on from what the networks hold. The same for any number of threads.
void train_colors(CandidateNet& net, const LightSet& set, const LightTraining& options, const LightWatch& watch);
void train_planes(PlaneNet& net, int index, const LightSet& set, const LightTraining& options, const LightWatch& watch);

}  // namespace argent
