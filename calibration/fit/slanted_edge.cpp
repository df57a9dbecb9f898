#include "calibration/fit/slanted_edge.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>

#include "calibration/fit/edge_line.h"
#include "calibration/fit/edge_spread.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using std::numbers::pi;

constexpr double kReach = 16, kLeastReach = 6;            // pixels on each side
constexpr double kLeastAngle = 2, kMostAngle = 20;        // degrees
constexpr double kLeastContrast = 0.2, kLeastSignal = 8;  // of EdgeResponse
constexpr double kMostTurn = 0.06;                        // of the slope, from the middle to an end
constexpr double kMostCrooked = 0.25;                     // pixels
constexpr double kWidest = 0.4;                           // of the reach, from 10 % to 90 %: beyond, its ends aren't seen
constexpr double kFar = 0.7;                              // of the reach: from here on a side is even
constexpr double kUneven = 0.15;                          // of the step: what a side may differ from its mean
constexpr double kClippedShare = 0.005;
constexpr std::array kColors{"red", "green", "blue"};

std::string text(double value) { return std::to_string(value).substr(0, 5); }

struct Samples {
  std::vector<EdgeSample> pixels;
  std::size_t clipped = 0;
};

/// Pixels of one color within reach.
Samples samples_of(const MosaicLight& mosaic, const EdgeLine& line, double reach, int color) {
  Samples out;
  const Size size = mosaic.size();
  const int top = std::max(0, static_cast<int>(std::floor(line.middle - line.half)));
  const int bottom = std::min(size.height, static_cast<int>(std::ceil(line.middle + line.half)));
  const double wide = (reach + 2) * std::hypot(1.0, line.slope / line.half);
  for (int v = top; v < bottom; v++) {
    const double u = line.at(v + 0.5);
    const int left = std::max(0, static_cast<int>(u - wide)), right = std::min(size.width, static_cast<int>(u + wide) + 1);
    for (int x = left; x < right; x++) {
      if (mosaic.color(x, v) != color) continue;
      const double light = mosaic.light(x, v);
      out.clipped += light >= kClippedLight || mosaic.code(x, v) == 0;
      out.pixels.push_back({x + 0.5, v + 0.5, light});
    }
  }
  return out;
}

/// Where the spread passes a level, and how well that is known.
struct Passing {
  double d = 0, variance = 0;
};

Passing passing(const EdgeSpread& spread, double level) {
  constexpr double kFine = 1.0 / 64;
  // The middle is where it is steepest; from there outward, so that a ripple far off does not count.
  double middle = 0;
  for (double d = -4; d <= 4; d += kFine)
    if (spread.slope_at(d) > spread.slope_at(middle)) middle = d;
  const double side = spread.at(middle) > level ? -kFine : kFine;
  double d = middle;
  while (std::abs(d) < spread.reach() - 1 && (side < 0 ? spread.at(d) > level : spread.at(d) < level)) d += side;
  const double slope = std::max(spread.slope_at(d - side / 2), 1e-12);
  d += (level - spread.at(d)) / slope;
  return {d, spread.variance(spread.weights_at(d)) / (slope * slope)};
}

struct Plateaus {
  double dark = 0, bright = 0;
  bool even = true;
};

/// Means on both sides beyond `flat` pixels from the edge.
Plateaus plateaus_of(const EdgeSpread& spread, double flat) {
  Plateaus out;
  const double end = spread.reach() - 0.5, step = EdgeSpread::kKnot;
  int count = 0;
  for (double d = flat; d <= end; d += step, count++) {
    out.dark += spread.at(-d);
    out.bright += spread.at(d);
  }
  out.dark /= count;
  out.bright /= count;
  for (double d = flat; d <= end; d += step) {
    const double off = std::max(std::abs(spread.at(-d) - out.dark), std::abs(spread.at(d) - out.bright));
    out.even = out.even && off < kUneven * (out.bright - out.dark);
  }
  return out;
}

/// The line spread under its window, as sums over the spline's coefficients: flat as far as the edge is wide, then down to 0.
class LineSpread {
 public:
  LineSpread(const EdgeSpread& spread, double middle, double flat) : spread_(spread), slopes_() {
    const double end = std::min(2 * flat, spread.reach() - 0.5 - std::abs(middle));
    for (double d = -end; d <= end; d += kStep) {
      const double beyond = (std::abs(d) - std::min(flat, end / 2)) / (end - std::min(flat, end / 2));
      const double window = beyond <= 0 ? 1 : (1 + std::cos(pi * std::min(beyond, 1.0))) / 2;
      slopes_.push_back({d, window * spread.slope_at(middle + d), middle, window});
    }
  }

  std::complex<double> transformed(double frequency) const {
    std::complex<double> sum = 0;
    for (const Slope& s : slopes_) sum += s.value * std::polar(kStep, -2 * pi * frequency * s.d);
    return sum;
  }
  double mtf(double frequency) const { return std::abs(transformed(frequency)) / std::abs(transformed(0)); }

