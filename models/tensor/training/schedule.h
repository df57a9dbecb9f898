// models/tensor/training/schedule.h - learning rates over time.
//
//   const Schedule rate = warmup(cosine(1e-3, 9000), 1000);
//   optimizer.set_learning_rate(rate(step));
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "models/tensor/layers/members.h"

namespace argent::tensor {

/// The learning rate at a step, or an epoch, which count from 0.
using Schedule = std::function<double(std::int64_t step)>;

Schedule constant(double rate);
/// Times `factor` after every `every` steps.
Schedule step_decay(double rate, std::int64_t every, double factor = 0.1);
/// Times `factor` at each of `at`, which ascend.
Schedule multistep_decay(double rate, std::vector<std::int64_t> at, double factor = 0.1);
Schedule exponential_decay(double rate, double factor);
/// Half a cosine from `rate` down to `lowest` in `steps` steps; there it stays (Loshchilov and Hutter, SGDR, 2017).
Schedule cosine(double rate, std::int64_t steps, double lowest = 0);
/// Before `after`, whose step 0 then comes at `steps`: a straight line from `start` times its first rate up to that.
Schedule warmup(Schedule after, std::int64_t steps, double start = 0);

/// Up to `highest` and down to almost nothing, along half cosines (Smith and Topin, Super-convergence, 2018).
struct OneCycle {
  double highest = 0.01;
  std::int64_t steps = 1000;    ///< of the whole cycle
  double rising = 0.3;          ///< part of it
  double start_divisor = 25;    ///< begins at highest / start_divisor
  double end_divisor = 10'000;  ///< ends at the begin's rate / end_divisor
};
Schedule one_cycle(const OneCycle& options);

struct PlateauOptions {
  double factor = 0.1;      ///< what the rate is multiplied by
  int patience = 10;        ///< measurements without progress that are borne
  double threshold = 1e-4;  ///< progress is a measurement below best * (1 - threshold)
  int cooldown = 0;         ///< measurements after a reduction that are not counted
  double lowest = 0;
};

/// Lower rates when the loss no longer falls.
class PlateauSchedule final : public Stateful {
 public:
  PlateauSchedule(double rate, const PlateauOptions& options);
  /// The rate after a measurement of the loss, of which smaller is better.
  double next(double loss);
  void describe(Members& members) override { members.buffer("numbers", numbers_); }

 private:
  PlateauOptions options_;
  Tensor numbers_;  ///< f64: rate, best, bad measurements, cooldown left
};

}  // namespace argent::tensor
