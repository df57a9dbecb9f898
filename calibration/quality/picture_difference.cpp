#include "calibration/quality/picture_difference.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <thread>
#include <vector>

#include "calibration/chart/color_difference.h"
#include "isp/color.h"
#include "models/runtime/error.h"
#include "models/runtime/parallel.h"

namespace argent {
namespace {

using Real3 = std::array<double, 3>;

void check(const Image& a, const Image& b) {
  if (a.empty() || b.empty()) throw Error("there is no picture to compare");
  if (!(a.size() == b.size())) throw Error("a picture of ", a.size(), " pixels is compared with one of ", b.size());
  if (a.type() != PixelType::kF32 || b.type() != PixelType::kF32 || a.encoding() != b.encoding())
    throw Error("pictures are compared as floats of the same encoding");
}

float finite(float value) { return std::isfinite(value) ? value : 0; }

/// What one row adds to the sums.
struct RowSums {
  Real3 squares{}, differences{};
  double largest = 0, structure = 0;
};

Lab lab_of_pixel(const float* pixel, Encoding encoding) {
  static const Vec3 white = multiply(kSrgbToXyz, Vec3{1, 1, 1});
  Vec3 light;
  for (std::size_t c = 0; c < 3; c++) light[c] = encoding == Encoding::kLinear ? finite(pixel[c]) : srgb_decode(finite(pixel[c]));
  const Vec3 xyz = multiply(kSrgbToXyz, light);
  return lab_of({xyz[0], xyz[1], xyz[2]}, {white[0], white[1], white[2]});
}

void add_row(const Image& a, const Image& b, int y, RowSums& sums, float* delta_e) {
  const float *one = a.row<float>(y), *other = b.row<float>(y);
  for (int x = 0; x < a.width(); x++, one += 3, other += 3) {
    bool equal = true;
    for (std::size_t c = 0; c < 3; c++) {
      const double d = double(finite(other[c])) - double(finite(one[c]));
      sums.squares[c] += d * d;
      sums.differences[c] += d;
      sums.largest = std::max(sums.largest, std::abs(d));
      equal = equal && d == 0;
    }
    delta_e[x] = equal ? 0 : static_cast<float>(ciede2000(lab_of_pixel(one, a.encoding()), lab_of_pixel(other, a.encoding())));
  }
}

// ---- SSIM --------------------------------------------------------------------------------------------------------------------------

constexpr int kWindow = 11;

std::array<double, kWindow> gaussian() {
  constexpr double kSigma = 1.5;
  std::array<double, kWindow> weights{};
  double sum = 0;
  for (int i = 0; i < kWindow; i++) {
    const double distance = i - kWindow / 2;
    sum += weights[static_cast<std::size_t>(i)] = std::exp(-distance * distance / (2 * kSigma * kSigma));
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

std::vector<float> luma_of(const Image& image) {
  std::vector<float> luma;
  luma.reserve(static_cast<std::size_t>(image.width()) * static_cast<std::size_t>(image.height()));
  for (int y = 0; y < image.height(); y++) {
    const float* pixel = image.row<float>(y);
    for (int x = 0; x < image.width(); x++, pixel += 3)
      luma.push_back(0.299f * finite(pixel[0]) + 0.587f * finite(pixel[1]) + 0.114f * finite(pixel[2]));
  }
  return luma;
}

/// Means of a, b, a^2, b^2 and a b under a window.
using Moments = std::array<double, 5>;

Moments weighted(const std::vector<Moments>& columns, std::size_t x, const std::array<double, kWindow>& weights) {
  Moments sum{};
  for (std::size_t i = 0; i < kWindow; i++) {
    for (std::size_t m = 0; m < sum.size(); m++) sum[m] += weights[i] * columns[x + i][m];
  }
  return sum;
}

double similarity(const Moments& m) {
  constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;
  const double means = m[0] * m[1], squares = m[0] * m[0] + m[1] * m[1];
  return (2 * means + kC1) * (2 * (m[4] - means) + kC2) / ((squares + kC1) * (m[2] + m[3] - squares + kC2));
}

/// Sum over the windows whose first row is y.
double similarity_of_row(const std::vector<float>& a, const std::vector<float>& b, std::size_t width, std::size_t y,
                         const std::array<double, kWindow>& weights) {
  std::vector<Moments> columns(width);
  for (std::size_t i = 0; i < kWindow; i++) {
    const float *one = &a[(y + i) * width], *other = &b[(y + i) * width];
    for (std::size_t x = 0; x < width; x++) {
      const double p = one[x], q = other[x], weight = weights[i];
      Moments& m = columns[x];
      m[0] += weight * p;
      m[1] += weight * q;
      m[2] += weight * p * p;
      m[3] += weight * q * q;
      m[4] += weight * p * q;
    }
  }
  double sum = 0;
  for (std::size_t x = 0; x + kWindow <= width; x++) sum += similarity(weighted(columns, x, weights));
  return sum;
}

std::optional<double> ssim_of(const Image& a, const Image& b, BufferPool& pool, int threads) {
  if (a.width() < kWindow || a.height() < kWindow) return std::nullopt;
  const std::vector<float> one = luma_of(a), other = luma_of(b);
  const std::array<double, kWindow> weights = gaussian();
  const auto width = static_cast<std::size_t>(a.width());
  std::vector<double> rows(static_cast<std::size_t>(a.height() - kWindow + 1));
  parallel_for(pool, threads, static_cast<std::int64_t>(rows.size()), 8, [&](std::int64_t begin, std::int64_t end) {
    for (auto y = static_cast<std::size_t>(begin); y < static_cast<std::size_t>(end); y++)
      rows[y] = similarity_of_row(one, other, width, y, weights);
  });
  double sum = 0;
  for (double row : rows) sum += row;
  return sum / (double(rows.size()) * double(width - kWindow + 1));
}

double decibel(double mean_square) { return mean_square > 0 ? -10 * std::log10(mean_square) : std::numeric_limits<double>::infinity(); }

template <class T>
void widen_row(const T* from, int samples, float* to) {
  constexpr float kFull = std::is_floating_point_v<T> ? 1.0f : static_cast<float>(std::numeric_limits<T>::max());
  for (int i = 0; i < samples; i++) to[i] = static_cast<float>(from[i]) / kFull;
}

}  // namespace

PictureDifference difference_of(const Image& a, const Image& b, int threads) {
  check(a, b);
  if (threads <= 0) threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  BufferPool pool;
  const auto width = static_cast<std::size_t>(a.width()), height = static_cast<std::size_t>(a.height());
  std::vector<RowSums> rows(height);
  std::vector<float> delta_e(width * height);
  parallel_for(pool, threads, static_cast<std::int64_t>(height), 8, [&](std::int64_t begin, std::int64_t end) {
    for (auto y = static_cast<std::size_t>(begin); y < static_cast<std::size_t>(end); y++)
      add_row(a, b, static_cast<int>(y), rows[y], &delta_e[y * width]);
  });

  PictureDifference out;
  const double count = double(width) * double(height);
  Real3 squares{};
  for (const RowSums& row : rows) {  // in order, so that no number of threads changes the sum
    for (std::size_t c = 0; c < 3; c++) {
      squares[c] += row.squares[c];
      out.mean[c] += row.differences[c] / count;
    }
    out.largest = std::max(out.largest, row.largest);
  }
  for (std::size_t c = 0; c < 3; c++) out.psnr[c] = decibel(squares[c] / count);
  out.cpsnr = decibel((squares[0] + squares[1] + squares[2]) / (3 * count));
  for (float value : delta_e) out.delta_e_mean += double(value) / count;
  const auto rank = delta_e.begin() + static_cast<std::ptrdiff_t>(std::ceil(0.95 * count)) - 1;
  std::nth_element(delta_e.begin(), rank, delta_e.end());
  out.delta_e_95 = *rank;
  out.delta_e_max = *std::max_element(rank, delta_e.end());
  out.ssim = ssim_of(a, b, pool, threads);
  return out;
}

Image as_floats(const Image& image, Rect area, Encoding encoding, BufferPool& pool) {
  Image out(pool, {area.width, area.height}, PixelType::kF32, encoding, image.color_space());
  const int samples = area.width * Image::kChannels, first = area.x * Image::kChannels;
  for (int y = 0; y < area.height; y++) {
    float* row = out.row<float>(y);
    if (image.type() == PixelType::kU8) widen_row(image.row<std::uint8_t>(area.y + y) + first, samples, row);
    if (image.type() == PixelType::kU16) widen_row(image.row<std::uint16_t>(area.y + y) + first, samples, row);
    if (image.type() == PixelType::kF32) widen_row(image.row<float>(area.y + y) + first, samples, row);
    if (image.encoding() == encoding) continue;
    for (int i = 0; i < samples; i++) row[i] = encoding == Encoding::kSrgb ? srgb_encode(row[i]) : srgb_decode(row[i]);
  }
  return out;
}

Image difference_picture(const Image& a, const Image& b, float gain, BufferPool& pool) {
  check(a, b);
  Image out(pool, a.size(), PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  for (int y = 0; y < a.height(); y++) {
    const float *one = a.row<float>(y), *other = b.row<float>(y);
    auto* to = out.row<std::uint8_t>(y);
    for (int i = 0; i < a.width() * Image::kChannels; i++) {
      const float value = 0.5f + gain * (finite(other[i]) - finite(one[i]));
      to[i] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(value, 0.0f, 1.0f)));
    }
  }
  return out;
}

}  // namespace argent
