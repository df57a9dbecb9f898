// samples/live/live_source.h - which camera: a simulated one, a recording, or one of this machine's.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "calibration/profile/camera_profile.h"
#include "camera/camera.h"

namespace argent {

/// The command line's words on the camera. What a camera can't do is an Error.
struct LiveSourceOptions {
  std::string camera = "sim";     ///< sim, sim:SCENARIO.yaml, a recording's folder, ring:FOLDER, or the name of a camera of this machine
  std::optional<Size> size;       ///< of a frame; absent: the camera's own
  double fps = 0;                 ///< 0: the camera's own
  std::string format;             ///< of the camera's buffers ("SRGGB10_CSI2P"); empty: its own
  Microseconds longest_frame{0};  ///< up to which the camera may slow down; 0: it keeps its rate
  std::string tuning;             ///< a profile (YAML) or a Raspberry Pi tuning (JSON); empty: what the camera knows of itself
};

/// A camera and what is known of it.
struct LiveSource {
  std::unique_ptr<Camera> camera;
  CameraProfile profile;
  Microseconds longest_frame{0};   ///< that it can expose for, and so FrameDurationLimits unless the user says otherwise; 0: not known
  std::vector<std::string> notes;  ///< what had to be assumed of it, a line each
  bool waits = false;              ///< next() comes when it is time; otherwise whoever asks sets the pace
  bool comes_back = false;         ///< the camera can be lost and open again
};

/// A profile (YAML) or a Raspberry Pi tuning (.json). Throws Error.
CameraProfile load_tuning(const std::filesystem::path& path);

/// Whether that camera's frames were recorded: a folder, or a ring of one. Its settings can't be changed.
bool plays_recording(const std::string& camera);

/// Throws Error: no such camera, no such mode, or a file is wrong.
LiveSource open_camera(const LiveSourceOptions& options);

}  // namespace argent
