#include "calibration/profile/color_derivation.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "aaa/cct_curve.h"
#include "isp/dng_color.h"

namespace argent {
namespace {

constexpr Chromaticity kD50{0.3457f, 0.3585f}, kD65{0.3127f, 0.3290f};

std::string kelvin_text(float cct) { return std::to_string(std::lround(cct)) + " K"; }

Mat3 diagonal(const Vec3& v) { return {v[0], 0, 0, 0, v[1], 0, 0, 0, v[2]}; }

/// White stays white to the last digit.
Mat3 with_unit_rows(Mat3 m) {
  for (std::size_t row = 0; row < 9; row += 3) {
    const float sum = m[row] + m[row + 1] + m[row + 2];
    for (std::size_t i = row; i < row + 3; i++) m[i] /= sum;
  }
  return m;
}

Mat3 correction_of_forward(const Mat3& forward) { return with_unit_rows(multiply(kXyzToSrgb, multiply(bradford(kD50, kD65), forward))); }

std::vector<ColorCorrection> corrections_of(const DngProfile& dng) {
  std::vector<ColorCorrection> out;
  for (const ProfileLight& light : lights_of(dng)) {
    if (!light.forward) return {};
    out.push_back({light.cct, correction_of_forward(*light.forward)});
  }
  return out;
}

std::vector<ColorCorrection> corrections_of(const std::vector<ColorMatrix>& matrices) {
  std::vector<ColorCorrection> out;
  for (const ColorMatrix& matrix : matrices) {
    const auto correction = camera_to_srgb(matrices, matrix.cct);
    if (correction) out.push_back({matrix.cct, with_unit_rows(*correction)});
  }
  return out;
}

/// EXIF's lights of known temperature that profiles are made for.
constexpr int kLightCodes[] = {17, 23, 20, 21, 22};  // A, D50, D55, D65, D75

int nearest_code(float cct) {
  const auto distance = [&](int code) { return std::abs(1e6f / cct_of_exif_illuminant(code).value() - 1e6f / cct); };
  return *std::min_element(std::begin(kLightCodes), std::end(kLightCodes), [&](int a, int b) { return distance(a) < distance(b); });
}

/// The lights that a profile with these temperatures is written for: their own where EXIF has them, within 2 %, else A and D65.
struct ChosenLights {
  std::vector<int> codes;
  std::vector<std::string> remarks;
};
ChosenLights lights_for(const std::vector<float>& ccts) {
  const auto is_named = [](float cct) { return std::abs(cct_of_exif_illuminant(nearest_code(cct)).value() / cct - 1) < 0.02f; };
  if (ccts.size() == 1) {
    const int code = nearest_code(ccts[0]);
    if (is_named(ccts[0])) return {{code}, {}};
    return {{code},
            {"color matrix: of " + kelvin_text(ccts[0]) + ", said to be of " + kelvin_text(cct_of_exif_illuminant(code).value()) +
             ", the nearest light that a DCP names"}};
  }
  const int low = nearest_code(ccts.front()), high = nearest_code(ccts.back());
  const bool as_they_are = ccts.size() == 2 && is_named(ccts[0]) && is_named(ccts[1]) && low != high;
  if (as_they_are) return {{low, high}, {}};
  return {{17, 21},
          {"color matrices: " + std::to_string(ccts.size()) + " from " + kelvin_text(ccts.front()) + " to " + kelvin_text(ccts.back()) +
           ", interpolated at the two lights of a DCP, 2856 K and 6504 K"}};
}

template <class Rows>
std::vector<float> temperatures_of(const Rows& rows) {
  std::vector<float> out;
  for (const auto& row : rows) out.push_back(row.cct);
  return out;
}

/// XYZ of the light to camera: what white balance and correction undo.
std::optional<Mat3> matrix_of(const Mat3& correction, const Vec3& gains, float cct) {
  const Mat3 to_light = multiply(bradford(kD65, chromaticity_of_cct(cct)), multiply(kSrgbToXyz, correction));
  return inverse(multiply(to_light, diagonal(gains)));
}

DngColor from_matrices(const std::vector<ColorMatrix>& matrices) {
  DngColor out;
  const auto [codes, remarks] = lights_for(temperatures_of(matrices));
  out.remarks = remarks;
  for (std::size_t i = 0; i < codes.size(); i++) {
    out.profile.illuminants[i].code = codes[i];
    out.profile.illuminants[i].color_matrix = xyz_to_camera_at(matrices, cct_of_exif_illuminant(codes[i]).value());
  }
  return out;
}

DngColor from_corrections(const std::vector<ColorCorrection>& corrections, const std::vector<CctPoint>& curve) {
  DngColor out;
  const auto [codes, remarks] = lights_for(temperatures_of(corrections));
  out.remarks = remarks;
  for (std::size_t i = 0; i < codes.size(); i++) {
    const float cct = cct_of_exif_illuminant(codes[i]).value();
    const Mat3 correction = correction_at(corrections, cct);
    const auto gains = gains_of_cct(curve, cct);
    const auto matrix = gains ? matrix_of(correction, *gains, cct) : std::nullopt;
    if (!matrix) return {{}, {"color matrices: no cct curve says what the sensor makes of white; left out"}};
    out.profile.illuminants[i].code = codes[i];
    out.profile.illuminants[i].color_matrix = *matrix;
    out.profile.illuminants[i].forward = multiply(bradford(kD65, kD50), multiply(kSrgbToXyz, correction));
  }
  out.remarks.push_back("color matrices: computed from corrections and cct curve");
  return out;
}

}  // namespace

IspColor isp_color_of(const CameraProfile& profile) {
  IspColor out{profile.isp.corrections, profile.aaa.white_balance.prior.curve, {}};
  const std::vector<ColorMatrix> matrices = profile.color ? color_matrices_of(*profile.color) : profile.matrices;
  if (out.corrections.empty() && profile.color) out.corrections = corrections_of(*profile.color);
  if (out.corrections.empty()) out.corrections = corrections_of(matrices);
  if (profile.isp.corrections.empty() && !out.corrections.empty()) {
    out.remarks.push_back("color corrections: computed from the DNG matrices");
  }
  if (out.curve.empty()) {
    out.curve = cct_curve_of(matrices);
    if (!out.curve.empty()) out.remarks.push_back("cct curve: computed from the DNG matrices, for daylight and tungsten");
  }
  if (profile.color && (profile.color->illuminants[0].hue_sat.hues > 0 || profile.color->look.hues > 0)) {
    out.remarks.push_back("hue and saturation tables: there is no place for them; left out");
  }
  if (profile.color && !profile.color->tone_curve.empty()) out.remarks.push_back("the DCP's tone curve: left out");
  return out;
}

DngColor dng_color_of(const CameraProfile& profile) {
  if (profile.color) return {*profile.color, {}};
  const auto& corrections = profile.isp.corrections;
  DngColor out = !profile.matrices.empty() ? from_matrices(profile.matrices)
                 : corrections.empty()     ? DngColor{}
                                           : from_corrections(corrections, profile.aaa.white_balance.prior.curve);
  if (!profile.matrices.empty() && !corrections.empty()) {
    for (DngIlluminant& light : out.profile.illuminants) {
      if (!light.color_matrix) continue;
      const Mat3 correction = correction_at(corrections, cct_of_exif_illuminant(light.code).value());
      light.forward = multiply(bradford(kD65, kD50), multiply(kSrgbToXyz, correction));
    }
  }
  out.profile.unique_camera_model = profile.name;
  out.profile.name = "Argent";
  return out;
}

CameraProfile profile_of_dng(const DngProfile& dng) {
  CameraProfile out;
  out.name = dng.unique_camera_model;
  out.matrices = color_matrices_of(dng);
  out.isp.corrections = corrections_of(dng);
  return out;
}

std::optional<std::array<float, 4>> black_of_16_bits(const CameraProfile& profile) {
  if (!profile.black || !profile.white) return std::nullopt;
  const float white = *std::max_element(profile.white->begin(), profile.white->end());
  float scale = 65536;
  while (scale > 1 && 65536 / scale < white + 1) scale /= 2;
  std::array<float, 4> out = *profile.black;
  for (float& level : out) level *= scale;
  return out;
}

std::vector<std::string> left_out_of(const CameraProfile& profile) {
  std::vector<std::string> remarks;
  if (!profile.isp.bad_pixels.empty()) remarks.push_back("bad_pixels: there is no place for them; left out");
  CameraProfile ours = profile, usual;
  FieldList list, defaults;
  list.group("isp", ours.isp);
  list.group("aaa", ours.aaa);
  defaults.group("isp", usual.isp);
  defaults.group("aaa", usual.aaa);
  for (std::size_t i = 0; i < list.fields().size(); i++) {
    const std::string text = text_of(list.fields()[i]);
    if (text == text_of(defaults.fields()[i])) continue;
    remarks.push_back(list.fields()[i].path + " = " + text + ": there is no place for it; left out");
  }
  return remarks;
}

}  // namespace argent
