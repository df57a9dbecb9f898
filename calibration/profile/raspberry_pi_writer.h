// calibration/profile/raspberry_pi_writer.h - private: our profile as a Raspberry Pi tuning.
#pragma once

#include <optional>

#include "calibration/profile/raspberry_pi_document.h"
#include "calibration/profile/translation.h"

namespace argent {

/// `base`: whose other algorithms stay as they are; absent: exposure and tone that every camera can live with.
TuningText write_raspberry_pi_tuning(const CameraProfile& profile, RaspberryPiTarget target, std::optional<RaspberryPiDocument> base);

}  // namespace argent
