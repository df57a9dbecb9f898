#include "camera/recorded_camera.h"

#include <algorithm>
#include <system_error>

#include "isp/io/mosaic_file.h"
#include "models/runtime/error.h"

namespace argent {

namespace fs = std::filesystem;

RecordedCamera::RecordedCamera(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) throw Error(folder.string() + ": no such folder");
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (is_mosaic_file(entry->path())) files_.push_back(entry->path());
  }
  if (error) throw Error(folder.string() + ": " + error.message());
  if (files_.empty()) throw Error(folder.string() + ": no mosaic (.raw .raw.gz .bin .bin.gz) in it");
  std::sort(files_.begin(), files_.end());
}

std::optional<RawFrame> RecordedCamera::next() {
  if (next_ >= files_.size()) return std::nullopt;
  const fs::path& file = files_[next_++];
  return load_mosaic(file, load_mosaic_description(fs::path(file) += ".yaml"));
}

bool RecordedCamera::skip() {
  if (next_ >= files_.size()) return false;
  next_++;
  return true;
}

}  // namespace argent
