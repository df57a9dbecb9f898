#include "aaa/frame_check.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace argent {
namespace {

constexpr float kBelowBlack = -0.01f;                // of saturation: no noise takes a zone's mean there
constexpr float kMinLevel = 0.004f, kMaxLevel = 1;   // of a zone; below, differences say nothing
constexpr float kSame = 1.5f;                        // times the median change of a row
constexpr float kUnlike = 0.4f;                      // of a row's zones
constexpr double kMost = 0.75;                       // of the rows on one side of the tear
constexpr float kClipped = 0.2f;                     // of a zone: its level is a bound
constexpr int kMinColumns = 6, kMinRows = 4;         // of a grid in which rows can be compared
constexpr int kMostUnlike = 1, kMostBelowBlack = 4;  // frames on end: then the scene is another, or the black level wrong

bool possible(const Statistics& s) {
  return s.columns >= kMinColumns && s.columns <= Statistics::kMaxGrid && s.rows >= kMinRows && s.rows <= Statistics::kMaxGrid;
}

double total_of(const Statistics& s) { return s.applied.settings.exposure.count() * static_cast<double>(s.applied.settings.analogue_gain); }

/// Most of the last row has codes below black.
bool ends_below_black(const Statistics& s) {
  int below = 0;
  for (int column = 0; column < s.columns; column++) below += s.zone(column, s.rows - 1).mean[1] < kBelowBlack;
  return 2 * below > s.columns;
}

}  // namespace

/// Whether many of a row's zones have changed by another factor than the others.
bool FrameCheck::is_unlike(const Statistics& s, int row) const {
  const float ratio = static_cast<float>(total_of(s) / total_);
  std::array<float, Statistics::kMaxGrid> changes;
  std::size_t count = 0;
  for (int column = 0; column < s.columns; column++) {
    const Statistics::Zone& zone = s.zone(column, row);
    const float expected = levels_[static_cast<std::size_t>(row * s.columns + column)] * ratio, now = zone.mean[1];
    if (!(expected > kMinLevel && now > kMinLevel) || !std::isfinite(now) || zone.clipped > kClipped) continue;
    changes[count++] = std::min(now, kMaxLevel) / std::min(expected, kMaxLevel);
  }
  if (count < static_cast<std::size_t>(kMinColumns)) return false;
  const auto end = changes.begin() + static_cast<std::ptrdiff_t>(count), middle = changes.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::nth_element(changes.begin(), middle, end);
  const float usual = *middle;
  const auto off = std::count_if(changes.begin(), end, [&](float c) { return c > kSame * usual || c * kSame < usual; });
  return static_cast<float>(off) >= kUnlike * static_cast<float>(count);
}

/// Most rows from one on to the last are unlike those of the frame before, and most rows above are like them.
bool FrameCheck::torn(const Statistics& s) const {
  if (s.columns != columns_ || s.rows != rows_ || !(total_of(s) > 0) || !std::isfinite(total_of(s))) return false;
  std::array<bool, Statistics::kMaxGrid> odd{};
  for (int row = 0; row < s.rows; row++) odd[static_cast<std::size_t>(row)] = is_unlike(s, row);
  for (auto first = odd.begin(), end = first + s.rows; first != end; ++first) {
    const auto share = [](auto from, auto to) { return static_cast<double>(std::count(from, to, true)) / static_cast<double>(to - from); };
    if (share(first, end) >= kMost && (first == odd.begin() || share(odd.begin(), first) <= 1 - kMost)) return true;
  }
  return false;
}

void FrameCheck::remember(const Statistics& s) {
  columns_ = s.columns;
  rows_ = s.rows;
  total_ = total_of(s);
  if (!(total_ > 0) || !std::isfinite(total_)) columns_ = rows_ = 0;
  for (int row = 0; row < s.rows; row++) {
    for (int column = 0; column < s.columns; column++) {
      const Statistics::Zone& zone = s.zone(column, row);
      levels_[static_cast<std::size_t>(row * s.columns + column)] =
          zone.clipped <= kClipped ? zone.mean[1] : std::numeric_limits<float>::quiet_NaN();
    }
  }
}

bool FrameCheck::damaged(const Statistics& statistics) {
  if (!possible(statistics)) return false;
  const bool below = ends_below_black(statistics), odd = !below && torn(statistics);
  below_ = below ? std::min(below_ + 1, kMostBelowBlack + 1) : 0;
  torn_ = odd ? std::min(torn_ + 1, kMostUnlike + 1) : 0;
  const bool doubted = (below && below_ <= kMostBelowBlack) || (odd && torn_ <= kMostUnlike);
  if (!doubted) remember(statistics);
  return doubted;
}

}  // namespace argent
