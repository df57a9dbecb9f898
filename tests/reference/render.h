// reference/render.h - slow twin of the render kernels: the stages of halide_gen/render_generator.cpp in the same order, in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "isp/color.h"
#include "isp/controls.h"
#include "isp/tone_curve.h"
#include "tests/reference/defects.h"
#include "tests/reference/demosaic.h"
#include "tests/reference/demosaic_xtrans.h"
#include "tests/reference/highlights.h"
#include "tests/reference/mosaic.h"

namespace argent::reference {

/// What the twin is told; Pipeline derives it from params and controls.
struct RenderInputs {
  ShadingMesh mesh;
  Vec3 gains{1, 1, 1};
  int first = 1;  ///< channel that saturates first, -1: highlights are left alone
  double threshold = 0.97;
  bool best = false;  ///< demosaic.method
  bool live = false;  ///< as halide_gen/live_kernel.h: sharpened
  double unsharp = 0, core = 0.004;
  ShadingMesh others{0, 1, 1, {{{0.5f}, {0.5f}, {0.5f}}}};  ///< weights of isp/highlight_colors.h
  double defects = 1;                                       ///< defects.strength
  Mat3 matrix = kIdentity3;                                 ///< with the exposure in it
  ToneParams tone;
  Encoding encoding = Encoding::kSrgb;
  double white = 1;  ///< light that comes out at full scale
};

class Render {
 public:
  Render(const RawFrame& frame, const RenderInputs& in) : frame_(frame), in_(in) {}
  Render(const Render&) = delete;
  Render& operator=(const Render&) = delete;

  /// R, G, B of pixel (x, y) of the active array, encoded, full scale 1, not rounded.
  Rgb pixel(int x, int y) const { return encode(linear(x, y)); }

  /// The same before curve and encoding: what a resize works on.
  Rgb linear(int x, int y) const {
    const Rgb light = side() == 2 && in_.live ? quick(x, y) : repaired(x, y);
    Rgb out{};
    for (std::size_t row = 0; row < 3; row++) {
      for (std::size_t column = 0; column < 3; column++) out[row] += double(in_.matrix[row * 3 + column]) * light[column];
    }
    return out;
  }

  Rgb encode(Rgb v) const {
    for (double& c : v) c = encode(c);
    return v;
  }

 private:
  int side() const { return cell_side(frame_.sensor.cfa); }
  bool bayer() const { return is_bayer(frame_.sensor.cfa); }
  int site(int x, int y) const { return site_of(frame_.sensor, x, y); }

  double gain(int x, int y, int channel) const {
    return double(in_.gains[static_cast<std::size_t>(channel)]) * lens_gain(frame_, in_.mesh, x, y, channel);
  }
  double ceiling(int x, int y) const {
    const Rgb gains{gain(x, y, 0), gain(x, y, 1), gain(x, y, 2)};
    return in_.first >= 0 ? middle(gains) : in_.live ? *std::max_element(gains.begin(), gains.end()) : 1e6;
  }
  double bounded(int x, int y, int s) const { return std::clamp(light(frame_, x, y, s) * gain(x, y, channel_of(s)), 0.0, ceiling(x, y)); }

  /// Square root of balanced light, and the same without defects; each pixel's once, as the best demosaic asks for it thousands of times.
  double found(int x, int y) const {
    return once(found_, x, y, [&] { return std::sqrt(bounded(x, y, site(x, y))); });
  }
  double sound(int x, int y) const {
    return once(sound_, x, y, [&] {
      const auto root = [this](int px, int py) { return found(px, py); };
      return without_defects(
          root, [this](int px, int py) { return site(px, py); }, in_.defects, x, y);
    });
  }
  template <class Make>
  static double once(std::map<std::pair<int, int>, double>& known, int x, int y, const Make& make) {
    const auto place = known.find({x, y});
    return place != known.end() ? place->second : known[{x, y}] = make();
  }
  bool is_defect(int x, int y) const { return in_.defects > 0 && sound(x, y) != found(x, y); }

