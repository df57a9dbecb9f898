// samples/live/avi_writer.h - the sink of a video file: MJPEG in AVI, in parts of at most 1.9 GB.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "samples/live/avi_file.h"
#include "samples/live/queued_sink.h"

namespace argent {

class AviWriter : public FrameWriter {
 public:
  /// `path`: of the first part, the others are called NAME-2.avi and so on. `quality`: of JPEG, 1 to 100. Throws Error when it exists.
  AviWriter(std::filesystem::path path, int quality, Overwrite overwrite);

  std::string name() const override { return "avi " + path_.string(); }
  bool wants_picture() const override { return true; }
  bool wants_raw() const override { return false; }
  void write(const LiveFrame& frame) override;
  void finish() override;

 private:
  void begin_part(Size size);

  std::filesystem::path path_;
  int quality_;
  Overwrite overwrite_;
  ConstantRate rate_;
  Size size_;
  int part_ = 0;
  std::unique_ptr<AviFile> file_;  ///< null: no frame yet
};

}  // namespace argent
