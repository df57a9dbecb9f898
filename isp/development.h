// isp/development.h - private: what is settled once for a frame, before any pass runs.
#pragma once

#include <HalideBuffer.h>

#include <memory>

#include "isp/controls.h"
#include "isp/pipeline_params.h"

namespace argent {

/// Shares of luminance, of linear sRGB: IEC 61966-2-1.
inline constexpr Vec3 kSrgbLuminance{0.2126f, 0.7152f, 0.0722f};

struct Development {
  Vec3 gains{1, 1, 1};                        ///< white balance as the kernels multiply it
  float cct = 5500;                           ///< kelvin, for the tables over it
  float exposure = 1;                         ///< linear factor between the sensor's scale and the picture
  Mat3 matrix = kIdentity3;                   ///< balanced camera color to linear sRGB, without the exposure; of camera color the identity
  double white = 1;                           ///< scene light that comes out at full scale
  OutputParams output;                        ///< with the color space that the picture comes in
  std::shared_ptr<const DngProfile> profile;  ///< whose tables and curve are applied; nullptr: none
  float profile_weight = 0;                   ///< of its second light
};

/// Throws Error when gains or exposure are not positive and finite, or a matrix is asked for and none is known.
Development settle(const RawFrame& frame, const Controls& controls, const PipelineParams& params);

/// Whether the last pass has something to do that the mosaic's kernel cannot: other primaries, a profile's tables or curve, a 3D LUT.
bool needs_last_pass(const Development& development);

/// (column, row), as kernels take it.
Halide::Runtime::Buffer<float> buffer_of(const Mat3& matrix, float factor = 1);

}  // namespace argent
