// camera/simulation/sensor_color.h - what a sensor makes of the scene's materials under a light.
#pragma once

#include <array>
#include <vector>

#include "camera/simulation/scenario.h"
#include "camera/spectral/spectrum.h"
#include "isp/color.h"

namespace argent {

/// Material 0 is white; 1 to 24 are the patches of a ColorChecker, in its order.
inline constexpr std::size_t kMaterials = 25;

/// After the materials: primary_reflectances(), of which pictures are mixed.
inline constexpr std::size_t kPrimaries = 3;

/// Sensor R, G, B of each material, brought to luminance 1, and of the primaries as they are; green of white is 1.
using Palette = std::array<Vec3, kMaterials + kPrimaries>;

/// Luminance of the patches under D65, white = 1.
std::array<float, kMaterials> material_luminances();

/// The analytic sensor and the measured cameras by spectra; imx219, imx477 and imx708 by the curve and the matrices of their tunings.
class SensorColor {
 public:
  /// Throws Error for a camera or an illuminant that isn't there.
  explicit SensorColor(const Scenario& scenario);

  /// Under natural light, or under the scenario's illuminant at its own temperature.
  Palette palette(float cct) const;

  /// Kelvin of the scenario's first light: of the illuminant or the panorama it names, else what it says.
  float start_cct() const { return start_cct_; }

  /// What calibration would find: the whites under natural light from 2300 to 8500 K, and matrices under 2856 and 6504 K, by least squares
  /// over the patches.
  std::vector<CctPoint> cct_curve() const;
  std::vector<ColorMatrix> matrices() const;

 private:
  std::array<float, 3> tint_of(float cct) const;
  Palette spectral_palette(float cct) const;
  Palette tuned_palette(float cct) const;

  float colorfulness_ = 1, tint_ = 0, start_cct_ = 5000;
  bool tuned_ = false;
  bool named_ = false;                ///< an illuminant by name, or a panorama's
  std::array<Spectrum, 3> sensor_{};  ///< Sensitivities
  Spectrum named_light_{};
  std::vector<CctPoint> curve_;  ///< of a tuning
  std::vector<ColorCorrection> corrections_;
};

}  // namespace argent
