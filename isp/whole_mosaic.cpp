#include "isp/whole_mosaic.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace argent {
namespace {

using Halide::Runtime::Buffer;

/// Whole numbers of the largest gain.
constexpr float kLargestGain = 65500;
/// Row pairs of a strip: at most, so that threads end together though one of them is held up; at least, because of five pairs above a strip
/// most is made twice. A quarter of 1080 rows fits.
constexpr int kMostPairs = 136, kLeastPairs = 16;

/// Of `count` positive values; in several side by side, which the compiler makes vectors of.
template <class Value>
float largest(std::ptrdiff_t count, const Value& value) {
  constexpr std::ptrdiff_t kLanes = 16;
  std::array<float, kLanes> lanes{};
  std::ptrdiff_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::ptrdiff_t lane = 0; lane < kLanes; lane++) {
      float& most = lanes[static_cast<std::size_t>(lane)];
      most = std::max(most, value(i + lane));
    }
  }
  for (; i < count; i++) lanes[0] = std::max(lanes[0], value(i));
  return *std::max_element(lanes.begin(), lanes.end());
}

/// `ranges`: of each site's codes from black to white, of those that fill 16 bits.
template <class Ceiling>
WholeMesh whole_mesh(BufferPool& pool, const Buffer<float>& mesh, const std::array<float, 4>& ranges, const Ceiling& ceiling) {
  WholeMesh out;
  out.memory = pool.lease(mesh.size_in_bytes() / 4 / sizeof(float) * 5 * sizeof(std::uint16_t));
  out.gains = Buffer<std::uint16_t>(reinterpret_cast<std::uint16_t*>(out.memory.get()), mesh.dim(0).extent(), mesh.dim(1).extent(), 5);
  out.gains.set_min(mesh.dim(0).min(), 0, 0);
  const std::ptrdiff_t nodes = mesh.dim(2).stride();
  const float* gains = mesh.begin();
  const auto gains_of = [&](std::size_t site) { return gains + static_cast<std::ptrdiff_t>(site) * nodes; };
  const auto ceiling_at = [&](std::ptrdiff_t i) { return ceiling(gains[i], gains[nodes + i], gains[3 * nodes + i]); };
  out.ceiling = largest(nodes, ceiling_at);
  float most = 0;  // gain of a shifted code to light of 1
  for (std::size_t s = 0; s < 4; s++) {
    most = std::max(most, largest(nodes, [own = gains_of(s)](std::ptrdiff_t i) { return own[i]; }) / ranges[s]);
  }
  out.one = kLargestGain / 65536 / most;  // no ceiling is higher than what a site's white makes
  // NOLINTNEXTLINE(bugprone-incorrect-roundings): not below 0, and whole vectors at once, which lround is not
  const auto whole = [](float value) { return static_cast<std::uint16_t>(std::min(value + 0.5f, 65535.0f)); };
  std::uint16_t* to = out.gains.begin();
  for (std::size_t s = 0; s < 4; s++) {
    const float by = 65536 * out.one / ranges[s];
    to = std::transform(gains_of(s), gains_of(s) + nodes, to, [&](float gain) { return whole(by * gain); });
  }
  for (std::ptrdiff_t i = 0; i < nodes; i++) to[i] = whole(out.one * ceiling_at(i));
  return out;
}

std::uint16_t whole_code(float code) { return static_cast<std::uint16_t>(std::lround(std::clamp(code, 0.0f, 65535.0f))); }

/// Codes that clip, and how quickly: of a channel that does not saturate first, none.
void set_clipping(WholeMosaic& in, const SensorInfo& sensor, int first, float threshold) {
  constexpr std::array kChannel{0, 1, 1, 2};
  float range = 65535;
  for (int s = 0; s < 4; s++) {
    const auto site = static_cast<std::size_t>(s);
    const float own = sensor.white[site] - sensor.black[site], start = sensor.black[site] + threshold * own;
    const bool clips = kChannel[site] == first;
    in.levels(s, 1) = clips ? whole_code(start) : 65535;
    if (clips) range = std::min(range, std::max(sensor.white[site] - start, 1e-4f * own));
  }
  in.slope = 65535 / range;
  in.first = std::max(first, 0);
}

int parts(int all, int each) { return (all + each - 1) / each; }

}  // namespace

WholeMosaic whole_mosaic(BufferPool& pool, const RawFrame& frame, const Controls& controls, const PipelineParams& params,
                         const Development& development, Rect area, float lift) {
  WholeMosaic in;
  const SensorInfo& sensor = frame.sensor;
  in.region = mosaic_region(sensor, area);
  const SiteMesh mesh = with_gain_map(lens_mesh(frame, params, development.cct), controls.gain_map);
  in.wide = widen(pool, mesh, development.gains, frame.size(), in.region.origin, 2, in.region.width / 2);
  const float white = *std::max_element(sensor.white.begin(), sensor.white.end());
  while (in.code_shift < 15 && std::ldexp(white, in.code_shift + 1) <= 65535) in.code_shift++;
  std::array<float, 4> ranges{};
  for (int s = 0; s < 4; s++) {
    const auto site = static_cast<std::size_t>(s);
    in.levels(s, 0) = whole_code(std::ldexp(sensor.black[site], in.code_shift));
    ranges[site] = std::ldexp(sensor.white[site] - sensor.black[site], in.code_shift);
  }
  const int first = first_channel(development, sensor.cfa);
  const auto highest = [](float r, float g, float b) { return std::max({r, g, b}); };
  const auto middle = [](float r, float g, float b) { return std::max(std::min(r, g), std::min(std::max(r, g), b)); };
  in.mesh = first < 0 ? whole_mesh(pool, in.wide.gains, ranges, highest) : whole_mesh(pool, in.wide.gains, ranges, middle);
  in.unit = kLargestRoot / std::sqrt(in.mesh.ceiling + lift);
  in.scale = in.unit / std::sqrt(in.mesh.one);
  set_clipping(in, sensor, first, params.highlights.threshold);
  in.defects = params.defects.strength;
  return in;
}

int strip_pairs(int pairs, int threads) {
  return std::clamp(parts(pairs, threads * parts(pairs, threads * kMostPairs)), std::min(kLeastPairs, pairs), kMostPairs);
}

int strips_height(int pairs, int each) { return 2 * each * parts(pairs, each); }

}  // namespace argent
