// camera/live/live_camera.h - a camera of this machine, by libcamera: RAW frames leased from its buffers, settings that are known.
//
//   LiveCamera camera({.id = "imx219", .size = Size{1280, 720}});
//   while (auto frame = camera.next()) { ...; camera.apply(settings); }
//
// A frame that is kept keeps its buffer from the camera, which has three or four: who keeps frames copies them. Frames may outlive the
// camera. One thread calls; frames are dropped from any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "camera/camera.h"
#include "camera/live/capture_device.h"
#include "camera/live/sensor_control.h"
#include "camera/live/subdevice_control.h"

namespace argent {

enum class ControlWay {
  kAuto,       ///< libcamera's controls where it offers ExposureTime, else the sub-device
  kMetadata,   ///< libcamera's controls
  kSubdevice,  ///< V4L2
};

/// What a caller that is late gets.
enum class Delivery {
  kNewest,  ///< the newest frame; older ones are counted as dropped. Steps of a bracket are never left out
  kEvery,   ///< the oldest, as long as the camera has buffers to wait in
};

struct LiveCameraOptions {
  std::string id;            ///< Camera::id() or its beginning, or a sensor's model; empty: the only one there is
  std::optional<Size> size;  ///< absent: the largest
  std::string format;        ///< "SRGGB10_CSI2P"; empty: unpacked, of the most bits
  FrameDurationLimits frames;
  SensorSettings start;  ///< in force from the first frame on; exposure 0: as the sensor is
  Delivery delivery = Delivery::kNewest;
  ControlWay control = ControlWay::kAuto;
  /// What calibration found out; absent: the sensor table's, and an assumed lens. For the sub-device's way; libcamera has its own.
  std::optional<LensMap> lens;
  std::optional<SettingsDelays> delays;
  std::optional<GainTable> gains;
  std::optional<float> black;  ///< code of no light out of 65536; absent: the camera's own word, else the sensor table's
};

struct LiveCounts {
  std::uint64_t delivered = 0;
  std::uint64_t broken = 0;   ///< the driver marked them
  std::uint64_t missed = 0;   ///< gaps in the sequence: nobody had a buffer for them
  std::uint64_t dropped = 0;  ///< a newer one was there
  std::uint64_t unknown = 0;  ///< a control was written just when a frame started: which settings made them isn't known
};

class LiveCamera : public Camera {
 public:
  /// Opens and starts. Throws Error: no such camera or mode, in use, not allowed, a format that can't be read, a sensor that can't be
  /// driven.
  explicit LiveCamera(const LiveCameraOptions& options);
  /// With parts of one's own: tests, other sources of buffers.
  LiveCamera(std::unique_ptr<CaptureDevice> device, std::unique_ptr<SensorControl> control, const LiveCameraOptions& options);
  ~LiveCamera() override;

  /// Waits. Never nullopt. Throws Error when the camera is gone or stops delivering; it can be opened again then.
  std::optional<RawFrame> next() override;
  /// Both throw Error when the sensor or its lens can't be driven any more; next() does, too, from then on.
  void apply(const SensorSettings& settings) override;
  bool skip() override;
  void apply_bracket(std::span<const SensorSettings> steps) override;
  int bracket_step() const override;
  std::optional<std::chrono::steady_clock::time_point> ready() const override;

  const SensorInfo& sensor() const;
  const CaptureStream& stream() const;
  const SensorLimits& limits() const;
  const LiveCounts& counts() const;
  /// How the sensor is driven, and what is assumed.
  std::string control_name() const;
  std::vector<std::string> notes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace argent
