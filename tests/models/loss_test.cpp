// Norms and losses: numbers of PyTorch 1.13 in f64 where it has them, definitions where not, gradients.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "models/tensor/apply.h"
#include "models/tensor/graph.h"
#include "tests/models/gradient_check.h"

namespace argent::tensor {
namespace {

Tensor sines(const Dims& shape) { return sin(arange(shape.count(), DType::kF64)).view(shape); }
Tensor logits() { return from_values({1, -2, 0.5, 0.3, 0.2, -4, 2, 2.5, 1, -1, 0, 1}, DType::kF64).view({4, 3}); }

TEST(BatchNorm, HasPyTorchsValuesAndKeepsItsStatistics) {
  RunningStatistics running{from_values({0.5, -1}, DType::kF64), from_values({2, 3}, DType::kF64), 0.3};
  const Tensor x = sines({2, 2, 3}), weight = from_values({2, 3}, DType::kF64), bias = from_values({0.1, 0.2}, DType::kF64);
  expect_values(
      batch_norm(x, running, weight, bias, NormMode::kTraining, 1e-3),
      {-2.0442120414080565, 1.4281429289373782, 1.7080307531326122, 3.4773749743634941, -1.4919132277204108, -2.6104968134607076,
       -3.1972283800333088, 0.66686263935747903, 2.0384041000138953, 4.9771364018717446, -0.3143371905363696, -2.8377641445177511});
  expect_values(running.mean, {0.50588488793884112, -0.83532497970547581});
  expect_values(running.variance, {1.484205369672994, 2.2054274994480059});
  expect_values(
      batch_norm(x, running, weight, bias, NormMode::kInference),
      {-0.73048776658237924, 0.65091613671324611, 0.76226366198937101, 2.172521101348218, 0.35862363916570295, -0.049683515682443953,
       -1.1891912356525653, 0.3480566731765794, 0.89369579805385946, 2.7199663966514001, 0.78846431221809865, -0.13264099737338095});
  expect_values(running.mean, {0.50588488793884112, -0.83532497970547581});  // not by inference
  expect_error([&] { batch_norm(ones({1, 2}), running, {}, {}, NormMode::kTraining); }, "batch_norm: one value a channel in 1x2");
  expect_error([&] { batch_norm(ones({1, 3}), running, {}, {}, NormMode::kTraining); }, "batch_norm: a tensor of shape 2 for 3 channels");
}

TEST(BatchNorm, KeepsChannelsLastAndWritesStatisticsInAGraph) {
  const Tensor x = sines({2, 3, 4, 4}).channels_last();
  EXPECT_TRUE(batch_norm(x, {}, ones({3}, DType::kF64), {}, NormMode::kTraining).is_channels_last());
  RunningStatistics eager{zeros({3}, DType::kF64), ones({3}, DType::kF64)}, traced{zeros({3}, DType::kF64), ones({3}, DType::kF64)};
  const Graph graph =
      trace([&](std::span<const Tensor> in) { return std::vector{batch_norm(in[0], traced, {}, {}, NormMode::kTraining)}; }, {x});
  graph.run({x});
  for (int i = 0; i < 2; i++) batch_norm(x, eager, {}, {}, NormMode::kTraining);
  EXPECT_EQ(eager.mean.values(), traced.mean.values());
  EXPECT_EQ(eager.variance.values(), traced.variance.values());
}

TEST(Norms, HavePyTorchsValues) {
  expect_values(layer_norm(sines({2, 2, 3}), {2, 3}), {-0.041234174201409617, 1.1405449892322324, 1.2358018398588262, 0.15695766851175538,
                                                       -1.104103169017288, -1.3879671543841166, -0.45472657165850805, 0.88181648761424791,
                                                       1.3562163427279508, 0.53231195469808512, -0.8324027817504478, -1.483215431631328});
  expect_values(instance_norm(sines({2, 2, 3})), {-1.4109992219159553, 0.62350442277961193, 0.78749479913634357, 1.3929607361419047,
                                                  -0.48510470518131688, -0.9078560309605882, -1.3683298839647053, 0.37480589917813706,
                                                  0.99352398478656834, 1.3415626778481051, -0.28333603339335878, -1.0582266444547466});
  const Tensor grouped = group_norm(sines({2, 4, 3}), 2, arange(4, DType::kF64), ones({4}, DType::kF64));
  expect_values(grouped.select(0, 1),
                {1, 1, 1, 1.8749591785936901, 0.51683938023858278, -0.45810668142953792, -1.3327820930429819, 1.2944783118758916,
                 3.519872416647865, 4.4460747164144729, 0.74734915857669348, -2.9157768282123286});
  expect_values(normalize(logits()).select(0, 1), {0.07469715670684389, 0.049798104471229267, -0.99596208942458531});
  expect_values(normalize(zeros({1, 2})), {0, 0});
  expect_error([] { layer_norm(ones({2, 3}), {2}); }, "layer_norm: a tensor of shape 2x3, expected one that ends in 2");
  expect_error([] { group_norm(ones({2, 3}), 2); }, "group_norm: 3 channels in 2 groups");
}

TEST(Norms, HaveGradients) {
  const Tensor x = test_numbers({2, 4, 3}, -1, 1), w = test_numbers({4}, 0.5, 1, 2), b = test_numbers({4}, -1, 1, 3);
  expect_gradients([](auto in) { return batch_norm(in[0], {}, in[1], in[2], NormMode::kTraining); }, {x, w, b});
  expect_gradients([](auto in) { return layer_norm(in[0], {4, 3}); }, {x});
  expect_gradients([](auto in) { return group_norm(in[0], 2, in[1], in[2]); }, {x, w, b});
  expect_gradients([](auto in) { return normalize(in[0]); }, {x});
}

TEST(Norms, KeepDigitsFarFromZero) {
  const Tensor x = test_numbers({64, 3}, 0, 1, 1, DType::kF32) + 1000;
  expect_close(batch_norm(x, {}, {}, {}, NormMode::kTraining), batch_norm(x.to(DType::kF64), {}, {}, {}, NormMode::kTraining), 2e-4);
}

TEST(Losses, OfNumbers) {
  const Tensor x = from_values({-50, -5, -1.5, -0.3, 0.2, 0.9, 3.5, 30}, DType::kF64), zero = zeros({8}, DType::kF64);
  expect_values(huber_loss(x, zero, 2, Reduction::kNone), {98, 8, 1.125, 0.045, 0.02, 0.405, 5, 58});
  expect_values(smooth_l1_loss(x, zero, 2, Reduction::kNone), {49, 4, 0.5625, 0.0225, 0.01, 0.2025, 2.5, 29});
  expect_close(smooth_l1_loss(x, zero, 0), l1_loss(x, zero));
  expect_values(mse_loss(from_values({1, 4}), from_values({2, 2})), {2.5});
  expect_values(l1_loss(from_values({1, 4}), from_values({2, 2}), Reduction::kSum), {3});
  expect_values(charbonnier_loss(from_values({3}, DType::kF64), 0, 4), {5});
  for (const Reduction reduction : {Reduction::kMean, Reduction::kSum, Reduction::kNone}) {
    expect_gradients([&](auto in) { return huber_loss(in[0], in[1], 1, reduction) + charbonnier_loss(in[0], in[1], 1e-1, reduction); },
                     {test_numbers({2, 3}, -2, 2), test_numbers({3}, -2, 2, 2)});
  }
  EXPECT_EQ(mse_loss(ones({300}, DType::kF16), full({300}, 3, DType::kF16), Reduction::kSum).item(), 1200);
}

TEST(CrossEntropy, HasPyTorchsValues) {
  const Tensor target = from_values({0, 2, 1, -100}, DType::kI64), weight = from_values({0.5, 2, 1.5}, DType::kF64);
  const auto loss = [&](const Tensor& w, Reduction reduction, double smoothing) {
    return cross_entropy(logits(), target, {w, -100, reduction}, smoothing);
  };
  expect_values(loss({}, Reduction::kMean, 0), {2.0200740428691852});
  expect_values(loss({}, Reduction::kNone, 0), {0.50459690234228349, 4.9514946209285444, 0.60413060533672835, 0});
  expect_values(loss(weight, Reduction::kMean, 0.2), {2.1599084605546532});
  expect_values(loss(weight, Reduction::kSum, 0.2), {8.639633842218613});
  expect_values(loss(weight, Reduction::kNone, 0.2), {0.78639793489485565, 6.5588587773618654, 1.2943771299618929, 0});
  const Tensor probabilities = softmax(flip(logits(), {1}), 1);
  expect_values(cross_entropy(logits(), probabilities, {weight}, 0.1), {2.2805103911497415});
  expect_close(nll_loss(log_softmax(logits(), 1), target), loss({}, Reduction::kMean, 0));
  expect_close(cross_entropy(logits().select(0, 0), from_values({0}, DType::kI64).squeeze(0)), loss({}, Reduction::kNone, 0).select(0, 0));
  const Tensor picture = test_numbers({2, 3, 2, 2}, -2, 2), classes = remainder(arange(8), 3).view({2, 2, 2});
  expect_close(cross_entropy(picture, classes), cross_entropy(picture.permute({0, 2, 3, 1}).reshape({8, 3}), classes.flatten()));
  expect_gradients([&](auto in) { return cross_entropy(in[0], target, {in[1]}, 0.2); }, {logits(), weight});
  expect_gradients([&](auto in) { return cross_entropy(in[0], softmax(in[1], 1)); }, {logits(), flip(logits(), {1})});
  expect_error([] { cross_entropy(ones({1, 3}), from_values({3}, DType::kI64)); }, "index 3");
  expect_error([&] { cross_entropy(logits(), target, {ones({2})}); }, "nll_loss: weights of shape 2 for 3 classes");
}

TEST(CrossEntropy, StaysWideUnderAutocast) {
  const AutocastScope low(DType::kBF16);
  const Tensor x = linear(ones({2, 4}), test_numbers({3, 4}, -1, 1, 1, DType::kF32), ones({3}));
  EXPECT_EQ(x.dtype(), DType::kBF16);
  EXPECT_EQ(cross_entropy(x, from_values({0, 2}, DType::kI64)).dtype(), DType::kF32);
  EXPECT_EQ(softmax(x, 1).dtype(), DType::kF32);
  EXPECT_EQ(gelu(x).dtype(), DType::kBF16);
}

TEST(BinaryCrossEntropy, HasPyTorchsValues) {
  const Tensor p = from_values({0, 0.2, 0.9, 1}, DType::kF64), t = from_values({0.5, 0.3, 1, 1}, DType::kF64);
  expect_values(binary_cross_entropy(p, t, {}, Reduction::kNone), {50, 0.63903185965017684, 0.10536051565782628, 0});
  expect_values(
      binary_cross_entropy_with_logits(from_values({-50, -5, -1.5, -0.3}, DType::kF64), t, {}, full({}, 3, DType::kF64), Reduction::kNone),
      {75, 4.5107445575825889, 5.1042398339482578, 2.5630657334055806});
  const Tensor x = test_numbers({4}, -3, 3), w = test_numbers({4}, 0, 2, 2);
  expect_close(binary_cross_entropy_with_logits(x, t, w), binary_cross_entropy(sigmoid(x), t, w));
  expect_gradients([&](auto in) { return binary_cross_entropy_with_logits(in[0], in[1], in[2], in[2]); }, {x, t, w});
  expect_gradients([&](auto in) { return binary_cross_entropy(in[0], in[1], in[2]); }, {test_numbers({4}, 0.1, 0.9), t, w});
  const Tensor short_x = x.to(DType::kBF16), short_weight = (w * 7).to(DType::kBF16);  // weights, too, are rounded only at the end
  expect_close(binary_cross_entropy_with_logits(short_x, t, {}, short_weight, Reduction::kNone),
               binary_cross_entropy_with_logits(short_x.to(DType::kF64), t, {}, short_weight.to(DType::kF64), Reduction::kNone), 0x1p-8);
  Tensor ends = from_values({0, 1});
  ends.requires_grad(true);
  binary_cross_entropy(ends, from_values({1, 0})).backward();
  for (double value : ends.grad().values()) EXPECT_TRUE(std::isfinite(value));
}

TEST(KlDivergence, OfPlainAndLogarithmicTargets) {
  const Tensor log_p = log_softmax(logits(), 1), t = softmax(flip(logits(), {1}), 1);
  expect_values(kl_divergence(log_p, t, Probabilities::kPlain, Reduction::kNone).select(0, 0),
                {-0.18309610814090005, 0, 0.30187444807431291});
  expect_close(kl_divergence(log_p, log(t), Probabilities::kLogarithms), kl_divergence(log_p, t));
  expect_gradients([](auto in) { return kl_divergence(in[0], in[1]); }, {log_p, t});
}

TEST(Directions, AngularErrorIsExactAtSmallAnglesAndHasAGradientAtNone) {
  expect_values(cosine_similarity(logits(), flip(logits(), {0})),
                {-0.15430334996209191, -0.21528043038005609, -0.21528043038005609, -0.15430334996209191});
  for (const double angle : {0.0, 1e-9, 1e-5, 0.5, 2.0, 3.1, std::numbers::pi}) {
    const Tensor a = from_values({3, 0, 0}, DType::kF64), b = from_values({std::cos(angle), std::sin(angle), 0}, DType::kF64);
    EXPECT_NEAR(angular_error(a, b, 0, AngleUnit::kRadians).item(), angle, 1e-15 + 1e-13 * angle);
    EXPECT_NEAR(angular_error(a, b, 0).item(), angle * 180 / std::numbers::pi, 1e-12);
  }
  const Tensor light = from_values({0.8F, 1, 0.6F});
  EXPECT_NEAR(angular_error(light, 2 * light, 0).item(), 0, 1e-5);
  Tensor same = light.clone();
  same.requires_grad(true);
  angular_error(same, light, 0).backward();
  expect_values(same.grad(), {0, 0, 0}, 1e-3);
  expect_gradients([](auto in) { return angular_error(in[0], in[1], -1, AngleUnit::kDegrees, Reduction::kNone); },
                   {test_numbers({4, 3}, 0.1, 1), test_numbers({4, 3}, 0.1, 1, 2)});
}

TEST(MiredError, StepsAlike) {
  EXPECT_NEAR(mired_error(from_values({4000, 5000}, DType::kF64), from_values({5000, 4000}, DType::kF64)).item(), 50, 1e-9);
  expect_gradients([](auto in) { return mired_error(in[0], in[1]); }, {test_numbers({3}, 2, 4), test_numbers({3}, 5, 8)});
}

TEST(VonMises, IsADensityOnATorus) {
  constexpr int kSteps = 64;
  const Tensor grid = arange(kSteps, DType::kF64, 0, 2 * std::numbers::pi / kSteps);
  const Tensor angles = stack(std::vector{grid.unsqueeze(1).expand({kSteps, kSteps}), grid.expand({kSteps, kSteps})}, -1);
  const Tensor mean = from_values({1, 4}, DType::kF64), k = from_values({3, 0.5}, DType::kF64);
  const Tensor density = exp(-von_mises_loss(angles, mean, k, Reduction::kNone));
  EXPECT_NEAR(sum(density).item() * std::pow(2 * std::numbers::pi / kSteps, 2), 1, 1e-12);
  EXPECT_NEAR(von_mises_loss(from_values({0.5}, DType::kF64), 0.5, 1e8).item(), 0.5 * std::log(2 * std::numbers::pi / 1e8), 1e-7);
  expect_gradients([](auto in) { return von_mises_loss(in[0], in[1], in[2]); }, {test_numbers({3, 2}, -3, 3), mean, k});
}

TEST(Ssim, IsOneOfEqualsAndLessOfOthers) {
  const Tensor a = test_numbers({2, 3, 13, 16}, 0, 1), b = test_numbers({2, 3, 13, 16}, 0, 1, 2);
  EXPECT_NEAR(ssim(a, a).item(), 1, 1e-12);
  EXPECT_LT(ssim(a, b).item(), 0.5);
  EXPECT_EQ(ssim(a, b, {.reduction = Reduction::kNone}).shape(), (Dims{2, 3, 3, 6}));
  EXPECT_NEAR(ssim(a, b).item(), ssim(b, a).item(), 1e-12);
  // Where all is even the structure is 1, and brightness alone counts.
  const double c1 = 0.01 * 0.01;
  EXPECT_NEAR(ssim(full({1, 1, 11, 11}, 0.2, DType::kF64), full({1, 1, 11, 11}, 0.6, DType::kF64)).item(),
              (2 * 0.2 * 0.6 + c1) / (0.2 * 0.2 + 0.6 * 0.6 + c1), 1e-9);
  expect_gradients([](auto in) { return ssim(in[0], in[1], {.window = 3}); },
                   {test_numbers({1, 1, 4, 3}, 0, 1), test_numbers({1, 1, 4, 3}, 0, 1, 2)});
  expect_error([&] { ssim(a, b, {.window = 15}); }, "under a window of 15");
}

}  // namespace
}  // namespace argent::tensor
