// tests/isp/dng_fixture.h - small DNG files that say exactly what a test wants, true or not.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "isp/geometry.h"
#include "isp/sensor_info.h"

namespace argent {

/// A DNG with one uncompressed strip of 16 bits. The samples are those of the whole picture, rows of width x samples_per_pixel(cfa).
struct DngFixture {
  Size size{64, 48};
  CfaPattern cfa = CfaPattern::kRggb;  ///< phase at (0, 0) of the active area
  CfaPhase cfa_phase;                  ///< of X-Trans, the same
  std::string cfa_bytes;               ///< of CFAPattern, when not what these two say
  std::vector<std::uint16_t> samples;  ///< empty: dng_fixture_sample() of each
  std::optional<Rect> active_area, default_crop;
  int black_rows = 2, black_columns = 2;             ///< BlackLevelRepeatDim
  std::vector<double> black{500.5, 512, 520, 530};   ///< row-major; with 3 samples a pixel and 1 x 1: one each
  std::vector<std::uint32_t> white{16383};           ///< one for each sample of a pixel
  std::vector<Mat3> matrices{kTungsten, kDaylight};  ///< ColorMatrix1 and 2
  std::vector<int> illuminants{17, 21};              ///< A and D65
  std::optional<Vec3> analog_balance;
  std::optional<Vec3> as_shot_neutral{{0.5f, 1, 0.625f}};
  std::optional<double> baseline_exposure{0.75};
  Orientation orientation = Orientation::kNormal;
  double exposure = 0.01;  ///< seconds
  int iso = 400;
  double f_number = 4, focal_length = 35;
  int sample_format = 1;                             ///< 3: floating point
  std::map<int, std::vector<unsigned char>> opaque;  ///< more tags: bytes of type 7, such as opcode lists
  std::map<int, std::vector<double>> doubles;        ///< of type 12
  std::map<int, std::vector<float>> floats;          ///< of type 11
  std::map<int, std::vector<double>> fractions;      ///< of type 10
  std::map<int, std::vector<std::uint32_t>> longs;   ///< of type 4
  std::optional<Size> claimed_size;                  ///< what the header says instead of `size`
  std::size_t missing_bytes_at_end = 0;

  static constexpr Mat3 kTungsten{0.9f, -0.2f, -0.1f, -0.4f, 1.3f, 0.1f, -0.05f, 0.2f, 0.5f};
  static constexpr Mat3 kDaylight{0.8f, -0.3f, -0.1f, -0.45f, 1.25f, 0.2f, -0.1f, 0.25f, 0.6f};
};

/// Noise between 600 and 12791 that depends on nothing but the position.
std::uint16_t dng_fixture_sample(int x, int y, int channel);

void write_dng(const DngFixture& fixture, const std::filesystem::path& path);

}  // namespace argent
