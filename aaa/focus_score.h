// aaa/focus_score.h - private: from zones to the one number that focus climbs, and how noisy it is.
#pragma once

#include <array>
#include <span>

#include "aaa/request.h"
#include "isp/statistics.h"

namespace argent {

struct FocusMeasure {
  std::array<float, 2> score{};       ///< weighted mean of the zones' contrast at two scales
  std::array<float, 3> brightness{};  ///< R, G, B a microsecond x gain: changes with the scene, not with the exposure
  bool valid = false;                 ///< false: no zone had light and numbers

  /// What is searched: the fine scale is where the peak is sharp, the coarse one still has signal where the fine one has none.
  float contrast() const { return score[0] + score[1]; }
};

FocusMeasure measure_focus(const Statistics& statistics, std::span<const Window> windows);

/// Share of each window in a cell of a grid over the field: windows' weights x covered part. The middle of the
/// field (half its width, a third of its height) when no window has an area and a weight.
class WindowWeights {
 public:
  explicit WindowWeights(std::span<const Window> windows);
  float of(int column, int row, int columns, int rows) const;

 private:
  std::span<const Window> windows_;
};

/// Noise of the contrast, from how much it changes from frame to frame while nothing moves. Its variance grows with the contrast (shot
/// noise times detail), so what was seen far out of focus says little, relatively, of a peak a hundred times as high.
class FocusNoise {
 public:
  void add(float contrast);
  void interrupt() { last_ = 0; }  ///< the lens moved: the next frame isn't comparable with the last
  /// Standard deviation at a contrast, relative to it.
  float relative(float contrast) const;

 private:
  void take_in(float contrast);

  float last_ = 0;
  bool leapt_ = false;
  float squares_ = 0, levels_ = 0, weight_ = 0;
};

}  // namespace argent