  /// Variance of mtf().
  double variance(double frequency) const {
    const std::complex<double> at = transformed(frequency), turned = std::conj(at) / std::abs(at);
    const double zero = std::abs(transformed(0)), mtf = std::abs(at) / zero;
    std::vector<double> gradient(spread_.size(), 0);
    for (const Slope& s : slopes_) {
      const double by = s.window * kStep / zero * (std::real(turned * std::polar(1.0, -2 * pi * frequency * s.d)) - mtf);
      const std::vector<double> weights = spread_.slope_weights_at(s.middle + s.d);
      for (std::size_t i = 0; i < weights.size(); i++) gradient[i] += by * weights[i];
    }
    return spread_.variance(gradient);
  }

 private:
  static constexpr double kStep = EdgeSpread::kKnot / 2;
  struct Slope {
    double d, value, middle, window;
  };
  const EdgeSpread& spread_;
  std::vector<Slope> slopes_;
};

void add_mtf50(const LineSpread& line, EdgeResponse& response) {
  constexpr double kFine = 0.0025, kEnd = 1;
  double before = 1;
  for (double f = kFine; f <= kEnd; f += kFine) {
    const double now = line.mtf(f);
    if (now <= 0.5) {
      const double fall = (before - now) / kFine;
      response.mtf50 = f - (0.5 - now) / fall;
      response.mtf50_error = std::sqrt(line.variance(response.mtf50)) / fall;
      response.sigma = sigma_of_mtf50(response.mtf50);
      response.sigma_error = response.sigma * response.mtf50_error / response.mtf50;
      return;
    }
    before = now;
  }
  throw Error("an mtf that stays above a half up to 1 cycle a pixel, expected an edge that a lens made");
}

EdgeResponse response_of(const EdgeSpreadFit& fit) {
  const EdgeSpread& spread = fit.spread;
  EdgeResponse out;
  const Plateaus far = plateaus_of(spread, kFar * spread.reach());
  const double step = far.bright - far.dark, noise = std::sqrt((fit.low_noise * fit.low_noise + fit.high_noise * fit.high_noise) / 2);
  out.contrast = step / std::max(std::abs(far.bright + far.dark), 1e-9);
  out.signal_to_noise = step / noise;
  if (!(out.contrast > kLeastContrast)) throw Error("a contrast of ", text(out.contrast), ", expected ", text(kLeastContrast), " or more");
  if (!(out.signal_to_noise > kLeastSignal))
    throw Error("an edge of ", text(out.signal_to_noise), " times the noise, expected ", text(kLeastSignal), " or more");
  const Passing from = passing(spread, far.dark + 0.1 * step), to = passing(spread, far.dark + 0.9 * step);
  out.width = to.d - from.d;
  out.width_error = std::sqrt(from.variance + to.variance);
  if (!(out.width > 0 && out.width < kWidest * spread.reach()))
    throw Error("an edge ", text(out.width), " pixels wide, expected less than ", text(kWidest * spread.reach()));
  const double flat = 1.5 * out.width + 1, middle = (from.d + to.d) / 2;
  if (!plateaus_of(spread, std::min(flat, kFar * spread.reach())).even)
    throw Error("sides of an edge that are not even, expected nothing else there");
  const LineSpread line(spread, middle, flat);
  for (int i = 0; i <= 50; i++) out.mtf.push_back(line.mtf(i * EdgeResponse::kStep));
  add_mtf50(line, out);
  return out;
}

double angle_of(const EdgeLine& line) { return std::atan(line.slope / line.half) * 180 / pi; }

void check_line(const EdgeSpreadFit& fit) {
  const double angle = std::abs(angle_of(fit.line));
  if (fit.spread.size() == 0) throw Error("too few pixels around an edge, expected 200 of a color");
  if (angle < kLeastAngle || angle > kMostAngle) throw Error("an edge ", text(angle), " degrees off the axis, expected 2 to 20");
  if (std::abs(2 * fit.line.bow / fit.line.half) > kMostTurn || fit.crooked > kMostCrooked)
    throw Error("an edge that is not straight: ", text(std::max(std::abs(fit.line.bow), fit.crooked)), " pixels off a line");
}

EdgeSpreadFit fit_color(const MosaicLight& mosaic, const EdgeLine& line, double reach, int color) {
  const Samples samples = samples_of(mosaic, line, reach, color);
  if (static_cast<double>(samples.clipped) > kClippedShare * static_cast<double>(samples.pixels.size()))
    throw Error("clipped pixels at an edge: ", samples.clipped, " of ", samples.pixels.size());
  const EdgeSpreadFit fit = fit_edge_spread(samples.pixels, line, reach);
  check_line(fit);
  return fit;
}

