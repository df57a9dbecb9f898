// calibration/evaluation/labelled_statistics.h - white-balance statistics with a known light: the layout of Raspberry Pi's awb_nn data.
//
// A picture USER,SENSOR,SCENE,KELVIN,LUX,CAMERAKELVIN.png holds one zone a pixel, 16 bit: sensor RGB after shading correction x the
// sensor's 5000 K gains x its 5000 K color matrix, clipped to 0..1. A pixel that was clipped has lost its color: that zone has no count.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "calibration/profile/raspberry_pi_tuning.h"

namespace argent {

struct LabelledStatistics {
  std::string file, user, sensor, scene;
  float kelvin = 0, lux = 0;
  float camera_kelvin = 0;  ///< what the camera's own white balance said
  int fold = -1;            ///< of cross-validation; -1: not in the table
  Statistics statistics;
};

using Tunings = std::map<std::string, RaspberryPiTuning>;  // by sensor

/// Every SENSOR.json of a folder.
Tunings load_tunings(const std::filesystem::path& folder);

/// One picture. Throws Error for a name or a picture of another form and for a sensor without a tuning.
LabelledStatistics load_labelled(const std::filesystem::path& path, const Tunings& tunings);

/// Columns user, sensor, scene, group, fold (a whole number from 0). Sets `fold`; throws Error for a line of another form.
void read_folds(const std::filesystem::path& csv, std::vector<LabelledStatistics>& images);

}  // namespace argent
