#include "isp/flat_field.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "isp/kernel_inputs.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::array<std::size_t, 4> kChannel{0, 1, 1, 2};

/// Sums of light per node and channel, and of the weights.
class NodeSums {
 public:
  NodeSums(int columns, int rows, Size size) : columns_(columns), rows_(rows), size_(size) {
    for (auto& sums : light_) sums.assign(static_cast<std::size_t>(columns * rows), 0);
    weight_ = light_;
  }

  void add(std::size_t channel, int x, int y, double light) {
    const double at_x = (x + 0.5) / size_.width * (columns_ - 1), at_y = (y + 0.5) / size_.height * (rows_ - 1);
    const int column = static_cast<int>(at_x), row = static_cast<int>(at_y);
    for (int j = row; j <= std::min(row + 1, rows_ - 1); j++) {
      for (int i = column; i <= std::min(column + 1, columns_ - 1); i++) {
        const double weight = (1 - std::abs(at_x - i)) * (1 - std::abs(at_y - j));
        const auto node = static_cast<std::size_t>(j * columns_ + i);
        light_[channel][node] += weight * light;
        weight_[channel][node] += weight;
      }
    }
  }

  /// 1 where it is brightest.
  std::vector<float> gains(std::size_t channel) const {
    const std::vector<double> means = node_means(channel);
    const double most = *std::max_element(means.begin(), means.end()), least = *std::min_element(means.begin(), means.end());
    constexpr double kDarkest = 1.0 / 64;
    if (!(most > kDarkest) || least < most * kDarkest) throw Error("is too dark for a flat field");
    std::vector<float> gains;
    for (double mean : means) gains.push_back(static_cast<float>(most / mean));
    return gains;
  }

 private:
  std::vector<double> node_means(std::size_t channel) const {
    std::vector<double> means;
    for (std::size_t i = 0; i < light_[channel].size(); i++) {
      means.push_back(weight_[channel][i] > 0 ? light_[channel][i] / weight_[channel][i] : 0);
    }
    for (int row = 0; row < rows_; row++) extend(means, row * columns_, 1, columns_);
    for (int column = 0; column < columns_; column++) extend(means, column, columns_, rows_);
    return means;
  }

  /// Half a tent at the border has its middle a third of the way to the next node: go on straight to where the node is.
  static void extend(std::vector<double>& means, int first, int step, int count) {
    if (count < 3) return;
    const auto at = [&](int i) -> double& { return means[static_cast<std::size_t>(first + i * step)]; };
    at(0) += 0.5 * (at(0) - at(1));
    at(count - 1) += 0.5 * (at(count - 1) - at(count - 2));
  }

  int columns_, rows_;
  Size size_;
  std::array<std::vector<double>, 3> light_, weight_;
};

}  // namespace

FlatField make_flat_field(const RawFrame& frame) {
  check(frame);
  BufferPool pool;
  const RawFrame codes = unpacked(frame, pool);
  const Size size = frame.size();
  const int samples = samples_per_pixel(frame.sensor.cfa);
  ShadingMesh mesh;
  mesh.columns = std::clamp(size.width / 2, 1, kFlatColumns);
  mesh.rows = std::clamp(size.height / 2, 1, kFlatRows);
  NodeSums sums(mesh.columns, mesh.rows, size);
  long long clipped = 0;
  for (int y = 0; y < size.height; y++) {
    for (int i = 0; i < size.width * samples; i++) {
      const int x = i / samples;
      const int site = samples == 3 ? i % 3 + i % 3 / 2 : site_of(frame.sensor, x, y);
      const auto s = static_cast<std::size_t>(site);
      const float black = frame.sensor.black[s], white = frame.sensor.white[s];
      const auto code = static_cast<float>(codes.data[y * codes.stride + i]);
      clipped += code >= white;
      sums.add(kChannel[s], x, y, static_cast<double>((code - black) / (white - black)));
    }
  }
  constexpr long long kMostClipped = 100;
  if (clipped * kMostClipped > static_cast<long long>(size.width) * samples * size.height)
    throw Error("is no flat field: " + std::to_string(clipped) + " samples are clipped");
  const bool monochrome = frame.sensor.cfa == CfaPattern::kMonochrome;
  for (std::size_t c = 0; c < 3; c++) mesh.gains[c] = sums.gains(monochrome ? 0 : c);
  return {size, std::move(mesh)};
}

}  // namespace argent
