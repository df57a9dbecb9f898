#include "calibration/fit/grid_dots.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "calibration/fit/mosaic_light.h"

namespace argent {
namespace {

constexpr int kTile = 64;                        // quads: paper is looked for in
constexpr double kPaper = 0.9;                   // quantile of a tile that is paper, dots or not
constexpr double kDark = 0.55;                   // of the paper: what is darker belongs to a dot
constexpr double kSmallest = 4, kLargest = 100;  // pixels, radius
constexpr double kRing = 3;                      // pixels of paper around a dot
constexpr double kFarthest = 3;                  // pixels between colors

/// Green of quads, and how bright paper is near each.
class Paper {
 public:
  explicit Paper(const MosaicLight& mosaic) : width_(mosaic.size().width / 2), height_(mosaic.size().height / 2) {
    for (int y = 0; y < height_; y++) {
      for (int x = 0; x < width_; x++) {
        double sum = 0;
        for (int i = 0; i < 4; i++)
          if (mosaic.color(i % 2, i / 2) == 1) sum += mosaic.light(2 * x + i % 2, 2 * y + i / 2);
        light_.push_back(static_cast<float>(sum / 2));
      }
    }
    columns_ = (width_ + kTile - 1) / kTile;
    for (int top = 0; top < height_; top += kTile)
      for (int left = 0; left < width_; left += kTile) white_.push_back(quantile(left, top));
  }

  int width() const { return width_; }
  int height() const { return height_; }
  /// Compared with the brightest of the tiles around: one may lie all in a dot.
  bool dark(int x, int y) const {
    float white = 0;
    const int rows = (height_ + kTile - 1) / kTile, column = x / kTile, row = y / kTile;
    for (int j = std::max(0, row - 1); j <= std::min(rows - 1, row + 1); j++)
      for (int i = std::max(0, column - 1); i <= std::min(columns_ - 1, column + 1); i++)
        white = std::max(white, white_[at(i, j, columns_)]);
    return light_[at(x, y, width_)] < kDark * static_cast<double>(white);
  }

 private:
  static std::size_t at(int x, int y, int width) {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
  }

