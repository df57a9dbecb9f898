// calibration/evaluation/thumbnail_set.h - white balance with measured lights: a folder of thumbnails of any cameras.
//
//   labels.csv    a header, then a line a picture: file, camera, r, g, b (the camera's response to a white surface in that light, of any
//                 scale), and, where they are known, kelvin and lux (empty or 0: not known). Other columns are passed over
//   cameras.yaml  cameras: {NAME: {matrices: [{illuminant: 17, matrix: [9 numbers]}, {illuminant: 21, matrix: [..]}]}}: one or two, XYZ to
//                 camera row by row, and the EXIF LightSource they are for: DNG's ColorMatrix1/2 and CalibrationIlluminant1/2
//   pictures      see thumbnail.h; `file` is a path below the folder
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "calibration/evaluation/labelled_statistics.h"

namespace argent {

class ThumbnailSet {
 public:
  static bool is_one(const std::filesystem::path& folder);  ///< has a labels.csv

  /// Reads the two tables. Throws Error when they can't be used at all: missing, without a needed column, no YAML.
  explicit ThumbnailSet(const std::filesystem::path& folder);

  /// What was found wrong in them, one line each, with file and line: those pictures aren't among size().
  const std::vector<std::string>& problems() const { return problems_; }
  std::size_t size() const { return rows_.size(); }

  /// Picture `i` with its light, and the curve of its camera's matrices (aaa/cct_curve.h) as prior. Throws Error "<labels.csv>:<line>:
  /// ...".
  LabelledStatistics load(std::size_t i) const;

 private:
  struct Row {
    std::string place, file, camera;
    std::array<float, 2> light{};
    float kelvin = 0, lux = 0;
  };
  struct Columns;

  void read_cameras();
  void read_labels();
  Row row_of(const std::vector<std::string>& cells, const Columns& columns, const std::string& place) const;

  std::filesystem::path folder_;
  std::map<std::string, std::vector<CctPoint>> curves_;  // by camera; empty: its matrices can't be used
  std::vector<Row> rows_;
  std::vector<std::string> problems_;
};

}  // namespace argent
