// camera/live/sensor_control.h - how a live camera's sensor and lens are driven, and which settings made a frame.
//
// Two ways, chosen by what the camera offers: libcamera's own controls where an image processing algorithm of libcamera owns the sensor
// (MetadataControl), or the sensor's V4L2 sub-device where nobody does (SubdeviceControl).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "camera/live/capture_device.h"

namespace argent {

/// How long frames may take.
struct FrameDurationLimits {
  Microseconds shortest{0};  ///< the frame rate; 0: the mode's own
  Microseconds longest{0};   ///< up to which an exposure may slow the camera down; 0: not at all
};

/// What sensor and lens can do in the configured mode.
struct SensorLimits {
  Microseconds shortest_exposure{0}, longest_exposure{0};
  Microseconds shortest_frame{0}, longest_frame{0};
  Microseconds line_time{0};  ///< 0: not known
  float least_gain = 1, most_gain = 1;
  bool lens = false;                ///< it moves
  float farthest = 0, nearest = 0;  ///< dioptres
};

/// The settings that made a frame.
struct ShownSettings {
  SensorSettings settings;
  Microseconds frame_duration{0}, line_time{0};  ///< 0: not known
  std::uint64_t decision = 0;                    ///< counted from 1; 0: none, or exposure and gain are of different ones
  int bracket_step = -1;                         ///< -1: none
};

class SensorControl {
 public:
  virtual ~SensorControl() = default;

  virtual const SensorLimits& limits() const = 0;
  /// "V4L2 sub-device /dev/v4l-subdev0".
  virtual std::string name() const = 0;
  /// What a user should know: what is assumed, what stays fixed.
  virtual const std::vector<std::string>& notes() const = 0;

  /// Settings as they would be in force: whole lines, gain codes, lens codes, within the limits.
  virtual SensorSettings possible(const SensorSettings& settings) const = 0;

  /// The camera has begun to deliver. Throws Error.
  virtual void started() = 0;
  virtual void stopped() noexcept = 0;

  /// Decided now; lands some frames later. Throws Error when the sensor is gone.
  virtual void ask(const SensorSettings& settings) = 0;
  virtual void ask_bracket(std::span<const SensorSettings> steps) = 0;

  /// What goes with the next request. From any thread.
  virtual RequestControls request_controls() = 0;

  /// What made this good frame; frames are asked about in their order. nullopt: it can't be known, the frame had better be left out.
  virtual std::optional<ShownSettings> shown(const CompletedBuffer& frame) = 0;

  /// Throws Error when sensor or lens are gone.
  virtual void check() = 0;
};

}  // namespace argent
