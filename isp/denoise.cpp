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

struct PooledPlanes {
  std::shared_ptr<std::byte> block;
  Buffer<float> pixels;
};

PooledPlanes lease_planes(BufferPool& pool, int width, int height, int planes) {
  const auto samples = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * static_cast<std::size_t>(planes);
  auto block = pool.lease(samples * sizeof(float));
  return {block, Buffer<float>(reinterpret_cast<float*>(block.get()), width, height, planes)};
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
  const int width = picture.width(), height = picture.height(), half_width = (width + 1) / 2, half_height = (height + 1) / 2;
  PooledPlanes luma = lease_planes(context.pool(), width, height, 1);
  PooledPlanes half = lease_planes(context.pool(), half_width, half_height, 3);
  Buffer<float> linear = picture.pixels, luma_plane = luma.pixels.sliced(2, 0);
  context.check(kernels.opponent_split(&context, linear, noise.lift, luma_plane, half.pixels), "opponent_split");

  const DenoisePlanesKernel kernel = strength.step == 2 ? kernels.denoise_planes.fine : kernels.denoise_planes.coarse;
  const auto run = [&](Buffer<float> planes, Buffer<float> level, Buffer<float> threshold, Buffer<float> out) {
    context.check(kernel(&context, planes, level, threshold, noise.shot, noise.read, noise.lift, RootNoise::kReference, out), "denoise");
  };
  if (strength.luma > 0) {
    PooledPlanes out = lease_planes(context.pool(), width, height, 1);
    run(luma.pixels, luma_plane, thresholds({&spectrum.luma, 1}, strength.luma), out.pixels);
    luma = std::move(out);
    luma_plane = luma.pixels.sliced(2, 0);
  }
  PooledPlanes differences{half.block, half.pixels.cropped(2, 1, 2)};
  differences.pixels.set_min(0, 0, 0);
  if (strength.chroma > 0) {
    PooledPlanes out = lease_planes(context.pool(), half_width, half_height, 2);
    run(differences.pixels, half.pixels.sliced(2, 0), thresholds(spectrum.differences, strength.chroma), out.pixels);
    differences = std::move(out);
  }

  // In place: a pixel of what comes out needs of `linear` that pixel alone.
  Buffer<float> out = linear;
  const float left = spectrum.luma_total * (1 - (1 - kLeft) * std::min(strength.luma, 1.0f));
  context.check(kernels.opponent_join(&context, linear, luma_plane, half.pixels, differences.pixels, noise.lift,
                                      std::min(strength.chroma, 1.0f) * kCore * spectrum.fine_differences, noise.shot, noise.read,
                                      RootNoise::kReference, sharpening_of(params), params.sharpen.radius, left, out),
                "opponent_join");
  return picture;
}

}  // namespace argent
