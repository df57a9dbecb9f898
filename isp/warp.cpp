#include "isp/warp.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

#include "isp/resample.h"
#include "models/runtime/error.h"
#include "models/runtime/parallel.h"

namespace argent {
namespace {

using Halide::Runtime::Buffer;

// halide_gen/stages/warp.h and smooth_warp.h have the same numbers.
constexpr int kPhases = 512, kTaps = 6, kLoads = 8, kBefore = 2;
constexpr int kBlock = 16, kTerms = 5;

constexpr int kCoarsest = 64;        ///< step of a mesh, in pixels
constexpr int kMostNodes = 1 << 19;  ///< of a color: 33 MP at steps of 8 pixels
constexpr double kTolerance = 0.01;  ///< pixels that a straight line between nodes may be off
constexpr double kStays = 1e-3;      ///< pixels: what moves less stays where it is
constexpr double kFar = 1e5;         ///< pixels outside of the sensor: all the same border

class Nodes {
 public:
  Nodes(const PictureGeometry& geometry, Rect area, Size active, int step)
      : step_(step), columns_(count(area.width)), rows_(count(area.height)), shift_(6 * plane()) {
    for (std::size_t color = 0; color < 3; color++) {
      for (int row = 0; row < rows_; row++) {
        for (int column = 0; column < columns_; column++) {
          const Place at{area.x + column * step + 0.5, area.y + row * step + 0.5}, from = geometry.on_sensor(at, color);
          if (!std::isfinite(from.x) || !std::isfinite(from.y)) throw Error("a lens correction has no finite place for a pixel");
          shift_[index(color, 0, column, row)] = std::clamp(from.x, -kFar, active.width + kFar) - at.x;
          shift_[index(color, 1, column, row)] = std::clamp(from.y, -kFar, active.height + kFar) - at.y;
        }
      }
    }
  }

  /// Of a straight line between nodes: an eighth of the second difference, along rows and columns together.
  double error() const {
    double most = 0;
    for (std::size_t p = 0; p < 6; p++) {
      const double* at = shift_.data() + p * plane();
      for (int row = 0; row < rows_; row++) {
        for (int column = 0; column < columns_; column++) {
          const auto bend = [](const double* middle, std::ptrdiff_t next) { return std::abs(middle[-next] - 2 * *middle + middle[next]); };
          const double* node = at + row * columns_ + column;
          const double across = column > 0 && column + 1 < columns_ ? bend(node, 1) : 0;
          const double down = row > 0 && row + 1 < rows_ ? bend(node, columns_) : 0;
          most = std::max(most, (across + down) / 8);
        }
      }
    }
    return most;
  }

  double largest() const {
    double most = 0;
    for (double shift : shift_) most = std::max(most, std::abs(shift));
    return most;
  }

  WarpMesh mesh(Rect area, Size active) const {
    WarpMesh out{step_, columns_, rows_, source(area, active), {}};
    const double corner[2]{double(area.x - out.source.x), double(area.y - out.source.y)};
    out.shift.reserve(shift_.size());
    for (std::size_t i = 0; i < shift_.size(); i++) out.shift.push_back(static_cast<float>(shift_[i] + corner[i / plane() % 2]));
    return out;
  }

 private:
  /// Three at least, so that a bend shows.
  int count(int length) const { return std::max(3, (length - 1) / step_ + 2); }
  std::size_t plane() const { return static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_); }
  std::size_t index(std::size_t color, std::size_t axis, int column, int row) const {
    return (2 * color + axis) * plane() + static_cast<std::size_t>(row * columns_ + column);
  }

  /// All that the nodes' taps reach, a pixel at least.
  Rect source(Rect area, Size active) const {
    const auto span = [&](std::size_t axis, int first, int side) {
      double low = side, high = 0;
      for (std::size_t color = 0; color < 3; color++) {
        for (int row = 0; row < rows_; row++) {
          for (int column = 0; column < columns_; column++) {
            const double at = first + (axis == 0 ? column : row) * step_ + shift_[index(color, axis, column, row)];
            low = std::min(low, at);
            high = std::max(high, at);
          }
        }
      }
      constexpr int kReach = kTaps / 2;
      const double from = std::clamp(std::floor(low) - kReach, 0.0, side - 1.0);
      return std::pair(static_cast<int>(from), static_cast<int>(std::clamp(std::ceil(high) + kReach + 1, from + 1, double(side))));
    };
    const auto [left, right] = span(0, area.x, active.width);
    const auto [top, bottom] = span(1, area.y, active.height);
    return {left, top, right - left, bottom - top};
  }

