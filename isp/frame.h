// isp/frame.h - what a sensor counted, with the settings that were in force.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "isp/dng_opcodes.h"
#include "isp/dng_profile.h"
#include "isp/lens_correction.h"
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
  std::string lens;                   ///< as the file calls it, empty: not known
  std::string time;                   ///< local, EXIF form "YYYY:MM:DD hh:mm:ss", empty: not known
  std::vector<std::string> warnings;  ///< what looks broken in a file that could be decoded
};

/// How codes of one sample a pixel lie in bytes. MIPI CSI-2 v1.3, 11.4; V4L2 calls them SRGGB8, SRGGB10P, SRGGB12P, SRGGB14P and so on.
enum class PackedFormat {
  kRaw8,   ///< 1 pixel in 1 byte
  kRaw10,  ///< 4 in 5: four high bytes, then their low bits, the first pixel's lowest
  kRaw12,  ///< 2 in 3
  kRaw14,  ///< 4 in 7
};

/// Codes as the sensor's link packs them. Row y at bytes + y * stride; every row starts with a whole group.
struct PackedCodes {
  PackedFormat format = PackedFormat::kRaw8;
  const std::uint8_t* bytes = nullptr;  ///< of the first pixel of the active array
  std::ptrdiff_t stride = 0;            ///< in bytes, padding included
};

/// Move-only; owns or leases its pixels and releases them when dropped.
/// Shape: sensor.active.height rows of sensor.active.width pixels of samples_per_pixel(sensor.cfa) codes; row y at data + y * stride, or
/// packed. The pipeline takes both; whoever wants to read single codes of any frame asks unpacked() (isp/packed_codes.h).
struct RawFrame {
  RawFrame() = default;
  RawFrame(RawFrame&&) noexcept = default;
  RawFrame& operator=(RawFrame&&) noexcept = default;
  RawFrame(const RawFrame&) = delete;
  RawFrame& operator=(const RawFrame&) = delete;

  std::shared_ptr<const void> lease;    ///< keeps the codes valid
  const std::uint16_t* data = nullptr;  ///< first sample of the active array
  std::ptrdiff_t stride = 0;            ///< in samples
  std::optional<PackedCodes> packed;    ///< instead of data and stride
  SensorInfo sensor;
  Applied applied;
  CaptureInfo capture;
  std::shared_ptr<const DngOpcodes> opcodes;      ///< corrections that a DNG asks for; nullptr: none
  std::shared_ptr<const DngProfile> dng_profile;  ///< color as a DNG says it; nullptr: no DNG
  std::shared_ptr<const LensCorrection> lens;     ///< what a database knows of the lens; nullptr: nothing, or nobody asked
  bool corrected = false;                         ///< Pipeline::correct() made these codes

  Size size() const { return sensor.active; }
};

/// The same pixels once more: both frames lease them.
inline RawFrame share(const RawFrame& frame) {
  RawFrame out;
  out.lease = frame.lease;
  out.data = frame.data;
  out.stride = frame.stride;
  out.packed = frame.packed;
  out.sensor = frame.sensor;
  out.applied = frame.applied;
  out.capture = frame.capture;
  out.opcodes = frame.opcodes;
  out.dng_profile = frame.dng_profile;
  out.lens = frame.lens;
  out.corrected = frame.corrected;
  return out;
}

}  // namespace argent
