#include "calibration/fit/settings_response.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <functional>
#include <random>

#include "camera/sensor_table.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

/// A sensor with delays, a gain of its own and noise, driven by random requests.
struct Sensor {
  int exposure_delay = 2, gain_delay = 1;
  double noise = 0.005;  ///< relative
  double lost = 0;       ///< share of frames
  bool told = false;     ///< of lost frames the requests are known
  int frames = 120;
  int hold = 1;  ///< frames that a request stays
  std::vector<float> gains{1, 1.5f, 2, 3, 4, 6, 8};
  bool in_turn = false;  ///< gains as they stand there, not by chance
  std::function<double(double)> gain = [](double asked) { return asked; };
  unsigned seed = 1;
};

std::vector<SettingsFrame> played(const Sensor& sensor) {
  std::mt19937 random(sensor.seed);
  std::normal_distribution<double> normal;
  constexpr std::array kExposures{1000.0, 2000.0, 5000.0, 10'000.0, 20'000.0};
  std::deque<SettingsFrame> asked;  // newest first
  std::vector<SettingsFrame> out;
  for (int i = 0; i < sensor.frames; i++) {
    SettingsFrame frame;
    frame.sequence = 1000 + static_cast<std::uint64_t>(i);
    if (asked.empty() || i % sensor.hold == 0) {
      frame.asked_exposure = Microseconds(kExposures[random() % kExposures.size()]);
      frame.asked_gain = sensor.gains[(sensor.in_turn ? static_cast<std::size_t>(i) : random()) % sensor.gains.size()];
    } else {
      frame.asked_exposure = asked.front().asked_exposure;
      frame.asked_gain = asked.front().asked_gain;
    }
    asked.push_front(frame);
    const auto before = [&](int delay) { return asked[std::min(asked.size() - 1, static_cast<std::size_t>(delay))]; };
    frame.light = 0.02 * before(sensor.exposure_delay).asked_exposure.count() *
                  sensor.gain(static_cast<double>(before(sensor.gain_delay).asked_gain)) * (1 + sensor.noise * normal(random));
    const bool lost = std::generate_canonical<double, 32>(random) < sensor.lost;
    if (lost) frame.light = 0;
    if (!lost || sensor.told) out.push_back(frame);
  }
  return out;
}

