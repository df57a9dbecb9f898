#include "isp/join.h"

#include <algorithm>
#include <utility>

#include "isp/finish.h"
#include "isp/mosaic_region.h"
#include "isp/narrow_blur.h"
#include "isp/tone_curve.h"

namespace argent {
namespace {

using Halide::Runtime::Buffer;

/// What a kernel is told that puts opponents together; `more`: besides, and its output.
template <class Kernel, class... More>
void join(Kernel kernel, KernelContext& context, const Denoised& picture, More&&... more) {
  Buffer<std::uint16_t> luma = picture.luma, own = picture.opponents.words.cropped(2, 1, 2), half = picture.differences;
  own.set_min(0, 0, 0);
  const RootNoise& noise = picture.noise;
  context.check(kernel(&context, luma, own, half, picture.opponents.unit, noise.lift, picture.core, noise.shot, noise.read,
                       RootNoise::kReference, picture.amount, picture.radius, picture.sharp, more...),
                "join");
}

/// Rows from `first_row` on.
Image joined_rows(const Kernels& kernels, KernelContext& context, const Denoised& picture, const LocalGains& gains, DirectCurves& curves,
                  const Development& development, int first_row, int rows) {
  const Size size{picture.opponents.width(), rows};
  MosaicRegion region;
  region.width = padded_width(picture.opponents.width());
  region.height = rows;
  RegionImage out = lease_region(context.pool(), region, {0, 0, size.width, size.height}, development.output);
  out.region.set_min(0, 0, first_row);
  LocalGains local = gains;  // Halide has no type for read-only input
  Buffer<float> matrix = buffer_of(development.matrix, development.exposure),
                curve(curves.polynomial.values.data(), static_cast<int>(curves.polynomial.values.size()));
  Buffer<std::uint16_t> steps(ToneSteps::kSteps, 2);
  std::copy(curves.steps.rise.begin(), curves.steps.rise.end(),
            std::copy(curves.steps.start.begin(), curves.steps.start.end(), steps.begin()));
  join(kernels.join_to_picture, context, picture, matrix.raw_buffer(), curve.raw_buffer(), curves.polynomial.limit, curves.polynomial.warp,
       steps.raw_buffer(), curves.steps.top, curves.steps.offset, curves.steps.shift, local.luma.raw_buffer(),
       local.coefficients.raw_buffer(), local.table.raw_buffer(), local.units.raw_buffer(), local.block, out.region.raw_buffer());
  return std::move(out.picture);
}

DirectCurves curves_of(const PipelineParams& params, const Development& development) {
  return direct_curves(params.tone, development.output.encoding, development.white, kFineToneDegree);
}

}  // namespace

LinearPicture joined(const Kernels& kernels, KernelContext& context, const Denoised& picture) {
  LinearPicture out = lease_linear(context.pool(), padded_width(picture.opponents.width()), picture.opponents.height());
  join(kernels.join_to_linear, context, picture, out.pixels.raw_buffer());
  out.pixels.crop(0, 0, picture.opponents.width());
  return out;
}

bool join_can_finish(const PipelineParams& params, const Development& development) {
  const OutputParams& output = development.output;
  return output.type == PixelType::kU8 && params.sharpen.radius <= kNarrowBlur && !development.profile && !wants_black_point(params) &&
         (output.color == ColorSpace::kSrgb || output.color == ColorSpace::kCamera) && output.lut == nullptr;
}

Image joined_picture(const Kernels& kernels, KernelContext& context, const Denoised& picture, const LocalGains& gains,
                     const PipelineParams& params, const Development& development) {
  DirectCurves curves = curves_of(params, development);
  return joined_rows(kernels, context, picture, gains, curves, development, 0, picture.opponents.height());
}

void joined_bands(const Kernels& kernels, KernelContext& context, const Denoised& picture, const LocalGains& gains,
                  const PipelineParams& params, const Development& development, const BandSink& sink) {
  DirectCurves curves = curves_of(params, development);
  const int height = picture.opponents.height();
  for (int y = 0; y < height; y += kBandRows) {
    sink(joined_rows(kernels, context, picture, gains, curves, development, y, std::min(kBandRows, height - y)));
  }
}

}  // namespace argent
