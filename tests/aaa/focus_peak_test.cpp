#include "aaa/focus_peak.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace argent {
namespace {

enum class Shape { kEdge, kBell };

std::vector<FocusSample> curve(Shape shape, float peak, float width, float noise, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<FocusSample> out;
  for (float x = 0; x <= 12; x += 0.5f) {
    const float d = (x - peak) / width;
    const float score = shape == Shape::kEdge ? std::pow(1 + d * d, -1.5f) : std::exp(-d * d);
    out.push_back({x, 0.3f * score * (1 + noise * normal(random))});
  }
  return out;
}

TEST(FocusPeak, FindsThePeakBetweenSamples) {
  for (Shape shape : {Shape::kEdge, Shape::kBell}) {
    for (float peak : {3.0f, 4.13f, 5.25f, 7.4f}) {
      const FocusPeak found = estimate_focus_peak(curve(shape, peak, 0.6f, 0, 1), 0.01f);
      EXPECT_NEAR(found.position, peak, 0.06f);
      EXPECT_NEAR(found.score, 0.3f, shape == Shape::kEdge ? 0.01f : 0.08f);
      EXPECT_TRUE(found.inside);
      EXPECT_GT(found.prominence, 20);
    }
  }
}

TEST(FocusPeak, UncertaintyIsThatOfTheError) {
  for (float noise : {0.02f, 0.08f}) {
    double squares = 0, claimed = 0;
    constexpr int kRuns = 300;
    for (unsigned run = 0; run < kRuns; run++) {
      const float peak = 4 + static_cast<float>(run) / kRuns;
      const FocusPeak found = estimate_focus_peak(curve(Shape::kEdge, peak, 0.8f, noise, run), noise);
      squares += (found.position - peak) * (found.position - peak);
      claimed += found.uncertainty;
    }
    const double ratio = claimed / kRuns / std::sqrt(squares / kRuns);
    EXPECT_GT(ratio, 0.5);
    EXPECT_LT(ratio, 3);
  }
}

// A sweep of tests/live_vm's sensor, focused at 150 of 1023 codes: one sample is on the peak, its neighbours are far down the tails.
TEST(FocusPeak, UncertaintyCoversAPeakBetweenTails) {
  constexpr float kTruth = 150 * 10 / 1023.0f;
  const std::vector<FocusSample> samples{{0.4985f, 0.053472f}, {1.4956f, 2.203191f}, {2.5024f, 0.034707f}, {3.9101f, 0.003964f}};
  const FocusPeak found = estimate_focus_peak(samples, 0.01f);
  const float error = std::abs(found.position - kTruth);
  EXPECT_LT(error, 1.5f * found.uncertainty);
  EXPECT_GT(error, 0.3f * found.uncertainty);
}

TEST(FocusPeak, ARiseToTheEndIsNotBracketed) {
  EXPECT_FALSE(estimate_focus_peak(curve(Shape::kEdge, 14, 0.8f, 0, 1), 0.02f).inside);
  EXPECT_FALSE(estimate_focus_peak(curve(Shape::kEdge, -2, 0.8f, 0, 1), 0.02f).inside);
}

TEST(FocusPeak, SurvivesAnySamples) {
  const float nan = std::nanf(""), inf = std::numeric_limits<float>::infinity();
  for (const std::vector<FocusSample>& samples : std::vector<std::vector<FocusSample>>{{},
                                                                                       {{1, 2}},
                                                                                       {{1, nan}, {nan, 1}, {2, inf}},
                                                                                       {{1, 0}, {2, 0}, {3, 0}},
                                                                                       {{1, 1}, {1, 1}, {1, 1}},
                                                                                       {{1, 1}, {1, 2}, {1, 3}, {2, 0}},
                                                                                       {{1, 1e30f}, {2, 1e38f}, {3, 1e-38f}},
                                                                                       {{1, -1}, {2, 3}, {3, 1}}}) {
    for (float noise : {0.0f, 0.1f, nan, inf, -1.0f}) {
      const FocusPeak found = estimate_focus_peak(samples, noise);
      for (float v : {found.position, found.score, found.uncertainty, found.prominence}) EXPECT_TRUE(std::isfinite(v));
    }
  }
}

}  // namespace
}  // namespace argent
