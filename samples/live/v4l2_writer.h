// samples/live/v4l2_writer.h - pictures into a v4l2loopback device, so that a browser or a conference program has the camera.
//
//   sudo modprobe v4l2loopback exclusive_caps=1 && argent live --v4l2 /dev/video10
#pragma once

#include <string>
#include <vector>

#include "isp/geometry.h"
#include "isp/pipeline.h"
#include "samples/live/queued_sink.h"

namespace argent {

/// The pairs Y0 Cb Y1 Cr of a 4:2:0 picture, both rows of a pair with its chroma. `out` is resized.
void to_yuyv(const YuvImage& picture, std::vector<std::uint8_t>& out);

/// YUYV, which every program takes, BT.709, limited range. Source: V4L2's Video Output Interface, read/write method.
class V4l2Writer : public FrameWriter {
 public:
  /// Throws Error: no such device, no permission, or it takes no pictures.
  explicit V4l2Writer(const std::string& device);
  ~V4l2Writer() override;
  V4l2Writer(const V4l2Writer&) = delete;
  V4l2Writer& operator=(const V4l2Writer&) = delete;

  std::string name() const override { return "v4l2 " + device_; }
  bool wants_picture() const override { return true; }
  bool wants_raw() const override { return false; }
  void write(const LiveFrame& frame) override;

 private:
  void set_format(const YuvImage& picture);

  std::string device_;
  int descriptor_ = -1;
  Pipeline video_{PipelineParams{}};  ///< of this thread, for its to_yuv()
  Size size_;
  std::vector<std::uint8_t> pixels_;
};

}  // namespace argent
