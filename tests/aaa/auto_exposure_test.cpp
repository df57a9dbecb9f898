#include "aaa/auto_exposure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <random>

namespace argent {
namespace {

constexpr Vec3 kNoGains{1, 1, 1};

/// The levels below are written for this target.
AutoExposureParams target_18() {
  AutoExposureParams p;
  p.target = .18f;
  return p;
}

/// A flat picture of one level, unclipped below 1.
Statistics flat(float level, double exposure_us = 10'000, float gain = 1) {
  Statistics s;
  const float seen = std::min(level, 1.0f);
  for (auto& zone : s.zones) {
    zone.mean = zone.unclipped = {seen, seen, seen};
    zone.count = zone.unclipped_count = {100, 200, 100};
    zone.clipped = level >= 1 ? 1 : 0;
  }
  s.luma[static_cast<std::size_t>(std::min(seen * Statistics::kBins, Statistics::kBins - 1.0f))] = 768 * 100;
  s.applied.settings = {Microseconds(exposure_us), gain, 0};
  return s;
}

/// A scene of many reflectances in a sensor: level = reflectance x light x exposure (s) x gain, saturating at 1.
class Plant {
 public:
  Plant(double light, int delay) : light_(light), pipe_(static_cast<std::size_t>(delay) + 1) {}

  void start(SensorSettings settings) { pipe_.assign(pipe_.size(), settings); }

  Statistics expose() const {
    Statistics s;
    s.applied.settings = pipe_.front();
    const double total = s.applied.settings.exposure.count() * 1e-6 * s.applied.settings.analogue_gain;
    for (int i = 0; i < s.columns * s.rows; i++) {
      auto& zone = s.zones[static_cast<std::size_t>(i)];
      const double reflectance = .03 * std::pow(2.0, 4.0 * ((i * 37) % 101) / 101);  // 3 to 48 %
      const float level = static_cast<float>(std::min(reflectance * light_ * total, 1.0));
      zone.mean = zone.unclipped = {level, level, level};
      zone.count = {100, 200, 100};
      zone.clipped = level >= 1 ? 1 : 0;
      s.luma[static_cast<std::size_t>(std::min(level * 1024, 1023.0f))] += 100;
    }
    return s;
  }

  void apply(const SensorSettings& wanted) {
    pipe_.push_back(wanted);
    pipe_.pop_front();
  }

