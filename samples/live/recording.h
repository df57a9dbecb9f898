// samples/live/recording.h - RAW frames with what was asked of them, so that a replay decides the same.
//
// A folder: frame-00000000.raw and its description for each frame (RecordedCamera plays them), requests.txt with a line a frame, and
// profile.yaml, what was known of the camera.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "calibration/profile/camera_profile.h"
#include "samples/live/queued_sink.h"

namespace argent {

/// Where a recording keeps the profile that it was made with.
std::filesystem::path recorded_profile(const std::filesystem::path& folder);

class RecordingWriter : public FrameWriter {
 public:
  /// Makes the folder. A camera that is opened again counts its frames anew: the recording ends there. Throws Error: it holds something
  /// already, or can't be made.
  RecordingWriter(std::filesystem::path folder, const CameraProfile& profile);

  std::string name() const override { return "recording " + folder_.string(); }
  bool wants_picture() const override { return false; }
  bool wants_raw() const override { return true; }
  void write(const LiveFrame& frame) override;
  void finish() override;

 private:
  std::filesystem::path folder_;
  std::ofstream requests_;
  std::optional<int> openings_;  ///< of its frames: one camera, opened once
};

/// The requests of a recording, by the frames' sequence numbers.
class RecordedRequests {
 public:
  /// Throws Error: no requests in it, or a line is wrong, or of a frame that had one.
  explicit RecordedRequests(const std::filesystem::path& folder);

  /// Throws Error for a frame that none was recorded of.
  Request of(const RawFrame& frame) const;

 private:
  std::filesystem::path file_;
  std::map<std::uint64_t, std::string> lines_;
};

}  // namespace argent
