// isp/local_tone.h - private: make a scene of many stops fit the curve. Algorithm: halide_gen/stages/local_tone.h.
#pragma once

#include "isp/mosaic_pass.h"

namespace argent {

struct LocalTone {
  LinearPicture picture;  ///< linear camera color, every pixel times the gain of its region
  double white = 1;       ///< what has become of Development::white, so that clipped regions still come out at full scale
};

/// Changes little where the scene fits the curve anyway.
LocalTone local_tone(const Kernels& kernels, KernelContext& context, const LinearPicture& picture, const PipelineParams& params,
                     const Development& development);

/// How the brightness of regions is changed, in log2 of scene light.
struct RegionCurve {
  float shadows = 1, highlights = 1;  ///< slope below and above middle grey
  float operator()(float log) const;  ///< of the brightness that comes out; middle grey stays
};

/// From the darkest and brightest regions: percentiles 1 and 99.5 of the picture's blocks.
RegionCurve region_curve(float darkest, float brightest, float strength);

}  // namespace argent
