#include "isp/denoise.h"

#include <algorithm>

namespace argent {
namespace {

using Halide::Runtime::Buffer;

/// Of the noise's standard deviation: where half of a coefficient is kept. Measured best on Kodak at three noise levels.
constexpr float kThreshold = 2.5f;
/// Fine color detail passes only where it stands far out: half-size differences measured better at every noise level.
constexpr float kCore = 4;
/// What is left of luma's noise by strength 1, for the threshold of sharpening.
constexpr float kLeft = 0.3f;

/// Planes in one block, which is as large as a linear picture: the next pass takes it over.
struct Planes {
  std::shared_ptr<std::byte> block;
  Buffer<float> luma, denoised_luma;         ///< (x, y, 1)
  Buffer<float> half, denoised_differences;  ///< of half the size: (x, y, luma and differences), (x, y, 2)
};

Planes lease_planes(BufferPool& pool, int width, int height) {
  const int half_width = (width + 1) / 2, half_height = (height + 1) / 2;
  const std::size_t whole = static_cast<std::size_t>(width) * static_cast<std::size_t>(height),
                    half = static_cast<std::size_t>(half_width) * static_cast<std::size_t>(half_height);
  Planes out;
  out.block = pool.lease((2 * whole + 5 * half) * sizeof(float));
  auto* at = reinterpret_cast<float*>(out.block.get());
  out.luma = Buffer<float>(at, width, height, 1);
  out.denoised_luma = Buffer<float>(at + whole, width, height, 1);
  out.half = Buffer<float>(at + 2 * whole, half_width, half_height, 3);
  out.denoised_differences = Buffer<float>(at + 2 * whole + 3 * half, half_width, half_height, 2);
  return out;
}

Buffer<float> thresholds(std::span<const NoiseSpectrum::Frequencies> spectra, float strength) {
  Buffer<float> out(8, 8, static_cast<int>(spectra.size()));
  for (int p = 0; p < out.dim(2).extent(); p++) {
    for (int i = 0; i < 64; i++)
      out(i % 8, i / 8, p) = i == 0 ? 0 : strength * kThreshold * spectra[static_cast<std::size_t>(p)][static_cast<std::size_t>(i)];
  }
  return out;
}

/// Light that is to stay proportional isn't sharpened.
float sharpening_of(const PipelineParams& params) { return params.output.encoding == Encoding::kLinear ? 0 : params.sharpen.amount; }

}  // namespace

bool wants_detail_pass(const PipelineParams& params) {
  return params.denoise.luma > 0 || params.denoise.chroma > 0 || sharpening_of(params) > 0;
}

LinearPicture denoised(const Kernels& kernels, KernelContext& context, LinearPicture picture, const RootNoise& noise,
                       const NoiseSpectrum& spectrum, const PipelineParams& params) {
  const DenoiseParams& strength = params.denoise;
  Planes planes = lease_planes(context.pool(), picture.width(), picture.height());
  Buffer<float> linear = picture.pixels, luma = planes.luma.sliced(2, 0);
  context.check(kernels.opponent_split(&context, linear, noise.lift, luma, planes.half), "opponent_split");

  const DenoisePlanesKernel kernel = strength.step == 2 ? kernels.denoise_planes.fine : kernels.denoise_planes.coarse;
  const auto run = [&](Buffer<float> from, Buffer<float> level, Buffer<float> threshold, Buffer<float> to) {
    context.check(kernel(&context, from, level, threshold, noise.shot, noise.read, noise.lift, RootNoise::kReference, to), "denoise");
  };
  if (strength.luma > 0) {
    run(planes.luma, luma, thresholds({&spectrum.luma, 1}, strength.luma), planes.denoised_luma);
    luma = planes.denoised_luma.sliced(2, 0);
  }
  Buffer<float> differences = planes.half.cropped(2, 1, 2);
  differences.set_min(0, 0, 0);
  if (strength.chroma > 0) {
    run(differences, planes.half.sliced(2, 0), thresholds(spectrum.differences, strength.chroma), planes.denoised_differences);
    differences = planes.denoised_differences;
  }

  // In place: a pixel of what comes out needs of `linear` that pixel alone.
  Buffer<float> out = linear;
  const float left = spectrum.luma_total * (1 - (1 - kLeft) * std::min(strength.luma, 1.0f));
  context.check(kernels.opponent_join(&context, linear, luma, planes.half, differences, noise.lift,
                                      std::min(strength.chroma, 1.0f) * kCore * spectrum.fine_differences, noise.shot, noise.read,
                                      RootNoise::kReference, sharpening_of(params), params.sharpen.radius, left, out),
                "opponent_join");
  return picture;
}

}  // namespace argent
