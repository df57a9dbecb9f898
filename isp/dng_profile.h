// isp/dng_profile.h - the color of a DNG as the file says it: matrices before they are multiplied, tables, tone curve.
//
// Source: DNG 1.7.1.0, chapters 4 and 6. RawFrame::sensor.matrices are what follows from it and what the pipeline reads.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "isp/color.h"
#include "isp/geometry.h"
#include "isp/sensor_info.h"

namespace argent {

/// How a table divides value: linearly, or by sRGB's encoding.
enum class TableEncoding { kLinear = 0, kSrgb = 1 };

/// Changes of hue, saturation and value at each hue, saturation and value; hue goes round, the other two include both ends.
struct HueSatTable {
  struct Node {
    float hue_shift = 0;  ///< degrees
    float saturation_scale = 1, value_scale = 1;
    bool operator==(const Node&) const = default;
  };
  int hues = 0, saturations = 0, values = 0;  ///< divisions; hues 0: no table
  std::vector<Node> nodes;                    ///< values x hues x saturations
  bool operator==(const HueSatTable&) const = default;
};

/// One of the two lights that the profile was made for.
struct DngIlluminant {
  int code = 0;                      ///< EXIF's LightSource; 0: not said
  std::optional<Mat3> color_matrix;  ///< XYZ to reference camera
  std::optional<Mat3> forward;       ///< white-balanced camera to XYZ of D50
  std::optional<Mat3> calibration;   ///< reference camera to this one; absent: identity
  HueSatTable hue_sat;
  bool operator==(const DngIlluminant&) const = default;
};

struct DngProfile {
  std::string name;  ///< ProfileName
  std::string unique_camera_model;
  std::array<DngIlluminant, 2> illuminants;
  std::optional<Vec3> analog_balance;             ///< absent: 1, 1, 1
  std::optional<Vec3> as_shot_neutral;            ///< camera's answer to white
  std::optional<float> baseline_exposure;         ///< EV
  std::optional<float> baseline_exposure_offset;  ///< EV, of the profile
  TableEncoding hue_sat_encoding = TableEncoding::kLinear;
  HueSatTable look;
  TableEncoding look_encoding = TableEncoding::kLinear;
  std::vector<std::array<float, 2>> tone_curve;  ///< from (0, 0) to (1, 1), rising; empty: the reader's own
  std::vector<NoiseModel> noise;                 ///< one for all planes, or one a plane; empty: not known
  std::vector<Rect> masked_areas;                ///< of the whole raw picture: pixels that see no light
  bool operator==(const DngProfile&) const = default;
};

/// AnalogBalance x CameraCalibration x ColorMatrix of the lights that have a known temperature, by rising cct (chapter 6).
std::vector<ColorMatrix> color_matrices_of(const DngProfile& profile);

}  // namespace argent
