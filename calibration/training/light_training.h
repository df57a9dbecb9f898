// calibration/training/light_training.h - from labelled statistics to a LightModel.
#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "aaa/illuminants/light_model.h"
#include "calibration/evaluation/labelled_statistics.h"
#include "models/tensor/training/adam.h"
#include "models/tensor/training/checkpoint.h"

namespace argent {

/// Pictures as the networks learn from them: rows of tensors, which sets share.
struct LightSet {
  tensor::Tensor histograms;  ///< [N, kLights, kCells]
  tensor::Tensor facts;       ///< [N, kLights, kLightFacts]
  tensor::Tensor excluded;    ///< [N, kLights]: 0, or very low for lights that the sensor does not know
  tensor::Tensor target;      ///< [N, kLights]: the probability of each, a Gaussian about the label
  tensor::Tensor planes;      ///< [N, kPlanes, kGrid, kGrid]
  tensor::Tensor strength;    ///< [N, 2]
  tensor::Tensor order;       ///< i64: the rows that are in the set
  std::int64_t scenes = 0;    ///< so many of the last of these are synthetic

  std::int64_t size() const { return order.size(0); }
  LightSet rows(std::span<const std::int64_t> which) const;
};

/// Pictures without a curve or without zones to see are left out; `kept`, if not null, becomes the indices of the others. The last `scenes`
/// pictures are synthetic.
LightSet light_set(std::span<const LabelledStatistics> pictures, std::vector<std::int64_t>* kept = nullptr, std::size_t scenes = 0);

struct LightTraining {
  std::int64_t color_steps = 200, plane_steps = 1200;
  std::int64_t color_batch = 512, batch = 128;  ///< pictures that a step sees, of the network over colors and of those over planes
  double scene_share = 0.4;                     ///< of these, that are synthetic scenes, where there are scenes and pictures; 0 to 1
  double color_rate = 0.03, plane_rate = 0.003;
  std::uint64_t seed = 1;
};

/// One step of one of the networks.
struct LightStep {
  std::string_view network;  ///< "colors", "planes 0" ...
  std::int64_t step = 0;     ///< of this network
  double loss = 0;           ///< cross-entropy to the target
};

/// Trains the networks of a model one after the other, from what they hold. The same bits for any number of threads, and after a pause,
/// too.
class LightTrainer final : public tensor::Stateful {
 public:
  /// `model` must outlive it. Throws Error for a set without pictures.
  LightTrainer(LightModel& model, LightSet set, const LightTraining& options);

  std::int64_t steps() const;       ///< of all networks together
  std::int64_t steps_done() const;  ///< of these
  bool done() const { return steps_done() == steps(); }
  LightStep step();

  /// All that it takes to go on, bit for bit, with the same set and options. A file of that name is replaced.
  void save(const std::filesystem::path& path);
  /// Throws Error for a file of another training.
  void resume(const std::filesystem::path& path);
  void describe(tensor::Members& members) override { members.buffer("place", place_); }

 private:
  void begin(std::int64_t stage);
  tensor::Tensor batch_of(std::int64_t pictures);
  tensor::Tensor loss_of_colors();
  tensor::Tensor loss_of_planes();
  std::vector<tensor::CheckpointPart> parts();

  LightModel& model_;
  LightSet set_;
  LightTraining options_;
  tensor::Tensor place_;  ///< i64: stage (network), step in it, pictures
  std::unique_ptr<tensor::Adam> adam_;
  tensor::Generator random_{0};
};

}  // namespace argent
