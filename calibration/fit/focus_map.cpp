#include "calibration/fit/focus_map.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "models/runtime/error.h"

namespace argent {
namespace {

/// Depth of field (a blur of two pixels, one quad of the mosaic) of the width at half the contrast. Measured on the simulated lens
/// (tests/calibration/fit/focus_map_test.cpp): 0.75 where zones stand for the picture, 0.52 with pixels of many edges; targets differ so
/// much.
constexpr double kDepthOfWidth = 0.62;
constexpr double kLeastRelative = 1e-4;  // of the codes' range: no peak is known better

struct Mean {
  double sum = 0, weight = 0;
  void add(double value, double error) {
    sum += value / (error * error);
    weight += 1 / (error * error);
  }
  bool empty() const { return weight == 0; }
  Measured result() const { return {sum / weight, 1 / std::sqrt(weight)}; }
};

/// Peaks at one distance by the way the lens went.
struct Distance {
  Mean rising, falling;
};

struct Place {
  double dioptres = 0, code = 0, error = 1;
};

struct Line {
  Measured infinity, slope;
  double rms = 0, chi_square = 0;  ///< chi_square: for each degree of freedom
  double at(double dioptres) const { return infinity.value + slope.value * dioptres; }
};

Line line_through(const std::vector<Place>& places) {
  double w = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (const Place& p : places) {
    const double weight = 1 / (p.error * p.error);
    w += weight;
    x += weight * p.dioptres;
    y += weight * p.code;
    xx += weight * p.dioptres * p.dioptres;
    xy += weight * p.dioptres * p.code;
  }
  const double determinant = w * xx - x * x;
  Line line;
  line.slope = {(w * xy - x * y) / determinant, std::sqrt(w / determinant)};
  line.infinity = {(xx * y - x * xy) / determinant, std::sqrt(xx / determinant)};
  for (const Place& p : places) {
    const double off = p.code - line.at(p.dioptres);
    line.rms += off * off / static_cast<double>(places.size());
    if (places.size() > 2) line.chi_square += off * off / (p.error * p.error) / static_cast<double>(places.size() - 2);
  }
  line.rms = std::sqrt(line.rms);
  // Peaks that miss the line by more than their errors say what these are worth.
  const double worse = std::sqrt(std::max(1.0, line.chi_square));
  line.slope.error *= worse;
  line.infinity.error *= worse;
  return line;
}

std::map<double, Distance> distances_of(const std::vector<SweepPeak>& sweeps, double range) {
  std::map<double, Distance> out;
  for (const SweepPeak& peak : sweeps) {
    if (!peak.left_out.empty()) continue;
    Distance& distance = out[peak.dioptres];
    (peak.way == SweepPeak::Way::kRisingCodes ? distance.rising : distance.falling)
        .add(peak.code, std::max(peak.error, kLeastRelative * range));
  }
  return out;
}

double range_of(const std::vector<SweepPeak>& sweeps) {
  double least = 1e30, most = -1e30;
  for (const SweepPeak& peak : sweeps) {
    if (!peak.left_out.empty()) continue;
    least = std::min(least, peak.code);
    most = std::max(most, peak.code);
  }
  return std::max(most - least, 1e-9);
}

/// One code a distance, as the lens has it coming from far.
std::vector<Place> places_of(const std::map<double, Distance>& distances, double sign, const std::optional<Measured>& backlash) {
  std::vector<Place> out;
  for (const auto& [dioptres, distance] : distances) {
    const Mean &nearing = sign > 0 ? distance.rising : distance.falling, &receding = sign > 0 ? distance.falling : distance.rising;
    const Measured code = nearing.empty() ? receding.result() : nearing.result();
    const bool moved = nearing.empty() && backlash;
    out.push_back(
        {dioptres, code.value + (moved ? sign * backlash->value : 0), moved ? std::hypot(code.error, backlash->error) : code.error});
  }
  return out;
}

/// Friction makes the lens lag behind its codes whichever way near is: rising codes come later to the same place.
std::optional<Measured> backlash_of(const std::map<double, Distance>& distances) {
  Mean mean;
  for (const auto& [dioptres, distance] : distances) {
    if (distance.rising.empty() || distance.falling.empty()) continue;
    const Measured rising = distance.rising.result(), falling = distance.falling.result();
    mean.add(rising.value - falling.value, std::hypot(rising.error, falling.error));
  }
  return mean.empty() ? std::nullopt : std::optional(mean.result());
}

/// Pool adjacent violators (Ayer et al. 1955), pooled ones become one point so that the map stays strict.
std::vector<LensMap::Point> monotone(const std::vector<Place>& places, double sign) {
  struct Pool {
    double weight, dioptres, code;
  };
  std::vector<Pool> pools;
  for (const Place& place : places) {
    pools.push_back({1 / (place.error * place.error), place.dioptres, place.code});
    while (pools.size() > 1 && sign * (pools.back().code - pools[pools.size() - 2].code) <= 0) {
      const Pool last = pools.back();
      pools.pop_back();
      Pool& pool = pools.back();
      const double weight = pool.weight + last.weight;
      pool = {weight, (pool.dioptres * pool.weight + last.dioptres * last.weight) / weight,
              (pool.code * pool.weight + last.code * last.weight) / weight};
    }
  }
  std::vector<LensMap::Point> points;
  for (const Pool& pool : pools) points.push_back({static_cast<float>(pool.dioptres), static_cast<float>(pool.code)});
  return points;
}

std::optional<Measured> depth_of(const std::vector<SweepPeak>& sweeps, double per_dioptre) {
  double sum = 0, squares = 0;
  int count = 0;
  for (const SweepPeak& peak : sweeps) {
    if (!peak.left_out.empty() || !(peak.width > 0)) continue;
    const double depth = kDepthOfWidth * peak.width / std::abs(per_dioptre);
    sum += depth;
    squares += depth * depth;
    count++;
  }
  if (count == 0) return std::nullopt;
  const double mean = sum / count;
  // One width alone is known to as much as targets make widths differ.
  constexpr double kAlone = 0.3;
  return Measured{mean, count > 1 ? std::sqrt(std::max(0.0, squares / count - mean * mean) / (count - 1)) : kAlone * mean};
}

std::string reasons(const std::vector<SweepPeak>& sweeps) {
  std::string out;
  for (const SweepPeak& peak : sweeps) {
    if (peak.left_out.empty()) continue;
    out += "; the sweep at " + std::to_string(peak.dioptres).substr(0, 5) + " dioptres: " + peak.left_out;
    if (out.size() > 300) break;
  }
  return out;
}

}  // namespace

FocusMap fit_focus_map(std::span<const FocusSweep> sweeps) {
  FocusMap out;
  for (const FocusSweep& sweep : sweeps) out.sweeps.push_back(find_peak(sweep));
  const double range = range_of(out.sweeps);
  const auto distances = distances_of(out.sweeps, range);
  if (distances.size() < 2) throw Error("found ", distances.size(), " distances with a peak, expected 2 or more", reasons(out.sweeps));
  const double sign = line_through(places_of(distances, 1, std::nullopt)).slope.value > 0 ? 1 : -1;
  out.backlash = backlash_of(distances);
  const std::vector<Place> places = places_of(distances, sign, out.backlash);
  const Line line = line_through(places);
  out.infinity = line.infinity;
  out.per_dioptre = line.slope;
  out.off_line = line.rms;
  if (!(std::abs(line.slope.value) > 3 * line.slope.error))
    throw Error("found ", line.slope.value, " codes a dioptre, uncertain by ", line.slope.error,
                ", expected codes that follow the distance");
  constexpr double kMissed = 0.01, kErrors = 2;
  out.curved = places.size() >= 4 && line.rms > kMissed * range && line.chi_square > kErrors * kErrors;
  if (out.curved) out.points = monotone(places, sign);
  if (out.points.size() < 2) {
    out.curved = false;
    out.points.clear();
    for (const double dioptres : {places.front().dioptres, places.back().dioptres})
      out.points.push_back({static_cast<float>(dioptres), static_cast<float>(line.at(dioptres))});
  }
  const double slope = std::abs(line.slope.value);
  if (out.backlash) out.backlash_dioptres = Measured{out.backlash->value / slope, out.backlash->error / slope};
  out.depth_of_field = depth_of(out.sweeps, slope);
  return out;
}

AutoFocusParams focus_params(const FocusMap& map, const std::optional<CodeRange>& codes, const AutoFocusParams& start) {
  const LensMap lens(map.points);
  AutoFocusParams out = start;
  const float measured_from = map.points.front().dioptres, measured_to = map.points.back().dioptres;
  const float beyond = (measured_to - measured_from) / 2;
  float far = measured_from, near = measured_to;
  if (codes) {
    const float a = lens.dioptres(static_cast<int>(std::lround(codes->least))),
                b = lens.dioptres(static_cast<int>(std::lround(codes->most)));
    far = std::max(std::min(a, b), measured_from - beyond);
    near = std::min(std::max(a, b), measured_to + beyond);
  }
  constexpr float kNearest = 100;  // FocusRange's bound
  far = std::clamp(far, 0.0f, kNearest);
  near = std::clamp(near, far, kNearest);
  const auto share = [&](float of_fifteen) { return far + (near - far) * of_fifteen / 15; };
  out.full = {far, near, std::clamp(1.0f, far, near)};
  out.normal = {far, share(12), std::clamp(1.0f, far, share(12))};
  out.macro = {share(3), near, share(4)};
  if (map.depth_of_field) {
    const float depth = std::clamp(static_cast<float>(map.depth_of_field->value), 0.03f, 6.0f);
    out.lens.depth_of_field = depth;
    out.fine_step = 0.44f * depth;
    out.normal_speed = 2.2f * depth;
    out.fast_speed = 3.3f * depth;
  }
  if (map.backlash_dioptres)
    out.lens.backlash = std::clamp(static_cast<float>(map.backlash_dioptres->value + 2 * map.backlash_dioptres->error), 0.0f, 10.0f);
  return out;
}

}  // namespace argent
