// camera/live/sensor_registers.h - what a sensor's and a lens's V4L2 controls mean: lines, codes, frame lengths.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "camera/lens_map.h"
#include "camera/live/sensor_control.h"
#include "camera/live/subdevice_control.h"
#include "camera/live/v4l2_device.h"
#include "camera/sensor_table.h"

namespace argent {

/// Values of controls.
struct SensorCodes {
  std::int32_t exposure = 0;  ///< lines
  std::int32_t gain = 0, lens = 0;
};

class SensorRegisters {
 public:
  /// Reads the ranges. Throws Error: the sensor lacks what is needed.
  SensorRegisters(const V4l2Device& sensor, const V4l2Device* lens, const std::string& model, const SubdeviceOptions& options);

  SensorCodes codes(const SensorSettings& settings) const;  ///< within the limits
  SensorSettings settings(const SensorCodes& codes) const;

  /// VBLANK for a frame with this exposure: the shortest allowed that holds it.
  std::int32_t blanking(std::int32_t exposure) const;
  Microseconds frame_duration(std::int32_t blanking) const { return (height_ + blanking) * limits.line_time; }

  SensorLimits limits;
  ControlLatencies latencies;
  SensorCodes now;  ///< as found
  std::int32_t blanking_now = 0;
  bool gain_moves = false, blanking_moves = false;
  std::vector<std::string> notes;

 private:
  void read_gain(const V4l2Device& sensor, const std::string& model, const SubdeviceOptions& options);
  void read_timing(const V4l2Device& sensor, const FrameDurationLimits& frames);
  void read_lens(const V4l2Device& lens, const SubdeviceOptions& options);
  float gain_at(int code) const;

  GainModel gain_;
  std::optional<GainTable> gains_;
  std::optional<LensMap> lens_;
  std::int32_t least_lens_ = 0, most_lens_ = 0;
  std::int32_t height_ = 0, margin_ = 0;  ///< lines; margin: of a frame beyond its longest exposure
  std::int32_t least_exposure_ = 1, most_exposure_ = 1, least_blanking_ = 0, most_blanking_ = 0;
};

}  // namespace argent
