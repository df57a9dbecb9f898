// models/tensor/samples.h - inputs that a row's tests feed it.
#pragma once

#include <vector>

#include "models/tensor/op.h"

namespace argent::tensor {

struct Sample {
  std::vector<Tensor> inputs;
  Attributes attributes;
};

/// Collects the samples of one row. Numbers are the same in every run.
class SampleList {
 public:
  explicit SampleList(std::uint64_t seed) : seed_(seed) {}

  /// Uniform between low and high; whole numbers for types that have no others.
  Tensor numbers(const Dims& shape, double low = -1, double high = 1, DType type = DType::kF64);
  /// 0 .. count - 1 in a random order, so that no two are alike.
  Tensor shuffled(const Dims& shape, DType type = DType::kF64);
  /// The same numbers as `x`, on strides that are not contiguous: every other element of a longer last axis.
  static Tensor strided(const Tensor& x);

  void add(std::vector<Tensor> inputs, Attributes attributes = {}) { samples_.push_back({std::move(inputs), std::move(attributes)}); }
  const std::vector<Sample>& samples() const { return samples_; }

 private:
  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
  std::vector<Sample> samples_;
};

std::vector<Sample> samples_of(const Op& op);

/// Of an operation on one tensor: a single number, a row, strides, three axes, nothing. Bounds in tenths.
template <int kLow = -30, int kHigh = 30>
void unary_samples(SampleList& list) {
  constexpr double kL = kLow / 10.0, kH = kHigh / 10.0;
  list.add({list.numbers({}, kL, kH)});
  list.add({list.numbers({7}, kL, kH)});
  list.add({SampleList::strided(list.numbers({3, 5}, kL, kH))});
  list.add({list.numbers({4, 2, 3}, kL, kH).permute({2, 0, 1})});
  list.add({list.numbers({2, 0}, kL, kH)});
}

/// Of an operation on two: alike, broadcast both ways, a single number, strides, nothing.
template <int kLow = -30, int kHigh = 30, int kSecondLow = kLow, int kSecondHigh = kHigh>
void binary_samples(SampleList& list) {
  constexpr double kL = kLow / 10.0, kH = kHigh / 10.0, kL2 = kSecondLow / 10.0, kH2 = kSecondHigh / 10.0;
  list.add({list.numbers({3, 4}, kL, kH), list.numbers({3, 4}, kL2, kH2)});
  list.add({list.numbers({3, 1}, kL, kH), list.numbers({2, 1, 4}, kL2, kH2)});
  list.add({list.numbers({}, kL, kH), list.numbers({5}, kL2, kH2)});
  list.add({SampleList::strided(list.numbers({2, 3}, kL, kH)), list.numbers({3, 2}, kL2, kH2).transpose(0, 1)});
  list.add({list.numbers({0, 3}, kL, kH), list.numbers({3}, kL2, kH2)});
}

}  // namespace argent::tensor
