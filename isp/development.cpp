#include "isp/development.h"

#include <algorithm>
#include <cmath>

#include "isp/color_space.h"
#include "isp/dng_color.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr float kUnknownCct = 5500;

/// Display pictures need the smallest gain at 1, or saturation would not be white; linear ones are multiplied literally.
Vec3 render_gains(const RawFrame& frame, const Controls& controls, Encoding encoding) {
  if (frame.sensor.cfa == CfaPattern::kMonochrome) return {1, 1, 1};
  Vec3 gains = controls.colour_gains;
  for (float gain : gains) {
    if (!(gain > 0) || !std::isfinite(gain)) throw Error("white balance gains must be positive and finite");
  }
  if (encoding == Encoding::kLinear) return gains;
  const float smallest = *std::min_element(gains.begin(), gains.end());
  for (float& gain : gains) gain /= smallest;
  return gains;
}

bool knows_colors(const RawFrame& frame, const PipelineParams& params) {
  return frame.sensor.cfa == CfaPattern::kMonochrome || !params.corrections.empty() || !frame.sensor.matrices.empty() ||
         (frame.dng_profile && !lights_of(*frame.dng_profile).empty());
}

/// With the color space that the picture comes in.
OutputParams settled_output(const RawFrame& frame, const PipelineParams& params) {
  OutputParams output = params.output;
  if (output.camera_color_without_matrix && !knows_colors(frame, params)) output.color = ColorSpace::kCamera;
  return output;
}

bool has_tables(const DngProfile& profile) {
  return profile.illuminants[0].hue_sat.hues > 0 || profile.illuminants[1].hue_sat.hues > 0 || profile.look.hues > 0 ||
         !profile.tone_curve.empty();
}

/// `color` with its distance from grey of equal luminance (BT.709) scaled.
Mat3 saturated(const Mat3& to_srgb, float saturation) {
  if (saturation == 1) return to_srgb;
  Mat3 scale{};
  for (std::size_t i = 0; i < 9; i++) scale[i] = (1 - saturation) * kSrgbLuminance[i % 3] + (i % 4 == 0 ? saturation : 0);
  return multiply(scale, to_srgb);
}

float saturation_at(const ColorParams& color, float analogue_gain) {
  const float stops = analogue_gain > 1 ? std::log2(analogue_gain) : 0;
  return color.saturation * std::max(0.0f, 1 + color.saturation_per_stop * stops);
}

/// Where colors come from, the first that is known: calibration's corrections, the profile of a DNG or DCP, the sensor's matrices.
void settle_color(Development& out, const RawFrame& frame, const Controls& controls, const PipelineParams& params) {
  if (out.output.color == ColorSpace::kCamera || frame.sensor.cfa == CfaPattern::kMonochrome) return;
  if (!params.corrections.empty()) {
    out.matrix = correction_at(params.corrections, out.cct);
  } else if (const auto color = frame.dng_profile ? color_of(*frame.dng_profile, out.gains, controls.colour_temperature) : std::nullopt) {
    out.matrix = multiply(pro_photo_to_srgb(), multiply(xyz_d50_to_pro_photo(), color->balanced_to_xyz));
    out.profile_weight = color->weight;
    if (has_tables(*frame.dng_profile)) out.profile = frame.dng_profile;
  } else if (const auto matrix = camera_to_srgb(frame.sensor.matrices, out.cct)) {
    out.matrix = *matrix;
  } else {
    throw Error("no color matrix is known: only the camera's own color space can be rendered");
  }
  out.matrix = saturated(out.matrix, saturation_at(params.color, frame.applied.settings.analogue_gain));
}

/// The sensor's scale to the picture's. ToneParams::exposure belongs to our curve: a profile's own was made for light that is not lifted.
float exposure_of(const Development& settled, const RawFrame& frame, const Controls& controls, const PipelineParams& params) {
  if (settled.output.encoding == Encoding::kLinear) return controls.digital_gain;
  const bool own_curve = settled.profile && !settled.profile->tone_curve.empty();
  const bool offers = frame.dng_profile && params.corrections.empty() && settled.output.color != ColorSpace::kCamera;
  const float offset = offers ? frame.dng_profile->baseline_exposure_offset.value_or(0) : 0;
  return controls.digital_gain * std::exp2((own_curve ? 0 : params.tone.exposure) + offset);
}

/// Every channel is capped at the middle of the three saturation levels (halide_gen/stages/highlights.h). A picture that was made darker
/// than its white stays so.
double white_of(Vec3 gains, float exposure) {
  std::sort(gains.begin(), gains.end());
  return std::max(double(exposure) * double(gains[1]), 1.0);
}

}  // namespace

Development settle(const RawFrame& frame, const Controls& controls, const PipelineParams& params) {
  Development out;
  out.gains = render_gains(frame, controls, params.output.encoding);
  out.cct = controls.colour_temperature > 0 ? controls.colour_temperature : kUnknownCct;
  out.output = settled_output(frame, params);
  settle_color(out, frame, controls, params);
  out.exposure = exposure_of(out, frame, controls, params);
  if (!(out.exposure > 0) || !std::isfinite(out.exposure)) throw Error("digital gain must be positive and finite");
  out.white = white_of(out.gains, out.exposure);
  return out;
}

bool needs_last_pass(const Development& development) {
  const ColorSpace color = development.output.color;
  return development.profile || development.output.lut || (color != ColorSpace::kSrgb && color != ColorSpace::kCamera);
}

Halide::Runtime::Buffer<float> buffer_of(const Mat3& matrix, float factor) {
  Halide::Runtime::Buffer<float> out(3, 3);
  for (int row = 0; row < 3; row++) {
    for (int column = 0; column < 3; column++) out(column, row) = factor * matrix[static_cast<std::size_t>(row * 3 + column)];
  }
  return out;
}

}  // namespace argent
