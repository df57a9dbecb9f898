// isp/local_tone.h - private: make a scene of many stops fit the curve. Algorithm: halide_gen/stages/local_tone.h.
#pragma once

#include <array>

#include "isp/mosaic_pass.h"

namespace argent {

struct LocalTone {
  LinearPicture picture;  ///< linear camera color, every pixel times the gain of its region
  double white = 1;       ///< what has become of Development::white, so that clipped regions still come out at full scale
};

/// In place. Changes little where the scene fits the curve anyway.
LocalTone local_tone(const Kernels& kernels, KernelContext& context, LinearPicture picture, const PipelineParams& params,
                     const Development& development);

/// How the brightness of regions is changed, in log2 of scene light; middle grey stays. Below it by a slope. Above it so that, with the
/// tone curve's shoulder behind, equal steps of light come out as equal steps: a shoulder alone would leave the brightest next to nothing.
class RegionCurve {
 public:
  /// `darkest`, `brightest`: percentiles 1 and 99.5 of the picture's blocks, log2. `strength` 0 changes nothing.
  RegionCurve(float darkest, float brightest, float strength, const ToneParams& tone);
  float operator()(float log) const;

 private:
  static constexpr int kSteps = 128;
  static constexpr float kStep = 0.1f;          ///< stops
  float shadows_ = 1;                           ///< slope
  std::array<float, kSteps + 1> highlights_{};  ///< stops above middle grey that come out, every kStep of what comes in
};

}  // namespace argent
