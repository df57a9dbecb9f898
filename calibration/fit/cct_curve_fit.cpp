#include "calibration/fit/cct_curve_fit.h"

#include <algorithm>
#include <cmath>

#include "aaa/cct_curve.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using Uv = std::array<double, 2>;

constexpr double kSameTemperature = 0.01;
constexpr double kWarmthOfMired = 0.008;  // what Bayer sensors' log R/B rises by, about
constexpr double kLeastStep = 0.2;        // of that, between two captures
constexpr double kMostTurnedBack = 0.05;  // log R/B: 6 mired, what tints and measured temperatures may do
constexpr double kMargin = 1.2;           // of the farthest light that was captured

struct Node {
  double mired;
  Uv uv;
};

double mired_of(double cct) { return 1e6 / cct; }

/// By rising mired: linear between, along the last step beyond (`Beyond::kStraight`) or as at the end.
enum class Beyond { kConstant, kStraight };
Uv at(const std::vector<Node>& nodes, double mired, Beyond beyond) {
  if (nodes.size() == 1) return nodes.front().uv;
  auto above = std::lower_bound(nodes.begin(), nodes.end(), mired, [](const Node& node, double m) { return node.mired < m; });
  above = std::clamp(above, nodes.begin() + 1, nodes.end() - 1);
  const Node &a = *(above - 1), &b = *above;
  double share = (mired - a.mired) / (b.mired - a.mired);
  if (beyond == Beyond::kConstant) share = std::clamp(share, 0.0, 1.0);
  return {std::lerp(a.uv[0], b.uv[0], share), std::lerp(a.uv[1], b.uv[1], share)};
}

/// Natural captures by rising mired, those of one temperature as their mean.
std::vector<Node> natural_nodes(std::span<const WhiteCapture> captures) {
  std::vector<Node> nodes;
  std::vector<double> counts;
  std::vector<WhiteCapture> sorted(captures.begin(), captures.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const WhiteCapture& a, const WhiteCapture& b) { return a.cct > b.cct; });
  for (const WhiteCapture& capture : sorted) {
    if (!capture.natural) continue;
    const double mired = mired_of(static_cast<double>(capture.cct));
    if (nodes.empty() || mired > nodes.back().mired * (1 + kSameTemperature)) {
      nodes.push_back({mired, capture.uv});
      counts.push_back(1);
      continue;
    }
    const double n = ++counts.back();
    Node& node = nodes.back();
    node.mired += (mired - node.mired) / n;
    for (std::size_t k = 0; k < 2; k++) node.uv[k] += (capture.uv[k] - node.uv[k]) / n;
  }
  return nodes;
}

/// How warm a white is: rises with the mired.
double warmth(const Uv& uv) { return uv[0] - uv[1]; }

/// Two whites that the labels order otherwise than their colors do, by a little: the mean of both. By much: a label is wrong.
std::vector<Node> in_order(const std::vector<Node>& nodes) {
  std::vector<Node> out;
  std::vector<double> counts;
  for (const Node& node : nodes) {
    out.push_back(node);
    counts.push_back(1);
    while (out.size() > 1) {
      const Node &last = out.back(), &before = out[out.size() - 2];
      const double step = warmth(last.uv) - warmth(before.uv), expected = kWarmthOfMired * (last.mired - before.mired);
      if (step < -kMostTurnedBack) {
        throw Error("whites at ", std::lround(1e6 / last.mired), " and ", std::lround(1e6 / before.mired),
                    " K turn back: warmer light has to have more red and less blue; one of the labels is wrong");
      }
      if (step > kLeastStep * expected) break;
      const double n = counts.back(), m = counts[counts.size() - 2];
      const auto mean = [&](double a, double b) { return (m * a + n * b) / (m + n); };
      out[out.size() - 2] = {mean(before.mired, last.mired), {mean(before.uv[0], last.uv[0]), mean(before.uv[1], last.uv[1])}};
      out.pop_back();
      counts.pop_back();
      counts.back() = m + n;
    }
  }
  return out;
}

