// models/tensor/ops/random.h - random numbers that are a function of a key, a counter and the element's index, and of nothing else:
// the same on any number of threads and machines, and in a graph that runs again.
//
// Source: models/kernels/philox.h. The counter numbers the draws; element i takes its bits from block i / 4 (i / 2 of f64) of that draw.
#pragma once

#include "models/tensor/operand.h"

namespace argent::tensor {

/// A stream of draws. Copies share it.
class Generator {
 public:
  explicit Generator(std::uint64_t key, std::uint64_t counter = 0);
  /// Goes on from `state`, i64 {key, counter}, and keeps it up to date in place. In a graph whose input it is, the input says which
  /// numbers are drawn.
  explicit Generator(const Tensor& state);

  /// The state of the next draw. Each function below takes one.
  Tensor next();
  const Tensor& state() const { return state_; }

 private:
  Tensor state_;
};

/// low <= number < high, up to rounding. Of [0, 1): multiples of 2^-53, in f32 2^-24, in f16 2^-11, in bf16 2^-8.
Tensor uniform(Generator& generator, const Dims& shape, double low = 0, double high = 1, DType type = DType::kF32,
               Source at = {__builtin_FILE(), __builtin_LINE()});
Tensor normal(Generator& generator, const Dims& shape, double mean = 0, double standard_deviation = 1, DType type = DType::kF32,
              Source at = {__builtin_FILE(), __builtin_LINE()});
/// i64, low <= number < high; at most 2^53 different ones.
Tensor integers(Generator& generator, const Dims& shape, std::int64_t low, std::int64_t high,
                Source at = {__builtin_FILE(), __builtin_LINE()});
/// 1 with the probability that the element is, else 0.
Tensor bernoulli(Generator& generator, const Operand& probability);
/// i64: 0 .. n - 1 in a random order. Not while it is traced.
Tensor permutation(Generator& generator, std::int64_t n);
/// Elements are 0 with probability p, 0 <= p < 1; the others are divided by 1 - p.
Tensor dropout(const Operand& x, double p, Generator& generator);

}  // namespace argent::tensor
