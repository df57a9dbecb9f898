#include "calibration/fit/shading_fit.h"

#include <Eigen/Sparse>
#include <algorithm>
#include <cmath>
#include <vector>

#include "calibration/fit/site_plane.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr int kTilesAcross = 128;
constexpr double kSmoothness = 0.2;
constexpr double kTrim = 4, kMostClipped = 0.01, kDarkest = 0.02, kLeastLight = 1.0 / 32;
constexpr double kMostInCorners = 1.1;  // of the middle's light, green: a correction inside the camera may overdo it, a lens can't
constexpr double kMiddle = 0.15;        // of the width and height around the middle: where colors are made equal

struct Tile {
  double u, v;   ///< its middle, 0..1 of the active array
  double light;  ///< mean above black, codes; later over the middle's
  double error;  ///< relative standard error of it
};

struct TileMean {
  double mean, error;
};

TileMean trimmed_mean(const SitePlane& plane, int left, int top, int right, int bottom) {
  double mean = 0, sigma = 1e9, kept = 0;
  for (int pass = 0; pass < 3; pass++) {
    double sum = 0, squares = 0, count = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        const double offset = plane.at(x, y) - mean;
        if (std::abs(offset) > kTrim * sigma) continue;
        sum += offset, squares += offset * offset, count++;
      }
    }
    if (count < 2) break;
    sigma = std::sqrt(std::max(0.25, (squares - sum * sum / count) / (count - 1)));
    mean += sum / count;
    kept = count;
  }
  return {mean, sigma / std::sqrt(std::max(1.0, kept))};
}

void check_exposure(const SitePlane& plane, const RawFrame& frame, double black) {
  const double white = static_cast<double>(frame.sensor.white[plane.site]);
  double sum = 0, clipped = 0;
  for (int y = 0; y < plane.height; y++) {
    for (int x = 0; x < plane.width; x++) {
      sum += plane.at(x, y);
      clipped += plane.at(x, y) >= white;
    }
  }
  const auto count = static_cast<double>(plane.samples());
  if (clipped > kMostClipped * count) throw Error("an even surface with ", 100 * clipped / count, " % of a color clipped");
  if (sum / count - black < kDarkest * (white - black))
    throw Error("an even surface with a color at ", 100 * (sum / count - black) / (white - black), " % of white");
}

/// The tiles of one site, or of one color of a frame; light over that of the middle.
std::vector<Tile> tiles_of(const SitePlane& plane, const RawFrame& frame, double black) {
  check_exposure(plane, frame, black);
  const int side = std::max(2, (plane.width + kTilesAcross - 1) / kTilesAcross);
  const Size size = frame.size();
  std::vector<Tile> out;
  double middle = 0, count = 0;
  for (int top = 0; top < plane.height; top += side) {
    for (int left = 0; left < plane.width; left += side) {
      const int right = std::min(left + side, plane.width), bottom = std::min(top + side, plane.height);
      const auto [mean, error] = trimmed_mean(plane, left, top, right, bottom);
      const double x = plane.left + plane.step * (left + right - 1) / 2.0 + 0.5,
                   y = plane.top + plane.step * (top + bottom - 1) / 2.0 + 0.5;
      const Tile tile{x / size.width, y / size.height, mean - black, error / std::max(1e-9, mean - black)};
      out.push_back(tile);
      if (std::abs(tile.u - 0.5) < kMiddle && std::abs(tile.v - 0.5) < kMiddle) middle += tile.light, count++;
    }
  }
  if (count == 0) throw Error("an even surface of ", size, " pixels, too small for a falloff");
  for (Tile& tile : out) {
    tile.light /= middle / count;
    if (!(tile.light > kLeastLight)) throw Error("an even surface with a place that has ", tile.light, " of the middle's light");
  }
  return out;
}

/// Level of the middle, codes.
double middle_level(const SitePlane& plane, double black) {
  const auto low = [](int n) { return static_cast<int>(n * (0.5 - kMiddle)); };
  return trimmed_mean(plane, low(plane.width), low(plane.height), plane.width - low(plane.width), plane.height - low(plane.height)).mean -
         black;
}

struct Weight {
  int node;
  double share;
};

/// Bilinear between four nodes that lie on the borders.
std::array<Weight, 4> weights_at(double u, double v) {
  const double x = std::clamp(u, 0.0, 1.0) * (kShadingColumns - 1), y = std::clamp(v, 0.0, 1.0) * (kShadingRows - 1);
  const int i = std::min(static_cast<int>(x), kShadingColumns - 2), j = std::min(static_cast<int>(y), kShadingRows - 2);
  const double fx = x - i, fy = y - j;
  const int node = j * kShadingColumns + i;
  return {{{node, (1 - fx) * (1 - fy)},
           {node + 1, fx * (1 - fy)},
           {node + kShadingColumns, (1 - fx) * fy},
           {node + kShadingColumns + 1, fx * fy}}};
}

/// Rows of the penalty: second differences along both axes.
void add_smoothness(std::vector<Eigen::Triplet<double>>& triplets, int& row, double weight) {
  const auto add = [&](int a, int b, int c) {
    triplets.emplace_back(row, a, weight);
    triplets.emplace_back(row, b, -2 * weight);
    triplets.emplace_back(row, c, weight);
    row++;
  };
  for (int j = 0; j < kShadingRows; j++) {
    for (int i = 0; i < kShadingColumns; i++) {
      const int node = j * kShadingColumns + i;
      if (i > 0 && i + 1 < kShadingColumns) add(node - 1, node, node + 1);
      if (j > 0 && j + 1 < kShadingRows) add(node - kShadingColumns, node, node + kShadingColumns);
    }
  }
}

