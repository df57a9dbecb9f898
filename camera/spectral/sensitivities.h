// camera/spectral/sensitivities.h - what a sensor sees of a spectrum.
#pragma once

#include <array>
#include <filesystem>
#include <string_view>

#include "camera/spectral/spectrum.h"
#include "isp/color.h"

namespace argent {

/// R, G, B, relative to each other.
using Sensitivities = std::array<Spectrum, 3>;

/// Own numbers: bells where Bayer sensors with an infrared filter have them, with some crosstalk.
Sensitivities analytic_sensitivities();

/// A file in rawtoaces' format, 380 to 780 nm. Throws Error.
Sensitivities read_sensitivities(const std::filesystem::path& file);

/// `folder`/cameras/NAME.json or NAME_380_780_5.json. Throws Error.
Sensitivities measured_sensitivities(std::string_view name, const std::filesystem::path& folder);

/// R, G, B of a surface under a light, in units of G of a white one.
Vec3 response(const Sensitivities& sensor, const Spectrum& light, const Spectrum& reflectance);

}  // namespace argent
