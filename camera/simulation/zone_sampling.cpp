#include "camera/simulation/zone_sampling.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr float kDark = 1.0f / 512;
constexpr float kTail = 3;  // standard deviations, from where on chance is certainty

float below(float bound, float level, float deviation) {
  const float u = (bound - level) / std::max(deviation, 1e-9f);
  return u > kTail ? 1 : u < -kTail ? 0 : 1 / (1 + std::exp(-1.702f * u));
}

void deposit(std::array<std::uint32_t, Statistics::kBins>& bins, float level, int count) {
  const auto bin = static_cast<int>(std::clamp(level, 0.0f, 2.0f) * Statistics::kBins);
  bins[static_cast<std::size_t>(std::min(bin, Statistics::kBins - 1))] += static_cast<std::uint32_t>(count);
}

/// Half of the count below and half above, as the noise has it; at once where noise does not leave the bin.
void deposit(std::array<std::uint32_t, Statistics::kBins>& bins, float level, float deviation, float most, int count) {
  if (deviation * Statistics::kBins < 0.25f) return deposit(bins, std::min(level, most), count);
  deposit(bins, std::min(level - 0.8f * deviation, most), count / 2);
  deposit(bins, std::min(level + 0.8f * deviation, most), count - count / 2);
}

/// The score that measure() finds: noise energy is taken away in the mean, its own noise stays.
float noisy_focus(float focus, float level, float variance, float gain, float quads, float z) {
  const float relative = gain * variance / (level * level);
  const float deviation = std::sqrt((2 * relative * relative + 2 * focus * relative) / std::max(1.0f, quads));
  return std::max(0.0f, focus + deviation * z);
}

}  // namespace

Counted counted(float level, float deviation) {
  const float u = (1 - level) / std::max(deviation, 1e-9f);
  if (u > kTail) return {level, 0};
  if (u < -kTail) return {1, 1};
  const float clipped = 1 / (1 + std::exp(1.702f * u));
  const float density = 0.39894228f * std::exp(-u * u / 2);
  return {level - deviation * (density - u * clipped), clipped};
}

void sample_zone(Statistics& out, Statistics::Zone& zone, const ZoneLight& light, const ZoneNoise& noise, CounterRandom& random) {
  constexpr Vec3 kRec709{0.2126f, 0.7152f, 0.0722f};
  std::array<float, 3> mean{}, open_sum{};
  float open_weight = 0, clipped_share = 0, dark_share = 0;
  const float back = 1 / light.falloff;
  const bool noisy = noise.sensor.shot > 0 || noise.sensor.read > 0;
  const float jitter = noisy ? random.uniform() : 0.5f;
  float deposited = 0;
  int placed = 0;
  for (std::size_t k = 0; k < ZoneLight::kCells; k++) {
    const float weight = light.weight[k];
    if (weight <= 0) continue;
    deposited += weight * float(light.counted_quads);
    const int count = std::max(0, static_cast<int>(deposited + jitter) - placed);
    placed += count;
    float open = 1, luma = 0, luma_variance = 0;
    std::array<float, 3> found{};
    for (std::size_t c = 0; c < 3; c++) {
      const float level = light.level[c][k];
      const float deviation = std::sqrt(noise.sensor.shot * level + noise.sensor.read);
      const Counted result = counted(level, deviation);
      const float sites = c == 1 ? 2 : 1;
      found[c] = result.mean * back;
      mean[c] += weight * found[c];
      clipped_share += weight * result.clipped * sites / 4;
      if (level - kTail * deviation < kDark) dark_share += weight * below(kDark, level, deviation) * sites / 4;
      open *= c == 1 ? (1 - result.clipped) * (1 - result.clipped) : 1 - result.clipped;
      const float spread = deviation * back * (c == 1 ? 0.70710678f : 1.0f);
      deposit(out.channels[c], found[c], spread, back, count);
      luma += kRec709[c] * out.luma_gains[c] * found[c];
      luma_variance += kRec709[c] * out.luma_gains[c] * spread * kRec709[c] * out.luma_gains[c] * spread;
    }
    deposit(out.luma, luma, luma_variance > 0 ? std::sqrt(luma_variance) : 0, 2, count);
    for (std::size_t c = 0; c < 3; c++) open_sum[c] += weight * open * found[c];
    open_weight += weight * open;
  }

  const auto quads = static_cast<float>(light.quads);
  const float extra = noise.relative > 0 ? noise.relative : 0;
  for (std::size_t c = 0; c < 3; c++) {
    const float sites = c == 1 ? 2 : 1;
    const float variance = (noise.sensor.shot * std::max(0.0f, mean[c]) * back + noise.sensor.read * back * back) / (sites * quads);
    const float room = 1 - clipped_share;  // what is clipped has no noise
    const float factor = 1 + (extra > 0 ? extra * random.normal() * room : 0),
                shift = noisy ? std::sqrt(variance) * random.normal() * room : 0;
    zone.mean[c] = mean[c] * factor + shift;
    zone.count[c] = static_cast<std::uint32_t>(light.quads * (c == 1 ? 2 : 1));
    const auto open_quads = static_cast<int>(open_weight * quads + 0.5f);
    zone.unclipped_count[c] = static_cast<std::uint32_t>(open_quads * (c == 1 ? 2 : 1));
    zone.unclipped[c] = open_quads > 0 && open_weight > 0 ? open_sum[c] / open_weight * factor + shift : 0;
  }
  const float coarse = quads * 4;
  zone.clipped = std::round(std::clamp(clipped_share, 0.0f, 1.0f) * coarse) / coarse;
  zone.dark = std::round(std::clamp(dark_share, 0.0f, 1.0f) * coarse) / coarse;
  // focus_energy.h: white noise of variance v adds 12 v at the fine scale and 3 v at the coarse one, whose terms are shared by quads.
  const float level = mean[1], variance = (noise.sensor.shot * std::max(0.0f, level) + noise.sensor.read) / 2;
  const float unclipped = 1 - std::min(1.0f, zone.clipped);
  for (std::size_t i = 0; i < 2; i++) {
    const float gain = i == 0 ? 12 : 3, independent = i == 0 ? quads / 2 : quads / 8;
    zone.focus[i] =
        level > 1e-3f ? noisy_focus(light.focus[i] * unclipped * unclipped, level, variance, gain, independent, noisy ? random.normal() : 0)
                      : 0;
  }
}

}  // namespace argent
