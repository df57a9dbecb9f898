// isp/noise_spectrum.h - private: what a sensor's noise looks like after white balance and demosaic: measured, on a grey frame of it.
#pragma once

#include <array>

#include "isp/mosaic_pass.h"

namespace argent {

/// Noise of balanced light, the mean of the channels: variance = shot light + read; roots are taken of light + lift.
struct RootNoise {
  float shot = 0, read = 0, lift = 0;
  static constexpr float kReference = 0.1f;  ///< light at which spectra are measured
};

/// The lift keeps what noise makes negative: one standard deviation of read noise in the channel with the largest gain.
RootNoise root_noise(const NoiseModel& noise, const Vec3& gains);

/// Standard deviations, of roots in the opponent space of halide_gen/stages/opponent.h.
struct NoiseSpectrum {
  using Frequencies = std::array<float, 64>;  ///< of the DCT of 8x8: [across + 8 down]
  Frequencies luma{};                         ///< in full size
  std::array<Frequencies, 2> differences{};   ///< in half size
  float luma_total = 0;                       ///< of a pixel
  float fine_differences = 0;                 ///< of a pixel's difference less the mean of its 2x2
};

/// Develops a grey frame with the noise of `frame`'s model by the same kernels. The same inputs give the same spectrum.
NoiseSpectrum noise_spectrum(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const NoiseModel& noise,
                             const PipelineParams& params, const Development& development);

}  // namespace argent
