#include "samples/live/y4m_video.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "isp/error.h"
#include "samples/live/yuv.h"

namespace argent {
namespace {

constexpr std::string_view kStdout = "-";
constexpr std::string_view kFrameHeader = "FRAME\n";

}  // namespace

Y4mVideo::Y4mVideo(const std::string& path, Overwrite overwrite, std::function<void()> reader_gone)
    : path_(path), reader_gone_(std::move(reader_gone)) {
  if (path != kStdout) file_ = std::make_unique<OutputFile>(path, overwrite);
}

void Y4mVideo::put(const void* bytes, std::size_t size) {
  if (file_) {
    if (!file_->write(bytes, size)) file_->check();
    return;
  }
  const auto* next = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t written = ::write(STDOUT_FILENO, next, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) return reader_gone_();
    if (written < 0) throw Error(std::string("stdout: ") + std::strerror(errno));
    next += written;
    size -= static_cast<std::size_t>(written);
  }
}

void Y4mVideo::write(const LiveFrame& frame) {
  const Image& picture = *frame.picture;
  const bool first = size_ == Size{};
  const int places = rate_.advance(frame.statistics->applied);
  if (first) {
    size_ = picture.size();
    const std::string header = "YUV4MPEG2 W" + std::to_string(size_.width) + " H" + std::to_string(size_.height) + " F" +
                               std::to_string(rate_.rate().numerator) + ":" + std::to_string(rate_.rate().denominator) +
                               " Ip A1:1 C420jpeg XCOLORRANGE=LIMITED\n";
    put(header.data(), header.size());
  }
  if (picture.size() != size_) throw Error("the picture's size changed, and the format has no room for that");
  const auto write_planes = [&] {
    put(kFrameHeader.data(), kFrameHeader.size());
    put(planes_.data(), planes_.size());
  };
  for (int i = 1; i < places; i++) write_planes();  // the frame before
  if (places == 0) return;
  to_yuv420(picture, planes_);
  write_planes();
}

void Y4mVideo::finish() {
  if (!file_) return;
  file_->check();
  file_->commit();
}

}  // namespace argent
