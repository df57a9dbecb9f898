#include "isp/render.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "isp/kernel_inputs.h"
#include "isp/orientation.h"
#include "isp/packed_codes.h"
#include "isp/resample.h"
#include "isp/tone_curve.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

template <class T>
using Buffer = Halide::Runtime::Buffer<T>;

constexpr float kUnknownCct = 5500;

/// The region a kernel fills: whole quads and whole blocks around the picture's area, in pooled memory.
struct Region {
  Phase origin;  ///< of the region, in the active array
  int width = 0, height = 0;
  int left = 0, top = 0;  ///< of the picture, in the region
};

Region region_of(CfaPattern cfa, Rect area) {
  constexpr int kBlockColumns = 64, kBlockRows = 64;  // render_generator.cpp: kBlock and 2 * kStrip
  const auto round_up = [](int n, int block) { return (n + block - 1) / block * block; };
  Region region;
  if (is_bayer(cfa)) {
    const Phase phase = phase_of(cfa);
    region.left = (area.x - phase.x) % 2;
    region.top = (area.y - phase.y) % 2;
  }
  region.origin = {area.x - region.left, area.y - region.top};
  region.width = round_up(area.width + region.left, kBlockColumns);
  region.height = is_bayer(cfa) ? round_up(area.height + region.top, kBlockRows) : area.height;
  return region;
}

/// Display pictures need the smallest gain at 1, or saturation would not be white; linear ones are multiplied literally.
Vec3 render_gains(const RawFrame& frame, const Controls& controls, Encoding encoding) {
  if (frame.sensor.cfa == CfaPattern::kMonochrome) return {1, 1, 1};
  Vec3 gains = controls.colour_gains;
  for (float gain : gains) {
    if (!(gain > 0) || !std::isfinite(gain)) throw Error("white balance gains must be positive and finite");
  }
  if (encoding == Encoding::kLinear) return gains;
  const float smallest = *std::min_element(gains.begin(), gains.end());
  for (float& gain : gains) gain /= smallest;
  return gains;
}

bool knows_colors(const RawFrame& frame, const PipelineParams& params) {
  return frame.sensor.cfa == CfaPattern::kMonochrome || !params.corrections.empty() || !frame.sensor.matrices.empty();
}

/// With the color space that the picture comes in.
OutputParams settled_output(const RawFrame& frame, const PipelineParams& params) {
  OutputParams output = params.output;
  if (output.camera_color_without_matrix && !knows_colors(frame, params)) output.color = ColorSpace::kCamera;
  return output;
}

Mat3 output_matrix(const RawFrame& frame, const Controls& controls, const PipelineParams& params, ColorSpace color) {
  if (color == ColorSpace::kCamera || frame.sensor.cfa == CfaPattern::kMonochrome) return kIdentity3;
  const float cct = controls.colour_temperature > 0 ? controls.colour_temperature : kUnknownCct;
  if (!params.corrections.empty()) return correction_at(params.corrections, cct);
  if (const auto matrix = camera_to_srgb(frame.sensor.matrices, cct)) return *matrix;
  throw Error("no color matrix is known: only the camera's own color space can be rendered");
}

/// Everything a render kernel is told besides its output.
struct Inputs {
  Buffer<float> levels;
  WideMesh mesh;
  Buffer<float> first{3}, matrix{3, 3}, curve;
  float limit = 1, warp = 0, threshold = 0.97f, defects = 0;
  bool best = false;  ///< of demosaic's methods
  Region region;
};

/// Marks the channel that saturates first; none when the picture is to hold plain sensor light.
void mark_first_channel(Buffer<float>& first, const Vec3& gains, const RawFrame& frame, const OutputParams& output) {
  first.fill(0);
  const bool plain = output.encoding == Encoding::kLinear && output.color == ColorSpace::kCamera;
  if (plain || frame.sensor.cfa == CfaPattern::kMonochrome) return;
  first(static_cast<int>(std::min_element(gains.begin(), gains.end()) - gains.begin())) = 1;
}

ToneCurve curve_for(const Vec3& gains, float exposure, const PipelineParams& params) {
  Vec3 sorted = gains;
  std::sort(sorted.begin(), sorted.end());
  return make_tone_curve(params.tone, params.output.encoding, double(exposure) * double(sorted[1]), params.output.type);
}

