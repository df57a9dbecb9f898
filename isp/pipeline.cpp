#include "isp/pipeline.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <thread>
#include <utility>

#include "isp/correct.h"
#include "isp/kernel_inputs.h"
#include "isp/kernels.h"
#include "isp/measure.h"
#include "isp/orientation.h"
#include "isp/packed_codes.h"
#include "isp/picture_area.h"
#include "isp/render.h"
#include "isp/stage_tap.h"
#include "isp/yuv.h"
#include "models/runtime/error.h"
#include "models/runtime/kernel_context.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

void check(const ShadingMesh& mesh) {
  const auto nodes = static_cast<std::size_t>(std::max(mesh.columns, 0)) * static_cast<std::size_t>(std::max(mesh.rows, 0));
  for (const auto& gains : mesh.gains) {
    if (nodes == 0 || gains.size() != nodes) {
      throw Error("shading mesh of " + std::to_string(mesh.columns) + "x" + std::to_string(mesh.rows) + " has " +
                  std::to_string(gains.size()) + " gains");
    }
    for (float gain : gains) {
      if (!(gain > 0) || !std::isfinite(gain)) throw Error("shading gain " + std::to_string(gain) + ", expected a positive number");
    }
  }
}

void check(const DarkFrame& dark) {
  const auto pixels = static_cast<std::size_t>(std::max(dark.size.width, 0)) * static_cast<std::size_t>(std::max(dark.size.height, 0));
  if (pixels > 0 && dark.excess.size() == pixels) return;
  throw Error("dark frame of " + to_text(dark.size) + " has " + std::to_string(dark.excess.size()) + " pixels");
}

void check(const Lut3d& lut, Encoding encoding) {
  if (encoding == Encoding::kLinear) throw Error("a 3D LUT is for encoded pictures, not for linear light");
  const auto side = static_cast<std::size_t>(std::clamp(lut.size, 0, 1024));
  if (lut.size < 2 || lut.nodes.size() != side * side * side) {
    throw Error("a 3D LUT of size ", lut.size, " has ", lut.nodes.size(), " nodes");
  }
  for (std::size_t i = 0; i < 3; i++) {
    if (!(lut.domain_min[i] < lut.domain_max[i])) throw Error("a 3D LUT has an empty domain");
  }
}

void check(const PipelineParams& params) {
  PipelineParams copy = params;  // describe() needs something to point into
  check(fields_of(copy), "pipeline");
  for (std::size_t i = 0; i < params.shading.size(); i++) {
    check(params.shading[i]);
    const bool first = i == 0;
    if (!first && (params.shading[i].columns != params.shading[0].columns || params.shading[i].rows != params.shading[0].rows)) {
      throw Error("shading meshes differ in size");
    }
    if (!(params.shading[i].cct > (first ? 0 : params.shading[i - 1].cct))) throw Error("shading meshes must be ordered by rising cct");
  }
  if (params.flat) check(params.flat->mesh);
  for (PixelPlace place : params.bad_pixels) {
    if (!(place.x >= 0 && place.x < 1 && place.y >= 0 && place.y < 1)) throw Error("a bad pixel lies outside of the active array");
  }
  if (params.dark) check(*params.dark);
  if (params.demosaic.method != "fast" && params.demosaic.method != "best")
    throw Error("demosaic.method = ", in_quotes(params.demosaic.method), ", expected fast or best");
  const OutputParams& output = params.output;
  const bool linear = output.encoding == Encoding::kLinear;
  if (output.type == PixelType::kF32 && !linear) throw Error("pictures of floats are rendered as linear light");
  if (output.color == ColorSpace::kRec2100Pq && (linear || output.type == PixelType::kU8)) {
    throw Error("rec2100-pq is rendered with 16 bits and its own transfer function, not as ", linear ? "linear light" : "8 bits");
  }
  if (output.lut) check(*output.lut, output.encoding);
  if (!(output.scale > 0.001f && output.scale <= 16))
    throw Error("output scale " + std::to_string(output.scale) + ", expected 0.001 to 16");
}

}  // namespace

