#include "isp/io/opcode_geometry.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace argent {
namespace {

/// From coordinates of `from` to those of `to`, both rectangles of one picture.
class Move {
 public:
  Move(Rect from, Rect to) : from_(from), to_(to), dx_(to.x - from.x), dy_(to.y - from.y) {}

  bool is_identity() const { return from_ == to_; }

  void apply(UnknownOpcode&) const {}

  void apply(FixBadPixelsConstant& p) const { p.bayer_phase = moved_phase(p.bayer_phase); }

  void apply(FixBadPixelsList& p) const {
    p.bayer_phase = moved_phase(p.bayer_phase);
    std::erase_if(p.points, [&](const auto& point) {
      const long long x = 0LL + point.x - dx_, y = 0LL + point.y - dy_;
      return x < 0 || y < 0 || x >= to_.width || y >= to_.height;
    });
    for (auto& point : p.points) point = {point.x - dx_, point.y - dy_};
    for (Rect& r : p.rectangles) r = clipped(r);
    std::erase_if(p.rectangles, [](const Rect& r) { return r.width < 1 || r.height < 1; });
  }

  void apply(OpcodeGainMap& p) const {
    std::tie(p.area.top, p.area.bottom) = moved_span(p.area.top, p.area.bottom, p.area.row_pitch, dy_, to_.height);
    std::tie(p.area.left, p.area.right) = moved_span(p.area.left, p.area.right, p.area.column_pitch, dx_, to_.width);
    p.origin_x = (p.origin_x * from_.width - dx_) / to_.width;
    p.origin_y = (p.origin_y * from_.height - dy_) / to_.height;
    p.spacing_x *= double(from_.width) / to_.width;
    p.spacing_y *= double(from_.height) / to_.height;
  }

  void apply(WarpRectilinear& p) const {
    const double scale = move_center(p.center_x, p.center_y);
    for (auto& plane : p.planes) {
      for (std::size_t i = 1; i < plane.radial.size(); i++) plane.radial[i] *= std::pow(scale, 2.0 * double(i));
      for (double& value : plane.tangential) value *= scale;
    }
  }

  void apply(FixVignetteRadial& p) const {
    const double scale = move_center(p.center_x, p.center_y);
    for (std::size_t i = 0; i < p.k.size(); i++) p.k[i] *= std::pow(scale, 2.0 * double(i + 1));
  }

 private:
  int moved_phase(int phase) const { return phase ^ (dx_ & 1) ^ (dy_ & 1) << 1; }

  Rect clipped(const Rect& r) const {
    const auto left = std::max<long long>(0, 0LL + r.x - dx_), top = std::max<long long>(0, 0LL + r.y - dy_);
    const auto right = std::min<long long>(to_.width, 0LL + r.x + r.width - dx_),
               bottom = std::min<long long>(to_.height, 0LL + r.y + r.height - dy_);
    return {int(left), int(top), int(right - left), int(bottom - top)};
  }

  /// First and end of each pitch-th row, none before 0.
  static std::pair<int, int> moved_span(long long first, long long end, int pitch, int shift, int size) {
    first -= shift;
    end = std::clamp<long long>(end - shift, 0, size);
    if (first < 0) first += (-first + pitch - 1) / pitch * pitch;
    return {int(std::min(first, end)), int(end)};
  }

  static double longest(const Rect& area, double x, double y) {
    return std::hypot(std::max(x, 1 - x) * area.width, std::max(y, 1 - y) * area.height);
  }

  /// Returns how much longer the new unit of length is.
  double move_center(double& x, double& y) const {
    const double before = longest(from_, x, y);
    x = (x * from_.width - dx_) / to_.width;
    y = (y * from_.height - dy_) / to_.height;
    return longest(to_, x, y) / before;
  }

  Rect from_, to_;
  int dx_, dy_;
};

void move(std::vector<DngOpcode>& opcodes, const Move& how) {
  if (how.is_identity()) return;
  for (DngOpcode& opcode : opcodes) {
    std::visit([&](auto& parameters) { how.apply(parameters); }, opcode.parameters);
  }
}

}  // namespace

DngOpcodes in_frame(DngOpcodes opcodes, const OpcodeGeometry& geometry) {
  const Rect& area = geometry.active_area;
  move(opcodes.raw, Move({0, 0, geometry.whole.width, geometry.whole.height}, geometry.frame));
  move(opcodes.linear, Move(area, geometry.frame));
  move(opcodes.demosaiced, Move(area, geometry.frame));
  return opcodes;
}

}  // namespace argent
