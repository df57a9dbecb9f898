#include "isp/denoise.h"

#include <algorithm>
#include <span>
#include <utility>

namespace argent {
namespace {

using Halide::Runtime::Buffer;

/// Of the noise's standard deviation: where half of a coefficient is kept. Measured best on Kodak at three noise levels.
constexpr float kThreshold = 2.5f;
/// Fine color detail passes only where it stands far out: half-size differences measured better at every noise level.
constexpr float kCore = 4;
/// What is left of luma's noise by strength 1, for the threshold of sharpening.
constexpr float kLeft = 0.3f;

/// In units of the opponents.
Buffer<float> thresholds(std::span<const NoiseSpectrum::Frequencies> spectra, float strength, float unit) {
  Buffer<float> out(8, 8, static_cast<int>(spectra.size()));
  for (int p = 0; p < out.dim(2).extent(); p++) {
    for (int i = 0; i < 64; i++)
      out(i % 8, i / 8, p) = i == 0 ? 0 : unit * strength * kThreshold * spectra[static_cast<std::size_t>(p)][static_cast<std::size_t>(i)];
  }
  return out;
}

/// Light that is to stay proportional isn't sharpened.
float sharpening_of(const PipelineParams& params) { return params.output.encoding == Encoding::kLinear ? 0 : params.sharpen.amount; }

}  // namespace

bool wants_detail_pass(const PipelineParams& params) {
  return params.denoise.luma > 0 || params.denoise.chroma > 0 || sharpening_of(params) > 0;
}

Denoised denoised(const Kernels& kernels, KernelContext& context, Opponents opponents, const RootNoise& noise,
                  const NoiseSpectrum& spectrum, const PipelineParams& params) {
  const DenoiseParams& strength = params.denoise;
  Denoised out;
  out.noise = noise;
  const int width = opponents.width(), height = opponents.height(), half_width = (width + 1) / 2, half_height = (height + 1) / 2;
  const int columns = padded_width(width);
  const std::size_t row = static_cast<std::size_t>(columns), whole = row * static_cast<std::size_t>(height),
                    half = row / 2 * static_cast<std::size_t>(half_height);
  out.block = context.pool().lease((whole + 2 * half) * sizeof(std::uint16_t));
  auto* memory = reinterpret_cast<std::uint16_t*>(out.block.get());
  Buffer<std::uint16_t> luma(memory, columns, height, 1), differences(memory + whole, columns / 2, half_height, 2);
  const auto planes = [&](int first, int count) {
    Buffer<std::uint16_t> cropped = opponents.words.cropped(2, first, count);
    cropped.set_min(0, 0, 0);
    return cropped;
  };
  Buffer<std::uint16_t> level = planes(0, 1).sliced(2, 0);
  const auto run = [&](const DenoiseSteps& steps, Buffer<std::uint16_t> from, Buffer<float> threshold, Buffer<std::uint16_t> to) {
    const DenoisePlanesKernel kernel = strength.step == 2 ? steps.fine : steps.coarse;
    context.check(kernel(&context, from, level, threshold, opponents.unit, noise.shot, noise.read, noise.lift, RootNoise::kReference, to),
                  "denoise");
  };
  out.luma = level;
  if (strength.luma > 0) {
    run(kernels.denoise_luma, planes(0, 1), thresholds({&spectrum.luma, 1}, strength.luma, opponents.unit), luma);
    out.luma = luma.cropped(0, 0, width).sliced(2, 0);
  }
  // At strength 0 too: their mean in half size, which the join then finds nothing beside.
  run(kernels.denoise_color, planes(1, 2), thresholds(spectrum.differences, strength.chroma, opponents.unit), differences);
  out.differences = differences.cropped(0, 0, half_width);
  out.core = std::min(strength.chroma, 1.0f) * kCore * spectrum.fine_differences;
  out.amount = sharpening_of(params);
  out.radius = params.sharpen.radius;
  out.sharp = spectrum.luma_total * (1 - (1 - kLeft) * std::min(strength.luma, 1.0f));
  out.opponents = std::move(opponents);
  return out;
}

}  // namespace argent
