#include "calibration/synthesis/set_faults.h"

#include <algorithm>
#include <cmath>

#include "camera/spectral/reflectances.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

/// The chart again, elsewhere, or others, or of other paint.
void place(SyntheticCapture& chart, Size size, std::vector<ChartPlace> places, std::span<const Spectrum, 24> patches) {
  chart.charts = std::move(places);
  chart.target = chart_target(patches, chart.charts, size);
}

void turn(SyntheticCapture& chart, Size size, double degrees) {
  ChartPlace turned = chart.charts.front();
  turned.turn += degrees;
  if (degrees == 90) turned.width = std::min(turned.width, 0.75 * size.height / size.width);  // its long side is upright now
  place(chart, size, {turned}, checker_reflectances());
}

void contradict(SyntheticSet& set, SyntheticCapture& chart) {
  const std::vector<KnownLight>& lights = set.options.lights;
  if (lights.size() < 2) throw Error("a contradictory set under one light, expected two or more to mistake for each other");
  const auto away = [&](std::size_t i) { return std::abs(1e6f / lights[i].cct - 1e6f / lights[chart.light].cct); };
  std::size_t said = 0;
  for (std::size_t i = 1; i < lights.size(); i++) {
    if (away(i) > away(said)) said = i;
  }
  chart.said_light = said;
  std::string name = chart_file(lights[said], set.options.lux);
  chart.file = name.insert(name.rfind('.'), "_1");  // the one of that light is there, too
}

SyntheticCapture& first_chart(SyntheticSet& set, SetFault fault) {
  const auto chart = std::find_if(set.captures.begin(), set.captures.end(), [](const auto& c) { return c.part == SetPart::kCharts; });
  if (chart == set.captures.end()) throw Error("a set without charts can't be broken by \"", name_of(fault), "\"");
  return *chart;
}

}  // namespace

void break_set(SyntheticSet& set, SetFault fault) {
  constexpr double kStops3 = 8, kStops6 = 64;
  const Size size = set.camera.sensor.size;
  SyntheticCapture& chart = first_chart(set, fault);
  const ChartPlace upright = chart.charts.front();
  switch (fault) {
    case SetFault::kMissing:
      return place(chart, size, {}, checker_reflectances());
    case SetFault::kClipped:
      chart.settings.exposure_us *= kStops3;
      return;
    case SetFault::kDark:
      chart.settings.exposure_us = std::max(1.0, std::round(chart.settings.exposure_us / kStops6));
      return;
    case SetFault::kBlurred:
      chart.settings.extra_blur = 0.5 * upright.width * size.width / 6;
      return;
    case SetFault::kTwoCharts: {
      ChartPlace left = upright, right = upright;
      left.width = right.width = 0.6 * upright.width;
      left.x = 0.26;
      right.x = 0.74;
      return place(chart, size, {left, right}, checker_reflectances());
    }
    case SetFault::kRotated90:
      return turn(chart, size, 90);
    case SetFault::kRotated180:
      return turn(chart, size, 180);
    case SetFault::kWrongChart:
      return place(chart, size, chart.charts, random_patches(set.options.seed));
    case SetFault::kNanTag:
      chart.nan_tag = true;
      return;
    case SetFault::kDuplicate: {
      SyntheticCapture copy = chart;
      copy.file.insert(copy.file.rfind('.'), "_1");
      set.captures.insert(set.captures.begin() + (&chart - set.captures.data()) + 1, std::move(copy));
      return;
    }
    case SetFault::kContradictory:
      return contradict(set, chart);
    case SetFault::kSingle:
      set.captures = {SyntheticCapture(chart)};
      return;
  }
}

}  // namespace argent
