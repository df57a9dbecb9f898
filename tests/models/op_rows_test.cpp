// Every operation's row, on its own samples: what holds for one holds for all.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "models/runtime/context.h"
#include "models/tensor/apply.h"
#include "models/tensor/autograd.h"
#include "models/tensor/graph.h"
#include "models/tensor/ops.h"
#include "models/tensor/plan.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

std::vector<Tensor> run(const Op& row, std::span<const Tensor> inputs, const Attributes& attributes) {
  std::vector<Tensor> given(inputs.begin(), inputs.end());
  if (row.writes) given[0] = given[0].clone();
  Outputs outputs = apply(row.id, given, attributes, {});
  std::vector<Tensor> result;
  for (Tensor& output : outputs.span()) result.push_back(output);
  return result;
}

std::vector<Tensor> in_type(std::span<const Tensor> inputs, DType type) {
  std::vector<Tensor> result;
  for (const Tensor& input : inputs) result.push_back(is_floating(input.dtype()) ? input.to(type) : input);
  return result;
}

/// A number that all floating outputs go into, each element with a weight of its own.
Tensor weighted(std::span<const Tensor> outputs) {
  Tensor total = zeros({}, DType::kF64);
  int seed = 0;
  for (const Tensor& output : outputs) {
    if (!is_floating(output.dtype())) continue;
    Tensor weights = arange(output.count(), DType::kF64, ++seed, 0.37).view(output.shape());
    total = total + sum(output * sin(weights));
  }
  return total;
}

bool has_gradient(const Op& row, const Sample& sample) {
  if (row.gradient == nullptr) return false;
  for (const Tensor& output : run(row, sample.inputs, sample.attributes)) {
    if (is_floating(output.dtype())) return true;
  }
  return false;
}

std::vector<Tensor> leaves(const Sample& sample) {
  std::vector<Tensor> inputs;
  for (const Tensor& input : sample.inputs) {
    Tensor leaf = input.detach();
    if (is_floating(leaf.dtype())) leaf.requires_grad(true);
    inputs.push_back(leaf);
  }
  return inputs;
}

std::vector<Tensor> floating(std::span<const Tensor> tensors) {
  std::vector<Tensor> result;
  for (const Tensor& tensor : tensors) {
    if (is_floating(tensor.dtype())) result.push_back(tensor);
  }
  return result;
}

/// The gradient of weighted(row(inputs)) for each floating input; zeros where it does not depend on one.
std::vector<Tensor> gradient(const Op& row, const Sample& sample, std::span<const Tensor> inputs, SecondOrder second_order) {
  const Tensor loss = weighted(run(row, inputs, sample.attributes));
  const std::vector<Tensor> wanted = floating(inputs);
  std::vector<Tensor> result = gradients(std::span(&loss, 1), wanted, {}, second_order);
  for (std::size_t i = 0; i < result.size(); i++) {
    if (!result[i].defined()) result[i] = zeros(wanted[i].shape(), wanted[i].dtype());
  }
  return result;
}

/// d(f(inputs)) / d(inputs[which][element]) by differences of both sides.
template <class F>
double difference(const std::vector<Tensor>& inputs, std::size_t which, std::size_t element, F&& f) {
  constexpr double kStep = 1e-6;
  double sides[2];
  for (int side = 0; side < 2; side++) {
    std::vector<double> values = inputs[which].values();
    values[element] += side == 0 ? -kStep : kStep;
    std::vector<Tensor> moved = inputs;
    Tensor copy = inputs[which].detach().clone();
    moved[which] = copy.assign(from_values(values, copy.shape(), DType::kF64));
    sides[side] = f(moved);
  }
  return (sides[1] - sides[0]) / (2 * kStep);
}

void expect_same_bits(const Tensor& a, const Tensor& b) {
  ASSERT_EQ(a.shape(), b.shape());
  ASSERT_EQ(a.dtype(), b.dtype());
  const Tensor x = a.detach().contiguous(), y = b.detach().contiguous();
  EXPECT_EQ(std::memcmp(x.raw(), y.raw(), static_cast<std::size_t>(x.count()) * size_of(x.dtype())), 0) << a << "\n" << b;
}

