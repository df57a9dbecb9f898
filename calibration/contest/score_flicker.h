// calibration/contest/score_flicker.h - private: mains flicker of one run.
#pragma once

#include "calibration/contest/score.h"

namespace argent {

FlickerScore score_flicker(std::span<const FrameRecord> frames);

}  // namespace argent
