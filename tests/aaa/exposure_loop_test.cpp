// Auto exposure, closed loop, with the counts that carry them. Prints what was measured.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "aaa/auto_exposure.h"
#include "tests/aaa/exposure_plant.h"

namespace argent {
namespace {

constexpr Vec3 kNoGains{1, 1, 1};

int runs() {
  const char* asked = std::getenv("ARGENT_RUNS");
  return asked ? std::max(std::atoi(asked), 1) : 100;
}

PlantParams scene(unsigned seed) {
  std::mt19937 random(seed);
  PlantParams p;
  p.seed = seed;
  p.light = 4 * std::exp2(std::uniform_real_distribution<double>(-1, 1)(random));
  p.spread = std::uniform_real_distribution<double>(0.2, 0.9)(random);
  return p;
}

/// The total exposure that the controller would have with no noise and all the time in the world.
double right_total(PlantParams p) {
  p.frame_noise = p.zone_noise = 0;
  p.latency = 0;
  p.highlight = 0;
  ExposurePlant plant(p);
  plant.start({Microseconds(5'000), 1, 0});
  AutoExposure ae(AutoExposureParams{});
  double wanted = 0;
  for (int i = 0; i < 20; i++) {
    const ExposureDecision d = ae.update(plant.next(), {}, kNoGains);
    wanted = d.trace.wanted_total;
    plant.apply(d.sensor);
  }
  return wanted;
}

double quantile(std::vector<double> v, double q) {
  std::sort(v.begin(), v.end());
  return v[std::min(v.size() - 1, static_cast<std::size_t>(q * static_cast<double>(v.size())))];
}

struct Steps {
  std::vector<double> corrections, overshoot, unclipped;
};

/// Landed corrections until the frames stay within 2 % (5 frames in a row), farthest past the target, corrections until nothing clips.
void step(Steps& out, unsigned seed, double factor, double noise) {
  PlantParams p = scene(seed);
  p.frame_noise = noise;
  p.zone_noise = noise;
  if (factor < 1) p.light *= 10;
  const double before = right_total(p);
  ExposurePlant plant(p);
  plant.start({Microseconds(before), 1, 0});
  AutoExposure ae(AutoExposureParams{});
  for (int i = 0; i < 40; i++) plant.apply(ae.update(plant.next(), {}, kNoGains).sensor);
  plant.light(p.light * factor);
  p.light *= factor;
  const double after = right_total(p);
  int first = -1, good = 0, clear = -1;
  double past = 0;
  for (int i = 0; i < 60; i++) {
    const Statistics& s = plant.next();
    const double ratio = plant.total() / after;
    if (i > 0) past = std::max(past, factor > 1 ? 1 / ratio - 1 : ratio - 1);
    if (clear < 0 && ratio < 1.5) clear = i;
    good = std::abs(ratio - 1) <= 0.02 ? good + 1 : 0;
    if (good == 5 && first < 0) first = i - 4;
    plant.apply(ae.update(s, {}, kNoGains).sensor);
  }
  const auto landed = [](int frame) { return frame < 0 ? 99.0 : std::ceil(frame / 3.0); };
  out.corrections.push_back(landed(first));
  out.unclipped.push_back(landed(clear));
  out.overshoot.push_back(past);
}

TEST(ExposureLoop, EightfoldStep) {
  for (double noise : {0.003, 0.01}) {
    for (double factor : {8.0, 1 / 8.0}) {
      Steps steps;
      for (unsigned seed = 1; seed <= static_cast<unsigned>(runs()); seed++) step(steps, seed, factor, noise);
      std::cout << "  step x" << factor << ", noise " << 100 * noise << " %: landed corrections median " << quantile(steps.corrections, .5)
                << ", 95th " << quantile(steps.corrections, .95) << "; overshoot median " << quantile(steps.overshoot, .5) << ", 95th "
                << quantile(steps.overshoot, .95) << ", worst " << quantile(steps.overshoot, 1) << "\n";
      EXPECT_LE(quantile(steps.corrections, .5), 2);
      EXPECT_LE(quantile(steps.corrections, .95), 3);
      EXPECT_LE(quantile(steps.overshoot, .95), .05);
    }
  }
}

TEST(ExposureLoop, OutOfSaturation) {
  Steps steps;
  for (unsigned seed = 1; seed <= static_cast<unsigned>(runs()); seed++) step(steps, seed, 64, 0.003);
  std::cout << "  64 x over: landed corrections median " << quantile(steps.corrections, .5) << ", 95th " << quantile(steps.corrections, .95)
            << ", worst " << quantile(steps.corrections, 1) << "; unclipped after, worst " << quantile(steps.unclipped, 1)
            << "; past the target, worst " << quantile(steps.overshoot, 1) << "\n";
  EXPECT_LE(quantile(steps.corrections, .95), 4);
  EXPECT_LE(quantile(steps.unclipped, 1), 3);
}

struct Rest {
  double applied, shown;
  int moves;
};

/// Ripple (rms, relative) of the sensor's total and of what render shows, and how often the sensor was moved.
Rest rest(unsigned seed, double frame_noise, double highlight, int frames) {
  PlantParams p = scene(seed);
  p.frame_noise = frame_noise;
  p.zone_noise = 0.01;
  p.highlight = highlight;
  ExposurePlant plant(p);
  plant.start({Microseconds(right_total(p)), 1, 0});
  AutoExposure ae(AutoExposureParams{});
  double sum[2] = {}, squares[2] = {};
  int counted = 0, moves = 0;
  SensorSettings last;
  for (int i = 0; i < frames; i++) {
    const ExposureDecision d = ae.update(plant.next(), {}, kNoGains);
    if (i >= 300) {
      const double values[2] = {std::log(plant.total()), std::log(plant.total() * d.digital_gain)};
      for (int k = 0; k < 2; k++) {
        sum[k] += values[k];
        squares[k] += values[k] * values[k];
      }
      counted++;
      moves += d.sensor.exposure != last.exposure || d.sensor.analogue_gain != last.analogue_gain;
    }
    last = d.sensor;
    plant.apply(d.sensor);
  }
  const auto deviation = [&](int k) { return std::sqrt(std::max(0.0, squares[k] / counted - sum[k] * sum[k] / counted / counted)); };
  return {deviation(0), deviation(1), moves};
}

TEST(ExposureLoop, AtRest) {
  for (double frame_noise : {0.0, 0.01}) {
    for (double highlight : {0.005, 0.01, 0.02}) {
      std::vector<double> applied, shown, moves;
      for (unsigned seed = 1; seed <= 6; seed++) {
        const Rest r = rest(seed, frame_noise, highlight, 1200);
        applied.push_back(r.applied);
        shown.push_back(r.shown);
        moves.push_back(r.moves);
      }
      std::cout << "  rest, 1 % zone noise, frame noise " << 100 * frame_noise << " %, spot of " << 100 * highlight
                << " %: ripple shown median " << 100 * quantile(shown, .5) << " %, worst " << 100 * quantile(shown, 1)
                << " %; of the sensor " << 100 * quantile(applied, .5) << " %, worst " << 100 * quantile(applied, 1)
                << " %; sensor moves in 900 frames median " << quantile(moves, .5) << "\n";
      EXPECT_LE(quantile(shown, .5), .005);
    }
  }
  const Rest r = rest(77, .01, .005, 10'000);
  std::cout << "  rest, 10,000 frames: ripple " << 100 * r.shown << " % shown, " << 100 * r.applied << " % of the sensor, " << r.moves
            << " moves\n";
  EXPECT_LE(r.shown, .005);
  EXPECT_LE(r.applied, .007);
}

}  // namespace
}  // namespace argent
