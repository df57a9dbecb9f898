#include "isp/mosaic_pass.h"

#include <algorithm>
#include <utility>

#include "isp/kernel_inputs.h"
#include "isp/packed_codes.h"
#include "isp/stage_planes.h"
#include "isp/tone_curve.h"

namespace argent {
namespace {

template <class T>
using Buffer = Halide::Runtime::Buffer<T>;

/// The region a kernel fills: whole quads and whole blocks around the picture's area, in pooled memory.
struct Region {
  Phase origin;  ///< of the region, in the active array
  int width = 0, height = 0;
  int left = 0, top = 0;  ///< of the picture, in the region
};

Region region_of(const SensorInfo& sensor, Rect area) {
  // render_generator.cpp: kBlock and 2 * kStrip; xtrans_generator.cpp: kBlock and 3 * kStrip
  const int block = sensor.cfa == CfaPattern::kXTrans ? 48 : 64, period = period_of(sensor.cfa);
  const auto round_up = [](int n, int block) { return (n + block - 1) / block * block; };
  Region region;
  const Phase phase = phase_of(sensor);
  region.left = (area.x - phase.x) % period;
  region.top = (area.y - phase.y) % period;
  region.origin = {area.x - region.left, area.y - region.top};
  region.width = round_up(area.width + region.left, block);
  region.height = period > 1 ? round_up(area.height + region.top, block) : area.height;
  return region;
}

/// Everything a render kernel is told besides its output.
struct Inputs {
  Buffer<float> levels;
  WideMesh mesh;
  Buffer<float> first{3}, matrix, curve;
  float limit = 1, warp = 0, threshold = 0.97f, defects = 0;
  bool best = false;  ///< of demosaic's methods
  Region region;
};

/// Marks the channel that saturates first; none when the picture is to hold plain sensor light.
void mark_first_channel(Buffer<float>& first, const Development& development, CfaPattern cfa) {
  first.fill(0);
  const OutputParams& output = development.output;
  const bool plain = output.encoding == Encoding::kLinear && output.color == ColorSpace::kCamera;
  if (plain || cfa == CfaPattern::kMonochrome) return;
  const Vec3& gains = development.gains;
  first(static_cast<int>(std::min_element(gains.begin(), gains.end()) - gains.begin())) = 1;
}

Inputs inputs_of(const RawFrame& frame, const Controls& controls, const PipelineParams& params, const Development& development, Rect area) {
  Inputs in;
  const CfaPattern cfa = frame.sensor.cfa;
  in.region = region_of(frame.sensor, area);
  in.levels = levels_of(frame.sensor);
  const int step = cell_side(cfa);
  const SiteMesh mesh =
      with_gain_map(lens_mesh(frame, params, development.cct), cfa == CfaPattern::kMonochrome ? GainMap{} : controls.gain_map);
  const auto wide = cfa == CfaPattern::kXTrans ? widen_channels : widen;
  in.mesh = wide(mesh, development.gains, frame.size(), in.region.origin, step, in.region.width / step);
  mark_first_channel(in.first, development, cfa);
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

/// `more`: what the kernel takes between what all do and its output.
template <class Kernel, class... More>
void call(Kernel kernel, KernelContext& context, halide_buffer_t* samples, Inputs& in, halide_buffer_t* output, More... more) {
  context.check(kernel(&context, samples, in.region.origin.x, in.region.origin.y, in.levels, in.mesh.gains, in.mesh.first, in.mesh.step,
                       in.threshold, in.first, in.matrix, in.curve, in.limit, in.warp, more..., output),
                "render");
}

void run(const Kernels& kernels, PixelType form, KernelContext& context, const RawFrame& frame, Inputs& in, halide_buffer_t* output) {
  const auto run = [&](auto kernel, halide_buffer_t* samples, auto... more) { call(kernel, context, samples, in, output, more...); };
  const bool bayer = is_bayer(frame.sensor.cfa), xtrans = frame.sensor.cfa == CfaPattern::kXTrans;
  if (frame.packed && form == PixelType::kU8 && !xtrans) {
    const int bits = bits_of(frame.packed->format), width = frame.size().width;
    if (bayer) {
      run(kernels.packed_bayer, shaped(bytes_of(frame), true), in.defects, bits, width);
    } else {
      run(kernels.packed_planes, shaped(bytes_of(frame), false), bits, width);
    }
    return;
  }
  const RawFrame codes = unpacked(frame, context.pool());
  if (xtrans) {
    run(kernels.xtrans, shaped(samples_of(codes), true));
  } else if (bayer) {
    run(in.best ? kernels.best_bayer : kernel_of(kernels.bayer, form), shaped(samples_of(codes), true), in.defects);
  } else {
    run(kernel_of(kernels.planes, form), shaped(samples_of(codes), false));
  }
}

/// For linear camera color: without matrix and curve.
Inputs linear_inputs(const RawFrame& frame, const Controls& controls, const PipelineParams& params, const Development& development,
                     Rect area) {
  Inputs in = inputs_of(frame, controls, params, development, area);
  in.matrix = buffer_of(kIdentity3);
  in.curve = Buffer<float>(1);
  return in;
}

LinearPicture picture_of(const LinearPicture& whole, const Region& region, Rect area) {
  Buffer<float> picture = whole.pixels.cropped(0, region.left, area.width).cropped(1, region.top, area.height);
  picture.set_min(0, 0, 0);
  return {whole.block, std::move(picture)};
}

std::shared_ptr<std::byte> lease_pixels(BufferPool& pool, int width, int height, PixelType type) {
  return pool.lease(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * Image::kChannels * sample_size(type));
}

}  // namespace

LinearPicture lease_linear(BufferPool& pool, int width, int height, int channels) {
  auto block =
      pool.lease(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * static_cast<std::size_t>(channels) * sizeof(float));
  return {block, Buffer<float>(reinterpret_cast<float*>(block.get()), width, height, channels)};
}

Image mosaic_to_picture(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                        const PipelineParams& params, const Development& development, Rect area) {
  const OutputParams& output = development.output;
  Inputs in = inputs_of(frame, controls, params, development, area);
  in.matrix = buffer_of(development.matrix, development.exposure);
  ToneCurve tone = make_tone_curve(params.tone, output.encoding, development.white, output.type);
  in.limit = tone.limit;
  in.warp = tone.warp;
  in.curve = Buffer<float>(tone.values.data(), static_cast<int>(tone.values.size()));

  const auto block = lease_pixels(context.pool(), in.region.width, in.region.height, output.type);
  const halide_dimension_t shape[3]{{0, 3, 1}, {0, in.region.width, 3}, {0, in.region.height, 3 * in.region.width}};
  Halide::Runtime::Buffer<> codes(halide_type_t(halide_type_uint, output.type == PixelType::kU8 ? 8 : 16), block.get(), 3, shape);
  run(kernels, output.type, context, frame, in, codes);
  const auto pixel = static_cast<std::ptrdiff_t>(Image::kChannels * sample_size(output.type));
  const std::ptrdiff_t stride = in.region.width * pixel;
  return {block,       block.get() + in.region.top * stride + in.region.left * pixel,
          stride,      {area.width, area.height},
          output.type, output.encoding,
          output.color};
}

LinearPicture mosaic_to_linear(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                               const PipelineParams& params, const Development& development, Rect area) {
  Inputs in = linear_inputs(frame, controls, params, development, area);
  LinearPicture whole = lease_linear(context.pool(), in.region.width, in.region.height);
  run(kernels, PixelType::kF32, context, frame, in, whole.pixels);
  return picture_of(whole, in.region, area);
}

LinearPicture mosaic_stages(KernelContext& context, const RawFrame& frame, const Controls& controls, const PipelineParams& params,
                            const Development& development, Rect area) {
  const StageKernels& kernels = stage_kernels();
  Inputs in = linear_inputs(frame, controls, params, development, area);
  const bool bayer = is_bayer(frame.sensor.cfa), xtrans = frame.sensor.cfa == CfaPattern::kXTrans;
  const int planes = bayer ? kBayerStagePlanes : xtrans ? kXtransStagePlanes : kPlanesStagePlanes;
  LinearPicture whole = lease_linear(context.pool(), in.region.width, in.region.height, planes);
  const RawFrame codes = unpacked(frame, context.pool());
  Buffer<std::uint16_t> samples = shaped(samples_of(codes), bayer || xtrans);
  if (bayer) {
    call(in.best ? kernels.best_bayer : kernels.bayer, context, samples, in, whole.pixels, in.defects);
  } else {
    call(xtrans ? kernels.xtrans : kernels.planes, context, samples, in, whole.pixels);
  }
  return picture_of(whole, in.region, area);
}

}  // namespace argent