/// The curve's nearest place to a color.
struct Nearest {
  double mired, distance;  ///< greenish positive
};
Nearest nearest_to(const std::vector<Node>& curve, const Uv& uv) {
  Nearest best{curve.front().mired, 1e9};
  for (std::size_t i = 1; i < curve.size(); i++) {
    const Uv a = curve[i - 1].uv, along{curve[i].uv[0] - a[0], curve[i].uv[1] - a[1]}, from{uv[0] - a[0], uv[1] - a[1]};
    const double length = std::hypot(along[0], along[1]);
    if (!(length > 0)) continue;
    const double t = std::clamp((from[0] * along[0] + from[1] * along[1]) / (length * length), 0.0, 1.0);
    const double across = std::hypot(from[0] - t * along[0], from[1] - t * along[1]);
    if (across >= std::abs(best.distance)) continue;
    // Greenish light has less red and less blue than the curve's.
    const double side = from[0] - t * along[0] + from[1] - t * along[1] < 0 ? 1 : -1;
    best = {std::lerp(curve[i - 1].mired, curve[i].mired, t), side * across};
  }
  return best;
}

}  // namespace

CctCurveFit fit_cct_curve(std::span<const WhiteCapture> captures, std::span<const ColorMatrix> matrices) {
  for (const WhiteCapture& capture : captures) {
    if (!(capture.cct >= 1000 && capture.cct <= 100'000)) throw Error("a white at ", capture.cct, " K, expected 1000 to 100000");
    if (!std::isfinite(capture.uv[0]) || !std::isfinite(capture.uv[1])) throw Error("a white at ", capture.cct, " K that isn't finite");
  }
  const std::vector<Node> nodes = in_order(natural_nodes(captures));
  if (nodes.empty()) throw Error("a cct curve from no natural light, expected a lamp with a filament or the sky");
  const std::vector<CctPoint> shape = cct_curve_of(matrices);
  if (shape.size() < 2) throw Error("a cct curve without color matrices, expected one or more that see white");

  std::vector<Node> base;
  for (const CctPoint& point : shape) {
    const auto log_of = [](float v) { return std::log(static_cast<double>(v)); };
    base.push_back({mired_of(static_cast<double>(point.cct)), {log_of(point.red), log_of(point.blue)}});
  }
  std::sort(base.begin(), base.end(), [](const Node& a, const Node& b) { return a.mired < b.mired; });
  std::vector<Node> shift;
  for (const Node& node : nodes) {
    const Uv there = at(base, node.mired, Beyond::kStraight);
    shift.push_back({node.mired, {node.uv[0] - there[0], node.uv[1] - there[1]}});
  }

  // A place of the shape that all but is a capture's would be a step.
  const auto is_captured = [&](double mired) {
    return std::any_of(nodes.begin(), nodes.end(), [&](const Node& node) { return std::abs(mired - node.mired) < 4; });
  };
  std::vector<double> places;
  for (const Node& node : base) {
    if (!is_captured(node.mired)) places.push_back(node.mired);
  }
  for (const Node& node : nodes) places.push_back(node.mired);
  std::sort(places.begin(), places.end());
  std::vector<Node> curve;
  for (const double mired : places) {
    const Uv there = at(base, mired, Beyond::kStraight), moved = at(shift, mired, Beyond::kConstant);
    curve.push_back({mired, {there[0] + moved[0], there[1] + moved[1]}});
  }

  CctCurveFit out;
  for (auto node = curve.rbegin(); node != curve.rend(); ++node) {
    out.curve.push_back(
        {static_cast<float>(1e6 / node->mired), static_cast<float>(std::exp(node->uv[0])), static_cast<float>(std::exp(node->uv[1]))});
  }
  out.measured_from = static_cast<float>(1e6 / nodes.back().mired);
  out.measured_to = static_cast<float>(1e6 / nodes.front().mired);
  for (const WhiteCapture& capture : captures) {
    const Nearest place = nearest_to(curve, capture.uv);
    out.off_curve.push_back(place.distance);
    out.mired_off.push_back(place.mired - mired_of(static_cast<double>(capture.cct)));
    const Uv on = at(curve, place.mired, Beyond::kConstant);
    const double linear = std::hypot(std::exp(capture.uv[0]) - std::exp(on[0]), std::exp(capture.uv[1]) - std::exp(on[1]));
    float& side = place.distance > 0 ? out.transverse_positive : out.transverse_negative;
    side = std::max(side, static_cast<float>(kMargin * linear));
  }
  return out;
}

}  // namespace argent
