// tests/models/gradient_check.h - gradients of functions made of operations, held to differences.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "models/kernels/philox.h"
#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"
#include "tests/models/error_text.h"

namespace argent::tensor {

/// The same numbers in every run, uniform between low and high.
inline Tensor test_numbers(const Dims& shape, double low, double high, std::uint64_t seed = 1, DType type = DType::kF64) {
  std::vector<double> values(static_cast<std::size_t>(shape.count()));
  for (std::size_t i = 0; i < values.size(); i++) values[i] = low + (high - low) * (kernels::philox(seed, i)[0] * 0x1p-32);
  return from_values(values, shape, type);
}

using TestedFunction = std::function<Tensor(std::span<const Tensor>)>;

/// Each element of the result with a weight of its own.
inline Tensor weighted_sum(const Tensor& x) { return sum(x * sin(arange(x.count(), DType::kF64, 1, 0.37).view(x.shape()))); }

inline std::vector<Tensor> leaves_of(std::span<const Tensor> inputs) {
  std::vector<Tensor> leaves;
  for (const Tensor& input : inputs) leaves.push_back(input.detach().clone().detach().requires_grad(true));
  return leaves;
}

inline Tensor gradient_or_zeros(const Tensor& total, std::span<const Tensor> leaves, std::size_t which, SecondOrder order) {
  const Tensor found = gradients(std::span(&total, 1), leaves, {}, order)[which];
  return found.defined() ? found : zeros(leaves[which].shape(), DType::kF64);
}

/// Compares the gradient of `scalar`, a function of one number each way, with differences of both sides.
inline void expect_differences(const std::function<Tensor(std::span<const Tensor>)>& scalar, std::span<const Tensor> inputs,
                               double tolerance) {
  constexpr double kStep = 1e-6;
  const std::vector<Tensor> leaves = leaves_of(inputs);
  const Tensor total = scalar(leaves);
  for (std::size_t which = 0; which < inputs.size(); which++) {
    if (!total.requires_grad()) return;
    const std::vector<double> found = gradient_or_zeros(total, leaves, which, SecondOrder::kNo).values();
    for (std::size_t e = 0; e < found.size(); e++) {
      double sides[2];
      for (int side = 0; side < 2; side++) {
        std::vector<double> values = inputs[which].values();
        values[e] += side == 0 ? -kStep : kStep;
        std::vector<Tensor> moved(inputs.begin(), inputs.end());
        moved[which] = from_values(values, inputs[which].shape(), DType::kF64);
        sides[side] = scalar(leaves_of(moved)).item();
      }
      const double expected = (sides[1] - sides[0]) / (2 * kStep);
      EXPECT_NEAR(found[e], expected, tolerance * (1 + std::abs(expected))) << "input " << which << " element " << e;
    }
  }
}

/// First and second gradient of `f` at `inputs`, all f64.
inline void expect_gradients(const TestedFunction& f, std::vector<Tensor> inputs) {
  expect_differences([&](std::span<const Tensor> in) { return weighted_sum(f(in)); }, inputs, 1e-6);
  expect_differences(
      [&](std::span<const Tensor> in) {
        const Tensor total = weighted_sum(f(in));
        Tensor first = zeros({}, DType::kF64);
        if (!total.requires_grad()) return first;
        for (std::size_t i = 0; i < in.size(); i++) {
          first = first + weighted_sum(gradient_or_zeros(total, in, i, SecondOrder::kYes)) * (1.0 + static_cast<double>(i));
        }
        return first;
      },
      inputs, 1e-4);
}

inline void expect_values(const Tensor& found, const std::vector<double>& expected, double tolerance = 1e-12) {
  const std::vector<double> values = found.values();
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); i++) {
    if (std::isnan(expected[i]))
      EXPECT_TRUE(std::isnan(values[i])) << i;
    else if (std::isinf(expected[i]))
      EXPECT_EQ(values[i], expected[i]) << i;
    else
      EXPECT_NEAR(values[i], expected[i], tolerance * std::max(1.0, std::abs(expected[i]))) << i;
  }
}
inline void expect_close(const Tensor& found, const Tensor& expected, double tolerance = 1e-12) {
  ASSERT_EQ(found.shape(), expected.shape());
  expect_values(found, expected.values(), tolerance);
}

template <class F>
void expect_error(F&& f, const std::string& part) {
  const std::string text = error_text(f);
  EXPECT_NE(text.find(part), std::string::npos) << (text.empty() ? "no error with: " + part : text);
}

}  // namespace argent::tensor
