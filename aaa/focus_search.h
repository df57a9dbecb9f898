// aaa/focus_search.h - private: which lens position to look at next: coarse to fine, for a sweep and for single visits alike.
#pragma once

#include <optional>
#include <vector>

#include "aaa/focus_peak.h"

namespace argent {

struct FocusPlan {
  float min = 0, max = 12;  ///< where the lens can go
  float step = 0.1f;        ///< two positions closer than this needn't both be looked at
  int coarse = 14;          ///< positions of the first, even sweep
  int visits = 20;          ///< positions in all
};

/// Positions out, scores in. Knows nothing of frames, so that a recorded sweep and a moving lens are searched alike.
///
/// Source: own, after Piyavskii's and Shubert's global search (each interval between neighbours is given the most that it could hold, and
/// the most promising is looked into), with the law of defocus in place of their Lipschitz bound: contrast falls as 1 / distance^2 from a
/// peak. So scores s1, s2 at the ends of an interval of width L tell of a peak inside it where (distances) sqrt(s2) : sqrt(s1) say,
/// and how high it would be one step from its top: (L / (1/sqrt(s1) + 1/sqrt(s2)))^2.
class FocusSearch {
 public:
  explicit FocusSearch(const FocusPlan& plan);

  void add(const FocusSample& sample);

  /// Nothing: no interval that is left could hold more than was found, or the visits are used up.
  std::optional<float> next();

  bool coarse() const { return asked_ < plan_.coarse; }
  /// The rest of the even sweep isn't needed.
  void end_coarse() { asked_ = plan_.coarse; }

  /// By position.
  const std::vector<FocusSample>& samples() const { return samples_; }
  /// The highest that was seen.
  FocusSample best() const;

  /// Share of the highest sample that the most promising interval left could hold: > 1, something higher may have been missed.
  float missed() const;

 private:
  struct Interval {
    float position = 0, potential = 0;
  };
  std::optional<Interval> most_promising() const;
  std::vector<float> above_background() const;
  Interval look_into(float left, float right, float left_score, float right_score) const;

  FocusPlan plan_;
  int asked_ = 0;  ///< of the even sweep
  std::vector<FocusSample> samples_;
};

}  // namespace argent