struct Pipeline::State {
  PipelineParams params;
  CpuTarget cpu;
  const Kernels& kernels;
  BufferPool pool;
  int threads;
};

Pipeline::Pipeline(PipelineParams params, CpuTarget cpu) {
  check(params);
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int threads = params.threads > 0 ? params.threads : cores;
  state_ = std::make_unique<State>(State{std::move(params), cpu, kernels_for(cpu), {}, threads});
}

Pipeline::~Pipeline() = default;
Pipeline::Pipeline(Pipeline&&) noexcept = default;
Pipeline& Pipeline::operator=(Pipeline&&) noexcept = default;

RawFrame Pipeline::correct(const RawFrame& frame) const {
  argent::check(frame);
  KernelContext context(state_->pool, state_->threads);
  return argent::correct(state_->kernels, context, frame, state_->params);
}

Statistics Pipeline::measure(const RawFrame& frame, const Controls& current) const {
  argent::check(frame);
  if (needs_correction(frame, state_->params)) return measure(correct(frame), current);
  KernelContext context(state_->pool, state_->threads);
  return argent::measure(state_->kernels, context, frame, current, state_->params);
}

Image Pipeline::render(const RawFrame& frame, const Controls& controls) const {
  argent::check(frame);
  if (needs_correction(frame, state_->params)) return render(correct(frame), controls);
  KernelContext context(state_->pool, state_->threads);
  return argent::render(state_->kernels, context, frame, controls, state_->params, nullptr);
}

Image Pipeline::render(const RawFrame& frame, const Controls& controls, StageSink& sink) const {
  argent::check(frame);
  const PipelineParams& params = state_->params;
  const StageTap tap(&sink, params.output.orientation.value_or(frame.capture.orientation));
  const Rect area = picture_area(frame, params);
  tap.show_codes(RenderStage::kMosaic, unpacked(frame, pool()), area);
  KernelContext context(state_->pool, state_->threads);
  const RawFrame corrected = argent::correct(state_->kernels, context, frame, state_->params);
  if (needs_correction(frame, state_->params)) {
    tap.show_codes(RenderStage::kCorrected, corrected, area);
  } else {
    tap.leave_out(RenderStage::kCorrected, frame.corrected ? "the frame came corrected" : "nothing to correct is asked for");
  }
  return argent::render(state_->kernels, context, corrected, controls, state_->params, &sink);
}

void Pipeline::render_in_bands(const RawFrame& frame, const Controls& controls, const BandSink& sink) const {
  argent::check(frame);
  if (needs_correction(frame, state_->params)) return render_in_bands(correct(frame), controls, sink);
  KernelContext context(state_->pool, state_->threads);
  argent::render_in_bands(state_->kernels, context, frame, controls, state_->params, sink);
}

YuvImage Pipeline::to_yuv(const Image& picture, YuvFormat format) const {
  KernelContext context(state_->pool, state_->threads);
  return argent::to_yuv(state_->kernels, context, picture, format);
}

YuvImage Pipeline::render_yuv(const RawFrame& frame, const Controls& controls, YuvFormat format) const {
  argent::check(frame);
  if (needs_correction(frame, state_->params)) return render_yuv(correct(frame), controls, format);
  KernelContext context(state_->pool, state_->threads);
  return argent::render_yuv(state_->kernels, context, frame, controls, state_->params, format);
}

Size Pipeline::output_size(const RawFrame& frame) const {
  const OutputParams& output = state_->params.output;
  return upright_size(stored_size(frame, state_->params), output.orientation.value_or(frame.capture.orientation));
}

const PipelineParams& Pipeline::params() const { return state_->params; }
CpuTarget Pipeline::cpu() const { return state_->cpu; }
BufferPool& Pipeline::pool() const { return state_->pool; }

}  // namespace argent
