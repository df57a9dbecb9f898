// aaa/illuminants/color_votes.h - private: the colors of a scene, each once.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "aaa/illuminants/greyness.h"

namespace argent {

/// Colors of nearly one place in log-chroma (u, v), seen as one.
struct ColorVote {
  float u = 0, v = 0;
  float weight = 0;
};

/// Gathers colors in cells of 0.07 log units; what is beyond a ratio of 30 lies in those at the border.
class ColorCells {
 public:
  ColorCells() { vote_of_.fill(-1); }
  /// Weights above 0 count.
  void add(float u, float v, float weight);
  /// The weighted mean color of each cell that has one, with the sum of its weights; valid until something is added or cleared.
  std::span<ColorVote> votes();
  void clear();

 private:
  static constexpr int kCells = 97;  // a side
  static int cell_of(float log_ratio);

  std::array<std::int16_t, kCells * kCells> vote_of_;
  std::vector<ColorVote> sums_, votes_;
};

/// The votes of color_votes() add up to this.
inline constexpr float kVotes = 20;

/// Grey (by the contrast with their neighbors) and bright zones count more; a large object counts by the square root of its area.
/// `share`: of each used zone, 0..1; empty: 1. Empty when no zone is used.
std::vector<ColorVote> color_votes(const ZoneColors& zones, const ZoneLooks& looks, std::span<const float> share = {});
/// The same, in the memory of `cells`.
std::span<const ColorVote> color_votes(const ZoneColors& zones, const ZoneLooks& looks, std::span<const float> share, ColorCells& cells);

}  // namespace argent
