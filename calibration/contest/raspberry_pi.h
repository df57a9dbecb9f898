// calibration/contest/raspberry_pi.h - private: Raspberry Pi's controllers, as anchors.
#pragma once

#include "calibration/contest/contestant.h"

namespace argent {

/// AGC, AWB (Bayes) and CDAF of src/ipa/rpi/controller (BSD-2), re-implemented from their description, with imx708's tuning.
std::unique_ptr<Contestant> make_raspberry_pi(const ControllerParams& params);

}  // namespace argent
