#include "aaa/light_tracker.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace argent {
namespace {

constexpr float kUnknown = 1e9f;
constexpr float kMaxClipped = 0.01f, kMinLevel = 0.002f, kMaxLevel = 0.98f;  // of a zone that is believed
constexpr double kMinShare = 0.25;                                           // of the zones that have to be comparable
constexpr float kMaxSpread = 0.12f;                                          // EV, median distance of the zones from their median

/// log2 of the zone's green level over the exposure.
float scene_level(const Statistics::Zone& zone, double applied_ev) {
  const float level = zone.mean[1];
  if (!(level > kMinLevel && level < kMaxLevel) || !(zone.clipped <= kMaxClipped) || zone.count[1] == 0) return kUnknown;
  return std::log2(level) - static_cast<float>(applied_ev);
}

float median(std::span<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

std::optional<double> LightTracker::change(const Statistics& statistics, double applied_ev) const {
  if (!statistics.has_grid() || statistics.columns != columns_ || statistics.rows != rows_) return std::nullopt;
  std::array<float, kZones> changes;
  std::size_t count = 0;
  const auto zones = static_cast<std::size_t>(columns_ * rows_);
  for (std::size_t i = 0; i < zones; i++) {
    const float now = scene_level(statistics.zones[i], applied_ev);
    if (now != kUnknown && reference_[i] != kUnknown) changes[count++] = now - reference_[i];
  }
  if (static_cast<double>(count) < kMinShare * static_cast<double>(zones)) return std::nullopt;
  const std::span<float> used = std::span(changes).first(count);
  const float middle = median(used);
  for (float& c : used) c = std::abs(c - middle);
  return median(used) < kMaxSpread ? std::optional<double>(middle) : std::nullopt;
}

void LightTracker::set_reference(const Statistics& statistics, double applied_ev) {
  if (!statistics.has_grid()) return;
  columns_ = statistics.columns;
  rows_ = statistics.rows;
  for (std::size_t i = 0; i < static_cast<std::size_t>(columns_ * rows_); i++) reference_[i] = scene_level(statistics.zones[i], applied_ev);
}

}  // namespace argent
