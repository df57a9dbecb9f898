// camera/live/capture_device.h - what a LiveCamera needs of libcamera, so that it can be tested without: buffers that go round.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "camera/live/raw_layout.h"
#include "isp/frame.h"

namespace argent {

/// What goes with a request, by libcamera's names. Absent: not said.
struct RequestControls {
  std::optional<bool> ae_enable;
  std::optional<Microseconds> exposure_time;
  std::optional<float> analogue_gain, lens_position;
  std::optional<std::pair<Microseconds, Microseconds>> frame_duration_limits;
};

/// What came back with one.
struct RequestMetadata {
  std::optional<Microseconds> exposure_time, frame_duration, sensor_timestamp;
  std::optional<float> analogue_gain, lens_position;
  std::optional<std::array<float, 4>> black_levels;  ///< SensorBlackLevels: R, Gr, Gb, B of 16 bits
};

/// The limits of a control that the camera offers.
struct OfferedRange {
  double min = 0, max = 0;
};

/// What the camera offers, found at run time. Times in microseconds.
struct OfferedControls {
  bool ae_enable = false, af_mode = false;
  std::optional<OfferedRange> exposure_time, analogue_gain, lens_position, frame_duration;
};

/// Pixels as they lie, mapped for as long as somebody holds this.
class BufferMapping {
 public:
  virtual ~BufferMapping() = default;
  virtual const std::byte* pixels() const = 0;
  /// The CPU reads between both (DMA_BUF_IOCTL_SYNC). Throws Error.
  virtual void begin_read() const = 0;
  virtual void end_read() const noexcept = 0;
};

struct CompletedBuffer {
  std::size_t buffer = 0;
  bool good = false;  ///< false: the driver says that its content is broken; it has no timestamp then
  std::uint64_t sequence = 0;
  Microseconds timestamp{0};
  Microseconds completed{0};  ///< when it came back; both by CLOCK_MONOTONIC
  RequestMetadata metadata;
};

/// The stream that was configured: what the camera made of what was asked.
struct CaptureStream {
  std::string camera_id, model, format;  ///< format: libcamera's name
  Size size;
  std::size_t stride_bytes = 0;
  std::size_t buffers = 0;
  OfferedControls offered;
};

class CaptureDevice {
 public:
  virtual ~CaptureDevice() = default;

  virtual const CaptureStream& stream() const = 0;
  virtual std::shared_ptr<const BufferMapping> mapping(std::size_t buffer) const = 0;

  /// Starts with all buffers queued. Throws Error.
  virtual void start(const RequestControls& controls) = 0;
  /// Every buffer comes home.
  virtual void stop() noexcept = 0;
  /// The camera is known to be unplugged: nothing is asked of it any more.
  virtual void abandon() noexcept = 0;

  /// Gives a buffer back. From any thread. A camera that is gone takes it in silence: wait() tells.
  virtual void queue(std::size_t buffer, const RequestControls& controls) = 0;

  /// The oldest completed one. nullopt: none came in time. Throws Error when the camera is gone.
  virtual std::optional<CompletedBuffer> wait(std::chrono::milliseconds longest) = 0;
  /// How many have completed and wait.
  virtual std::size_t waiting() const = 0;
};

}  // namespace argent
