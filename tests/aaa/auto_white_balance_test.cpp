#include "aaa/auto_white_balance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "isp/error.h"

namespace argent {
namespace {

IlluminantPrior imx708() {
  return {{{2964, .7451f, .3213f}, {3610, .6119f, .4443f}, {4640, .5168f, .5419f}, {5910, .4436f, .6229f}, {7590, .3847f, .6921f}}};
}

/// Greys in steps of light under one color of light.
Statistics greys(Vec3 light, double seconds = 0) {
  Statistics s;
  for (int y = 0; y < s.rows; y++) {
    for (int x = 0; x < s.columns; x++) {
      auto& zone = s.zone(x, y);
      for (int c = 0; c < 3; c++) zone.mean[c] = zone.unclipped[c] = light[c] * (.1f + .02f * static_cast<float>((x / 2 + y / 3) % 24));
      zone.count = zone.unclipped_count = {100, 200, 100};
    }
  }
  s.applied.timestamp = Microseconds(seconds * 1e6);
  return s;
}

AutoWhiteBalanceParams with_curve() {
  AutoWhiteBalanceParams p;
  p.prior = imx708();
  return p;
}

TEST(AutoWhiteBalance, GainsMakeGreyNeutral) {
  AutoWhiteBalance awb({});
  const WhiteBalanceDecision d = awb.update(greys({.5f, 1, .625f}), {});
  EXPECT_NEAR(d.colour_gains[0], 2, 1e-3);
  EXPECT_EQ(d.colour_gains[1], 1);
  EXPECT_NEAR(d.colour_gains[2], 1.6, 1e-3);
  EXPECT_EQ(d.trace.reason, "estimate");
  EXPECT_EQ(d.colour_temperature, 0);  // no curve: not known
  EXPECT_EQ(d.trace.zones_used, 32 * 24);
  EXPECT_GT(d.trace.confidence, 0);
  EXPECT_LE(d.trace.confidence, 1);
}

TEST(AutoWhiteBalance, CurveGivesTheTemperature) {
  AutoWhiteBalance awb(with_curve());
  const WhiteBalanceDecision d = awb.update(greys({.5168f, 1, .5419f}), {});
  EXPECT_NEAR(d.colour_temperature, 4640, 30);
  EXPECT_NEAR(d.trace.duv, 0, .005);
}

TEST(AutoWhiteBalance, EveryEstimatorIsHeard) {
  AutoWhiteBalance awb({});
  const auto opinions = awb.update(greys({.5f, 1, .6f}), {}).trace.opinions;
  ASSERT_EQ(opinions.size(), illuminant_estimator_names().size());
  for (const auto& opinion : opinions) EXPECT_NEAR(opinion.illuminant.mean[0], std::log(.5), .01) << opinion.name;
}

TEST(AutoWhiteBalance, HoldsWithoutEvidence) {
  AutoWhiteBalance awb({});
  WhiteBalanceDecision d = awb.update(Statistics{}, {});
  EXPECT_EQ(d.colour_gains, (Vec3{1, 1, 1}));
  EXPECT_EQ(d.trace.reason, "held: no evidence");
  EXPECT_EQ(d.trace.confidence, 0);
  const Vec3 good = awb.update(greys({.5f, 1, .6f}), {}).colour_gains;
  Statistics bad = greys({.9f, 1, .3f});
  for (auto& zone : bad.zones) zone.unclipped[1] = std::nanf("");
  d = awb.update(bad, {});
  EXPECT_EQ(d.colour_gains, good);
  EXPECT_EQ(d.trace.confidence, 0);
}

TEST(AutoWhiteBalance, ManualGains) {
  AutoWhiteBalance awb(with_curve());
  Request request;
  request.colour_gains = Vec3{4, 2, 3};
  WhiteBalanceDecision d = awb.update(greys({.5f, 1, .6f}), request);
  EXPECT_NEAR(d.colour_gains[0], 2, 1e-5);
  EXPECT_EQ(d.colour_gains[1], 1);
  EXPECT_NEAR(d.colour_gains[2], 1.5, 1e-5);
  EXPECT_EQ(d.trace.reason, "manual");
  EXPECT_GT(d.colour_temperature, 0);
  for (float bad : {0.0f, -1.0f, std::nanf(""), std::numeric_limits<float>::infinity()}) {
    request.colour_gains = Vec3{bad, 1, 1};
    d = awb.update(greys({.9f, 1, .3f}), request);
    EXPECT_NEAR(d.colour_gains[0], 2, 1e-5) << bad;
    EXPECT_EQ(d.trace.reason.substr(0, 4), "held");
  }
}

TEST(AutoWhiteBalance, ManualTemperature) {
  Request request;
  request.colour_temperature = 5910;
  AutoWhiteBalance awb(with_curve());
  const WhiteBalanceDecision d = awb.update(greys({.7f, 1, .3f}), request);
  EXPECT_NEAR(d.colour_gains[0], 1 / .4436, 1e-4);
  EXPECT_NEAR(d.colour_gains[2], 1 / .6229, 1e-4);
  EXPECT_NEAR(d.colour_temperature, 5910, 1);
  EXPECT_EQ(d.trace.reason, "manual");
  AutoWhiteBalance blind({});
  EXPECT_EQ(blind.update(greys({.7f, 1, .3f}), request).trace.reason, "held: no cct curve");
}

TEST(AutoWhiteBalance, LockHolds) {
  AutoWhiteBalance awb({});
  const Vec3 before = awb.update(greys({.5f, 1, .6f}), {}).colour_gains;
  Request request;
  request.awb_locked = true;
  const WhiteBalanceDecision d = awb.update(greys({.9f, 1, .3f}), request);
  EXPECT_EQ(d.colour_gains, before);
  EXPECT_EQ(d.trace.reason, "locked");
  EXPECT_NEAR(awb.update(greys({.9f, 1, .3f}), {}).colour_gains[0], 1 / .9, 1e-3);
}

TEST(AutoWhiteBalance, FilterRunsOnTheFramesOwnTime) {
  AutoWhiteBalanceParams p;
  p.damping_seconds = 1;
  AutoWhiteBalance coarse(p), fine(p);
  const double from = -std::log(.5), to = -std::log(.9);
  for (AutoWhiteBalance* awb : {&coarse, &fine})
    EXPECT_NEAR(std::log(awb->update(greys({.5f, 1, .6f}, 10), {}).colour_gains[0]), from, 1e-3);
  const double after = std::log(coarse.update(greys({.9f, 1, .6f}, 11), {}).colour_gains[0]);
  EXPECT_NEAR(after, to + (from - to) * std::exp(-1.0), 1e-3);
  double last = from;
  for (int i = 1; i <= 30; i++) {
    const double now = std::log(fine.update(greys({.9f, 1, .6f}, 10 + i / 30.0), {}).colour_gains[0]);
    EXPECT_LT(now, last);  // no overshoot, no standing still
    EXPECT_GT(now, to);
    last = now;
  }
  EXPECT_NEAR(last, after, 1e-3);  // however many frames the second had
}

TEST(AutoWhiteBalance, BadConstruction) {
  AutoWhiteBalanceParams p;
  p.estimator = "oracle";
  EXPECT_THROW(AutoWhiteBalance{p}, Error);
  p = with_curve();
  std::swap(p.prior.curve[1], p.prior.curve[2]);
  EXPECT_THROW(AutoWhiteBalance{p}, Error);
  p = with_curve();
  p.prior.curve[1].blue = 0;
  EXPECT_THROW(AutoWhiteBalance{p}, Error);
  p.prior.curve[1].blue = std::nanf("");
  EXPECT_THROW(AutoWhiteBalance{p}, Error);
}

}  // namespace
}  // namespace argent
