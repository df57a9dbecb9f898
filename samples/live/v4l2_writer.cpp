#include "samples/live/v4l2_writer.h"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "models/runtime/error.h"

namespace argent {
namespace {

int retried_ioctl(int descriptor, unsigned long request, void* argument) {
  int result = 0;
  do {
    result = ::ioctl(descriptor, request, argument);
  } while (result < 0 && errno == EINTR);
  return result;
}

}  // namespace

void to_yuyv(const YuvImage& picture, std::vector<std::uint8_t>& out) {
  out.resize(2 * static_cast<std::size_t>(picture.width()) * static_cast<std::size_t>(picture.height()));
  std::uint8_t* next = out.data();
  for (int y = 0; y < picture.height(); y++) {
    const std::uint8_t *luma = picture.luma(y), *chroma = picture.chroma(y / 2);
    for (int x = 0; x < picture.width(); x++) {
      *next++ = luma[x];
      *next++ = chroma[x];
    }
  }
}

V4l2Writer::V4l2Writer(const std::string& device) : device_(device) {
  descriptor_ = ::open(device.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor_ < 0) {
    const char* advice = errno == EACCES ? "; is this user in the group video?" : "";
    throw Error(device + ": " + std::strerror(errno) + advice);
  }
  v4l2_capability capability{};
  const bool asked = retried_ioctl(descriptor_, VIDIOC_QUERYCAP, &capability) == 0;
  const std::uint32_t can = capability.capabilities & V4L2_CAP_DEVICE_CAPS ? capability.device_caps : capability.capabilities;
  if (asked && (can & V4L2_CAP_VIDEO_OUTPUT) != 0) return;
  ::close(descriptor_);
  throw Error(device + ": takes no pictures, expected a v4l2loopback device (sudo modprobe v4l2loopback)");
}

V4l2Writer::~V4l2Writer() { ::close(descriptor_); }

void V4l2Writer::set_format(const YuvImage& picture) {
  v4l2_format format{};
  format.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
  v4l2_pix_format& pixels = format.fmt.pix;
  pixels.width = static_cast<std::uint32_t>(picture.width());
  pixels.height = static_cast<std::uint32_t>(picture.height());
  pixels.pixelformat = V4L2_PIX_FMT_YUYV;
  pixels.field = V4L2_FIELD_NONE;
  pixels.bytesperline = 2 * pixels.width;
  pixels.sizeimage = pixels.bytesperline * pixels.height;
  pixels.colorspace = V4L2_COLORSPACE_REC709;
  pixels.ycbcr_enc = V4L2_YCBCR_ENC_709;
  pixels.quantization = V4L2_QUANTIZATION_LIM_RANGE;
  const v4l2_pix_format wanted = pixels;
  if (retried_ioctl(descriptor_, VIDIOC_S_FMT, &format) != 0) throw Error(device_ + ": " + std::strerror(errno));
  if (pixels.width != wanted.width || pixels.height != wanted.height || pixels.pixelformat != wanted.pixelformat ||
      pixels.bytesperline != wanted.bytesperline)
    throw Error(device_ + ": does not take YUYV of " + std::to_string(wanted.width) + "x" + std::to_string(wanted.height));
  size_ = picture.size();
}

void V4l2Writer::write(const LiveFrame& frame) {
  const YuvImage picture = video_.to_yuv(*frame.picture);
  if (picture.size() != size_) set_format(picture);
  to_yuyv(picture, pixels_);
  if (::write(descriptor_, pixels_.data(), pixels_.size()) == static_cast<ssize_t>(pixels_.size())) return;
  throw Error(device_ + ": " + std::strerror(errno));
}

}  // namespace argent
