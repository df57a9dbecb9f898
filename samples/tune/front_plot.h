// samples/tune/front_plot.h - what was traded for what, as a picture.
#pragma once

#include <string>

#include "calibration/tune/tuner.h"

namespace argent {

/// SVG: every point that was measured on all cases as a dot, candidates as they are held out, numbered, the front joined, the start at
/// 1, 1. The axes are the two terms that the candidates differ most in. Empty when there is one term, or nothing differs.
std::string front_plot(const TuneResult& result);

}  // namespace argent
