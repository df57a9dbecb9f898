#include "calibration/evaluation/thumbnail.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "calibration/evaluation/linear_png.h"
#include "models/formats/npy.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestNpy = 1 << 20;  // bytes: twenty times what the largest thumbnail needs
constexpr float kBelowBlack = 0.02f;             // of the maximum: noise that is averaged over a pixel's area stays above that

/// What an unsaturated frame's brightest pixel is of saturation, since nobody knows: estimators leave out zones above 0.95.
constexpr float kUnsaturated = 0.9f;

/// Quads of the sensor that a zone is counted as: as many as in Raspberry Pi's statistics, so that no estimator finds too few.
constexpr std::uint32_t kQuads = 1024;

Thumbnail read_npy_thumbnail(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(path, error);
  if (!error && bytes > kLargestNpy) throw Error(path.string(), ": ", bytes, " bytes, too many for a thumbnail");
  const tensor::Tensor array = tensor::read_npy(path);
  const auto fits = [](std::int64_t side) { return side >= Thumbnail::kMinSide && side <= Thumbnail::kMaxSide; };
  const bool numbers = array.dtype() == tensor::DType::kI32 || array.dtype() == tensor::DType::kF32;  // u16 comes as i32
  if (!numbers || array.rank() != 3 || array.size(2) != 3 || !fits(array.size(0)) || !fits(array.size(1))) {
    throw Error(path.string(), ": expected u16 or f32 of 12x12x3 to 64x64x3, found ", name_of(array.dtype()), " of ", array.shape());
  }
  Thumbnail out{static_cast<int>(array.size(1)), static_cast<int>(array.size(0)), {}};
  for (const double value : array.values()) out.rgb.push_back(static_cast<float>(value));
  return out;
}

Thumbnail read_png_thumbnail(const fs::path& path) {
  const LinearPng picture = read_linear_png(path, {Thumbnail::kMinSide, Thumbnail::kMaxSide});
  return {picture.width, picture.height, {picture.rgb.begin(), picture.rgb.end()}};
}

bool is_masked(const float* pixel) { return pixel[0] == 0 && pixel[1] == 0 && pixel[2] == 0; }

/// Within this of the maximum pixels share it: an average over clipped pixels has no noise.
constexpr float kSameLevel = 1e-3f;

/// Whether the maximum is where the sensor saturated, and not only the brightest thing in sight. Saturation cuts areas off at one level,
/// where their pixels pile up; an area that is merely bright has its shading and its noise, and thins out towards its brightest. On
/// ../shared/data/raw/chart_scenes at 64x48 the frames of whose pixels some are saturated (Outdoor1, Outdoor2, ColorChecker) have 15, 10
/// and 50 thumbnail pixels within 0.1 % of the maximum and 2, 1 and 30 in the ten times wider band below; Indoor1, and the others when only
/// their unsaturated pixels are averaged, have one there and up to 13 below. A pixel or two at the maximum are too little either way: were
/// they clipped, a zone's color would be off.
bool is_cut_off(const Thumbnail& thumbnail) {
  constexpr int kLeast = 3;
  int at_top = 0, below = 0;
  for (std::size_t i = 0; i < thumbnail.rgb.size(); i += 3) {
    const float level = *std::max_element(&thumbnail.rgb[i], &thumbnail.rgb[i] + 3);
    at_top += level >= 1 - kSameLevel;
    below += level < 1 - kSameLevel && level >= 1 - 11 * kSameLevel;
  }
  return at_top >= kLeast && at_top > below;
}

}  // namespace

Thumbnail read_thumbnail(const fs::path& path) {
  const bool png = path.extension() == ".png";
  if (!png && path.extension() != ".npy") throw Error(path.string(), ": expected a .png or a .npy");
  Thumbnail out = png ? read_png_thumbnail(path) : read_npy_thumbnail(path);
  for (const float value : out.rgb) {
    if (!std::isfinite(value)) throw Error(path.string(), ": holds ", value, ", expected finite numbers");
  }
  const auto [least, most] = std::minmax_element(out.rgb.begin(), out.rgb.end());
  const float low = *least, high = *most;
  if (!(high > 0)) throw Error(path.string(), ": every pixel is masked or black");
  if (low < -kBelowBlack * high) throw Error(path.string(), ": holds ", low, " beside ", high, ", expected no light below black");
  for (float& value : out.rgb) value /= high;
  return out;
}

Statistics statistics_of(const Thumbnail& thumbnail) {
  const bool cut_off = is_cut_off(thumbnail);
  const float scale = cut_off ? 1 : kUnsaturated;
  const int side = (std::max(thumbnail.width, thumbnail.height) + Statistics::kMaxGrid - 1) / Statistics::kMaxGrid;  // of a zone, pixels
  const std::uint32_t quads = kQuads / static_cast<std::uint32_t>(side * side);
  Statistics out;
  out.columns = (thumbnail.width + side - 1) / side;
  out.rows = (thumbnail.height + side - 1) / side;
  for (int y = 0; y < thumbnail.height; y++) {
    for (int x = 0; x < thumbnail.width; x++) {
      const float* pixel = &thumbnail.rgb[static_cast<std::size_t>(y * thumbnail.width + x) * 3];
      if (is_masked(pixel)) continue;
      const bool clipped = cut_off && *std::max_element(pixel, pixel + 3) >= 1 - kSameLevel;
      Statistics::Zone& zone = out.zone(x / side, y / side);
      for (std::size_t c = 0; c < 3; c++) {
        const std::uint32_t sites = c == 1 ? 2 * quads : quads;
        const auto add = [&](float& sum, std::uint32_t& count) {
          sum += pixel[c] * scale * static_cast<float>(sites);
          count += sites;
        };
        add(zone.mean[c], zone.count[c]);
        if (!clipped) add(zone.unclipped[c], zone.unclipped_count[c]);
      }
    }
  }
  for (Statistics::Zone& zone : out.zones) {
    for (std::size_t c = 0; c < 3; c++) {
      if (zone.count[c] > 0) zone.mean[c] /= static_cast<float>(zone.count[c]);
      if (zone.unclipped_count[c] > 0) zone.unclipped[c] /= static_cast<float>(zone.unclipped_count[c]);
    }
    if (zone.count[1] > 0) zone.clipped = 1 - static_cast<float>(zone.unclipped_count[1]) / static_cast<float>(zone.count[1]);
  }
  return out;
}

}  // namespace argent
