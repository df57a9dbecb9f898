#include <tiffio.h>

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "isp/io/picture_readers.h"
#include "isp/orientation.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

using Tiff = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

/// What libtiff's callbacks heard.
struct Complaints {
  std::string first;  ///< the cause
  bool profile_is_lost = false;
};

int on_error(TIFF*, void* complaints, const char*, const char* form, std::va_list arguments) {
  char text[512];
  std::vsnprintf(text, sizeof text, form, arguments);
  auto& first = static_cast<Complaints*>(complaints)->first;
  if (first.empty()) first = text;
  return 1;
}

/// libtiff goes on without a tag that cannot be read. Without its profile a picture has other colors.
int on_warning(TIFF*, void* complaints, const char*, const char* form, std::va_list arguments) {
  char text[512];
  std::vsnprintf(text, sizeof text, form, arguments);
  if (std::strstr(text, "ICC Profile") != nullptr) static_cast<Complaints*>(complaints)->profile_is_lost = true;
  return 1;
}

Tiff open_tiff(const PictureSource& source, Complaints& complaints) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(), &TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_error, &complaints);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_warning, &complaints);
  // A strip is as large as a tag says: what a file of this size cannot hold is not taken.
  constexpr long long kMargin = 64LL << 20;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(source.size + kMargin));
  return {TIFFOpenExt(source.path.c_str(), "rm", options.get()), &TIFFClose};  // m: a file that shrinks meanwhile is no SIGBUS
}

/// How samples lie in the file.
struct Layout {
  Size size;
  PixelType type = PixelType::kU8;
  int channels = 3;  ///< colors and whatever else
  bool grey = false, white_is_zero = false, planar = false;
};

std::uint16_t number(TIFF* tiff, std::uint32_t tag) {
  std::uint16_t value = 0;
  TIFFGetFieldDefaulted(tiff, tag, &value);
  return value;
}

PixelType type_of(TIFF* tiff) {
  const int bits = number(tiff, TIFFTAG_BITSPERSAMPLE), form = number(tiff, TIFFTAG_SAMPLEFORMAT);
  if (form == SAMPLEFORMAT_UINT && bits == 8) return PixelType::kU8;
  if (form == SAMPLEFORMAT_UINT && bits == 16) return PixelType::kU16;
  if (form == SAMPLEFORMAT_IEEEFP && bits == 32) return PixelType::kF32;
  throw Error("is a TIFF of " + std::to_string(bits) + " bits in format " + std::to_string(form) +
              ", expected 8 or 16 bits unsigned or 32-bit float");
}

Layout layout_of(TIFF* tiff, long long file_size) {
  std::uint32_t width = 0, height = 0;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
  Layout layout;
  layout.size = checked_size(width, height, file_size);
  if (TIFFIsTiled(tiff) != 0) throw Error("is a TIFF of tiles, expected strips");
  layout.type = type_of(tiff);
  layout.channels = number(tiff, TIFFTAG_SAMPLESPERPIXEL);
  layout.planar = number(tiff, TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;
  const int photometric = number(tiff, TIFFTAG_PHOTOMETRIC);
  layout.white_is_zero = photometric == PHOTOMETRIC_MINISWHITE;
  layout.grey = photometric == PHOTOMETRIC_MINISBLACK || layout.white_is_zero;
  if (!layout.grey && photometric != PHOTOMETRIC_RGB)
    throw Error("is a TIFF of photometric interpretation " + std::to_string(photometric) + ", expected RGB or grey");
  constexpr int kMostChannels = 16;
  if (layout.channels < (layout.grey ? 1 : 3) || layout.channels > kMostChannels)
    throw Error("is a TIFF of " + std::to_string(layout.channels) + " samples a pixel, expected at most " + std::to_string(kMostChannels));
  return layout;
}

template <class T>
void spread(const Layout& layout, const T* from, int color, T* to) {
  const int step = layout.planar ? 1 : layout.channels;
  for (int x = 0; x < layout.size.width; x++, from += step, to += Image::kChannels) {
    if (layout.grey) {
      T value = *from;
      if constexpr (std::numeric_limits<T>::is_integer) {
        if (layout.white_is_zero) value = static_cast<T>(std::numeric_limits<T>::max() - value);
      }
      to[0] = to[1] = to[2] = value;
    } else if (layout.planar) {
      to[color] = *from;
    } else {
      std::memcpy(to, from, Image::kChannels * sizeof(T));
    }
  }
}

void spread(const Layout& layout, const std::vector<unsigned char>& row, int y, int color, Image& image) {
  switch (layout.type) {
    case PixelType::kU8:
      return spread(layout, row.data(), color, image.row<std::uint8_t>(y));
    case PixelType::kU16:
      return spread(layout, reinterpret_cast<const std::uint16_t*>(row.data()), color, image.row<std::uint16_t>(y));
    case PixelType::kF32:
      return spread(layout, reinterpret_cast<const float*>(row.data()), color, image.row<float>(y));
  }
}

/// False: libtiff's message says why.
bool read_rows(TIFF* tiff, const Layout& layout, Image& image) {
  const std::size_t samples = static_cast<std::size_t>(layout.size.width) * static_cast<std::size_t>(layout.planar ? 1 : layout.channels);
  const tmsize_t bytes = TIFFScanlineSize(tiff);
  if (bytes != static_cast<tmsize_t>(samples * sample_size(layout.type))) throw Error("is a TIFF whose rows are not as long as it says");
  std::vector<unsigned char> row(static_cast<std::size_t>(bytes));
  const int planes = layout.planar && !layout.grey ? Image::kChannels : 1;
  for (int color = 0; color < planes; color++) {
    for (int y = 0; y < layout.size.height; y++) {
      if (TIFFReadScanline(tiff, row.data(), static_cast<std::uint32_t>(y), static_cast<std::uint16_t>(color)) != 1) return false;
      spread(layout, row, y, color, image);
    }
  }
  return true;
}

std::vector<unsigned char> profile_of(TIFF* tiff) {
  std::uint32_t size = 0;
  unsigned char* bytes = nullptr;
  if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &size, &bytes) != 1) return {};
  check_profile_size(size);
  return {bytes, bytes + size};
}

}  // namespace

LoadedPicture read_tiff(const PictureSource& source) {
  Complaints complaints;
  const auto fail = [&] { throw Error("libtiff: " + (complaints.first.empty() ? "could not be read" : shown(complaints.first))); };
  const Tiff tiff = open_tiff(source, complaints);
  if (!tiff) fail();
  if (complaints.profile_is_lost) throw Error("has an ICC profile that is cut off or damaged");
  const Layout layout = layout_of(tiff.get(), source.size);
  LoadedPicture picture;
  picture.icc_profile = profile_of(tiff.get());
  const bool linear = layout.type == PixelType::kF32 && picture.icc_profile.empty();
  BufferPool pool;
  Image image(pool, layout.size, layout.type, linear ? Encoding::kLinear : Encoding::kSrgb, ColorSpace::kSrgb);
  if (!read_rows(tiff.get(), layout, image)) fail();
  const int orientation = number(tiff.get(), TIFFTAG_ORIENTATION);
  const bool known = orientation >= 1 && orientation <= 8;
  picture.image = upright(std::move(image), known ? static_cast<Orientation>(orientation) : Orientation::kNormal, pool);
  return picture;
}

}  // namespace argent
