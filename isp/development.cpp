#include "isp/development.h"

#include <algorithm>
#include <cmath>

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
  return frame.sensor.cfa == CfaPattern::kMonochrome || !params.corrections.empty() || !frame.sensor.matrices.empty();
}

/// With the color space that the picture comes in.
OutputParams settled_output(const RawFrame& frame, const PipelineParams& params) {
  OutputParams output = params.output;
  if (output.camera_color_without_matrix && !knows_colors(frame, params)) output.color = ColorSpace::kCamera;
  return output;
}

Mat3 output_matrix(const RawFrame& frame, float cct, const PipelineParams& params, ColorSpace color) {
  if (color == ColorSpace::kCamera || frame.sensor.cfa == CfaPattern::kMonochrome) return kIdentity3;
  if (!params.corrections.empty()) return correction_at(params.corrections, cct);
  if (const auto matrix = camera_to_srgb(frame.sensor.matrices, cct)) return *matrix;
  throw Error("no color matrix is known: only the camera's own color space can be rendered");
}

/// Every channel is capped at the middle of the three saturation levels (halide_gen/stages/highlights.h).
double white_of(Vec3 gains, float exposure) {
  std::sort(gains.begin(), gains.end());
  return double(exposure) * double(gains[1]);
}

}  // namespace

Development settle(const RawFrame& frame, const Controls& controls, const PipelineParams& params) {
  Development out;
  out.gains = render_gains(frame, controls, params.output.encoding);
  out.cct = controls.colour_temperature > 0 ? controls.colour_temperature : kUnknownCct;
  out.exposure = controls.digital_gain * (params.output.encoding == Encoding::kLinear ? 1 : std::exp2(params.tone.exposure));
  if (!(out.exposure > 0) || !std::isfinite(out.exposure)) throw Error("digital gain must be positive and finite");
  out.output = settled_output(frame, params);
  out.matrix = output_matrix(frame, out.cct, params, out.output.color);
  out.white = white_of(out.gains, out.exposure);
  return out;
}

Halide::Runtime::Buffer<float> buffer_of(const Mat3& matrix, float factor) {
  Halide::Runtime::Buffer<float> out(3, 3);
  for (int row = 0; row < 3; row++) {
    for (int column = 0; column < 3; column++) out(column, row) = factor * matrix[static_cast<std::size_t>(row * 3 + column)];
  }
  return out;
}

}  // namespace argent
