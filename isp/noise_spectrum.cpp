#include "isp/noise_spectrum.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "isp/kernel_inputs.h"
#include "isp/opponents.h"

namespace argent {
namespace {

constexpr int kSide = 192, kPatch = 8;
constexpr float kBlackCode = 16384, kWhiteCode = 65535;

/// Normal deviates from integers alone, alike on every machine and library: drawn once for all frames.
const std::vector<float>& normal_deviates() {
  static const std::vector<float> deviates = [] {
    std::mt19937_64 generator(1);
    std::vector<float> out(static_cast<std::size_t>(kSide * kSide * 3));
    for (float& v : out) {
      std::uint64_t sum = 0;  // of twelve uniform deviates (Irwin and Hall): exact in its first two moments
      for (int i = 0; i < 3; i++) {
        const std::uint64_t four = generator();
        for (int shift = 0; shift < 64; shift += 16) sum += four >> shift & 0xffff;
      }
      v = static_cast<float>((double(sum) + 6) / 65536 - 6);
    }
    return out;
  }();
  return deviates;
}

std::size_t channel_at(const SensorInfo& sensor, int x, int y, int sample) {
  if (sensor.cfa == CfaPattern::kMonochrome) return 1;
  return static_cast<std::size_t>(sensor.cfa == CfaPattern::kRgb ? sample : color_at(sensor, x, y));
}

/// Grey in the picture: the sensor's response is the reference over the gains.
RawFrame grey_frame(const RawFrame& frame, const NoiseModel& noise, const Vec3& gains) {
  RawFrame grey;
  grey.sensor.cfa = frame.sensor.cfa;
  grey.sensor.cfa_phase = frame.sensor.cfa_phase;
  grey.sensor.active = {kSide, kSide};
  grey.sensor.black.fill(kBlackCode);
  grey.sensor.white.fill(kWhiteCode);
  const int samples = samples_per_pixel(grey.sensor.cfa);
  const auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(kSide * kSide * samples));
  const std::vector<float>& normal = normal_deviates();
  for (int i = 0; i < kSide * kSide * samples; i++) {
    const int x = i / samples % kSide, y = i / samples / kSide;
    const std::size_t channel = channel_at(grey.sensor, x, y, i % samples);
    const float light = RootNoise::kReference / gains[channel];
    const float noisy = light + normal[static_cast<std::size_t>(i)] * std::sqrt(std::max(noise.shot * light + noise.read, 0.0f));
    (*codes)[static_cast<std::size_t>(i)] =
        static_cast<std::uint16_t>(std::clamp(kBlackCode + noisy * (kWhiteCode - kBlackCode) + 0.5f, 0.0f, kWhiteCode));
  }
  grey.data = codes->data();
  grey.stride = kSide * samples;
  grey.lease = codes;
  return grey;
}

using Plane = std::vector<float>;  ///< square

/// Less their means.
std::array<Plane, 3> planes_of(const Opponents& opponents) {
  std::array<Plane, 3> planes;
  for (std::size_t k = 0; k < 3; k++) {
    double sum = 0;
    for (int y = 0; y < kSide; y++) {
      for (int x = 0; x < kSide; x++) {
        planes[k].push_back(static_cast<float>(opponents.words(x, y, static_cast<int>(k))) / opponents.unit);
        sum += double(planes[k].back());
      }
    }
    const auto mean = static_cast<float>(sum / (kSide * kSide));
    for (float& value : planes[k]) value -= mean;
  }
  return planes;
}

Plane halved(const Plane& plane, int side) {
  Plane half;
  for (int y = 0; y < side; y += 2) {
    for (int x = 0; x < side; x += 2) {
      const float* at = &plane[static_cast<std::size_t>(y * side + x)];
      half.push_back((at[0] + at[1] + at[side] + at[side + 1]) / 4);
    }
  }
  return half;
}

using Patch = std::array<std::array<float, kPatch>, kPatch>;

/// The orthonormal DCT: [sample][frequency].
const Patch& dct_waves() {
  static const Patch waves = [] {
    Patch out{};
    for (std::size_t k = 0; k < kPatch; k++) {
      for (std::size_t i = 0; i < kPatch; i++) {
        const double phase = std::numbers::pi * double(k) * (2.0 * double(i) + 1) / (2 * kPatch);
        out[i][k] = static_cast<float>(std::sqrt((k == 0 ? 1.0 : 2.0) / kPatch) * std::cos(phase));
      }
    }
    return out;
  }();
  return waves;
}

/// Frequencies [down][across] of the 8x8 whose rows are `stride` apart.
Patch dct(const float* patch, int stride) {
  const Patch& waves = dct_waves();
  Patch across{}, out{};
  for (std::size_t y = 0; y < kPatch; y++, patch += stride) {
    for (std::size_t x = 0; x < kPatch; x++) {
      for (std::size_t k = 0; k < kPatch; k++) across[y][k] += waves[x][k] * patch[x];
    }
  }
  for (std::size_t y = 0; y < kPatch; y++) {
    for (std::size_t j = 0; j < kPatch; j++) {
      for (std::size_t k = 0; k < kPatch; k++) out[j][k] += waves[y][j] * across[y][k];
    }
  }
  return out;
}

NoiseSpectrum::Frequencies spectrum_of(const Plane& plane, int side) {
  std::array<double, 64> power{};
  int patches = 0;
  for (int top = kPatch; top + 2 * kPatch <= side; top += kPatch / 2) {  // the border is mirrored, not noise of its own
    for (int left = kPatch; left + 2 * kPatch <= side; left += kPatch / 2, patches++) {
      const Patch frequencies = dct(&plane[static_cast<std::size_t>(top * side + left)], side);
      for (std::size_t i = 0; i < power.size(); i++)
        power[i] += double(frequencies[i / kPatch][i % kPatch] * frequencies[i / kPatch][i % kPatch]);
    }
  }
  NoiseSpectrum::Frequencies out{};
  for (std::size_t i = 0; i < power.size(); i++) out[i] = static_cast<float>(std::sqrt(power[i] / patches));
  return out;
}

float deviation(const Plane& plane) {
  double sum = 0;
  for (float v : plane) sum += double(v) * double(v);
  return static_cast<float>(std::sqrt(sum / double(plane.size())));
}

/// Of a plane less the mean of each 2x2: the variance that halving takes away.
float fine_deviation(const Plane& plane, const Plane& half) {
  const double all = double(deviation(plane)), kept = double(deviation(half));
  return static_cast<float>(std::sqrt(std::max(all * all - kept * kept, 0.0)));
}

}  // namespace

