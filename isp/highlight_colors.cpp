#include "isp/highlight_colors.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "isp/kernel_inputs.h"
#include "models/runtime/parallel.h"

namespace argent {
namespace {

constexpr int kNodeDistance = 64;      // pixels
constexpr double kOfFarther = 0.0625;  // weight of what lies twice as far
constexpr int kDoublings = 5;
constexpr int kBayerStep = 2;  // every second cell each way says enough of a neighborhood

/// Sums over cells: of roots of the other two channels a, b and the first f.
struct Moments {
  double aa = 0, ab = 0, bb = 0, af = 0, bf = 0;
  void add(const Moments& m, double weight) {
    aa += weight * m.aa;
    ab += weight * m.ab;
    bb += weight * m.bb;
    af += weight * m.af;
    bf += weight * m.bf;
  }
};

struct Grid {
  int columns, rows;
  std::vector<Moments> nodes;
  Grid(int c, int r) : columns(c), rows(r), nodes(static_cast<std::size_t>(c) * static_cast<std::size_t>(r)) {}
  Moments& at(int column, int row) {
    return nodes[static_cast<std::size_t>(std::clamp(row, 0, rows - 1)) * static_cast<std::size_t>(columns) +
                 static_cast<std::size_t>(std::clamp(column, 0, columns - 1))];
  }
};

/// Adds to every node what lies farther away: pyramid by pyramid, bilinear between the coarser nodes.
void spread(Grid& grid, int doublings) {
  if (doublings == 0 || std::min(grid.columns, grid.rows) < 2) return;
  Grid coarse((grid.columns + 1) / 2, (grid.rows + 1) / 2);
  for (int row = 0; row < grid.rows; row++) {
    for (int column = 0; column < grid.columns; column++) coarse.at(column / 2, row / 2).add(grid.at(column, row), 1);
  }
  spread(coarse, doublings - 1);
  for (int row = 0; row < grid.rows; row++) {
    for (int column = 0; column < grid.columns; column++) {
      const int beside = column / 2 + (column % 2 == 0 ? -1 : 1), below = row / 2 + (row % 2 == 0 ? -1 : 1);
      Moments& node = grid.at(column, row);
      node.add(coarse.at(column / 2, row / 2), kOfFarther * 9 / 16);
      node.add(coarse.at(beside, row / 2), kOfFarther * 3 / 16);
      node.add(coarse.at(column / 2, below), kOfFarther * 3 / 16);
      node.add(coarse.at(beside, below), kOfFarther / 16);
    }
  }
}

/// Cells of one period of the mosaic: means of the balanced colors, and whether any pixel clips.
class Cells {
 public:
  Cells(const RawFrame& frame, const Vec3& gains, float threshold) : frame_(frame), period_(period_of(frame.sensor.cfa)) {
    constexpr std::array<std::size_t, 4> kChannel{0, 1, 1, 2};
    std::array<int, 3> counts{};
    for (int y = 0; y < period_; y++) {
      for (int x = 0; x < period_; x++) counts[kChannel[static_cast<std::size_t>(site_of(frame.sensor, x, y))]]++;
    }
    for (int y = 0; y < period_; y++) {
      for (int x = 0; x < period_; x++) {
        const auto site = static_cast<std::size_t>(site_of(frame.sensor, x, y));
        const std::size_t channel = kChannel[site];
        const float black = frame.sensor.black[site], range = frame.sensor.white[site] - black;
        pixels_.push_back({y * frame.stride + x, channel, black, gains[channel] / (range * static_cast<float>(counts[channel])),
                           black + threshold * range});
      }
    }
  }
  int period() const { return period_; }

  /// Whether any pixel does, in cells of `columns` and of rows from `begin` to `end`.
  bool any_clips(int columns, int begin, int end) const {
    float lowest = pixels_.front().clipped;
    for (const Pixel& pixel : pixels_) lowest = std::min(lowest, pixel.clipped);
    for (int y = begin * period_; y < end * period_; y++) {
      // Whole vectors first: few rows have such a code.
      const std::uint16_t* codes = frame_.data + y * frame_.stride;
      std::uint16_t most = 0;
      for (int x = 0; x < columns * period_; x++) most = std::max(most, codes[x]);
      Vec3 color;
      for (int column = 0; static_cast<float>(most) >= lowest && column < columns; column++) {
        if (clips(column, y / period_, color)) return true;
      }
    }
    return false;
  }

