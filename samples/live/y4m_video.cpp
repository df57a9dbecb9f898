#include "samples/live/y4m_video.h"

#include <utility>

namespace argent {

Y4mVideo::Y4mVideo(const std::string& path, Overwrite overwrite, std::function<void()> reader_gone)
    : out_(path, overwrite, std::move(reader_gone)) {}

void Y4mVideo::write(const LiveFrame& frame) {
  const int places = rate_.advance(frame.statistics->applied);
  for (int i = 1; i < places; i++) writer_->write(before_);
  if (places == 0) return;
  before_ = video_.to_yuv(*frame.picture);
  if (!writer_) writer_.emplace([this](const void* bytes, std::size_t size) { out_.write(bytes, size); }, before_.size(), rate_.rate());
  writer_->write(before_);
}

}  // namespace argent
