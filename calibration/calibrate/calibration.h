// calibration/calibrate/calibration.h - what a set of captures told about a camera, and what it didn't.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "calibration/chart/color_matrix_fit.h"
#include "calibration/fit/cct_curve_fit.h"
#include "calibration/fit/dark_level.h"
#include "calibration/fit/dot_grid.h"
#include "calibration/fit/focus_map.h"
#include "calibration/fit/linearity.h"
#include "calibration/fit/photon_transfer.h"
#include "calibration/fit/pixel_defects.h"
#include "calibration/fit/settings_response.h"
#include "calibration/fit/shading_fit.h"
#include "calibration/fit/slanted_edge.h"
#include "calibration/profile/camera_profile.h"

namespace argent {

enum class Severity {
  kNote,     ///< worth knowing: what was taken from the files, what a further capture would add
  kWarning,  ///< measured, but not to be relied on
  kError,    ///< a capture that couldn't be used, or a measurement that failed: the profile is partial
};

struct CalibrationFinding {
  Severity severity = Severity::kNote;
  std::string subject;  ///< a capture's name, or what was to be measured
  std::string text;
};

/// One capture of a chart, as it was read.
struct ChartCapture {
  std::filesystem::path file;
  std::string illuminant;  ///< empty: natural light of that temperature
  float cct = 0;           ///< kelvin
  std::optional<float> lux;
  SensorSettings settings;
  ColorChecker checker;  ///< with measured levels and shading
};

/// All charts under one light.
struct LightMeasurement {
  std::string illuminant;
  float cct = 0;
  Spectrum spectrum{};              ///< that it is taken for
  bool natural = true;              ///< on the locus: its matrix and white go into the profile's tables
  std::vector<std::size_t> charts;  ///< indices of Calibration::charts
  ColorMatrixFit fit;               ///< its indices of charts are those of `charts`
  std::vector<PatchDifference> left_out;
  double mean_left_out = 0;  ///< CIEDE2000 of patches that the matrix wasn't fitted to
};

/// One capture of a slanted edge.
struct EdgeCapture {
  std::filesystem::path file;
  SlantedEdge edge;
};

/// Everything that was measured; absent is absent.
struct Calibration {
  CameraProfile profile;
  std::vector<CalibrationFinding> findings;  ///< in the order in which they were made
  Size size;
  std::vector<DarkLevel> darks;            ///< by rising gain
  std::array<double, 4> black{}, white{};  ///< codes, as used: measured, or as the files say
  std::vector<PhotonTransfer> noise;       ///< by rising gain
  std::vector<Linearity> linearity;
  std::vector<ShadingFit> shading;  ///< by rising cct
  std::vector<PixelDefect> defects;
  std::vector<ChartCapture> charts;
  std::vector<LightMeasurement> lights;  ///< by rising cct
  std::optional<CctCurveFit> curve;      ///< its captures are the lights

  std::vector<EdgeCapture> edges;
  std::optional<LateralColorFit> lateral_color;
  std::optional<FocusMap> focus;
  std::optional<SettingsResponse> response;
  std::optional<LuxReference> lux;  ///< of the chart whose illuminance is nearest to 1000 lux; level of a surface that reflects 18 %

  /// No CalibrationFinding is an error.
  bool is_complete() const;
};

}  // namespace argent
