#include "aaa/metering.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace argent {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kLuma[3] = {0.2126, 0.7152, 0.0722};  // Rec. ITU-R BT.709
constexpr int kMaxZones = Statistics::kMaxGrid * Statistics::kMaxGrid;

/// Of the natural scenes' spread of log luma, at the low side so that the guess is rather too small: the next frame tells the rest.
constexpr double kSceneSpread = 1;  // EV
constexpr double kMaxOver = 3;      // EV above saturation that a frame with nothing unclipped is taken for

struct Span {
  double from, to;
};

double overlap(Span a, Span b) { return std::max(0.0, std::min(a.to, b.to) - std::max(a.from, b.from)); }

struct ZoneArea {
  Span x, y;
};

/// The part of the zone that the window covers, 0..1; 0 for a window that is not one.
double covered(const ZoneArea& zone, double x, double y, double width, double height) {
  if (!std::isfinite(x) || !std::isfinite(y) || !(width > 0) || !(height > 0)) return 0;
  return overlap(zone.x, {x, x + width}) * overlap(zone.y, {y, y + height}) / ((zone.x.to - zone.x.from) * (zone.y.to - zone.y.from));
}

double window_weight(const ZoneArea& zone, const std::vector<Window>& windows) {
  double sum = 0;
  for (const Window& w : windows) {
    if (std::isfinite(w.weight) && w.weight > 0) sum += std::min(w.weight, 1e6f) * covered(zone, w.x, w.y, w.width, w.height);
  }
  return sum;
}

/// Bilinear between the nodes, which lie in the middles of a 5 x 5 grid.
double custom_weight(const ZoneArea& zone, const AutoExposureParams& params) {
  constexpr int kNodes = AutoExposureParams::kCustomGrid;
  const double x = std::clamp((zone.x.from + zone.x.to) / 2 * kNodes - 0.5, 0.0, kNodes - 1.0);
  const double y = std::clamp((zone.y.from + zone.y.to) / 2 * kNodes - 0.5, 0.0, kNodes - 1.0);
  const int x0 = std::min(static_cast<int>(x), kNodes - 2), y0 = std::min(static_cast<int>(y), kNodes - 2);
  const auto at = [&](int column, int row) {
    return static_cast<double>(params.custom_weights[static_cast<std::size_t>(row * kNodes + column)]);
  };
  return std::lerp(std::lerp(at(x0, y0), at(x0 + 1, y0), x - x0), std::lerp(at(x0, y0 + 1), at(x0 + 1, y0 + 1), x - x0), y - y0);
}

ZoneArea area_of(const Statistics& s, int column, int row) {
  return {{static_cast<double>(column) / s.columns, (column + 1.0) / s.columns}, {static_cast<double>(row) / s.rows, (row + 1.0) / s.rows}};
}

/// A raised cosine: 0 at the borders, 1 in the middle.
double bell(double at) { return std::pow(std::cos(kPi * (at - 0.5)), 2); }

class Weights {
 public:
  Weights(const Statistics& s, const Request& request, const AutoExposureParams& params) : s_(s), request_(request), params_(params) {
    // The raised cosine, once a column and once a row.
    for (int i = 0; i < s.columns; i++) column_bell_[static_cast<std::size_t>(i)] = bell((i + 0.5) / s.columns);
    for (int i = 0; i < s.rows; i++) row_bell_[static_cast<std::size_t>(i)] = bell((i + 0.5) / s.rows);
    if (request.ae_windows.empty()) return;
    for (int row = 0; row < s.rows && !windows_; row++) {
      for (int column = 0; column < s.columns && !windows_; column++)
        windows_ = window_weight(area_of(s, column, row), request.ae_windows) > 0;
    }
  }

  double operator()(int column, int row) const {
    if (!windows_ && request_.ae_metering_mode == AeMeteringMode::kCentreWeighted) {
      return 1 + (params_.centre_weight - 1) * column_bell_[static_cast<std::size_t>(column)] * row_bell_[static_cast<std::size_t>(row)];
    }
    const ZoneArea zone = area_of(s_, column, row);
    if (windows_) return window_weight(zone, request_.ae_windows);
    const double size = params_.spot_size;
    switch (request_.ae_metering_mode) {
      case AeMeteringMode::kSpot:
        return covered(zone, 0.5 - size / 2, 0.5 - size / 2, size, size);
      case AeMeteringMode::kMatrix:
        return 1;
      case AeMeteringMode::kCustom:
        return custom_weight(zone, params_);
      case AeMeteringMode::kCentreWeighted:
        break;
    }
    return 1;
  }

