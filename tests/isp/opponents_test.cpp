// Opponents of a Bayer mosaic by whole numbers beside those of its linear color, by floats.
#include "isp/opponents.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "isp/development.h"
#include "isp/presets.h"
#include "tests/reference/frames.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

constexpr float kLift = 0.002f;

struct Difference {
  double mean = 0, most = 0;  ///< of roots
};

/// Of all three opponents.
Difference difference(const Opponents& a, const Opponents& b) {
  Difference out;
  for (int k = 0; k < 3; k++) {
    const double bias = k == 0 ? 0 : 32768;
    for (int y = 0; y < a.height(); y++) {
      for (int x = 0; x < a.width(); x++) {
        const double off = std::abs((a.words(x, y, k) - bias) / double(a.unit) - (b.words(x, y, k) - bias) / double(b.unit));
        out.mean += off / (3.0 * a.width() * a.height());
        out.most = std::max(out.most, off);
      }
    }
  }
  return out;
}

class OfBayer : public testing::TestWithParam<CfaPattern> {
 protected:
  void expect_alike(const RawFrame& frame, const PipelineParams& params, Rect area, double mean, double most, const std::string& what) {
    Controls controls;
    controls.colour_gains = {2.1f, 1, 1.45f};
    const Development development = settle(frame, controls, params);
    for (const CpuTarget cpu : reference::runnable_targets()) {
      BufferPool pool;
      KernelContext context(pool, 2);
      const Kernels& kernels = kernels_for(cpu);
      const Opponents whole = mosaic_to_opponents(kernels, context, frame, controls, params, development, area, kLift);
      const Opponents fine =
          opponents_of(kernels, context, mosaic_to_linear(kernels, context, frame, controls, params, development, area), kLift);
      ASSERT_EQ(whole.width(), area.width);
      ASSERT_EQ(whole.height(), area.height);
      const Difference off = difference(whole, fine);
      EXPECT_LT(off.mean, mean) << what << " on " << name_of(cpu);
      EXPECT_LT(off.most, most) << what << " on " << name_of(cpu);
    }
  }
};

PipelineParams balanced() {
  PipelineParams params;
  apply(Preset::kBalanced, params);
  params.corrections = {{5500, kIdentity3}};  // a matrix, which is what makes highlights be repaired
  return params;
}

TEST_P(OfBayer, AreThoseOfItsLinearColor) {
  for (const Size size : {Size{131, 77}, Size{64, 64}, Size{7, 5}, Size{2, 2}}) {
    const RawFrame frame = reference::make_frame(GetParam(), size);
    expect_alike(frame, balanced(), {0, 0, size.width, size.height}, 2e-4, 0.025, to_text(size));
  }
}

TEST_P(OfBayer, AreThoseOfAPartOfIt) {
  const RawFrame frame = reference::make_frame(GetParam(), {200, 150});
  expect_alike(frame, balanced(), {33, 18, 101, 95}, 2e-4, 0.025, "odd corner");
}

TEST_P(OfBayer, AreThoseOfSaturatedLight) {
  const RawFrame frame = reference::make_frame(GetParam(), {96, 64}, reference::Content::kSaturated);
  expect_alike(frame, balanced(), {0, 0, 96, 64}, 2e-4, 0.025, "saturated");
}

INSTANTIATE_TEST_SUITE_P(Opponents, OfBayer, testing::Values(CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr));

}  // namespace
}  // namespace argent