  int step_, columns_, rows_;
  std::vector<double> shift_;  ///< columns x rows x (x, y) x color, from the pixel itself
};

/// Of a place `share` of a pixel past one, the taps from the second one before it on.
std::array<double, kTaps> lanczos_taps(double share) {
  std::array<double, kTaps> taps{};
  double sum = 0;
  for (int k = 0; k < kTaps; k++) sum += taps[static_cast<std::size_t>(k)] = lanczos3(k - kBefore - share);
  for (double& tap : taps) tap /= sum;
  return taps;
}

/// (tap, phase).
Buffer<float> lanczos_weights() {
  Buffer<float> weights(kLoads, kPhases);
  weights.fill(0);
  for (int phase = 0; phase < kPhases; phase++) {
    const auto taps = lanczos_taps(double(phase) / kPhases);
    for (int k = 0; k < kTaps; k++) weights(k, phase) = static_cast<float>(taps[static_cast<std::size_t>(k)]);
  }
  return weights;
}

/// (power, even and odd, pair): the taps' even and odd parts about the middle between two pixels, as polynomials of the distance squared,
/// through Chebyshev's nodes: within 3e-7 everywhere.
Buffer<float> lanczos_terms() {
  Buffer<float> terms(kTerms, 2, kTaps / 2);
  using Terms = std::array<double, kTerms>;
  for (int pair = 0; pair < kTaps / 2; pair++) {
    for (int odd = 0; odd < 2; odd++) {
      Terms at{}, divided{}, powers{};
      for (std::size_t i = 0; i < kTerms; i++) {
        at[i] = 0.125 * (1 + std::cos(std::numbers::pi * (double(i) + 0.5) / kTerms));
        const double u = std::sqrt(at[i]), right = lanczos_taps(0.5 + u)[static_cast<std::size_t>(pair)],
                     left = lanczos_taps(0.5 - u)[static_cast<std::size_t>(pair)];
        divided[i] = odd == 1 ? (right - left) / (2 * u) : (right + left) / 2;
      }
      // Newton's divided differences, then their products multiplied out.
      for (std::size_t order = 1; order < kTerms; order++) {
        for (std::size_t i = kTerms; i-- > order;) divided[i] = (divided[i] - divided[i - 1]) / (at[i] - at[i - order]);
      }
      for (std::size_t i = kTerms; i-- > 0;) {
        Terms next{};
        for (std::size_t power = 0; power < kTerms; power++) {
          next[power] -= at[i] * powers[power];
          if (power + 1 < kTerms) next[power + 1] += powers[power];
        }
        powers = next;
        powers[0] += divided[i];
      }
      for (int power = 0; power < kTerms; power++) terms(power, odd, pair) = static_cast<float>(powers[static_cast<std::size_t>(power)]);
    }
  }
  return terms;
}

/// Whether stages::smooth_warp() can: of a block's pixels each comes from further right than the one before, by less than 1.7, and rows
/// differ by less than one.
bool hardly_turns(const WarpMesh& mesh, int color, int width) {
  if (mesh.step < kBlock || width < 2 * kBlock) return false;
  const std::size_t plane = static_cast<std::size_t>(mesh.columns) * static_cast<std::size_t>(mesh.rows);
  const float* across = mesh.shift.data() + 2 * static_cast<std::size_t>(color) * plane;
  const float* down = across + plane;
  const auto step = static_cast<float>(mesh.step);
  for (int row = 0; row < mesh.rows; row++) {
    for (int column = 0; column + 1 < mesh.columns; column++) {
      const std::size_t i = static_cast<std::size_t>(row) * static_cast<std::size_t>(mesh.columns) + static_cast<std::size_t>(column);
      const float stretch = (across[i + 1] - across[i]) / step, turn = (down[i + 1] - down[i]) / step;
      if (!(stretch > -0.99f && stretch < 0.69f && std::abs(turn) < 0.99f / kBlock)) return false;
    }
  }
  return true;
}

/// How far a color's pixels lie from their own, where that is whole pixels for all of them: a copy does.
struct WholeShift {
  int x = 0, y = 0;
};

std::optional<WholeShift> whole_shift(const WarpMesh& mesh, int color) {
  const std::size_t plane = static_cast<std::size_t>(mesh.columns) * static_cast<std::size_t>(mesh.rows);
  std::array<int, 2> whole{};
  for (std::size_t axis = 0; axis < 2; axis++) {
    const float* shift = mesh.shift.data() + (2 * static_cast<std::size_t>(color) + axis) * plane;
    const float first = std::round(shift[0]);
    if (!std::all_of(shift, shift + plane, [&](float v) { return std::abs(v - first) < static_cast<float>(kStays); })) return std::nullopt;
    whole[axis] = static_cast<int>(first);
  }
  return WholeShift{whole[0], whole[1]};
}

/// lease_linear() leaves the room: of a picture of that size, for whose planes the distance of its own is enough.
bool room_before(const LinearPicture& picture, Size size) {
  const auto plane = static_cast<std::ptrdiff_t>(size.width) * size.height;
  const std::ptrdiff_t room = picture.pixels.begin() - reinterpret_cast<const float*>(picture.block.get()),
                       stride = picture.pixels.dim(2).stride();
  return picture.block.use_count() == 1 && plane <= stride && stride <= room;
}

LinearPicture into_room(LinearPicture picture, Size size) {
  const std::int32_t plane = picture.pixels.dim(2).stride();
  const halide_dimension_t shape[3]{{0, size.width, 1}, {0, size.height, size.width}, {0, Image::kChannels, plane}};
  Buffer<float> before(picture.pixels.begin() - plane, 3, shape);
  return {std::move(picture.block), std::move(before), picture.ceiling};
}

/// Says whether all of it lies inside.
bool copied(KernelContext& context, const Buffer<float>& from, Buffer<float> to, int color, WholeShift shift) {
  const int width = to.dim(0).extent(), height = to.dim(1).extent();
  if (shift.x < 0 || shift.y < 0 || shift.x + width > from.dim(0).extent() || shift.y + height > from.dim(1).extent()) return false;
  parallel_for(context.pool(), context.threads(), height, 64, [&](std::int64_t begin, std::int64_t end) {
    for (int y = static_cast<int>(begin); y < end; y++) std::copy_n(&from(shift.x, y + shift.y, color), width, &to(0, y, color));
  });
  return true;
}

}  // namespace

