#include <algorithm>
#include <cmath>

#include "calibration/synthesis/projected_grid.h"
#include "calibration/synthesis/test_target.h"

namespace argent {
namespace {

constexpr double kColumns = 6, kRows = 4;
constexpr double kGap = (1 - 2.5 / 2.75) / 2;  // half of it: calibration/chart/checker_layout.h
constexpr double kFrame = 0.28;                // beyond the patches' grid, as on the chart
constexpr float kTable = 0.32f, kBlackFrame = 0.045f;

/// One chart: its frame, and its patches where a pixel may see them.
class ProjectedChart {
 public:
  ProjectedChart(const ChartPlace& place, Size picture)
      : to_plane_(picture_to_plane(plane_to_picture(place, picture, kColumns, kRows))),
        frame_(to_plane_, -kFrame, -kFrame, kColumns + kFrame, kRows + kFrame) {
    for (int column = 0; column < 6; column++) across_.push_back(strip(ProjectedLine::Axis::kU, column));
    for (int row = 0; row < 4; row++) down_.push_back(strip(ProjectedLine::Axis::kV, row));
    const auto [x0, y0] = picture_of(plane_to_picture(place, picture, kColumns, kRows), 0, 0);
    const auto [x1, y1] = picture_of(plane_to_picture(place, picture, kColumns, kRows), kColumns, kRows);
    unit_ = std::hypot(x1 - x0, y1 - y0) / std::hypot(kColumns, kRows);
  }

  /// `table` and `levels` of the frame and the patches after it.
  double light(double table, std::span<const double> levels, double x, double y, double blur) const {
    const double framed = frame_.cover(x, y, blur);
    if (framed <= 0) return table;
    double light = std::lerp(table, levels[0], framed);
    const double w = to_plane_[6] * x + to_plane_[7] * y + to_plane_[8];
    const double u = (to_plane_[0] * x + to_plane_[1] * y + to_plane_[2]) / w;
    const double v = (to_plane_[3] * x + to_plane_[4] * y + to_plane_[5]) / w;
    const double reach = 2 * (1 + 5.5 * blur) / unit_;  // twice: the nearer half of a tilted chart is not that much larger
    const int c0 = cell(u - reach, 6), c1 = cell(u + reach, 6), r0 = cell(v - reach, 4), r1 = cell(v + reach, 4);
    for (int c = c0; c <= c1; c++) {
      const double across = cover(across_[static_cast<std::size_t>(c)], x, y, blur);
      if (across <= 0) continue;
      for (int r = r0; r <= r1; r++) {
        const double share = across * cover(down_[static_cast<std::size_t>(r)], x, y, blur);
        light += share * (levels[static_cast<std::size_t>(1 + 6 * r + c)] - levels[0]);
      }
    }
    return light;
  }

 private:
  using Strip = std::array<ProjectedLine, 2>;

  static int cell(double at, int cells) { return std::clamp(static_cast<int>(std::floor(at)), 0, cells - 1); }
  static double cover(const Strip& strip, double x, double y, double blur) {
    return strip[0].beyond(x, y, blur) - strip[1].beyond(x, y, blur);
  }
  Strip strip(ProjectedLine::Axis axis, int cell) const {
    return {ProjectedLine(to_plane_, axis, cell + kGap), ProjectedLine(to_plane_, axis, cell + 1 - kGap)};
  }

  PlaneMap to_plane_;
  ProjectedRectangle frame_;
  std::vector<Strip> across_, down_;
  double unit_ = 1;  // pixels
};

class ChartTarget final : public TestTarget {
 public:
  ChartTarget(std::span<const Spectrum, 24> patches, std::span<const ChartPlace> places, Size picture) : surfaces_(2) {
    surfaces_[0].fill(kTable);
    surfaces_[1].fill(kBlackFrame);
    surfaces_.insert(surfaces_.end(), patches.begin(), patches.end());
    for (const ChartPlace& place : places) charts_.emplace_back(place, picture);
  }
  std::span<const Spectrum> surfaces() const override { return surfaces_; }
  double light(std::span<const double> levels, double x, double y, double blur) const override {
    double light = levels[0];
    for (const ProjectedChart& chart : charts_) light = chart.light(light, levels.subspan(1), x, y, blur);
    return light;
  }

 private:
  std::vector<Spectrum> surfaces_;
  std::vector<ProjectedChart> charts_;
};

}  // namespace

std::array<std::array<double, 2>, 4> chart_corners(const ChartPlace& place, Size picture) {
  const PlaneMap map = plane_to_picture(place, picture, kColumns, kRows);
  std::array<std::array<double, 2>, 4> out{picture_of(map, kGap, kGap), picture_of(map, kColumns - kGap, kGap),
                                           picture_of(map, kColumns - kGap, kRows - kGap), picture_of(map, kGap, kRows - kGap)};
  for (auto& [x, y] : out) {
    x /= picture.width;
    y /= picture.height;
  }
  return out;
}

TargetPointer chart_target(std::span<const Spectrum, 24> patches, std::span<const ChartPlace> places, Size picture) {
  return std::make_shared<ChartTarget>(patches, places, picture);
}

}  // namespace argent
