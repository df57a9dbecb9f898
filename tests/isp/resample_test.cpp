#include "isp/resample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

std::vector<double> resampled(const std::vector<double>& in, int to) {
  const ResampleWeights w = make_resample_weights(static_cast<int>(in.size()), to);
  std::vector<double> out;
  for (int p = 0; p < to; p++) {
    double sum = 0;
    for (int k = 0; k < w.taps; k++) {
      const int i = std::clamp(w.start[static_cast<std::size_t>(p)] + k, 0, static_cast<int>(in.size()) - 1);
      sum += double(w.weights[static_cast<std::size_t>(p * w.taps + k)]) * in[static_cast<std::size_t>(i)];
    }
    out.push_back(sum);
  }
  return out;
}

TEST(Resample, KeepsConstantsAndTheSameSize) {
  for (int to : {1, 3, 50, 100, 173}) {
    for (double v : resampled(std::vector<double>(100, 0.7), to)) EXPECT_NEAR(v, 0.7, 1e-5);
  }
  std::vector<double> ramp;
  for (int i = 0; i < 100; i++) ramp.push_back(i * i);
  const auto same = resampled(ramp, 100);
  for (std::size_t i = 0; i < 100; i++) EXPECT_NEAR(same[i], ramp[i], 1e-3);
}

TEST(Resample, ShrinkingDoesNotAlias) {
  std::vector<double> fine;
  for (int i = 0; i < 400; i++) fine.push_back(0.5 + 0.5 * std::cos(3.0 * i));  // beyond the new sampling's limit
  const auto small = resampled(fine, 100);
  for (std::size_t i = 5; i < 95; i++) EXPECT_NEAR(small[i], 0.5, 0.02);
}

TEST(Resample, KeepsPositions) {
  std::vector<double> wave;
  for (int i = 0; i < 400; i++) wave.push_back(std::sin(0.05 * (i + 0.5)));
  const auto half = resampled(wave, 200);
  for (int i = 10; i < 190; i++) EXPECT_NEAR(half[static_cast<std::size_t>(i)], std::sin(0.05 * (2 * i + 1)), 2e-3);
}

}  // namespace
}  // namespace argent
