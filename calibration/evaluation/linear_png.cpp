#include "calibration/evaluation/linear_png.h"

#include <png.h>

#include <array>
#include <bit>
#include <csetjmp>
#include <cstdio>
#include <memory>

#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

struct Reading {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::array<char, 160> message{};

  Reading() {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    if (png != nullptr) info = png_create_info_struct(png);
    if (info == nullptr) throw std::bad_alloc();
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() { png_destroy_read_struct(&png, &info, nullptr); }

  [[noreturn]] static void on_error(png_structp png, png_const_charp text) {
    auto& own = *static_cast<Reading*>(png_get_error_ptr(png));
    std::snprintf(own.message.data(), own.message.size(), "%s", text);
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp, png_const_charp) {}  // of chunks that say nothing about the codes
};

// libpng leaves these two by longjmp: nothing with a destructor may live in them. False: the message says why.

bool read_head(Reading& reading, std::FILE* file) {
  if (setjmp(png_jmpbuf(reading.png)) != 0) return false;
  png_init_io(reading.png, file);
  png_read_info(reading.png, reading.info);
  return true;
}

bool read_pixels(Reading& reading, png_bytepp rows) {
  if (setjmp(png_jmpbuf(reading.png)) != 0) return false;
  if constexpr (std::endian::native == std::endian::little) png_set_swap(reading.png);
  png_read_image(reading.png, rows);
  return true;
}

}  // namespace

LinearPng read_linear_png(const std::filesystem::path& path, SideLimits limits) {
  const auto fail = [&](const auto&... what) { throw Error(path.string(), ": ", what...); };
  // A pipe of that name would be waited for.
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) fail("no such file");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) fail("can't be read");
  Reading reading;
  if (!read_head(reading, file.get())) fail(shown(reading.message.data()));
  const png_uint_32 width = png_get_image_width(reading.png, reading.info), height = png_get_image_height(reading.png, reading.info);
  const int bits = png_get_bit_depth(reading.png, reading.info), type = png_get_color_type(reading.png, reading.info);
  const auto fits = [&](png_uint_32 side) {
    return side >= static_cast<png_uint_32>(limits.min) && side <= static_cast<png_uint_32>(limits.max);
  };
  if (bits != 16 || type != PNG_COLOR_TYPE_RGB || !fits(width) || !fits(height)) {
    fail("expected a 16-bit RGB picture of ", limits.min, 'x', limits.min, " to ", limits.max, 'x', limits.max, " pixels, found ", width,
         'x', height, " of ", bits, " bits", type == PNG_COLOR_TYPE_RGB ? "" : ", not RGB");
  }
  LinearPng out{static_cast<int>(width), static_cast<int>(height), {}};
  out.rgb.resize(std::size_t{width} * height * 3);
  std::vector<png_bytep> rows;
  for (std::size_t y = 0; y < height; y++) rows.push_back(reinterpret_cast<png_bytep>(&out.rgb[y * width * 3]));
  if (!read_pixels(reading, rows.data())) fail(shown(reading.message.data()));
  return out;
}

}  // namespace argent
