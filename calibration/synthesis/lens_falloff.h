// calibration/synthesis/lens_falloff.h - private: KnownLens's falloff of one color under one light, for every pixel of a picture.
#pragma once

#include <cmath>

#include "calibration/synthesis/known_camera.h"

namespace argent {

class LensFalloff {
 public:
  LensFalloff(const KnownCamera& camera, std::size_t color, double cct)
      : every_(double(camera.lens.falloff)),
        rest_(double(camera.lens.color[color]) + double(camera.lens.color_slope[color]) * (1e6 / cct - 200) / 100) {
    const double width = camera.sensor.size.width, height = camera.sensor.size.height, half = std::hypot(width, height) / 2;
    across_ = width / half;
    down_ = height / half;
    x_ = (0.5 - double(camera.lens.color_center[0])) * across_;
    y_ = (0.5 - double(camera.lens.color_center[1])) * down_;
    scale_ = 1 / (1 + rest_ * (x_ * x_ + y_ * y_));
  }

  /// Light left at fractions of the picture, 1 in the middle.
  double operator()(double x, double y) const {
    const double dx = (x - 0.5) * across_, dy = (y - 0.5) * down_, sx = dx + x_, sy = dy + y_;
    const double root = 1 + every_ * (dx * dx + dy * dy);
    return scale_ * (1 + rest_ * (sx * sx + sy * sy)) / (root * root);
  }

 private:
  double every_, rest_, across_ = 1, down_ = 1, scale_ = 1;
  double x_ = 0, y_ = 0;  // of the middle, from the colored rest's own
};

}  // namespace argent
