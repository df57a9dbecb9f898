// calibration/lint/raspberry_pi_rules.h - private: the algorithms of Raspberry Pi's tunings and their keys.
//
// Source: the names and defaults that its controllers read (libcamera's src/ipa/rpi, BSD-2-Clause), releases 0.0.3 to 0.7.
#pragma once

#include <span>
#include <string_view>

#include "calibration/lint/key_rules.h"

namespace argent {

struct RaspberryPiAlgorithm {
  std::string_view name;
  std::span<const KeyRule> rules;
};
std::span<const RaspberryPiAlgorithm> raspberry_pi_algorithms();

}  // namespace argent
