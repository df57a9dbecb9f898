// samples/live/v4l2_writer.h - pictures into a v4l2loopback device, so that a browser or a conference program has the camera.
//
//   sudo modprobe v4l2loopback exclusive_caps=1 && argent live --v4l2 /dev/video10
#pragma once

#include <string>
#include <vector>

#include "isp/geometry.h"
#include "samples/live/queued_sink.h"

namespace argent {

/// YUYV, BT.709, limited range. Source: V4L2's Video Output Interface, read/write method.
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
  void set_format(Size size);

  std::string device_;
  int descriptor_ = -1;
  Size size_;
  std::vector<std::uint8_t> pixels_;
};

}  // namespace argent
