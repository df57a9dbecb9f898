#include "isp/local_tone.h"

#include <HalideBuffer.h>
#include <gtest/gtest.h>

#include <cmath>

#include "isp/color.h"
#include "isp/kernels.h"
#include "isp/pipeline.h"
#include "isp/tone_curve.h"
#include "models/runtime/kernel_context.h"
#include "tests/reference/frames.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

/// A frame without noise, light by column, developed with a strength of local tone; the middle row's green, as display light.
template <class Level>
std::vector<double> row_of(const Level& level, float local, int width = 1024, CpuTarget cpu = best_cpu_target()) {
  const RawFrame frame = reference::noisy_frame(CfaPattern::kRggb, {width, 256}, {}, [&](int x, int) { return level(x); });
  PipelineParams params;
  params.output.type = PixelType::kU16;
  params.output.color = ColorSpace::kCamera;
  params.demosaic.method = "best";
  params.tone.local = local;
  const Image image = Pipeline(params, cpu).render(frame, {});
  std::vector<double> row;
  for (int x = 0; x < width; x++) row.push_back(double(srgb_decode(static_cast<float>(image.row<std::uint16_t>(128)[3 * x + 1]) / 65535)));
  return row;
}

/// stages/binary_log.h promises 2e-5 and 4e-6.
TEST(LocalTone, LogarithmsAndPowersAreAsGoodAsTheySay) {
  using Halide::Runtime::Buffer;
  BufferPool pool;
  KernelContext context(pool, 1);
  const int size = 40, block = 8;
  Buffer<float> linear(size, size, 3), luma(3), log(size / block, size / block), coefficients(size / block, size / block, 2),
      out(size, size, 3);
  luma.fill(1 / 3.0f);
  Buffer<std::uint32_t> table(256, 2);
  table.fill(0);
  Buffer<float> units(2, 2);
  units.fill(0);
  for (CpuTarget cpu : reference::runnable_targets()) {
    const Kernels& kernels = kernels_for(cpu);
    for (float stops = -17; stops < 11; stops += 0.037f) {
      linear.fill(std::exp2(stops));
      const double light = double(linear(0, 0, 0));
      context.check(kernels.local_tone_look(&context, luma, block, 2, 2, 0.2f, linear, log, coefficients), "look");
      for (float found : {log(0, 0), log(2, 3), log(4, 4)}) ASSERT_NEAR(double(found), std::log2(light), 2.5e-5) << stops;
      units(1, 0) = stops / 2;  // a table of one gain
      context.check(kernels.local_tone_gain(&context, linear, luma, coefficients, table, units, block, out), "gain");
      for (int x : {0, 17, 39}) ASSERT_NEAR(double(out(x, 5, 1)) / (light * std::exp2(double(units(1, 0)))), 1, 5e-6) << stops;
    }
  }
}

class HaloOfAStep : public testing::TestWithParam<int> {};

TEST_P(HaloOfAStep, IsUnderFivePercentOfEitherSide) {
  const float dark = 0.7f / std::exp2(static_cast<float>(GetParam()));
  const std::vector<double> row = row_of([&](int x) { return x < 512 ? dark : 0.7f; }, 1);
  // Three pixels about the edge are the demosaic's.
  for (std::size_t x = 20; x < 509; x++) ASSERT_NEAR(row[x] / row[20], 1, 0.05) << x;
  for (std::size_t x = 515; x < 1004; x++) ASSERT_NEAR(row[x] / row[1003], 1, 0.05) << x;
}

INSTANTIATE_TEST_SUITE_P(Stops, HaloOfAStep, testing::Values(2, 4, 6, 8, 10));

TEST(LocalTone, KeepsTheOrderOfGreyLevels) {
  const std::vector<double> row = row_of([](int x) { return 0.9f / std::exp2(static_cast<float>(x / 64)); }, 1);
  for (std::size_t step = 1; step < 11; step++) EXPECT_LT(row[step * 64 + 32], 0.97 * row[step * 64 - 32]) << step;
}

TEST(LocalTone, BringsDarkRegionsIntoReachAndLeavesAnEasySceneAlone) {
  const auto steps = [](int stops) { return [stops](int x) { return 0.8f / std::exp2(static_cast<float>(x * stops / 1024)); }; };
  EXPECT_GT(row_of(steps(12), 1)[1000], 4 * row_of(steps(12), 0)[1000]);
  const std::vector<double> easy = row_of([](int x) { return 0.03f + 0.2f * static_cast<float>(x) / 1024; }, 1),
                            plain = row_of([](int x) { return 0.03f + 0.2f * static_cast<float>(x) / 1024; }, 0);
  for (std::size_t x = 0; x < easy.size(); x += 50) EXPECT_NEAR(easy[x], plain[x], 0.02 * plain[x] + 1e-3) << x;
}

TEST(LocalTone, WhatIsFinerThanARegionKeepsItsContrast) {
  // A fine wave of a tenth of a stop in darkness, eight stops under the bright half.
  const auto wave = [](int x) { return (x > 512 ? 0.8f : 0.004f) * std::exp2(0.1f * std::sin(0.5f * static_cast<float>(x))); };
  const auto contrast = [&](float local) {
    const std::vector<double> row = row_of(wave, local);
    double low = 1e9, high = 0;
    for (std::size_t x = 100; x < 400; x++) {
      low = std::min(low, row[x]);
      high = std::max(high, row[x]);
    }
    return std::log2(high / low);
  };
  EXPECT_GT(contrast(1), 0.9 * 0.2);
  EXPECT_GT(contrast(1), 0.6 * contrast(0));
}

