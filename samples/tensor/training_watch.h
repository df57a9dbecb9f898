// samples/tensor/training_watch.h - a progress line while a network learns, and a plot of its loss afterwards.
#pragma once

#include <string>
#include <vector>

#include "models/tensor/training/training_loop.h"

namespace argent {

class TrainingWatch final : public tensor::TrainingObserver {
 public:
  /// On stderr: a line for each epoch, and on a terminal one that follows the steps.
  void on_step(const tensor::StepReport& report) override;
  void on_epoch(const tensor::EpochReport& report) override;

  /// The loss over the steps as SVG, on a logarithmic scale. Empty before the second step.
  std::string loss_plot() const;

 private:
  std::vector<double> losses_;
};

}  // namespace argent
