#include "isp/io/raw_sensor.h"

#include <libraw/libraw.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>

#include "models/runtime/error.h"

namespace argent {
namespace {

/// LibRaw's color index of each site of SensorInfo; without a mosaic R, G, G, B.
std::array<int, 4> color_indices(LibRaw& decoder, CfaPattern cfa) {
  std::array<int, 4> indices{0, 1, 1, 2};
  if (cfa == CfaPattern::kMonochrome) return {};
  if (!is_bayer(cfa)) return indices;
  for (int y = 0; y < 2; y++) {
    for (int x = 0; x < 2; x++) indices[bayer_site(cfa, x, y)] = decoder.COLOR(y, x) & 3;
  }
  return indices;
}

/// LibRaw rounds down DNG's levels; the fractions are kept beside them.
float exact(unsigned rounded, float fraction) {
  return std::abs(fraction - static_cast<float>(rounded)) < 1 ? fraction : static_cast<float>(rounded);
}

std::array<float, 4> white_levels(const LibRaw& decoder) {
  const libraw_colordata_t& color = decoder.imgdata.color;
  constexpr unsigned kLargest = 65535;
  std::array<float, 4> white;
  white.fill(static_cast<float>(std::min(color.maximum, kLargest)));
  if (decoder.imgdata.idata.dng_version == 0) return white;
  const unsigned(&dng)[4] = color.dng_levels.dng_whitelevel;
  constexpr std::array kChannels{0, 1, 1, 2};
  for (int site = 0; site < 4; site++) {
    const unsigned own = dng[kChannels[site]], first = dng[0];
    if (const unsigned level = own ? own : first; level > 0) white[site] = static_cast<float>(std::min(level, kLargest));
  }
  return white;
}

int bits_of(const std::array<float, 4>& white) {
  const int largest = static_cast<int>(*std::max_element(white.begin(), white.end()));
  int bits = 1;
  while (bits < 16 && largest >> bits) bits++;
  return bits;
}

bool usable(const Mat3& matrix) { return inverse(matrix).has_value(); }

/// DNG 1.7, chapter 6: camera = AnalogBalance * CameraCalibration * ColorMatrix * XYZ.
std::optional<ColorMatrix> dng_matrix(const libraw_colordata_t& color, int which) {
  const libraw_dng_color_t& dng = color.dng_color[which];
  const std::optional<float> cct = cct_of_exif_illuminant(dng.illuminant);
  if (!cct) return std::nullopt;
  Mat3 balance{}, calibration{}, matrix{};
  for (int row = 0; row < 3; row++) {
    balance[row * 4] = color.dng_levels.analogbalance[row];
    for (int column = 0; column < 3; column++) {
      calibration[row * 3 + column] = dng.calibration[row][column];
      matrix[row * 3 + column] = dng.colormatrix[row][column];
    }
  }
  if (!usable(calibration)) calibration = kIdentity3;
  if (!usable(balance)) balance = kIdentity3;
  const ColorMatrix result{*cct, multiply(multiply(balance, calibration), matrix)};
  return usable(result.xyz_to_camera) ? std::optional(result) : std::nullopt;
}

std::vector<ColorMatrix> matrices_of(const LibRaw& decoder, CfaPattern cfa) {
  if (cfa == CfaPattern::kMonochrome) return {};
  const libraw_colordata_t& color = decoder.imgdata.color;
  std::vector<ColorMatrix> matrices;
  if (decoder.imgdata.idata.dng_version) {
    for (int which = 0; which < 2; which++) {
      if (const std::optional<ColorMatrix> matrix = dng_matrix(color, which)) matrices.push_back(*matrix);
    }
    std::sort(matrices.begin(), matrices.end(), [](const ColorMatrix& a, const ColorMatrix& b) { return a.cct < b.cct; });
  }
  if (!matrices.empty()) return matrices;
  ColorMatrix d65;  // LibRaw's table has one matrix a camera, for D65
  for (int i = 0; i < 9; i++) d65.xyz_to_camera[i] = color.cam_xyz[i / 3][i % 3];
  return usable(d65.xyz_to_camera) ? std::vector{d65} : std::vector<ColorMatrix>{};
}

/// Throws Error when the 6x6 pixels are no X-Trans.
CfaPhase xtrans_phase_of(LibRaw& decoder) {
  SensorInfo candidate;
  candidate.cfa = CfaPattern::kXTrans;
  const auto fits = [&] {
    for (int i = 0; i < 36; i++) {
      if ("RGB"[color_at(candidate, i % 6, i / 6)] != decoder.imgdata.idata.cdesc[decoder.COLOR(i / 6, i % 6) & 3]) return false;
    }
    return true;
  };
  for (int i = 0; i < 36; i++) {
    candidate.cfa_phase = {i % 6, i / 6};
    if (fits()) return candidate.cfa_phase;
  }
  throw Error("mosaics of 6x6 pixels other than X-Trans are not supported yet");
}

}  // namespace

CfaPattern cfa_of(LibRaw& decoder) {
  const libraw_iparams_t& id = decoder.imgdata.idata;
  const auto unsupported = [](const std::string& what) { throw Error(what + " are not supported yet"); };
  if (id.is_foveon) unsupported("foveon sensors");
  if (decoder.is_floating_point()) unsupported("floating-point pixels");
  if (decoder.is_fuji_rotated()) unsupported("diagonal mosaics");
  if (id.filters == 9) {
    xtrans_phase_of(decoder);
    return CfaPattern::kXTrans;
  }
  if (id.filters == 0 && id.colors == 1) return CfaPattern::kMonochrome;
  if (id.filters == 0 && id.colors == 3) return CfaPattern::kRgb;
  if (id.filters == 0) unsupported("pictures of " + std::to_string(id.colors) + " colors");

  const auto color = [&](int row, int column) { return id.cdesc[decoder.COLOR(row, column) & 3]; };
  const std::string pattern{color(0, 0), color(0, 1), color(1, 0), color(1, 1)};
  constexpr std::array<const char*, 4> kPatterns{"RGGB", "GRBG", "GBRG", "BGGR"};  // in CfaPattern's order
  const auto known = std::find(kPatterns.begin(), kPatterns.end(), pattern);
  if (known == kPatterns.end() || id.colors != 3) unsupported(std::string(id.cdesc) + " mosaics");
  for (int row = 0; row < 8; row++) {  // LibRaw's patterns are 8 x 2
    for (int column = 0; column < 2; column++) {
      if (color(row, column) != pattern[row % 2 * 2 + column]) unsupported("mosaics with a period of more than two rows");
    }
  }
  return static_cast<CfaPattern>(known - kPatterns.begin());
}

BlackLevels black_levels_of(LibRaw& decoder, CfaPattern cfa, DngOrigin origin) {
  const libraw_colordata_t& color = decoder.imgdata.color;
  const libraw_dng_levels_t& dng = color.dng_levels;
  const bool has_fractions = decoder.imgdata.idata.dng_version != 0;
  const std::array<int, 4> indices = color_indices(decoder, cfa);
  BlackLevels levels;
  for (int site = 0; site < 4; site++) {
    const unsigned rounded = color.black + color.cblack[indices[site]];
    levels.sites[site] = has_fractions ? exact(rounded, dng.dng_fblack + dng.dng_fcblack[indices[site]]) : static_cast<float>(rounded);
  }
  const unsigned rows = color.cblack[4], columns = color.cblack[5];
  if (rows == 0 || columns == 0 || rows > LIBRAW_CBLACK_SIZE || rows * std::size_t{columns} > LIBRAW_CBLACK_SIZE - 7) return levels;
  levels.rows = static_cast<int>(rows);
  levels.columns = static_cast<int>(columns);
  const unsigned down = has_fractions ? std::max(0, decoder.imgdata.sizes.top_margin - origin.y) : 0;
  const unsigned across = has_fractions ? std::max(0, decoder.imgdata.sizes.left_margin - origin.x) : 0;
  for (unsigned y = 0; y < rows; y++) {
    for (unsigned x = 0; x < columns; x++) {
      const unsigned i = 6 + (y + down) % rows * columns + (x + across) % columns;
      levels.pattern.push_back(has_fractions ? exact(color.cblack[i], dng.dng_fcblack[i]) : static_cast<float>(color.cblack[i]));
    }
  }
  return levels;
}

SensorInfo sensor_of(LibRaw& decoder, CfaPattern cfa) {
  const libraw_image_sizes_t& sizes = decoder.imgdata.sizes;
  SensorInfo sensor;
  sensor.make = decoder.imgdata.idata.make;
  sensor.model = decoder.imgdata.idata.model;
  sensor.active = {std::min<int>(sizes.width, sizes.raw_width - sizes.left_margin),
                   std::min<int>(sizes.height, sizes.raw_height - sizes.top_margin)};
  if (sensor.active.width < 1 || sensor.active.height < 1) throw Error("the active area lies outside of the picture");
  sensor.cfa = cfa;
  if (cfa == CfaPattern::kXTrans) sensor.cfa_phase = xtrans_phase_of(decoder);
  sensor.white = white_levels(decoder);
  sensor.bits = bits_of(sensor.white);
  sensor.matrices = matrices_of(decoder, cfa);
  return sensor;
}

}  // namespace argent
