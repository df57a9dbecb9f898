// Activations and functions made of others: numbers of PyTorch 1.13 in f64, ends of the range, gradients, short types.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "models/tensor/apply.h"
#include "tests/models/gradient_check.h"

namespace argent::tensor {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Function = Tensor (*)(const Tensor&);

struct Activation {
  const char* name;
  Function f;
  std::vector<double> expected;  ///< at kAt
};

Tensor at() { return from_values({-50, -5, -1.5, -0.3, 0.2, 0.9, 3.5, 30}, DType::kF64); }

// clang-format off
const Activation kActivations[] = {
    {"gelu", [](const Tensor& x) { return gelu(x); },
     {0, -1.4332578593401202e-06, -0.10021080190328704, -0.11462657334331421, 0.11585194188782061, 0.73434588718791649, 3.4991857982233756, 30}},
    {"gelu_tanh", [](const Tensor& x) { return gelu(x, Gelu::kTanh); },
     {0, -2.2917961972623857e-07, -0.10042842301976707, -0.11462907645724074, 0.11585142978210627, 0.73422848870972068, 3.4993838023446262, 30}},
    {"softplus", [](const Tensor& x) { return softplus(x); },
     {1.9287498479639178e-22, 0.0067153484891180684, 0.20141327798275241, 0.55435524446852713, 0.79813886938159184, 1.2411538747320878, 3.5297504182726205, 30}},
    {"softplus_2", [](const Tensor& x) { return softplus(x, 2, 5); },
     {1.8600379880104181e-44, 2.2699449608432323e-05, 0.024293675786871031, 0.21874397524294284, 0.45650762619997631, 0.97648880526303705, 3.5, 30}},
    {"mish", [](const Tensor& x) { return mish(x); },
     {-9.6437492398195888e-21, -0.033576237730161704, -0.29809974216680679, -0.15113317713833455, 0.13259900186215923, 0.76120592895251538, 3.4939907151175196, 30}},
    {"selu", [](const Tensor& x) { return selu(x); },
     {-1.7580993408473766, -1.7462533606696198, -1.3658143533672527, -0.45566731537912203, 0.21014019747109611, 0.94563088861993239, 3.6774534557441818, 31.521029620664414}},
    {"celu", [](const Tensor& x) { return celu(x, 1.7); },
     {-1.6999999999997135, -1.6102339304316891, -0.99652623139847085, -0.27502016488090014, 0.2, 0.9, 3.5, 30}},
    {"elu", [](const Tensor& x) { return elu(x, 0.5); },
     {-0.5, -0.49663102650045726, -0.3884349199257851, -0.12959088965914106, 0.2, 0.9, 3.5, 30}},
    {"hardswish", [](const Tensor& x) { return hardswish(x); }, {0, 0, -0.375, -0.135, 0.10666666666666669, 0.585, 3.5, 30}},
    {"hardsigmoid", [](const Tensor& x) { return hardsigmoid(x); }, {0, 0, 0.25, 0.45, 0.53333333333333333, 0.65, 1, 1}},
    {"log_sigmoid", [](const Tensor& x) { return log_sigmoid(x); },
     {-50, -5.0067153484891183, -1.7014132779827524, -0.85435524446852718, -0.59813886938159178, -0.3411538747320878, -0.029750418272620566, -9.3576229688397368e-14}},
    {"softshrink", [](const Tensor& x) { return softshrink(x); }, {-49.5, -4.5, -1, 0, 0, 0.4, 3, 29.5}},
    {"hardshrink", [](const Tensor& x) { return hardshrink(x); }, {-50, -5, -1.5, 0, 0, 0.9, 3.5, 30}},
    {"tanhshrink", [](const Tensor& x) { return tanhshrink(x); },
     {-49, -4.000090795737405, -0.5948517463551336, -0.0086873875484090868, 0.002624679775096006, 0.18370212980097556, 2.5018221023888012, 29}},
    {"softsign", [](const Tensor& x) { return softsign(x); }, {-50.0 / 51, -5.0 / 6, -0.6, -3.0 / 13, 1.0 / 6, 9.0 / 19, 7.0 / 9, 30.0 / 31}},
    {"silu", [](const Tensor& x) { return silu(x); },
     {-9.6437492398195903e-21, -0.033464254621424279, -0.27363828570953452, -0.12766724495650231, 0.1099667994624956, 0.63985455236250355, 3.3974071923702525, 29.999999999997197}},
    {"relu6", [](const Tensor& x) { return relu6(x); }, {0, 0, 0, 0, 0.2, 0.9, 3.5, 6}},
    {"hardtanh", [](const Tensor& x) { return hardtanh(x, -2, 2); }, {-2, -2, -1.5, -0.3, 0.2, 0.9, 2, 2}},
    {"leaky_relu", [](const Tensor& x) { return leaky_relu(x); }, {-0.5, -0.05, -0.015, -0.003, 0.2, 0.9, 3.5, 30}},
    {"prelu", [](const Tensor& x) { return prelu(x, from_values({0.25}, DType::kF64)); }, {-12.5, -1.25, -0.375, -0.075, 0.2, 0.9, 3.5, 30}},
    {"threshold", [](const Tensor& x) { return threshold(x, 0.5, 7); }, {7, 7, 7, 7, 7, 0.9, 3.5, 30}},
    {"log_softmax", [](const Tensor& x) { return log_softmax(x, 0); },
     {-80.000000000003539, -35.000000000003531, -31.500000000003535, -30.300000000003536, -29.800000000003536, -29.100000000003536, -26.500000000003535, -3.5340619319805537e-12}},
    {"softmax", [](const Tensor& x) { return softmax(x, 0); },
     {1.8048513878390365e-35, 6.3051167601247069e-16, 2.0879679116385546e-14, 6.9322975975620483e-14, 1.1429426503923945e-13, 2.3016038567111651e-13, 3.0988191387108743e-12, 0.99999999999646594}},
};
// clang-format on

/// f16 and bf16 hold at least 8 binary digits.
double ulp(double value, DType type) {
  const double smallest = type == DType::kF16 ? 0x1p-24 : 0x1p-133;
  return std::max(smallest, std::ldexp(1.0, std::ilogb(std::max(std::abs(value), 1e-300)) - (type == DType::kF16 ? 10 : 7)));
}

class ActivationTest : public testing::TestWithParam<const Activation*> {};

TEST_P(ActivationTest, HasPyTorchsValuesAndItsOwnGradients) {
  const auto& [name, f, expected] = *GetParam();
  const std::vector<double> found = f(at()).values();
  for (std::size_t i = 0; i < found.size(); i++) {  // all digits, of small numbers, too
    EXPECT_NEAR(found[i], expected[i], 1e-14 * std::max(std::abs(expected[i]), 1e-300) + (expected[i] > -1e-8 ? 1e-18 : 1e-15)) << i;
  }
  expect_gradients([&](auto in) { return f(in[0]); }, {at()});
  expect_gradients([&](auto in) { return f(in[0]); }, {test_numbers({2, 1, 3}, -4, 4)});
}

TEST_P(ActivationTest, RoundsShortTypesOnceAndOverflowsNowhere) {
  const auto& [name, f, expected] = *GetParam();
  for (const DType type : {DType::kF16, DType::kBF16}) {
    const Tensor x = test_numbers({200}, -4, 4).to(type);
    const std::vector<double> exact = f(x.to(DType::kF64)).values(), found = f(x).values();
    ASSERT_EQ(f(x).dtype(), type);
    for (std::size_t i = 0; i < exact.size(); i++) EXPECT_NEAR(found[i], exact[i], ulp(exact[i], type)) << x.values()[i];
  }
  Tensor far = from_values({-1e4, 0, 1e4}, DType::kF32);
  far.requires_grad(true);
  sum(f(far)).backward();
  for (double value : far.grad().values()) EXPECT_TRUE(std::isfinite(value));
}

INSTANTIATE_TEST_SUITE_P(All, ActivationTest, testing::ValuesIn([] {
                           std::vector<const Activation*> list;
                           for (const Activation& activation : kActivations) list.push_back(&activation);
                           return list;
                         }()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST(Softmax, SumsToOneAlongAnyAxis) {
  const Tensor x = test_numbers({2, 3, 4}, -800, 800, 1, DType::kF32);
  for (int axis = -1; axis < 3; axis++) expect_close(sum(softmax(x, axis), {axis}), ones(sum(x, {axis}).shape()), 3e-7);
  expect_values(softmax(from_values({-kInfinity, 0}, DType::kF64), 0), {0, 1});
  expect_values(log_softmax(from_values({1000, 0}, DType::kF64), 0), {0, -1000});
  EXPECT_TRUE(std::isnan(softmax(from_values({-kInfinity, -kInfinity}), 0).values()[0]));
}

TEST(Prelu, HasASlopeForEachChannel) {
  const Tensor x = full({2, 3, 2}, -1, DType::kF64), slopes = from_values({1, 2, 3}, DType::kF64);
  expect_values(prelu(x, slopes), {-1, -1, -2, -2, -3, -3, -1, -1, -2, -2, -3, -3});
  expect_gradients([](auto in) { return prelu(in[0], in[1]); }, {test_numbers({2, 3, 2}, -1, 1), slopes});
  expect_error([&] { prelu(x, ones({2})); }, "prelu: slopes of shape 2 for 2x3x2");
}

TEST(Glu, HalvesAnAxis) {
  expect_close(glu(at()), at().slice(0, 0, 4) * sigmoid(at().slice(0, 4, 8)));
  expect_error([] { glu(ones({2, 3})); }, "glu: axis -1 of 2x3, expected an even size");
}

TEST(Composites, SayTheLineThatCalled) {
  const Tensor x = ones({2, 3});
  const int line = __LINE__ + 1;
  expect_error([&] { softmax(x, 0) + gelu(x) + logaddexp(x, ones({4})); }, "activation_test.cpp:" + std::to_string(line));
}

TEST(Special, HasPyTorchsValues) {
  const Tensor x = at(), y = flip(x, {0});
  expect_values(logaddexp(x, -y), {-29.999999997938847, -3.2985867220172476, -0.46251204951411434, 0.44439666007357098, 0.94439666007357093,
                                   1.9374879504858857, 5.2014132779827529, 50.000000002061157});
  expect_values(hypot(x, y), {58.309518948453004, 6.103277807866851, 1.7492855684535902, 0.3605551275463989, 0.3605551275463989,
                              1.7492855684535902, 6.103277807866851, 58.309518948453004});
  expect_values(logit(from_values({0.1, 0.99}, DType::kF64), 0.05), {std::log(0.1 / 0.9), std::log(0.95 / 0.05)}, 1e-13);
  expect_values(log_bessel_i0(from_values({0, 1e-3, 1, 5, 19.9, 20.1, 100, 600, -5}, DType::kF64)),
                {0, 2.4999998455011268e-07, 0.23591435850717854, 3.3046817758225333, 17.49214981862135, 17.687083876788982,
                 96.779732689942577, 595.88280514643384, 3.3046817758225333},
                1e-14);
  expect_values(bessel_ratio(from_values({1e-3, 1, 5, 19.9, 20.1, 100, 600, -1}, DType::kF64)),
                {0.00049999993750001056, 0.44638996589653462, 0.89338313704408523, 0.97454146585793111, 0.97479824759824674,
                 0.99498737300516871, 0.99916631886422858, -0.44638996589653462},
                1e-14);
  expect_values(exp2(from_values({-1, 10}, DType::kF64)), {0.5, 1024});
  expect_values(log2(from_values({8, 0.5}, DType::kF64)), {3, -1});
  expect_values(log10(from_values({1000, 0.1}, DType::kF64)), {3, -1});
  expect_values(lerp(1, from_values({3, 3, 3}, DType::kF64), from_values({0, 0.25, 1}, DType::kF64)), {1, 1.5, 3});
  expect_values(addcmul(from_values({1, 2}, DType::kF64), 3.0, from_values({4, 5}, DType::kF64), 2), {25, 32});
  expect_values(addcdiv(1.0, from_values({4, 5}, DType::kF64), 2.0, 2), {5, 6});
  EXPECT_EQ(addcmul(arange(3), arange(3), arange(3), 2).dtype(), DType::kI64);
  EXPECT_EQ(addcdiv(ones({3}), ones({3}), full({}, 2, DType::kF64)).dtype(), DType::kF32);
  EXPECT_EQ(hypot(ones({3}, DType::kF16), full({}, 2, DType::kF64)).dtype(), DType::kF16);
}

TEST(Special, HoldsAtTheEnds) {
  const Tensor ends = from_values({-kInfinity, 0, kInfinity}, DType::kF64);
  expect_values(logaddexp(ends, ends), {-kInfinity, std::log(2), kInfinity});
  expect_values(hypot(ends, 3), {kInfinity, 3, kInfinity});
  EXPECT_EQ(hypot(from_values({3e38F}), 3e38F).item(), kInfinity);  // 4.2e38, above the largest f32
  EXPECT_NEAR(hypot(from_values({1e30F}), 1e30F).item() / 1.41421356e30, 1, 1e-6);
  expect_values(xlogy(from_values({0, 0, 2}, DType::kF64), from_values({0, kInfinity, 1}, DType::kF64)), {0, 0, 0});
  expect_values(heaviside(from_values({-2, 0, 3}, DType::kF64), 0.5), {0, 0.5, 1});
  EXPECT_TRUE(std::isnan(heaviside(from_values({NAN}), 0.5).item()));
  expect_values(log_bessel_i0(ends), {kInfinity, 0, kInfinity});
  expect_values(bessel_ratio(ends), {-1, 0, 1});
}

TEST(Special, HasGradients) {
  const Tensor a = test_numbers({2, 3}, 0.2, 2), b = test_numbers({3}, 0.3, 3, 2), w = test_numbers({2, 1}, 0, 1, 3);
  expect_gradients([](auto in) { return logaddexp(in[0], in[1]); }, {a, b});
  expect_gradients([](auto in) { return logaddexp(in[0], in[1]); }, {a, a});
  expect_gradients([](auto in) { return hypot(in[0], in[1]); }, {a, b});
  expect_gradients([](auto in) { return xlogy(in[0], in[1]); }, {a, b});
  expect_gradients([](auto in) { return lerp(in[0], in[1], in[2]); }, {a, b, w});
  expect_gradients([](auto in) { return addcdiv(in[0], in[1], in[2], 0.7); }, {a, b, a});
  expect_gradients([](auto in) { return logit(in[0] / 3) + exp2(in[0]) * log2(in[0]) + log10(in[0]); }, {a});
  expect_gradients([](auto in) { return bessel_ratio(in[0]); }, {from_values({-2, 0, 1e-9, 19.9, 20.1}, DType::kF64)});
}

TEST(Activation, AtTheirBoundsClampPassesAGradientAndHardtanhNone) {
  const Tensor x = from_values({-2, 0, 3, 6, 9}, DType::kF64).requires_grad(true);
  EXPECT_EQ(gradients(sum(clamp(x, 0, 6)), {x})[0].values(), (std::vector<double>{0, 1, 1, 1, 0}));
  EXPECT_EQ(gradients(sum(relu6(x)), {x})[0].values(), (std::vector<double>{0, 0, 1, 0, 0}));
}

}  // namespace
}  // namespace argent::tensor
