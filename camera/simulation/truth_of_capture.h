// camera/simulation/truth_of_capture.h - private: the part of FrameTruth that pixels and zones share.
#pragma once

#include "camera/simulation/capture_sequence.h"
#include "camera/simulation/frame_truth.h"
#include "camera/simulation/sensor_color.h"

namespace argent {

/// All but `clean` and `scene_luma`.
FrameTruth truth_of(const CaptureSequence& sequence, const Scenario& scenario, const Palette& first, const Palette& second);

/// The scenario with the light's temperature that of the illuminant it names.
Scenario with_color(Scenario scenario, const SensorColor& color);

}  // namespace argent