class OpRow : public testing::TestWithParam<const Op*> {
 protected:
  const Op& row() const { return *GetParam(); }
};

TEST_P(OpRow, HasSamplesAndOneKindOfKernel) {
  EXPECT_FALSE(samples_of(row()).empty());
  EXPECT_NE(row().view != nullptr, row().reference != nullptr);
  EXPECT_EQ(row().infer != nullptr, row().view == nullptr && !row().writes);
}

TEST_P(OpRow, FastKernelIsTheReference) {
  for (const Sample& sample : samples_of(row())) {
    for (const DType type : {DType::kF64, DType::kF32}) {
      const std::vector<Tensor> inputs = in_type(sample.inputs, type);
      const std::vector<Tensor> fast = run(row(), inputs, sample.attributes);
      const ReferenceKernels slow;
      const std::vector<Tensor> reference = run(row(), inputs, sample.attributes);
      for (std::size_t i = 0; i < fast.size(); i++) {
        const std::vector<double> a = fast[i].values(), b = reference[i].values();
        double scale = 1;
        for (double value : b) scale = std::isfinite(value) ? std::max(scale, std::abs(value)) : scale;
        for (std::size_t k = 0; k < a.size(); k++) {
          if (std::isnan(b[k])) {
            EXPECT_TRUE(std::isnan(a[k]));
          } else {
            EXPECT_NEAR(a[k], b[k], scale * (type == DType::kF64 ? 1e-12 : 4e-6));
          }
        }
      }
    }
  }
}

TEST_P(OpRow, StridesDoNotMatter) {
  for (const Sample& sample : samples_of(row())) {
    std::vector<Tensor> contiguous, strided;
    for (const Tensor& input : sample.inputs) {
      contiguous.push_back(input.contiguous());
      strided.push_back(input.rank() == 0 || input.count() == 0 ? input : SampleList::strided(input));
    }
    if (row().id == OpId::kView) strided = contiguous;  // is about strides
    const std::vector<Tensor> a = run(row(), contiguous, sample.attributes), b = run(row(), strided, sample.attributes);
    for (std::size_t i = 0; i < a.size(); i++) expect_same_bits(a[i], b[i]);
  }
}

TEST_P(OpRow, GradientIsTheDifferences) {
  for (const Sample& sample : samples_of(row())) {
    if (!has_gradient(row(), sample)) continue;
    const std::vector<Tensor> inputs = leaves(sample);
    const std::vector<Tensor> found = gradient(row(), sample, inputs, SecondOrder::kNo);
    std::size_t f = 0;
    for (std::size_t which = 0; which < inputs.size(); which++) {
      if (!is_floating(inputs[which].dtype())) continue;
      const std::vector<double> values = found[f++].values();
      ASSERT_EQ(found[f - 1].shape(), inputs[which].shape());
      for (std::size_t e = 0; e < values.size(); e++) {
        const double expected = difference(inputs, which, e, [&](const std::vector<Tensor>& moved) {
          const NoGrad off;
          return weighted(run(row(), moved, sample.attributes)).item();
        });
        // An f64 that was converted to a shorter type on the way has steps.
        if (row().id == OpId::kCast && sample.attributes.dtype(Key::kDType) != DType::kF64) continue;
        EXPECT_NEAR(values[e], expected, 1e-5 + 1e-5 * std::abs(expected)) << row().name << " input " << which << " element " << e;
      }
    }
  }
}

