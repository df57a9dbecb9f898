#include "isp/opponents.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "isp/highlight_colors.h"
#include "isp/packed_codes.h"
#include "isp/whole_mosaic.h"

namespace argent {
namespace {

using Halide::Runtime::Buffer;

Buffer<std::uint16_t> lease_words(BufferPool& pool, Opponents& to, int width, int height) {
  to.block = pool.lease(3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * sizeof(std::uint16_t));
  return Buffer<std::uint16_t>(reinterpret_cast<std::uint16_t*>(to.block.get()), width, height, 3);
}

/// Weights of highlights as the kernel takes them.
struct WholeWeights {
  std::shared_ptr<std::byte> memory;
  Buffer<std::int16_t> of;  ///< (qx, row, 2)
};

WholeWeights whole_weights(BufferPool& pool, const WideMesh& weights, int first) {
  constexpr float kOne = 16384, kLeast = -0.5f, kMost = 1.49f;  // so that differences fit 16 bits
  const std::ptrdiff_t nodes = weights.gains.dim(2).stride();
  WholeWeights out;
  out.memory = pool.lease(2 * static_cast<std::size_t>(nodes) * sizeof(std::int16_t));
  auto* to = reinterpret_cast<std::int16_t*>(out.memory.get());
  out.of = Buffer<std::int16_t>(to, weights.gains.dim(0).extent(), weights.gains.dim(1).extent(), 2);
  out.of.set_min(weights.gains.dim(0).min(), 0, 0);
  for (const int channel : {first == 0 ? 1 : 0, first == 2 ? 1 : 2}) {
    const float* from = weights.gains.begin() + channel * nodes;
    to = std::transform(from, from + nodes, to, [&](float w) { return static_cast<std::int16_t>(kOne * std::clamp(w, kLeast, kMost)); });
  }
  return out;
}

Opponents of_bayer(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                   const PipelineParams& params, const Development& development, Rect area, float lift) {
  const RawFrame codes = unpacked(frame, context.pool());
  WholeMosaic in = whole_mosaic(context.pool(), codes, controls, params, development, area, lift);
  const int first = first_channel(development, codes.sensor.cfa);
  const WideMesh weights = widen_weights(context.pool(), highlight_colors_of(context, codes, development.gains, first, params.highlights),
                                         codes.size(), in.region.origin, 2, in.region.width / 2);
  WholeWeights others = whole_weights(context.pool(), weights, in.first);
  const int needed = (area.height + in.region.top + 1) / 2, pairs = strip_pairs(needed, context.threads());
  Opponents out{.block = {}, .words = {}, .unit = in.unit, .lift = lift};
  Buffer<std::uint16_t> region = lease_words(context.pool(), out, in.region.width, strips_height(needed, pairs));
  Buffer<std::uint16_t> samples = samples_of(codes).sliced(2, 0);
  call(kernels.opponents, context, samples, in, 0, pairs, lift * in.mesh.one, others.of.raw_buffer(), weights.first, weights.step,
       region.raw_buffer());
  out.words = region.cropped(0, in.region.left, area.width).cropped(1, in.region.top, area.height);
  out.words.set_min(0, 0, 0);
  return out;
}

}  // namespace

Opponents opponents_of(const Kernels& kernels, KernelContext& context, const LinearPicture& picture, float lift) {
  Opponents out{.block = {}, .words = {}, .unit = kLargestRoot / std::sqrt(picture.ceiling + lift), .lift = lift};
  const int width = picture.width();
  Buffer<std::uint16_t> words = lease_words(context.pool(), out, padded_width(width), picture.height());
  Buffer<float> linear = picture.pixels;
  context.check(kernels.opponent_split(&context, linear, lift, out.unit, words), "opponent_split");
  out.words = words.cropped(0, 0, width);
  return out;
}

Opponents mosaic_to_opponents(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                              const PipelineParams& params, const Development& development, Rect area, float lift) {
  if (is_bayer(frame.sensor.cfa) && params.demosaic.method == "fast") {
    return of_bayer(kernels, context, frame, controls, params, development, area, lift);
  }
  return opponents_of(kernels, context, mosaic_to_linear(kernels, context, frame, controls, params, development, area), lift);
}

}  // namespace argent
