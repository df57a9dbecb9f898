// calibration/evaluation/labelled_statistics.h - white-balance statistics with a known light: the layout of Raspberry Pi's awb_nn data.
//
// A picture USER,SENSOR,SCENE,KELVIN,LUX,CAMERAKELVIN.png holds one zone a pixel, 16 bit: sensor RGB after shading correction x the
// sensor's 5000 K gains x its 5000 K color matrix, clipped to 0..1. A pixel that was clipped has lost its color: that zone has no count.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calibration/profile/raspberry_pi_tuning.h"

namespace argent {

/// A frame's statistics and what its light was.
struct LabelledStatistics {
  std::string set;  ///< the folder that it came from, as its user calls it
  std::string file, user, sensor, scene, group;
  float kelvin = 0;                             ///< of the light, 0: not known; one of the two is
  std::optional<std::array<float, 2>> light{};  ///< its (u, v), where it was measured and not only its place on the curve
  float lux = 0;                                ///< 0: not known
  float camera_kelvin = 0;                      ///< what the camera's own white balance said; 0: not known
  int fold = -1;                                ///< of cross-validation; -1: not in the table
  IlluminantPrior prior{};                      ///< what is known of the camera and of the strength of the light
  Statistics statistics;
};

using Tunings = std::map<std::string, RaspberryPiTuning>;  // by sensor

/// Every SENSOR.json of a folder.
Tunings load_tunings(const std::filesystem::path& folder);

/// One picture; its prior is the sensor's, with its lux. Throws Error for a name or a picture of another form and for a sensor without a
/// tuning.
LabelledStatistics load_labelled(const std::filesystem::path& path, const Tunings& tunings);

/// Columns user, sensor, scene, group, fold (a whole number from 0). Sets `group` and `fold`; throws Error for a line of another form.
void read_folds(const std::filesystem::path& csv, std::vector<LabelledStatistics>& images);

}  // namespace argent
