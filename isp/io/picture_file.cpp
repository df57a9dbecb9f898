#include "isp/io/picture_file.h"

#include <libexif/exif-data.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <system_error>

#include "isp/io/exr_file.h"
#include "isp/io/picture_readers.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

/// deflate makes at best 1032 bytes of one, and a byte may be eight pixels.
constexpr long long kMaxPixelsPerByte = 8LL * 1032;

using Read = LoadedPicture (*)(const PictureSource&);

LoadedPicture read_exr(const PictureSource& source) { return {load_exr(source.path), {}}; }

struct Format {
  std::string_view magic;
  Read read;
};

using namespace std::string_view_literals;
constexpr std::array kFormats{
    Format{"\x89PNG\r\n\x1a\n"sv, read_png},
    Format{"\xff\xd8\xff"sv, read_jpeg},
    Format{"II*\0"sv, read_tiff},
    Format{"MM\0*"sv, read_tiff},
    Format{"II+\0"sv, read_tiff},
    Format{"MM\0+"sv, read_tiff},
    Format{"\x76\x2f\x31\x01"sv, read_exr},
    Format{"P5"sv, read_pnm},
    Format{"P6"sv, read_pnm},
    Format{"PF"sv, read_pnm},
    Format{"Pf"sv, read_pnm},
};

LoadedPicture read(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) throw Error("no such file");
  if (!fs::is_regular_file(path, error)) throw Error("is not a file");  // a pipe of that name would be waited for
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) throw Error("cannot be read");
  std::array<char, 8> head{};
  const std::string_view start(head.data(), std::fread(head.data(), 1, head.size(), file.get()));
  const auto* format = std::find_if(kFormats.begin(), kFormats.end(), [&](const Format& f) { return start.starts_with(f.magic); });
  if (format == kFormats.end()) throw Error("is no picture that is known here, expected PNG, JPEG, TIFF, OpenEXR, PNM or PFM");
  std::rewind(file.get());
  return format->read({path, file.get(), static_cast<long long>(fs::file_size(path, error))});
}

}  // namespace

Size checked_size(long long width, long long height, long long file_size) {
  const std::string found = std::to_string(width) + "x" + std::to_string(height) + " pixels";
  if (width < 1 || height < 1) throw Error(found + ": is empty");
  if (width > kMaxPicturePixels / height)
    throw Error(found + " are more than the " + std::to_string(kMaxPicturePixels) + " that are taken for true");
  if (width * height / kMaxPixelsPerByte > file_size) throw Error(found + " cannot be in " + std::to_string(file_size) + " bytes");
  return {static_cast<int>(width), static_cast<int>(height)};
}

void check_profile_size(std::size_t bytes) {
  constexpr std::size_t kMost = std::size_t{16} << 20;
  if (bytes > kMost) throw Error("has an ICC profile of " + std::to_string(bytes) + " bytes, expected at most " + std::to_string(kMost));
}

Orientation orientation_of_exif(std::span<const unsigned char> tiff) {
  std::vector<unsigned char> block{'E', 'x', 'i', 'f', 0, 0};
  block.insert(block.end(), tiff.begin(), tiff.end());
  const std::unique_ptr<ExifData, decltype(&exif_data_unref)> data(
      exif_data_new_from_data(block.data(), static_cast<unsigned int>(block.size())), &exif_data_unref);
  const ExifEntry* entry = data ? exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION) : nullptr;
  if (entry == nullptr || entry->format != EXIF_FORMAT_SHORT || entry->size < 2) return Orientation::kNormal;
  const int value = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
  return value >= 1 && value <= 8 ? static_cast<Orientation>(value) : Orientation::kNormal;
}

LoadedPicture load_picture(const fs::path& path) {
  const std::string name = path.string();
  try {
    return read(path);
  } catch (const Error& error) {
    const std::string_view what = error.what();
    if (what.starts_with(name)) throw;  // load_exr() names it itself
    throw Error(name + ": " + error.what());
  } catch (const std::bad_alloc&) {
    throw Error(name + ": needs more memory than there is");
  }
}

}  // namespace argent
