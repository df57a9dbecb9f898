#include "isp/io/dng_color.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "isp/io/dng_tag_numbers.h"

namespace argent {
namespace {

constexpr int kLightA = 17, kLightD65 = 21;
constexpr std::array kNamedLights{17, 24, 15, 14, 18, 23, 20, 21, 19, 22};  // one code of each temperature that EXIF can name
constexpr Vec3 kD50{0.9642f, 1, 0.8249f};                                   // XYZ of ICC's profile connection space, which DNG takes over

std::uint16_t shifted(std::uint16_t first, std::size_t i) { return static_cast<std::uint16_t>(first + i); }

template <class Values>
std::vector<double> doubles_of(const Values& values) {
  return {values.begin(), values.end()};
}

/// Two matrices at lights that EXIF can name, the warmer one first; one when the frame has one; none.
std::vector<DngIlluminant> illuminants_of(const std::vector<ColorMatrix>& matrices) {
  const auto code_of = [](float cct) {
    const auto* found =
        std::find_if(kNamedLights.begin(), kNamedLights.end(), [&](int code) { return std::abs(*cct_of_exif_illuminant(code) - cct) < 1; });
    return found == kNamedLights.end() ? 0 : *found;
  };
  const bool named =
      matrices.size() <= 2 && std::all_of(matrices.begin(), matrices.end(), [&](const ColorMatrix& m) { return code_of(m.cct) != 0; });
  std::vector<DngIlluminant> out;
  const auto add = [&](int code, const Mat3& matrix) {
    const Chromaticity white = chromaticity_of_cct(*cct_of_exif_illuminant(code));
    out.push_back({.code = code, .color_matrix = matrix, .forward = forward_matrix(matrix, white), .calibration = {}, .hue_sat = {}});
  };
  if (named) {
    for (const ColorMatrix& m : matrices) add(code_of(m.cct), m.xyz_to_camera);
  } else if (matrices.size() == 1) {
    add(kLightD65, matrices.front().xyz_to_camera);  // the only one holds everywhere
  } else {
    for (const int code : {kLightA, kLightD65}) add(code, xyz_to_camera_at(matrices, *cct_of_exif_illuminant(code)));
  }
  return out;
}

TiffValue matrix_field(std::uint16_t tag, const Mat3& matrix) { return tiff_signed_rationals(tag, doubles_of(matrix)); }

void add_light(std::vector<TiffValue>& out, const DngIlluminant& light, std::size_t i) {
  if (!light.color_matrix) return;
  out.push_back(matrix_field(shifted(tags::kColorMatrix1, i), *light.color_matrix));
  out.push_back(tiff_short(shifted(tags::kCalibrationIlluminant1, i), static_cast<std::uint16_t>(light.code)));
  if (light.calibration) out.push_back(matrix_field(shifted(tags::kCameraCalibration1, i), *light.calibration));
  if (light.forward) out.push_back(matrix_field(shifted(tags::kForwardMatrix1, i), *light.forward));
}

std::vector<float> numbers_of(const HueSatTable& table) {
  std::vector<float> out;
  for (const HueSatTable::Node& node : table.nodes) out.insert(out.end(), {node.hue_shift, node.saturation_scale, node.value_scale});
  return out;
}

std::array<std::uint32_t, 3> dims_of(const HueSatTable& table) {
  return {static_cast<std::uint32_t>(table.hues), static_cast<std::uint32_t>(table.saturations), static_cast<std::uint32_t>(table.values)};
}

void add_tables(std::vector<TiffValue>& out, const DngProfile& profile) {
  for (std::size_t i = 0; i < profile.illuminants.size(); i++) {
    const HueSatTable& table = profile.illuminants[i].hue_sat;
    if (table.hues == 0) continue;
    const bool said = i > 0 && profile.illuminants[0].hue_sat.hues > 0;
    if (!said) out.push_back(tiff_longs(tags::kProfileHueSatMapDims, dims_of(table)));
    out.push_back(tiff_floats(shifted(tags::kProfileHueSatMapData1, i), numbers_of(table)));
  }
  if (profile.hue_sat_encoding == TableEncoding::kSrgb) out.push_back(tiff_long(tags::kProfileHueSatMapEncoding, 1));
  if (profile.look.hues > 0) {
    out.push_back(tiff_longs(tags::kProfileLookTableDims, dims_of(profile.look)));
    out.push_back(tiff_floats(tags::kProfileLookTableData, numbers_of(profile.look)));
  }
  if (profile.look_encoding == TableEncoding::kSrgb) out.push_back(tiff_long(tags::kProfileLookTableEncoding, 1));
  std::vector<float> curve;
  for (const auto& [x, y] : profile.tone_curve) curve.insert(curve.end(), {x, y});
  if (!curve.empty()) out.push_back(tiff_floats(tags::kProfileToneCurve, curve));
  if (!profile.name.empty()) out.push_back(tiff_text(tags::kProfileName, profile.name));
}

bool same(const std::vector<ColorMatrix>& a, const std::vector<ColorMatrix>& b) {
  const auto equal = [](const ColorMatrix& p, const ColorMatrix& q) { return p.cct == q.cct && p.xyz_to_camera == q.xyz_to_camera; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
}

}  // namespace

std::optional<Mat3> forward_matrix(const Mat3& xyz_to_camera, Chromaticity white) {
  const auto to_xyz = inverse(xyz_to_camera);
  if (!to_xyz) return std::nullopt;
  const float sum = kD50[0] + kD50[1] + kD50[2];
  const Vec3 neutral = multiply(xyz_to_camera, Vec3{white.x / white.y, 1, (1 - white.x - white.y) / white.y});
  Mat3 out = multiply(bradford(white, {kD50[0] / sum, kD50[1] / sum}), *to_xyz);
  for (std::size_t row = 0; row < 3; row++) {
    float total = 0;
    for (std::size_t column = 0; column < 3; column++) total += out[3 * row + column] *= neutral[column];
    for (std::size_t column = 0; column < 3; column++)
      out[3 * row + column] *= kD50[row] / total;  // rounding alone: readers expect it exact
  }
  return out;
}

std::vector<TiffValue> color_fields(const RawFrame& frame, const std::optional<Vec3>& gains) {
  std::vector<TiffValue> out;
  if (gains)
    out.push_back(
        tiff_rationals(tags::kAsShotNeutral, std::array{double((*gains)[1] / (*gains)[0]), 1.0, double((*gains)[1] / (*gains)[2])}));
  const DngProfile* file = frame.dng_profile.get();
  if (file != nullptr && !frame.sensor.matrices.empty() && same(color_matrices_of(*file), frame.sensor.matrices)) {
    for (std::size_t i = 0; i < file->illuminants.size(); i++) add_light(out, file->illuminants[i], i);
    if (file->analog_balance) out.push_back(tiff_rationals(tags::kAnalogBalance, doubles_of(*file->analog_balance)));
    add_tables(out, *file);
    if (file->baseline_exposure_offset) {
      out.push_back(tiff_signed_rationals(tags::kBaselineExposureOffset, std::array{static_cast<double>(*file->baseline_exposure_offset)}));
    }
    return out;
  }
  if (frame.sensor.matrices.empty()) return out;
  const std::vector<DngIlluminant> lights = illuminants_of(frame.sensor.matrices);
  for (std::size_t i = 0; i < lights.size(); i++) add_light(out, lights[i], i);
  return out;
}

}  // namespace argent
