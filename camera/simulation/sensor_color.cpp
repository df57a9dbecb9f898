#include "camera/simulation/sensor_color.h"

#include <algorithm>
#include <cmath>

#include "camera/simulation/panorama.h"
#include "camera/simulation/pi_tunings.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/primaries.h"
#include "camera/spectral/reflectances.h"
#include "camera/spectral/sensitivities.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

const Spectrum& surface(std::size_t material) { return material == 0 ? white_surface() : checker_reflectances()[material - 1]; }

/// Between neighbors linearly in reciprocal temperature, constant outside.
CctPoint white_at(const std::vector<CctPoint>& curve, float cct) {
  if (cct <= curve.front().cct) return curve.front();
  for (std::size_t i = 1; i < curve.size(); i++) {
    if (cct > curve[i].cct) continue;
    const CctPoint &a = curve[i - 1], &b = curve[i];
    const float share = (1 / cct - 1 / a.cct) / (1 / b.cct - 1 / a.cct);
    return {cct, a.red + share * (b.red - a.red), a.blue + share * (b.blue - a.blue)};
  }
  return curve.back();
}

}  // namespace

std::array<float, kMaterials> material_luminances() {
  const Spectrum light = illuminant("D65");
  std::array<float, kMaterials> luminances;
  for (std::size_t m = 0; m < kMaterials; m++) luminances[m] = xyz_of(light, surface(m))[1];
  return luminances;
}

SensorColor::SensorColor(const Scenario& scenario)
    : colorfulness_(scenario.scene.colorfulness),
      tint_(scenario.light.tint),
      start_cct_(scenario.light.cct),
      named_(!scenario.light.illuminant.empty() || !scenario.light.panorama.empty()) {
  if (const auto tuning = pi_tuning(scenario.sensor.model)) {
    tuned_ = true;
    curve_ = tuning->curve;
    corrections_ = tuning->corrections;
    sensor_ = analytic_sensitivities();
  } else if (scenario.sensor.model == "analytic") {
    sensor_ = analytic_sensitivities();
  } else {
    if (scenario.spectra.empty()) {
      throw Error("sensor.model = " + scenario.sensor.model +
                  " is not built in (analytic, imx219, imx477, imx708), and no folder of spectra is given");
    }
    sensor_ = measured_sensitivities(scenario.sensor.model, scenario.spectra);
  }
  if (named_) {
    named_light_ = scenario.light.panorama.empty() ? illuminant(scenario.light.illuminant, scenario.spectra)
                                                   : Panorama(scenario.light.panorama).light_spectrum();
    start_cct_ = cct_of_chromaticity(chromaticity_of(named_light_)).cct;
  }
}

Palette SensorColor::spectral_palette(float cct) const {
  const bool own = named_ && cct == start_cct_;
  const Spectrum light = with_tint(own ? named_light_ : natural_light(cct), tint_);
  static const std::array<float, kMaterials> luminances = material_luminances();
  Palette palette;
  for (std::size_t m = 0; m < kMaterials; m++) {
    const Vec3 seen = response(sensor_, light, surface(m));
    for (std::size_t c = 0; c < 3; c++) palette[m][c] = seen[c] / luminances[m];
  }
  for (std::size_t p = 0; p < kPrimaries; p++) palette[kMaterials + p] = response(sensor_, light, primary_reflectances()[p]);
  return palette;
}

std::array<float, 3> SensorColor::tint_of(float cct) const {
  // A tuning knows only its curve: off it, the white moves as the analytic sensor's would.
  const Spectrum light = natural_light(cct);
  const bool own = named_ && cct == start_cct_;
  if (tint_ == 0 && !own) return {1, 1, 1};
  const Vec3 on = response(sensor_, light, white_surface()),
             off = response(sensor_, with_tint(own ? named_light_ : light, tint_), white_surface());
  return {off[0] / on[0], 1, off[2] / on[2]};
}

Palette SensorColor::tuned_palette(float cct) const {
  const CctPoint white = white_at(curve_, cct);
  const auto tint = tint_of(cct);
  const Vec3 balance{white.red * tint[0], 1, white.blue * tint[2]};
  const Mat3 srgb_to_camera = inverse(correction_at(corrections_, cct)).value_or(kIdentity3);
  const Spectrum light = illuminant("D65");
  Palette palette;
  palette[0] = balance;
  for (std::size_t m = 1; m < kMaterials; m++) {
    const Vec3 xyz = xyz_of(light, surface(m));
    const Vec3 camera = multiply(srgb_to_camera, multiply(kXyzToSrgb, xyz));
    // The matrices overshoot for the purest colors; no surface gives less than nothing.
    for (std::size_t c = 0; c < 3; c++) palette[m][c] = balance[c] * std::max(0.01f, camera[c] / xyz[1]);
  }
  for (std::size_t p = 0; p < kPrimaries; p++) {  // may be negative: only their mixtures are seen
    for (std::size_t c = 0; c < 3; c++) palette[kMaterials + p][c] = balance[c] * srgb_to_camera[3 * c + p];
  }
  return palette;
}

Palette SensorColor::palette(float cct) const {
  Palette palette = tuned_ ? tuned_palette(cct) : spectral_palette(cct);
  for (std::size_t m = 1; m < kMaterials; m++) {
    for (std::size_t c = 0; c < 3; c++) palette[m][c] = palette[0][c] + colorfulness_ * (palette[m][c] - palette[0][c]);
  }
  for (std::size_t p = 0; p < kPrimaries; p++) {
    Vec3& primary = palette[kMaterials + p];
    const float luminance = kSrgbToXyz[3 + p];
    for (std::size_t c = 0; c < 3; c++) primary[c] = luminance * palette[0][c] + colorfulness_ * (primary[c] - luminance * palette[0][c]);
  }
  return palette;
}

std::vector<CctPoint> SensorColor::cct_curve() const {
  SensorColor plain = *this;
  plain.tint_ = 0;
  plain.named_ = false;
  std::vector<CctPoint> curve;
  for (float cct : {2300.0f, 2600.0f, 2900.0f, 3300.0f, 3800.0f, 4400.0f, 5000.0f, 5700.0f, 6500.0f, 7500.0f, 8500.0f}) {
    const Palette palette = plain.palette(cct);
    if (tuned_ && (cct < curve_.front().cct || cct > curve_.back().cct)) continue;
    curve.push_back({cct, palette[0][0], palette[0][2]});
  }
  return curve;
}

std::vector<ColorMatrix> SensorColor::matrices() const {
  SensorColor plain = *this;
  plain.tint_ = 0;
  plain.named_ = false;
  plain.colorfulness_ = 1;
  const auto luminances = material_luminances();
  std::vector<ColorMatrix> matrices;
  for (float cct : {2856.0f, 6504.0f}) {
    const Palette palette = plain.palette(cct);
    const Spectrum light = natural_light(cct);
    Mat3 camera_xyz{}, xyz_xyz{};
    for (std::size_t m = 0; m < kMaterials; m++) {
      const Vec3 xyz = xyz_of(light, surface(m));
      for (std::size_t i = 0; i < 9; i++) {
        camera_xyz[i] += palette[m][i / 3] * luminances[m] * xyz[i % 3];
        xyz_xyz[i] += xyz[i / 3] * xyz[i % 3];
      }
    }
    matrices.push_back({cct, multiply(camera_xyz, inverse(xyz_xyz).value_or(kIdentity3))});
  }
  return matrices;
}

}  // namespace argent
