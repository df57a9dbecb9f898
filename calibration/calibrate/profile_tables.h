// calibration/calibrate/profile_tables.h - private: from measurements to the tables of a profile.
#pragma once

#include <string>

#include "calibration/calibrate/calibration.h"

namespace argent {

/// Only what was measured; numbers that aren't finite stay out. `name`: of the camera.
CameraProfile profile_of(const Calibration& calibration, const std::string& name);

}  // namespace argent
