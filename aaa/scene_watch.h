// aaa/scene_watch.h - private: whether what the lens was focused on is still there.
#pragma once

#include "aaa/focus_score.h"

namespace argent {

/// Another scene: contrast or brightness in the windows differs from when the search ended, and then nothing changes for a while (a search
/// while the camera pans would be for nothing).
class SceneWatch {
 public:
  SceneWatch(float ratio, int delay) : ratio_(ratio), delay_(delay) {}

  void forget() { known_ = false; }
  /// True once: search again.
  bool update(const FocusMeasure& measure, const FocusNoise& noise);
  bool changed() const { return changed_; }

 private:
  float difference(const FocusMeasure& a, const FocusMeasure& b) const;

  float ratio_;
  int delay_;
  bool known_ = false, changed_ = false;
  int steady_ = 0;
  FocusMeasure reference_, last_;
};

}  // namespace argent
