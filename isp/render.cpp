#include "isp/render.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "isp/denoise.h"
#include "isp/finish.h"
#include "isp/join.h"
#include "isp/lateral_color.h"
#include "isp/live_pass.h"
#include "isp/local_tone.h"
#include "isp/noise_estimate.h"
#include "isp/orientation.h"
#include "isp/picture_area.h"
#include "isp/picture_geometry.h"
#include "isp/resample.h"
#include "isp/warp.h"
#include "isp/yuv.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

LinearPicture resized(const Kernels& kernels, KernelContext& context, LinearPicture picture, Size to) {
  using Halide::Runtime::Buffer;
  ResampleWeights across = make_resample_weights(picture.width(), to.width), down = make_resample_weights(picture.height(), to.height);
  Buffer<float> weights_x(across.weights.data(), across.taps, to.width), weights_y(down.weights.data(), down.taps, to.height);
  Buffer<std::int32_t> start_x(across.start.data(), to.width), start_y(down.start.data(), to.height);
  LinearPicture out = lease_linear(context.pool(), to.width, to.height);
  context.check(kernels.resize(&context, picture.pixels, weights_x, weights_y, start_x, start_y, out.pixels), "resize");
  return out;
}

Denoised mosaic_to_denoised(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                            const PipelineParams& params, const Development& development, Rect area) {
  const NoiseModel model = frame.sensor.noise == NoiseModel{} ? estimate_noise(frame, context.pool()) : frame.sensor.noise;
  const RootNoise noise = root_noise(model, development.gains);
  const NoiseSpectrum spectrum = noise_spectrum(kernels, context, frame, model, params, development);
  Opponents opponents = mosaic_to_opponents(kernels, context, frame, controls, params, development, area, noise.lift);
  return denoised(kernels, context, std::move(opponents), noise, spectrum, params);
}

bool wants_local_tone(const PipelineParams& params) { return params.tone.local > 0 && params.output.encoding != Encoding::kLinear; }

/// Whether the mosaic's kernel can do it all, of a picture that is not resampled.
bool fits_one_pass(const RawFrame& frame, const PipelineParams& params, const Development& development) {
  return !needs_last_pass(development) && !wants_black_point(params) && params.output.type != PixelType::kF32 &&
         !wants_detail_pass(params) && !wants_local_tone(params) && (cell_side(frame.sensor.cfa) == 1 || live_pass_can(frame, params));
}

PictureGeometry geometry_of(const RawFrame& frame, const PipelineParams& params, BufferPool& pool) {
  PictureGeometry geometry(frame, params);
  if (params.geometry.ca_auto && !geometry.knows_lateral_color()) geometry.set_lateral_color(estimate_lateral_color(frame, pool));
  return geometry;
}

/// What is decided of a picture before any pixel of it.
struct Plan {
  Development development;
  Orientation orientation = Orientation::kNormal;
  Rect area;
  Size to;  ///< before it is turned upright
  std::optional<WarpMesh> warp;
  bool one_pass = false;
};

Plan plan_of(KernelContext& context, const RawFrame& frame, const Controls& controls, const PipelineParams& params) {
  Plan plan{settle(frame, controls, params), {}, picture_area(frame, params), stored_size(frame, params), {}, false};
  plan.orientation = plan.development.output.orientation.value_or(frame.capture.orientation);
  plan.warp = make_warp_mesh(geometry_of(frame, params, context.pool()), plan.area, frame.size());
  plan.one_pass = plan.to == Size{plan.area.width, plan.area.height} && !plan.warp && fits_one_pass(frame, params, plan.development);
  return plan;
}

}  // namespace

