// aaa/histogram_constraints.h - private: how far the exposure may go before too much of the picture clips or drowns.
#pragma once

#include <string_view>

#include "aaa/auto_exposure_params.h"
#include "aaa/request.h"
#include "isp/statistics.h"

namespace argent {

struct Constrained {
  double change = 0;        ///< EV from this frame's exposure
  std::string_view reason;  ///< "target", "highlights", "shadows"
};

/// What the constraints make of the change (EV) that the target asks for. Absolute: what is unclipped in this frame foretells exactly
/// what will be clipped at any higher exposure, so that the answer does not depend on the exposure at hand; of what is clipped
/// already, half is taken to remain with each EV less. A soft constraint pulls in proportion to what lies beyond it, fully at a tenth
/// of the picture: a lamp costs little, a window more. Source: own.
Constrained constrain(const Statistics& statistics, double clipped, double change, const ConstraintMode& mode);

const ConstraintMode& constraint_mode(const AutoExposureParams& params, AeConstraintMode mode);

}  // namespace argent