 private:
  const Statistics& s_;
  const Request& request_;
  const AutoExposureParams& params_;
  std::array<double, Statistics::kMaxGrid> column_bell_{}, row_bell_{};
  bool windows_ = false;
};

struct ZoneLuma {
  double luma, weight;
};

bool usable(const Statistics::Zone& zone) {
  return std::isfinite(zone.mean[0]) && std::isfinite(zone.mean[1]) && std::isfinite(zone.mean[2]) && std::isfinite(zone.clipped) &&
         std::isfinite(zone.dark) && zone.count[1] > 0;
}

double winsorised_mean(std::span<ZoneLuma> zones, double all, double share) {
  // Only the bright end has to be in order, and it rarely is more than a quarter of the zones.
  const auto brighter = [](const ZoneLuma& a, const ZoneLuma& b) { return a.luma > b.luma; };
  const auto middle = zones.begin() + static_cast<std::ptrdiff_t>(zones.size() / 4);
  std::nth_element(zones.begin(), middle, zones.end(), brighter);
  std::sort(zones.begin(), middle, brighter);
  double above = 0, level = 0;
  bool found = false;
  const auto look = [&](auto from, auto to) {
    for (; from != to && !found; ++from) {
      above += from->weight;
      level = from->luma;
      found = above >= all * share;
    }
  };
  look(zones.begin(), middle);
  if (!found) {
    std::sort(middle, zones.end(), brighter);
    look(middle, zones.end());
  }
  double sum = 0;
  for (const ZoneLuma& zone : zones) sum += zone.weight * std::min(level, zone.luma);
  return sum / all;
}

/// How far above saturation the middle of a scene is of which `clipped` is saturated, in EV, were its log luma normally distributed.
double guess_over(double clipped) {
  if (clipped <= 0.5) return 0;
  // The normal quantile: Abramowitz and Stegun 26.2.22, good to 0.003.
  const double t = std::sqrt(-2 * std::log(std::max(1 - clipped, 1e-6)));
  return std::clamp(kSceneSpread * (t - (2.30753 + 0.27061 * t) / (1 + 0.99229 * t + 0.04481 * t * t)), 0.0, kMaxOver);
}

}  // namespace

float zone_weight(const Statistics& statistics, int column, int row, float centre) {
  return static_cast<float>(1 + (centre - 1) * bell((column + 0.5) / statistics.columns) * bell((row + 0.5) / statistics.rows));
}

Metered meter(const Statistics& statistics, const Vec3& gains, const Request& request, const AutoExposureParams& params) {
  if (!statistics.has_grid()) return {};
  const Weights weights(statistics, request, params);
  std::array<ZoneLuma, kMaxZones> zones;
  std::size_t used = 0;
  int seen = 0;
  double all = 0, metered = 0, weighted_clipped = 0;
  Metered out;
  for (int row = 0; row < statistics.rows; row++) {
    for (int column = 0; column < statistics.columns; column++) {
      const Statistics::Zone& zone = statistics.zone(column, row);
      const double weight = weights(column, row);
      all += weight;
      if (!usable(zone)) continue;
      const double clipped = std::clamp(zone.clipped, 0.0f, 1.0f);
      out.clipped += clipped;
      out.dark += std::clamp(zone.dark, 0.0f, 1.0f);
      seen++;
      if (!(weight > 0)) continue;
      double luma = 0;
      // A channel counts as no more than saturated: beyond it a gain makes color, not light.
      for (int c = 0; c < 3; c++) luma += kLuma[c] * std::clamp(static_cast<double>(zone.mean[c]) * gains[c], 0.0, 1.0);
      if (!std::isfinite(luma)) continue;
      zones[used++] = {luma, weight};
      metered += weight;
      weighted_clipped += weight * clipped;
    }
  }
  if (!(metered > all / 2)) return {};
  out.valid = true;
  out.clipped /= seen;
  out.dark /= seen;
  out.luma = winsorised_mean(std::span(zones).first(used), metered, params.small_highlights);
  out.luma *= std::exp2(guess_over(weighted_clipped / metered));
  return out;
}

}  // namespace argent
