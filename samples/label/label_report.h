// label_report.h - what came of a capture, in words and as JSON.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "capture_label.h"
#include "label_set.h"

namespace argent {

struct Labelled {
  CaptureLabel label;
  MeasuredLight light;
  std::optional<ColorMatrixFit> fit{};  ///< when a matrix was fitted to its chart
  std::filesystem::path picture{};      ///< its thumbnail
};

/// One line without its end.
std::string label_text(const Labelled& done);

/// One object in one line: file, camera, source, rgb, deviation, kelvin, lux, thumbnail, and of a chart its confidence, corners (0..1),
/// clipped patches (from 1) and the matrix that was fitted. What is not known is null.
std::string label_json(const std::filesystem::path& capture, const Labelled& done);
/// {"file": ..., "error": ...}
std::string label_failure_json(const std::filesystem::path& capture, const std::string& error);

}  // namespace argent