Inputs inputs_of(const RawFrame& frame, const Controls& controls, const PipelineParams& params, const OutputParams& output, Rect area) {
  const bool bayer = is_bayer(frame.sensor.cfa);
  const Vec3 gains = render_gains(frame, controls, params.output.encoding);
  const float cct = controls.colour_temperature > 0 ? controls.colour_temperature : kUnknownCct;
  const float exposure = controls.digital_gain * (params.output.encoding == Encoding::kLinear ? 1 : std::exp2(params.tone.exposure));
  if (!(exposure > 0) || !std::isfinite(exposure)) throw Error("digital gain must be positive and finite");

  Inputs in;
  in.region = region_of(frame.sensor.cfa, area);
  in.levels = levels_of(frame.sensor);
  const int step = bayer ? 2 : 1;
  const bool monochrome = frame.sensor.cfa == CfaPattern::kMonochrome;
  const SiteMesh mesh = with_gain_map(lens_mesh(frame, params, cct), monochrome ? GainMap{} : controls.gain_map);
  in.mesh = widen(mesh, gains, frame.size(), in.region.origin, step, in.region.width / step);
  mark_first_channel(in.first, gains, frame, output);
  const Mat3 matrix = output_matrix(frame, controls, params, output.color);
  for (int row = 0; row < 3; row++) {
    for (int column = 0; column < 3; column++) in.matrix(column, row) = exposure * matrix[static_cast<std::size_t>(row * 3 + column)];
  }
  const ToneCurve tone = curve_for(gains, exposure, params);
  in.limit = tone.limit;
  in.warp = tone.warp;
  in.threshold = params.highlights.threshold;
  in.defects = params.defects.strength;
  in.best = params.demosaic.method == "best";
  in.curve = Buffer<float>(static_cast<int>(tone.values.size()));
  std::copy(tone.values.begin(), tone.values.end(), in.curve.begin());
  return in;
}

template <class Kernel>
Kernel kernel_of(const RenderForms<Kernel>& forms, PixelType form) {
  return form == PixelType::kU8 ? forms.u8 : form == PixelType::kU16 ? forms.u16 : forms.linear;
}

/// A kernel for Bayer has no use for a third dimension.
template <class T>
Buffer<T> shaped(const Buffer<T>& samples, bool bayer) {
  return bayer ? samples.sliced(2, 0) : samples;
}

void run(const Kernels& kernels, PixelType form, KernelContext& context, const RawFrame& frame, Inputs& in, halide_buffer_t* output) {
  const auto run = [&](auto kernel, halide_buffer_t* samples, auto... more) {
    context.check(kernel(&context, samples, in.region.origin.x, in.region.origin.y, in.levels, in.mesh.gains, in.mesh.first, in.mesh.step,
                         in.threshold, in.first, in.matrix, in.curve, in.limit, in.warp, more..., output),
                  "render");
  };
  const bool bayer = is_bayer(frame.sensor.cfa), best = bayer && in.best;
  if (frame.packed) {
    const int bits = bits_of(frame.packed->format), width = frame.size().width;
    if (bayer) {
      run(best ? kernels.packed_best_bayer : kernel_of(kernels.packed_bayer, form), shaped(bytes_of(frame), bayer), in.defects, bits,
          width);
    } else {
      run(kernel_of(kernels.packed_planes, form), shaped(bytes_of(frame), bayer), bits, width);
    }
  } else if (bayer) {
    run(best ? kernels.best_bayer : kernel_of(kernels.bayer, form), shaped(samples_of(frame), bayer), in.defects);
  } else {
    run(kernel_of(kernels.planes, form), shaped(samples_of(frame), bayer));
  }
}

std::shared_ptr<std::byte> lease_pixels(BufferPool& pool, int width, int height, PixelType type) {
  return pool.lease(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * Image::kChannels * sample_size(type));
}

/// Interleaved codes, as a Halide buffer (c, x, y).
Halide::Runtime::Buffer<> codes(std::byte* origin, int width, int height, PixelType type) {
  const halide_dimension_t shape[3]{{0, 3, 1}, {0, width, 3}, {0, height, 3 * width}};
  const halide_type_t code(halide_type_uint, type == PixelType::kU8 ? 8 : 16);
  return Halide::Runtime::Buffer<>(code, origin, 3, shape);
}

