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
    const SensorInfo& sensor = frame.sensor;
    step_ = cell_side(sensor.cfa);
    while (in_cell(sensor, left_, 0).column != 0) left_++;
    while (in_cell(sensor, 0, top_).row != 0) top_++;
    if (step_ == 3 && color_at(sensor, left_, top_ + 1) != 0) top_ += 3;  // cells start with one that has red on the left
    columns_ = std::max(0, frame.size().width - left_) / step_;
    rows_ = std::max(0, frame.size().height - top_) / step_;
  }

  int columns() const { return columns_; }
  int rows() const { return rows_; }

  /// Samples of a quad or cell; a pixel without a mosaic counts as R, G, G, B.
  int samples() const { return step_ == 1 ? 4 : step_ * step_; }
  /// Of a channel.
  int samples(int channel) const { return step_ == 3 ? (channel == 1 ? 5 : 2) : step_ == 2 && channel == 1 ? 2 : 1; }

  /// Before shading.
  double channel_light(int qx, int qy, int channel) const {
    double sum = 0;
    int n = 0;
    for_each_sample(qx, qy, [&](int s, double level) {
      if (channel_of(s) != channel) return;
      sum += level;
      n++;
    });
    return sum / n;
  }
  double green(int qx, int qy) const { return channel_light(qx, qy, 1); }
  double even(int qx, int qy, int channel) const {
    return channel_light(qx, qy, channel) * lens_gain(frame_, mesh_, left_ + step_ * qx, top_ + step_ * qy, channel);
  }
  int clipped(int qx, int qy) const {
    int n = 0;
    for_each_sample(qx, qy, [&](int, double level) { n += level >= 1; });
    return n;
  }
  int dark(int qx, int qy) const {
    int n = 0;
    for_each_sample(qx, qy, [&](int, double level) { n += level < 1.0 / 512; });
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
  template <class Visit>
  void for_each_sample(int qx, int qy, const Visit& visit) const {
    for (int i = 0; i < samples(); i++) {
      const int x = left_ + step_ * qx + i % step_, y = top_ + step_ * qy + i / step_;
      if (step_ == 1) {
        visit(i, light(frame_, qx, qy, i));
      } else {
        visit(site_of(frame_.sensor, x, y), light(frame_, x, y, site_of(frame_.sensor, x, y)));
      }
    }
  }

  const RawFrame& frame_;
  const ShadingMesh& mesh_;
  int step_ = 1, left_ = 0, top_ = 0, columns_ = 0, rows_ = 0;
};

}  // namespace argent::reference
