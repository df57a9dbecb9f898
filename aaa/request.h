// aaa/request.h - what the user wants of this frame. Recorded beside the statistics, so that a replay is exact.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "isp/controls.h"

namespace argent {

// libcamera's controls of the same names, with the same values in the same order.
enum class AeMeteringMode { kCentreWeighted, kSpot, kMatrix, kCustom };
enum class AeConstraintMode { kNormal, kHighlight, kShadows, kCustom };
enum class AeExposureMode { kNormal, kShort, kLong, kCustom };
enum class AeFlickerMode { kOff, kManual, kAuto };
enum class AwbMode { kAuto, kIncandescent, kTungsten, kFluorescent, kIndoor, kDaylight, kCloudy, kCustom };
enum class AfMode { kManual, kAuto, kContinuous };
enum class AfRange { kNormal, kMacro, kFull };
enum class AfSpeed { kNormal, kFast };
enum class AfTrigger { kStart, kCancel };
enum class AfPause { kImmediate, kDeferred, kResume };

/// A part of the active array, 0..1 on both sides; outside is cut off, no area left means the window is ignored.
struct Window {
  float x = 0, y = 0, width = 1, height = 1;
  float weight = 1;

  bool operator==(const Window&) const = default;
};

/// Names follow libcamera's controls where there is one. What is optional is automatic when absent.
struct Request {
  // Exposure
  float exposure_value = 0;                                   ///< EV, ExposureValue
  std::optional<Microseconds> exposure_time;                  ///< ExposureTime
  std::optional<float> analogue_gain;                         ///< AnalogueGain
  Microseconds min_frame_duration{0}, max_frame_duration{0};  ///< FrameDurationLimits; 0: no limit; the longest bounds the exposure
  AeMeteringMode ae_metering_mode = AeMeteringMode::kCentreWeighted;
  AeConstraintMode ae_constraint_mode = AeConstraintMode::kNormal;
  AeExposureMode ae_exposure_mode = AeExposureMode::kNormal;
  std::vector<Window> ae_windows;  ///< not empty: these are metered, by their weights, instead of the mode's pattern
  bool ae_locked = false;
  AeFlickerMode ae_flicker_mode = AeFlickerMode::kAuto;
  Microseconds ae_flicker_period{0};  ///< AeFlickerPeriod: 10000 for mains of 50 Hz, 8333 for 60; with kManual

  // White balance
  AwbMode awb_mode = AwbMode::kAuto;
  std::vector<Window> awb_windows;          ///< not empty: only these are looked at
  bool awb_locked = false;                  ///< AwbLocked
  std::optional<Vec3> colour_gains;         ///< ColourGains (R, G, B)
  std::optional<float> colour_temperature;  ///< ColourTemperature, kelvin
  bool mixed_light = false;                 ///< a gain map when there are two lights

  // Focus
  AfMode af_mode = AfMode::kManual;
  AfRange af_range = AfRange::kNormal;
  AfSpeed af_speed = AfSpeed::kNormal;
  std::vector<Window> af_windows;       ///< AfWindows (AfMetering is Windows when there are any)
  std::optional<AfTrigger> af_trigger;  ///< of this frame alone
  std::optional<AfPause> af_pause;      ///< of this frame alone
  std::optional<float> lens_position;   ///< LensPosition in dioptres, with AfMode::kManual
};

}  // namespace argent
