// cell_codes: what is measured as one, a Bayer quad, a 3x3 cell of X-Trans or a pixel that has all colors: its light, and how many of its
// codes are clipped or dark.
//
// Domain: sensor codes -> light, 1 = saturation, and counts
// Shape:  CellCodes at a place; levels (site, 0 black / 1 scale / 2 code of saturation / 3 codes below are dark / 4 light of code 0)
// Source: own
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "Halide.h"
#include "llvm_words.h"
#include "stages/xtrans_cells.h"

namespace argent::stages {

enum class Cell { kQuad, kXtrans, kPixel };

/// Pixels of its side.
constexpr int side_of(Cell cell) { return cell == Cell::kQuad ? 2 : cell == Cell::kXtrans ? 3 : 1; }

inline std::vector<std::size_t> green_sites(Cell cell) {
  if (cell == Cell::kXtrans) return {0, 2, 4, 6, 8};
  return {1, 2};
}

struct CellCodes {
  std::vector<Halide::Expr> sites;  ///< u32
  std::vector<Halide::Expr> pairs;  ///< of a quad's rows, where llvm_words.h has words for them
  Halide::Expr red_beside;          ///< X-Trans: whether its middle has red beside it

  void add_pair(Halide::Expr pair) {
    sites.push_back(pair & 0xffff);
    sites.push_back(pair >> 16);
    pairs.push_back(std::move(pair));
  }
};

/// How many codes are what, u32, in both halves together; whether none is clipped.
struct CellExtremes {
  Halide::Expr clipped, dark, open;
};

struct CellLevels {
  Cell cell;
  Halide::Func levels;

  /// Of a channel, 0 R, 1 G, 2 B: the mean of its sites.
  Halide::Expr light(const CellCodes& codes, int channel) const {
    using namespace Halide;
    if (channel == 1) return mean_of(codes, green_sites(cell));
    if (cell != Cell::kXtrans) return mean_of(codes, {channel == 0 ? std::size_t{0} : std::size_t{3}});
    Expr beside = mean_of(codes, {3, 5}), above = mean_of(codes, {1, 7});
    return select(channel == 0 ? codes.red_beside : !codes.red_beside, beside, above);
  }

  CellExtremes extremes(const CellCodes& codes) const {
    using namespace Halide;
    // The lowest code that is not below a level.
    const auto limit = [&](std::size_t site, int which) {
      return cast<std::uint32_t>(clamp(ceil(level(codes, site, which)), 1.0f, 65535.0f));
    };
    Expr none = cast<std::uint32_t>(0), one = cast<std::uint32_t>(1), ones = cast<std::uint32_t>(0x00010001), over = none;
    CellExtremes out{none, none, {}};
    for (std::size_t row = 0; row < codes.pairs.size(); row++) {
      const auto both = [&](int which) { return limit(2 * row, which) | limit(2 * row + 1, which) << 16; };
      Expr above = llvm_words::halves_above(codes.pairs[row], both(2) - ones), below = llvm_words::halves_above(both(3), codes.pairs[row]);
      over = over | above;
      out.clipped += ones - llvm_words::halves_above(ones, above);
      out.dark += ones - llvm_words::halves_above(ones, below);
    }
    if (codes.pairs.empty()) {
      for (std::size_t site = 0; site < codes.sites.size(); site++) {
        out.clipped += select(codes.sites[site] >= limit(site, 2), one, none);
        out.dark += select(codes.sites[site] < limit(site, 3), one, none);
      }
      over = out.clipped;
    }
    out.open = over == none;
    return out;
  }

 private:
  Halide::Expr level(const CellCodes& codes, std::size_t site, int which) const {
    using namespace Halide;
    if (cell != Cell::kXtrans) return levels(static_cast<int>(site), which);
    const CellColor color = cell_color(static_cast<int>(site) % 3, static_cast<int>(site) / 3);
    if (color == CellColor::kGreen) return levels(1, which);
    return select(color == CellColor::kBeside ? codes.red_beside : !codes.red_beside, levels(0, which), levels(3, which));
  }

  /// Of code 0 first: an instruction a site, where its black taken away and the rest scaled were two.
  Halide::Expr mean_of(const CellCodes& codes, const std::vector<std::size_t>& sites) const {
    const float share = 1.0f / static_cast<float>(sites.size());
    Halide::Expr sum = 0.0f;
    for (const std::size_t site : sites) sum += share * level(codes, site, 4);
    for (const std::size_t site : sites) sum = Halide::cast<float>(codes.sites[site]) * (share * level(codes, site, 1)) + sum;
    return sum;
  }
};

}  // namespace argent::stages
