#include "isp/dng_color.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "isp/color_space.h"
#include "isp/precise_color.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

constexpr float kUnknownLight = 5500;  // kelvin

Real33 mix(const Mat3& a, const Mat3& b, double weight) {
  Real33 out{};
  for (std::size_t i = 0; i < 9; i++) out[i] = a[i] + weight * (static_cast<double>(b[i]) - a[i]);
  return out;
}

/// Rows scaled so that (1, 1, 1) becomes the XYZ of D50; nullopt where a row sums to nothing.
std::optional<Real33> with_white_d50(const Real33& m) {
  auto out = with_unit_rows(m);
  if (!out) return std::nullopt;
  const Real3 white = xyz_of(kD50.x, kD50.y);
  for (std::size_t i = 0; i < 9; i++) (*out)[i] *= white[i / 3];
  return out;
}

Real3 neutral_of(const Vec3& gains) { return {1.0 / gains[0], 1.0 / gains[1], 1.0 / gains[2]}; }

Real33 analog_balance(const DngProfile& profile) { return diagonal(widen(profile.analog_balance.value_or(Vec3{1, 1, 1}))); }

struct Between {
  const ProfileLight &first, &last;
  double weight = 0;
};

/// FM inverse(diag(inverse(AB CC) n)) inverse(AB CC) diag(n)
std::optional<Real33> by_forward(const Between& lights, const DngProfile& profile, const Real3& neutral) {
  const auto to_reference =
      inverted(product(analog_balance(profile), mix(lights.first.calibration, lights.last.calibration, lights.weight)));
  if (!to_reference) return std::nullopt;
  const auto balance = inverted(diagonal(product(*to_reference, neutral)));
  if (!balance) return std::nullopt;
  const Real33 forward = mix(*lights.first.forward, *lights.last.forward, lights.weight);
  return product(forward, product(*balance, product(*to_reference, diagonal(neutral))));
}

/// Bradford(white to D50) inverse(AB CC CM) diag(n)
std::optional<Real33> by_color(const Between& lights, const DngProfile& profile, const Real3& neutral) {
  const Real33 calibration = product(analog_balance(profile), mix(lights.first.calibration, lights.last.calibration, lights.weight));
  const auto to_xyz = inverted(product(calibration, mix(lights.first.color, lights.last.color, lights.weight)));
  if (!to_xyz) return std::nullopt;
  const Real3 white = product(*to_xyz, neutral);
  const double sum = white[0] + white[1] + white[2];
  if (!finite(white) || !(white[0] > 0 && white[1] > 0 && white[2] > 0)) return std::nullopt;
  const Chromaticity xy{static_cast<float>(white[0] / sum), static_cast<float>(white[1] / sum)};
  return product(widen(bradford(xy, kD50)), product(*to_xyz, diagonal(neutral)));
}

bool usable(const Vec3& gains) {
  return std::all_of(gains.begin(), gains.end(), [](float gain) { return std::isfinite(gain) && gain > 0; });
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

std::vector<ProfileLight> lights_of(const DngProfile& profile) {
  std::vector<ProfileLight> lights;
  const bool one = !profile.illuminants[0].color_matrix || !profile.illuminants[1].color_matrix;
  for (const DngIlluminant& from : profile.illuminants) {
    if (!from.color_matrix || !inverse(*from.color_matrix)) continue;
    const std::optional<float> cct = cct_of_exif_illuminant(from.code);
    if (!cct && !one) continue;  // no interpolation without two known temperatures
    ProfileLight light{cct.value_or(kUnknownLight), *from.color_matrix, from.calibration.value_or(kIdentity3), std::nullopt, nullptr};
    if (from.forward) {
      if (const auto forward = with_white_d50(widen(*from.forward))) light.forward = narrow(*forward);
    }
    if (from.hue_sat.hues > 0) light.hue_sat = &from.hue_sat;
    lights.push_back(light);
  }
  std::sort(lights.begin(), lights.end(), [](const ProfileLight& a, const ProfileLight& b) { return a.cct < b.cct; });
  if (lights.size() == 2 && lights[0].cct == lights[1].cct) lights.pop_back();
  return lights;
}

float weight_at(std::span<const ProfileLight> lights, float cct) {
  if (lights.size() < 2 || !(cct > lights.front().cct)) return 0;
  if (cct >= lights.back().cct) return 1;
  const double a = 1.0 / lights.front().cct, b = 1.0 / lights.back().cct;
  return static_cast<float>((1.0 / cct - a) / (b - a));
}

std::optional<ProfileColor> color_of(const DngProfile& profile, const Vec3& gains, float cct) {
  const std::vector<ProfileLight> lights = lights_of(profile);
  if (lights.empty() || !usable(gains)) return std::nullopt;
  if (!(cct > 0)) {
    const auto light = cct_of_gains(color_matrices_of(profile), gains);
    cct = light ? light->cct : kUnknownLight;
  }
  const float weight = weight_at(lights, cct);
  const Between between{lights.front(), lights.back(), weight};
  const bool forward = std::all_of(lights.begin(), lights.end(), [](const ProfileLight& light) { return light.forward.has_value(); });
  const Real3 neutral = neutral_of(gains);
  const auto matrix = forward ? by_forward(between, profile, neutral) : by_color(between, profile, neutral);
  if (!matrix) return std::nullopt;
  const auto scaled = with_white_d50(*matrix);
  if (!scaled || !finite_as_float(*scaled)) return std::nullopt;
  return ProfileColor{narrow(*scaled), weight};
}

HueSatTable hue_sat_at(const DngProfile& profile, float weight) {
  const std::vector<ProfileLight> lights = lights_of(profile);
  if (lights.empty()) return {};
  const HueSatTable *first = lights.front().hue_sat, *last = lights.back().hue_sat;
  if (first == nullptr || last == nullptr) return first != nullptr ? *first : last != nullptr ? *last : HueSatTable{};
  HueSatTable out = *first;
  if (first == last || first->nodes.size() != last->nodes.size()) return out;
  for (std::size_t i = 0; i < out.nodes.size(); i++) {
    HueSatTable::Node& node = out.nodes[i];
    const HueSatTable::Node& other = last->nodes[i];
    node = {std::lerp(node.hue_shift, other.hue_shift, weight), std::lerp(node.saturation_scale, other.saturation_scale, weight),
            std::lerp(node.value_scale, other.value_scale, weight)};
  }
  return out;
}

DngProfile applied_to(const DngProfile& profile, const DngProfile* picture) {
  DngProfile out = profile;
  if (picture == nullptr) return out;
  out.analog_balance = picture->analog_balance;
  out.as_shot_neutral = picture->as_shot_neutral;
  out.baseline_exposure = picture->baseline_exposure;
  out.noise = picture->noise;
  out.masked_areas = picture->masked_areas;
  return out;
}

void apply(const DngProfile& profile, RawFrame& frame) {
  if (frame.sensor.cfa == CfaPattern::kMonochrome) return;
  const std::string& meant = profile.unique_camera_model;
  if (!meant.empty() && !frame.sensor.model.empty() && lower(meant).find(lower(frame.sensor.model)) == std::string::npos) {
    frame.capture.warnings.push_back("the color profile is one of a " + shown(meant) + ", the camera a " + shown(frame.sensor.model));
  }
  const auto applied = std::make_shared<const DngProfile>(applied_to(profile, frame.dng_profile.get()));
  if (auto matrices = color_matrices_of(*applied); !matrices.empty()) frame.sensor.matrices = std::move(matrices);
  frame.dng_profile = applied;
}

}  // namespace argent
