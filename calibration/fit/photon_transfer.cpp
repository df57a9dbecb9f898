#include "calibration/fit/photon_transfer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "calibration/fit/site_plane.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr int kTile = 16;
constexpr double kBrightest = 0.9, kTrim = 5;
constexpr std::size_t kLeastTiles = 64;
constexpr int kBins = 48;  // of the square root of the level

/// One tile of a pair.
struct Tile {
  double mean = 0, variance = 0, pixels = 0;  ///< codes
  bool usable = false;
};

/// The middle of a tile's codes: a hot pixel doesn't move it.
double median_of(const SitePlane& plane, int left, int top) {
  std::array<std::uint16_t, kTile * kTile> codes;
  std::size_t count = 0;
  for (int y = top; y < top + kTile; y++) {
    for (int x = left; x < left + kTile; x++) codes[count++] = plane.at(x, y);
  }
  const auto middle = codes.begin() + codes.size() / 2;
  std::nth_element(codes.begin(), middle, codes.end());
  return *middle;
}

/// Pixels that are no defects, neither always nor now and then: within 5 standard deviations of the tile's middle and of the other frame.
Tile tile_of(const SitePlane& one, const SitePlane& other, int left, int top, double most) {
  const double middle = median_of(one, left, top);
  double shift = 0, sigma = 1e9, spread = 1e9;  // the lamp's flicker; of differences; of the mean of two
  Tile out;
  for (int pass = 0; pass < 3; pass++) {
    double sum = 0, difference = 0, squares = 0, far = 0, kept = 0;
    for (int y = top; y < top + kTile; y++) {
      for (int x = left; x < left + kTile; x++) {
        const double a = one.at(x, y), b = other.at(x, y), mean = (a + b) / 2;
        if (a >= most || b >= most || a == 0 || b == 0) return {};
        if (std::abs(a - b - shift) > kTrim * sigma || std::abs(mean - middle - shift / 2) > kTrim * spread) continue;
        sum += mean, difference += a - b, squares += (a - b) * (a - b), far += (mean - middle) * (mean - middle), kept++;
      }
    }
    if (kept < kTile * kTile - 16) return {};
    shift = difference / kept;
    out = {sum / kept, (squares - kept * shift * shift) / (kept - 1) / 2, kept, true};
    sigma = std::sqrt(2 * std::max(out.variance, 0.1));
    // A slope of the light within the tile is no defect.
    spread = std::sqrt(std::max(far / kept, 0.1));
  }
  return out;
}

/// Sums of the tiles near one level.
struct Bin {
  double level = 0, variance = 0, pixels = 0;
  std::size_t tiles = 0;
};

class Collector {
 public:
  void add(const FramePair& pair, const std::array<double, 4>& black) {
    const std::vector<SitePlane> ones = site_planes(*pair.first), others = site_planes(*pair.second);
    for (std::size_t p = 0; p < ones.size(); p++) {
      const std::size_t site = ones[p].site;
      const double white = static_cast<double>(pair.first->sensor.white[site]), scale = white - black[site];
      if (!(scale > 0)) throw Error("black level ", black[site], " not below white level ", white);
      for (int top = 0; top + kTile <= ones[p].height; top += kTile) {
        for (int left = 0; left + kTile <= ones[p].width; left += kTile) {
          const Tile tile = tile_of(ones[p], others[p], left, top, white);
          if (!tile.usable) continue;
          const double level = (tile.mean - black[site]) / scale;
          if (level > kBrightest) continue;
          Bin& bin = bins_[static_cast<int>(std::sqrt(std::max(0.0, level)) * kBins)];
          bin.level += level * tile.pixels;
          bin.variance += tile.variance / (scale * scale) * tile.pixels;
          bin.pixels += tile.pixels;
          bin.tiles++;
          tiles_++;
        }
      }
    }
  }

  std::vector<TransferPoint> points() const {
    if (tiles_ < kLeastTiles) throw Error("noise from ", tiles_, " tiles that are neither clipped nor uneven, expected ", kLeastTiles);
    std::vector<TransferPoint> out;
    for (const auto& [index, bin] : bins_) {
      const double variance = bin.variance / bin.pixels;
      out.push_back({bin.level / bin.pixels, variance, variance * std::sqrt(2 / bin.pixels), bin.pixels});
    }
    return out;
  }

 private:
  std::map<int, Bin> bins_;
  std::size_t tiles_ = 0;
};

struct Line {
  double slope, start, slope_error, start_error;
};

/// Weights by what the line itself says the variance is: a point that came out low by chance would otherwise weigh more.
Line fitted(const std::vector<TransferPoint>& points) {
  Line line{0, 0, 0, 0};
  for (int round = 0; round < 6; round++) {
    double w = 0, wx = 0, wxx = 0, wy = 0, wxy = 0;
    for (const TransferPoint& p : points) {
      const double expected = round == 0 ? p.variance : std::max(line.start + line.slope * p.level, 1e-3 * p.variance);
      const double weight = p.pixels / (2 * expected * expected);
      w += weight, wx += weight * p.level, wxx += weight * p.level * p.level;
      wy += weight * p.variance, wxy += weight * p.level * p.variance;
    }
    const double determinant = w * wxx - wx * wx;
    if (!(determinant > 1e-12 * w * wxx)) throw Error("noise from light at one level alone, expected several");
    line = {(w * wxy - wx * wy) / determinant, (wxx * wy - wx * wxy) / determinant, std::sqrt(w / determinant),
            std::sqrt(wxx / determinant)};
  }
  return line;
}

}  // namespace

PhotonTransfer fit_photon_transfer(std::span<const FramePair> pairs, const std::array<double, 4>& black) {
  if (pairs.empty()) throw Error("noise from no pairs of frames, expected one or more");
  Collector collector;
  std::vector<const RawFrame*> all;
  for (const FramePair& pair : pairs) all.insert(all.end(), {pair.first, pair.second});
  check_alike(all);
  for (const FramePair& pair : pairs) collector.add(pair, black);
  PhotonTransfer out;
  out.analogue_gain = pairs.front().first->applied.settings.analogue_gain;
  out.pairs = static_cast<int>(pairs.size());
  out.points = collector.points();
  const Line line = fitted(out.points);
  if (!(line.slope > 0)) throw Error("noise that doesn't rise with light: slope ", line.slope);
  out.noise = {static_cast<float>(line.slope), static_cast<float>(std::max(0.0, line.start))};
  out.shot_error = line.slope_error;
  out.read_error = line.start_error;
  double pixels = 0;
  for (const TransferPoint& p : out.points) {
    const double off = p.variance / (line.slope * p.level + std::max(line.start, 1e-12)) - 1;
    out.misfit += p.pixels * off * off;
    pixels += p.pixels;
  }
  out.misfit = std::sqrt(out.misfit / pixels);
  out.electrons_at_saturation = 1 / line.slope;
  out.read_electrons = std::sqrt(std::max(0.0, line.start)) / line.slope;
  return out;
}

}  // namespace argent
