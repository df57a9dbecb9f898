#include "aaa/auto_white_balance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "models/runtime/error.h"

namespace argent {
namespace {

IlluminantPrior imx708() {
  return {{{2964, .7451f, .3213f}, {3610, .6119f, .4443f}, {4640, .5168f, .5419f}, {5910, .4436f, .6229f}, {7590, .3847f, .6921f}}};
}

/// Greys in steps of light under one color of light, every other one a little warmer or colder: one color alone is no evidence.
Statistics greys(Vec3 light, double seconds = 0, float warmer = 1.01f) {
  Statistics s;
  for (int y = 0; y < s.rows; y++) {
    for (int x = 0; x < s.columns; x++) {
      auto& zone = s.zone(x, y);
      const Vec3 tint = (x / 2 + y / 3) % 2 == 0 ? Vec3{warmer, 1, 1 / warmer} : Vec3{1 / warmer, 1, warmer};
      for (int c = 0; c < 3; c++)
        zone.mean[c] = zone.unclipped[c] = light[c] * tint[c] * (.1f + .02f * static_cast<float>((x / 2 + y / 3) / 2 % 12));
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
  AutoWhiteBalanceParams p = with_curve();
  p.estimator = "grey_pixel";
  AutoWhiteBalance awb(p);
  const WhiteBalanceDecision d = awb.update(greys({.5168f, 1, .5419f}), {});
  EXPECT_NEAR(d.colour_temperature, 4640, 30);
  EXPECT_NEAR(d.trace.duv, 0, .005);
}

TEST(AutoWhiteBalance, EveryEstimatorIsHeard) {
  AutoWhiteBalanceParams p;
  EXPECT_EQ(AutoWhiteBalance(p).update(greys({.5f, 1, .6f}), {}).trace.opinions.size(), 1u);
  p.opinions = true;
  AutoWhiteBalance awb(p);
  const auto opinions = awb.update(greys({.5f, 1, .6f}, 0, 1), {}).trace.opinions;
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
  // The time constant follows the confidence, within bounds.
  EXPECT_LT(after, to + (from - to) * std::exp(-1 / 1.35) + 1e-3);
  EXPECT_GT(after, to + (from - to) * std::exp(-1 / .6) - 1e-3);
  double last = from;
  for (int i = 1; i <= 30; i++) {
    const double now = std::log(fine.update(greys({.9f, 1, .6f}, 10 + i / 30.0), {}).colour_gains[0]);
    EXPECT_LT(now, last);  // no overshoot, no standing still
    EXPECT_GT(now, to);
    last = now;
  }
  EXPECT_NEAR(last, after, 1e-3);  // however many frames the second had
}

/// Paints of every hue beside greys, with noise in every zone.
Statistics paints(Vec3 light, unsigned seed, double seconds = 0, float noise = 0) {
  std::mt19937 random(7), frame(seed);
  std::uniform_real_distribution<float> unit(0, 1);
  std::normal_distribution<float> normal(0, 1);
  Statistics s = greys(light, seconds);
  for (int y = 0; y < s.rows; y += 3) {
    for (int x = 0; x < s.columns; x += 4) {
      const bool grey = unit(random) < .5f;
      const Vec3 paint{grey ? 1 : std::exp(.8f * (unit(random) - .5f)), 1, grey ? 1 : std::exp(.8f * (unit(random) - .5f))};
      for (int i = 0; i < 12; i++) {
        Statistics::Zone& zone = s.zone(x + i % 4, y + i / 4);
        for (std::size_t c = 0; c < 3; c++) zone.mean[c] = zone.unclipped[c] = zone.mean[c] * paint[c] * (1 + noise * normal(frame));
      }
    }
  }
  return s;
}

TEST(AutoWhiteBalance, StandsStillInNoiseAndFollowsAStep) {
  AutoWhiteBalance awb(with_curve());
  const Vec3 lamp{.7451f, 1, .3213f}, day{.4436f, 1, .6229f};
  std::vector<double> mireds;
  double at_rest = 0;
  for (unsigned i = 0; i < 300; i++) {
    const double mired = 1e6 / awb.update(paints(day, i, 10 + i / 30.0, .01f), {}).colour_temperature;
    if (i >= 30) mireds.push_back(mired);
  }
  for (double m : mireds) at_rest += m / static_cast<double>(mireds.size());
  double rms = 0;
  for (double m : mireds) rms += (m - at_rest) * (m - at_rest) / static_cast<double>(mireds.size());
  EXPECT_LT(std::sqrt(rms), 1);
  AutoWhiteBalance fresh(with_curve());
  const double goal = 1e6 / fresh.update(paints(lamp, 1), {}).colour_temperature;
  double mired = 0;
  for (unsigned i = 1; i <= 20; i++) mired = 1e6 / awb.update(paints(lamp, i, 20 + i / 30.0, .01f), {}).colour_temperature;
  EXPECT_GT(std::abs(goal - at_rest), 80);
  EXPECT_GT((mired - at_rest) / (goal - at_rest), .9);
}

TEST(AutoWhiteBalance, ModesBoundTheTemperature) {
  Request request;
  request.awb_mode = AwbMode::kDaylight;
  AutoWhiteBalance awb(with_curve());
  const WhiteBalanceDecision d = awb.update(paints({.7451f, 1, .3213f}, 1), request);
  EXPECT_GT(d.colour_temperature, 5300);  // off the curve by at most a tint
  EXPECT_LT(d.colour_temperature, 6700);
}

TEST(AutoWhiteBalance, WindowsAreAllThatIsLookedAt) {
  Statistics s = paints({.7451f, 1, .3213f}, 1);
  const Statistics other = paints({.4436f, 1, .6229f}, 1);
  for (int y = 0; y < s.rows; y++) {
    for (int x = 16; x < 32; x++) s.zone(x, y) = other.zone(x, y);
  }
  Request left, right, none;
  left.awb_windows = {{0, 0, .5f, 1}};
  right.awb_windows = {{.5f, 0, .5f, 1}};
  none.awb_windows = {{2, 2, 1, 1}};
  const float warm = AutoWhiteBalance(with_curve()).update(s, left).colour_temperature;
  const WhiteBalanceDecision cold = AutoWhiteBalance(with_curve()).update(s, right);
  EXPECT_LT(warm + 1000, cold.colour_temperature);
  EXPECT_EQ(cold.trace.zones_used + cold.trace.zones_off_curve, 16 * 24);
}

/// Mean distance, in log-chroma, between a zone's light and what its gains undo.
double zone_error(const WhiteBalanceDecision& d, const std::vector<Vec3>& lights, int columns, int rows) {
  double sum = 0;
  for (int y = 0; y < rows; y++) {
    for (int x = 0; x < columns; x++) {
      Vec3 gains = d.colour_gains;
      if (d.gain_map.columns > 1) {
        const float fx = (static_cast<float>(x) + .5f) / static_cast<float>(columns) * static_cast<float>(d.gain_map.columns - 1);
        const float fy = (static_cast<float>(y) + .5f) / static_cast<float>(rows) * static_cast<float>(d.gain_map.rows - 1);
        const int x0 = static_cast<int>(fx), y0 = static_cast<int>(fy);
        const auto at = [&](int i, int j, std::size_t c) {
          return d.gain_map.gains[static_cast<std::size_t>(j * d.gain_map.columns + i)][c];
        };
        for (std::size_t c = 0; c < 2; c++) {
          const float top = std::lerp(at(x0, y0, c), at(x0 + 1, y0, c), fx - static_cast<float>(x0));
          const float bottom = std::lerp(at(x0, y0 + 1, c), at(x0 + 1, y0 + 1, c), fx - static_cast<float>(x0));
          gains[2 * c] *= std::lerp(top, bottom, fy - static_cast<float>(y0));
        }
      }
      const Vec3& light = lights[static_cast<std::size_t>(y * columns + x)];
      sum += std::hypot(std::log(gains[0] * light[0] / light[1]), std::log(gains[2] * light[2] / light[1]));
    }
  }
  return sum / (columns * rows);
}

TEST(AutoWhiteBalance, TwoLightsHaveAMap) {
  const Vec3 lamp{.7451f, 1, .3213f}, day{.4436f, 1, .6229f};
  for (float width : {.1f, .4f}) {
    Statistics s = paints({1, 1, 1}, 1);
    std::vector<Vec3> lights;
    for (int y = 0; y < s.rows; y++) {
      for (int x = 0; x < s.columns; x++) {
        const float mix = std::clamp(((static_cast<float>(x) + .5f) / 32 - .5f) / width + .5f, 0.f, 1.f);
        Vec3 light;
        for (std::size_t c = 0; c < 3; c++) light[c] = std::lerp(lamp[c], day[c], mix);
        lights.push_back(light);
        auto& zone = s.zone(x, y);
        for (std::size_t c = 0; c < 3; c++) zone.mean[c] = zone.unclipped[c] = zone.mean[c] * light[c];
      }
    }
    Request request;
    const WhiteBalanceDecision one = AutoWhiteBalance(with_curve()).update(s, request);
    request.mixed_light = true;
    const WhiteBalanceDecision two = AutoWhiteBalance(with_curve()).update(s, request);
    EXPECT_TRUE(one.gain_map.gains.empty());
    EXPECT_EQ(one.trace.lights, 1);
    EXPECT_EQ(two.trace.lights, 2);
    EXPECT_LT(zone_error(two, lights, s.columns, s.rows), zone_error(one, lights, s.columns, s.rows) / 2) << width;
  }
  Request request;
  request.mixed_light = true;
  EXPECT_EQ(AutoWhiteBalance(with_curve()).update(paints(day, 1), request).trace.lights, 1);
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
