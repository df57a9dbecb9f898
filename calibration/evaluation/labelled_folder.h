// calibration/evaluation/labelled_folder.h - a folder of labelled pictures, whichever of the two layouts it has.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "calibration/evaluation/thumbnail_set.h"

namespace argent {

/// With a labels.csv: thumbnail_set.h. Else pictures of the form of labelled_statistics.h, in the order of their names.
class LabelledFolder {
 public:
  /// Whether only a sensor's tuning can tell what its pictures mean: it has no labels.csv.
  static bool needs_tunings(const std::filesystem::path& folder) { return !ThumbnailSet::is_one(folder); }

  /// `tunings`: of a folder that needs them. Throws Error when the folder can't be used at all.
  LabelledFolder(const std::filesystem::path& folder, Tunings tunings);

  /// One line each: labels that are wrong. Their pictures are not among size().
  std::vector<std::string> problems() const { return thumbnails_ ? thumbnails_->problems() : std::vector<std::string>(); }
  std::size_t size() const { return thumbnails_ ? thumbnails_->size() : files_.size(); }

  /// Picture `i`; its `set` is the folder as it was given. Throws Error, one line, when this one can't be used.
  LabelledStatistics load(std::size_t i) const;

 private:
  std::string name_;
  Tunings tunings_;
  std::vector<std::filesystem::path> files_;
  std::optional<ThumbnailSet> thumbnails_;
};

}  // namespace argent
