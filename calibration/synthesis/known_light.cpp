#include "calibration/synthesis/known_light.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

#include "camera/spectral/illuminants.h"
#include "camera/spectral/observer.h"
#include "isp/color_temperature.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr float kWarmest = 1667, kCoolest = 25'000;  // kelvin, of natural light

/// "3500K"; 0: another name.
float natural_cct(std::string_view name) {
  if (name.size() < 2 || (name.back() != 'K' && name.back() != 'k')) return 0;
  float cct = 0;
  const char* end = name.data() + name.size() - 1;
  const auto [rest, error] = std::from_chars(name.data(), end, cct, std::chars_format::fixed);
  if (error != std::errc() || rest != end) return 0;
  if (!(cct >= kWarmest && cct <= kCoolest)) throw Error("light ", name, " is ", cct, " kelvin, expected 1667 to 25000");
  return cct;
}

/// CIE 15: those of the standard lights. The formula behind cct_of_chromaticity() is 8 K off at A.
constexpr std::array<std::pair<std::string_view, float>, 5> kStandard{
    {{"A", 2856.0f}, {"D50", 5003.0f}, {"D55", 5503.0f}, {"D65", 6504.0f}, {"D75", 7504.0f}}};

}  // namespace

std::string KnownLight::file_name() const {
  if (name.empty()) return "natural";
  std::string out;
  for (const char c : name) {
    const auto letter = static_cast<unsigned char>(c);
    out += std::isalnum(letter) != 0 ? static_cast<char>(std::tolower(letter)) : '-';
  }
  return out;
}

KnownLight known_light(std::string_view name, const std::filesystem::path& folder) {
  KnownLight light;
  if (const float cct = natural_cct(name); cct > 0) {
    light.cct = std::round(cct);
    light.spectrum = natural_light(light.cct);
    return light;
  }
  light.name = name;
  light.spectrum = illuminant(name, folder);
  light.cct = std::round(cct_of_chromaticity(chromaticity_of(light.spectrum)).cct);
  for (const auto& [standard, cct] : kStandard) {
    if (standard == name) light.cct = cct;
  }
  return light;
}

double power_per_lux(const Spectrum& light) {
  static const double reference = luminance_of(illuminant("D65"));
  return reference / luminance_of(light);
}

}  // namespace argent
