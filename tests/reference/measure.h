// reference/measure.h - slow twin of the measure kernels: each zone straight from its definition in isp/statistics.h.
#pragma once

#include <algorithm>
#include <cmath>

#include "isp/statistics.h"
#include "tests/reference/mosaic.h"

namespace argent::reference {

class Measure {
 public:
  Measure(const RawFrame& frame, const ShadingMesh& mesh) : frame_(frame), mesh_(mesh) {
    const bool bayer = is_bayer(frame.sensor.cfa);
    step_ = bayer ? 2 : 1;
    while (bayer && site_of(frame.sensor.cfa, left_, 0) % 2 != 0) left_++;
    while (bayer && site_of(frame.sensor.cfa, 0, top_) / 2 != 0) top_++;
    columns_ = (frame.size().width - left_) / step_;
    rows_ = (frame.size().height - top_) / step_;
  }

  int columns() const { return columns_; }
  int rows() const { return rows_; }

  /// Before shading.
  double site_light(int qx, int qy, int s) const {
    return step_ == 2 ? light(frame_, left_ + 2 * qx + s % 2, top_ + 2 * qy + s / 2, s) : light(frame_, qx, qy, s);
  }
  double green(int qx, int qy) const { return (site_light(qx, qy, 1) + site_light(qx, qy, 2)) / 2; }
  double even(int qx, int qy, int channel) const {
    const double gain = lens_gain(frame_, mesh_, left_ + step_ * qx, top_ + step_ * qy, channel);
    const double own = channel == 0 ? site_light(qx, qy, 0) : channel == 2 ? site_light(qx, qy, 3) : green(qx, qy);
    return own * gain;
  }
  int clipped(int qx, int qy) const {
    int n = 0;
    for (int s = 0; s < 4; s++) n += site_light(qx, qy, s) >= 1;
    return n;
  }
  int dark(int qx, int qy) const {
    int n = 0;
    for (int s = 0; s < 4; s++) n += site_light(qx, qy, s) < 1.0 / 512;
    return n;
  }
  /// Sum of squared second differences, fine or of 2x2 means two quads apart.
  double focus_energy(int qx, int qy, int scale) const {
    const auto inside = [&](int x, int y) { return green(std::clamp(x, 0, columns_ - 1), std::clamp(y, 0, rows_ - 1)); };
    const auto at = [&](int x, int y) {
      return scale == 0 ? inside(x, y) : (inside(x, y) + inside(x + 1, y) + inside(x, y + 1) + inside(x + 1, y + 1)) / 4;
    };
    const int d = scale == 0 ? 1 : 2;
    const double across = 2 * at(qx, qy) - at(qx - d, qy) - at(qx + d, qy), down = 2 * at(qx, qy) - at(qx, qy - d) - at(qx, qy + d);
    return across * across + down * down;
  }

 private:
  const RawFrame& frame_;
  const ShadingMesh& mesh_;
  int step_ = 1, left_ = 0, top_ = 0, columns_ = 0, rows_ = 0;
};

}  // namespace argent::reference
