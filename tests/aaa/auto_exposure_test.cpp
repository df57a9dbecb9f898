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
  const float bin = seen * Statistics::kBins;
  s.luma[bin > 0 ? static_cast<std::size_t>(std::min(bin, Statistics::kBins - 1.0f)) : 0] = 768 * 100;  // 0 for what is no number, too
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
  EXPECT_NEAR(d.digital_gain, 2, 1e-3);  // until the locked exposure lands, this frame is rendered as bright
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
  // Already clipped: not raised, though the picture is dark, and lowered at most so far that the target is missed by max_pull.
  d = AutoExposure(target_18()).update(window(.05f, 1), {}, kNoGains);
  EXPECT_EQ(d.trace.reason, "highlights");
  EXPECT_LT(d.digital_gain, 1);
  EXPECT_GT(d.trace.error, 0);
  EXPECT_GE(std::log2(d.digital_gain), d.trace.error - 2 - 1e-6);
  EXPECT_NEAR(d.trace.clipped, .1, .01);
  // A lamp of 2.5 % costs the room a third of a stop.
  d = AutoExposure(target_18()).update(window(.02f, 1, 40), {}, kNoGains);
  EXPECT_EQ(d.trace.reason, "highlights");
  EXPECT_LT(d.trace.pull, -.2);
  EXPECT_GT(d.trace.pull, -.5);
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

TEST(AutoExposure, OnlyTheTotalOfAFrameMatters) {
  std::mt19937 random(4);
  for (int trial = 0; trial < 200; trial++) {
    const double total = 1000 * std::exp2(static_cast<double>(random() % 600) / 100),
                 gain = std::exp2(static_cast<double>(random() % 300) / 100);
    const float level = .01f + static_cast<float>(random() % 900) * 1e-3f;
    AutoExposure a(target_18()), b(target_18());
    const ExposureDecision x = a.update(flat(level, total, 1), {}, kNoGains);
    const ExposureDecision y = b.update(flat(level, total / gain, static_cast<float>(gain)), {}, kNoGains);
    EXPECT_NEAR(x.sensor.exposure.count() / y.sensor.exposure.count(), 1, 1e-6);
    EXPECT_NEAR(x.sensor.analogue_gain / y.sensor.analogue_gain, 1, 1e-5);
    EXPECT_NEAR(x.digital_gain / y.digital_gain, 1, 1e-5);
  }
}

