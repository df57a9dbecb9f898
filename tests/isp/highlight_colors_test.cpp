// Colors of clipped parts from those about them: the fit, and what becomes of a picture.
#include "isp/highlight_colors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include "isp/pipeline.h"
#include "tests/reference/frames.h"
#include "tests/reference/render.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

constexpr Vec3 kGains{2, 1, 1.5f};
constexpr Size kSize{240, 180};
constexpr double kRed = 0.8, kGreen = 0.65, kBlue = 0.25, kSum = kRed + kGreen + kBlue;  // an orange wall, balanced, at brightness 1

/// A wall with a spot of light on it; `exposure` 1 clips nothing.
double brightness(int x, int y, double exposure) {
  const double dx = x - 120, dy = y - 90;
  return exposure * (0.3 + 1.1 * std::exp(-(dx * dx + dy * dy) / (2 * 30 * 30)));
}

RawFrame wall(CfaPattern cfa, double exposure) {
  RawFrame frame = reference::make_frame(cfa, kSize, reference::Content::kBlack);
  frame.sensor.black.fill(256);
  frame.sensor.white.fill(16383);
  frame.sensor.bits = 14;
  auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(frame.stride * kSize.height));
  const std::array<double, 4> balanced{kRed, kGreen, kGreen, kBlue};
  for (int y = 0; y < kSize.height; y++) {
    for (int x = 0; x < kSize.width; x++) {
      const auto site = static_cast<std::size_t>(reference::site_of(frame.sensor, x, y));
      const double gain = double(kGains[site == 0 ? 0 : site == 3 ? 2 : 1]);
      const double light = brightness(x, y, exposure) * balanced[site] / gain;
      (*codes)[static_cast<std::size_t>(y * frame.stride + x)] =
          static_cast<std::uint16_t>(std::lround(256 + 16127 * std::min(light, 1.0)));
    }
  }
  frame.data = codes->data();
  frame.lease = codes;
  return frame;
}

HighlightColors colors_of(const RawFrame& codes, const Vec3& gains, int first, float threshold, int threads = 2) {
  BufferPool pool;
  KernelContext context(pool, threads);
  return highlight_colors(context, codes, gains, first, threshold);
}

TEST(HighlightColors, AreTheSameForAnyNumberOfThreads) {
  EXPECT_EQ(colors_of(wall(CfaPattern::kRggb, 2), kGains, 1, 0.97f, 1).weights,
            colors_of(wall(CfaPattern::kRggb, 2), kGains, 1, 0.97f, 3).weights);
}

TEST(HighlightColors, OneClippedPixelAnywhereIsSeen) {
  for (const int at : {0, 1, 6 * 240 + 7, 179 * 240 + 239}) {
    RawFrame frame = wall(CfaPattern::kRggb, 1);
    auto codes = std::make_shared<std::vector<std::uint16_t>>(frame.data, frame.data + frame.stride * kSize.height);
    (*codes)[static_cast<std::size_t>(at / 240 * frame.stride + at % 240)] = 16383;
    frame.data = codes->data();
    frame.lease = codes;
    EXPECT_GT(colors_of(frame, kGains, 1, 0.97f).columns, 1) << at;
  }
}

TEST(HighlightColors, NothingClippedOrNothingElseIsTheMeanOfTheOthers) {
  for (CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGbrg, CfaPattern::kXTrans}) {
    const HighlightColors unclipped = colors_of(wall(cfa, 1), kGains, 1, 0.97f);
    EXPECT_EQ(unclipped.weights[0], std::vector<float>{0.5f});
    EXPECT_EQ(unclipped.weights[1], std::vector<float>{0});
    const HighlightColors all = colors_of(wall(cfa, 100), kGains, 1, 0.97f);
    for (float weight : all.weights[2]) EXPECT_NEAR(weight, 0.5f, 1e-5f);
  }
  EXPECT_EQ(colors_of(wall(CfaPattern::kRggb, 3), kGains, -1, 0.97f).columns, 1);
}

