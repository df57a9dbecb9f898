#include "isp/mosaic_pass.h"

#include <algorithm>
#include <array>
#include <utility>

#include "isp/highlight_colors.h"
#include "isp/kernel_inputs.h"
#include "isp/mosaic_region.h"
#include "isp/packed_codes.h"
#include "isp/stage_planes.h"
#include "isp/tone_curve.h"

namespace argent {
namespace {

template <class T>
using Buffer = Halide::Runtime::Buffer<T>;

/// Everything a render kernel is told besides its output.
struct Inputs {
  Buffer<float> levels;
  WideMesh mesh, others;
  Buffer<float> first{3}, matrix, curve;
  float limit = 1, warp = 0, threshold = 0.97f, defects = 0;
  float ceiling = 1;  ///< the largest gain
  bool best = false;  ///< of demosaic's methods
  MosaicRegion region;
};

float ceiling_of(const SiteMesh& mesh, const Vec3& gains) {
  constexpr std::array<std::size_t, 4> kChannel{0, 1, 1, 2};
  float most = 0;
  for (std::size_t site = 0; site < 4; site++) {
    most = std::max(most, gains[kChannel[site]] * *std::max_element(mesh.gains[site].begin(), mesh.gains[site].end()));
  }
  return most;
}

Inputs inputs_of(BufferPool& pool, const RawFrame& frame, const Controls& controls, const PipelineParams& params,
                 const Development& development, Rect area) {
  Inputs in;
  const CfaPattern cfa = frame.sensor.cfa;
  in.region = mosaic_region(frame.sensor, area);
  in.levels = levels_of(frame.sensor);
  const int step = cell_side(cfa);
  const SiteMesh mesh =
      with_gain_map(lens_mesh(frame, params, development.cct), cfa == CfaPattern::kMonochrome ? GainMap{} : controls.gain_map);
  in.ceiling = ceiling_of(mesh, development.gains);
  const auto wide = cfa == CfaPattern::kXTrans ? widen_channels : widen;
  in.mesh = wide(pool, mesh, development.gains, frame.size(), in.region.origin, step, in.region.width / step);
  const int first = first_channel(development, cfa);
  in.first.fill(0);
  if (first >= 0) in.first(first) = 1;
  in.threshold = params.highlights.threshold;
  in.defects = params.defects.strength;
  in.best = is_bayer(cfa) && params.demosaic.method == "best";
  return in;
}

template <class Kernel>
Kernel kernel_of(const RenderForms<Kernel>& forms, PixelType form) {
  return form == PixelType::kU8 ? forms.u8 : form == PixelType::kU16 ? forms.u16 : forms.linear;
}

/// A kernel for a mosaic has no use for a third dimension.
template <class T>
Buffer<T> shaped(const Buffer<T>& samples, bool mosaic) {
  return mosaic ? samples.sliced(2, 0) : samples;
}

/// `more`: what a kernel of packed bytes is told besides.
template <class Kernel, class... More>
void call(Kernel kernel, KernelContext& context, halide_buffer_t* samples, Inputs& in, halide_buffer_t* output, More... more) {
  context.check(kernel(&context, samples, in.region.origin.x, in.region.origin.y, in.levels, in.mesh.gains, in.mesh.first, in.mesh.step,
                       in.threshold, in.first, in.matrix, in.curve, in.limit, in.warp, more..., output),
                "render");
}

/// Of mosaics to linear light.
void call(RenderMosaicKernel kernel, KernelContext& context, halide_buffer_t* samples, Inputs& in, halide_buffer_t* output) {
  context.check(kernel(&context, samples, in.region.origin.x, in.region.origin.y, in.levels, in.mesh.gains, in.mesh.first, in.mesh.step,
                       in.threshold, in.first, in.others.gains, in.others.first, in.others.step, in.defects, output),
                "render");
}

/// Without a mosaic.
void run_planes(const Kernels& kernels, PixelType form, KernelContext& context, const RawFrame& frame, Inputs& in,
                halide_buffer_t* output) {
  if (frame.packed && form == PixelType::kU8) {
    call(kernels.packed_planes, context, bytes_of(frame), in, output, bits_of(frame.packed->format), frame.size().width);
  } else {
    const RawFrame codes = unpacked(frame, context.pool());
    call(kernel_of(kernels.planes, form), context, samples_of(codes), in, output);
  }
}

RenderMosaicKernel mosaic_kernel(const Kernels& kernels, const RawFrame& frame, bool best) {
  return frame.sensor.cfa == CfaPattern::kXTrans ? kernels.xtrans : best ? kernels.best_bayer : kernels.bayer;
}

/// For linear camera color: without matrix and curve. `codes`: the frame's, unpacked.
Inputs linear_inputs(KernelContext& context, const RawFrame& codes, const Controls& controls, const PipelineParams& params,
                     const Development& development, Rect area) {
  Inputs in = inputs_of(context.pool(), codes, controls, params, development, area);
  in.matrix = buffer_of(kIdentity3);
  in.curve = Buffer<float>(1);
  const int step = cell_side(codes.sensor.cfa);
  if (step == 1) return in;
  const int first = first_channel(development, codes.sensor.cfa);
  const HighlightColors colors = highlight_colors_of(context, codes, development.gains, first, params.highlights);
  in.others = widen_weights(context.pool(), colors, codes.size(), in.region.origin, step, in.region.width / step);
  return in;
}

LinearPicture picture_of(const LinearPicture& whole, const MosaicRegion& region, Rect area) {
  Buffer<float> picture = whole.pixels.cropped(0, region.left, area.width).cropped(1, region.top, area.height);
  picture.set_min(0, 0, 0);
  return {whole.block, std::move(picture), whole.ceiling};
}

}  // namespace

LinearPicture lease_linear(BufferPool& pool, int width, int height, int channels) {
  constexpr std::size_t kLine = 64;
  const std::size_t plane = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * sizeof(float),
                    before = (plane + kLine - 1) / kLine * kLine;
  auto block = pool.lease(before + plane * static_cast<std::size_t>(channels));
  auto* pixels = reinterpret_cast<float*>(block.get() + before);
  return {std::move(block), Buffer<float>(pixels, width, height, channels), 1};
}

Image planes_to_picture(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                        const PipelineParams& params, const Development& development, Rect area) {
  const OutputParams& output = development.output;
  Inputs in = inputs_of(context.pool(), frame, controls, params, development, area);
  in.matrix = buffer_of(development.matrix, development.exposure);
  ToneCurve tone = make_tone_curve(params.tone, output.encoding, development.white, output.type);
  in.limit = tone.limit;
  in.warp = tone.warp;
  in.curve = Buffer<float>(tone.values.data(), static_cast<int>(tone.values.size()));
  RegionImage out = lease_region(context.pool(), in.region, area, output);
  run_planes(kernels, output.type, context, frame, in, out.region);
  return std::move(out.picture);
}

LinearPicture mosaic_to_linear(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                               const PipelineParams& params, const Development& development, Rect area) {
  const RawFrame codes = unpacked(frame, context.pool());
  Inputs in = linear_inputs(context, codes, controls, params, development, area);
  LinearPicture whole = lease_linear(context.pool(), in.region.width, in.region.height);
  if (cell_side(frame.sensor.cfa) == 1) {
    run_planes(kernels, PixelType::kF32, context, codes, in, whole.pixels);
  } else {
    call(mosaic_kernel(kernels, codes, in.best), context, shaped(samples_of(codes), true), in, whole.pixels);
  }
  LinearPicture picture = picture_of(whole, in.region, area);
  picture.ceiling = in.ceiling;
  return picture;
}

LinearPicture mosaic_stages(KernelContext& context, const RawFrame& frame, const Controls& controls, const PipelineParams& params,
                            const Development& development, Rect area) {
  const StageKernels& kernels = stage_kernels();
  const RawFrame codes = unpacked(frame, context.pool());
  Inputs in = linear_inputs(context, codes, controls, params, development, area);
  const bool bayer = is_bayer(frame.sensor.cfa), xtrans = frame.sensor.cfa == CfaPattern::kXTrans;
  const int planes = bayer ? kBayerStagePlanes : xtrans ? kXtransStagePlanes : kPlanesStagePlanes;
  LinearPicture whole = lease_linear(context.pool(), in.region.width, in.region.height, planes);
  Buffer<std::uint16_t> samples = shaped(samples_of(codes), bayer || xtrans);
  if (bayer || xtrans) {
    call(xtrans ? kernels.xtrans : in.best ? kernels.best_bayer : kernels.bayer, context, samples, in, whole.pixels);
  } else {
    call(kernels.planes, context, samples, in, whole.pixels);
  }
  return picture_of(whole, in.region, area);
}

}  // namespace argent
