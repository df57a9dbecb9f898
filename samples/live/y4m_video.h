// samples/live/y4m_video.h - uncompressed video: y4m, to a file or to stdout, for encoders and viewers behind a pipe.
//
//   argent live --y4m - | ffmpeg -i - -vf setparams=colorspace=bt709:range=tv out.mp4
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "isp/io/y4m_writer.h"
#include "isp/pipeline.h"
#include "samples/live/constant_rate.h"
#include "samples/live/output_stream.h"
#include "samples/live/queued_sink.h"

namespace argent {

/// 4:2:0, BT.709, limited range; an odd last row or column is left out. Frames of another size than the first are an Error.
class Y4mVideo : public FrameWriter {
 public:
  /// As OutputStream.
  Y4mVideo(
      const std::string& path, Overwrite overwrite, std::function<void()> reader_gone = [] {});

  std::string name() const override { return "y4m " + out_.name(); }
  bool wants_picture() const override { return true; }
  bool wants_raw() const override { return false; }
  void write(const LiveFrame& frame) override;
  void finish() override { out_.finish(); }

 private:
  OutputStream out_;
  ConstantRate rate_;
  Pipeline video_{PipelineParams{}};  ///< of this thread, for its to_yuv()
  std::optional<Y4mWriter> writer_;
  YuvImage before_;  ///< the frame that went out last
};

}  // namespace argent
