#include "isp/io/raw_capture.h"

#include <libraw/libraw.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <iterator>

namespace argent {
namespace {

/// LibRaw's bits: 1 columns reversed, 2 rows reversed, 4 rows and columns exchanged after that.
Orientation orientation_of(int flip) {
  constexpr std::array kOrientations{Orientation::kNormal,     Orientation::kMirrored,   Orientation::kFlipped,
                                     Orientation::kRotated180, Orientation::kTransposed, Orientation::kRotated270,
                                     Orientation::kRotated90,  Orientation::kTransversed};
  return flip >= 0 && flip < 8 ? kOrientations[flip] : Orientation::kNormal;
}

bool is_positive(float value) { return std::isfinite(value) && value > 0; }

float positive_or_zero(float value) { return is_positive(value) ? value : 0; }

std::optional<Vec3> gains_of(float red, float green, float blue) {
  if (!is_positive(red) || !is_positive(green) || !is_positive(blue)) return std::nullopt;
  const Vec3 gains{red / green, 1, blue / green};
  return is_positive(gains[0]) && is_positive(gains[2]) ? std::optional(gains) : std::nullopt;
}

std::optional<Vec3> as_shot_gains(const libraw_colordata_t& color) {
  // LibRaw changes cam_mul of linear DNGs with levels that differ between channels; the tag says it as it was.
  const float(&neutral)[4] = color.dng_levels.asshotneutral;
  if (const auto gains = gains_of(1 / neutral[0], 1 / neutral[1], 1 / neutral[2])) return gains;
  return gains_of(color.cam_mul[0], color.cam_mul[1], color.cam_mul[2]);
}

std::string exif_time(std::time_t time) {
  std::tm parts{};
  if (time <= 0 || !localtime_r(&time, &parts)) return {};  // LibRaw made it with mktime(): local both ways
  std::array<char, 32> text{};
  return std::strftime(text.data(), text.size(), "%Y:%m:%d %H:%M:%S", &parts) ? text.data() : std::string();
}

std::string lens_of(const LibRaw& decoder) {
  const libraw_lensinfo_t& lens = decoder.imgdata.lens;
  const auto text = [](const auto& array) { return std::string(std::begin(array), std::find(std::begin(array), std::end(array), '\0')); };
  const std::string exif = text(lens.Lens);
  return exif.empty() ? text(lens.makernotes.Lens) : exif;
}

/// In the whole raw picture; 0 x 0: not said.
Rect canon_crop(const libraw_canon_makernotes_t& canon) {
#if LIBRAW_COMPILE_CHECK_VERSION_NOTLESS(0, 21)
  const auto& [top, left, bottom, right] = canon.DefaultCropAbsolute;
#else
  const int left = canon.SensorLeftBorder, top = canon.SensorTopBorder, right = canon.SensorRightBorder, bottom = canon.SensorBottomBorder;
#endif
  if (left < 0 || top < 0) return {};
  return {left, top, right - left + 1, bottom - top + 1};
}

Rect inset_crop(const libraw_image_sizes_t& sizes) {
#if LIBRAW_COMPILE_CHECK_VERSION_NOTLESS(0, 21)
  const libraw_raw_inset_crop_t& crop = sizes.raw_inset_crops[0];
#else
  const libraw_raw_inset_crop_t& crop = sizes.raw_inset_crop;
#endif
  constexpr int kNotSaid = 65535;
  if (crop.cleft == kNotSaid || crop.ctop == kNotSaid) return {};
  return {crop.cleft, crop.ctop, crop.cwidth, crop.cheight};
}

Rect crop_of(const libraw_data_t& data, Rect dng_crop) {
  const libraw_image_sizes_t& sizes = data.sizes;
  const Rect canon = canon_crop(data.makernotes.canon);
  // Canon's own borders, because LibRaw 0.21 moved its inset by a row.
  const Rect said = data.idata.dng_version ? dng_crop : canon.width > 0 ? canon : inset_crop(sizes);
  const Rect whole{0, 0, sizes.width, sizes.height};
  const int left = std::max(0, said.x - sizes.left_margin), top = std::max(0, said.y - sizes.top_margin);
  const int right = std::min(whole.width, said.x - sizes.left_margin + said.width);
  const int bottom = std::min(whole.height, said.y - sizes.top_margin + said.height);
  const Rect crop{left, top, right - left, bottom - top};
  const bool sane = said.width > 0 && said.height > 0 && 2 * crop.width >= whole.width && 2 * crop.height >= whole.height;
  return sane ? crop : whole;
}

}  // namespace

Applied applied_of(const LibRaw& decoder) {
  const libraw_imgother_t& other = decoder.imgdata.other;
  Applied applied;
  applied.settings.exposure = std::chrono::duration<double>(positive_or_zero(other.shutter));
  if (is_positive(other.iso_speed)) applied.settings.analogue_gain = other.iso_speed / 100;
  applied.f_number = positive_or_zero(other.aperture);
  return applied;
}

CaptureInfo capture_of(const LibRaw& decoder, CfaPattern cfa, Rect dng_crop) {
  const libraw_data_t& data = decoder.imgdata;
  constexpr float kNotSaid = -999;
  CaptureInfo capture;
  if (cfa != CfaPattern::kMonochrome) capture.as_shot_gains = as_shot_gains(data.color);
  const float baseline = data.color.dng_levels.baseline_exposure;
  if (data.idata.dng_version && std::isfinite(baseline) && baseline > kNotSaid) capture.baseline_exposure = baseline;
  capture.orientation = orientation_of(data.sizes.flip);
  capture.crop = crop_of(data, dng_crop);
  capture.focal_length = positive_or_zero(data.other.focal_len);
  capture.lens = lens_of(decoder);
  capture.time = exif_time(data.other.timestamp);
  return capture;
}

}  // namespace argent