  float quantile(int left, int top) const {
    std::vector<float> values;
    for (int y = top; y < std::min(height_, top + kTile); y++)
      for (int x = left; x < std::min(width_, left + kTile); x++) values.push_back(light_[at(x, y, width_)]);
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(kPaper * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return *place;
  }

  int width_, height_, columns_ = 0;
  std::vector<float> light_, white_;
};

/// A connected dark area that may be a dot.
struct Blob {
  double x = 0, y = 0, radius = 0;  ///< pixels
};

struct Area {
  int left = 0, top = 0, right = 0, bottom = 0, count = 0;
  double x = 0, y = 0;  ///< sums
};

std::optional<Blob> blob_of(const Area& area, const Paper& paper) {
  const double wide = area.right - area.left + 1, high = area.bottom - area.top + 1, count = area.count;
  const double radius = 2 * std::sqrt(count / std::numbers::pi), fill = count / (wide * high), shape = wide / high;
  const bool whole = area.left > 0 && area.top > 0 && area.right + 1 < paper.width() && area.bottom + 1 < paper.height();
  // A disk fills pi / 4 of its box, and seen from aside its ellipse does so, too.
  if (!whole || radius < kSmallest || radius > kLargest || fill < 0.65 || fill > 0.92 || shape < 0.6 || shape > 1.7) return std::nullopt;
  return Blob{2 * area.x / count + 1, 2 * area.y / count + 1, radius};
}

std::vector<Blob> blobs_of(const Paper& paper) {
  const auto width = static_cast<std::size_t>(paper.width());
  std::vector<char> dark(width * static_cast<std::size_t>(paper.height()));
  for (std::size_t i = 0; i < dark.size(); i++) dark[i] = paper.dark(static_cast<int>(i % width), static_cast<int>(i / width));
  std::vector<Blob> blobs;
  std::vector<std::size_t> stack;
  for (std::size_t start = 0; start < dark.size(); start++) {
    if (!dark[start]) continue;
    const int x0 = static_cast<int>(start % width), y0 = static_cast<int>(start / width);
    Area area{x0, y0, x0, y0};
    const auto visit = [&](std::size_t i) {
      if (!dark[i]) return;
      dark[i] = 0;
      stack.push_back(i);
    };
    visit(start);
    while (!stack.empty()) {
      const std::size_t i = stack.back();
      stack.pop_back();
      const int x = static_cast<int>(i % width), y = static_cast<int>(i / width);
      area = {std::min(area.left, x),
              std::min(area.top, y),
              std::max(area.right, x),
              std::max(area.bottom, y),
              area.count + 1,
              area.x + x,
              area.y + y};
      if (x > 0) visit(i - 1);
      if (x + 1 < paper.width()) visit(i + 1);
      if (y > 0) visit(i - width);
      if (y + 1 < paper.height()) visit(i + width);
    }
    if (const auto blob = blob_of(area, paper)) blobs.push_back(*blob);
  }
  return blobs;
}

using Point = std::array<double, 2>;

double reach_of(const Blob& blob) { return 1.25 * blob.radius + kFarthest; }

/// Pixels of a color within a radius of a place; `visit(x, y, light, distance)` with their middles.
template <class Visit>
void each_pixel(const MosaicLight& mosaic, int color, Point middle, double radius, const Visit& visit) {
  for (int y = static_cast<int>(middle[1] - radius); y <= static_cast<int>(middle[1] + radius); y++) {
    for (int x = static_cast<int>(middle[0] - radius); x <= static_cast<int>(middle[0] + radius); x++) {
      if (mosaic.color(x, y) != color) continue;
      const double distance = std::hypot(x + 0.5 - middle[0], y + 0.5 - middle[1]);
      if (distance < radius) visit(x + 0.5, y + 0.5, mosaic.light(x, y), distance);
    }
  }
}

/// Light of paper around a dot: a plane, since light falls off across it, and not in all colors alike.
struct PaperPlane {
  Eigen::Vector3d plane = Eigen::Vector3d::Zero();
  Point middle{};
  double at(double x, double y) const { return plane[0] + plane[1] * (x - middle[0]) + plane[2] * (y - middle[1]); }
};

/// Through the ring, without what is no paper. Nothing where that is clipped or dark.
std::optional<PaperPlane> paper_around(const MosaicLight& mosaic, const Blob& blob, int color) {
  std::vector<std::array<double, 3>> ring;
  const double outer = reach_of(blob) + kRing;
  each_pixel(mosaic, color, {blob.x, blob.y}, outer, [&](double x, double y, double light, double distance) {
    if (distance >= outer - kRing) ring.push_back({x, y, light});
  });
  PaperPlane out{Eigen::Vector3d::Zero(), {blob.x, blob.y}};
  double limit = 1e9;
  for (int pass = 0; pass < 3; pass++) {
    Eigen::Matrix3d normal = Eigen::Matrix3d::Zero();
    Eigen::Vector3d right = Eigen::Vector3d::Zero();
    std::vector<double> off;
    for (const auto& [x, y, light] : ring) {
      const double error = std::abs(light - out.at(x, y));
      if (error > limit) continue;
      const Eigen::Vector3d row(1, x - blob.x, y - blob.y);
      normal += row * row.transpose();
      right += row * light;
    }
    out.plane = normal.ldlt().solve(right);
    for (const auto& [x, y, light] : ring) off.push_back(std::abs(light - out.at(x, y)));
    if (off.size() < 8) return std::nullopt;
    std::nth_element(off.begin(), off.begin() + static_cast<std::ptrdiff_t>(off.size() / 2), off.end());
    limit = 4 * 1.4826 * off[off.size() / 2] + 1e-6;
  }
  constexpr double kLeast = 0.02;
  return out.plane[0] > kLeast && out.plane[0] < kClippedLight ? std::optional(out) : std::nullopt;
}

/// Of what the paper's light lacks. The window follows, so that what is left of noise and shading in it pulls to neither side.
std::optional<Point> centroid(const MosaicLight& mosaic, const Blob& blob, int color) {
  const auto paper = paper_around(mosaic, blob, color);
  if (!paper) return std::nullopt;
  Point middle{blob.x, blob.y};
  const double reach = reach_of(blob);
  for (int pass = 0; pass < 4; pass++) {
    double sum = 0, x_sum = 0, y_sum = 0;
    each_pixel(mosaic, color, middle, reach, [&](double x, double y, double light, double distance) {
      const double lacks = (1 - light / paper->at(x, y)) * std::min(1.0, (reach - distance) / 2);
      sum += lacks;
      x_sum += lacks * x;
      y_sum += lacks * y;
    });
    if (!(sum > 1)) return std::nullopt;
    middle = {x_sum / sum, y_sum / sum};
    if (std::hypot(middle[0] - blob.x, middle[1] - blob.y) > kFarthest) return std::nullopt;
  }
  return middle;
}

/// Far enough from the frame's border and from every other dot.
std::vector<Blob> with_room(const std::vector<Blob>& blobs, Size size) {
  std::vector<Blob> sorted = blobs, out;
  std::sort(sorted.begin(), sorted.end(), [](const Blob& a, const Blob& b) { return a.x < b.x; });
  double largest = 0;
  for (const Blob& blob : sorted) largest = std::max(largest, blob.radius);
  for (std::size_t i = 0; i < sorted.size(); i++) {
    const Blob& blob = sorted[i];
    const double room = reach_of(blob) + kRing + kFarthest + 1;
    bool fits = blob.x > room && blob.y > room && blob.x < size.width - room && blob.y < size.height - room;
    const auto apart = [&](const Blob& other) {
      return std::hypot(other.x - blob.x, other.y - blob.y) > reach_of(blob) + kRing + other.radius;
    };
    for (std::size_t k = i; fits && k-- > 0 && blob.x - sorted[k].x < room + largest;) fits = apart(sorted[k]);
    for (std::size_t k = i + 1; fits && k < sorted.size() && sorted[k].x - blob.x < room + largest; k++) fits = apart(sorted[k]);
    if (fits) out.push_back(blob);
  }
  return out;
}

}  // namespace

std::vector<GridDot> find_dots(const RawFrame& frame) {
  const MosaicLight mosaic(frame);
  std::vector<GridDot> dots;
  if (frame.size().width < 2 || frame.size().height < 2) return dots;
  for (const Blob& blob : with_room(blobs_of(Paper(mosaic)), frame.size())) {
    const auto green = centroid(mosaic, blob, 1), red = centroid(mosaic, blob, 0), blue = centroid(mosaic, blob, 2);
    if (!green || !red || !blue) continue;
    const auto from_green = [&](const Point& p) { return Point{p[0] - (*green)[0], p[1] - (*green)[1]}; };
    dots.push_back({(*green)[0], (*green)[1], blob.radius, from_green(*red), from_green(*blue)});
  }
  return dots;
}

}  // namespace argent
