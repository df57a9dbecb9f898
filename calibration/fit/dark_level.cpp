#include "calibration/fit/dark_level.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "calibration/fit/site_plane.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr double kUpperSigma = 0.8413, kUpperTwoSigma = 0.97725;  // of a Gaussian: below one and two standard deviations above its mean
constexpr double kTrim = 5;                                       // standard deviations
constexpr double kCutShare = 0.01;

struct Spread {
  double middle, sigma;
  bool cut;
};

Spread spread_of(const CodeCounts& counts) {
  const bool cut = static_cast<double>(counts.of(0)) > kCutShare * static_cast<double>(counts.total());
  const double upper = counts.quantile(kUpperSigma);
  if (cut) {
    const double sigma = std::max(0.0, counts.quantile(kUpperTwoSigma) - upper);
    return {upper - sigma, sigma, true};
  }
  const double middle = counts.quantile(0.5);
  return {middle, std::max(0.0, upper - middle), false};
}

void check_dark(const Spread& spread, const SensorInfo& sensor) {
  const double range = std::ldexp(1.0, std::clamp(sensor.bits, 1, 16));
  if (spread.middle > range / 4) throw Error("no dark frame: the median code is ", spread.middle, " of ", range);
  if (spread.sigma > range / 40) throw Error("no dark frame: codes spread by ", spread.sigma, " of ", range);
}

/// Where codes may lie that are noise.
double trim_of(const Spread& spread) { return kTrim * std::max(spread.sigma, 0.6) + 0.5; }

/// Variance of the same pixel from one frame to the next, of all pairs of neighbors in the list.
class PairVariance {
 public:
  void add(const SitePlane& one, const SitePlane& other, const Spread& spread) {
    const double trim = trim_of(spread);
    for (int y = 0; y < one.height; y++) {
      for (int x = 0; x < one.width; x++) {
        const double a = one.at(x, y), b = other.at(x, y);
        if (std::abs(a - spread.middle) > trim || std::abs(b - spread.middle) > trim) continue;
        sum_ += a - b;
        squares_ += (a - b) * (a - b);
        count_++;
      }
    }
  }
  double variance() const { return count_ > 1 ? (squares_ - sum_ * sum_ / count_) / (2 * (count_ - 1)) : 0; }
  double count() const { return count_; }

 private:
  double sum_ = 0, squares_ = 0, count_ = 0;
};

/// Variance of rows' means beyond their pixels' own; neighbors' differences, so that a slow slope doesn't count.
double row_variance(const SitePlane& plane, const Spread& spread) {
  const double trim = trim_of(spread);
  std::vector<double> means;
  double noise = 0;
  for (int y = 0; y < plane.height; y++) {
    double sum = 0, squares = 0, count = 0;
    for (int x = 0; x < plane.width; x++) {
      const double offset = plane.at(x, y) - spread.middle;
      if (std::abs(offset) > trim) continue;
      sum += offset, squares += offset * offset, count++;
    }
    if (count < 8) continue;
    means.push_back(sum / count);
    noise += (squares - sum * sum / count) / (count - 1) / count;
  }
  if (means.size() < 8) return 0;
  double squares = 0;
  for (std::size_t i = 1; i < means.size(); i++) squares += (means[i] - means[i - 1]) * (means[i] - means[i - 1]);
  return std::max(0.0, squares / (2 * static_cast<double>(means.size() - 1)) - noise / static_cast<double>(means.size()));
}

}  // namespace

DarkLevel fit_dark_level(std::span<const RawFrame* const> frames) {
  check_alike(frames);
  DarkLevel out;
  out.analogue_gain = frames.front()->applied.settings.analogue_gain;
  out.frames = static_cast<int>(frames.size());
  PairVariance pairs;
  double spatial = 0, pixels = 0, rows = 0;
  const std::vector<SitePlane> planes = site_planes(*frames.front());
  for (std::size_t p = 0; p < planes.size(); p++) {
    CodeCounts counts;
    for (const RawFrame* frame : frames) counts.add(site_planes(*frame)[p]);
    const Spread spread = spread_of(counts);
    check_dark(spread, frames.front()->sensor);
    out.cut |= spread.cut;
    const CodeCounts::Moments moments = counts.moments(spread.middle - trim_of(spread), spread.middle + trim_of(spread));
    const double mean = spread.cut ? spread.middle : moments.mean;
    const double variance = spread.cut ? spread.sigma * spread.sigma : moments.variance;
    const std::size_t site = planes[p].site;
    out.black[site] = std::max(0.0, mean);
    // The pattern is the same in all frames: only one frame's pixels are independent.
    out.black_error[site] = std::sqrt(variance / static_cast<double>(planes[p].samples()));
    spatial += variance * static_cast<double>(moments.count);
    pixels += static_cast<double>(moments.count);
    rows += row_variance(planes[p], spread) / static_cast<double>(planes.size());
    for (std::size_t f = 1; f < frames.size() && !spread.cut; f++)
      pairs.add(site_planes(*frames[f - 1])[p], site_planes(*frames[f])[p], spread);
  }
  if (planes.size() == 1) {
    out.black.fill(out.black[1]);
    out.black_error.fill(out.black_error[1]);
  }
  const bool temporal = pairs.count() > 1;
  out.read_noise = std::sqrt(temporal ? pairs.variance() : pixels > 0 ? spatial / pixels : 0);
  const double independent = temporal ? pairs.count() : std::max(1.0, pixels);
  out.read_noise_error = out.read_noise / std::sqrt(2 * independent);
  out.row_noise = std::sqrt(rows);
  return out;
}

}  // namespace argent
