// camera/sensor_response.h - how one sensor really answers, where calibration found it out: when settings land, and what gains are.
#pragma once

#include <vector>

namespace argent {

/// Frames from the one during which a control is written to the first that shows it; as ControlLatencies (camera/ledger.h) has them.
struct SettingsDelays {
  static constexpr int kMost = 10;
  int exposure = 0, gain = 0;
  bool operator==(const SettingsDelays&) const = default;
};

/// Nominal gains and what they really are: straight in log-log between the points, beyond them the same ratio as at the end.
class GainTable {
 public:
  struct Point {
    float asked = 1, actual = 1;
    bool operator==(const Point&) const = default;
  };

  /// Throws Error: no point, a gain that is no positive number, asked that doesn't rise, actual that falls (steps may repeat).
  explicit GainTable(std::vector<Point> points);

  float actual(float asked) const;
  float asked(float actual) const;  ///< the lowest that gives it
  const std::vector<Point>& points() const { return points_; }

 private:
  std::vector<Point> points_;
};

}  // namespace argent
