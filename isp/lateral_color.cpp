#include "isp/lateral_color.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "isp/kernel_inputs.h"
#include "isp/packed_codes.h"

namespace argent {
namespace {

constexpr int kBlock = 24, kMargin = 5, kSide = kBlock + 2 * kMargin;  ///< quads
constexpr std::size_t kFewest = 12;                                    ///< blocks
constexpr double kKnown = 0.25;                                        ///< quads: of a block's shift, one sigma
constexpr double kSureInCorner = 0.3;                                  ///< pixels: of the fitted shift, one sigma
constexpr double kFarthest = 2;                                        ///< quads: what is found farther off is something else

/// sqrt of light over a block and its margin, smoothed so that a straight line serves between neighbors.
using Patch = std::array<std::array<double, kSide>, kSide>;

Patch smoothed(const Patch& in) {
  constexpr std::array<double, 5> kBinomial{1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0};
  const auto inside = [](int i) { return static_cast<std::size_t>(std::clamp(i, 0, kSide - 1)); };
  Patch across{}, out{};
  for (int y = 0; y < kSide; y++) {
    for (int x = 0; x < kSide; x++) {
      for (int k = -2; k <= 2; k++)
        across[inside(y)][inside(x)] += kBinomial[static_cast<std::size_t>(k + 2)] * in[inside(y)][inside(x + k)];
    }
  }
  for (int y = 0; y < kSide; y++) {
    for (int x = 0; x < kSide; x++) {
      for (int k = -2; k <= 2; k++)
        out[inside(y)][inside(x)] += kBinomial[static_cast<std::size_t>(k + 2)] * across[inside(y + k)][inside(x)];
    }
  }
  return out;
}

/// `in` at (x + dx, y + dy), |dx| and |dy| below 3: Catmull and Rom's cubic.
Patch moved(const Patch& in, double dx, double dy) {
  const auto weights = [](double t) {
    return std::array{((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1, ((-1.5 * t + 2) * t + 0.5) * t, (0.5 * t - 0.5) * t * t};
  };
  const int left = static_cast<int>(std::floor(dx)), top = static_cast<int>(std::floor(dy));
  const auto across = weights(dx - left), down = weights(dy - top);
  const auto inside = [](int i) { return static_cast<std::size_t>(std::clamp(i, 0, kSide - 1)); };
  Patch rows{}, out{};
  for (int y = 0; y < kSide; y++) {
    for (int x = 0; x < kSide; x++) {
      for (int k = 0; k < 4; k++)
        rows[inside(y)][inside(x)] += across[static_cast<std::size_t>(k)] * in[inside(y)][inside(x + left + k - 1)];
    }
  }
  for (int y = 0; y < kSide; y++) {
    for (int x = 0; x < kSide; x++) {
      for (int k = 0; k < 4; k++) out[inside(y)][inside(x)] += down[static_cast<std::size_t>(k)] * rows[inside(y + top + k - 1)][inside(x)];
    }
  }
  return out;
}

struct Block {
  double x, y;  ///< middle, in quads from the middle of the array
  Patch red, green, blue;
};

/// The light of a mosaic by quads.
class Quads {
 public:
  Quads(const RawFrame& frame) : frame_(frame) {
    while (site_of(frame.sensor, left_, 0) != 0 && site_of(frame.sensor, left_, 0) != 2) left_++;
    while (site_of(frame.sensor, left_, top_) != 0) top_++;
  }
  int columns() const { return (frame_.size().width - left_) / 2; }
  int rows() const { return (frame_.size().height - top_) / 2; }

  /// Nothing where something is clipped.
  std::optional<Block> block(int column, int row) const {
    Block out{};
    for (int y = 0; y < kSide; y++) {
      for (int x = 0; x < kSide; x++) {
        const auto light = lights(std::clamp(column + x - kMargin, 0, columns() - 1), std::clamp(row + y - kMargin, 0, rows() - 1));
        if (!light) return std::nullopt;
        const auto j = static_cast<std::size_t>(y), i = static_cast<std::size_t>(x);
        out.red[j][i] = (*light)[0];
        out.green[j][i] = (*light)[1];
        out.blue[j][i] = (*light)[2];
      }
    }
    for (Patch* patch : {&out.red, &out.green, &out.blue}) *patch = smoothed(*patch);
    out.x = column + kBlock / 2.0 - (frame_.size().width / 2.0 - left_) / 2;
    out.y = row + kBlock / 2.0 - (frame_.size().height / 2.0 - top_) / 2;
    return out;
  }

 private:
  std::optional<std::array<double, 3>> lights(int column, int row) const {
    std::array<double, 4> light{};
    for (int site = 0; site < 4; site++) {
      const auto s = static_cast<std::size_t>(site);
      const float code = frame_.data[(top_ + 2 * row + site / 2) * frame_.stride + left_ + 2 * column + site % 2];
      const float black = frame_.sensor.black[s], white = frame_.sensor.white[s];
      if (code >= black + 0.95f * (white - black)) return std::nullopt;
      light[s] = std::max(0.0, static_cast<double>((code - black) / (white - black)));
    }
    return std::array{std::sqrt(light[0]), std::sqrt((light[1] + light[2]) / 2), std::sqrt(light[3])};
  }

  const RawFrame& frame_;
  int left_ = 0, top_ = 0;  ///< of the first quad that starts with red
};

template <std::size_t kSize>
using Matrix = std::array<std::array<double, kSize>, kSize>;

template <std::size_t kSize>
struct Solution {
  std::array<double, kSize> values{};
  Matrix<kSize> inverse{};  ///< of the normal equations: variances and covariances, in units of the residual's
};

/// Of normal equations, by Gauss and Jordan's elimination. nullopt: singular.
template <std::size_t kSize>
std::optional<Solution<kSize>> solved(Matrix<kSize> matrix, const std::array<double, kSize>& right) {
  Solution<kSize> out{right, {}};
  for (std::size_t i = 0; i < kSize; i++) out.inverse[i][i] = 1;
  for (std::size_t pivot = 0; pivot < kSize; pivot++) {
    if (!(matrix[pivot][pivot] > 1e-12)) return std::nullopt;
    for (std::size_t row = 0; row < kSize; row++) {
      if (row == pivot) continue;
      const double factor = matrix[row][pivot] / matrix[pivot][pivot];
      for (std::size_t k = 0; k < kSize; k++) {
        matrix[row][k] -= factor * matrix[pivot][k];
        out.inverse[row][k] -= factor * out.inverse[pivot][k];
      }
      out.values[row] -= factor * out.values[pivot];
    }
  }
  for (std::size_t i = 0; i < kSize; i++) {
    out.values[i] /= matrix[i][i];
    for (double& value : out.inverse[i]) value /= matrix[i][i];
  }
  return out;
}

/// How far outward a block's color lies from green, in quads, and its variance.
struct Shift {
  double radius;  ///< of the block, quads
  double outward, variance;
};

/// `before`: outward, where it is looked for. `offset`: of the color's samples from the quad's middle, in x and y alike.
std::optional<Shift> shift_of(const Block& block, const Patch& color, double before, double offset) {
  const double radius = std::hypot(block.x, block.y), ux = block.x / std::max(radius, 1e-9), uy = block.y / std::max(radius, 1e-9);
  const Patch green = moved(block.green, offset - before * ux, offset - before * uy);
  // color = a + b green + b d (gradient outward) + c (gradient across)
  Matrix<4> normal{};
  std::array<double, 4> right{};
  double squares = 0;
  for (std::size_t y = kMargin; y < kSide - kMargin; y++) {
    for (std::size_t x = kMargin; x < kSide - kMargin; x++) {
      const double gx = (green[y][x + 1] - green[y][x - 1]) / 2, gy = (green[y + 1][x] - green[y - 1][x]) / 2;
      const std::array<double, 4> row{1, green[y][x], -(gx * ux + gy * uy), gx * uy - gy * ux};
      for (std::size_t i = 0; i < 4; i++) {
        for (std::size_t k = 0; k < 4; k++) normal[i][k] += row[i] * row[k];
        right[i] += row[i] * color[y][x];
      }
      squares += color[y][x] * color[y][x];
    }
  }
  const auto found = solved(normal, right);
  constexpr double kSameSide = 0.1;  // contrast of the color against green's
  if (!found || !(found->values[1] > kSameSide)) return std::nullopt;
  double residual = squares;
  for (std::size_t i = 0; i < 4; i++) residual -= found->values[i] * right[i];
  // Smoothing makes neighbors alike: about one in four tells something of its own.
  constexpr double kOwn = kBlock * kBlock / 4.0 - 4, kFloor = 1e-8;
  const double b = found->values[1], variance = (std::max(residual, 0.0) / (4 * kOwn) + kFloor) * found->inverse[2][2] * 4 / (b * b);
  const Shift shift{radius, before + found->values[2] / b, variance};
  const bool known = shift.variance < kKnown * kKnown && std::abs(shift.outward) < kFarthest;
  return known ? std::optional(shift) : std::nullopt;
}

/// k[0] r + k[1] r^3 through the shifts, r = 1 at `corner` quads; 0 when they don't tell.
std::array<double, 2> fitted(const std::vector<Shift>& shifts, double corner) {
  if (shifts.size() < kFewest) return {};
  std::array<double, 2> k{};
  Matrix<2> inverse{};
  std::vector<double> errors(shifts.size(), 0), weights(shifts.size(), 1);
  double spread = 0;
  for (int pass = 0; pass < 12; pass++) {
    Matrix<2> normal{};
    std::array<double, 2> right{};
    for (std::size_t i = 0; i < shifts.size(); i++) {
      constexpr double kModel = 0.02 * 0.02;  // no lens is a polynomial to better than that
      const double r = shifts[i].radius / corner, weight = weights[i] / (shifts[i].variance + kModel);
      const std::array<double, 2> row{r, r * r * r};
      for (std::size_t a = 0; a < 2; a++) {
        for (std::size_t b = 0; b < 2; b++) normal[a][b] += weight * row[a] * row[b];
        right[a] += weight * row[a] * shifts[i].outward / corner;
      }
    }
    const auto found = solved(normal, right);
    if (!found) return {};
    k = found->values;
    inverse = found->inverse;
    for (std::size_t i = 0; i < shifts.size(); i++) {
      const double r = shifts[i].radius / corner;
      errors[i] = std::abs(shifts[i].outward - corner * (k[0] * r + k[1] * r * r * r));
    }
    std::vector<double> sorted = errors;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
    spread = std::max(1.4826 * sorted[sorted.size() / 2], 0.01);
    for (std::size_t i = 0; i < shifts.size(); i++) {
      const double t = errors[i] / (4.685 * spread);  // Tukey's biweight
      weights[i] = t < 1 ? (1 - t * t) * (1 - t * t) : 0;
    }
  }
  const double sum = inverse[0][0] + inverse[1][1] + inverse[0][1] + inverse[1][0];
  return 2 * std::sqrt(std::max(sum, 0.0)) < kSureInCorner ? k : std::array<double, 2>{};
}

}  // namespace

LateralColor estimate_lateral_color(const RawFrame& frame, BufferPool& pool) {
  if (!is_bayer(frame.sensor.cfa)) return {};
  const RawFrame codes = unpacked(frame, pool);
  const Quads quads(codes);
  const double corner = std::hypot(frame.size().width, frame.size().height) / 4;
  LateralColor found;
  // Twice: what the first look left over is found where the gradient is a straight line.
  for (int look = 0; look < 2; look++) {
    std::vector<Shift> red, blue;
    const auto before = [&](const std::array<double, 2>& k, const Block& block) {
      const double r = std::hypot(block.x, block.y) / corner;
      return corner * r * (k[0] + k[1] * r * r);
    };
    for (int row = 0; row + kBlock <= quads.rows(); row += kBlock) {
      for (int column = 0; column + kBlock <= quads.columns(); column += kBlock) {
        const auto block = quads.block(column, row);
        if (!block) continue;
        constexpr double kOffset = 0.25;  // quads from the middle
        if (const auto shift = shift_of(*block, block->red, before(found.red, *block), -kOffset)) red.push_back(*shift);
        if (const auto shift = shift_of(*block, block->blue, before(found.blue, *block), kOffset)) blue.push_back(*shift);
      }
    }
    found.red = fitted(red, corner);
    found.blue = fitted(blue, corner);
  }
  return found;
}

}  // namespace argent
