#include "aaa/illuminants/color_votes.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr float kCell = 0.07f;    // log units: zones nearer than about this are one color
constexpr float kColored = 0.2f;  // weight of a zone that is surely no grey, against 1
constexpr float kDim = 0.3f;      // weight of the darkest zone, against 1

}  // namespace

int ColorCells::cell_of(float log_ratio) {
  constexpr float kMiddle = kCells / 2.0f;
  return static_cast<int>(std::clamp(log_ratio / kCell + kMiddle, 0.0f, kCells - 1.0f));
}

void ColorCells::add(float u, float v, float weight) {
  if (!(weight > 0)) return;
  std::int16_t& place = vote_of_[static_cast<std::size_t>(cell_of(u) * kCells + cell_of(v))];
  if (place < 0) {
    place = static_cast<std::int16_t>(sums_.size());
    sums_.push_back({});
  }
  ColorVote& sum = sums_[static_cast<std::size_t>(place)];
  sum.u += weight * u;
  sum.v += weight * v;
  sum.weight += weight;
}

std::span<ColorVote> ColorCells::votes() {
  votes_.clear();
  votes_.reserve(sums_.size());
  for (const ColorVote& sum : sums_) votes_.push_back({sum.u / sum.weight, sum.v / sum.weight, sum.weight});
  return votes_;
}

void ColorCells::clear() {
  vote_of_.fill(-1);
  sums_.clear();
}

std::vector<ColorVote> color_votes(const ZoneColors& zones, const ZoneLooks& looks, std::span<const float> share) {
  ColorCells cells;
  const std::span<const ColorVote> votes = color_votes(zones, looks, share, cells);
  return {votes.begin(), votes.end()};
}

std::span<const ColorVote> color_votes(const ZoneColors& zones, const ZoneLooks& looks, std::span<const float> share, ColorCells& cells) {
  cells.clear();
  for (std::size_t i = 0; i < zones.used.size(); i++) {
    const float of = share.empty() ? 1 : share[i];
    cells.add(zones.used[i].u, zones.used[i].v,
              of * (kColored + (1 - kColored) * looks.greyness[i]) * (kDim + (1 - kDim) * looks.brightness[i]));
  }
  const std::span<ColorVote> votes = cells.votes();
  float sum = 0;
  for (ColorVote& vote : votes) {
    vote.weight = std::sqrt(vote.weight);
    sum += vote.weight;
  }
  for (ColorVote& vote : votes) vote.weight *= kVotes / sum;
  return votes;
}

}  // namespace argent
