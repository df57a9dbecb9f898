#include "isp/io/black_level.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

bool has_pattern(const BlackLevels& levels) { return levels.rows > 0 && levels.columns > 0; }

bool folds_whole(const BlackLevels& levels, CfaPattern cfa) {
  const int period = is_bayer(cfa) ? 2 : 1;
  return levels.rows <= period && levels.columns <= period;
}

float pattern_at(const BlackLevels& levels, int x, int y) {
  return levels.pattern[static_cast<std::size_t>(y % levels.rows * levels.columns + x % levels.columns)];
}

float smallest(const BlackLevels& levels) { return *std::min_element(levels.pattern.begin(), levels.pattern.end()); }

}  // namespace

int bayer_site(CfaPattern cfa, int x, int y) {
  const int red = static_cast<int>(cfa);  // kRggb 0, kGrbg 1, kGbrg 2, kBggr 3: where red is, x + 2 y
  const int across = (x ^ red) & 1, down = (y ^ red >> 1) & 1;
  return across + 2 * down;
}

std::array<float, 4> fold(const BlackLevels& levels, CfaPattern cfa) {
  std::array<float, 4> sites = levels.sites;
  if (!has_pattern(levels)) return sites;
  if (!folds_whole(levels, cfa) || !is_bayer(cfa)) {
    for (float& site : sites) site += smallest(levels);
    return sites;
  }
  for (int y = 0; y < 2; y++) {
    for (int x = 0; x < 2; x++) sites[bayer_site(cfa, x, y)] += pattern_at(levels, x, y);
  }
  return sites;
}

void subtract_residual(const BlackLevels& levels, const SensorInfo& sensor, std::uint16_t* pixels, std::ptrdiff_t stride) {
  if (!has_pattern(levels) || folds_whole(levels, sensor.cfa)) return;
  const int samples = samples_per_pixel(sensor.cfa);
  const int white = static_cast<int>(*std::min_element(sensor.white.begin(), sensor.white.end()));
  const float least = smallest(levels);
  for (int y = 0; y < sensor.active.height; y++) {
    for (int x = 0; x < sensor.active.width; x++) {
      const int excess = static_cast<int>(std::lround(pattern_at(levels, x, y) - least));
      std::uint16_t* pixel = pixels + y * stride + x * samples;
      for (int c = 0; c < samples; c++) {
        if (pixel[c] < white) pixel[c] = static_cast<std::uint16_t>(std::max(0, pixel[c] - excess));
      }
    }
  }
}

}  // namespace argent
