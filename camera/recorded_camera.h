// camera/recorded_camera.h - a recording played back: the headerless mosaics of a folder, each with its description.
//
// What save_mosaic() wrote frame by frame comes back equal, settings and timestamps included.
#pragma once

#include <filesystem>
#include <vector>

#include "camera/camera.h"

namespace argent {

class RecordedCamera : public Camera {
 public:
  /// Frames are the mosaics (see is_mosaic_file) of `folder`, by name; each has its description beside it, as NAME.yaml.
  /// Throws Error: no folder, or no mosaic in it.
  explicit RecordedCamera(const std::filesystem::path& folder);

  /// Throws Error for a frame that can't be read; the call after it gives the next one.
  std::optional<RawFrame> next() override;

  bool skip() override;

  /// What was recorded stays as it was.
  void apply(const SensorSettings&) override {}

  std::size_t size() const { return files_.size(); }

 private:
  std::vector<std::filesystem::path> files_;
  std::size_t next_ = 0;
};

}  // namespace argent
