// calibration/profile/libcamera_tuning.h - private: libcamera's tuning files in YAML, of its software ISP and of rkisp1.
//
// Source: the files that libcamera 0.0.3 to 0.7 ship (CC0), and the names of its controls.
#pragma once

#include <string_view>

#include "calibration/profile/translation.h"
#include "isp/io/yaml_document.h"

namespace argent {

/// Whose file it is, by the algorithms that only one of them has; kUnnamed: it names none of those.
enum class LibcameraPipeline { kUnnamed, kSimple, kRkisp1, kMaliC55, kIpu3 };
LibcameraPipeline pipeline_of(const YamlNode& root);

/// Black, corrections, shading of rkisp1, white balance's gains, modes and priors, lux. Throws Error "<source>:<line>: ...".
ImportedTuning import_libcamera_tuning(std::string_view yaml, std::string_view source);

TuningText write_simple_tuning(const CameraProfile& profile);
TuningText write_rkisp1_tuning(const CameraProfile& profile);

/// Levels of rkisp1's files: 12 bits up to libcamera 0.2, 16 bits since. No sensor is known whose black is this high in 12 bits, or lower
/// in 16 and not 0.
inline constexpr float kRkisp1Ambiguous = 512;
inline constexpr int kRkisp1Nodes = 17;  // a side
inline constexpr float kRkisp1UnitGain = 1024, kRkisp1MostGain = 4095;

}  // namespace argent