 private:
  double light_;
  std::deque<SensorSettings> pipe_;
};

TEST(AutoExposure, OneStepIsExact) {
  AutoExposure ae(target_18());
  const ExposureDecision d = ae.update(flat(.09f), {}, kNoGains);
  EXPECT_NEAR(d.trace.measured, .09, 1e-5);
  EXPECT_NEAR(d.trace.error, 1, 1e-4);
  EXPECT_NEAR(d.sensor.exposure.count(), 20'000, 5);
  EXPECT_EQ(d.sensor.analogue_gain, 1);
  EXPECT_NEAR(d.digital_gain, 2, 1e-3);
  EXPECT_EQ(d.trace.reason, "target");
  EXPECT_EQ(d.trace.state, AeState::kSearching);
  EXPECT_EQ(ae.update(flat(.18f), {}, kNoGains).trace.state, AeState::kConverged);
}

TEST(AutoExposure, ConvergesFromSixStopsAtAnyDelay) {
  for (int delay : {0, 2, 5}) {
    for (double stops : {-6.0, 6.0}) {
      AutoExposure ae(target_18());
      Plant plant(100, delay);
      const double right = .18 / .162;  // the target over the scene's mean reflectance
      plant.start({Microseconds(1e6 * right / 100 * std::exp2(stops)), 1, 0});
      int turns = 0;
      double last = 0, before = 0;
      for (int frame = 0; frame < 8 * (delay + 1); frame++) {
        const ExposureDecision d = ae.update(plant.expose(), {}, kNoGains);
        const double total = std::log2(d.sensor.exposure.count() * d.sensor.analogue_gain);
        if (frame > 1 && (total - last) * (last - before) < -1e-6) turns++;
        before = last;
        last = total;
        plant.apply(d.sensor);
      }
      const ExposureDecision d = ae.update(plant.expose(), {}, kNoGains);
      EXPECT_EQ(d.trace.state, AeState::kConverged) << delay << " " << stops;
      EXPECT_NEAR(d.trace.error, 0, .05) << delay << " " << stops;
      EXPECT_NEAR(d.digital_gain, 1, .03);
      EXPECT_LE(turns, 1) << "oscillates at delay " << delay;
    }
  }
}

TEST(AutoExposure, MonotoneInTheFramesLevel) {
  double last = 1e9;
  for (float level = .002f; level < 1.2f; level *= 1.1f) {
    AutoExposure ae(target_18());
    const ExposureDecision d = ae.update(flat(level), {}, kNoGains);
    const double total = d.sensor.exposure.count() * d.sensor.analogue_gain;
    EXPECT_LE(total, last * 1.0001) << level;
    last = total;
  }
}

TEST(AutoExposure, TimeFirstThenGainThenTheLimit) {
  AutoExposureParams p = target_18();
  p.max_exposure_us = 20'000;
  p.max_analogue_gain = 4;
  AutoExposure ae(p);
  ExposureDecision d = ae.update(flat(.045f), {}, kNoGains);
  EXPECT_NEAR(d.sensor.exposure.count(), 20'000, 1);
  EXPECT_NEAR(d.sensor.analogue_gain, 2, 1e-3);
  for (int i = 0; i < 5; i++) d = ae.update(flat(.01f, 20'000, 4), {}, kNoGains);
  EXPECT_NEAR(d.sensor.exposure.count(), 20'000, 1);
  EXPECT_EQ(d.sensor.analogue_gain, 4);
  EXPECT_EQ(d.trace.reason, "limits");
  EXPECT_EQ(d.trace.state, AeState::kConverged);
  d = ae.update(flat(.9f, 30, 1), {}, kNoGains);
  EXPECT_NEAR(d.sensor.exposure.count(), 30, 1e-3);
  EXPECT_EQ(d.sensor.analogue_gain, 1);
}

TEST(AutoExposure, FrameDurationLimitsTheTime) {
  AutoExposure ae(target_18());
  Request request;
  request.max_frame_duration = Microseconds(15'000);
  const ExposureDecision d = ae.update(flat(.045f), request, kNoGains);
  EXPECT_NEAR(d.sensor.exposure.count(), 15'000, 1);
  EXPECT_NEAR(d.sensor.analogue_gain, 40'000.0 / 15'000, 2e-3);
}

TEST(AutoExposure, ManualTimeOrGainAlone) {
  AutoExposure ae(target_18());
  Request request;
  request.exposure_time = Microseconds(5'000);
  ExposureDecision d = ae.update(flat(.09f), request, kNoGains);
  EXPECT_EQ(d.sensor.exposure.count(), 5'000);
  EXPECT_NEAR(d.sensor.analogue_gain, 4, 1e-2);
  request = {};
  request.analogue_gain = 2;
  d = ae.update(flat(.09f), request, kNoGains);
  EXPECT_EQ(d.sensor.analogue_gain, 2);
  EXPECT_NEAR(d.sensor.exposure.count(), 10'000, 5);
  request.exposure_time = Microseconds(7'000);
  d = ae.update(flat(.09f), request, kNoGains);
  EXPECT_EQ(d.sensor.exposure.count(), 7'000);
  EXPECT_EQ(d.sensor.analogue_gain, 2);
  EXPECT_EQ(d.digital_gain, 1);
  EXPECT_EQ(d.trace.reason, "manual");
  EXPECT_EQ(d.trace.state, AeState::kIdle);
}

TEST(AutoExposure, LockHolds) {
  AutoExposure ae(target_18());
  const SensorSettings before = ae.update(flat(.09f), {}, kNoGains).sensor;
  Request request;
  request.ae_locked = true;
  const ExposureDecision d = ae.update(flat(.01f), request, kNoGains);
  EXPECT_EQ(d.sensor.exposure, before.exposure);
  EXPECT_EQ(d.sensor.analogue_gain, before.analogue_gain);
  EXPECT_EQ(d.digital_gain, 1);
  EXPECT_EQ(d.trace.reason, "locked");
}

TEST(AutoExposure, ExposureValueShiftsTheTarget) {
  Request request;
  for (float ev : {-2.0f, -1.0f, 1.0f}) {
    request.exposure_value = ev;
    AutoExposure ae(target_18());
    const ExposureDecision d = ae.update(flat(.18f), request, kNoGains);
    EXPECT_NEAR(d.trace.error, ev, 1e-4);
    EXPECT_NEAR(d.digital_gain, std::exp2(ev), 2e-3);
  }
  request.exposure_value = std::nanf("");
  EXPECT_NEAR(AutoExposure(target_18()).update(flat(.18f), request, kNoGains).digital_gain, 1, 1e-3);
}

TEST(AutoExposure, StepIsLimited) {
  AutoExposureParams p = target_18();
  p.max_step = 1;
  EXPECT_NEAR(AutoExposure(p).update(flat(.01f), {}, kNoGains).digital_gain, 2, 1e-5);
  EXPECT_NEAR(AutoExposure(p).update(flat(.9f), {}, kNoGains).digital_gain, .5, 1e-5);
}

TEST(AutoExposure, NoLightRaises) {
  const ExposureDecision d = AutoExposure(target_18()).update(flat(0), {}, kNoGains);
  EXPECT_EQ(d.trace.reason, "no light");
  EXPECT_GT(d.sensor.exposure.count() * d.sensor.analogue_gain, 10'000 * 15.9);
}

/// One zone in `every` at `bright`, the rest at `level`.
Statistics window(float level, float bright, int every = 10) {
  Statistics s = flat(level);
  s.luma.fill(0);
  for (int i = 0; i < s.columns * s.rows; i++) {
    auto& zone = s.zones[static_cast<std::size_t>(i)];
    const float here = i % every == 0 ? bright : level;
    zone.mean = {here, here, here};
    zone.clipped = here >= 1 ? 1 : 0;
    s.luma[static_cast<std::size_t>(std::min(here * 1024, 1023.0f))] += 100;
  }
  return s;
}

TEST(AutoExposure, HighlightsMakeTheTargetGiveWay) {
  // Without the bright tenth it would be raised; with it at .8 of saturation, no more than to 1.
  ExposureDecision d = AutoExposure(target_18()).update(window(.05f, .8f), {}, kNoGains);
  EXPECT_EQ(d.trace.reason, "highlights");
  EXPECT_NEAR(d.digital_gain, 1 / .8, .02);
  // Already clipped: down a little, though the picture is dark.
  d = AutoExposure(target_18()).update(window(.05f, 1), {}, kNoGains);
  EXPECT_EQ(d.trace.reason, "highlights");
  EXPECT_LT(d.digital_gain, 1);
  EXPECT_GT(d.digital_gain, .7f);
  EXPECT_GT(d.trace.error, 0);
  EXPECT_NEAR(d.trace.clipped, .1, .01);
  // But a lamp costs the room no more than two stops.
  d = AutoExposure(target_18()).update(window(.002f, 1, 40), {}, kNoGains);
  EXPECT_EQ(d.trace.reason, "highlights");
  EXPECT_GT(d.trace.error, 2.3f);
  EXPECT_NEAR(std::log2(d.digital_gain), d.trace.error - 2, .01);
  AutoExposureParams p = target_18();
  p.normal.upper.share = 1;
  EXPECT_EQ(AutoExposure(p).update(window(.05f, 1), {}, kNoGains).trace.reason, "target");
}

TEST(AutoExposure, CentreCountsMore) {
  Statistics s = flat(.1f);
  for (int y = 8; y < 16; y++) {
    for (int x = 10; x < 22; x++) s.zone(x, y).mean = {.4f, .4f, .4f};
  }
  AutoExposureParams p = target_18();
  p.centre_weight = 1;
  const float even = AutoExposure(p).update(s, {}, kNoGains).trace.measured;
  p.centre_weight = 8;
  EXPECT_NEAR(even, .1 + .3 * 96 / 768, 1e-4);
  EXPECT_GT(AutoExposure(p).update(s, {}, kNoGains).trace.measured, even * 1.3f);
  EXPECT_NEAR(zone_weight(s, 0, 0, 2), 1, .01);
  EXPECT_NEAR(zone_weight(s, 16, 12, 2), 2, .02);
}

TEST(AutoExposure, LumaIsThatOfTheBalancedPicture) {
  Statistics s = flat(.1f);
  for (auto& zone : s.zones) zone.mean = {.05f, .1f, .0625f};
  EXPECT_NEAR(AutoExposure(target_18()).update(s, {}, {2, 1, 1.6f}).trace.measured, .1, 1e-5);
}

TEST(AutoExposure, IgnoresOneBadFrame) {
  AutoExposure ae(target_18());
  const ExposureDecision good = ae.update(flat(.09f), {}, kNoGains);
  Statistics bad = flat(.09f);
  for (auto& zone : bad.zones) zone.mean[0] = std::nanf("");
  ExposureDecision d = ae.update(bad, {}, kNoGains);
  EXPECT_EQ(d.sensor.exposure, good.sensor.exposure);
  EXPECT_NEAR(d.digital_gain, good.digital_gain, 1e-5);
  EXPECT_EQ(d.trace.reason, "held: no statistics");
  bad = flat(.09f);
  bad.applied.settings.exposure = Microseconds(std::nan(""));
  d = ae.update(bad, {}, kNoGains);
  EXPECT_EQ(d.sensor.exposure, good.sensor.exposure);
  EXPECT_EQ(ae.update(flat(.09f), {}, kNoGains).sensor.exposure, good.sensor.exposure);
}

TEST(AutoExposure, UnknownExposureStaysUnknownButTheRatioIsKnown) {
  const ExposureDecision d = AutoExposure(target_18()).update(flat(.045f, 0), {}, kNoGains);
  EXPECT_EQ(d.sensor.exposure.count(), 0);
  EXPECT_NEAR(d.digital_gain, 4, 1e-2);
  EXPECT_EQ(d.trace.lux, 0);
}

TEST(AutoExposure, LuxOfASunnyDay) {
  // Sunny sixteen: f/16, 1/100 s at ISO 100 is full sun, 50,000 to 100,000 lux, with the meter's grey at 12.7 % of saturation.
  Statistics s = flat(.1273f, 10'000, 1);
  s.applied.f_number = 16;
  EXPECT_NEAR(AutoExposure(target_18()).update(s, {}, kNoGains).trace.lux, 55'850, 100);
  s.applied.settings.analogue_gain = 4;
  EXPECT_NEAR(AutoExposure(target_18()).update(s, {}, kNoGains).trace.lux, 55'850 / 4, 50);
  s.applied.f_number = 0;
  EXPECT_EQ(AutoExposure(target_18()).update(s, {}, kNoGains).trace.lux, 0);
}

}  // namespace
}  // namespace argent