TEST(HighlightColors, TheFitLeansToWhatTheNeighborhoodShows) {
  for (CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kBggr, CfaPattern::kXTrans}) {
    const HighlightColors colors = colors_of(wall(cfa, 2), kGains, 1, 0.97f);
    ASSERT_GT(colors.columns, 2);
    const auto middle = static_cast<std::size_t>(colors.rows / 2 * colors.columns + colors.columns / 2);
    const double red = std::sqrt(kRed), blue = std::sqrt(kBlue), own = std::sqrt(kGreen);
    const double green = double(colors.weights[0][middle]) * red + double(colors.weights[2][middle]) * blue;
    const double mean = (red + blue) / 2;  // 0.11 too little
    EXPECT_GT(green, mean + 0.3 * (own - mean));
    EXPECT_LE(green, own * 1.001);
  }
}

/// Mean distance of red, green and blue over their sum from the wall's, where green clips and red does not.
double color_error(const Image& image, double exposure) {
  double sum = 0;
  int count = 0;
  for (int y = 0; y < kSize.height; y++) {
    for (int x = 0; x < kSize.width; x++) {
      const double light = brightness(x, y, exposure);
      if (light * kGreen < 1.05 || light * kRed > 1.45) continue;
      const float* p = image.row<float>(y) + 3 * x;
      const double all = double(p[0]) + double(p[1]) + double(p[2]);
      sum += std::abs(double(p[0]) / all - kRed / kSum) + std::abs(double(p[1]) / all - kGreen / kSum) +
             std::abs(double(p[2]) / all - kBlue / kSum);
      count++;
    }
  }
  EXPECT_GT(count, 100);
  return sum / count;
}

TEST(HighlightColors, AClippedWallKeepsItsColor) {
  for (CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kXTrans}) {
    const RawFrame frame = wall(cfa, 1.6);
    for (const char* method : {"fast", "best"}) {
      PipelineParams params;
      params.demosaic.method = method;
      params.output.type = PixelType::kF32;
      params.output.encoding = Encoding::kLinear;
      Controls controls;
      controls.colour_gains = kGains;
      // Through a matrix, which is what makes highlights be repaired; the identity, so that the wall's color stays.
      params.corrections = {{5500, kIdentity3}};
      params.highlights.neighbors = false;
      const Image mean = Pipeline(params).render(frame, controls);
      params.highlights.neighbors = true;
      const Image fitted = Pipeline(params).render(frame, controls);
      EXPECT_LT(color_error(fitted, 1.6), 0.75 * color_error(mean, 1.6)) << method << " cfa " << static_cast<int>(cfa);
    }
  }
}

TEST(HighlightColors, WhatIsWhollyClippedStaysWithoutColor) {
  PipelineParams params;
  params.highlights.neighbors = true;
  params.output.type = PixelType::kF32;
  params.output.encoding = Encoding::kLinear;
  params.corrections = {{5500, kIdentity3}};
  Controls controls;
  controls.colour_gains = kGains;
  RawFrame frame = wall(CfaPattern::kRggb, 40);
  const Image image = Pipeline(params).render(frame, controls);
  const float* middle = image.row<float>(90) + 3 * 120;
  EXPECT_NEAR(middle[0], 1.5f, 1e-3f);
  EXPECT_NEAR(middle[1], 1.5f, 1e-3f);
  EXPECT_NEAR(middle[2], 1.5f, 1e-3f);
}

TEST(HighlightColors, RenderEqualsItsTwin) {
  const RawFrame frame = reference::make_frame(CfaPattern::kGrbg, {131, 77});
  PipelineParams params;
  params.output.type = PixelType::kF32;
  params.output.encoding = Encoding::kLinear;
  params.highlights.neighbors = true;
  params.corrections = {{5500, kIdentity3}};
  Controls controls;
  controls.colour_gains = {2.1f, 1, 1.45f};
  reference::RenderInputs in;
  in.gains = controls.colour_gains;
  const HighlightColors colors = colors_of(frame, in.gains, in.first, params.highlights.threshold);
  ASSERT_GT(colors.columns, 1) << "something clips";
  in.others = {0, colors.columns, colors.rows, colors.weights};
  const reference::Render twin(frame, in);
  for (CpuTarget cpu : reference::runnable_targets()) {
    const Image image = Pipeline(params, cpu).render(frame, controls);
    for (int y = 0; y < 77; y++) {
      for (int x = 0; x < 131; x++) {
        const auto rgb = twin.linear(x, y);
        for (int c = 0; c < 3; c++) ASSERT_NEAR(double(image.row<float>(y)[3 * x + c]), rgb[static_cast<std::size_t>(c)], 4e-4);
      }
    }
  }
}

}  // namespace
}  // namespace argent
