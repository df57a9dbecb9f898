// calibration/contest/soft_isp.h - private: libcamera's soft ISP, as an anchor.
#pragma once

#include "calibration/contest/contestant.h"

namespace argent {

/// Exposure by the mean sample value of a histogram of five bins (src/ipa/softisp/algorithms/agc.cpp, described in words, LGPL, not
/// copied), grey world for white balance (awb.cpp), no autofocus.
std::unique_ptr<Contestant> make_soft_isp(const ControllerParams& params);

}  // namespace argent