  /// Whether cell (column, row) clips; if not, with its color.
  bool clips(int column, int row, Vec3& color) const {
    const std::uint16_t* corner = frame_.data + row * period_ * frame_.stride + column * period_;
    color = {0, 0, 0};
    for (const Pixel& pixel : pixels_) {
      const auto code = static_cast<float>(corner[pixel.offset]);
      if (code >= pixel.clipped) return true;
      color[pixel.channel] += std::max(code - pixel.black, 0.0f) * pixel.scale;
    }
    return false;
  }

 private:
  struct Pixel {
    std::ptrdiff_t offset;
    std::size_t channel;
    float black, scale, clipped;
  };
  const RawFrame& frame_;
  int period_;
  std::vector<Pixel> pixels_;
};

}  // namespace

HighlightColors mean_of_others(int first) {
  HighlightColors out;
  for (int c = 0; c < 3; c++) out.weights[static_cast<std::size_t>(c)] = {c == first ? 0.0f : 0.5f};
  return out;
}

HighlightColors highlight_colors(KernelContext& context, const RawFrame& codes, const Vec3& gains, int first, float threshold) {
  const Size size = codes.size();
  const Cells cells(codes, gains, threshold);
  const int period = cells.period(), columns = size.width / period, rows = size.height / period;
  if (first < 0 || columns < 1 || rows < 1) return mean_of_others(first);
  const auto f = static_cast<std::size_t>(first), a = first == 0 ? std::size_t{1} : std::size_t{0},
             b = first == 2 ? std::size_t{1} : std::size_t{2};

  Grid grid(size.width / kNodeDistance + 2, size.height / kNodeDistance + 2);
  const auto node_of = [](int cell, int cells_of_side, int nodes) {
    return ((2 * cell + 1) * (nodes - 1) + cells_of_side) / (2 * cells_of_side);
  };  // the nearest
  std::atomic<bool> any_clips = false;
  constexpr int kRowsAtOnce = 64;
  parallel_for(context.pool(), context.threads(), rows, kRowsAtOnce, [&](std::int64_t from, std::int64_t to) {
    if (!any_clips && cells.any_clips(columns, static_cast<int>(from), static_cast<int>(to))) any_clips = true;
  });
  if (!any_clips) return mean_of_others(first);
  std::vector<int> begins(static_cast<std::size_t>(grid.rows) + 1, rows);  // of the rows that are nearest to a node
  for (int row = rows - 1; row >= 0; row--) begins[static_cast<std::size_t>(node_of(row, rows, grid.rows))] = row;
  for (int i = grid.rows - 1; i >= 0; i--)
    begins[static_cast<std::size_t>(i)] = std::min(begins[static_cast<std::size_t>(i)], begins[static_cast<std::size_t>(i) + 1]);
  const int step = period > 2 ? 1 : kBayerStep;
  parallel_for(context.pool(), context.threads(), grid.rows, 1, [&](std::int64_t from, std::int64_t to) {
    for (int row = begins[static_cast<std::size_t>(from)]; row < begins[static_cast<std::size_t>(to)]; row++) {
      for (int column = 0; column < columns && row % step == 0; column += step) {
        Vec3 color;
        if (cells.clips(column, row, color)) continue;
        const double one = std::sqrt(double(color[a])), other = std::sqrt(double(color[b])), own = std::sqrt(double(color[f]));
        const double light = (double(color[a]) + double(color[b])) / 2, weight = light * light;
        const Moments cell{one * one, one * other, other * other, one * own, other * own};
        grid.at(node_of(column, columns, grid.columns), node_of(row, rows, grid.rows)).add(cell, weight);
      }
    }
  });
  spread(grid, kDoublings);

  double energy = 1e-12;
  for (const Moments& m : grid.nodes) energy += (m.aa + m.bb) / double(grid.nodes.size());
  HighlightColors out{grid.columns, grid.rows, {}};
  for (const Moments& m : grid.nodes) {
    const double aa = m.aa + energy, bb = m.bb + energy, af = m.af + energy / 2, bf = m.bf + energy / 2, det = aa * bb - m.ab * m.ab;
    out.weights[a].push_back(static_cast<float>((af * bb - bf * m.ab) / det));
    out.weights[b].push_back(static_cast<float>((bf * aa - af * m.ab) / det));
    out.weights[f].push_back(0);
  }
  return out;
}

HighlightColors highlight_colors_of(KernelContext& context, const RawFrame& codes, const Vec3& gains, int first,
                                    const HighlightParams& params) {
  return params.neighbors ? highlight_colors(context, codes, gains, first, params.threshold) : mean_of_others(first);
}

}  // namespace argent
