// tests/live_vm/virtual_sensor.h - the guest's camera by plain V4L2, without libcamera: what is here is the driver's doing alone.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

namespace argent {

/// What the sensor says in a frame's first ten pixels: the settings that made this very frame.
struct SensorStamp {
  std::uint32_t sequence, exposure, analogue_gain, digital_gain, focus;  ///< low 16 bits; lines, 1/16, 1/256, codes
  bool operator==(const SensorStamp&) const = default;
};

/// The device went away.
struct Unplugged : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A stream of 640x480 SRGGB10, unpacked. Every member throws std::runtime_error with the device's answer when it refuses.
class VirtualSensor {
 public:
  static constexpr int kWidth = 640, kHeight = 480, kBlack = 64;
  static constexpr double kLineTime = (640 + 1835) / 74.25e6;    ///< seconds
  static constexpr double kFrameTime = (480 + 520) * kLineTime;  ///< seconds, at the default vblank

  struct Frame {
    std::uint32_t sequence;
    bool error;                            ///< handed back with the error flag
    std::span<const std::uint16_t> codes;  ///< kHeight x kWidth, valid until next()
    SensorStamp stamp() const;
  };

  VirtualSensor();
  ~VirtualSensor();
  VirtualSensor(const VirtualSensor&) = delete;
  VirtualSensor& operator=(const VirtualSensor&) = delete;

  /// The next frame, after at most 10 seconds. Throws Unplugged.
  Frame next();
  Frame skip(int frames);  ///< the last of so many

  void expose(int lines, int analogue_gain);  ///< gain in 1/16
  void focus(int code);

 private:
  int video_ = -1, sensor_ = -1, lens_ = -1;
  std::array<std::span<std::uint16_t>, 4> buffers_;
  int held_ = -1;  ///< the buffer that next() gave out
};

/// Writes a file of /sys; names it in the error.
void write_sysfs(const std::string& path, const std::string& value);
/// A parameter of the camera's module, while it runs.
void set_parameter(const std::string& name, int value);

}  // namespace argent
