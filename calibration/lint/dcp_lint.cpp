#include <cmath>
#include <cstdint>
#include <span>

#include "calibration/lint/format_lints.h"
#include "calibration/profile/dcp_file.h"

namespace argent {
namespace {

constexpr Vec3 kD50{0.9642f, 1, 0.8251f};

void check_light(const DngIlluminant& light, const std::string& number, LintReport& report) {
  if (!light.color_matrix) return;
  const Vec3 white = multiply(*light.color_matrix, kD50);
  if (!(white[0] > 0 && white[1] > 0 && white[2] > 0)) {
    report.error(0, "ColorMatrix" + number + " answers white with a color that is not positive: is it the inverse?");
  }
  if (!cct_of_exif_illuminant(light.code)) {
    report.warning(0, "CalibrationIlluminant" + number + " is " + std::to_string(light.code) +
                          ", which names no light: readers guess its temperature");
  }
  if (!light.forward) return;
  const Vec3 sums = multiply(*light.forward, Vec3{1, 1, 1});
  constexpr float kOff = 0.02f;
  for (std::size_t i = 0; i < 3; i++) {
    if (std::abs(sums[i] - kD50[i]) < kOff) continue;
    report.warning(0, "ForwardMatrix" + number + " makes XYZ " + lint_number(sums[0]) + ", " + lint_number(sums[1]) + ", " +
                          lint_number(sums[2]) + " of white, expected D50's 0.9642, 1, 0.8251: readers scale its rows");
    return;
  }
}

}  // namespace

std::string lint_dcp(std::string_view bytes, std::string_view source, LintReport& report) {
  const DngProfile profile = parse_dcp(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), source);
  const auto& [first, second] = profile.illuminants;
  check_light(first, "1", report);
  check_light(second, "2", report);
  if (profile.unique_camera_model.empty())
    report.warning(0, "there is no UniqueCameraModel: programs do not offer the profile for any camera");
  if (!second.color_matrix)
    report.note(0, "there is one light only: colors of all others are those of " +
                       lint_number(cct_of_exif_illuminant(first.code).value_or(5500)) + " K");
  if (second.color_matrix && first.code == second.code)
    report.error(0, "both lights are " + std::to_string(first.code) + ", expected two temperatures");
  if (second.color_matrix && first.forward.has_value() != second.forward.has_value()) {
    report.warning(0, "one light has a ForwardMatrix and the other has none: neither is used");
  }
  if ((first.hue_sat.hues > 0) != (second.hue_sat.hues > 0) && second.color_matrix) {
    report.note(0, "one light has a HueSatMap and the other has none: it is used for both");
  }
  for (std::size_t i = 1; i < profile.tone_curve.size(); i++) {
    if (profile.tone_curve[i][1] >= profile.tone_curve[i - 1][1]) continue;
    report.error(0, "ToneCurve falls at " + lint_number(profile.tone_curve[i][0]) + ": brighter would become darker");
    break;
  }
  return "DNG camera profile" + (profile.unique_camera_model.empty() ? std::string() : " of " + profile.unique_camera_model);
}

}  // namespace argent
