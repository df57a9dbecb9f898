#include <png.h>

#include <array>
#include <bit>
#include <cmath>
#include <csetjmp>
#include <cstdio>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "isp/io/picture_readers.h"
#include "isp/orientation.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

struct Reading {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::array<char, 160> message{};

  Reading() {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, [](png_structp, png_const_charp) {});
    if (png != nullptr) info = png_create_info_struct(png);
    if (info == nullptr) {
      png_destroy_read_struct(&png, nullptr, nullptr);
      throw std::bad_alloc();
    }
  }
  ~Reading() { png_destroy_read_struct(&png, &info, nullptr); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  [[noreturn]] static void on_error(png_structp png, png_const_charp text) {
    auto& own = *static_cast<Reading*>(png_get_error_ptr(png));
    std::snprintf(own.message.data(), own.message.size(), "%s", text);
    png_longjmp(png, 1);
  }

  [[noreturn]] void fail() const { throw Error("libpng: " + shown(message.data())); }
};

// libpng leaves these by longjmp: nothing with a destructor may live in them. False: the message says why.

bool read_head(Reading& reading, std::FILE* file) {
  if (setjmp(png_jmpbuf(reading.png)) != 0) return false;
  png_init_io(reading.png, file);
  png_set_user_limits(reading.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max(reading.png, png_alloc_size_t{16} << 20);
  png_read_info(reading.png, reading.info);
  return true;
}

/// Everything becomes R, G, B of 8 or 16 bits.
bool start(Reading& reading) {
  if (setjmp(png_jmpbuf(reading.png)) != 0) return false;
  png_set_expand(reading.png);
  png_set_strip_alpha(reading.png);
  png_set_gray_to_rgb(reading.png);
  if constexpr (std::endian::native == std::endian::little) png_set_swap(reading.png);
  png_set_interlace_handling(reading.png);
  png_read_update_info(reading.png, reading.info);
  return true;
}

bool read_rows(Reading& reading, png_bytepp rows) {
  if (setjmp(png_jmpbuf(reading.png)) != 0) return false;
  png_read_image(reading.png, rows);
  png_read_end(reading.png, reading.info);  // an eXIf chunk may follow the pixels
  return true;
}

std::vector<unsigned char> profile_of(Reading& reading) {
  png_charp name = nullptr;
  png_bytep bytes = nullptr;
  png_uint_32 size = 0;
  int compression = 0;
  if (png_get_iCCP(reading.png, reading.info, &name, &compression, &bytes, &size) == 0) return {};
  check_profile_size(size);
  return {bytes, bytes + size};
}

Encoding encoding_of(Reading& reading, bool has_profile) {
  int intent = 0;
  double gamma = 0;
  if (has_profile || png_get_sRGB(reading.png, reading.info, &intent) != 0) return Encoding::kSrgb;
  if (png_get_gAMA(reading.png, reading.info, &gamma) == 0) return Encoding::kSrgb;
  constexpr double kSrgbGamma = 1 / 2.2, kTolerance = 0.02;
  if (std::abs(gamma - 1) < kTolerance) return Encoding::kLinear;
  if (std::abs(gamma - kSrgbGamma) < kTolerance) return Encoding::kSrgb;
  throw Error("has a gamma of " + std::to_string(gamma) + " and no profile, expected sRGB's (0.45455) or 1");
}

Orientation orientation_of(Reading& reading) {
#ifdef PNG_eXIf_SUPPORTED
  png_uint_32 size = 0;
  png_bytep exif = nullptr;
  if (png_get_eXIf_1(reading.png, reading.info, &size, &exif) != 0) return orientation_of_exif({exif, size});
#endif
  return Orientation::kNormal;
}

}  // namespace

LoadedPicture read_png(const PictureSource& source) {
  Reading reading;
  if (!read_head(reading, source.file)) reading.fail();
  const Size size =
      checked_size(png_get_image_width(reading.png, reading.info), png_get_image_height(reading.png, reading.info), source.size);
  LoadedPicture picture;
  picture.icc_profile = profile_of(reading);
  const Encoding encoding = encoding_of(reading, !picture.icc_profile.empty());
  if (!start(reading)) reading.fail();
  const int bits = png_get_bit_depth(reading.png, reading.info);
  BufferPool pool;
  Image image(pool, size, bits == 16 ? PixelType::kU16 : PixelType::kU8, encoding, ColorSpace::kSrgb);
  if (png_get_rowbytes(reading.png, reading.info) > static_cast<std::size_t>(image.stride()))
    throw Error("has rows that are longer than its header says");
  std::vector<png_bytep> rows;
  for (int y = 0; y < size.height; y++) rows.push_back(image.row<unsigned char>(y));
  if (!read_rows(reading, rows.data())) reading.fail();
  picture.image = upright(std::move(image), orientation_of(reading), pool);
  return picture;
}

}  // namespace argent
