#include "calibration/evaluation/labelled_folder.h"

#include <algorithm>

#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> pictures_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".png") files.push_back(entry->path());
  }
  if (error || files.empty()) {
    throw Error(folder.string(),
                ": no pictures, expected a folder of user,sensor,scene,kelvin,lux,camera.png, or of labels.csv, "
                "cameras.yaml and thumbnails");
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

LabelledFolder::LabelledFolder(const fs::path& folder, Tunings tunings) : name_(folder.string()), tunings_(std::move(tunings)) {
  if (needs_tunings(folder)) {
    files_ = pictures_in(folder);
  } else {
    thumbnails_.emplace(folder);
  }
}

LabelledStatistics LabelledFolder::load(std::size_t i) const {
  LabelledStatistics out = thumbnails_ ? thumbnails_->load(i) : load_labelled(files_.at(i), tunings_);
  out.set = name_;
  return out;
}

}  // namespace argent
