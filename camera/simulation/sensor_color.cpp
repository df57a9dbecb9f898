#include "camera/simulation/sensor_color.h"

#include <cmath>

namespace argent {
namespace {

/// sRGB codes of the ColorChecker's patches (BabelColor's averages, rounded), rows from dark skin to black.
constexpr std::array<std::array<int, 3>, 24> kPatches{
    {{115, 82, 68},  {194, 150, 130}, {98, 122, 157},  {87, 108, 67},   {133, 128, 177}, {103, 189, 170}, {214, 126, 44}, {80, 91, 166},
     {193, 90, 99},  {94, 60, 108},   {157, 188, 64},  {224, 163, 46},  {56, 61, 150},   {70, 148, 73},   {175, 54, 60},  {231, 199, 31},
     {187, 86, 149}, {8, 133, 161},   {243, 243, 242}, {200, 200, 200}, {160, 160, 160}, {122, 122, 121}, {85, 85, 85},   {52, 52, 52}}};

/// The analytic sensor: own numbers, of the kind that cameras have.
constexpr Mat3 kXyzToSensor{0.75f, -0.20f, -0.08f, -0.45f, 1.25f, 0.22f, -0.08f, 0.20f, 0.60f};

Vec3 linear_of(const std::array<int, 3>& codes) {
  return {srgb_decode(float(codes[0]) / 255), srgb_decode(float(codes[1]) / 255), srgb_decode(float(codes[2]) / 255)};
}

Vec3 xyz_of(Chromaticity c) { return {c.x / c.y, 1, (1 - c.x - c.y) / c.y}; }

/// Moves a chromaticity by Duv across the locus, in CIE 1960 uv.
Chromaticity with_tint(Chromaticity white, float cct, float duv) {
  if (duv == 0) return white;
  const auto uv = [](Chromaticity c) {
    const float d = -2 * c.x + 12 * c.y + 3;
    return std::array<float, 2>{4 * c.x / d, 6 * c.y / d};
  };
  const auto warm = uv(chromaticity_of_cct(cct * 0.98f)), cool = uv(chromaticity_of_cct(cct * 1.02f)), here = uv(white);
  const float du = warm[0] - cool[0], dv = warm[1] - cool[1], length = std::hypot(du, dv);
  if (length == 0) return white;
  // Towards warm, the locus goes to larger u; greenish lies to the left of that way: (-dv, du).
  const float u = here[0] - duv * dv / length, v = here[1] + duv * du / length, d = 2 * u - 8 * v + 4;
  return {3 * u / d, 2 * v / d};
}

}  // namespace

std::array<float, kMaterials> material_luminances() {
  std::array<float, kMaterials> luminances{1};
  for (std::size_t i = 0; i < kPatches.size(); i++) luminances[i + 1] = multiply(kSrgbToXyz, linear_of(kPatches[i]))[1];
  return luminances;
}

SensorColor::SensorColor(const Scenario& scenario) : colorfulness_(scenario.scene.colorfulness), tint_(scenario.light.tint) {}

Palette SensorColor::palette(float cct) const {
  const Vec3 white = multiply(kXyzToSensor, xyz_of(with_tint(chromaticity_of_cct(cct), cct, tint_)));
  const Vec3 reference = multiply(kXyzToSensor, multiply(kSrgbToXyz, Vec3{1, 1, 1}));
  Palette palette;
  palette[0] = {white[0] / white[1], 1, white[2] / white[1]};
  for (std::size_t i = 0; i < kPatches.size(); i++) {
    const Vec3 xyz = multiply(kSrgbToXyz, linear_of(kPatches[i]));
    const Vec3 seen = multiply(kXyzToSensor, xyz);
    for (std::size_t c = 0; c < 3; c++) {
      const float share = seen[c] / reference[c] / xyz[1];
      palette[i + 1][c] = palette[0][c] * (1 + colorfulness_ * (share - 1));
    }
  }
  return palette;
}

std::vector<ColorMatrix> SensorColor::matrices() const { return {{6504, kXyzToSensor}}; }

}  // namespace argent
