// camera/live/libcamera_device.h - libcamera as a CaptureDevice: the one place that meets it. Written for 0.0.3 to 0.7.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "camera/live/capture_device.h"

namespace argent {

/// libcamera's list of cameras. One a process at a time: all who ask share it, and it ends with the last of them.
class LibcameraSession;
std::shared_ptr<LibcameraSession> libcamera_session();

struct RawMode {
  std::string format;
  std::vector<Size> sizes;
};

/// A camera as libcamera lists it, without opening it.
struct ListedCamera {
  std::string id, model;
  OfferedControls offered;
  std::vector<std::string> controls;  ///< "ExposureTime [100..66666]"
};
std::vector<ListedCamera> listed_cameras(LibcameraSession& session);

/// RAW modes of a camera that nobody else uses. Throws Error: busy, or no RAW stream.
std::vector<RawMode> raw_modes(LibcameraSession& session, const std::string& camera_id);

std::string libcamera_version();

/// What is asked; absent is the camera's own choice.
struct StreamRequest {
  std::optional<Size> size;
  std::string format;  ///< libcamera's name; empty: unpacked, of the most bits that there are
  std::size_t buffers = 4;
};

/// Acquires and configures. Throws Error: no such camera (the text lists those there are), in use, no RAW, a size that it has not.
std::unique_ptr<CaptureDevice> open_libcamera(const std::string& camera_id, const StreamRequest& request);

}  // namespace argent
