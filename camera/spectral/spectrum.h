// camera/spectral/spectrum.h - light, reflectance or sensitivity over wavelength: 380 to 780 nm in steps of 5.
#pragma once

#include <array>
#include <cstddef>

namespace argent {

inline constexpr std::size_t kSamples = 81;
inline constexpr float kFirstWavelength = 380, kWavelengthStep = 5;  // nm

using Spectrum = std::array<float, kSamples>;

constexpr float wavelength(std::size_t sample) { return kFirstWavelength + kWavelengthStep * static_cast<float>(sample); }

}  // namespace argent
