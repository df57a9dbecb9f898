// models/tensor/training/training_loop.h - epochs of: a batch, the loss, its gradient, a step; and who watches it.
#pragma once

#include <functional>

#include "models/tensor/training/data_loader.h"
#include "models/tensor/training/optimizer.h"
#include "models/tensor/training/schedule.h"

namespace argent::tensor {

struct StepReport {
  std::int64_t step = 0;  ///< counts from 0, over all epochs
  std::int64_t epoch = 0, batch = 0, batches = 0;
  double loss = 0;
  double learning_rate = 0;
  double gradient_norm = 0;  ///< before clipping; 0 unless gradients are clipped
};

struct EpochReport {
  std::int64_t epoch = 0;
  double mean_loss = 0;  ///< of its batches
};

/// The library prints nothing: this is where a progress line, a plot, a checkpoint or an early end come in.
class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  virtual void on_step(const StepReport&) {}
  virtual void on_epoch(const EpochReport&) {}
};

struct TrainingOptions {
  std::int64_t epochs = 1;      ///< trains until the loader has come to the begin of this one
  Schedule schedule = {};       ///< the rate at each step; empty: the optimizer's own
  double longest_gradient = 0;  ///< see clip_gradient_norm; 0: not clipped
  TrainingObserver* observer = nullptr;
};

/// `loss` of a batch: a tensor of one element. Returns the mean loss of the last epoch.
double train(DataLoader& loader, Optimizer& optimizer, const std::function<Tensor(const Batch&)>& loss, const TrainingOptions& options);

}  // namespace argent::tensor