Size stored_size(const RawFrame& frame, const PipelineParams& params) {
  const OutputParams& output = params.output;
  const Rect area = picture_area(frame, params);
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

namespace {

/// What the last pass is given.
struct Toned {
  LinearPicture picture;  ///< where there are opponents, for who looks on alone
  Development development;
  std::optional<LocalGains> gains;    ///< that the picture or opponents do not have yet
  std::optional<Denoised> opponents;  ///< of which joined_picture() makes the picture
};

/// All passes but the last.
Toned toned(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls, const PipelineParams& params,
            const Plan& plan, const StageTap& tap) {
  const Development& development = plan.development;
  const Size from{plan.area.width, plan.area.height}, to = plan.to;
  const Rect source = plan.warp ? plan.warp->source : plan.area;
  tap.show_mosaic(context, frame, controls, params, development, source);
  LinearPicture picture;
  std::optional<Denoised> opponents;
  const bool in_place = !plan.warp && from == to, joins = in_place && wants_local_tone(params) && join_can_finish(params, development);
  if (wants_detail_pass(params)) {
    opponents = mosaic_to_denoised(kernels, context, frame, controls, params, development, source);
    if (!joins || tap.open()) picture = joined(kernels, context, *opponents);
    if (!in_place) opponents.reset();
  } else {
    picture = mosaic_to_linear(kernels, context, frame, controls, params, development, source);
  }
  tap.show_if(wants_detail_pass(params), RenderStage::kDetail, picture, "denoise.luma, denoise.chroma and sharpen.amount are 0");
  if (plan.warp) picture = warped(kernels, context, std::move(picture), *plan.warp, from);
  tap.show_if(plan.warp.has_value(), RenderStage::kWarped, picture, "nothing moves a pixel");
  if (from != to) picture = resized(kernels, context, std::move(picture), to);
  tap.show_if(from != to, RenderStage::kResized, picture, "the picture has its full size");
  Toned out{std::move(picture), development, {}, {}};
  if (wants_local_tone(params)) {
    out.gains = opponents ? local_gains(kernels, context, *opponents, params, development)
                          : local_gains(kernels, context, out.picture, params, development);
    out.development.white = out.gains->white;
    if (opponents && joins) out.opponents = std::move(opponents);
    if (tap.open()) {
      out.picture = with_gains(kernels, context, std::move(out.picture), *out.gains);
      if (!out.opponents) out.gains.reset();
    }
  }
  tap.show_if(wants_local_tone(params), RenderStage::kLocalTone, out.picture,
              params.tone.local > 0 ? "the picture is linear" : "tone.local is 0");
  return out;
}

Image rendered(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
               const PipelineParams& params, const Plan& plan, StageSink* sink) {
  const StageTap tap(sink, plan.orientation);
  const auto stored = [&] {
    const auto in_one_pass = cell_side(frame.sensor.cfa) > 1 ? live_picture : planes_to_picture;
    if (plan.one_pass && !tap.open()) return in_one_pass(kernels, context, frame, controls, params, plan.development, plan.area);
    Toned before = toned(kernels, context, frame, controls, params, plan, tap);
    if (before.opponents) {
      show_color(kernels, context, std::move(before.picture), params, before.development, tap);
      return joined_picture(kernels, context, *before.opponents, *before.gains, params, before.development);
    }
    if (!plan.one_pass)
      return finish(kernels, context, std::move(before.picture), std::move(before.gains), params, before.development, tap);
    show_color(kernels, context, std::move(before.picture), params, plan.development, tap);
    return in_one_pass(kernels, context, frame, controls, params, plan.development, plan.area);
  };
  Image picture = upright(stored(), plan.orientation, context.pool());
  tap.show(RenderStage::kPicture, picture);
  return picture;
}

}  // namespace

Image render(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls, const PipelineParams& params,
             StageSink* sink) {
  return rendered(kernels, context, frame, controls, params, plan_of(context, frame, controls, params), sink);
}

void render_in_bands(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                     const PipelineParams& params, const BandSink& sink) {
  const Plan plan = plan_of(context, frame, controls, params);
  const bool in_bands = plan.orientation == Orientation::kNormal && (!plan.one_pass || cell_side(frame.sensor.cfa) > 1);
  if (!in_bands) return sink(rendered(kernels, context, frame, controls, params, plan, nullptr));
  if (plan.one_pass) return live_bands(kernels, context, frame, controls, params, plan.development, plan.area, sink);
  Toned before = toned(kernels, context, frame, controls, params, plan, StageTap(nullptr, plan.orientation));
  if (before.opponents) return joined_bands(kernels, context, *before.opponents, *before.gains, params, before.development, sink);
  finish_in_bands(kernels, context, std::move(before.picture), std::move(before.gains), params, before.development, sink);
}

YuvImage render_yuv(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                    const PipelineParams& params, YuvFormat format) {
  const Plan plan = plan_of(context, frame, controls, params);
  const OutputParams& output = plan.development.output;
  const bool in_strips = plan.one_pass && is_bayer(frame.sensor.cfa) && output.type == PixelType::kU8 &&
                         output.encoding == Encoding::kSrgb && plan.orientation == Orientation::kNormal &&
                         std::min(plan.area.width, plan.area.height) > 1;
  if (in_strips) return live_video(kernels, context, frame, controls, params, plan.development, plan.area, format);
  return to_yuv(kernels, context, rendered(kernels, context, frame, controls, params, plan, nullptr), format);
}

}  // namespace argent
