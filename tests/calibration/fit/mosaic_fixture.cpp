#include "tests/calibration/fit/mosaic_fixture.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <vector>

#include "camera/simulation/counter_random.h"

namespace argent {
namespace {

/// What the light at a distance from a pixel's middle adds to it, along one axis.
double share(double distance, double blur) {
  if (blur <= 0) return std::abs(distance) < 0.5 ? 1 : 0;
  const auto below = [&](double x) { return std::erfc(-x / (blur * std::numbers::sqrt2)) / 2; };
  return below(distance + 0.5) - below(distance - 0.5);
}

/// Weights of the samples around a pixel, `reach` pixels on each side of it; they sum to 1.
std::vector<double> weights_of(const MosaicFixture& fixture, int reach) {
  std::vector<double> weights;
  double sum = 0;
  for (int i = 0; i < (2 * reach + 1) * fixture.samples; i++) {
    weights.push_back(share((i + 0.5) / fixture.samples - reach - 0.5, fixture.blur));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// Light of all pixels in one channel.
std::vector<double> light_of(const SceneLight& scene, const MosaicFixture& fixture, int channel) {
  const int reach = static_cast<int>(std::ceil(4 * fixture.blur)), s = fixture.samples;
  const std::vector<double> weights = weights_of(fixture, reach);
  const auto width = static_cast<std::size_t>(fixture.size.width), height = static_cast<std::size_t>(fixture.size.height);
  const std::size_t rows = (height + 2 * static_cast<std::size_t>(reach)) * static_cast<std::size_t>(s);
  std::vector<double> fine((width + 2 * static_cast<std::size_t>(reach)) * static_cast<std::size_t>(s)), across(rows * width);
  for (std::size_t row = 0; row < rows; row++) {
    for (std::size_t i = 0; i < fine.size(); i++) fine[i] = scene((double(i) + 0.5) / s - reach, (double(row) + 0.5) / s - reach, channel);
    for (std::size_t x = 0; x < width; x++) {
      for (std::size_t i = 0; i < weights.size(); i++) across[row * width + x] += weights[i] * fine[x * static_cast<std::size_t>(s) + i];
    }
  }
  std::vector<double> out(width * height);
  for (std::size_t y = 0; y < height; y++) {
    for (std::size_t i = 0; i < weights.size(); i++) {
      const double* row = &across[(y * static_cast<std::size_t>(s) + i) * width];
      for (std::size_t x = 0; x < width; x++) out[y * width + x] += weights[i] * row[x];
    }
  }
  return out;
}

double uniform(CounterRandom& random) { return (static_cast<double>(random.bits() >> 11) + 0.5) * 0x1p-53; }

double normal(CounterRandom& random) {
  const double radius = std::sqrt(-2 * std::log(uniform(random)));
  return radius * std::cos(2 * std::numbers::pi * uniform(random));
}

double poisson(CounterRandom& random, double mean) {
  constexpr double kMany = 50;
  if (mean > kMany) return std::max(0.0, std::round(mean + std::sqrt(mean) * normal(random)));
  int count = -1;
  for (double left = std::exp(-mean), product = 1; product > left; count++) product *= uniform(random);
  return std::max(0, count);
}

}  // namespace

RawFrame mosaic_of(const SceneLight& scene, const MosaicFixture& fixture) {
  RawFrame frame;
  frame.sensor.active = fixture.size;
  frame.sensor.cfa = fixture.cfa;
  frame.sensor.bits = 12;
  frame.sensor.black.fill(fixture.black);
  frame.sensor.white.fill(fixture.white);
  frame.stride = fixture.size.width;
  std::array<std::vector<double>, 3> light;
  for (int channel = 0; channel < 3; channel++) light[static_cast<std::size_t>(channel)] = light_of(scene, fixture, channel);
  auto codes = std::make_shared<std::vector<std::uint16_t>>();
  for (int y = 0; y < fixture.size.height; y++) {
    for (int x = 0; x < fixture.size.width; x++) {
      double level = light[static_cast<std::size_t>(color_at(frame.sensor, x, y))][codes->size()];
      CounterRandom random(fixture.seed, RandomPurpose::kPixels, codes->size());
      if (fixture.electrons > 0)
        level = (poisson(random, std::max(level, 0.0) * fixture.electrons) + fixture.read_noise * normal(random)) / fixture.electrons;
      const double code = fixture.black + level * (fixture.white - fixture.black);
      codes->push_back(static_cast<std::uint16_t>(std::lround(std::clamp(code, 0.0, static_cast<double>(fixture.white)))));
    }
  }
  frame.data = codes->data();
  frame.lease = codes;
  return frame;
}

}  // namespace argent
