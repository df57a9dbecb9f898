#include "camera/simulation/panorama.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "camera/spectral/illuminants.h"
#include "camera/spectral/primaries.h"
#include "isp/io/exr_file.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr float kPi = std::numbers::pi_v<float>, kDegree = kPi / 180;
constexpr float kDarkest = 1e-6f;    // of white: black has a color too, for the mixture's sake
constexpr int kMaxSamplesASide = 8;  // of a pixel's average

}  // namespace

Panorama::Panorama(const std::filesystem::path& path) {
  const Image image = load_exr(path);
  size_ = image.size();
  if (size_.width != 2 * size_.height) {
    throw Error(path.string() + ": " + std::to_string(size_.width) + "x" + std::to_string(size_.height) +
                " is no panorama, expected twice as wide as high");
  }
  pixels_.reserve(static_cast<std::size_t>(size_.width) * static_cast<std::size_t>(size_.height));
  std::array<double, 3> sum{};
  double weights = 0;
  for (int y = 0; y < size_.height; y++) {
    const float* row = image.row<float>(y);
    const double polar = std::numbers::pi * (y + 0.5) / size_.height;
    const double weight = std::max(0.0, std::cos(polar)) * std::sin(polar);
    weights += weight * size_.width;
    for (int x = 0; x < size_.width; x++) {
      Vec3& pixel = pixels_.emplace_back();
      for (std::size_t c = 0; c < 3; c++) {
        const float value = row[static_cast<std::size_t>(x) * 3 + c];
        if (!std::isfinite(value)) {
          throw Error(path.string() + ": the pixel at " + std::to_string(x) + ", " + std::to_string(y) + " is not finite");
        }
        pixel[c] = std::max(0.0f, value);
        sum[c] += weight * double(pixel[c]);
      }
    }
  }
  for (std::size_t c = 0; c < 3; c++) light_[c] = static_cast<float>(sum[c] / weights);
  if (!(light_[0] > 0 && light_[1] > 0 && light_[2] > 0)) {
    throw Error(path.string() + ": the upper half gives no light in one of the primaries");
  }
  for (Vec3& pixel : pixels_) {
    for (std::size_t c = 0; c < 3; c++) pixel[c] /= light_[c];
  }
}

Spectrum Panorama::light_spectrum() const {
  Spectrum spectrum = illuminant("D65");
  const auto primaries = primary_reflectances();
  const float most = std::max({light_[0], light_[1], light_[2]});
  for (std::size_t i = 0; i < kSamples; i++) {
    float share = 0;
    for (std::size_t c = 0; c < 3; c++) share += light_[c] / most * primaries[c][i];
    spectrum[i] *= share;
  }
  return spectrum;
}

Vec3 Panorama::at(float column, float row) const {
  const float x = std::floor(column - 0.5f), y = std::floor(row - 0.5f);
  const float fx = column - 0.5f - x, fy = row - 0.5f - y;
  const auto pixel = [&](int i, int j) -> const Vec3& {
    const int wrapped = ((i % size_.width) + size_.width) % size_.width, inside = std::clamp(j, 0, size_.height - 1);
    return pixels_[static_cast<std::size_t>(inside) * static_cast<std::size_t>(size_.width) + static_cast<std::size_t>(wrapped)];
  };
  const int i = static_cast<int>(x), j = static_cast<int>(y);
  const Vec3 &a = pixel(i, j), &b = pixel(i + 1, j), &c = pixel(i, j + 1), &d = pixel(i + 1, j + 1);
  Vec3 out;
  for (std::size_t k = 0; k < 3; k++) {
    out[k] = (1 - fy) * (a[k] + fx * (b[k] - a[k])) + fy * (c[k] + fx * (d[k] - c[k]));
  }
  return out;
}

float Panorama::finest(const SceneParams& scene) const {
  return 2 * kPi / float(size_.width) / (2 * std::tan(scene.field_of_view * kDegree / 2));
}

SceneMap Panorama::view(const SceneParams& scene, Size size, float aspect, double seconds) const {
  const float wide = 2 * std::tan(scene.field_of_view * kDegree / 2), high = wide / aspect;
  const float pitch = scene.pitch * kDegree;
  // Whole turns are taken off before they cost precision.
  const auto yaw = static_cast<float>(std::remainder(double(scene.yaw) + double(scene.pan) * seconds, 360.0)) * kDegree;
  const int side = std::clamp(static_cast<int>(std::ceil(1 / (float(size.width) * finest(scene)))), 1, kMaxSamplesASide);
  const auto pixels = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  SceneMap map;
  map.size = size;
  map.reflectance.reserve(pixels);
  map.mixture.reserve(pixels);
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) {
      Vec3 sum{};
      for (int k = 0; k < side * side; k++) {
        const float u = ((float(x) + (float(k % side) + 0.5f) / float(side)) / float(size.width) - 0.5f) * wide;
        const float v = (0.5f - (float(y) + (float(k / side) + 0.5f) / float(side)) / float(size.height)) * high;
        const float ahead = std::cos(pitch) - v * std::sin(pitch), up = std::sin(pitch) + v * std::cos(pitch);
        const float longitude = std::atan2(u, ahead) + yaw, latitude = std::atan2(up, std::hypot(u, ahead));
        const Vec3 seen = at((longitude / (2 * kPi) + 0.5f) * float(size_.width), (0.5f - latitude / kPi) * float(size_.height));
        for (std::size_t c = 0; c < 3; c++) sum[c] += seen[c];
      }
      for (float& value : sum) value = std::max(kDarkest, value / float(side * side));
      const float luminance = kSrgbToXyz[3] * sum[0] + kSrgbToXyz[4] * sum[1] + kSrgbToXyz[5] * sum[2];
      map.reflectance.push_back(luminance);
      map.mixture.push_back({sum[0] / luminance, sum[1] / luminance, sum[2] / luminance});
    }
  }
  return map;
}

}  // namespace argent
