#include "calibration/fit/linearity.h"

#include <algorithm>
#include <cmath>

#include "calibration/fit/site_plane.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr double kMostClipped = 0.001;  // of the middle's pixels
constexpr double kAlike = 1e-3;         // relative difference of exposures that are one
constexpr double kLowest = 0.05, kHighest = 0.9, kFitLowest = 0.1, kFitHighest = 0.7;

struct Middle {
  double mean = 0;  ///< codes above black, greens
  double clipped = 0;
};

Middle middle_of(const RawFrame& frame, const std::array<double, 4>& black) {
  Middle out;
  double count = 0;
  for (const SitePlane& plane : site_planes(frame)) {
    if (plane.channel() != 1) continue;
    const double white = static_cast<double>(frame.sensor.white[plane.site]);
    for (int y = plane.height / 4; y < plane.height - plane.height / 4; y++) {
      for (int x = plane.width / 4; x < plane.width - plane.width / 4; x++) {
        const double code = plane.at(x, y);
        out.mean += code - black[plane.site];
        out.clipped += code >= white;
        count++;
      }
    }
  }
  out.mean /= count;
  out.clipped /= count;
  return out;
}

}  // namespace

Linearity fit_linearity(std::span<const RawFrame* const> frames, const std::array<double, 4>& black) {
  check_alike(frames);
  const double range = static_cast<double>(frames.front()->sensor.white[1]) - black[1];
  if (!(range > 0)) throw Error("black level ", black[1], " not below white level ", frames.front()->sensor.white[1]);
  Linearity out;
  for (const RawFrame* frame : frames) {
    const SensorSettings& settings = frame->applied.settings;
    if (!(settings.exposure.count() > 0)) throw Error("a frame that doesn't know its exposure time");
    const Middle middle = middle_of(*frame, black);
    if (middle.clipped < kMostClipped)
      out.points.push_back({settings.exposure.count() * static_cast<double>(settings.analogue_gain), middle.mean, 0, false});
  }
  std::sort(out.points.begin(), out.points.end(), [](const ResponsePoint& a, const ResponsePoint& b) { return a.exposure < b.exposure; });
  int different = 0;
  double sum = 0, count = 0, last = 0;
  for (ResponsePoint& point : out.points) {
    different += point.exposure > last * (1 + kAlike);
    last = point.exposure;
    point.fitted = point.level > kFitLowest * range && point.level < kFitHighest * range;
    if (point.fitted) sum += point.level / point.exposure, count++;
  }
  if (different < 3) throw Error("linearity from ", different, " exposures that don't clip, expected three or more");
  if (count < 2) throw Error("linearity from exposures none of which lies between 10 % and 70 % of white");
  out.codes_per_exposure = sum / count;
  if (!(out.codes_per_exposure > 0)) throw Error("a response that doesn't rise with exposure");
  for (ResponsePoint& point : out.points) {
    point.deviation = point.level / (out.codes_per_exposure * point.exposure) - 1;
    if (point.level < kLowest * range || point.level > kHighest * range || std::abs(point.deviation) <= std::abs(out.worst)) continue;
    out.worst = std::abs(point.deviation);
    out.worst_exposure = point.exposure;
  }
  return out;
}

double saturation_code(std::span<const RawFrame* const> frames) {
  constexpr double kShare = 0.0005;
  constexpr int kPile = 8;  // codes of 12 bits: read noise spreads a full well's
  double found = 0;
  for (const RawFrame* frame : frames) {
    CodeCounts counts;
    for (const SitePlane& plane : site_planes(*frame)) counts.add(plane);
    int top = 65535;
    while (top > 0 && counts.of(static_cast<std::size_t>(top)) == 0) top--;
    const int width = std::max(2, kPile << std::max(0, frame->sensor.bits - 12));
    const auto between = [&](int low, int high) {
      return static_cast<double>(counts.moments(static_cast<double>(low), static_cast<double>(high)).count);
    };
    if (top < 5 * width) continue;
    const double pile = between(top - width + 1, top), below = between(top - 4 * width + 1, top - width);
    if (pile < kShare * static_cast<double>(counts.total()) || pile <= below) continue;
    int middle = top;
    for (double above = 0; middle > top - width; middle--) {
      above += static_cast<double>(counts.of(static_cast<std::size_t>(middle)));
      if (above >= pile / 2) break;
    }
    found = std::max(found, static_cast<double>(middle));
  }
  return found;
}

}  // namespace argent
