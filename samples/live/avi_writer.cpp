#include "samples/live/avi_writer.h"

#include <utility>

#include "isp/io/image_file.h"
#include "models/runtime/error.h"
#include "samples/output_names.h"

namespace argent {

AviWriter::AviWriter(std::filesystem::path path, int quality, Overwrite overwrite)
    : path_(std::move(path)), quality_(quality), overwrite_(overwrite) {
  check_new(path_, overwrite_);
}

void AviWriter::begin_part(Size size) {
  if (file_) file_->close();
  std::filesystem::path path = path_;
  if (++part_ > 1) path.replace_filename(path_.stem().string() + "-" + std::to_string(part_) + path_.extension().string());
  file_ = std::make_unique<AviFile>(path, size, rate_.rate(), overwrite_);
}

void AviWriter::write(const LiveFrame& frame) {
  const int places = rate_.advance(frame.statistics->applied);
  if (places == 0) return;
  const Image& picture = *frame.picture;
  const std::vector<unsigned char> jpeg = jpeg_bytes(picture, quality_);
  if (!file_ || picture.size() != size_ || file_->is_full(jpeg.size())) {
    begin_part(picture.size());
    size_ = picture.size();
  } else {
    for (int i = 1; i < places; i++) file_->repeat();
  }
  file_->add(jpeg);
}

void AviWriter::finish() {
  if (file_) file_->close();
}

}  // namespace argent
