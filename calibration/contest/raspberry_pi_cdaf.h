// calibration/contest/raspberry_pi_cdaf.h - private: contrast autofocus of Raspberry Pi's cameras, as an anchor.
#pragma once

#include <vector>

#include "aaa/auto_focus_params.h"
#include "aaa/decision.h"
#include "aaa/request.h"

namespace argent {

/// Source: src/ipa/rpi/controller/rpi/af.cpp (BSD-2), its contrast part re-implemented from its description: coarse scan from where
/// the lens is, back when the peak is not bracketed, fine scan the other way, parabola, settle. Tuning: imx708.json, speed normal.
class RaspberryPiCdaf {
 public:
  explicit RaspberryPiCdaf(const AutoFocusParams& params) : range_(params.normal) {}

  FocusTrace update(const Statistics& statistics, const Request& request);

 private:
  enum class Scan { kIdle, kCoarse1, kCoarse2, kFine, kSettle };
  struct Point {
    double position, contrast;
  };

  void start(double position);
  void step(double contrast);
  double peak() const;
  bool at_limit() const;

  FocusRange range_;
  AfState state_ = AfState::kIdle;
  Scan scan_ = Scan::kIdle;
  std::vector<Point> points_;
  std::size_t best_ = 0;
  double least_ = 0, target_ = 0, direction_ = 0;
  int wait_ = 0, frames_ = 0;
  bool placed_ = false;
};

}  // namespace argent
