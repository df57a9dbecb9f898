// isp/frame.h - what a sensor counted, with the settings that were in force.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "isp/sensor_info.h"

namespace argent {

using Microseconds = std::chrono::duration<double, std::micro>;

/// Settings of sensor and lens. As part of Controls: what we want. As part of Applied: what was in force.
struct SensorSettings {
  Microseconds exposure{0};  ///< integration time of a row; 0: not known
  float analogue_gain = 1;   ///< >= 1; a file's ISO / 100
  float lens_position = 0;   ///< dioptres, 0 = infinity
  bool operator==(const SensorSettings&) const = default;
};

/// A frame carries what was in force, not what was asked.
struct Applied {
  SensorSettings settings;
  float f_number = 0;              ///< 0: not known
  Microseconds timestamp{0};       ///< start of exposure of the first row
  Microseconds frame_duration{0};  ///< 0: not known
  Microseconds line_time{0};       ///< 0: not known
  std::uint64_t sequence = 0;      ///< the driver's, so that a gap shows
  std::uint64_t decision = 0;      ///< which Camera::apply() this frame shows, counted from 1; 0: none, or not known
  bool operator==(const Applied&) const = default;
};

/// What a file says about the picture that was meant. Absent is absent: nothing is guessed.
struct CaptureInfo {
  std::optional<Vec3> as_shot_gains;       ///< R, G, B, green = 1
  std::optional<float> baseline_exposure;  ///< EV, DNG's tag
  Orientation orientation = Orientation::kNormal;
  Rect crop;                          ///< the camera's own picture inside the active array
  float focal_length = 0;             ///< mm, 0: not known
  std::string time;                   ///< local, EXIF form "YYYY:MM:DD hh:mm:ss", empty: not known
  std::vector<std::string> warnings;  ///< what looks broken in a file that could be decoded
};

/// Move-only; owns or leases its pixels and releases them when dropped.
/// Shape: sensor.active.height rows of sensor.active.width pixels of samples_per_pixel(sensor.cfa) codes; row y at data + y * stride.
struct RawFrame {
  RawFrame() = default;
  RawFrame(RawFrame&&) noexcept = default;
  RawFrame& operator=(RawFrame&&) noexcept = default;
  RawFrame(const RawFrame&) = delete;
  RawFrame& operator=(const RawFrame&) = delete;

  std::shared_ptr<const void> lease;    ///< keeps `data` valid
  const std::uint16_t* data = nullptr;  ///< first sample of the active array
  std::ptrdiff_t stride = 0;            ///< in samples
  SensorInfo sensor;
  Applied applied;
  CaptureInfo capture;

  Size size() const { return sensor.active; }
};

/// The same pixels once more: both frames lease them.
inline RawFrame share(const RawFrame& frame) {
  RawFrame out;
  out.lease = frame.lease;
  out.data = frame.data;
  out.stride = frame.stride;
  out.sensor = frame.sensor;
  out.applied = frame.applied;
  out.capture = frame.capture;
  return out;
}

}  // namespace argent