std::string refusal(const std::vector<SettingsFrame>& frames) {
  try {
    fit_settings_response(frames);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(SettingsResponse, EveryPairOfDelays) {
  for (int e = 0; e <= SettingsResponse::kMostDelay; e++) {
    for (int g = 0; g <= SettingsResponse::kMostDelay; g++) {
      const SettingsResponse found =
          fit_settings_response(played({.exposure_delay = e, .gain_delay = g, .seed = static_cast<unsigned>(e * 6 + g)}));
      EXPECT_EQ(found.exposure_delay, e);
      EXPECT_EQ(found.gain_delay, g);
      EXPECT_GT(found.exposure_sure, 10);
      EXPECT_GT(found.gain_sure, 10);
      EXPECT_NEAR(found.misfit, 0.005, 0.002);
    }
  }
}

TEST(SettingsResponse, LostFramesAndRequestsThatStay) {
  const SettingsResponse often = fit_settings_response(played({.lost = 0.3, .frames = 300}));
  EXPECT_EQ(often.exposure_delay, 2);
  EXPECT_EQ(often.gain_delay, 1);
  const SettingsResponse stay =
      fit_settings_response(played({.exposure_delay = 3, .gain_delay = 0, .lost = 0.3, .frames = 300, .hold = 8}));
  EXPECT_EQ(stay.exposure_delay, 3);
  EXPECT_EQ(stay.gain_delay, 0);
  // Most of them lost: too few are left whose requests are known, unless the caller remembers them.
  const SettingsResponse told = fit_settings_response(played({.lost = 0.8, .told = true, .frames = 100}));
  EXPECT_EQ(told.exposure_delay, 2);
  EXPECT_EQ(told.gain_delay, 1);
  EXPECT_NE(refusal(played({.lost = 0.8, .frames = 100})), "");
}

TEST(SettingsResponse, TrueGainsWithTheirErrors) {
  // A gain that falls short where it is high, as of an amplifier that saturates.
  Sensor sensor{.frames = 400, .gain = [](double asked) { return asked * (1 - 0.01 * (asked - 1)); }};
  const SettingsResponse found = fit_settings_response(played(sensor));
  ASSERT_EQ(found.gains.size(), sensor.gains.size());
  int beyond = 0;
  for (std::size_t i = 0; i < found.gains.size(); i++) {
    const double truth = sensor.gain(static_cast<double>(sensor.gains[i]));
    EXPECT_EQ(found.gains[i].asked, sensor.gains[i]);
    EXPECT_NEAR(found.gains[i].actual / truth, 1, 0.004);
    beyond += std::abs(static_cast<double>(found.gains[i].actual) - truth) > 2 * found.gains[i].error;
    EXPECT_LT(found.gains[i].error, 0.002 * truth);
  }
  EXPECT_LE(beyond, 2);
  EXPECT_TRUE(found.steps.empty());
}

TEST(SettingsResponse, LowestGainIsTheMeasureWhereOneWasNeverAsked) {
  const SettingsResponse found = fit_settings_response(played({.gains = {2, 3, 4}, .gain = [](double asked) { return 0.9 * asked; }}));
  EXPECT_EQ(found.gains[0].actual, 2);
  EXPECT_NEAR(found.gains[2].actual, 4, 0.02);
}

TEST(SettingsResponse, StepsOfASensorsCodes) {
  const SensorFacts* facts = find_sensor("imx219");
  ASSERT_NE(facts, nullptr);
  // At gain 8 and above codes are 3 % apart and more.
  Sensor sensor{.noise = 0.001, .frames = 400, .gains = {1, 4, 8.0f, 8.05f, 8.1f, 9.9f}};
  sensor.gain = [&](double asked) {
    return static_cast<double>(gain_of_code(facts->gain, code_of_gain(facts->gain, static_cast<float>(asked))));
  };
  ASSERT_EQ(sensor.gain(8), sensor.gain(8.1));
  const SettingsResponse found = fit_settings_response(played(sensor));
  ASSERT_EQ(found.steps.size(), 1u);
  EXPECT_EQ(found.steps[0].from, 8.0f);
  EXPECT_EQ(found.steps[0].to, 8.1f);
  EXPECT_NEAR(found.steps[0].actual, 8, 0.02);
  EXPECT_NEAR(found.gains.back().actual, sensor.gain(9.9), 0.02);
}

// A gain that changes with every frame and never comes back.
TEST(SettingsResponse, ARampOfGainsTellsItsDelay) {
  std::vector<float> ramp;
  for (int i = 0; i < 40; i++) ramp.push_back(1 + 0.2f * static_cast<float>(i));
  const SettingsResponse found =
      fit_settings_response(played({.exposure_delay = 1, .gain_delay = 2, .frames = 40, .gains = ramp, .in_turn = true}));
  EXPECT_EQ(found.exposure_delay, 1);
  EXPECT_EQ(found.gain_delay, 2);
}

TEST(SettingsResponse, SaysWhyItCannotTell) {
  EXPECT_NE(refusal(played({.gains = {2}})).find("the gain changes 0 times"), std::string::npos);
  EXPECT_NE(refusal(played({.gains = {2, 2.1f}})).find("the gain changes"), std::string::npos);
  auto frames = played({});
  for (SettingsFrame& frame : frames) frame.asked_exposure = Microseconds(5000);
  EXPECT_NE(refusal(frames).find("the exposure changes 0 times"), std::string::npos);
  EXPECT_NE(refusal(played({.noise = 0.3})).find("steady"), std::string::npos);
  // Five changes of the gain that only just show in the noise.
  EXPECT_NE(refusal(played({.noise = 0.09, .hold = 20, .gains = {1, 1.25f}})).find("delay of the gain can't be told"), std::string::npos);
  EXPECT_NE(refusal(played({.frames = 11})).find("found 11 frames, expected 12"), std::string::npos);
  frames = played({});
  frames[5].light = std::nan("");
  EXPECT_NE(refusal(frames).find("frame 1005: found"), std::string::npos);
  frames = played({});
  frames[5].asked_gain = 0;
  EXPECT_NE(refusal(frames).find("frame 1005: found"), std::string::npos);
  frames = played({});
  frames[5].sequence = 1004;
  EXPECT_NE(refusal(frames).find("found frame 1004 after 1004"), std::string::npos);
}

}  // namespace
}  // namespace argent