  /// Roots of a mosaic; light of other frames.
  Rgb balanced(int x, int y) const {
    if (side() == 1) return {bounded(x, y, 0), bounded(x, y, 1), bounded(x, y, 3)};
    const auto sites = [&](int px, int py) { return site(px, py); };
    Rgb out = side() == 3 ? xtrans_.at(x, y) : in_.best ? BestDemosaic(root_, sites).at(x, y) : demosaic(root_, sites, x, y);
    for (double& v : out) v = std::max(v, 0.0);
    return out;
  }

  Rgb repaired(int x, int y) const {
    Rgb v = repair(balanced(x, y), wide_mask(x, y), in_.first, weights(x, y));
    for (double& root : v) root *= side() == 1 ? 1 : root;
    return v;
  }

  Rgb weights(int x, int y) const {
    const auto of = [&](int c) { return side() == 1 ? 0.5 : lens_gain(frame_, in_.others, x, y, c); };
    return {of(0), of(1), of(2)};
  }

  Rgb demosaiced(int x, int y) const {
    return demosaic(
        root_, [this](int px, int py) { return site(px, py); }, x, y);
  }
  double green(int x, int y) const {
    return once(green_, x, y, [&] { return demosaiced(x, y)[1]; });
  }

  /// Slow twin of stages/unsharp.h.
  double sharpening(int x, int y) const {
    double detail = green(x, y);
    for (int dy = -1; dy <= 1; dy++) {
      for (int dx = -1; dx <= 1; dx++) detail -= (2 - std::abs(dx)) * (2 - std::abs(dy)) / 16.0 * green(x + dx, y + dy);
    }
    return std::clamp(in_.unsharp * (detail - std::clamp(detail, -in_.core, in_.core)), -0.02, 0.02);
  }

  Rgb quick(int x, int y) const {
    Rgb v = demosaiced(x, y);
    for (double& root : v) root = std::max(root + (in_.unsharp > 0 ? sharpening(x, y) : 0), 0.0);
    v = repair(v, wide_mask(x, y), in_.first);
    for (double& root : v) root *= root;
    return v;
  }

  /// Clipping of the cell (or pixel) whose corner is (x, y).
  double mask(int x, int y) const {
    double most = 0;
    const auto look = [&](int px, int py, int s) {
      if (channel_of(s) == in_.first) most = std::max(most, light(frame_, px, py, s));
    };
    if (side() == 1) {
      for (const int s : {0, 1, 3}) look(x, y, s);
    } else {
      for (int i = 0; i < side() * side(); i++) {
        if (bayer() && is_defect(x + i % side(), y + i / side())) continue;
        look(x + i % side(), y + i / side(), site(x + i % side(), y + i / side()));
      }
    }
    return clipping(most, in_.threshold);
  }

  double wide_mask(int x, int y) const {
    const InCell at = in_cell(frame_.sensor, x, y);
    double most = 0;
    for (int dy = -1; dy <= 1; dy++) {
      for (int dx = -1; dx <= 1; dx++) most = std::max(most, mask(x - at.column + dx * side(), y - at.row + dy * side()));
    }
    return most;
  }

  double encode(double v) const {
    if (in_.encoding == Encoding::kLinear) return std::clamp(v, 0.0, 1.0);
    return double(srgb_encode(static_cast<float>(tone_map(in_.tone, std::clamp(v, 0.0, in_.white), in_.white))));
  }

  struct Root {
    const Render& render;
    double operator()(int x, int y) const { return render.bayer() ? render.sound(x, y) : render.found(x, y); }
  };

  const RawFrame& frame_;
  const RenderInputs in_;
  const Root root_{*this};
  mutable XtransDemosaic<Root> xtrans_{root_, frame_.sensor};
  mutable std::map<std::pair<int, int>, double> found_, sound_, green_;
};

}  // namespace argent::reference