RootNoise root_noise(const NoiseModel& noise, const Vec3& gains) {
  const float mean = (gains[0] + gains[1] + gains[2]) / 3, largest = std::max({gains[0], gains[1], gains[2]});
  return {noise.shot * mean, noise.read * mean * mean, largest * std::sqrt(std::max(noise.read, 0.0f))};
}

NoiseSpectrum noise_spectrum(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const NoiseModel& noise,
                             const PipelineParams& params, const Development& development) {
  const RawFrame grey = grey_frame(frame, noise, development.gains);
  PipelineParams even = params;  // the grey frame is as large as it likes, and nothing darkens its corners
  even.shading.clear();
  even.flat = nullptr;
  const float lift = root_noise(noise, development.gains).lift;
  const auto planes = planes_of(mosaic_to_opponents(kernels, context, grey, {}, even, development, {0, 0, kSide, kSide}, lift));
  NoiseSpectrum out;
  out.luma = spectrum_of(planes[0], kSide);
  out.luma_total = deviation(planes[0]);
  for (std::size_t k = 0; k < 2; k++) {
    const Plane half = halved(planes[k + 1], kSide);
    out.differences[k] = spectrum_of(half, kSide / 2);
    out.fine_differences = std::max(out.fine_differences, fine_deviation(planes[k + 1], half));
  }
  return out;
}

}  // namespace argent