TEST(AutoExposure, DigitalGainIsWhatIsLeftOver) {
  AutoExposure ae(target_18());
  for (int i = 0; i < 10; i++) ae.update(flat(.18f), {}, kNoGains);
  // The sensor rounded its gain: this frame is rendered so much brighter, the total wanted stays.
  const ExposureDecision d = ae.update(flat(.18f * .95f, 9'500), {}, kNoGains);
  EXPECT_NEAR(d.digital_gain, 1 / .95, .004);
  EXPECT_NEAR(d.trace.wanted_total, 10'000, 40);
}

TEST(AutoExposure, SmoothsOverSecondsWhenAsked) {
  AutoExposureParams p = target_18();
  p.smoothing_seconds = 60;
  AutoExposure ae(p);
  Statistics s = flat(.18f);
  s.applied.timestamp = Microseconds(1e6);
  ae.update(s, {}, kNoGains);
  double wanted = 0;
  for (int i = 1; i <= 6; i++) {
    s = flat(.09f);
    s.applied.timestamp = Microseconds(1e6 + i * 10e6);
    wanted = ae.update(s, {}, kNoGains).trace.wanted_total;
  }
  EXPECT_NEAR(std::log2(wanted / 10'000), 1 - std::exp(-1), .01);  // one EV, one time constant later
}

TEST(AutoExposure, ShortAndLongProgramsSplitTheSameTotal) {
  ExposureDecision d[3];
  int i = 0;
  for (auto mode : {AeExposureMode::kShort, AeExposureMode::kNormal, AeExposureMode::kLong}) {
    Request request;
    request.ae_exposure_mode = mode;
    d[i++] = AutoExposure(target_18()).update(flat(.03f), request, kNoGains);
  }
  EXPECT_LT(d[0].sensor.exposure, d[1].sensor.exposure);
  EXPECT_LT(d[1].sensor.exposure, d[2].sensor.exposure);
  for (const ExposureDecision& one : d) EXPECT_NEAR(one.sensor.exposure.count() * one.sensor.analogue_gain, 60'000, 60);
}

TEST(AutoExposure, ManualFlickerPeriodIsKept) {
  Request request;
  request.ae_flicker_mode = AeFlickerMode::kManual;
  request.ae_flicker_period = Microseconds(10'000);
  ExposureDecision d = AutoExposure(target_18()).update(flat(.18f, 25'000), request, kNoGains);
  EXPECT_NEAR(d.sensor.exposure.count(), 20'000, 1e-6);
  EXPECT_NEAR(d.sensor.analogue_gain, 1.25, 1e-4);
  EXPECT_TRUE(d.trace.flicker.avoided);
  d = AutoExposure(target_18()).update(flat(.18f, 4'000), request, kNoGains);
  EXPECT_NEAR(d.sensor.exposure.count(), 4'000, 1);
  EXPECT_FALSE(d.trace.flicker.avoided);
  EXPECT_EQ(d.trace.flicker.reason, "too bright to avoid");
  request.ae_flicker_mode = AeFlickerMode::kOff;
  EXPECT_EQ(AutoExposure(target_18()).update(flat(.18f, 25'000), request, kNoGains).trace.flicker.reason, "off");
}

TEST(AutoExposure, AnyStatisticsKeepNumbersAndLimits) {
  std::mt19937 random(9);
  const float odd[] = {
      0, 1, -1, 1e-38f, 3e38f, std::nanf(""), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()};
  const auto any = [&] { return random() % 3 ? static_cast<float>(random() % 1000) * 1e-3f : odd[random() % std::size(odd)]; };
  AutoExposureParams p;
  AutoExposure ae(p);
  for (int trial = 0; trial < 2000; trial++) {
    Statistics s = flat(random() % 2 ? .2f : any(), random() % 4 ? 10'000 : 1e5 * any(), random() % 4 ? 1 : any());
    s.columns = random() % 8 ? 16 : static_cast<int>(random());
    for (int i = 0; i < 40; i++) s.zones[random() % 300].mean[random() % 3] = any();
    for (int i = 0; i < 10; i++) s.luma[random() % Statistics::kBins] = static_cast<std::uint32_t>(random());
    s.bands = random() % 8 ? 100 : static_cast<int>(random());
    s.band_rows = random() % 8 ? 4 : static_cast<int>(random());
    for (int i = 0; i < 100; i++)
      s.row_means[static_cast<std::size_t>(i)] = random() % 10 ? .2f + .1f * static_cast<float>(random() % 100) * 1e-2f : any();
    s.applied.line_time = Microseconds(random() % 8 ? 30 : any());
    s.applied.timestamp = Microseconds(random() % 8 ? trial * 33'333.0 : 1e6 * any());
    Request request;
    request.ae_constraint_mode = static_cast<AeConstraintMode>(random() % 4);
    request.ae_metering_mode = static_cast<AeMeteringMode>(random() % 4);
    request.ae_exposure_mode = static_cast<AeExposureMode>(random() % 4);
    request.ae_flicker_mode = static_cast<AeFlickerMode>(random() % 3);
    request.ae_flicker_period = Microseconds(random() % 2 ? 10'000 : any());
    if (random() % 4 == 0) request.ae_windows = {{any(), any(), any(), any(), any()}};
    const ExposureDecision d = ae.update(s, request, kNoGains);
    const ExposureTrace& t = d.trace;
    for (double v :
         {static_cast<double>(t.measured), static_cast<double>(t.error), static_cast<double>(t.pull), static_cast<double>(t.noise),
          t.wanted_total, t.applied_total, static_cast<double>(t.flicker.modulation), static_cast<double>(t.flicker.confidence)}) {
      ASSERT_TRUE(std::isfinite(v)) << trial;
    }
    ASSERT_TRUE(d.digital_gain >= .125f && d.digital_gain <= 16) << trial;
    ASSERT_FALSE(t.reason.empty() || t.flicker.reason.empty());
    if (t.reason == "held: no statistics" || !(s.applied.settings.exposure.count() > 0) || !(s.applied.settings.analogue_gain > 0))
      continue;
    ASSERT_TRUE(d.sensor.exposure.count() >= p.min_exposure_us * .999 && d.sensor.exposure.count() <= p.max_exposure_us * 1.001) << trial;
    ASSERT_TRUE(d.sensor.analogue_gain >= 1 && d.sensor.analogue_gain <= p.max_analogue_gain) << trial;
  }
}

}  // namespace
}  // namespace argent
