// isp/stage_sink.h - what lies between the passes of Pipeline::render, for whoever wants to see where a picture goes wrong.
//
//   class Means : public StageSink { void take(const StagePicture& picture) override { ... } void leave_out(...) override {} };
//   Image picture = pipeline.render(frame, controls, means);
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "isp/image.h"
#include "isp/sensor_info.h"

namespace argent {

/// In the order of the work. Each shows what the stage of its name leaves.
enum class RenderStage {
  kMosaic,      ///< the frame as it came
  kCorrected,   ///< dark frame, bad pixels, line noise, green balance
  kBalanced,    ///< black level, lens shading, white balance; clipped at 0 and, of colors for display, at the middle saturation level
  kDefects,     ///< hot and dead pixels replaced
  kDemosaiced,  ///< clipped colors as they are
  kHighlights,  ///< clipped colors repaired
  kDetail,      ///< noise reduced, sharpened
  kWarped,      ///< the lens's distortion and lateral color undone, turned
  kResized,
  kLocalTone,
  kProfileTables,  ///< a DNG profile's hue, saturation and look
  kColor,          ///< color matrix and exposure
  kBlackPoint,
  kUngraded,  ///< tone curve and transfer function, before a 3D LUT
  kPicture,   ///< what render() returns
};
/// "mosaic", "corrected" ...
inline constexpr std::array<std::string_view, 15> kRenderStageNames{"mosaic",         "corrected", "balanced",    "defects",  "demosaiced",
                                                                    "highlights",     "detail",    "warped",      "resized",  "local_tone",
                                                                    "profile_tables", "color",     "black_point", "ungraded", "picture"};

/// What the numbers of a stage mean.
enum class StageDomain {
  kCodes,    ///< the sensor's, black level included
  kLinear,   ///< light: before kProfileTables 1 = saturation of the sensor, then the picture's white; not clipped at 1
  kEncoded,  ///< a picture's codes, full scale 1
};

/// A view, valid while StageSink::take() runs. Sample (x, y, channel) lies at data + x * x_stride + y * y_stride + channel *
/// channel_stride.
struct StagePicture {
  RenderStage stage = RenderStage::kPicture;
  StageDomain domain = StageDomain::kEncoded;
  std::string_view space;  ///< whose colors: "camera", "prophoto", or a name_of(ColorSpace); of codes "camera"
  Size size;
  int channels = 3;  ///< R G B; 1: a mosaic or monochrome codes
  PixelType type = PixelType::kF32;
  const void* data = nullptr;
  std::ptrdiff_t x_stride = 0, y_stride = 0, channel_stride = 0;  ///< in samples
  const SensorInfo* sensor = nullptr;                             ///< levels of codes and colors of a mosaic; nullptr: neither
  int left = 0, top = 0;                                          ///< of a mosaic, in the active array
  Orientation orientation = Orientation::kNormal;                 ///< not yet applied, but to kPicture

  /// A code; light; of encoded pictures 0..1.
  float value(int x, int y, int channel) const;
  /// 0 red, 1 green, 2 blue: of a sample; of monochrome codes 1.
  int color(int x, int y, int channel) const;
};

/// Told of each stage once, in their order.
class StageSink {
 public:
  virtual ~StageSink() = default;
  virtual void take(const StagePicture& picture) = 0;
  /// The stage is off, or changed nothing; `why` in a few words.
  virtual void leave_out(RenderStage stage, std::string_view why) = 0;
};

}  // namespace argent
