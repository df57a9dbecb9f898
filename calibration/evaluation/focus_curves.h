// calibration/evaluation/focus_curves.h - autofocus on recorded sweeps: the search that moves the lens, on contrast that somebody measured.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace argent {

struct FocusCurve {
  int peak = 0;               ///< position where the picture is sharpest, as the file says
  int first = 0;              ///< position of scores[0]
  std::vector<float> scores;  ///< one a position
};

/// What a search made of curves and start positions.
struct FocusCurveScore {
  std::string row;  ///< "20 visits"
  int runs = 0;
  double right = 0;          ///< share that reports Focused within one position of the peak
  double false_focused = 0;  ///< share that reports Focused and is off by more than five
  double failed = 0;         ///< share that reports Failed
  double visits = 0;         ///< mean
};

struct FocusCurveOptions {
  std::string measure = "_3_3_SCHARR";  ///< the column that is searched
  std::vector<int> visits = {20, 50};   ///< a row each
  int seeds = 20;                       ///< start positions of each curve
  std::uint32_t first_seed = 1;
};

/// The CSV (also gzipped) has the columns seq, pos_peak_idx, pos_idx and one a measure. Throws Error for anything else.
std::vector<FocusCurve> load_focus_curves(const std::filesystem::path& path, const std::string& measure);

/// One row for each number of visits, then "every position" (the highest of all) and "always 50" (never looking).
std::vector<FocusCurveScore> score_focus_curves(const std::vector<FocusCurve>& curves, const FocusCurveOptions& options);

}  // namespace argent
