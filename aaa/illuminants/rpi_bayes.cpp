// rpi_bayes: Raspberry Pi's search along the cct curve, as the anchor to compare with.
//
// Domain: zone means before white balance -> color of the light in log-chroma.
// Source: src/ipa/rpi/controller/rpi/{awb,awb_bayes}.cpp (BSD-2), written anew from its description. As there, the prior weighs the
// same whatever the number of zones: on 16x12 zones it pulls five times as hard as on 32x32.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "aaa/illuminants/estimators.h"

namespace argent {
namespace {

constexpr double kFullScale = 65536;                  // of the statistics whose limits these are
constexpr double kMinPixels = 16, kMinGreen = 32;     // counted pixels; 16-bit code
constexpr float kMaxLevel = 0.98f;                    // brighter pixels aren't counted (pisp.cpp, r_hi)
constexpr std::size_t kMinRegions = 10;               // so many zones or fewer: no answer
constexpr double kDeltaLimit = 0.2, kStep = 0.02;     // squared relative distance; of the temperature, coarse
constexpr double kFinePerStep = 0.1, kAcross = 0.01;  // of a coarse step; R/G and B/G
constexpr int kFineSteps = 5, kMinAcross = 3, kMaxAcross = 12;
constexpr double kUnknownLux = 400, kLowestCct = 100;
constexpr float kSigma = 0.1f;  // log units; the original has no uncertainty

/// The same in all of its tuning files: what a profile without priors gets.
const std::vector<LuxPrior>& usual_priors() {
  static const std::vector<LuxPrior> priors{{0, {{2000, 1}, {3000, 0}, {13000, 0}}},
                                            {800, {{2000, 0}, {6000, 2}, {13000, 2}}},
                                            {1500, {{2000, 0}, {4000, 1}, {6000, 6}, {6500, 7}, {7000, 1}, {13000, 1}}}};
  return priors;
}

double at(const LuxPrior& prior, double cct) {
  if (prior.points.empty()) return 0;
  const auto above = std::find_if(prior.points.begin(), prior.points.end(), [&](const LuxPrior::Point& p) { return p.cct >= cct; });
  if (above == prior.points.begin()) return prior.points.front().log_probability;
  if (above == prior.points.end()) return prior.points.back().log_probability;
  const LuxPrior::Point& below = *(above - 1);
  return std::lerp<double>(below.log_probability, above->log_probability, (cct - below.cct) / (above->cct - below.cct));
}

double log_prior(const IlluminantPrior& prior, double cct) {
  const std::vector<LuxPrior>& priors = prior.lux_priors.empty() ? usual_priors() : prior.lux_priors;
  const double lux = prior.lux > 0 ? prior.lux : kUnknownLux;
  const auto above = std::find_if(priors.begin(), priors.end(), [&](const LuxPrior& p) { return p.lux >= lux; });
  if (above == priors.begin()) return at(priors.front(), cct);
  if (above == priors.end()) return at(priors.back(), cct);
  const LuxPrior& below = *(above - 1);
  return std::lerp(at(below, cct), at(*above, cct), (lux - below.lux) / (above->lux - below.lux));
}

struct Ratio {
  double red = 0, blue = 0;
};

/// R/G and B/G of white; linear in kelvin, and beyond the ends, too: a mode's range may be wider than the curve.
Ratio white_at(const std::vector<CctPoint>& curve, double cct) {
  const auto above = std::find_if(curve.begin() + 1, curve.end() - 1, [&](const CctPoint& p) { return p.cct > cct; });
  const CctPoint &a = *(above - 1), &b = *above;
  const double t = (cct - a.cct) / (b.cct - a.cct);
  return {a.red + t * (b.red - a.red), a.blue + t * (b.blue - a.blue)};
}

struct Point {
  double x = 0, y = 0;
};

/// Extremum of the parabola through three points, not outside of them; the lower end of what is nearly a line.
double vertex(Point a, Point b, Point c) {
  constexpr double kFlat = 1e-3;
  const double cx = c.x - a.x, cy = c.y - a.y, bx = b.x - a.x, by = b.y - a.y;
  const double twice = 2 * (by * cx - cy * bx);
  if (std::abs(twice) > kFlat) return std::clamp((by * cx * cx - cy * bx * bx) / twice + a.x, a.x, c.x);
  if (a.y < c.y - kFlat) return a.x;
  return c.y < a.y - kFlat ? c.x : b.x;
}

/// Vertex about the lowest point; at an end, about its neighbor.
double lowest(const std::vector<Point>& points) {
  const auto by_height = [](const Point& a, const Point& b) { return a.y < b.y; };
  const auto best = std::min_element(points.begin(), points.end(), by_height);
  if (points.size() < 3) return best->x;
  const auto middle = std::clamp(best, points.begin() + 1, points.end() - 2);
  return vertex(*(middle - 1), *middle, *(middle + 1));
}

class Search {
 public:
  Search(const std::vector<Ratio>& zones, const IlluminantPrior& prior, double share) : zones_(zones), prior_(prior), share_(share) {}

  Ratio white() const {
    const double cct = coarse();
    const double step = cct * kStep * kFinePerStep;
    const Ratio ahead = white_at(prior_.curve, cct + kFineSteps * step), behind = white_at(prior_.curve, cct - kFineSteps * step);
    const Ratio across{ahead.blue - behind.blue, behind.red - ahead.red};
    const double length = std::hypot(across.red, across.blue);
    if (length < 1e-3) return white_at(prior_.curve, cct);
    return fine(cct, step, {across.red / length, across.blue / length});
  }

