// reference/correct.h - slow twin of halide_gen/correct_generator.cpp: dark frame, line noise and greens of one pixel at a time, in double.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "tests/reference/mosaic.h"

namespace argent::reference {

struct CorrectInputs {
  std::vector<float> dark;                          ///< codes of every pixel; empty: none
  std::vector<std::array<float, 2>> rows, columns;  ///< codes of every line's even and odd pixels; empty: none
  double green_strength = 0, green_threshold = 0.12;
};

class Correct {
 public:
  Correct(const RawFrame& frame, const CorrectInputs& in) : frame_(frame), in_(in) {}

  /// The code, not scaled and not rounded.
  double code(int x, int y) const {
    const bool green = is_bayer(frame_.sensor.cfa) && channel_of(site(x, y)) == 1;
    return clean(x, y) + (green && !clipped(x, y) ? more(x, y) : 0);
  }

 private:
  int site(int x, int y) const { return is_bayer(frame_.sensor.cfa) ? site_of(frame_.sensor.cfa, x, y) : 0; }
  double raw(int x, int y) const { return reference::code(frame_, x, y, 0); }
  bool clipped(int x, int y) const {
    const auto& white = frame_.sensor.white;
    const float own = frame_.sensor.cfa == CfaPattern::kXTrans ? *std::min_element(white.begin(), white.end())
                                                               : white[static_cast<std::size_t>(site(x, y))];
    return raw(x, y) >= double(own);
  }

  double clean(int x, int y) const {
    double code = raw(x, y);
    if (clipped(x, y)) return code;
    const auto line = [](const auto& offsets, int i, int along) {
      return offsets.empty() ? 0.0 : double(offsets[static_cast<std::size_t>(i)][static_cast<std::size_t>(along % 2)]);
    };
    if (!in_.dark.empty()) code -= double(in_.dark[static_cast<std::size_t>(y * frame_.size().width + x)]);
    return code - line(in_.rows, y, x) - line(in_.columns, x, y);
  }

  double level(int x, int y) const {
    const int px = mirror(x, frame_.size().width), py = mirror(y, frame_.size().height);
    return clean(px, py) - double(frame_.sensor.black[static_cast<std::size_t>(site(px, py))]);
  }

  double more(int x, int y) const {
    double own = 0, other = 0, weights = 0, own_range[2] = {1e9, -1e9}, other_range[2] = {1e9, -1e9};
    for (int dy = -3; dy <= 3; dy++) {
      for (int dx = -3; dx <= 3; dx++) {
        const double v = level(x + dx, y + dy);
        if (dx % 2 == 0 && dy % 2 == 0) {
          own += v / 9;
          own_range[0] = std::min(own_range[0], v);
          own_range[1] = std::max(own_range[1], v);
        } else if (dx % 2 != 0 && dy % 2 != 0 && std::abs(dx) + std::abs(dy) < 6) {
          const bool near = std::abs(dx) + std::abs(dy) == 2;
          other += (near ? 1 : 5.0 / 14) * v;
          weights += near ? 1 : 5.0 / 14;
          if (!near) continue;
          other_range[0] = std::min(other_range[0], v);
          other_range[1] = std::max(other_range[1], v);
        }
      }
    }
    other /= weights;
    const double contrast = std::max(own_range[1] - own_range[0], other_range[1] - other_range[0]);
    const double bound = in_.green_threshold * std::max(own, 0.0);
    const double flat = bound > 0 ? std::clamp(2 - contrast / bound, 0.0, 1.0) : 0;
    return in_.green_strength / 2 * flat * (other - own);
  }

  const RawFrame& frame_;
  const CorrectInputs in_;
};

}  // namespace argent::reference
