#include "camera/simulation/pixel_row.h"

#include <algorithm>
#include <cmath>

#include "camera/simulation/counter_random.h"

namespace argent {

NormalTable::NormalTable(int seed) : values_(kStarts + 4096) {
  CounterRandom random(seed, RandomPurpose::kPixels, ~std::uint64_t{0});
  for (float& value : values_) value = (random.normal() + random.normal()) * 0.70710678f;
}

std::vector<int> sampled_sites(int extent, float scale) {
  std::vector<int> sites;
  const float middle = float(extent) / 2;
  for (int i = 0; i < extent; i++) {
    const float from = (float(i) + 0.5f - middle) / std::max(0.1f, scale) + middle - 0.5f;
    const int quad = static_cast<int>(std::lround((from - float(i % 2)) / 2));
    sites.push_back(std::clamp(quad, 0, std::max(0, (extent - 1 - i % 2) / 2)) * 2 + i % 2);
  }
  return sites;
}

void mix_row(std::vector<float>& out, const float* sharper, const float* softer, float share, std::span<const int> columns) {
  if (columns.empty()) {
    for (std::size_t x = 0; x < out.size(); x++) out[x] = sharper[x] + share * (softer[x] - sharper[x]);
  } else {
    for (std::size_t x = 0; x < out.size(); x++) out[x] = sharper[columns[x]] + share * (softer[columns[x]] - sharper[columns[x]]);
  }
}

void count_row(std::uint16_t* codes, const std::vector<float>& light, const std::vector<float>& across_squared, const float* normal,
               const RowSettings& settings) {
  const float range = settings.white - settings.black;
  const float *in = light.data(), *across = across_squared.data();
  const std::size_t width = light.size();
  for (std::size_t x = 0; x < width; x++) {
    const float level = in[x] * settings.level * (1 - settings.shading * (across[x] + settings.down_squared));
    const float noisy = level + settings.offset + std::sqrt(settings.shot * level + settings.read) * normal[x];
    const float code = settings.black + 0.5f + noisy * range;
    codes[x] = static_cast<std::uint16_t>(static_cast<int>(std::min(std::max(code, 0.0f), settings.white)));
  }
}

}  // namespace argent
