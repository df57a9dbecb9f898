// isp/stage_tap.h - private: where passes show what they leave; without a sink nothing is done.
#pragma once

#include <string_view>

#include "isp/frame.h"
#include "isp/kernels.h"
#include "isp/mosaic_pass.h"
#include "isp/stage_sink.h"

namespace argent {

class StageTap {
 public:
  /// `sink`: nullptr for none. `orientation` of the stored picture.
  StageTap(StageSink* sink, Orientation orientation) : sink_(sink), orientation_(orientation) {}

  bool open() const { return sink_ != nullptr; }

  void leave_out(RenderStage stage, std::string_view why) const {
    if (sink_ != nullptr) sink_->leave_out(stage, why);
  }

  /// Balanced camera color of a pass that ran or did not.
  void show_if(bool ran, RenderStage stage, const LinearPicture& picture, std::string_view why_not) const {
    if (ran) {
      show(stage, "camera", picture);
    } else {
      leave_out(stage, why_not);
    }
  }
  /// Linear light.
  void show(RenderStage stage, std::string_view space, const LinearPicture& picture) const;
  /// The same, of the last pass's.
  void show_light(RenderStage stage, std::string_view space, const Image& light) const;
  /// A rendered picture; turned already, but for kUngraded.
  void show(RenderStage stage, const Image& picture) const;
  /// The codes of the picture's area. `frame` must not be packed.
  void show_codes(RenderStage stage, const RawFrame& frame, Rect area) const;
  /// kBalanced to kHighlights, from a kernel that stores them (floats and baseline instructions: what goes on is an ulp off, or where it is
  /// in whole numbers what rounding them takes).
  void show_mosaic(KernelContext& context, const RawFrame& frame, const Controls& controls, const PipelineParams& params,
                   const Development& development, Rect area) const;

 private:
  void show_mosaic_plane(RenderStage stage, const RawFrame& frame, Rect area, const LinearPicture& planes, int plane) const;

  StageSink* sink_;
  Orientation orientation_;
};

}  // namespace argent
