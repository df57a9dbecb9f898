// label_set.h - a folder of labelled thumbnails that grows: labels.csv, cameras.yaml, and a PNG a capture.
//
//   labels.csv    file,camera,r,g,b,kelvin,lux,source,deviation,capture: r, g, b is the sensor's response to white, g = 1; kelvin and lux
//                 are empty where they are not known; deviation is of log R/G and log B/G, the larger one; capture is where it came from
//   cameras.yaml  cameras: {NAME: {matrices: [{illuminant: 17, matrix: [9 numbers]}, ...]}}: one or two, XYZ to camera row by row, and the
//                 EXIF LightSource they are for (DNG's ColorMatrix1/2 and CalibrationIlluminant1/2)
//
// Each file appears whole or not at all, the line of a capture last but for its PNG: whatever interrupts the program, what was labelled
// stays, and the next run goes on behind it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "isp/color.h"
#include "isp/image.h"
#include "models/runtime/overwrite.h"

namespace argent {

/// The EXIF LightSource of a light that DNG calibrates for, and its name on the command line.
struct CalibrationLight {
  int code = 0;
  const char* name = "";
  float cct = 0;  ///< kelvin
};
std::span<const CalibrationLight> calibration_lights();

/// At most two matrices, each for one of the lights: those of a camera as they are where they are for such lights, else what they say at
/// A and D65. Empty stays empty.
std::map<int, Mat3> calibration_matrices(std::span<const ColorMatrix> matrices);
std::vector<ColorMatrix> color_matrices(const std::map<int, Mat3>& matrices);

struct CaptureLabel {
  std::string camera;
  std::array<float, 2> light{};  ///< (log R/G, log B/G) of white
  float deviation = 0;           ///< of the same; 0: not known
  float kelvin = 0, lux = 0;     ///< 0: not known
  std::string source;            ///< "chart", "grey", "kelvin"
};

class LabelSet {
 public:
  /// Makes the folder when it is missing, and takes it for this program alone. Throws Error: another one writes there, or one of the two
  /// tables is not as above.
  LabelSet(const std::filesystem::path& folder, Overwrite overwrite);
  ~LabelSet();
  LabelSet(const LabelSet&) = delete;
  LabelSet& operator=(const LabelSet&) = delete;

  /// Whether it has a label and its PNG. Throws Error when the PNG's name is another capture's.
  bool has(const std::filesystem::path& capture) const;
  /// Where its PNG is, or will be.
  std::filesystem::path picture_of(const std::filesystem::path& capture) const;

  /// By EXIF LightSource; empty: not known.
  std::map<int, Mat3> matrices_of(const std::string& camera) const;

  /// Adds or replaces. `thumbnail`: u16, linear. The camera's matrices, at most two, replace what is known of it. Throws Error: a file of
  /// that name is there that is none of ours (Overwrite::kNo), a name with control characters, nothing can be written.
  void add(const std::filesystem::path& capture, const CaptureLabel& label, const std::map<int, Mat3>& matrices, const Image& thumbnail);

 private:
  struct Row {
    std::string file, capture, line;
  };
  void read_labels();
  void read_cameras();
  using Cameras = std::map<std::string, std::map<int, Mat3>>;
  void write_labels(const std::vector<Row>& rows) const;
  void write_cameras(const Cameras& cameras) const;
  std::string name_of_capture(const std::filesystem::path& capture) const;
  const Row* row_of(const std::string& file) const;

  std::filesystem::path folder_;
  Overwrite overwrite_;
  int lock_ = -1;          // descriptor of the folder
  std::vector<Row> rows_;  // what the files hold: changed after them
  Cameras cameras_;
};

}  // namespace argent
