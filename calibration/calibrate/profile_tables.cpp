#include "calibration/calibrate/profile_tables.h"

#include <algorithm>
#include <cmath>

#include "isp/bad_pixels.h"

namespace argent {
namespace {

constexpr double kLeastImbalance = 0.002, kMostImbalance = 0.1;

/// Greens that answer differently to the same light have different distances from black to white: the weaker one's is made smaller, so that
/// both come out alike and both are clipped where the sensor is.
void balance_greens(const Calibration& measured, std::array<float, 4>& white) {
  if (measured.shading.empty()) return;
  double imbalance = 0;
  for (const ShadingFit& fit : measured.shading) imbalance += fit.green_imbalance / static_cast<double>(measured.shading.size());
  if (!(std::abs(imbalance) >= kLeastImbalance && std::abs(imbalance) <= kMostImbalance)) return;
  const std::size_t weaker = imbalance > 0 ? 2 : 1;
  const double range = measured.white[weaker] - measured.black[weaker];
  white[weaker] = static_cast<float>(measured.black[weaker] + range / (1 + std::abs(imbalance)));
}

void add_noise(const Calibration& measured, CameraProfile& profile) {
  for (const PhotonTransfer& fit : measured.noise) {
    NoisePoint point{fit.analogue_gain, fit.noise};
    // Dark frames know read noise better than a line's start does.
    for (const DarkLevel& dark : measured.darks) {
      if (dark.cut || dark.frames < 2 || std::abs(dark.analogue_gain / fit.analogue_gain - 1) > 0.005f) continue;
      const double relative = dark.read_noise / (measured.white[1] - measured.black[1]);
      point.noise.read = static_cast<float>(relative * relative);
    }
    if (profile.noise.empty() || point.analogue_gain > profile.noise.back().analogue_gain) profile.noise.push_back(point);
  }
}

void add_colors(const Calibration& measured, CameraProfile& profile) {
  const bool any_natural =
      std::any_of(measured.lights.begin(), measured.lights.end(), [](const LightMeasurement& light) { return light.natural; });
  for (const LightMeasurement& light : measured.lights) {
    if (any_natural && !light.natural) continue;
    if (!profile.matrices.empty() && light.cct <= profile.matrices.back().cct) continue;
    profile.matrices.push_back(light.fit.matrix);
    profile.isp.corrections.push_back({light.cct, light.fit.camera_to_srgb});
  }
  if (!measured.curve) return;
  IlluminantPrior& prior = profile.aaa.white_balance.prior;
  prior.curve = measured.curve->curve;
  prior.transverse_positive = measured.curve->transverse_positive;
  prior.transverse_negative = measured.curve->transverse_negative;
}

void add_lens(const Calibration& measured, CameraProfile& profile) {
  if (measured.lateral_color) {
    const GeometryParams scales = geometry_of(measured.lateral_color->lateral, measured.size);
    profile.isp.geometry.ca_red = scales.ca_red;
    profile.isp.geometry.ca_blue = scales.ca_blue;
  }
  const auto sharpest = std::max_element(measured.edges.begin(), measured.edges.end(), [](const EdgeCapture& a, const EdgeCapture& b) {
    return a.edge.colors[1].mtf50 < b.edge.colors[1].mtf50;
  });
  if (sharpest != measured.edges.end()) profile.isp.sharpen = sharpening_of(sharpest->edge.colors[1]);
  if (measured.focus) {
    profile.lens_map = measured.focus->points;
    profile.aaa.focus = focus_params(*measured.focus, std::nullopt, profile.aaa.focus);
  }
}

void add_response(const Calibration& measured, CameraProfile& profile) {
  if (!measured.response) return;
  profile.delays = SettingsDelays{measured.response->exposure_delay, measured.response->gain_delay};
  for (const GainMeasure& gain : measured.response->gains) {
    if (profile.gain_table.empty() || (gain.asked > profile.gain_table.back().asked && gain.actual > profile.gain_table.back().actual))
      profile.gain_table.push_back({gain.asked, gain.actual});
  }
  if (profile.gain_table.size() < 2) profile.gain_table.clear();
}

}  // namespace

CameraProfile profile_of(const Calibration& measured, const std::string& name) {
  CameraProfile profile;
  profile.name = name;
  profile.native_size = measured.size;
  profile.black.emplace();
  profile.white.emplace();
  for (std::size_t site = 0; site < 4; site++) {
    (*profile.black)[site] = static_cast<float>(measured.black[site]);
    (*profile.white)[site] = static_cast<float>(measured.white[site]);
  }
  balance_greens(measured, *profile.white);
  add_noise(measured, profile);
  for (const ShadingFit& fit : measured.shading) profile.isp.shading.push_back(fit.mesh);
  for (const PixelDefect& defect : measured.defects) profile.isp.bad_pixels.push_back(place_of_pixel(defect.x, defect.y, measured.size));
  add_colors(measured, profile);
  add_lens(measured, profile);
  add_response(measured, profile);
  profile.lux_reference = measured.lux;
  return profile;
}

}  // namespace argent
