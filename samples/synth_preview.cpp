#include "samples/synth_preview.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "calibration/synthesis/best_color_matrix.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/reflectances.h"
#include "isp/io/black_level.h"

namespace argent {
namespace {

/// Balanced camera RGB to linear sRGB under a light.
Mat3 to_srgb(const SyntheticSet& set, const KnownLight& light) {
  const BestColorMatrix best = best_color_matrix(set.camera.sensitivities, light.spectrum, BrightnessFit::kKnown);
  constexpr Chromaticity kD65{0.3127f, 0.3290f};
  return multiply(kXyzToSrgb, multiply(bradford(chromaticity_of(light.spectrum), kD65), best.camera_to_xyz));
}

/// Levels above black of a quad, green averaged.
Vec3 quad_of(const RawFrame& frame, int x, int y) {
  Vec3 out{};
  for (int i = 0; i < 4; i++) {
    const auto site = static_cast<std::size_t>(bayer_site(frame.sensor.cfa, i % 2, i / 2));
    const float code = frame.data[(2 * y + i / 2) * frame.stride + 2 * x + i % 2];
    const float level = (code - frame.sensor.black[site]) / (frame.sensor.white[site] - frame.sensor.black[site]);
    out[site == 0 ? 0 : site == 3 ? 2 : 1] += site == 0 || site == 3 ? level : level / 2;
  }
  return out;
}

}  // namespace

Image preview_of(const SyntheticSet& set, const SyntheticCapture& capture, BufferPool& pool) {
  const RawFrame frame = frame_of(set, capture);
  const KnownLight& light = set.options.lights.at(capture.light);
  const Vec3 white = response(set.camera.sensitivities, light.spectrum, white_surface());
  const Mat3 matrix = to_srgb(set, light);
  const float scale = 1 / std::max({white[0], white[1], white[2]});  // the color that clips first stays white
  const Size size{frame.size().width / 2, frame.size().height / 2};
  Image image(pool, size, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  for (int y = 0; y < size.height; y++) {
    auto* row = image.row<std::uint8_t>(y);
    for (int x = 0; x < size.width; x++) {
      Vec3 seen = quad_of(frame, x, y);
      for (std::size_t c = 0; c < 3; c++) seen[c] = std::min(seen[c] / (white[c] * scale), 1.0f);
      const Vec3 srgb = multiply(matrix, seen);
      for (std::size_t c = 0; c < 3; c++) {
        row[3 * x + static_cast<int>(c)] = static_cast<std::uint8_t>(std::lround(255 * srgb_encode(std::clamp(srgb[c], 0.0f, 1.0f))));
      }
    }
  }
  return image;
}

}  // namespace argent