TEST_P(OpRow, SecondGradientIsTheDifferencesOfTheFirst) {
  for (const Sample& sample : samples_of(row())) {
    if (!has_gradient(row(), sample)) continue;
    const std::vector<Tensor> inputs = leaves(sample);
    const std::vector<Tensor> first = gradient(row(), sample, inputs, SecondOrder::kYes);
    const Tensor total = weighted(first);
    if (!total.requires_grad()) continue;  // linear
    const std::vector<Tensor> wanted = floating(inputs);
    const std::vector<Tensor> second = gradients(std::span(&total, 1), wanted);
    std::size_t f = 0;
    for (std::size_t which = 0; which < inputs.size(); which++) {
      if (!is_floating(inputs[which].dtype())) continue;
      const Tensor& found = second[f++];
      const std::vector<double> values =
          found.defined() ? found.values() : std::vector<double>(static_cast<std::size_t>(inputs[which].count()), 0.0);
      for (std::size_t e = 0; e < values.size(); e++) {
        const double expected = difference(inputs, which, e, [&](const std::vector<Tensor>& moved) {
          Sample at{moved, sample.attributes};
          const std::vector<Tensor> there = leaves(at);
          return weighted(gradient(row(), sample, there, SecondOrder::kNo)).item();
        });
        EXPECT_NEAR(values[e], expected, 1e-4 + 1e-4 * std::abs(expected)) << row().name << " input " << which << " element " << e;
      }
    }
  }
}

TEST_P(OpRow, ReplayIsEager) {
  if (!row().capture_safe) return;
  for (const Sample& sample : samples_of(row())) {
    const bool with_gradient = has_gradient(row(), sample);
    const auto function = [&](std::span<const Tensor> in) {
      std::vector<Tensor> inputs;
      for (const Tensor& input : in) {
        inputs.push_back(input.detach());
        if (with_gradient && is_floating(input.dtype())) inputs.back().requires_grad(true);
      }
      std::vector<Tensor> result = run(row(), inputs, sample.attributes);
      if (!with_gradient) return result;
      const Tensor loss = weighted(result);
      for (const Tensor& one : gradients(std::span(&loss, 1), floating(inputs))) {
        if (one.defined()) result.push_back(one);
      }
      return result;
    };
    const std::vector<Tensor> eager = function(sample.inputs);
    const Graph graph = trace(function, sample.inputs);
    const std::vector<Tensor> replayed = graph.run(sample.inputs);
    ASSERT_EQ(eager.size(), replayed.size());
    for (std::size_t i = 0; i < eager.size(); i++) expect_same_bits(eager[i], replayed[i]);
    EXPECT_FALSE(graph.text().empty());
    if (std::any_of(graph.steps().begin(), graph.steps().end(), [](const Graph::Step& s) { return op(s.op).writes; })) continue;
    Plan plan(graph, sample.inputs);
    for (std::size_t i = 0; i < sample.inputs.size(); i++) Tensor(plan.input(static_cast<int>(i))).assign(sample.inputs[i]);
    plan.run();
    for (std::size_t i = 0; i < eager.size(); i++) expect_same_bits(eager[i], plan.output(static_cast<int>(i)));
  }
}

TEST_P(OpRow, ThreadsDoNotMatter) {
  Context one(1), two(2);
  for (const Sample& sample : samples_of(row())) {
    const auto in = [&](Context& context) {
      const ContextScope scope(context);
      return run(row(), sample.inputs, sample.attributes);
    };
    const std::vector<Tensor> a = in(one), b = in(two);
    for (std::size_t i = 0; i < a.size(); i++) expect_same_bits(a[i], b[i]);
  }
}

TEST(OpRows, EveryNameHasItsRow) {
  ASSERT_EQ(all_ops().size(), static_cast<std::size_t>(OpId::kCount));
  for (std::size_t i = 0; i < all_ops().size(); i++) EXPECT_EQ(all_ops()[i]->id, static_cast<OpId>(i)) << all_ops()[i]->name;
}

INSTANTIATE_TEST_SUITE_P(All, OpRow, testing::ValuesIn(all_ops().begin(), all_ops().end()),
                         [](const testing::TestParamInfo<const Op*>& info) { return std::string(info.param->name); });

}  // namespace
}  // namespace argent::tensor
