#include "isp/dark_frame.h"

#include <string>

#include "isp/bad_pixels.h"
#include "isp/kernel_inputs.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {

DarkFrame make_dark_frame(const RawFrame& frame) {
  check(frame);
  if (samples_per_pixel(frame.sensor.cfa) != 1) throw Error("a dark frame must be a mosaic, this one has three samples a pixel");
  BufferPool pool;
  const RawFrame codes = unpacked(frame, pool);
  const Size size = frame.size();
  DarkFrame dark{size, frame.sensor.cfa, {}, {}};
  const auto pixels = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  dark.excess.reserve(pixels);
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) {
      const auto site = static_cast<std::size_t>(site_of(frame.sensor, x, y));
      const float black = frame.sensor.black[site], excess = static_cast<float>(codes.data[y * codes.stride + x]) - black;
      const bool hot = excess > kHotExcess * (frame.sensor.white[site] - black);
      dark.excess.push_back(hot ? 0 : excess);
      if (hot) dark.hot.push_back(place_of_pixel(x, y, size));
    }
  }
  constexpr std::size_t kMostHot = 20;
  if (dark.hot.size() > pixels / kMostHot)
    throw Error("is no dark frame: " + std::to_string(dark.hot.size()) + " of " + std::to_string(pixels) + " pixels are bright");
  return dark;
}

}  // namespace argent
