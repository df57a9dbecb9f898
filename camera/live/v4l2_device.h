// camera/live/v4l2_device.h - a V4L2 node: its controls and the event that a frame starts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace argent {

/// A file descriptor that is closed when dropped.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number = -1) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  int number() const { return number_; }
  int release();

 private:
  int number_;
};

struct ControlRange {
  std::int64_t min = 0, max = 0, step = 1, value = 0;  ///< value: now
};

struct V4l2ControlValue {
  std::uint32_t id = 0;  ///< V4L2_CID_EXPOSURE and so on
  std::int32_t value = 0;
};

struct FrameStart {
  std::uint32_t sequence = 0;
  std::int64_t time_ns = 0;  ///< CLOCK_MONOTONIC
};

class V4l2Device {
 public:
  /// Throws Error, which says what to do when the user may not.
  explicit V4l2Device(std::filesystem::path node);

  const std::filesystem::path& node() const { return node_; }
  int descriptor() const { return file_.number(); }

  /// nullopt: the device has no such control.
  std::optional<ControlRange> range(std::uint32_t id) const;

  /// Writes all in one call; `values` are then what the driver made of them. Throws Error.
  void set(std::span<V4l2ControlValue> values);

  /// Whether this device tells when a frame starts (V4L2_EVENT_FRAME_SYNC); from now on it does.
  bool subscribe_frame_start();

  /// The oldest start not read yet. Does not wait. Throws Error when the device is gone.
  std::optional<FrameStart> next_frame_start();

  /// Of a sub-device's pad 0: width and height of the mode.
  std::optional<std::pair<int, int>> mode_size() const;

 private:
  std::filesystem::path node_;
  FileDescriptor file_;
};

/// "cannot open /dev/video0: Permission denied; add yourself to group video: ..." for errno.
std::string open_failure(const std::filesystem::path& node, int error);

}  // namespace argent
