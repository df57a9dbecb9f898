// calibration/synthesis/known_light.h - the light of a synthetic capture.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "camera/spectral/spectrum.h"
#include "isp/color.h"

namespace argent {

struct KnownLight {
  std::string name;  ///< of camera/spectral/illuminants.h; empty: natural light of that temperature
  float cct = 0;     ///< kelvin, whole ones; of a lamp its correlated temperature, of the standard lights as CIE has it
  Spectrum spectrum{};
  std::string file_name() const;  ///< "d65", "natural": lower case, letters, digits and '-'
};

/// "D65", "FL11", a name in `folder`/illuminants, or "3500K". Throws Error.
KnownLight known_light(std::string_view name, const std::filesystem::path& folder = {});

/// Light of unit illuminance: the spectrum over what an eye sees of it, D65 = 1.
double power_per_lux(const Spectrum& light);

}  // namespace argent
