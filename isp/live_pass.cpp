#include "isp/live_pass.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "isp/kernel_inputs.h"
#include "isp/noise_spectrum.h"
#include "isp/packed_codes.h"
#include "isp/tone_curve.h"
#include "isp/whole_mosaic.h"
#include "isp/yuv.h"
#include "models/runtime/parallel.h"

namespace argent {
namespace {

using Halide::Runtime::Buffer;

/// Of the noise of roots where no model is known: what a good sensor shows at its base gain in the shadows. It steers sharpening alone.
constexpr float kUsualNoise = 0.004f;
/// Standard deviation of roots where spectra of noise are measured.
float noise_of_roots(const NoiseModel& model, const Vec3& gains) {
  if (model == NoiseModel{}) return kUsualNoise;
  const RootNoise noise = root_noise(model, gains);
  return 0.5f * std::sqrt(noise.shot + noise.read / RootNoise::kReference);
}

struct LiveInputs {
  WholeMosaic mosaic;
  Buffer<float> matrix, curve;
  Buffer<std::uint16_t> steps{ToneSteps::kSteps, 2};
  float sharpening = 0, core = 0, limit = 1, warp = 0, top = 1, offset = 0;
  int shift = 0;
};

LiveInputs inputs_of(BufferPool& pool, const RawFrame& frame, const Controls& controls, const PipelineParams& params,
                     const Development& development, Rect area) {
  LiveInputs in;
  in.mosaic = whole_mosaic(pool, frame, controls, params, development, area);
  const OutputParams& output = development.output;
  in.sharpening = output.encoding == Encoding::kLinear ? 0 : params.sharpen.unsharp;
  in.core = noise_of_roots(frame.sensor.noise, development.gains);
  in.matrix = buffer_of(development.matrix, development.exposure / (in.mosaic.unit * in.mosaic.unit));
  const DirectCurves curves = direct_curves(params.tone, output.encoding, development.white, kQuickToneDegree);
  in.limit = curves.polynomial.limit;
  in.warp = curves.polynomial.warp;
  in.curve = Buffer<float>(static_cast<int>(curves.polynomial.values.size()));
  std::copy(curves.polynomial.values.begin(), curves.polynomial.values.end(), in.curve.begin());
  const ToneSteps& steps = curves.steps;
  std::copy(steps.rise.begin(), steps.rise.end(), std::copy(steps.start.begin(), steps.start.end(), in.steps.begin()));
  in.top = steps.top;
  in.offset = steps.offset;
  in.shift = steps.shift;
  return in;
}

/// As of whole_mosaic.h's.
template <class Kernel, class... More>
void call(Kernel kernel, KernelContext& context, halide_buffer_t* samples, LiveInputs& in, int above, int pairs, More... more) {
  call(kernel, context, samples, in.mosaic, above, pairs, in.sharpening, in.core, in.matrix.raw_buffer(), in.curve.raw_buffer(), in.limit,
       in.warp, in.steps.raw_buffer(), in.top, in.offset, in.shift, more...);
}

}  // namespace

bool live_pass_can(const RawFrame& frame, const PipelineParams& params) {
  const OutputParams& output = params.output;
  return is_bayer(frame.sensor.cfa) && params.demosaic.method == "fast" &&
         (output.type == PixelType::kU8 || (output.type == PixelType::kU16 && output.encoding == Encoding::kLinear));
}

namespace {

/// Where the kernel of this picture takes no bytes.
std::optional<RawFrame> unpacked_for(const OutputParams& output, const RawFrame& frame, BufferPool& pool) {
  if (!frame.packed || output.type == PixelType::kU8) return std::nullopt;
  return unpacked(frame, pool);
}

/// As of call().
void run(const Kernels& kernels, KernelContext& context, const RawFrame& frame, LiveInputs& in, int above, int pairs, PixelType type,
         halide_buffer_t* output) {
  if (frame.packed) {
    call(kernels.packed_live, context, bytes_of(frame).sliced(2, 0), in, above, pairs, bits_of(frame.packed->format), frame.size().width,
         output);
  } else {
    call(type == PixelType::kU8 ? kernels.live.u8 : kernels.live.linear16, context, samples_of(frame).sliced(2, 0), in, above, pairs,
         output);
  }
}

/// Rows of `area` alone, which is in the region; `above` as of call().
Image picture_of(const Kernels& kernels, KernelContext& context, const RawFrame& frame, LiveInputs& in, int above, Rect area,
                 const OutputParams& output) {
  MosaicRegion region = in.mosaic.region;
  const int needed = (area.height + region.top + 1) / 2, pairs = strip_pairs(needed, context.threads());
  region.height = strips_height(needed, pairs);
  RegionImage out = lease_region(context.pool(), region, area, output);
  run(kernels, context, frame, in, above, pairs, output.type, out.region);
  return std::move(out.picture);
}

}  // namespace

Image live_picture(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                   const PipelineParams& params, const Development& development, Rect area) {
  const std::optional<RawFrame> own = unpacked_for(development.output, frame, context.pool());
  const RawFrame& codes = own ? *own : frame;
  LiveInputs in = inputs_of(context.pool(), codes, controls, params, development, area);
  return picture_of(kernels, context, codes, in, 0, area, development.output);
}

void live_bands(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                const PipelineParams& params, const Development& development, Rect area, const BandSink& sink) {
  const std::optional<RawFrame> own = unpacked_for(development.output, frame, context.pool());
  const RawFrame& codes = own ? *own : frame;
  LiveInputs in = inputs_of(context.pool(), codes, controls, params, development, area);
  const int rows = kBandRows - 2 * in.mosaic.region.top;
  for (int y = 0; y < area.height; y += rows) {
    const Rect band{area.x, area.y + y, area.width, std::min(rows, area.height - y)};
    sink(picture_of(kernels, context, codes, in, y / 2, band, development.output));
  }
}

YuvImage live_video(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                    const PipelineParams& params, const Development& development, Rect area, YuvFormat format) {
  YuvImage out(context.pool(), {area.width & ~1, area.height & ~1}, format);
  const Rect written{area.x, area.y, static_cast<int>(out.stride()), out.height()};
  LiveInputs in = inputs_of(context.pool(), frame, controls, params, development, written);
  auto matrix = yuv_matrix(format);
  const int all = out.height() / 2, pairs = strip_pairs(all, context.threads());
  // A strip a call: the last one may be lower, and what follows it is chroma.
  parallel_for(context.pool(), context.threads(), all, pairs, [&](std::int64_t begin, std::int64_t end) {
    const auto first = static_cast<int>(begin), count = static_cast<int>(end - begin);
    KernelContext own(context.pool(), 1);
    YuvRows rows = rows_of(out, first, count);
    auto &red = in.mosaic.region.top == 0 ? rows.even : rows.odd, &blue = in.mosaic.region.top == 0 ? rows.odd : rows.even;
    std::array corner{in.mosaic.region.left, in.mosaic.region.top};
    Buffer<std::int32_t> begins(corner.data(), 2), coefficients = buffer_of(matrix);
    const auto planes = [&](auto kernel, halide_buffer_t* samples, auto... more) {
      call(kernel, own, samples, in, first, count, begins.raw_buffer(), coefficients.raw_buffer(), more..., red.raw_buffer(),
           blue.raw_buffer(), rows.chroma.raw_buffer());
    };
    if (frame.packed) {
      planes(kernels.packed_live_video, bytes_of(frame).sliced(2, 0), bits_of(frame.packed->format), frame.size().width);
    } else {
      planes(kernels.live_video, samples_of(frame).sliced(2, 0));
    }
  });
  return out;
}

}  // namespace argent
