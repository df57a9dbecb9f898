#include "camera/simulation/truth_of_capture.h"

#include <cmath>

#include "camera/simulation/scene_map.h"

namespace argent {

FrameTruth truth_of(const CaptureSequence& sequence, const Scenario& scenario, const Palette& first, const Palette& second) {
  const Capture& capture = sequence.capture();
  FrameTruth out;
  out.sequence = capture.applied.sequence;
  out.decision = capture.applied.decision;
  out.cct = capture.light.cct;
  out.white = {std::log(first[0][0]), std::log(first[0][2])};
  out.second_white = {std::log(second[0][0]), std::log(second[0][2])};
  out.flicker_modulation = sequence.light().flicker_amplitude(1e-6 * capture.applied.settings.exposure.count());
  const LightParams& light = scenario.light;
  out.flicker_period_us = light.flicker_hz > 0 && light.flicker_depth > 0 ? 1e6f / light.flicker_hz : 0;
  out.lens_position = capture.lens_position;
  out.sharpest = scene_dioptres(scenario.scene, 0.5f);
  out.depth_of_field = depth_of_field(scenario.lens);
  return out;
}

Scenario with_color(Scenario scenario, const SensorColor& color) {
  scenario.light.cct = color.start_cct();
  return scenario;
}

}  // namespace argent
