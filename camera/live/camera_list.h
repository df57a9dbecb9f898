// camera/live/camera_list.h - what cameras this machine has, and why one is missing.
#pragma once

#include <string>
#include <vector>

#include "camera/live/libcamera_device.h"
#include "camera/live/media_graph.h"

namespace argent {

struct CameraReport {
  ListedCamera camera;
  std::vector<RawMode> modes;  ///< formats that can't be read are left out
  std::string control;         ///< what drives the sensor; empty: nothing does
  std::vector<std::string> troubles;
};

struct CameraSurvey {
  std::string libcamera;  ///< version
  std::vector<CameraReport> cameras;
  std::vector<std::string> troubles;  ///< of the machine: what keeps cameras from being seen, and what to do
};

CameraSurvey survey_cameras();

/// What is wrong with a machine whose media devices are `graph`; `seen`: ids that libcamera lists. Reads /dev and /run/udev.
std::vector<std::string> machine_troubles(const MediaGraph& graph, const std::vector<ListedCamera>& seen);

}  // namespace argent
