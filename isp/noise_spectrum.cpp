#include "isp/noise_spectrum.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "isp/kernel_inputs.h"
#include "isp/opponents.h"
#include "models/runtime/parallel.h"

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
  constexpr float kRange = kWhiteCode - kBlackCode;
  std::array<float, 3> level{}, deviation{};
  for (std::size_t c = 0; c < 3; c++) {
    const float light = RootNoise::kReference / gains[c];
    level[c] = kBlackCode + kRange * light + 0.5f;
    deviation[c] = kRange * std::sqrt(std::max(noise.shot * light + noise.read, 0.0f));
  }
  const float* normal = normal_deviates().data();
  std::uint16_t* to = codes->data();
  for (int y = 0; y < kSide; y++) {
    for (int i = 0; i < kSide * samples; i++) {
      const std::size_t channel = channel_at(grey.sensor, i / samples, y, i % samples);
      *to++ = static_cast<std::uint16_t>(std::clamp(level[channel] + *normal++ * deviation[channel], 0.0f, kWhiteCode));
    }
  }
  grey.data = codes->data();
  grey.stride = kSide * samples;
  grey.lease = codes;
  return grey;
}

using Plane = std::vector<float>;  ///< square

/// Less its mean.
Plane plane_of(const Opponents& opponents, int k) {
  Plane plane(static_cast<std::size_t>(kSide * kSide));
  double sum = 0;
  for (int y = 0; y < kSide; y++) {
    const std::uint16_t* from = &opponents.words(0, y, k);
    float* to = &plane[static_cast<std::size_t>(y * kSide)];
    std::int64_t of_row = 0;
    for (int x = 0; x < kSide; x++) {
      to[x] = static_cast<float>(from[x]) / opponents.unit;
      of_row += from[x];
    }
    sum += double(of_row);
  }
  const auto mean = static_cast<float>(sum / (kSide * kSide * double(opponents.unit)));
  for (float& value : plane) value -= mean;
  return plane;
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

/// Of each row of patches the sum of squares.
using Powers = std::vector<std::array<double, 64>>;

/// Patches by half, none at the border: that is mirrored, not noise of its own.
int patches_along(int side) { return (side - 3 * kPatch) / (kPatch / 2) + 1; }
int place_of(int patch) { return kPatch + patch * kPatch / 2; }

std::array<double, 64> power_of(const Plane& plane, int side, int row) {
  std::array<double, 64> power{};
  for (int i = 0; i < patches_along(side); i++) {
    const Patch frequencies = dct(&plane[static_cast<std::size_t>(place_of(row) * side + place_of(i))], side);
    for (std::size_t k = 0; k < power.size(); k++)
      power[k] += double(frequencies[k / kPatch][k % kPatch] * frequencies[k / kPatch][k % kPatch]);
  }
  return power;
}

NoiseSpectrum::Frequencies spectrum_of(const Powers& rows) {
  NoiseSpectrum::Frequencies out{};
  const double patches = double(rows.size()) * double(rows.size());
  for (std::size_t k = 0; k < out.size(); k++) {
    double sum = 0;
    for (const auto& row : rows) sum += row[k];
    out[k] = static_cast<float>(std::sqrt(sum / patches));
  }
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
  const Opponents opponents = mosaic_to_opponents(kernels, context, grey, {}, even, development, {0, 0, kSide, kSide}, lift);
  std::array<Plane, 3> planes, measured;  // luma in full size, differences in half
  std::array<float, 3> fine{};
  parallel_for(context.pool(), context.threads(), 3, 1, [&](std::int64_t k, std::int64_t) {
    const auto i = static_cast<std::size_t>(k);
    planes[i] = plane_of(opponents, static_cast<int>(k));
    measured[i] = k == 0 ? planes[i] : halved(planes[i], kSide);
    if (k > 0) fine[i] = fine_deviation(planes[i], measured[i]);
  });
  const auto side_of = [](std::size_t i) { return i == 0 ? kSide : kSide / 2; };
  std::array<Powers, 3> powers;
  for (std::size_t i = 0; i < 3; i++) {
    powers[i].resize(static_cast<std::size_t>(patches_along(side_of(i))));
    parallel_for(context.pool(), context.threads(), static_cast<std::int64_t>(powers[i].size()), 8,
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t row = begin; row < end; row++)
                     powers[i][static_cast<std::size_t>(row)] = power_of(measured[i], side_of(i), static_cast<int>(row));
                 });
  }
  return {spectrum_of(powers[0]), {spectrum_of(powers[1]), spectrum_of(powers[2])}, deviation(planes[0]), std::max(fine[1], fine[2])};
}

}  // namespace argent
