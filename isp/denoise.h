// isp/denoise.h - private: noise reduction of opponents.
#pragma once

#include "isp/noise_spectrum.h"
#include "isp/opponents.h"

namespace argent {

/// Whether the params ask for anything.
bool wants_detail_pass(const PipelineParams& params);

/// A picture's opponents, denoised but not yet sharpened and put together: the kernel that does this may do more besides.
struct Denoised {
  Opponents opponents;
  std::shared_ptr<std::byte> block;
  Halide::Runtime::Buffer<std::uint16_t> luma;         ///< (x, y)
  Halide::Runtime::Buffer<std::uint16_t> differences;  ///< (x, y, 2), of half the size
  RootNoise noise;
  float core = 0;                           ///< of fine color detail, in roots
  float amount = 0, radius = 0, sharp = 0;  ///< of sharpening; sharp: standard deviation of luma's noise that is left
};

/// `spectrum` and `noise` are of the frame that `opponents` were made from.
Denoised denoised(const Kernels& kernels, KernelContext& context, Opponents opponents, const RootNoise& noise,
                  const NoiseSpectrum& spectrum, const PipelineParams& params);

}  // namespace argent
