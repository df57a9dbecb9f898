// reference/denoise.h - slow twins of the kernels of halide_gen/denoise_generator.cpp, in double, from their sources and not their
// schedules.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace argent::reference {

/// A plane of doubles; borders are the caller's choice.
struct Plane {
  int width = 0, height = 0;
  std::vector<double> values;

  Plane(int w, int h) : width(w), height(h), values(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {}
  double& operator()(int x, int y) {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
  double operator()(int x, int y) const {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
  double clamped(int x, int y) const { return (*this)(std::clamp(x, 0, width - 1), std::clamp(y, 0, height - 1)); }
  double mirrored(int x, int y) const { return (*this)(mirror(x, width), mirror(y, height)); }

 private:
  static int mirror(int i, int extent) {
    const int once = std::abs(i), last = extent - 1;
    return std::clamp(once > last ? 2 * last - once : once, 0, last);
  }
};

struct NoiseOfRoots {
  double shot = 0, read = 0, lift = 0, reference = 0.1;

  /// Standard deviation at a luma over that at the reference.
  double level(double luma) const {
    const double squared = luma * luma / 3;
    const auto variance = [&](double light, double root_squared) {
      return (shot * std::max(light, 0.0) + read) / std::max(root_squared, 0.25 * lift + 1e-9);
    };
    return std::sqrt(variance(squared - lift, squared) / std::max(variance(reference, reference + lift), 1e-20));
  }
};

inline double dct_wave(int k, int i) { return (k == 0 ? std::sqrt(1.0 / 8) : 0.5) * std::cos((2 * i + 1) * k * std::numbers::pi / 16); }

using Block = std::array<std::array<double, 8>, 8>;  ///< [down][across]

/// Forward transform: waves across and down; its transpose undoes it.
inline Block transformed(const Block& in, bool back) {
  Block half{}, out{};
  const auto wave = [&](int k, int i) { return back ? dct_wave(i, k) : dct_wave(k, i); };
  for (int y = 0; y < 8; y++)
    for (int k = 0; k < 8; k++)
      for (int x = 0; x < 8; x++) half[std::size_t(y)][std::size_t(k)] += wave(k, x) * in[std::size_t(y)][std::size_t(x)];
  for (int j = 0; j < 8; j++)
    for (int k = 0; k < 8; k++)
      for (int y = 0; y < 8; y++) out[std::size_t(j)][std::size_t(k)] += wave(j, y) * half[std::size_t(y)][std::size_t(k)];
  return out;
}

/// `thresholds` [across + 8 down], 0 for the mean.
inline Plane dct_denoise(const Plane& plane, const Plane& level, int step, const std::array<float, 64>& thresholds,
                         const NoiseOfRoots& noise) {
  Plane sum(plane.width, plane.height), weights(plane.width, plane.height);
  for (int top = -8 + step; top < plane.height; top += step) {
    for (int left = -8 + step; left < plane.width; left += step) {
      Block block{};
      double luma = 0, kept = 1;
      for (int y = 0; y < 8; y++) {
        for (int x = 0; x < 8; x++) {
          block[std::size_t(y)][std::size_t(x)] = plane.mirrored(left + x, top + y);
          luma += level.mirrored(left + x, top + y) / 64;
        }
      }
      Block c = transformed(block, false);
      for (std::size_t i = 0; i < 64; i++) {
        double& value = c[i / 8][i % 8];
        const double t = double(thresholds[i]) * noise.level(luma),
                     share = std::pow(value, 4) / (std::pow(value, 4) + std::pow(t, 4) + 1e-30);
        value *= share;
        kept += share * share;
      }
      block = transformed(c, true);
      for (int y = std::max(top, 0); y < std::min(top + 8, plane.height); y++) {
        for (int x = std::max(left, 0); x < std::min(left + 8, plane.width); x++) {
          sum(x, y) += block[std::size_t(y - top)][std::size_t(x - left)] / kept;
          weights(x, y) += 1 / kept;
        }
      }
    }
  }
  for (std::size_t i = 0; i < sum.values.size(); i++) sum.values[i] /= weights.values[i];
  return sum;
}

struct Sharpening {
  double amount = 0, radius = 0.6, noise = 0;
};

inline Plane capture_sharpen(const Plane& luma, const Sharpening& s) {
  const auto blurred = [&](const auto& at, int x, int y) {
    double sum = 0, total = 0;
    for (int dy = -4; dy <= 4; dy++) {
      for (int dx = -4; dx <= 4; dx++) {
        const double weight = std::exp(-(dx * dx + dy * dy) / (2 * s.radius * s.radius));
        sum += weight * at(x + dx, y + dy);
        total += weight;
      }
    }
    return sum / total;
  };
  const auto given = [&](int x, int y) { return luma.clamped(x, y); };
  const auto first = [&](int x, int y) { return given(x, y) + s.amount * (given(x, y) - blurred(given, x, y)); };
  Plane out(luma.width, luma.height);
  for (int y = 0; y < luma.height; y++) {
    for (int x = 0; x < luma.width; x++) {
      const double second = first(x, y) + s.amount * (given(x, y) - blurred(first, x, y));
      double low = 1e9, high = -1e9;
      for (int i = 0; i < 9; i++) {
        low = std::min(low, given(x - 1 + i % 3, y - 1 + i / 3));
        high = std::max(high, given(x - 1 + i % 3, y - 1 + i / 3));
      }
      double added = second - given(x, y);
      added *= added * added / (added * added + s.noise * s.noise + 1e-20);
      const double over = (high - low) * (0.02 + 0.33 / (1 + std::pow((high - low) / 0.06, 4)));
      out(x, y) = std::clamp(given(x, y) + added, low - over, high + over);
    }
  }
  return out;
}

/// Of a plane of half the size, at a pixel of the whole.
inline double doubled(const Plane& half, int x, int y) {
  const auto down = [&](int u) { return 0.75 * half.clamped(u, y / 2) + 0.25 * half.clamped(u, y / 2 + (y % 2 == 0 ? -1 : 1)); };
  return 0.75 * down(x / 2) + 0.25 * down(x / 2 + (x % 2 == 0 ? -1 : 1));
}

/// Planar color.
struct Planes3 {
  std::array<Plane, 3> of;
};

constexpr std::array<std::array<double, 3>, 3> kOpponents{{{1, 1, 1}, {1, 0, -1}, {1, -2, 1}}};

/// What the three kernels make of linear color. `fine`: standard deviation of fine color noise times strength times 4.
struct DenoiseTwin {
  NoiseOfRoots noise;
  int step = 4;
  bool luma = false, chroma = false;
  std::array<float, 64> luma_thresholds{};
  std::array<std::array<float, 64>, 2> chroma_thresholds{};
  double fine = 0;
  Sharpening sharpening;

  Planes3 operator()(const Planes3& linear) const {
    const int width = linear.of[0].width, height = linear.of[0].height;
    const auto root = [&](std::size_t c, int x, int y) { return std::sqrt(std::max(linear.of[c].clamped(x, y) + noise.lift, 0.0)); };
    const auto opponent = [&](std::size_t k, int x, int y) {
      const double length = std::sqrt(k == 0 ? 3.0 : k == 1 ? 2.0 : 6.0);
      return (kOpponents[k][0] * root(0, x, y) + kOpponents[k][1] * root(1, x, y) + kOpponents[k][2] * root(2, x, y)) / length;
    };
    Plane full(width, height);
    std::array<Plane, 3> half{Plane((width + 1) / 2, (height + 1) / 2), Plane((width + 1) / 2, (height + 1) / 2),
                              Plane((width + 1) / 2, (height + 1) / 2)};
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++) full(x, y) = opponent(0, x, y);
    for (std::size_t k = 0; k < 3; k++) {
      for (int y = 0; y < half[k].height; y++) {
        for (int x = 0; x < half[k].width; x++) {
          half[k](x, y) = (opponent(k, 2 * x, 2 * y) + opponent(k, 2 * x + 1, 2 * y) + opponent(k, 2 * x, 2 * y + 1) +
                           opponent(k, 2 * x + 1, 2 * y + 1)) /
                          4;
        }
      }
    }
    const Plane quiet = luma ? dct_denoise(full, full, step, luma_thresholds, noise) : full;
    const Plane sharp = capture_sharpen(quiet, sharpening);
    std::array<Plane, 2> after{half[1], half[2]};
    for (std::size_t k = 0; chroma && k < 2; k++) after[k] = dct_denoise(half[k + 1], half[0], step, chroma_thresholds[k], noise);
    Planes3 out = linear;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        std::array<double, 3> v{sharp(x, y), 0, 0};
        for (std::size_t k = 1; k < 3; k++) {
          const double detail = opponent(k, x, y) - doubled(half[k], x, y), t = fine * noise.level(quiet(x, y));
          v[k] = doubled(after[k - 1], x, y) + detail * std::pow(detail, 4) / (std::pow(detail, 4) + std::pow(t, 4) + 1e-30);
        }
        for (std::size_t c = 0; c < 3; c++) {
          const double r = v[0] * kOpponents[0][c] / std::sqrt(3.0) + v[1] * kOpponents[1][c] / std::sqrt(2.0) +
                           v[2] * kOpponents[2][c] / std::sqrt(6.0);
          out.of[c](x, y) = std::max(r, 0.0) * std::max(r, 0.0) - noise.lift;
        }
      }
    }
    return out;
  }
};

}  // namespace argent::reference
