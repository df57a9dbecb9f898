// isp/pipeline.h - the two verbs on pixels: measure and render.
//
//   Pipeline pipeline(params);
//   Statistics statistics = pipeline.measure(frame, controls);
//   Image picture = pipeline.render(frame, controls);
#pragma once

#include <memory>

#include "isp/band_sink.h"
#include "isp/controls.h"
#include "isp/image.h"
#include "isp/pipeline_params.h"
#include "isp/stage_sink.h"
#include "isp/statistics.h"
#include "isp/yuv_image.h"
#include "models/runtime/buffer_pool.h"
#include "models/runtime/cpu.h"

namespace argent {

/// Not tied to a sensor: each frame brings its own SensorInfo. One Pipeline may be used by several threads at once.
/// Same frame, controls and params: same bytes, whatever the number of threads.
class Pipeline {
 public:
  /// Throws Error when a parameter is out of range or a table does not fit its size.
  explicit Pipeline(PipelineParams params, CpuTarget cpu = cpu_target_from_environment());
  ~Pipeline();
  Pipeline(Pipeline&&) noexcept;
  Pipeline& operator=(Pipeline&&) noexcept;

  /// The frame without its dark frame, bad pixels (params' and its opcodes'), line noise and difference of greens, as far as params ask
  /// for it; else the same pixels. measure() and render() do that themselves to a frame that needs it: who calls both, calls this first.
  RawFrame correct(const RawFrame& frame) const;

  /// `current` gives the gains of the luma histogram and the cct of the shading mesh; the defaults serve when nothing is known.
  /// Throws Error when the frame contradicts itself (check(SensorInfo), stride).
  Statistics measure(const RawFrame& frame, const Controls& current = {}) const;

  /// The picture, upright, in the form that params.output asks for. Matrices and meshes are looked up at controls.colour_temperature.
  /// Without any matrix the color space must be kCamera, or OutputParams::camera_color_without_matrix be set. Throws Error otherwise.
  Image render(const RawFrame& frame, const Controls& controls) const;

  /// The same picture, bit for bit, and `sink` is shown what lies between: slower, and with memory for 8 floats a pixel more. Mosaic stages
  /// come from kernels of baseline instructions and may be off by rounding. A corrected frame has no kCorrected.
  Image render(const RawFrame& frame, const Controls& controls, StageSink& sink) const;

  /// The same picture, bit for bit, in bands while it is rendered: it lies nowhere as a whole, unless it is turned, or is no mosaic's and
  /// made in one pass; it comes as one band then. Its size is output_size().
  void render_in_bands(const RawFrame& frame, const Controls& controls, const BandSink& sink) const;

  /// A rendered picture as NV12, for video; a last odd column or row is left out. Throws Error unless it has 8 bits in sRGB's encoding.
  YuvImage to_yuv(const Image& picture, YuvFormat format = {}) const;

  /// A frame as NV12: to_yuv() of render(), where a picture's code may be rounded once instead of twice.
  YuvImage render_yuv(const RawFrame& frame, const Controls& controls, YuvFormat format = {}) const;

  /// Size of what render would return.
  Size output_size(const RawFrame& frame) const;

  const PipelineParams& params() const;
  CpuTarget cpu() const;
  BufferPool& pool() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace argent