/// From the lowest to the highest place of the line.
std::array<double, 2> extent_of(const EdgeLine& line) {
  const std::array ends{line.at(line.middle - line.half), line.at(line.middle), line.at(line.middle + line.half)};
  return {*std::min_element(ends.begin(), ends.end()), *std::max_element(ends.begin(), ends.end())};
}

/// How far on both sides there are pixels of `inside`, all along the edge.
double reach_of(const EdgeLine& line, const Rect& inside) {
  const bool rows = line.axis == MosaicAxis::kRows;
  const double from = rows ? inside.x : inside.y, to = from + (rows ? inside.width : inside.height);
  const auto [low, high] = extent_of(line);
  const double reach =
      std::min({kReach, (low - from) / std::hypot(1.0, line.slope / line.half), (to - high) / std::hypot(1.0, line.slope / line.half)});
  if (reach < kLeastReach) throw Error("an edge ", text(std::max(0.0, reach)), " pixels from the border, expected ", text(kLeastReach));
  return reach;
}

Rect area_of(const EdgeLine& line, double reach, Size frame) {
  const auto [low, high] = extent_of(line);
  const bool rows = line.axis == MosaicAxis::kRows;
  const auto side = [](double from, double to, int end) {
    const int first = std::max(0, static_cast<int>(from)), last = std::min(end, static_cast<int>(std::ceil(to)));
    return std::array{first, last - first};
  };
  const auto u = side(low - reach, high + reach, rows ? frame.width : frame.height);
  const auto v = side(line.middle - line.half, line.middle + line.half, rows ? frame.height : frame.width);
  return rows ? Rect{u[0], v[0], u[1], v[1]} : Rect{v[0], u[0], v[1], u[1]};
}

SlantedEdge measured(const RawFrame& frame, const EdgeLine& candidate, const Rect& inside) {
  const MosaicLight mosaic(frame, candidate.axis);
  const double reach = reach_of(candidate, inside);
  SlantedEdge out;
  EdgeLine line = candidate;
  for (const std::size_t color : {std::size_t{1}, std::size_t{0}, std::size_t{2}}) {
    try {
      const EdgeSpreadFit fit = fit_color(mosaic, line, reach, static_cast<int>(color));
      if (color == 1) line = fit.line;  // the others begin where green was found
      out.colors[color] = response_of(fit);
    } catch (const Error& error) {
      throw Error(kColors[color], ": ", error.what());
    }
  }
  const bool rows = line.axis == MosaicAxis::kRows;
  out.direction = rows ? SlantedEdge::Direction::kNearVertical : SlantedEdge::Direction::kNearHorizontal;
  out.angle = rows ? -angle_of(line) : angle_of(line);
  out.bow = line.bow;
  out.area = area_of(line, reach, frame.size());
  return out;
}

}  // namespace

SlantedEdge measure_slanted_edge(const RawFrame& frame, const std::optional<Rect>& area) {
  const MosaicLight checked(frame);
  const Rect whole{0, 0, frame.size().width, frame.size().height}, inside = area.value_or(whole);
  const bool fits = inside.x >= 0 && inside.y >= 0 && inside.width > 0 && inside.height > 0 && inside.width <= whole.width - inside.x &&
                    inside.height <= whole.height - inside.y;
  if (!fits) throw Error("a rectangle outside of a frame of ", frame.size());
  const EdgeCandidates candidates = find_edges(frame, inside);
  std::string refused;
  for (const EdgeLine& line : candidates.lines) {
    try {
      return measured(frame, line, inside);
    } catch (const Error& error) {
      if (refused.empty()) refused = error.what();
    }
  }
  if (refused.empty()) refused = candidates.refused.empty() ? "nothing in it has contrast" : candidates.refused;
  throw Error("no slanted edge that can be measured: ", refused);
}

double gaussian_mtf(double sigma, double frequency) { return std::exp(-2 * pi * pi * sigma * sigma * frequency * frequency); }

double sigma_of_mtf50(double mtf50) { return std::sqrt(std::numbers::ln2 / 2) / (pi * mtf50); }

SharpenParams sharpening_of(const EdgeResponse& green) {
  constexpr double kSmallest = 0.3, kLargest = 1.5, kRings = 1.05;  // the first two: SharpenParams' range
  SharpenParams out;
  if (!(green.sigma >= kSmallest)) return out;
  const double radius = std::min(green.sigma, kLargest);
  out.radius = static_cast<float>(radius);
  const auto rings = [&](double amount) {
    for (std::size_t i = 0; i < green.mtf.size(); i++) {
      const double blur = gaussian_mtf(radius, static_cast<double>(i) * EdgeResponse::kStep);
      if (green.mtf[i] * (1 + (1 - blur) * (2 * amount - amount * amount * blur)) > kRings) return true;
    }
    return false;
  };
  double amount = 1;
  while (amount > 0 && rings(amount)) amount -= 1.0 / 64;
  out.amount = static_cast<float>(std::max(0.0, amount));
  return out;
}

}  // namespace argent
