// Convolutions of the sizes that networks have: fast kernels of every instruction set against the plain loops, one thread against two.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "models/runtime/context.h"
#include "models/tensor/apply.h"
#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

struct Case {
  Dims x, w;
  ConvOptions options;
};

std::vector<Case> cases() {
  return {{{2, 3, 17, 13}, {16, 3, 3, 3}, {.stride = {2}, .padding = {1}}},
          {{1, 20, 9, 40}, {37, 20, 3, 3}, {.padding = {1}}},
          {{1, 64, 6, 5}, {64, 64, 1, 1}, {}},
          {{2, 8, 30}, {70, 8, 5}, {.stride = {3}, .padding = {4}, .padding_after = {2}, .dilation = {2}}},
          {{1, 12, 7, 8, 9}, {8, 3, 2, 3, 2}, {.stride = {2, 1, 2}, .padding = {1, 0, 2}, .groups = 4}},
          {{3, 37, 14, 15}, {37, 1, 3, 3}, {.stride = {1, 2}, .padding = {1}, .groups = 37}},
          {{1, 5, 40, 3}, {4, 5, 2, 2}, {.stride = {3}}},
          {{1, 2, 4, 4}, {3, 2, 1, 1}, {.stride = {3}, .padding = {5}}}};
}

/// conv, its result's adjoint and both gradients of each.
std::vector<Tensor> everything(const Case& one, DType type) {
  SampleList list(7);
  Tensor x = list.numbers(one.x, -1, 1).to(type), w = list.numbers(one.w, -1, 1).to(type);
  Tensor bias = list.numbers({one.w[0]}, -1, 1).to(type);
  x.requires_grad(true), w.requires_grad(true), bias.requires_grad(true);
  const Tensor y = conv(x, w, bias, one.options), g = list.numbers(y.shape(), -1, 1).to(type);
  std::vector<Tensor> result{y};
  const Tensor inputs[] = {x, w, bias};
  for (const Tensor& one_gradient : gradients(std::span(&y, 1), inputs, std::span(&g, 1))) result.push_back(one_gradient);
  return result;
}

void expect_near(const Tensor& a, const Tensor& b, double tolerance) {
  ASSERT_EQ(a.shape(), b.shape());
  const std::vector<double> x = a.values(), y = b.values();
  double scale = 1, worst = 0;
  for (std::size_t i = 0; i < x.size(); i++) {
    scale = std::max(scale, std::abs(y[i]));
    worst = std::max(worst, std::isnan(x[i]) ? HUGE_VAL : std::abs(x[i] - y[i]));
  }
  EXPECT_LE(worst, tolerance * scale);
}

TEST(Convolution, EveryInstructionSetIsTheReference) {
  for (const CpuTarget target : {CpuTarget::kBaseline, CpuTarget::kAvx2, CpuTarget::kAvx512}) {
    if (target > best_cpu_target()) continue;
    Context one(1, target), two(2, target);
    for (const Case& c : cases()) {
      for (const DType type : {DType::kF32, DType::kF64}) {
        const auto in = [&](Context& context) {
          const ContextScope scope(context);
          return everything(c, type);
        };
        const std::vector<Tensor> fast = in(one), shared = in(two);
        const ReferenceKernels slow;
        const std::vector<Tensor> reference = everything(c, type);
        for (std::size_t i = 0; i < fast.size(); i++) {
          expect_near(fast[i], reference[i], type == DType::kF32 ? 2e-6 : 1e-14);
          const Tensor a = fast[i].contiguous(), b = shared[i].contiguous();
          EXPECT_EQ(std::memcmp(a.raw(), b.raw(), static_cast<std::size_t>(a.count()) * size_of(type)), 0);
        }
      }
    }
  }
}

TEST(Convolution, ResultsAreChannelsLastWhateverTheInput) {
  const Tensor x = zeros({2, 3, 5, 6}), w = zeros({4, 3, 3, 3});
  EXPECT_TRUE(conv(x, w).is_channels_last());
  EXPECT_TRUE(conv(x.channels_last(), w).is_channels_last());
  EXPECT_TRUE(conv_transpose(conv(x, w), w).is_channels_last());
}

TEST(Convolution, TransposeHasTheSizeThatIsAskedFor) {
  const Tensor x = ones({1, 2, 4, 3}), w = ones({2, 5, 3, 3}), bias = ones({5});
  EXPECT_EQ(conv_transpose(x, w, bias, {.stride = {2}, .padding = {1}}, {1}).shape(), (Dims{1, 5, 8, 6}));
  EXPECT_EQ(conv_transpose(x, w, bias, {.dilation = {3}}, {2}).shape(), (Dims{1, 5, 12, 11}));
  EXPECT_EQ(conv_transpose(x.squeeze(0), w).shape(), (Dims{5, 6, 5}));
  EXPECT_THROW(conv_transpose(x, w, bias, {.stride = {2}}, {2}), OpError);
}

TEST(Convolution, SaysWhatDoesNotFit) {
  const Tensor x = zeros({1, 4, 5, 5});
  const auto message = [](auto&& f) {
    try {
      f();
    } catch (const OpError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(message([&] {
              conv(x, zeros({2, 3, 3, 3}));
            }).find("a weight of shape 2x3x3x3 for an input of 1x4x5x5 in 1 groups"),
            std::string::npos);
  EXPECT_NE(message([&] { conv(x, zeros({2, 4, 7, 3})); }).find("a window of 7 elements on 5 along spatial axis 0"), std::string::npos);
  EXPECT_NE(message([&] { conv(x, zeros({2, 4, 3, 3}), {}, {.stride = {0}}); }).find("stride 0"), std::string::npos);
  EXPECT_NE(message([&] { conv(x, zeros({2, 4, 3, 3}), zeros({3})); }).find("a bias of shape 3, expected 2"), std::string::npos);
  EXPECT_NE(message([&] { conv(x, zeros({2, 4, 3, 3}), {}, {.padding = {std::int64_t{1} << 31}}); }).find("2^40"), std::string::npos);
  EXPECT_NE(message([&] { conv(x.to(DType::kBool), zeros({2, 4, 3, 3}, DType::kBool)); }).find("one type of numbers"), std::string::npos);
  EXPECT_EQ(conv(ones({1, 2, 3}, DType::kI64), full({1, 2, 2}, 5, DType::kI64)).values(), (std::vector<double>{20, 20}));
}

}  // namespace
}  // namespace argent::tensor
