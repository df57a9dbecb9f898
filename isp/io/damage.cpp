#include "isp/io/damage.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "isp/io/black_level.h"

namespace argent {
namespace {

// A real picture has noise in every pixel; these fractions were chosen far from both sides and are not sensitive.
constexpr double kConstantRows = 0.2, kFlatTiles = 0.2, kUseless = 0.999;
constexpr int kTile = 32;              // pixels; DNG's smallest usual tile is 256
constexpr float kSubtractedBlack = 8;  // below it a file may have had its black subtracted, and shadows are honestly 0

int samples_in_row(const RawFrame& frame) { return frame.size().width * samples_per_pixel(frame.sensor.cfa); }

bool is_constant(const std::uint16_t* samples, int count) {
  return std::all_of(samples, samples + count, [first = *samples](std::uint16_t sample) { return sample == first; });
}

int constant_rows_at_end(const RawFrame& frame) {
  int rows = 0;
  for (int y = frame.size().height - 1; y >= 0; y--, rows++) {
    if (!is_constant(frame.data + y * frame.stride, samples_in_row(frame))) break;
  }
  return rows;
}

bool is_flat_tile(const RawFrame& frame, int column, int row) {
  const int samples = samples_per_pixel(frame.sensor.cfa);
  const std::uint16_t* first = frame.data + row * frame.stride + column * samples;
  const auto [least_black, most_black] = std::minmax_element(frame.sensor.black.begin(), frame.sensor.black.end());
  const float white = *std::min_element(frame.sensor.white.begin(), frame.sensor.white.end());
  if (*first >= white || (*first <= *most_black && *least_black < kSubtractedBlack)) return false;
  for (int y = 0; y < kTile; y++) {
    const std::uint16_t* line = first + y * frame.stride;
    if (*line != *first || !is_constant(line, kTile * samples)) return false;
  }
  return true;
}

double flat_fraction(const RawFrame& frame) {
  const int columns = frame.size().width / kTile, rows = frame.size().height / kTile;
  if (columns == 0 || rows == 0) return 0;
  long long flat = 0;
  for (int row = 0; row < rows; row++) {
    for (int column = 0; column < columns; column++) flat += is_flat_tile(frame, column * kTile, row * kTile);
  }
  return static_cast<double>(flat) / columns / rows;
}

struct Extremes {
  double clipped = 0, black = 0;  ///< fractions of the samples
};

/// Thresholds of a row's samples, which alternate between two sites (Bayer), go round three or six (X-Trans), or are all of one.
constexpr int kPeriod = 6;
struct RowLevels {
  std::array<int, kPeriod> black, white;
};

RowLevels row_levels(const SensorInfo& sensor, int y) {
  constexpr std::array kRgbSites{0, 1, 3};
  RowLevels levels{};
  for (int i = 0; i < kPeriod; i++) {
    const int site = is_bayer(sensor.cfa)                ? bayer_site(sensor.cfa, i, y)
                     : sensor.cfa == CfaPattern::kXTrans ? kRgbSites[color_at(sensor, i, y)]
                     : sensor.cfa == CfaPattern::kRgb    ? kRgbSites[i % 3]
                                                         : 0;
    levels.black[i] = static_cast<int>(std::floor(sensor.black[site]));
    levels.white[i] = static_cast<int>(std::ceil(sensor.white[site]));
  }
  return levels;
}

Extremes extremes(const RawFrame& frame) {
  const int count = samples_in_row(frame);
  long long clipped = 0, black = 0, all = 0;
  for (int y = 0; y < frame.size().height; y++) {
    if (y % 8 > 1) continue;  // two rows in eight, one of each phase, are enough for a fraction
    all += count;
    const RowLevels levels = row_levels(frame.sensor, y);
    const std::uint16_t* line = frame.data + y * frame.stride;
    for (int x = 0; x < count; x += kPeriod) {
      const int here = std::min(kPeriod, count - x);
      for (int i = 0; i < here; i++) {
        clipped += line[x + i] >= levels.white[i];
        black += line[x + i] <= levels.black[i];
      }
    }
  }
  return {static_cast<double>(clipped) / static_cast<double>(all), static_cast<double>(black) / static_cast<double>(all)};
}

std::string percent(double fraction) { return std::to_string(std::lround(100 * fraction)) + " %"; }

}  // namespace

std::vector<std::string> signs_of_damage(const RawFrame& frame) {
  const std::string decoded = "decoded, but ", broken = ": the picture looks broken";
  const int height = frame.size().height, constant = constant_rows_at_end(frame);
  const auto row_start = [&](int y) { return frame.data[y * frame.stride]; };
  bool one_value = constant == height;
  for (int y = 1; y < height && one_value; y++) one_value = row_start(y) == row_start(0);
  if (one_value) return {decoded + "every pixel has the code " + std::to_string(row_start(0)) + broken};

  std::vector<std::string> signs;
  if (constant > kConstantRows * height) {
    signs.push_back(decoded + "the last " + std::to_string(constant) + " of " + std::to_string(height) + " rows are constant" + broken);
  } else if (const double flat = flat_fraction(frame); flat > kFlatTiles) {
    signs.push_back(decoded + percent(flat) + " of the picture is constant" + broken);
  }
  const Extremes extreme = extremes(frame);
  if (extreme.clipped > kUseless) signs.push_back(decoded + "all pixels are at or above the white level" + broken);
  if (extreme.black > kUseless) signs.push_back(decoded + "all pixels are at or below the black level" + broken);
  return signs;
}

}  // namespace argent