std::optional<WarpMesh> make_warp_mesh(const PictureGeometry& geometry, Rect area, Size active) {
  if (geometry.neutral()) return std::nullopt;
  Nodes nodes(geometry, area, active, kCoarsest);
  int step = kCoarsest;
  const auto finer = [&] { return 4LL * (area.width / step + 2) * (area.height / step + 2) <= kMostNodes; };
  while (nodes.error() > kTolerance && step > 1 && finer()) nodes = Nodes(geometry, area, active, step /= 2);
  if (nodes.largest() < kStays) return std::nullopt;
  return nodes.mesh(area, active);
}

LinearPicture warped(const Kernels& kernels, KernelContext& context, LinearPicture picture, const WarpMesh& mesh, Size size) {
  Buffer<float> shift(const_cast<float*>(mesh.shift.data()), mesh.columns, mesh.rows, 2, 3);  // read only
  Buffer<float> linear = picture.pixels, weights = lanczos_weights(), terms = lanczos_terms();
  LinearPicture out =
      room_before(picture, size) ? into_room(std::move(picture), size) : lease_linear(context.pool(), size.width, size.height);
  for (int color = 0; color < Image::kChannels; color++) {
    const auto whole = whole_shift(mesh, color);  // green's, where colors alone are moved
    if (whole && copied(context, linear, out.pixels, color, *whole)) continue;
    const bool smooth = !whole && hardly_turns(mesh, color, linear.dim(0).extent());
    context.check(
        (smooth ? kernels.warp_smooth : kernels.warp)(&context, linear.cropped(2, color, 1), shift.cropped(3, color, 1),
                                                      1 / static_cast<float>(mesh.step), weights, terms, out.pixels.cropped(2, color, 1)),
        "warp");
  }
  return out;
}

}  // namespace argent
