// calibration/lint/libcamera_rules.h - private: the algorithms of libcamera's tunings in YAML and their keys.
//
// Source: the files that libcamera 0.0.3 to 0.7 ship (CC0), and its documentation.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

#include "calibration/lint/key_rules.h"
#include "calibration/profile/libcamera_tuning.h"

namespace argent {

struct LibcameraAlgorithm {
  std::string_view name;
  std::span<const KeyRule> rules;
  std::initializer_list<LibcameraPipeline> pipelines;  ///< empty: of all
};
std::span<const LibcameraAlgorithm> libcamera_algorithms();

}  // namespace argent