Eigen::VectorXd fitted_gains(const std::vector<Tile>& tiles) {
  std::vector<Eigen::Triplet<double>> triplets;
  int row = 0;
  for (const Tile& tile : tiles) {
    for (const Weight& weight : weights_at(tile.u, tile.v)) triplets.emplace_back(row, weight.node, weight.share * tile.light);
    row++;
  }
  const double per_node = static_cast<double>(tiles.size()) / (kShadingColumns * kShadingRows);
  add_smoothness(triplets, row, std::sqrt(kSmoothness * per_node));
  Eigen::SparseMatrix<double> a(row, kShadingColumns * kShadingRows);
  a.setFromTriplets(triplets.begin(), triplets.end());
  Eigen::VectorXd b = Eigen::VectorXd::Zero(row);
  b.head(static_cast<Eigen::Index>(tiles.size())).setOnes();
  const Eigen::SparseMatrix<double> normal = a.transpose() * a;
  const Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> solver(normal);
  if (solver.info() != Eigen::Success) throw Error("a falloff that no mesh fits");
  return solver.solve(a.transpose() * b);
}

double gain_at(const Eigen::VectorXd& gains, double u, double v) {
  double out = 0;
  for (const Weight& weight : weights_at(u, v)) out += weight.share * gains[weight.node];
  return out;
}

/// Light of the corners over that of the middle, where the gain is 1: what no lens makes more of.
void check_falloff(const Eigen::VectorXd& green) {
  double gain = 0;
  for (const double u : {0.0, 1.0}) {
    for (const double v : {0.0, 1.0}) gain += gain_at(green, u, v) / 4;
  }
  if (!(gain * kMostInCorners >= 1))
    throw Error("corners with ", 1 / gain, " of the middle's light, expected less than it has: no even surface, or unevenly lit");
}

LightMap map_of(const std::vector<Tile>& tiles, const Eigen::VectorXd& gains) {
  LightMap out;
  std::array<float, LightMap::kColumns * LightMap::kRows> counts{};
  for (const Tile& tile : tiles) {
    const int column = std::min(static_cast<int>(tile.u * LightMap::kColumns), LightMap::kColumns - 1);
    const int row = std::min(static_cast<int>(tile.v * LightMap::kRows), LightMap::kRows - 1);
    const auto i = static_cast<std::size_t>(row * LightMap::kColumns + column);
    out.before[i] += static_cast<float>(tile.light);
    out.after[i] += static_cast<float>(tile.light * gain_at(gains, tile.u, tile.v));
    counts[i]++;
  }
  float mean = 0;
  for (std::size_t i = 0; i < counts.size(); i++) {
    out.before[i] /= std::max(1.0f, counts[i]);
    out.after[i] /= std::max(1.0f, counts[i]);
    mean += out.after[i] / static_cast<float>(counts.size());
  }
  for (float& light : out.after) light /= mean;
  return out;
}

}  // namespace

ShadingFit fit_shading(std::span<const RawFrame* const> frames, const std::array<double, 4>& black, float cct) {
  check_alike(frames);
  ShadingFit out;
  out.frames = static_cast<int>(frames.size());
  out.mesh = {cct, kShadingColumns, kShadingRows, {}};
  std::array<std::vector<Tile>, 3> tiles;
  for (const RawFrame* frame : frames) {
    std::array<double, 4> level{};
    for (const SitePlane& plane : site_planes(*frame)) {
      std::vector<Tile> found = tiles_of(plane, *frame, black[plane.site]);
      std::vector<Tile>& all = tiles[static_cast<std::size_t>(plane.channel())];
      all.insert(all.end(), found.begin(), found.end());
      level[plane.site] = middle_level(plane, black[plane.site]);
    }
    if (level[2] > 0) out.green_imbalance += (level[1] / level[2] - 1) / static_cast<double>(frames.size());
  }
  if (tiles[0].empty()) tiles[0] = tiles[2] = tiles[1];  // a monochrome sensor
  double smallest = 1e9;
  std::array<Eigen::VectorXd, 3> gains;
  for (std::size_t c = 0; c < 3; c++) {
    gains[c] = fitted_gains(tiles[c]);
    gains[c] /= gain_at(gains[c], 0.5, 0.5);
    const double least = gains[c].minCoeff();
    if (!(least > 0)) throw Error("a falloff whose gains would not be positive: no even surface");
    smallest = std::min(smallest, least);
    out.maps[c] = map_of(tiles[c], gains[c]);
    out.falloff[c] = least / gains[c].maxCoeff();
    if (c == 1) check_falloff(gains[c]);
    double squares = 0, noise = 0, mean = 0;
    for (const Tile& tile : tiles[c]) mean += tile.light * gain_at(gains[c], tile.u, tile.v) / static_cast<double>(tiles[c].size());
    for (const Tile& tile : tiles[c]) {
      const double off = tile.light * gain_at(gains[c], tile.u, tile.v) / mean - 1;
      squares += off * off;
      noise += tile.error * tile.error;
    }
    out.residual[c] = std::sqrt(squares / static_cast<double>(tiles[c].size()));
    out.tile_noise[c] = std::sqrt(noise / static_cast<double>(tiles[c].size()));
  }
  for (std::size_t c = 0; c < 3; c++) {
    for (const double gain : gains[c]) out.mesh.gains[c].push_back(static_cast<float>(std::max(1.0, gain / smallest)));
  }
  return out;
}

}  // namespace argent
