#include "isp/noise_estimate.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "isp/kernel_inputs.h"
#include "isp/packed_codes.h"

namespace argent {
namespace {

constexpr int kBlock = 8, kLevels = 24;
constexpr int kBlocksOfSite = 4000;
constexpr float kClipped = 0.95f;
/// Of pure noise, the quantile of the blocks' variances that is looked at, and its share of the true variance (simulated: 200,000 blocks).
constexpr double kQuantile = 0.02, kShareOfQuantile = 0.3788;
constexpr std::size_t kFewest = 20;  ///< blocks of a level

/// Codes of one color, without what lies between.
struct SitePlane {
  const std::uint16_t* data;
  std::ptrdiff_t step, stride;
  int width, height;
  double black, scale;
  double at(int x, int y) const { return (double(data[y * stride + x * step]) - black) * scale; }
};

struct Block {
  double level, variance;
};

std::vector<SitePlane> planes_of(const RawFrame& frame) {
  const SensorInfo& sensor = frame.sensor;
  const int samples = samples_per_pixel(sensor.cfa), side = cell_side(sensor.cfa);
  /// Every side-th pixel from (x, y) on.
  const auto plane = [&](int x, int y, int sample, std::size_t site) {
    const double black = double(sensor.black[site]);
    return SitePlane{frame.data + y * frame.stride + x * samples + sample,
                     side * samples,
                     frame.stride * side,
                     (frame.size().width - x + side - 1) / side,
                     (frame.size().height - y + side - 1) / side,
                     black,
                     1 / (double(sensor.white[site]) - black)};
  };
  if (sensor.cfa == CfaPattern::kMonochrome) return {plane(0, 0, 0, 1)};
  if (sensor.cfa == CfaPattern::kRgb) return {plane(0, 0, 0, 0), plane(0, 0, 1, 1), plane(0, 0, 2, 3)};
  const Phase phase = phase_of(sensor);
  std::vector<SitePlane> planes;
  for (int y = 0; y < std::min(side, frame.size().height); y++) {
    for (int x = 0; x < std::min(side, frame.size().width); x++) {
      // X-Trans exchanges red and blue from cell to cell: its greens alone stay where they are.
      if (side == 3 && color_at(sensor, x, y) != 1) continue;
      planes.push_back(plane(x, y, 0, side == 3 ? 1 : static_cast<std::size_t>((x - phase.x) % 2 + (y - phase.y) % 2 * 2)));
    }
  }
  return planes;
}

/// Absent where something is clipped, at either end.
std::optional<Block> block_at(const SitePlane& plane, int left, int top) {
  double sum = 0, power = 0;
  for (int y = 0; y < kBlock; y++) {
    for (int x = 0; x < kBlock; x++) {
      const double value = plane.at(left + x, top + y);
      if (value > double(kClipped) || plane.data[(top + y) * plane.stride + (left + x) * plane.step] == 0) return std::nullopt;
      sum += value;
    }
  }
  const auto second = [&](int x, int y) { return plane.at(x - 1, y) - 2 * plane.at(x, y) + plane.at(x + 1, y); };
  for (int y = 1; y < kBlock - 1; y++) {
    for (int x = 1; x < kBlock - 1; x++) {
      const double response = second(left + x, top + y - 1) - 2 * second(left + x, top + y) + second(left + x, top + y + 1);
      power += response * response;
    }
  }
  return Block{sum / (kBlock * kBlock), power / (36.0 * (kBlock - 2) * (kBlock - 2))};
}

std::vector<Block> blocks_of(const SitePlane& plane) {
  const int columns = plane.width / kBlock, rows = plane.height / kBlock;
  const auto every = static_cast<int>(std::ceil(std::sqrt(double(columns) * double(rows) / kBlocksOfSite)));
  std::vector<Block> blocks;
  for (int row = 0; row < rows; row += std::max(every, 1)) {
    for (int column = 0; column < columns; column += std::max(every, 1)) {
      if (const auto block = block_at(plane, column * kBlock, row * kBlock)) blocks.push_back(*block);
    }
  }
  return blocks;
}

struct LevelNoise {
  double level, variance, blocks;
};

/// Of the blocks of one brightness the quiet ones.
std::vector<LevelNoise> quiet_levels(std::vector<Block> blocks) {
  std::array<std::vector<Block>, kLevels> bins;
  for (const Block& block : blocks) {
    const double root = std::sqrt(std::clamp(block.level, 0.0, 1.0));
    bins[std::min<std::size_t>(static_cast<std::size_t>(root * kLevels), kLevels - 1)].push_back(block);
  }
  std::vector<LevelNoise> levels;
  for (auto& bin : bins) {
    if (bin.size() < kFewest) continue;
    std::sort(bin.begin(), bin.end(), [](const Block& a, const Block& b) { return a.variance < b.variance; });
    const auto last = static_cast<std::size_t>(kQuantile * double(bin.size()));
    double level = 0;
    for (std::size_t i = 0; i <= last; i++) level += bin[i].level;
    levels.push_back({level / double(last + 1), bin[last].variance / kShareOfQuantile, double(bin.size())});
  }
  return levels;
}

/// Least squares with relative errors: variance = shot level + read, neither negative.
NoiseModel line_through(const std::vector<LevelNoise>& levels) {
  double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
  for (const LevelNoise& l : levels) {
    const double weight = std::sqrt(l.blocks) / std::max(l.variance * l.variance, 1e-24);
    w += weight;
    wx += weight * l.level;
    wy += weight * l.variance;
    wxx += weight * l.level * l.level;
    wxy += weight * l.level * l.variance;
  }
  const double determinant = w * wxx - wx * wx;
  double shot = determinant > 1e-12 * w * wxx ? (w * wxy - wx * wy) / determinant : 0;
  double read = (wy - shot * wx) / w;
  if (shot < 0) {
    shot = 0;
    read = wy / w;
  } else if (read < 0) {
    read = 0;
    shot = wxy / wxx;
  }
  return {static_cast<float>(shot), static_cast<float>(std::max(read, 0.0))};
}

}  // namespace

NoiseModel estimate_noise(const RawFrame& frame, BufferPool& pool) {
  if (frame.packed) return estimate_noise(unpacked(frame, pool), pool);
  std::vector<Block> blocks;
  for (const SitePlane& plane : planes_of(frame)) {
    const std::vector<Block> own = blocks_of(plane);
    blocks.insert(blocks.end(), own.begin(), own.end());
  }
  const std::vector<LevelNoise> levels = quiet_levels(std::move(blocks));
  return levels.empty() ? NoiseModel{} : line_through(levels);
}

}  // namespace argent
