// isp/local_tone.h - private: make a scene of many stops fit the curve. Algorithm: halide_gen/stages/local_tone.h.
#pragma once

#include <HalideBuffer.h>

#include <array>
#include <cstdint>

#include "isp/denoise.h"
#include "isp/mosaic_pass.h"

namespace argent {

/// Gains of the regions of one picture, as kernels are told them (halide_gen/stages/local_tone.h).
struct LocalGains {
  Halide::Runtime::Buffer<float> luma;          ///< shares of R, G and B of scene light
  Halide::Runtime::Buffer<float> coefficients;  ///< (X, Y, a and b) of blocks of `block` x `block` pixels
  Halide::Runtime::Buffer<std::uint32_t> table;
  Halide::Runtime::Buffer<float> units;
  int block = 1;
  double white = 1;  ///< what becomes of Development::white, so that clipped regions still come out at full scale
};

/// They change little where the scene fits the curve anyway.
LocalGains local_gains(const Kernels& kernels, KernelContext& context, const LinearPicture& picture, const PipelineParams& params,
                       const Development& development);
/// Of a picture that is not put together yet: not sharpened, and color in half size.
LocalGains local_gains(const Kernels& kernels, KernelContext& context, const Denoised& picture, const PipelineParams& params,
                       const Development& development);

/// Every pixel times the gain of its region, in place.
LinearPicture with_gains(const Kernels& kernels, KernelContext& context, LinearPicture picture, LocalGains& gains);

/// How the brightness of regions is changed, in log2 of scene light; middle grey stays. Below it by a slope. Above it so that, with the
/// tone curve's shoulder behind, equal steps of light come out as equal steps: a shoulder alone would leave the brightest next to nothing.
class RegionCurve {
 public:
  /// `darkest`, `brightest`: percentiles 1 and 99.5 of the picture's blocks, log2. `strength` 0 changes nothing.
  RegionCurve(float darkest, float brightest, float strength, const ToneParams& tone);
  float operator()(float log) const;

 private:
  static constexpr int kSteps = 128;
  static constexpr float kStep = 0.1f;          ///< stops
  float shadows_ = 1;                           ///< slope
  std::array<float, kSteps + 1> highlights_{};  ///< stops above middle grey that come out, every kStep of what comes in
};

}  // namespace argent
