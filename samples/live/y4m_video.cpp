#include "samples/live/y4m_video.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "isp/error.h"

namespace argent {
namespace {

constexpr std::string_view kStdout = "-";

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
  const int places = rate_.advance(frame.statistics->applied);
  for (int i = 1; i < places; i++) writer_->write(before_);
  if (places == 0) return;
  before_ = video_.to_yuv(*frame.picture);
  if (!writer_) writer_.emplace([this](const void* bytes, std::size_t size) { put(bytes, size); }, before_.size(), rate_.rate());
  writer_->write(before_);
}

void Y4mVideo::finish() {
  if (!file_) return;
  file_->check();
  file_->commit();
}

}  // namespace argent
