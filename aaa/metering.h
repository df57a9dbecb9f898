// aaa/metering.h - private: one number for how bright a frame is, from its zones.
#pragma once

#include "aaa/auto_exposure_params.h"
#include "aaa/request.h"
#include "isp/statistics.h"

namespace argent {

struct Metered {
  bool valid = false;  ///< false: at least half of what should be metered are not numbers
  double luma = 0;     ///< above 1 only as a guess, when more than half of what is metered is clipped
  double clipped = 0;  ///< fraction of all pixels at saturation
  double dark = 0;
};

/// A zone's share in what is metered and in the focus score: 1 at the border, `centre` in the middle, a raised cosine between.
float zone_weight(const Statistics& statistics, int column, int row, float centre);

/// The weighted mean of the zones' luma, as the white balance `gains` make it. The brightest `small_highlights` of the weight count
/// as bright as the next zone (a winsorised mean): a lamp or a glint that wanders about moves nothing.
/// Source: own; luma of Rec. ITU-R BT.709.
Metered meter(const Statistics& statistics, const Vec3& gains, const Request& request, const AutoExposureParams& params);

}  // namespace argent