 private:
  double cost(Ratio white, double log_prior) const {
    double sum = 0;
    for (const Ratio& zone : zones_) {
      const double r = zone.red / white.red - 1, b = zone.blue / white.blue - 1;
      sum += std::min(kDeltaLimit, r * r + b * b);
    }
    return sum - log_prior;
  }
  double weighted_prior(double cct) const { return share_ * log_prior(prior_, cct); }

  double coarse() const {
    const IlluminantPrior unlimited;
    const double first = prior_.min_cct > unlimited.min_cct ? prior_.min_cct : prior_.curve.front().cct;
    const double last = prior_.max_cct < unlimited.max_cct ? prior_.max_cct : prior_.curve.back().cct;
    std::vector<Point> points;
    for (double cct = std::max(first, kLowestCct);; cct = std::min(cct * (1 + kStep), last)) {
      points.push_back({cct, cost(white_at(prior_.curve, cct), weighted_prior(cct))});
      if (!(cct < last)) return lowest(points);
    }
  }

  /// A few steps along the curve, more where it may be left farther; at each the best place across it.
  Ratio fine(double cct, double step, Ratio across) const {
    const double low = -prior_.transverse_negative, range = prior_.transverse_positive + prior_.transverse_negative;
    const int samples = static_cast<int>(std::clamp(std::floor(range / kAcross + 0.5) + 1, double(kMinAcross), double(kMaxAcross)));
    std::vector<Point> points(static_cast<std::size_t>(samples));
    Ratio found = white_at(prior_.curve, cct);
    double least = INFINITY;
    for (int i = -kFineSteps - samples; i <= kFineSteps + samples; i++) {
      const Ratio on_curve = white_at(prior_.curve, cct + i * step);
      const double log_prior = weighted_prior(cct + i * step);
      const auto off_curve = [&](double d) { return Ratio{on_curve.red + d * across.red, on_curve.blue + d * across.blue}; };
      for (int k = 0; k < samples; k++) {
        const double d = low + range * k / (samples - 1);
        points[static_cast<std::size_t>(k)] = {d, cost(off_curve(d), log_prior)};
      }
      const Ratio there = off_curve(lowest(points));
      const double height = cost(there, log_prior);
      if (!(height < least)) continue;
      least = height;
      found = there;
    }
    return found;
  }

  const std::vector<Ratio>& zones_;
  const IlluminantPrior& prior_;
  double share_;  ///< of the grid's zones
};

using Rgb = std::array<double, 3>;

/// Without a curve: the middle half of the zones by R/G, and by B/G.
Ratio grey(std::vector<Rgb> zones) {
  const auto ratio = [&](std::size_t channel) {
    std::sort(zones.begin(), zones.end(), [&](const Rgb& a, const Rgb& b) { return a[1] * b[channel] < b[1] * a[channel]; });
    double sum = 1, green = 0;
    for (std::size_t i = zones.size() / 4; i < zones.size() - zones.size() / 4; i++) {
      sum += zones[i][channel];
      green += zones[i][1];
    }
    return sum / green;
  };
  return {ratio(0), ratio(2)};
}

/// Nearly every zone speaks: none is too bright or too colorful. 16-bit codes.
std::vector<Rgb> useful_zones(const Statistics& statistics) {
  std::vector<Rgb> out;
  for (int row = 0; row < statistics.rows; row++) {
    for (int column = 0; column < statistics.columns; column++) {
      const Statistics::Zone& zone = statistics.zone(column, row);
      const auto& c = zone.unclipped;
      const bool measured = std::all_of(c.begin(), c.end(), [](float v) { return v >= 0 && v <= kMaxLevel; });
      const double counted = std::min({double(zone.unclipped_count[0]), zone.unclipped_count[1] / 2.0, double(zone.unclipped_count[2])});
      if (measured && counted >= kMinPixels && c[1] * kFullScale >= kMinGreen)
        out.push_back({c[0] * kFullScale, c[1] * kFullScale, c[2] * kFullScale});
    }
  }
  return out;
}

class RpiBayes final : public IlluminantEstimator {
 public:
  Illuminant estimate(const Statistics& statistics, const IlluminantPrior& prior) override {
    if (!statistics.has_grid()) return {};
    const std::vector<Rgb> zones = useful_zones(statistics);
    if (zones.size() <= kMinRegions) return {};
    const double share = static_cast<double>(zones.size()) / (statistics.columns * statistics.rows);
    std::vector<Ratio> ratios;
    ratios.reserve(zones.size());
    for (const Rgb& zone : zones) ratios.push_back({zone[0] / (zone[1] + 1), zone[2] / (zone[1] + 1)});
    const Ratio white = prior.curve.size() < 2 ? grey(zones) : Search(ratios, prior, share).white();
    if (!(white.red > 0 && white.blue > 0)) return {};
    Illuminant light;
    light.mean = {static_cast<float>(std::log(white.red)), static_cast<float>(std::log(white.blue))};
    light.covariance = {kSigma * kSigma, 0, kSigma * kSigma};
    light.evidence = static_cast<float>(share);
    return light;
  }
};

}  // namespace

std::unique_ptr<IlluminantEstimator> make_rpi_bayes() { return std::make_unique<RpiBayes>(); }

}  // namespace argent
