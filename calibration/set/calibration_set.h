// calibration/set/calibration_set.h - a folder of captures, and what each of them is.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace argent {

enum class CaptureKind {
  kChart,  ///< a ColorChecker Classic
  kFlat,   ///< an even surface that fills the picture (ctt's alsc_)
  kDark,   ///< no light: the cap on
  kRamp,   ///< the even surface in one light at rising exposures, two captures of each
  kFocus,  ///< a target at a known distance, with the lens somewhere
  kEdge,   ///< a slanted edge
  kDots,   ///< black dots on white (ctt's cac_)
  kStep,   ///< one of a sequence in which exposure and gain are changed
};

std::string_view name_of(CaptureKind kind);

/// What is known of a capture beside what its file says. What nobody knows is absent.
struct LabelledCapture {
  std::filesystem::path file;  ///< as the program opens it
  CaptureKind kind = CaptureKind::kChart;
  std::string illuminant;                              ///< a name of camera/spectral/illuminants.h; empty: not known
  std::optional<float> cct;                            ///< kelvin, measured
  std::optional<float> lux;                            ///< at the chart
  std::optional<float> distance;                       ///< m
  std::optional<float> lens_position;                  ///< code of the lens driver
  std::optional<float> exposure_us, gain;              ///< instead of what the file says
  std::optional<float> asked_exposure_us, asked_gain;  ///< of a step capture: what was asked for at this frame
  std::optional<std::array<float, 8>> chart;           ///< x, y of its four corners, 0..1, placed by hand
};

struct CalibrationSet {
  std::filesystem::path folder;
  std::string camera;                     ///< for people; empty: not said
  std::filesystem::path mosaics;          ///< description of headerless mosaics (isp/io/mosaic_file.h); empty: each has its own beside it
  std::vector<LabelledCapture> captures;  ///< in the order of set.yaml, else of names
  std::vector<std::string> problems;      ///< what can't be used, in words: files that are missing, names that say nothing
};

/// Reads `folder`/set.yaml where there is one:
///   argent_calibration_set: 1
///   camera: "..."                   # optional, as are all but file and kind below
///   mosaics: description.yaml
///   captures:
///     - {file: a.dng, kind: chart, illuminant: D65, cct: 6504, lux: 800, chart: [x, y, ... four corners]}
///     - {file: f.dng, kind: focus, distance: 0.5, lens_position: 320}
/// Otherwise names say it, by the convention of Raspberry Pi's ctt: alsc_3000k_0.dng is a flat, dark_0.dng, cac_0.dng dots, and
/// d65_5858k_1344l.dng a chart at 5858 K and 1344 lux. Files that the set does not name, and captures that aren't there, are problems.
/// Texts are one line each, also in `problems`: files whose names are none are problems. A file counts once, by whatever name.
/// Throws Error with the path, and the line of set.yaml: no folder, no set, an unknown key or kind, a number out of its range, a text that
/// is no line, nothing in it.
CalibrationSet load_calibration_set(const std::filesystem::path& folder);

/// What a file's name says by that convention; nullopt: nothing.
std::optional<LabelledCapture> label_of_name(const std::filesystem::path& file);

}  // namespace argent
