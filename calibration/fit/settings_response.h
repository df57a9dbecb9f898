// calibration/fit/settings_response.h - when a sensor does what it was asked, and what a gain really is, from frames of a steady light.
//
// Source: own. Light of a frame = what is there x exposure of some request before x gain of some request before. Every pair of delays is
// tried; what each gain is comes of the frames that had it; the pair with the least misfit is it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isp/frame.h"

namespace argent {

struct SettingsFrame {
  std::uint64_t sequence =
      0;  ///< the driver's, rising; a gap: frames that are lost with their requests; the sensor exposed them all the same
  Microseconds asked_exposure{0};  ///< of the last request that was written before the next frame began
  float asked_gain = 1;            ///< its nominal gain
  double light = 0;  ///< mean above black, any unit; neither clipped nor black; 0: the frame was lost, only its request is known
};

struct GainMeasure {
  float asked = 1;   ///< nominal
  float actual = 1;  ///< against gain 1; where 1 was never asked, the lowest one is taken for what it is called
  double error = 0;  ///< standard error of actual
  int frames = 0;
};

/// Gains that were asked and came out as one: the sensor has steps.
struct GainStep {
  float from = 1, to = 1;  ///< asked
  float actual = 1;
};

struct SettingsResponse {
  static constexpr int kMostDelay = 5;  ///< frames

  int exposure_delay = 0, gain_delay = 0;  ///< frames from the one during which a request was written to the first that shows it
  /// Misfit of the next best delay over the best one's: how sure each is.
  double exposure_sure = 0, gain_sure = 0;
  double misfit = 0;               ///< rms of ln light
  std::vector<GainMeasure> gains;  ///< by rising asked
  std::vector<GainStep> steps;
};

/// Throws Error: settings or light that are no positive numbers, sequence numbers that don't rise, fewer than 12 frames, an exposure or a
/// gain that changes less than three times or by less than a fifth, a light that isn't steady (misfit above 10 %), delays that can't be
/// told apart (the next best fits less than twice as badly).
SettingsResponse fit_settings_response(std::span<const SettingsFrame> frames);

}  // namespace argent
