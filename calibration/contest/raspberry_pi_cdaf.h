// calibration/contest/raspberry_pi_cdaf.h - private: contrast autofocus of Raspberry Pi's cameras, as an anchor.
#pragma once

#include <vector>

#include "aaa/auto_focus_params.h"
#include "aaa/decision.h"
#include "aaa/request.h"

namespace argent {

/// Source: src/ipa/rpi/controller/rpi/af.cpp (BSD-2), its contrast part written anew from its description, AfMode Auto: from the far end of
/// the range in coarse steps until the contrast has fallen to 75 % of its best, back over the peak in three fine steps, a parabola, a
/// check. Not played: continuous mode, windows, phase detection and the six frames that it is waited for. Tuning: imx708.json.
class RaspberryPiCdaf {
 public:
  explicit RaspberryPiCdaf(const AutoFocusParams& params) : range_(params.normal) {}

  /// The trace's target is where the lens is sent now; its score the mean over the middle half of the columns and third of the rows.
  FocusTrace update(const Statistics& statistics, const Request& request);

 private:
  enum class Scan { kIdle, kCoarse, kFine, kSettle };
  struct Point {
    double position, contrast;
  };
  struct Speed {
    double coarse, fine, max_slew;  ///< dioptres; a frame
    int step_frames;                ///< waited after a step
  };

  void start();
  void follow(double contrast);
  void record(double contrast);
  void next_step(double contrast);
  void move();
  double peak() const;

  static constexpr Speed kNormal{1, 0.25, 1.5, 5}, kFast{1.25, 0, 2, 4};

  FocusRange range_;
  Speed speed_ = kNormal;
  AfState state_ = AfState::kIdle;
  Scan scan_ = Scan::kIdle;
  std::vector<Point> points_;
  std::size_t best_ = 0;
  double most_ = 0, least_ = 0, step_ = 0;
  double target_ = 0, position_ = 0;  ///< dioptres: where to, and where the limit on speed lets the lens be now
  double last_contrast_ = 0;          ///< of the frame before: a frame's own statistics are there too late for it
  int wait_ = 0, frames_ = 0;
  bool placed_ = false;
};

}  // namespace argent
