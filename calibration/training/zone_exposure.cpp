#include "calibration/training/zone_exposure.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace argent {
namespace {

constexpr float kDarkLevel = 1.0f / 512;  // Statistics::Zone::dark

/// Share of a normal distribution below x.
float normal_below(float x) { return 0.5f * std::erfc(-x * 0.70710678f); }

/// Pixels of a zone whose luminance is spread log-normally about its mean, seen by a sensor that saturates.
struct SpreadPixels {
  float clipped = 0;    ///< share at saturation
  float unclipped = 1;  ///< mean of the others, the mean of all is 1
};

/// `mean`: of the brightest channel, in units of saturation. Moments of the truncated log-normal distribution.
SpreadPixels clipped_pixels(float mean, float contrast) {
  if (!(mean > 0)) return {};
  const float center = -std::log(mean) / contrast + contrast / 2;  // where saturation lies, in standard deviations from the median
  if (center > 5) return {};
  const float below = normal_below(center);
  if (below < 1e-3f) return {1, 0};
  return {1 - below, normal_below(center - contrast) / below};
}

/// Mean of min(pixel, saturation).
float saturated_mean(float mean, float saturation, float contrast) {
  const float share = mean / saturation;
  if (!(share > 0)) return mean;
  const float center = -std::log(share) / contrast + contrast / 2;
  if (center > 5) return mean;
  return mean * normal_below(center - contrast) + saturation * (1 - normal_below(center));
}

float dark_share(float mean, float contrast) {
  if (!(mean > 0)) return 1;
  const float place = std::log(kDarkLevel / mean) / contrast + contrast / 2;
  return place < -5 ? 0 : normal_below(place);
}

float quantile(std::vector<float> values, float share) {
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<float>(values.size() - 1));
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

}  // namespace

ZoneExposure draw_exposure(std::span<const ZoneLight> zones, float lux, SceneRandom& random) {
  std::vector<float> greens(zones.size());
  float mean = 0, log_mean = 0;
  const float n = static_cast<float>(zones.size());
  for (std::size_t i = 0; i < zones.size(); i++) {
    greens[i] = std::max(zones[i].color[1], 1e-3f);
    mean += std::min(greens[i], 4.0f) / n;  // a lamp in the picture does not make it black
    log_mean += std::log(greens[i]) / n;
  }
  // Some controllers meter the mean, and skies stay below saturation; some give the darker parts more weight, and skies clip.
  const float metered = std::exp(std::lerp(log_mean, std::log(mean), random.uniform()));
  ZoneExposure out;
  out.level = random.log_uniform(0.07f, 0.22f) * std::exp(0.25f * random.normal()) / metered;
  // Some let only so much of a picture saturate.
  const float bright = std::max(quantile(greens, random.uniform(0.8f, 0.99f)), 1e-4f);
  if (random.chance(0.5f)) out.level = std::min(out.level, 1 / bright);
  // A camera of f/2 at 1/30 s and ISO 100 needs some 200 lux for that (own estimate); then gain, and below its end the picture gets dark.
  const float needed = random.log_uniform(60, 400) / std::max(lux, 1e-3f), most = random.log_uniform(8, 64);
  out.gain = std::clamp(needed, 1.0f, most);
  out.level *= std::min(1.0f, most / needed * random.log_uniform(1, 4));
  out.full_well = random.log_uniform(3000, 20'000);
  out.read_noise = random.log_uniform(1.5f, 6);
  out.pixels = 1 << (5 + random.below(7));
  out.lens_falloff = random.uniform(0, 1.5f);
  const float dim = 0.04f * random.normal();
  for (std::size_t c = 0; c < 3; c++) {
    out.shading_error[c] = dim + 0.012f * random.normal();
    out.black_error[c] = 1.5e-4f * random.normal();
  }
  return out;
}

Statistics expose(std::span<const ZoneLight> zones, int columns, int rows, const ZoneExposure& e, SceneRandom& random) {
  Statistics out;
  out.columns = columns;
  out.rows = rows;
  const float electrons = e.full_well / e.gain, read = e.read_noise / electrons;
  const float black_gain = std::sqrt(e.gain);  // what is before the amplifier grows with it, what is behind does not
  for (int row = 0; row < rows; row++) {
    for (int column = 0; column < columns; column++) {
      const auto i = static_cast<std::size_t>(row * columns + column);
      const float x = 2 * (static_cast<float>(column) + 0.5f) / static_cast<float>(columns) - 1,
                  y = 2 * (static_cast<float>(row) + 0.5f) / static_cast<float>(rows) - 1, radius = (x * x + y * y) / 2;
      const float saturation = 1 + e.lens_falloff * radius;  // after shading
      const float contrast = std::max(zones[i].contrast, 0.02f);
      const float brightest = *std::max_element(zones[i].color.begin(), zones[i].color.end()) * e.level;
      const SpreadPixels pixels = clipped_pixels(brightest / saturation, contrast);
      Statistics::Zone& zone = out.zones[i];
      zone.clipped = pixels.clipped;
      for (std::size_t c = 0; c < 3; c++) {
        const auto count = static_cast<std::uint32_t>(c == 1 ? 2 * e.pixels : e.pixels);
        const float level = zones[i].color[c] * e.level;
        const float shading = 1 + e.shading_error[c] * radius;
        const float variance = (std::min(level / saturation, 1.0f) / electrons + read * read) * saturation * saturation;
        const float noise = e.black_error[c] * black_gain * saturation + std::sqrt(variance / static_cast<float>(count)) * random.normal();
        zone.mean[c] = std::max(0.0f, (saturated_mean(level, saturation, contrast) + noise) * shading);
        zone.unclipped[c] = std::max(0.0f, (level * pixels.unclipped + noise) * shading);
        zone.count[c] = count;
        zone.unclipped_count[c] = static_cast<std::uint32_t>(static_cast<float>(count) * (1 - pixels.clipped));
        zone.dark += (c == 1 ? 0.5f : 0.25f) * dark_share(level / saturation, contrast);
      }
      if (zone.unclipped_count[0] == 0) {
        zone.unclipped = {};
        zone.unclipped_count = {};
      }
    }
  }
  return out;
}

}  // namespace argent
