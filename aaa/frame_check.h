// aaa/frame_check.h - private: did the frame break off on its way from the sensor?
//
// A transfer that breaks off leaves rows, from one on to the last, of zeros or of whatever the memory held. Zeros lie below the black
// level, where no light can be. What the memory held has nothing to do with the frame before: light that changes takes all zones of a row
// along, this makes each another. A new scene does the same to all rows, a subject to those that it covers, so of such frames on end only
// the first is doubted; of frames below black the first four, then the black level is wrong. Source: own.
#pragma once

#include <array>

#include "isp/statistics.h"

namespace argent {

class FrameCheck {
 public:
  /// True: nothing that the frame says should be used. Takes every frame in, in order.
  bool damaged(const Statistics& statistics);

 private:
  static constexpr std::size_t kZones = Statistics::kMaxGrid * Statistics::kMaxGrid;

  bool torn(const Statistics& statistics) const;
  bool is_unlike(const Statistics& statistics, int row) const;
  void remember(const Statistics& statistics);

  std::array<float, kZones> levels_{};  ///< green of the last frame that was believed; NaN: not known
  int columns_ = 0, rows_ = 0;          ///< of it; 0: none
  double total_ = 0;                    ///< its exposure: us x gain
  int torn_ = 0, below_ = 0;            ///< frames on end that look so
};

}  // namespace argent
