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

// All here works on the first N cells of a zone: where nothing moves before the scene the last one is empty, and eight fill vectors.
template <std::size_t N>
using Cells = std::array<float, N>;

template <std::size_t N>
void deposit(std::array<std::uint32_t, Statistics::kBins>& bins, const Cells<N>& level, const std::array<int, N>& count) {
  std::array<int, N> bin;
  for (std::size_t k = 0; k < bin.size(); k++) {
    bin[k] = static_cast<int>(std::min(std::max(level[k], 0.0f) * Statistics::kBins, Statistics::kBins - 1.0f));
  }
  for (std::size_t k = 0; k < bin.size(); k++) bins[static_cast<std::size_t>(bin[k])] += static_cast<std::uint32_t>(count[k]);
}

/// What is counted of one channel's cells.
template <std::size_t N>
struct Channel {
  Cells<N> found{}, clipped{}, deviation{};
  float dark = 0;  ///< share of the zone
};

template <std::size_t N>
Channel<N> count_channel(const std::array<float, ZoneLight::kCells>& level, const std::array<float, ZoneLight::kCells>& weight,
                         const NoiseModel& noise) {
  Channel<N> out;
  float most = 0, least = 1;
  for (std::size_t k = 0; k < N; k++) {
    out.deviation[k] = std::sqrt(noise.shot * level[k] + noise.read);
    out.found[k] = level[k];
    const float there = weight[k] > 0 ? level[k] : 0.5f;
    most = std::max(most, there);
    least = std::min(least, there);
  }
  const float highest = most + kTail * std::sqrt(noise.shot * most + noise.read);
  const float lowest = least - kTail * std::sqrt(noise.shot * least + noise.read);
  if (highest > 1) {
    for (std::size_t k = 0; k < N; k++) {
      const Counted result = counted(level[k], out.deviation[k]);
      out.found[k] = result.mean;
      out.clipped[k] = result.clipped;
    }
  }
  if (lowest < kDark) {
    for (std::size_t k = 0; k < N; k++) out.dark += weight[k] * below(kDark, level[k], out.deviation[k]);
  }
  return out;
}

/// Quads of each cell that go into the histograms; together as many as the zone has.
template <std::size_t N>
std::array<int, N> quads_of(const ZoneLight& light, float jitter) {
  std::array<int, N> quads{};
  float sum = jitter;
  int placed = 0;
  for (std::size_t k = 0; k < quads.size(); k++) {
    sum += light.weight[k] * float(light.counted_quads);
    quads[k] = std::max(0, static_cast<int>(sum + 1e-4f) - placed);
    placed += quads[k];
  }
  return quads;
}

/// The score that measure() finds: noise energy is taken away in the mean, its own noise stays.
float noisy_focus(float focus, float level, float variance, float gain, float quads, float z) {
  const float relative = gain * variance / (level * level);
  const float deviation = std::sqrt((2 * relative * relative + 2 * focus * relative) / std::max(1.0f, quads));
  return std::max(0.0f, focus + deviation * z);
}

template <std::size_t N>
void sample_cells(Statistics& out, Statistics::Zone& zone, const ZoneLight& light, const ZoneNoise& noise, CounterRandom& random) {
  constexpr Vec3 kRec709{0.2126f, 0.7152f, 0.0722f};
  const float back = 1 / light.falloff;
  const bool noisy = noise.sensor.shot > 0 || noise.sensor.read > 0;
  const std::array<Channel<N>, 3> channels{count_channel<N>(light.level[0], light.weight, noise.sensor),
                                           count_channel<N>(light.level[1], light.weight, noise.sensor),
                                           count_channel<N>(light.level[2], light.weight, noise.sensor)};
  std::array<float, 3> mean{}, open_sum{};
  float open_weight = 0, clipped_share = 0;
  const float dark_share = (channels[0].dark + 2 * channels[1].dark + channels[2].dark) / 4;
  const auto counts = quads_of<N>(light, noisy ? random.uniform() : 0.5f);
  const Vec3 share{kRec709[0] * out.luma_gains[0], kRec709[1] * out.luma_gains[1], kRec709[2] * out.luma_gains[2]};
  std::array<Cells<N>, 3> shown;
  Cells<N> luma{}, open;
  open.fill(1);
  // Half of the cells are put above their level and half below, as far as noise spreads them.
  const float side = !noisy ? 0 : (random.bits() & 1) != 0 ? 0.8f : -0.8f;
  for (std::size_t c = 0; c < 3; c++) {
    const Channel<N>& channel = channels[c];
    const float spread = side * (c == 1 ? 0.70710678f : 1.0f), sites = c == 1 ? 0.5f : 0.25f;
    for (std::size_t k = 0; k < N; k++) {
      const float value = channel.found[k] + spread * (k % 2 == 0 ? channel.deviation[k] : -channel.deviation[k]);
      shown[c][k] = std::min(value, 1.0f) * back;
      luma[k] += share[c] * shown[c][k];
      mean[c] += light.weight[k] * channel.found[k] * back;
      clipped_share += light.weight[k] * channel.clipped[k] * sites;
      open[k] *= c == 1 ? (1 - channel.clipped[k]) * (1 - channel.clipped[k]) : 1 - channel.clipped[k];
    }
  }
  for (std::size_t k = 0; k < N; k++) open_weight += light.weight[k] * open[k];
  for (std::size_t c = 0; c < 3; c++) {
    for (std::size_t k = 0; k < N; k++) open_sum[c] += light.weight[k] * open[k] * channels[c].found[k] * back;
    deposit(out.channels[c], shown[c], counts);
  }
  deposit(out.luma, luma, counts);

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
  // What saturates first is what stands out most, so contrast goes faster than area: measured on pixels, about the eighth power.
  const float unclipped = 1 - std::min(1.0f, zone.clipped), squared = unclipped * unclipped, left = squared * squared * squared * squared;
  for (std::size_t i = 0; i < 2; i++) {
    const float gain = i == 0 ? 12 : 3, independent = i == 0 ? quads / 2 : quads / 8;
    zone.focus[i] = level > 1e-3f ? noisy_focus(light.focus[i] * left, level, variance, gain, independent, noisy ? random.normal() : 0) : 0;
  }
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
  if (light.weight.back() > 0) {
    sample_cells<ZoneLight::kCells>(out, zone, light, noise, random);
  } else {
    sample_cells<ZoneScene::kCells>(out, zone, light, noise, random);
  }
}

}  // namespace argent