Image render_direct(const Kernels& kernels, KernelContext& context, const RawFrame& frame, Inputs& in, Size size,
                    const OutputParams& output) {
  const auto block = lease_pixels(context.pool(), in.region.width, in.region.height, output.type);
  auto buffer = codes(block.get(), in.region.width, in.region.height, output.type);
  run(kernels, output.type, context, frame, in, buffer);
  const auto pixel = static_cast<std::ptrdiff_t>(Image::kChannels * sample_size(output.type));
  const std::ptrdiff_t stride = in.region.width * pixel;
  return {block, block.get() + in.region.top * stride + in.region.left * pixel, stride, size, output.type, output.encoding, output.color};
}

Image render_resized(const Kernels& kernels, KernelContext& context, const RawFrame& frame, Inputs& in, Size from, Size to,
                     const OutputParams& output) {
  const auto block = lease_pixels(context.pool(), in.region.width, in.region.height, PixelType::kF32);
  Buffer<float> linear(reinterpret_cast<float*>(block.get()), in.region.width, in.region.height, 3);
  run(kernels, PixelType::kF32, context, frame, in, linear);
  Buffer<float> picture = linear.cropped(0, in.region.left, from.width).cropped(1, in.region.top, from.height);
  picture.set_min(0, 0, 0);

  ResampleWeights across = make_resample_weights(from.width, to.width), down = make_resample_weights(from.height, to.height);
  Buffer<float> weights_x(across.weights.data(), across.taps, to.width), weights_y(down.weights.data(), down.taps, to.height);
  Buffer<std::int32_t> start_x(across.start.data(), to.width), start_y(down.start.data(), to.height);
  Image image(context.pool(), to, output.type, output.encoding, output.color);
  const halide_dimension_t shape[3]{
      {0, 3, 1},
      {0, to.width, 3},
      {0, to.height, static_cast<std::int32_t>(image.stride() / static_cast<std::ptrdiff_t>(sample_size(output.type)))}};
  Halide::Runtime::Buffer<> out(halide_type_t(halide_type_uint, output.type == PixelType::kU8 ? 8 : 16), image.data(), 3, shape);
  const ResizeKernel kernel = output.type == PixelType::kU8 ? kernels.resize_u8 : kernels.resize_u16;
  context.check(kernel(&context, picture, weights_x, weights_y, start_x, start_y, in.curve, in.limit, in.warp, out), "resize");
  return image;
}

}  // namespace

Rect picture_area(const RawFrame& frame, const OutputParams& output) {
  const Rect whole{0, 0, frame.size().width, frame.size().height}, crop = frame.capture.crop;
  if (output.whole_active_area || crop.width < 1 || crop.height < 1) return whole;
  if (crop.x < 0 || crop.y < 0 || crop.width > whole.width - crop.x || crop.height > whole.height - crop.y) {
    throw Error("crop lies outside the active array");
  }
  return crop;
}

Size stored_size(const RawFrame& frame, const OutputParams& output) {
  const Rect area = picture_area(frame, output);
  double scale = output.scale;
  if (output.fit.width > 0 && output.fit.height > 0) {
    const Size fit = upright_size(output.fit, output.orientation.value_or(frame.capture.orientation));
    scale = std::min(double(fit.width) / area.width, double(fit.height) / area.height);
  }
  const auto scaled = [&](int n) {
    const double side = std::max(1.0, std::round(n * scale));
    if (side <= kMaxSide) return static_cast<int>(side);
    throw Error(to_text(Size{area.width, area.height}) + " pixels resized by " + std::to_string(scale) + ", expected sides of at most " +
                std::to_string(kMaxSide));
  };
  return {scaled(area.width), scaled(area.height)};
}

Image render(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
             const PipelineParams& params) {
  const OutputParams output = settled_output(frame, params);
  const Rect area = picture_area(frame, output);
  const Size from{area.width, area.height}, to = stored_size(frame, output);
  Inputs in = inputs_of(frame, controls, params, output, area);
  const bool one_pass = from == to && !(in.best && is_bayer(frame.sensor.cfa));
  Image stored =
      one_pass ? render_direct(kernels, context, frame, in, to, output) : render_resized(kernels, context, frame, in, from, to, output);
  return upright(std::move(stored), output.orientation.value_or(frame.capture.orientation), context.pool());
}

}  // namespace argent