TEST(LocalTone, ClippedRegionsComeOutWhite) {
  const auto sky = [](int x) { return x < 512 ? 0.01f : 1.0f; };
  EXPECT_NEAR(row_of(sky, 0)[900], 1, 1e-3);
  EXPECT_NEAR(row_of(sky, 0.5f)[900], 1, 1e-3);
  EXPECT_NEAR(row_of(sky, 1)[900], 1, 1e-3);
}

TEST(LocalTone, TargetsAgree) {
  const auto level = [](int x) { return 0.8f / std::exp2(static_cast<float>(x) / 90); };
  const std::vector<double> expected = row_of(level, 1, 900, CpuTarget::kBaseline);
  for (CpuTarget cpu : reference::runnable_targets()) {
    const std::vector<double> got = row_of(level, 1, 900, cpu);
    for (std::size_t x = 0; x < got.size(); x++) ASSERT_NEAR(got[x], expected[x], 2e-4) << name_of(cpu) << " " << x;
  }
}

/// Pictures of 8 bits get their gains in the last kernel, by registers where there is AVX-512; others before it.
TEST(LocalTone, EightBitsAreTheSamePictureOnEveryTarget) {
  for (Size size : {Size{901, 203}, Size{33, 9}, Size{5, 4}, Size{640, 64}}) {
    const RawFrame frame = reference::make_frame(CfaPattern::kGrbg, size);
    PipelineParams params;
    params.tone.local = 1;
    params.output.type = PixelType::kU16;
    const Image fine = Pipeline(params, CpuTarget::kBaseline).render(frame, {});
    params.output.type = PixelType::kU8;
    for (CpuTarget cpu : reference::runnable_targets()) {
      const Image image = Pipeline(params, cpu).render(frame, {});
      const auto [worst, next_code] = reference::beside_sixteen_bits(image, fine, 200);
      EXPECT_LT(worst, 2 * 257) << to_text(size) << " on " << name_of(cpu);
      EXPECT_LE(next_code, size.width * size.height * 3 / 4) << to_text(size) << " on " << name_of(cpu);
    }
  }
}

/// Where noise is reduced, the gains come in the kernel that puts colors together, by whole numbers where there is AVX-512.
TEST(LocalTone, ManyStopsInEightBitsAreThoseOfSixteen) {
  for (const float stops : {4.0f, 9.0f, 14.0f}) {
    const auto level = [&](int x, int y) { return 0.9f / std::exp2(stops * static_cast<float>(x) / 512 + (y < 128 ? 0.0f : 1.5f)); };
    const RawFrame frame = reference::noisy_frame(CfaPattern::kRggb, {512, 256}, {}, level);
    PipelineParams params;
    params.output.color = ColorSpace::kCamera;
    params.tone.local = 1;
    params.denoise = {.luma = 0.5f, .chroma = 1, .step = 4};
    params.output.type = PixelType::kU16;
    const Image fine = Pipeline(params, CpuTarget::kBaseline).render(frame, {});
    params.output.type = PixelType::kU8;
    for (const CpuTarget cpu : reference::runnable_targets()) {
      const Image image = Pipeline(params, cpu).render(frame, {});
      for (int y = 0; y < 256; y += 5) {
        for (int i = 0; i < 3 * 512; i++) {
          ASSERT_NEAR(image.row<std::uint8_t>(y)[i], fine.row<std::uint16_t>(y)[i] / 257.0, 1.1)
              << name_of(cpu) << " " << i / 3 << "," << y;
        }
      }
    }
  }
}

TEST(LocalTone, TheCurveOfRegionsIsMonotonicAndKeepsMiddleGrey) {
  const ToneParams tone;
  const RegionCurve curve(-12, 3, 1, tone);
  EXPECT_NEAR(curve(std::log2(0.18f)), std::log2(0.18f), 1e-6);
  for (float log = -19; log < 10; log += 0.25f) EXPECT_GT(curve(log + 0.25f), curve(log) + 0.05f) << log;
  for (const RegionCurve& none : {RegionCurve(-12, 3, 0, tone), RegionCurve(-5, -1, 1, tone)}) {
    for (float log = -12; log < 9; log += 0.5f) EXPECT_NEAR(none(log), log, 1e-4) << log;
  }
}

TEST(LocalTone, WithTheShoulderBehindBrightStepsAreEqual) {
  const ToneParams tone;
  const float middle = std::log2(0.18f), brightest = middle + 4;
  const RegionCurve curve(-6, brightest, 1, tone);
  const auto shown = [&](float stops) { return std::log2(tone_map(tone, std::exp2(static_cast<double>(curve(middle + stops))), 4)); };
  const double step = (shown(4) - shown(1.5f)) / 5;
  for (int i = 0; i < 5; i++) {
    const float stops = 1.5f + 0.5f * static_cast<float>(i);
    EXPECT_NEAR((shown(stops + 0.5f) - shown(stops)) / step, 1, 0.08) << stops;
  }
}

}  // namespace
}  // namespace argent
